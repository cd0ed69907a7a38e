/* How often the store in PostgreSQL asks its server, which may be far away: for much as for little. Beside a server, as
 * test_postgres.c. */
#include "collector/acts/erasing.h"
#include "collector/audit/stored.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

static struct store *store;

static void setup(void)
{
    cr_assert_not_null(getenv("KIT_STORE"), "to be run by tests/postgres/server.sh");
    kit_begin();
    store = kit_store_open(kit_dsn("panel"));
}

static void teardown(void)
{
    store_close(store);
    kit_end();
}

TestSuite(trips, .init = setup, .fini = teardown);

/* Each ends with a sync, which is counted between libpq and the store, where this is put when this program
 * is linked. */

static unsigned trips;

int __real_PQpipelineSync(PGconn *conn);
int __wrap_PQpipelineSync(PGconn *conn);

int __wrap_PQpipelineSync(PGconn *conn)
{
    trips++;
    return __real_PQpipelineSync(conn);
}

#define MANY 300

/* Each 400 ms, and whenever somebody is to be refused. */
Test(trips, looks_for_news_in_one_that_is_waited_for_until_all_is_safe)
{
    unsigned what, before;
    cr_assert_eq(store_serve(store), STORE_OK);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_changed(store, &what), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK);
    before = trips;
    cr_assert_eq(store_has_news(store), STORE_NONE, "%s", store_error(store)->text);
    cr_assert_eq(trips - before, 1);
}

static struct store_current current_of(int64_t revision, int64_t index)
{
    static const uint16_t slots[] = {0, 5};
    return (struct store_current){
        .revision = revision, .index = index, .replaced = -1, .slots = slots, .slot_count = 2};
}

static void append_many(void)
{
    cr_assert_eq(store_begin(store), STORE_OK);
    for (int64_t i = 0; i < MANY; i++) {
        struct store_current current = current_of(1, i);
        cr_assert_eq(store_entry_append(store, i, "entry", 5), STORE_OK);
        cr_assert_eq(store_current_write(store, 1, i + 1, 1, &current), STORE_OK);
        cr_assert_eq(store_revision_add(store, i, i - 1), STORE_OK);
    }
    cr_assert_eq(store_commit(store), STORE_OK, "%s", store_error(store)->text);
}

static unsigned trips_to_erase(int64_t first, int64_t count)
{
    unsigned before = trips;
    cr_assert_eq(store_begin(store), STORE_OK);
    for (int64_t i = first; i < first + count; i++) {
        cr_assert_eq(store_current_erase(store, 1, i + 1, 1), STORE_OK);
        cr_assert_eq(store_entry_erase(store, i), STORE_OK);
        cr_assert_eq(store_erased_add(store, i, MANY), STORE_OK);
    }
    cr_assert_eq(store_commit(store), STORE_OK, "%s", store_error(store)->text);
    return trips - before;
}

Test(trips, waits_for_the_erasure_of_many_as_often_as_for_that_of_one)
{
    int64_t event = 0, before = 0;
    append_many();
    cr_assert_eq(trips_to_erase(0, 1), 1);
    cr_assert_eq(trips_to_erase(1, MANY - 2), 1);
    cr_assert_eq(store_erased_by(store, MANY - 2, &event), STORE_OK);
    cr_assert_eq(event, MANY);
    cr_assert_eq(store_revision_before(store, MANY - 2, &before), STORE_NONE);
    cr_assert_eq(store_revision_before(store, MANY - 1, &before), STORE_OK);
}

Test(trips, asks_for_all_that_a_member_has_answered_at_once)
{
    struct panel panel = {.round_count = 1};
    struct catalogue catalogue = {.panel = &panel, .round_numbers = (int64_t[]){1}};
    const struct store_member member = {.number = 7, .index = MANY};
    struct erasing erasing;
    cr_assert_eq(store_begin(store), STORE_OK);
    for (int64_t i = 0; i < MANY; i++) {
        struct store_current current = current_of(1, i);
        cr_assert_eq(store_current_write(store, 1, 7, i + 1, &current), STORE_OK);
    }
    cr_assert_eq(store_commit(store), STORE_OK, "%s", store_error(store)->text);
    erasing_init(&erasing, store, &catalogue);
    cr_assert_eq(store_begin(store), STORE_OK);
    unsigned before = trips;
    cr_assert_eq(erasing_add_member(&erasing, &member), 0, "%s", erasing.error.text);
    cr_assert_leq(trips - before, 2, "%u for %d responses", trips - before, MANY);
    cr_assert_eq(erasing_gathered(&erasing), MANY + 1);
    erasing_wipe(&erasing);
}

