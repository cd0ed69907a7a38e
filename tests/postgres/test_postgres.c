/* What the store in PostgreSQL promises beyond the verbs that all databases share: what becomes of a commit whose
 * connection is cut, and that sizes follow the lane. Run beside a server of its own by tests/postgres/server.sh, as are
 * the suites of the verbs. */
#include "base/clock.h"
#include "collector/store/postgres/handle.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_US INT64_C(60000000) /* with what comes by itself */

static struct store *store;
static char dsn[400];

static void setup(void)
{
    cr_assert_not_null(getenv("KIT_STORE"), "to be run by tests/postgres/server.sh");
    kit_begin();
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("panel"));
    store = kit_store_open(dsn);
}

static void teardown(void)
{
    store_close(store);
    kit_end();
}

TestSuite(postgres, .init = setup, .fini = teardown);

/* Committing. */

static int64_t entries_seen_by_another(void)
{
    struct store *other = kit_store_open(dsn);
    int64_t count = kit_entries(other);
    store_close(other);
    return count;
}

Test(postgres, holds_entries_back_until_the_commit_and_shows_them_to_itself)
{
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_entry_append(store, 0, "one", 3), STORE_OK);
    cr_assert_eq(store_entry_append(store, 1, "two", 3), STORE_OK);
    cr_assert_eq(kit_entries(store), 2);
    cr_assert_eq(entries_seen_by_another(), 0);
    cr_assert_eq(store_commit(store), STORE_OK);
    cr_assert_eq(entries_seen_by_another(), 2);
}

Test(postgres, leaves_no_gap_in_the_log)
{
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_entry_append(store, 1, "two", 3), STORE_FAILED);
    cr_assert_not_null(strstr(store_error(store)->text, "end of the log"));
    store_rollback(store);
}

/* What is held fails at the commit, keeps nothing, and the handle goes on. */
Test(postgres, tells_at_the_commit_what_could_not_be_written)
{
    cr_assert_eq(store_erased_add(store, 7, 8), STORE_OK);
    cr_assert_eq(store_revision_add(store, 5, 4), STORE_OK);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_entry_append(store, 0, "one", 3), STORE_OK);
    cr_assert_eq(store_revision_add(store, 5, 3), STORE_OK, "not known yet");
    cr_assert_eq(store_commit(store), STORE_FAILED);
    cr_assert_eq(store_error(store)->kind, ERROR_REFUSED, "%s", store_error(store)->text);
    store_rollback(store);
    cr_assert_eq(entries_seen_by_another(), 0);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_entry_append(store, 0, "one", 3), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK);
    cr_assert_eq(entries_seen_by_another(), 1);
}

/* By its SQLSTATE: only what is damaged is a finding of an audit, only what is busy is worth another try at once. */
Test(postgres, tells_what_kind_of_failure_the_server_had)
{
    static const struct {
        const char *state;
        enum error_kind kind;
    } samples[] = {{"XX001", ERROR_DAMAGED}, {"XX002", ERROR_DAMAGED}, {"XX000", ERROR_IO},   {"53100", ERROR_IO},
                   {"58030", ERROR_IO},      {"57014", ERROR_IO},      {"55P03", ERROR_BUSY}, {"23514", ERROR_REFUSED}};
    char sql[400];
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        snprintf(sql, sizeof sql,
                 "CREATE OR REPLACE FUNCTION of_a_test() RETURNS trigger LANGUAGE plpgsql AS "
                 "$$BEGIN RAISE EXCEPTION 'of a test' USING ERRCODE = '%s'; END$$;"
                 "CREATE OR REPLACE TRIGGER of_a_test BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION of_a_test()",
                 samples[i].state);
        store_raw_run(dsn, sql);
        cr_assert_eq(store_begin(store), STORE_OK, "%s", samples[i].state);
        cr_assert_eq(store_entry_append(store, 0, "one", 3), STORE_OK);
        cr_assert_eq(store_commit(store), STORE_FAILED);
        cr_expect_eq(store_error(store)->kind, samples[i].kind, "%s: %d", samples[i].state, store_error(store)->kind);
        cr_expect(strstr(store_error(store)->text, "of a test"), "%s", store_error(store)->text);
        store_rollback(store);
    }
    store_raw_run(dsn, "DROP TRIGGER of_a_test ON entry; DROP FUNCTION of_a_test");
    cr_assert_eq(entries_seen_by_another(), 0);
}

