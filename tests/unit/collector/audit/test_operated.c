/* The audit of logs that a ledger with an operator's key made of a panel that was there before it: log-upgraded is
 * entry 0. What is erased is more than one event can name, and told by events on both sides of the border between two
 * chunks that the audit reads. */
#include "collector/acts/erasing.h"
#include "collector/audit/audit.h"
#include "collector/audit/stored.h"
#include "collector/log/tree.h"
#include "collector/state/recorded.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define CHUNK 4096 /* of the audit */
#define REVISIONS 4091 /* so that the request is entry 4093, its five events 4094 to 4098 */
#define AT_ONCE 250

static struct kit kit;
static struct kit_member member;
static char told[4096];

static void enrol(void)
{
    struct parcel enrolment;
    parcel_enrol(&enrolment, &kit, &member);
    cr_assert_eq(parcels_apply(&kit, &enrolment, 1), 0);
    cr_assert_eq(enrolment.submission->index, 1);
    parcel_free(&enrolment);
}

static void setup(void)
{
    kit_begin();
    kit_open(&kit, kit_store_new(kit_dsn(NULL)));
    kit_give_operator(&kit);
    kit_member_init(&member, 1);
    kit_invite(kit.store, 1, &member);
    kit_start(&kit);
    enrol();
}

static void teardown(void)
{
    kit_member_wipe(&member);
    kit_close(&kit);
    kit_end();
}

TestSuite(audit_operated, .init = setup, .fini = teardown, .timeout = 300);

static void respond_often(void)
{
    static struct parcel parcels[AT_ONCE];
    for (int64_t revision = 0; revision < REVISIONS;) {
        size_t count = 0;
        while (count < AT_ONCE && revision < REVISIONS)
            parcel_respond(&parcels[count++], &kit, &member, "WA-1.01", ++revision, KIT_ANSWERS);
        cr_assert_eq(parcels_apply(&kit, parcels, count), 0);
        parcels_free(parcels, count);
    }
}

/* `action` as for parcel_erase. */
static void erase(const char *action, size_t count)
{
    struct parcel request;
    parcel_erase(&request, &kit, &member, action, KIT_JTI);
    cr_assert_eq(parcels_apply(&kit, &request, 1), 0);
    cr_assert_eq(request.submission->verdict, VERDICT_ACCEPTED, "%s", request.submission->detail);
    cr_assert_eq(request.submission->erased_count, count);
    cr_assert(request.submission->index + 1 < CHUNK && kit_entries(kit.store) > CHUNK + 1);
    parcel_free(&request);
}

/* An audit of it. */

static void hear(void *context, const char *what)
{
    (void)context;
    size_t len = strlen(told);
    snprintf(told + len, sizeof told - len, "%s\n", what);
}

static void assert_audit_passes(size_t erased)
{
    struct audit_findings findings = {.tell = hear};
    struct scratch scratch = {.folder = scratch_folder()};
    struct catalogue *catalogue = catalogue_load(kit.store, NULL);
    struct stored stored;
    stored_init(&stored, kit.store, catalogue);
    struct replay_setup replay = {
        .document = stored_document, .context = &stored, .findings = &findings, .scratch = &scratch};
    struct audit_source source = {.read = stored_entry, .context = &stored, .size = kit_entries(kit.store)};
    struct listing listing = {0};
    struct error error = {0};
    struct parallel *parallel = parallel_new(2);
    struct audit *audit = audit_new(&replay, parallel);
    cr_assert(parallel && audit && catalogue);
    told[0] = '\0';
    cr_assert_eq(stored_listing(&stored, &listing, &error), 0, "%s", error.text);
    cr_assert_eq(audit_begin(audit, &listing, catalogue, &error), 0, "%s", error.text);
    cr_assert_eq(audit_read(audit, &source, kit.store, &error), 0, "%s", error.text);
    cr_assert_eq(audit_compare(audit, kit.store, &error), 0, "%s", error.text);
    cr_assert_str_eq(told, "");
    cr_assert_eq(holes_count(replay_holes(audit_replay(audit))), erased);
    stored_wipe(&stored);
    catalogue_release(catalogue);
    audit_free(audit);
    parallel_free(parallel);
    listing_wipe(&listing);
}

Test(audit_operated, passes_a_log_that_was_upgraded_while_it_was_empty)
{
    assert_audit_passes(0);
    kit_respond(&kit, &member, "WA-1.01", 1, KIT_ANSWERS);
    assert_audit_passes(0);
}

Test(audit_operated, passes_an_answer_of_very_many_revisions)
{
    respond_often();
    erase("WA-1.01", REVISIONS);
    assert_audit_passes(REVISIONS);
}

Test(audit_operated, passes_everything_of_very_many_entries)
{
    respond_often();
    erase(NULL, REVISIONS + 1);
    assert_audit_passes(REVISIONS + 1);
}
