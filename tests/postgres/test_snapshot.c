/* Somebody's open snapshot, a dump or a table on its way to who reads slowly, keeps every version of every row. What a
 * batch touches is then looked at in all of its versions, unless it is never updated. Counted in blocks that the server
 * looks at, which do not depend on how fast it is. */
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#define FEW 150
#define MANY 3000
#define ACTIONS 2 /* that a batch has a response to, of one member each */

static char dsn[400];
static int64_t size;

static void setup(void)
{
    cr_assert_not_null(getenv("KIT_STORE"), "to be run by tests/postgres/server.sh");
    kit_begin();
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("panel"));
    store_close(kit_store_open(dsn));
    store_raw_run(dsn, "DO $$ DECLARE name text; BEGIN FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND"
                       " relnamespace = current_schema()::regnamespace LOOP EXECUTE format('ALTER TABLE %I SET"
                       " (autovacuum_enabled = false)', name); END LOOP; END $$");
    size = 0;
}

TestSuite(snapshot, .init = setup, .fini = kit_end, .timeout = 120);

static void write_response(struct store *store, int64_t action)
{
    static const uint16_t slots[] = {0, 5};
    struct store_current current = {
        .revision = size + 1, .index = size, .replaced = -1, .slots = slots, .slot_count = 2};
    int64_t counts[4] = {0};
    cr_assert_eq(store_entry_append(store, size, "entry", 5), STORE_OK);
    cr_assert_eq(store_current_write(store, 1, size + 1, action, &current), STORE_OK);
    cr_assert_neq(store_counts_read(store, 1, action, counts, 4), STORE_FAILED);
    counts[0]++;
    cr_assert_eq(store_counts_write(store, 1, action, counts, 4), STORE_OK);
    size++;
}

static void write_batch(struct store *store)
{
    const struct store_key currents[ACTIONS] = {{1, size + 1, 1, size + 1}, {1, size + 2, 2, size + 2}};
    const struct store_key counts[ACTIONS] = {{1, 0, 1, 0}, {1, 0, 2, 0}};
    struct merkle_hash hashes[TILE_WIDTH] = {0};
    unsigned what;
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_foresee(store, &(struct store_wanted){.currents = currents,
                                                             .current_count = ACTIONS,
                                                             .counts = counts,
                                                             .counts_count = ACTIONS}),
                 STORE_OK);
    cr_assert_eq(store_changed(store, &what), STORE_OK);
    for (int64_t action = 1; action <= ACTIONS; action++)
        write_response(store, action);
    cr_assert_eq(store_tile_write(store, 0, (uint64_t)size / TILE_WIDTH, hashes, 1 + (unsigned)size % TILE_WIDTH),
                 STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK, "%s", store_error(store)->text);
}

static int64_t number_from(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    cr_assert_eq(PQntuples(result), 1, "%s", PQerrorMessage(conn));
    int64_t number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return number;
}

/* All that was looked at so far. A session has told what it did once it is gone. */
static int64_t blocks_seen(void)
{
    PGconn *conn = PQconnectdb(dsn);
    int64_t sessions = 1;
    for (int tries = 0; tries < 1000 && sessions > 0; tries++)
        sessions = number_from(conn, "SELECT count(*) FROM pg_stat_activity, pg_sleep(0.01) WHERE application_name ="
                                     " 'burgerpanel' AND datname = current_database() AND query LIKE '%emit_message%'");
    cr_assert_eq(sessions, 0, "the session does not end");
    int64_t blocks = number_from(conn, "SELECT sum(coalesce(heap_blks_hit, 0) + coalesce(heap_blks_read, 0) +"
                                       " coalesce(idx_blks_hit, 0) + coalesce(idx_blks_read, 0))"
                                       " FROM pg_statio_all_tables WHERE schemaname = current_schema()");
    PQfinish(conn);
    return blocks;
}

/* By a session of its own. */
static int64_t blocks_of(int batches)
{
    int64_t before = blocks_seen();
    struct store *store = kit_store_open(dsn);
    for (int i = 0; i < batches; i++)
        write_batch(store);
    store_close(store);
    return blocks_seen() - before;
}

Test(snapshot, that_stays_open_has_a_batch_look_at_hardly_more)
{
    cr_assert_gt(blocks_of(FEW), 0);
    int64_t alone = blocks_of(FEW);
    PGconn *reader = PQconnectdb(dsn);
    PQclear(PQexec(reader, "BEGIN ISOLATION LEVEL REPEATABLE READ"));
    cr_assert_gt(number_from(reader, "SELECT count(*) FROM entry"), 0);
    cr_assert_gt(blocks_of(MANY), 0);
    int64_t beside = blocks_of(FEW);
    cr_assert_eq(number_from(reader, "SELECT count(*) FROM entry"), ACTIONS * 2 * FEW, "still that moment");
    PQfinish(reader);
    cr_assert_leq(2 * beside, 3 * alone, "%lld blocks beside it, %lld alone", (long long)beside, (long long)alone);
}
