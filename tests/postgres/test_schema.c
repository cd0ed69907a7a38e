/* How a schema is brought up to date: by steps that a program of a later version might have, on a store that this one
 * has made. */
#include "collector/store/postgres/schema.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEWEST (TODAY + 2)

enum { TODAY = 1 }; /* the version that this program makes */

static const char first_step[] = "ALTER TABLE token ADD COLUMN colour text NOT NULL DEFAULT 'blue'";
static const char second_step[] =
    "CREATE TABLE shade (name text PRIMARY KEY); INSERT INTO shade SELECT colour FROM token";

static const char *const steps[NEWEST] = {[TODAY] = first_step, [TODAY + 1] = second_step};
static const struct postgres_versions later = {TODAY, NEWEST, steps};

static char dsn[400];
static struct store *owner; /* not in pipeline mode */

static void setup(void)
{
    const struct store_token token = {.name = "t", .role = "team"};
    cr_assert_not_null(getenv("KIT_STORE"), "to be run by tests/postgres/server.sh");
    kit_begin();
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("panel"));
    owner = kit_store_open(dsn);
    cr_assert_eq(store_token_add(owner, &token), STORE_OK);
    cr_assert(PQexitPipelineMode(postgres_of(owner)->conn));
    cr_assert_eq(postgres_schema_version(false), TODAY);
}

static void teardown(void)
{
    store_close(owner);
    kit_end();
}

TestSuite(schema, .init = setup, .fini = teardown, .timeout = 60);

static int upgrade(const struct postgres_versions *versions)
{
    return postgres_schema_upgrade(postgres_of(owner), versions);
}

/* What a query gives, as text. */
static void assert_gives(const char *sql, const char *expected)
{
    struct buf text;
    buf_init(&text, 100);
    cr_assert_eq(postgres_plain(postgres_of(owner), sql, &text), 0, "%s", store_error(owner)->text);
    cr_assert_str_eq(buf_text(&text), expected, "%s", sql);
    buf_free(&text);
}

static void assert_as_before(void)
{
    assert_gives("SELECT version FROM head", "1");
    assert_gives("SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema() AND"
                 " table_name = 'token' AND column_name = 'colour'",
                 "0");
    assert_gives("SELECT to_regclass('shade') IS NULL", "t");
}

Test(schema, is_brought_up_to_date_by_every_step_and_no_second_time)
{
    struct store_schema told;
    cr_assert_eq(upgrade(&later), 0, "%s", store_error(owner)->text);
    store_schema(owner, &told);
    cr_assert(told.found == TODAY && told.now == NEWEST);
    assert_gives("SELECT version FROM head", "3");
    assert_gives("SELECT name FROM shade", "blue");
    cr_assert_eq(upgrade(&later), 0, "%s", store_error(owner)->text);
    store_schema(owner, &told);
    cr_assert(told.found == NEWEST && told.now == NEWEST);
    assert_gives("SELECT count(*) FROM shade", "1");
}

Test(schema, is_left_as_it_was_by_the_server_where_who_alters_it_is_stopped)
{
    static const char *const asking[NEWEST] = {
        [TODAY] = "CREATE TABLE shade AS SELECT current_setting('idle_in_transaction_session_timeout') AS name",
        [TODAY + 1] = "SELECT 1"};
    cr_assert_eq(upgrade(&(struct postgres_versions){TODAY, NEWEST, asking}), 0, "%s", store_error(owner)->text);
    assert_gives("SELECT name FROM shade", "2s");
    assert_gives("SELECT current_setting('idle_in_transaction_session_timeout')", "0");
}

Test(schema, goes_on_from_a_version_between)
{
    struct store_schema told;
    store_raw_run(dsn, first_step);
    store_raw_run(dsn, "UPDATE head SET version = 2");
    cr_assert_eq(upgrade(&later), 0, "%s", store_error(owner)->text);
    store_schema(owner, &told);
    cr_assert(told.found == TODAY + 1 && told.now == NEWEST);
    assert_gives("SELECT name FROM shade", "blue");
}

Test(schema, stays_as_it_was_where_a_step_fails_or_is_not_known)
{
    static const char *const broken[NEWEST] = {[TODAY] = first_step,
                                               [TODAY + 1] = "CREATE TABLE shade (name nonsense)"};
    static const char *const unknown[NEWEST] = {[TODAY] = first_step};
    cr_assert_eq(upgrade(&(struct postgres_versions){TODAY, NEWEST, broken}), -1);
    cr_assert(strstr(store_error(owner)->text, "nonsense"), "%s", store_error(owner)->text);
    assert_as_before();
    cr_assert_eq(upgrade(&(struct postgres_versions){TODAY, NEWEST, unknown}), -1);
    cr_assert(strstr(store_error(owner)->text, "not known"), "%s", store_error(owner)->text);
    assert_as_before();
}