static void answer_all(int64_t round, int64_t member, const int64_t *counts, size_t slots)
{
    cr_assert_eq(store_begin(store), STORE_OK);
    for (int64_t i = 0; i < MANY; i++) {
        struct store_current current = current_of(1, i);
        current.replaced = MANY + 1 + i;
        cr_assert_eq(store_entry_append(store, i, "entry", 5), STORE_OK);
        cr_assert_eq(store_current_write(store, round, member, i + 1, &current), STORE_OK);
        cr_assert_eq(store_revision_add(store, MANY + 1 + i, 2 * MANY + 1 + i), STORE_OK);
        cr_assert_eq(store_counts_write(store, round, i + 1, counts, slots), STORE_OK);
    }
    for (int64_t i = MANY; i <= 3 * MANY; i++) /* an enrolment, and what was replaced */
        cr_assert_eq(store_entry_append(store, i, "entry", 5), STORE_OK);
    cr_assert_eq(store_member_add(store, &(struct store_member){.number = member, .index = MANY}), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK, "%s", store_error(store)->text);
}

Test(trips, erases_all_that_a_member_has_answered_in_a_few_round_trips)
{
    const int64_t counts[] = {3, 0, 0, 0, 0, 2};
    struct tally_layout layout = {.slots = 6};
    struct round round = {.questionnaire = 0};
    struct panel panel = {.rounds = &round, .round_count = 1};
    struct catalogue catalogue = {
        .panel = &panel, .round_numbers = (int64_t[]){1}, .layouts = (struct tally_layout *[]){&layout}};
    const struct store_member member = {.number = 7, .index = MANY};
    struct erasing erasing;
    int64_t found[6], event = 0;
    unsigned what;
    answer_all(1, 7, counts, 6);
    erasing_init(&erasing, store, &catalogue);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_changed(store, &what), STORE_OK);
    unsigned before = trips;
    cr_assert_eq(erasing_add_member(&erasing, &member), 0, "%s", erasing.error.text);
    cr_assert_eq(erasing_add_response(&erasing, &(struct erasing_response){1, 7, 5}), 0, "it goes as well");
    cr_assert_eq(erasing_gathered(&erasing), 3 * MANY + 1);
    cr_assert_eq(erasing_carry_out(&erasing, 3 * MANY + 1), 0, "%s", erasing.error.text);
    cr_assert_eq(store_commit(store), STORE_OK, "%s", store_error(store)->text);
    cr_assert_leq(trips - before, 10, "%u for %d responses", trips - before, MANY);
    erasing_wipe(&erasing);
    for (int64_t action = 1; action <= MANY; action++) {
        cr_assert_eq(store_counts_read(store, 1, action, found, 6), STORE_OK);
        cr_assert(found[0] == 2 && found[5] == 1, "action %ld: %ld %ld", (long)action, (long)found[0], (long)found[5]);
    }
    cr_assert_eq(store_erased_by(store, MANY, &event), STORE_OK);
    cr_assert_eq(event, 3 * MANY + 1);
}

Test(trips, tells_at_the_commit_that_an_entry_was_erased_before)
{
    append_many();
    cr_assert_eq(trips_to_erase(7, 1), 1);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_entry_erase(store, 8), STORE_OK);
    cr_assert_eq(store_erased_add(store, 7, MANY), STORE_OK, "not known yet");
    cr_assert_eq(store_commit(store), STORE_FAILED);
    cr_assert_eq(store_error(store)->kind, ERROR_REFUSED, "%s", store_error(store)->text);
    store_rollback(store);
    struct buf jws;
    buf_init(&jws, 100);
    cr_assert_eq(store_entry_read(store, 8, &jws), STORE_OK, "nothing of it is kept");
    buf_free(&jws);
}

static int sum_index(void *context, int64_t index, const char *jws, size_t len)
{
    cr_assert(len == 5 && memcmp(jws, "entry", 5) == 0);
    *(int64_t *)context = 2 * (*(int64_t *)context % 1000000) + index;
    return 0;
}

Test(trips, asks_for_entries_by_their_indexes_in_hundreds)
{
    int64_t backwards[MANY], sum = 0, expected = 0;
    for (int64_t i = 0; i < MANY; i++) {
        backwards[i] = MANY - 1 - i;
        expected = 2 * (expected % 1000000) + backwards[i];
    }
    append_many();
    unsigned before = trips;
    cr_assert_eq(store_entry_each(store, backwards, MANY, sum_index, &sum), STORE_OK);
    cr_assert_eq(sum, expected);
    cr_assert_eq(trips - before, 2);
}

Test(trips, asks_for_an_audits_entries_many_at_once)
{
    struct stored stored;
    struct error error;
    struct buf jws;
    int64_t erased_by;
    append_many();
    (void)trips_to_erase(7, MANY / 4);
    stored_init(&stored, store, NULL);
    buf_init(&jws, 100);
    const unsigned before = trips;
    for (int64_t i = 0; i < MANY; i++) {
        buf_reset(&jws);
        bool erased = i >= 7 && i < 7 + MANY / 4;
        cr_assert_eq(stored_entry(&stored, i, &jws, &erased_by, &error), erased ? STORE_ERASED : STORE_OK);
        cr_assert(erased ? erased_by == MANY : strcmp(buf_text(&jws), "entry") == 0, "entry %ld", (long)i);
    }
    cr_assert_leq(trips - before, 12, "%u for %d entries", trips - before, MANY);
    buf_free(&jws);
    stored_wipe(&stored);
}