static void cut_connections(void)
{
    store_raw_run(dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid IN"
                       " (SELECT pid FROM pg_locks WHERE relation = 'lane'::regclass) AND pid <> pg_backend_pid()");
}

Test(postgres, fails_a_commit_whose_connection_was_cut_and_keeps_nothing)
{
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_entry_append(store, 0, "one", 3), STORE_OK);
    cr_assert_eq(kit_entries(store), 1);
    cut_connections();
    cr_assert_eq(store_commit(store), STORE_FAILED);
    store_rollback(store);
    cr_assert_eq(entries_seen_by_another(), 0);
    cr_assert_eq(store_begin(store), STORE_OK, "who does not serve may connect again");
    cr_assert_eq(store_entry_append(store, 0, "one", 3), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK);
    cr_assert_eq(entries_seen_by_another(), 1);
}

Test(postgres, is_not_connected_again_behind_the_back_of_who_serves)
{
    cr_assert_eq(store_serve(store), STORE_OK);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(kit_entries(store), 0);
    cut_connections();
    cr_assert_eq(store_commit(store), STORE_FAILED);
    store_rollback(store);
    cr_assert_eq(store_begin(store), STORE_FAILED);
    store_close(store);
    store = kit_store_open(dsn);
    cr_assert_eq(store_serve(store), STORE_OK, "but opened");
}

/* Beside another collector. */

static unsigned changed_by_others(struct store *handle)
{
    unsigned what = 0;
    cr_assert_eq(store_begin(handle), STORE_OK);
    cr_assert_eq(store_changed(handle, &what), STORE_OK);
    cr_assert_eq(store_commit(handle), STORE_OK);
    return what;
}

Test(postgres, takes_responses_while_another_hands_out_invitations)
{
    const uint8_t hash[SHA256_BYTES] = {1};
    struct store *other = kit_store_open(dsn);
    int64_t count;
    cr_assert_eq(store_begin_invitations(other), STORE_OK);
    cr_assert_eq(store_invitation_add(other, 1, hash), STORE_OK);
    cr_assert_eq(store_entry_count(other, &count), STORE_OK); /* by then it has its lane */
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_entry_append(store, 0, "one", 3), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK, "%s", store_error(store)->text);
    cr_assert_eq(store_commit(other), STORE_OK, "%s", store_error(other)->text);
    store_close(other);
}

Test(postgres, knows_whether_there_is_news_while_another_holds_the_lane)
{
    struct store *other = kit_store_open(dsn);
    cr_assert_eq(store_serve(store), STORE_OK);
    cr_assert_eq(store_serve(other), STORE_OK, "beside the first");
    cr_assert_eq(store_has_news(store), STORE_OK, "it has not looked yet");
    cr_assert_eq(changed_by_others(store), STORE_CHANGED_ALL);
    cr_assert_eq(store_begin(other), STORE_OK);
    cr_assert_eq(store_entry_append(other, 0, "one", 3), STORE_OK);
    cr_assert_eq(kit_entries(other), 1, "the lane is had");
    cr_assert_eq(store_has_news(store), STORE_NONE);
    cr_assert_eq(store_commit(other), STORE_OK);
    cr_assert_eq(store_has_news(store), STORE_OK);
    cr_assert_eq(changed_by_others(store), STORE_CHANGED_LOG);
    cr_assert_eq(store_has_news(store), STORE_NONE);
    store_close(other);
}

/* Has the lane, with so many entries sent, and says nothing any more. */
static struct store *stop_in_lane(enum store_result (*serve)(struct store *), int64_t entries)
{
    char text[1000];
    memset(text, 'x', sizeof text);
    struct store *stopped = kit_store_open(dsn);
    cr_assert_eq(serve(stopped), STORE_OK);
    cr_assert_eq(store_begin(stopped), STORE_OK);
    for (int64_t i = 0; i < entries; i++)
        cr_assert_eq(store_entry_append(stopped, i, text, sizeof text), STORE_OK);
    return stopped;
}

