/* What HTTP threads read comes over one connection that they share: so none of them may wait for it for long, nor each
 * in its turn. Beside a server, as test_postgres.c. */
#include "base/clock.h"
#include "collector/log/reader.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE 1 /* of the reader, in seconds */
#define REST_US INT64_C(1000000)
#define POLL_US INT64_C(60000000)
#define STEP_MS 5

static char dsn[400];
static bool away; /* as the writer would tell */
static struct reader *reader;

static bool is_away(void *context)
{
    return *(const bool *)context;
}

static void setup(void)
{
    struct error error = {0};
    cr_assert_not_null(getenv("KIT_STORE"), "to be run by tests/postgres/server.sh");
    kit_begin();
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("panel"));
    store_close(kit_store_open(dsn));
    reader = reader_open(dsn, &error);
    cr_assert_not_null(reader, "%s", error.text);
    reader_bound(reader, PATIENCE, is_away, &away);
}

static void teardown(void)
{
    reader_close(reader);
    kit_end();
}

TestSuite(reader_of_postgres, .init = setup, .fini = teardown, .timeout = 120);

/* Another session in whose way nothing can be read of the log. The caller finishes it. */
static PGconn *hold_log(void)
{
    PGconn *conn = PQconnectdb(dsn);
    PGresult *locked = PQexec(conn, "BEGIN; LOCK TABLE entry IN ACCESS EXCLUSIVE MODE");
    cr_assert_eq(PQresultStatus(locked), PGRES_COMMAND_OK, "%s", PQerrorMessage(conn));
    PQclear(locked);
    return conn;
}

/* The reader gives up what it waits for, and is given back: when that was at the latest. */
static int64_t lose_patience(void)
{
    int64_t count, given_back;
    PGconn *holder = hold_log();
    struct store *store = reader_take(reader);
    cr_assert_not_null(store);
    cr_assert_eq(store_entry_count(store, &count), STORE_FAILED);
    cr_assert(strstr(store_error(store)->text, "does not answer"), "%s", store_error(store)->text);
    PQfinish(holder);
    cr_assert_eq(store_entry_count(store, &count), STORE_FAILED, "and not by another connection");
    given_back = clock_monotonic_us();
    reader_give_back(reader);
    return given_back;
}

static void await_reading(void)
{
    const int64_t end = clock_monotonic_us() + POLL_US;
    int64_t count;
    struct store *store;
    while ((store = reader_take(reader)) == NULL) {
        cr_assert_lt(clock_monotonic_us(), end, "it is not opened again");
        clock_sleep_ms(STEP_MS);
    }
    cr_assert_eq(store_entry_count(store, &count), STORE_OK, "%s", store_error(store)->text);
    reader_give_back(reader);
}

Test(reader_of_postgres, gives_up_a_database_that_says_nothing_and_leaves_it_alone_for_a_second)
{
    const int64_t given_back = lose_patience();
    await_reading();
    cr_assert_geq(clock_monotonic_us() - given_back, REST_US);
}

Test(reader_of_postgres, is_not_opened_while_the_writer_has_no_store_either)
{
    const int64_t end = lose_patience() + 2 * REST_US;
    away = true;
    while (clock_monotonic_us() < end) {
        cr_assert_null(reader_take(reader));
        clock_sleep_ms(STEP_MS);
    }
    away = false;
    await_reading();
}

Test(reader_of_postgres, goes_on_reading_where_only_the_writer_is_in_trouble)
{
    away = true;
    await_reading();
}
