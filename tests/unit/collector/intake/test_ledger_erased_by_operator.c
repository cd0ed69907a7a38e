/* What the operator erases: by the entries that are named, with all revisions or all of a member, and an event that
 * says why. */
#include "collector/acts/erasure.h"
#include "collector/state/recorded.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

#define SLOTS 24 /* of the example's questionnaire */

static struct kit kit;
static struct kit_member members[2];

static void setup(void)
{
    kit_begin();
    kit_open(&kit, kit_store_new(kit_dsn(NULL)));
    kit_give_operator(&kit);
    kit_start(&kit);
    kit_join(&kit, members, 2, 1);
}

static void teardown(void)
{
    for (size_t i = 0; i < 2; i++)
        kit_member_wipe(&members[i]);
    kit_close(&kit);
    kit_end();
}

TestSuite(ledger_erased_by_operator, .init = setup, .fini = teardown);

static int64_t respondents(size_t action)
{
    int64_t counts[SLOTS];
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    kit_counts(kit.store, catalogue, action, counts, SLOTS);
    catalogue_release(catalogue);
    for (size_t i = 1; i < SLOTS; i++)
        cr_assert(counts[i] <= counts[0] && counts[i] >= 0);
    return counts[0];
}

static bool is_kept(int64_t index)
{
    struct buf jws;
    buf_init(&jws, KIT_TEXT_MAX);
    enum store_result result = store_entry_read(kit.store, index, &jws);
    buf_free(&jws);
    cr_assert(result == STORE_OK || result == STORE_ERASED);
    return result == STORE_OK;
}

static struct event event_at(int64_t index)
{
    struct event event;
    struct error error = {0};
    cr_assert_eq(recorded_read(kit.store, index, &event, &error), 0, "%s", error.text);
    return event;
}

/* Entries 0 to 2 are log-upgraded and two enrolments. Three answers of the one, one of the other: 3 to 6. */
static void answer(void)
{
    kit_respond(&kit, &members[0], "WA-1.01", 1, KIT_ANSWERS);
    kit_respond(&kit, &members[0], "WA-1.01", 2, KIT_ANSWERS);
    kit_respond(&kit, &members[1], "WA-1.01", 1, KIT_ANSWERS);
    kit_respond(&kit, &members[0], "WA-1.01", 5, KIT_ANSWERS);
}

static void apply(struct parcel *parcel)
{
    cr_assert_eq(parcels_apply(&kit, parcel, 1), 0);
}

/* Asks for what these entries are of, as `erase` does; -1 with *error where it can't be asked. */
static int64_t ask_erasure(const int64_t *entries, size_t count, const char *reference, struct error *error)
{
    struct erasing erasing;
    struct act_wish wish;
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    int64_t id = -1;
    erasing_init(&erasing, kit.store, catalogue);
    int gathered = 0;
    for (size_t i = 0; i < count && gathered == 0; i++)
        gathered = act_gather_entry(&erasing, entries[i]);
    erasing_gathered(&erasing);
    if (gathered < 0)
        *error = erasing.error;
    else if (act_prepare_erasure(&wish, &erasing, "order", reference, error) == 0) {
        const struct store_wish asked = {.kind = event_name(wish.kind),
                                         .claims = buf_text(&wish.claims),
                                         .claims_len = wish.claims.len,
                                         .asked_at = KIT_NOW};
        cr_assert_eq(store_wish_add(kit.store, &asked, &id), STORE_OK);
        act_wish_wipe(&wish);
    }
    erasing_wipe(&erasing);
    catalogue_release(catalogue);
    return id;
}

static int64_t outcome(int64_t id)
{
    int64_t entry = -2;
    struct buf text;
    buf_init(&text, KIT_TEXT_MAX);
    cr_assert_eq(store_wish_outcome(kit.store, id, &entry, &text), STORE_OK);
    cr_assert_eq(entry<0, text.len> 0);
    buf_free(&text);
    return entry;
}

/* The ledger has the store for itself, so it is told that somebody wrote: it begins anew. */
static void begin_anew(void)
{
    ledger_free(kit.ledger);
    kit_start(&kit);
}