static enum store_result commit_one(void)
{
    enum store_result result = store_begin(store);
    if (result == STORE_OK)
        result = store_entry_append(store, 0, "one", 3);
    if (result == STORE_OK)
        result = store_commit(store);
    if (result != STORE_OK)
        store_rollback(store);
    return result;
}

static void assert_stopped_has_lost(struct store *stopped)
{
    cr_assert_eq(store_commit(stopped), STORE_FAILED);
    store_rollback(stopped);
    store_close(stopped);
    cr_assert_eq(entries_seen_by_another(), 1);
}

/* The server ends the session of who keeps the lane and says nothing, as one who was stopped does. */
Test(postgres, gets_the_lane_from_who_was_stopped_in_it)
{
    struct store *stopped = stop_in_lane(store_serve, 1);
    cr_assert_eq(commit_one(), STORE_OK, "%s", store_error(store)->text);
    assert_stopped_has_lost(stopped);
}

/* Half a statement with the server is no silence to it, but to who has waited in vain and opens the store again. */
Test(postgres, ends_who_was_stopped_while_writing_a_lot)
{
    struct store *stopped = stop_in_lane(store_serve, 100);
    store_be_patient(store, 5);
    cr_assert_eq(store_serve(store), STORE_OK);
    cr_assert_eq(commit_one(), STORE_FAILED);
    cr_assert_eq(store_error(store)->kind, ERROR_BUSY, "%s", store_error(store)->text);
    store_close(store);
    store = kit_store_open(dsn);
    cr_assert_eq(store_serve(store), STORE_OK);
    cr_assert_eq(commit_one(), STORE_OK, "%s", store_error(store)->text);
    assert_stopped_has_lost(stopped);
}

/* Others do not get to serve, and so can't end it: the server does, however much was sent. */
Test(postgres, may_be_served_again_when_who_acted_alone_was_stopped)
{
    struct store *stopped = stop_in_lane(store_serve_alone, 500);
    const int64_t end = clock_monotonic_us() + PATIENCE_US;
    cr_assert_eq(store_serve(store), STORE_FAILED);
    cr_assert_eq(store_error(store)->kind, ERROR_BUSY, "%s", store_error(store)->text);
    while (store_serve(store) != STORE_OK)
        cr_assert_lt(clock_monotonic_us(), end, "%s", store_error(store)->text);
    cr_assert_eq(commit_one(), STORE_OK, "%s", store_error(store)->text);
    assert_stopped_has_lost(stopped);
}

Test(postgres, is_ended_by_the_server_where_it_acts_alone_and_does_nothing)
{
    struct store_postgres *p = postgres_of(store);
    struct buf idle;
    buf_init(&idle, 100);
    cr_assert_eq(store_serve_alone(store), STORE_OK);
    cr_assert(PQexitPipelineMode(p->conn));
    cr_assert_eq(postgres_plain(p, "SELECT current_setting('idle_session_timeout')", &idle), 0);
    cr_assert_str_eq(buf_text(&idle), "10s");
    buf_free(&idle);
}

/* What every batch touches. */

static int64_t rows_of(const char *table)
{
    char sql[200];
    struct store *other = kit_store_open(dsn);
    snprintf(sql, sizeof sql, "UPDATE head SET verifier = (SELECT count(*) FROM %s)::text", table);
    store_raw_run(dsn, sql);
    struct buf text;
    buf_init(&text, 100);
    cr_assert_eq(store_log_key_read(other, &text), STORE_OK);
    int64_t count = strtoll(buf_text(&text), NULL, 10);
    buf_free(&text);
    store_close(other);
    return count;
}

static void write_batch(int64_t size)
{
    struct merkle_hash hashes[TILE_WIDTH] = {0};
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_entry_append(store, size, "entry", 5), STORE_OK);
    cr_assert_eq(store_tile_write(store, 0, 0, hashes, (unsigned)size + 1), STORE_OK);
    cr_assert_eq(store_counts_write(store, 1, 1, (int64_t[]){size + 1}, 1), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK, "%s", store_error(store)->text);
}

