/* The audit of logs that a ledger with an operator's key made of a panel that was there before it: log-upgraded is
 * entry 0. What is erased is more than one event can name, and told by events on both sides of the border between two
 * chunks that the audit reads. */
#include "collector/acts/erasing.h"
#include "collector/audit/audit.h"
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

static int list_event(void *context, int64_t index, const char *kind)
{
    return listing_add_kind(context, index, kind);
}

/* log-upgraded, which the listing needs the text of, and the kinds of all others. */
static void list_events(struct listing *listing)
{
    struct buf first;
    buf_init(&first, KIT_TEXT_MAX);
    cr_assert_eq(store_entry_read(kit.store, 0, &first), STORE_OK);
    cr_assert_eq(listing_add(listing, 0, buf_text(&first), first.len), 0);
    cr_assert_eq(store_event_each(kit.store, 1, INT64_MAX, list_event, listing), STORE_OK);
    buf_free(&first);
}

static enum store_result read_entry(void *context, int64_t index, struct buf *out, struct error *error)
{
    (void)context, (void)error;
    struct merkle_hash hashes[TILE_WIDTH];
    unsigned width = 0, place = (unsigned)(index % TILE_WIDTH);
    enum store_result result = store_entry_read(kit.store, index, out);
    if (result == STORE_ERASED &&
        store_tile_read(kit.store, 0, (uint64_t)index / TILE_WIDTH, hashes, &width) == STORE_OK)
        buf_put(out, hashes[place].bytes, sizeof hashes[place].bytes);
    return result;
}

static enum store_result read_document(void *context, const uint8_t hash[static SHA256_BYTES], struct buf *out,
                                       struct error *error)
{
    (void)context, (void)error;
    return store_document_read(kit.store, hash, out);
}

static void assert_audit_passes(size_t erased)
{
    struct audit_findings findings = {.tell = hear};
    struct scratch scratch = {.folder = scratch_folder()};
    struct replay_setup replay = {.document = read_document, .findings = &findings, .scratch = &scratch};
    struct audit_source source = {.read = read_entry, .size = kit_entries(kit.store)};
    struct listing listing = {0};
    struct error error = {0};
    struct parallel *parallel = parallel_new(2);
    struct audit *audit = audit_new(&replay, parallel);
    struct catalogue *catalogue = catalogue_load(kit.store, NULL);
    cr_assert(parallel && audit && catalogue);
    told[0] = '\0';
    list_events(&listing);
    cr_assert_eq(audit_begin(audit, &listing, catalogue, &error), 0, "%s", error.text);
    cr_assert_eq(audit_read(audit, &source, kit.store, &error), 0, "%s", error.text);
    cr_assert_eq(audit_compare(audit, kit.store, &error), 0, "%s", error.text);
    cr_assert_str_eq(told, "");
    cr_assert_eq(holes_count(replay_holes(audit_replay(audit))), erased);
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