Test(schema, of_a_version_that_is_served_is_left_as_it_is_and_of_an_older_one_the_verb_is_named)
{
    struct postgres_versions versions = later;
    cr_assert_eq(postgres_schema_check(postgres_of(owner), &versions), 0, "%s", store_error(owner)->text);
    versions.oldest = TODAY + 1;
    cr_assert_eq(postgres_schema_check(postgres_of(owner), &versions), -1);
    cr_assert(strstr(store_error(owner)->text, "give `store upgrade`"), "%s", store_error(owner)->text);
    assert_as_before();
}

Test(schema, that_is_newer_is_left_alone)
{
    store_raw_run(dsn, "UPDATE head SET version = 99");
    cr_assert_eq(upgrade(&later), -1);
    cr_assert(strstr(store_error(owner)->text, "newer burgerpanel"), "%s", store_error(owner)->text);
    assert_gives("SELECT version FROM head", "99");
}

Test(schema, waits_for_who_has_a_lane_and_gives_up_with_nothing_changed)
{
    enum store_result (*const lanes[])(struct store *) = {store_begin, store_begin_invitations};
    struct store *writer = kit_store_open(dsn);
    assert_gives("SELECT set_config('lock_timeout', '100ms', false)", "100ms");
    for (size_t i = 0; i < 2; i++) {
        int64_t count;
        cr_assert_eq(lanes[i](writer), STORE_OK);
        cr_assert_eq(store_entry_count(writer, &count), STORE_OK); /* by then it has the lane */
        cr_assert_eq(upgrade(&later), -1);
        cr_assert_eq(store_error(owner)->kind, ERROR_BUSY, "%s", store_error(owner)->text);
        assert_as_before();
        store_rollback(writer);
    }
    assert_gives("SELECT set_config('lock_timeout', '8s', false)", "8s");
    cr_assert_eq(upgrade(&later), 0, "%s", store_error(owner)->text);
    store_close(writer);
}

Test(schema, that_a_broken_session_asks_for_is_not_taken_for_one_of_another_program)
{
    char end[80];
    snprintf(end, sizeof end, "SELECT pg_terminate_backend(%d)", PQbackendPID(postgres_of(owner)->conn));
    store_raw_run(dsn, end);
    cr_assert_eq(postgres_schema_check(postgres_of(owner), &later), -1);
    cr_assert_eq(store_error(owner)->kind, ERROR_IO, "%s", store_error(owner)->text);
    cr_assert_null(strstr(store_error(owner)->text, "another program"), "%s", store_error(owner)->text);
}

Test(schema, that_has_lost_the_row_of_its_head_is_damaged)
{
    unsigned what;
    struct store *old = kit_store_open(dsn);
    store_raw_run(dsn, "DELETE FROM head");
    cr_assert_eq(store_begin(old), STORE_OK);
    cr_assert_eq(store_changed(old, &what), STORE_FAILED);
    cr_assert_eq(store_error(old)->kind, ERROR_DAMAGED, "%s", store_error(old)->text);
    store_rollback(old);
    cr_assert_eq(store_begin(old), STORE_OK);
    cr_assert_eq(store_foresee(old, &(struct store_wanted){0}), STORE_FAILED);
    store_rollback(old);
    store_close(old);
    cr_assert_eq(postgres_schema_check(postgres_of(owner), &later), -1);
}

Test(schema, that_has_become_newer_is_refused_by_who_has_it_open)
{
    struct store *old = kit_store_open(dsn);
    unsigned what;
    cr_assert_eq(store_begin(old), STORE_OK);
    cr_assert_eq(store_changed(old, &what), STORE_OK);
    cr_assert_eq(store_commit(old), STORE_OK);
    cr_assert_eq(upgrade(&later), 0, "%s", store_error(owner)->text);
    cr_assert_eq(store_has_news(old), STORE_FAILED);
    cr_assert_eq(store_begin(old), STORE_OK);
    cr_assert_eq(store_changed(old, &what), STORE_FAILED);
    cr_assert(strstr(store_error(old)->text, "newer burgerpanel"), "%s", store_error(old)->text);
    store_rollback(old);
    cr_assert_eq(store_begin(old), STORE_OK);
    cr_assert_eq(store_foresee(old, &(struct store_wanted){0}), STORE_FAILED);
    store_rollback(old);
    store_close(old);
}