Test(postgres, keeps_one_row_of_what_each_batch_writes_anew)
{
    int64_t counts = 0;
    for (int64_t size = 0; size < 5; size++)
        write_batch(size);
    store_close(store);
    store = kit_store_open(dsn); /* which knows nothing of where they lie */
    for (int64_t size = 5; size < 8; size++)
        write_batch(size);
    cr_assert_eq(rows_of("tile"), 1);
    cr_assert_eq(rows_of("counts"), 1);
    cr_assert_eq(store_counts_read(store, 1, 1, &counts, 1), STORE_OK);
    cr_assert_eq(counts, 8);
}

/* What is foreseen. */

static struct store_current current_of(int64_t revision, int64_t index)
{
    static const uint16_t slots[] = {0, 5};
    return (struct store_current){
        .revision = revision, .index = index, .replaced = -1, .slots = slots, .slot_count = 2};
}

Test(postgres, answers_from_what_was_foreseen_and_from_what_was_written_since)
{
    struct store_current one = current_of(3, 0), two = current_of(4, 1), found;
    struct buf jws;
    buf_init(&jws, 100);
    cr_assert_eq(store_entry_append(store, 0, "one", 3), STORE_OK);
    cr_assert_eq(store_current_add(store, 1, 1, 1, &one), STORE_OK);
    const struct store_key currents[] = {{1, 1, 1, 3}, {1, 2, 1, 1}, {1, 2, 1, 2}}, counts[] = {{1, 0, 1, 0}};
    const struct store_wanted wanted = {.currents = currents, .current_count = 3, .counts = counts, .counts_count = 1};
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_foresee(store, &wanted), STORE_OK, "%s", store_error(store)->text);
    cr_assert_eq(store_current_add(store, 1, 1, 1, &two), STORE_NONE);
    cr_assert_eq(store_current_read(store, 1, 1, 1, &found), STORE_OK, "%s", store_error(store)->text);
    cr_assert(found.revision == 3 && found.index == 0 && found.slot_count == 2 && found.slots[1] == 5);
    cr_assert_eq(store_entry_read(store, 0, &jws), STORE_OK);
    cr_assert_str_eq(buf_text(&jws), "one");
    cr_assert_eq(store_current_read(store, 1, 2, 1, &found), STORE_NONE);
    cr_assert_eq(store_current_add(store, 1, 2, 1, &two), STORE_OK);
    cr_assert_eq(store_current_add(store, 1, 2, 1, &one), STORE_NONE);
    cr_assert_eq(store_current_read(store, 1, 2, 1, &found), STORE_OK);
    cr_assert_eq(found.revision, 4);
    cr_assert_eq(store_current_erase(store, 1, 1, 1), STORE_OK);
    cr_assert_eq(store_current_read(store, 1, 1, 1, &found), STORE_OK);
    cr_assert_eq(found.index, -1, "not as it was foreseen");
    cr_assert_eq(store_commit(store), STORE_OK);
    buf_free(&jws);
}

Test(postgres, knows_an_invitation_that_was_foreseen_until_it_is_marked)
{
    const uint8_t hashes[3][SHA256_BYTES] = {{3}, {1}, {2}};
    const struct store_invitation used = {INVITATION_USED, 9};
    struct store_invitation found;
    cr_assert_eq(store_invitation_add(store, 1, hashes[0]), STORE_OK);
    cr_assert_eq(store_invitation_add(store, 2, hashes[1]), STORE_OK);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_foresee(store, &(struct store_wanted){.invitations = hashes, .invitation_count = 3}), STORE_OK);
    cr_assert_eq(store_invitation_find(store, hashes[0], &found), STORE_OK);
    cr_assert_eq(found.state, INVITATION_UNUSED);
    cr_assert_eq(store_invitation_find(store, hashes[2], &found), STORE_NONE);
    cr_assert_eq(store_invitation_mark(store, hashes[2], &used), STORE_NONE);
    cr_assert_eq(store_invitation_mark(store, hashes[0], &used), STORE_OK);
    cr_assert_eq(store_invitation_find(store, hashes[0], &found), STORE_OK);
    cr_assert(found.state == INVITATION_USED && found.member == 9);
    cr_assert_eq(store_commit(store), STORE_OK);
}

