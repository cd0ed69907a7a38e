#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <string.h>

static void run_on_file(const char *path, const char *sql)
{
    sqlite3 *db;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

static void run_on_server(const char *dsn, const char *sql)
{
    PGconn *conn = PQconnectdb(dsn);
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    cr_assert(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, "%s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
}

void store_raw_run(const char *dsn, const char *sql)
{
    static const char scheme[] = "sqlite:";
    if (strncmp(dsn, scheme, strlen(scheme)) == 0)
        run_on_file(dsn + strlen(scheme), sql);
    else
        run_on_server(dsn, sql);
}