Test(ledger_erased_by_operator, takes_a_response_whole_and_tell_why)
{
    struct error error = {0};
    struct parcel again;
    uint8_t hash[SHA256_BYTES];
    answer();
    int64_t id = ask_erasure((const int64_t[]){4}, 1, "ruling 12", &error);
    cr_assert_geq(id, 0, "%s", error.text);
    begin_anew();
    cr_assert_eq(outcome(id), 7);
    cr_assert(!is_kept(3) && !is_kept(4) && !is_kept(6) && is_kept(5));
    cr_assert_eq(respondents(0), 1);
    struct event event = event_at(7);
    crypto_sha256("ruling 12", 9, hash);
    cr_assert(strcmp(event.by, "operator") == 0 && strcmp(event.reason, "order") == 0 && event.has_reference);
    cr_assert_arr_eq(event.reference, hash, sizeof hash);
    cr_assert(event.entries.count == 3 && event.enrolments.count == 0);
    event_free(&event);
    parcel_respond(&again, &kit, &members[0], "WA-1.01", 6, KIT_ANSWERS);
    apply(&again);
    cr_assert_eq(again.submission->verdict, VERDICT_ACCEPTED, "its author may answer anew");
    cr_assert_eq(respondents(0), 2);
    parcel_free(&again);
}

Test(ledger_erased_by_operator, takes_a_member_whole_by_the_enrolment)
{
    struct error error = {0};
    struct roster_member found;
    answer();
    int64_t id = ask_erasure((const int64_t[]){1, 3}, 2, NULL, &error);
    begin_anew();
    cr_assert_eq(outcome(id), 7);
    cr_assert(!is_kept(1) && !is_kept(3) && !is_kept(6) && is_kept(2) && is_kept(5));
    cr_assert(!roster_find(kit.shared.roster, members[0].kid, &found));
    struct event event = event_at(7);
    cr_assert(event.entries.count == 4 && event.enrolments.count == 1 && event.enrolments.list[0] == 1);
    cr_assert(!event.has_reference);
    event_free(&event);
}

/* One response of more revisions than one event can name. */
Test(ledger_erased_by_operator, tells_very_many_by_several_events_of_one_commit)
{
    enum { REVISIONS = (int)ERASING_EVENT_MAX, AT_ONCE = 250 };
    static struct parcel parcels[AT_ONCE];
    struct error error = {0};
    int64_t by = 0;
    for (int64_t revision = 0; revision < REVISIONS;) {
        for (size_t i = 0; i < AT_ONCE; i++)
            parcel_respond(&parcels[i], &kit, &members[1], "WA-1.01", ++revision, KIT_ANSWERS);
        cr_assert_eq(parcels_apply(&kit, parcels, AT_ONCE), 0);
        parcels_free(parcels, AT_ONCE);
    }
    const int64_t event = 3 + REVISIONS;
    int64_t id = ask_erasure((const int64_t[]){2}, 1, NULL, &error);
    begin_anew();
    cr_assert_eq(outcome(id), event);
    cr_assert_eq(kit_entries(kit.store), event + 2);
    cr_assert(!is_kept(2) && !is_kept(3) && !is_kept(event - 1) && is_kept(1));
    struct event first = event_at(event), second = event_at(event + 1);
    cr_assert(first.entries.count == ERASING_EVENT_MAX && second.entries.count == 1);
    cr_assert(first.enrolments.count == 1 && first.enrolments.list[0] == 2 && second.enrolments.count == 0);
    cr_assert(strcmp(second.by, "operator") == 0 && strcmp(second.reason, "order") == 0);
    cr_assert_eq(store_erased_by(kit.store, event - 1, &by), STORE_OK);
    cr_assert_eq(by, event + 1);
    event_free(&first);
    event_free(&second);
}

Test(ledger_erased_by_operator, names_what_can_be_erased_alone)
{
    struct error error = {0};
    answer();
    cr_assert_eq(ask_erasure((const int64_t[]){0}, 1, NULL, &error), -1, "an event");
    cr_assert_eq(error.kind, ERROR_REFUSED);
    cr_assert_eq(ask_erasure((const int64_t[]){99}, 1, NULL, &error), -1, "no entry");
    int64_t first = ask_erasure((const int64_t[]){5}, 1, NULL, &error);
    int64_t second = ask_erasure((const int64_t[]){5}, 1, NULL, &error);
    begin_anew();
    cr_assert_eq(outcome(first), 7);
    cr_assert_eq(outcome(second), -1, "there is nothing left of it");
    cr_assert_eq(ask_erasure((const int64_t[]){5}, 1, NULL, &error), -1, "erased");
    cr_assert_eq(kit_entries(kit.store), 8);
}