/* Members. */

static int note_number(void *context, const struct store_member *member)
{
    buf_printf(context, "%d ", (int)member->number);
    return 0;
}

Test(postgres, tells_the_members_that_changed_and_no_others)
{
    struct buf seen;
    int64_t since = -1;
    buf_init(&seen, 100);
    for (int64_t i = 1; i <= 4; i++)
        cr_assert_eq(store_member_add(store, &(struct store_member){.number = i, .enrolled_at = 5}), STORE_OK);
    cr_assert_eq(store_member_changes(store, &since, note_number, &seen), STORE_OK);
    cr_assert_str_eq(buf_text(&seen), "1 2 3 4 ");
    buf_reset(&seen);
    cr_assert_eq(store_member_revoke(store, 3, 9), STORE_OK);
    cr_assert_eq(store_member_add(store, &(struct store_member){.number = 5, .enrolled_at = 5}), STORE_OK);
    cr_assert_eq(store_member_changes(store, &since, note_number, &seen), STORE_OK);
    cr_assert_str_eq(buf_text(&seen), "3 5 ");
    buf_reset(&seen);
    cr_assert_eq(store_member_changes(store, &since, note_number, &seen), STORE_OK);
    cr_assert_str_eq(buf_text(&seen), "");
    buf_free(&seen);
}

/* As where somebody cancels the wait for a standby: a success, with a warning. */
Test(postgres, takes_a_statement_alone_for_unknown_where_the_server_warns)
{
    const struct store_token token = {.name = "desk", .role = "team", .hash = {7}},
                             other = {.name = "more", .role = "team"};
    store_raw_run(dsn, "CREATE FUNCTION of_a_test() RETURNS trigger LANGUAGE plpgsql AS "
                       "$$BEGIN RAISE WARNING 'of a test'; RETURN NEW; END$$;"
                       "CREATE TRIGGER of_a_test BEFORE INSERT ON token FOR EACH ROW EXECUTE FUNCTION of_a_test()");
    cr_assert_eq(store_token_add(store, &token), STORE_FAILED);
    cr_assert_eq(store_error(store)->kind, ERROR_IO);
    cr_assert_not_null(strstr(store_error(store)->text, "nobody knows whether"), "%s", store_error(store)->text);
    store_raw_run(dsn, "DROP TRIGGER of_a_test ON token; DROP FUNCTION of_a_test");
    cr_assert_eq(store_token_add(store, &other), STORE_OK, "over another connection");
    cr_assert_eq(store_check(store), STORE_OK);
}

/* Wishes. */

static int find_wish(void *context, const struct store_wish *wish)
{
    *(int64_t *)context = wish->id;
    return 1;
}

/* What another hand may withdraw without waiting. */
static void withdraw_what_is_free(void)
{
    store_raw_run(dsn, "DELETE FROM pending WHERE id IN (SELECT id FROM pending FOR UPDATE SKIP LOCKED)");
}

Test(postgres, lets_nobody_withdraw_a_wish_that_is_carried_out)
{
    const struct store_wish wish = {.kind = "round-closed", .claims = "{}", .claims_len = 2};
    int64_t id, found = 0;
    cr_assert_eq(store_wish_add(store, &wish, &id), STORE_OK);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_wish_each(store, find_wish, &found), STORE_FAILED, "it was stopped");
    cr_assert_eq(found, id);
    withdraw_what_is_free();
    cr_assert_eq(store_wish_done(store, id, 7, "", 9), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK);
    cr_assert_eq(store_wish_withdraw(store, id), STORE_NONE);

    cr_assert_eq(store_wish_add(store, &wish, &id), STORE_OK);
    cr_assert_eq(store_wish_each(store, find_wish, &found), STORE_FAILED);
    withdraw_what_is_free();
    cr_assert_eq(store_wish_withdraw(store, id), STORE_NONE, "who looks alone holds nothing");
}
