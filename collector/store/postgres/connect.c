/* Of several hosts libpq takes the first that can be written to; the settings are the session's alone. */
#include "collector/store/postgres/connect.h"
#include "base/lang.h"
#include "base/log.h"
#include <string.h>

#define OLDEST_SERVER 140000 /* libpq 14 flushes within a pipeline, and so does the server */

/* A lock is given up before the patience of handle.c ends, so that a lane that is busy is told as that. The
 * writer's plans are looks at indexes: a generic plan that was made on an empty table must not read it whole. Whatever
 * others want of this server, a barrier waits until what was committed is safe: synchronous_commit is set here also
 * where it is right already, for only what a session has set itself is out of reach of a server that reads its files
 * anew. */
static const char session[] =
    "SET client_encoding = 'UTF8'; SET client_min_messages = 'warning'; SET plan_cache_mode = 'force_generic_plan';"
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_bitmapscan = off;"
    "SET jit = off; SET work_mem = '64MB'; SET lock_timeout = '8s'; SET statement_timeout = '30s';"
    "SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
    " WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)";

static int pg_tell_unreadable(struct error *error)
{
    return error_set(error, ERROR_REFUSED, "%s",
                     T("the store's DSN can't be read; write postgresql://ROLE@HOST/DATABASE",
                       "de DSN van de opslag is onleesbaar; schrijf postgresql://ROL@HOST/DATABASE"));
}

int postgres_check_dsn(const char *dsn, struct error *error)
{
    PQconninfoOption *options = PQconninfoParse(dsn, NULL); /* which would tell what it could not read */
    if (!options)
        return pg_tell_unreadable(error);
    bool secret = false;
    for (const PQconninfoOption *option = options; option->keyword; option++)
        secret = secret || (option->val && strstr(option->keyword, "password") && option->val[0] != '\0' &&
                            strcmp(option->keyword, "passfile") != 0);
    PQconninfoFree(options);
    if (!secret)
        return 0;
    return error_set(error, ERROR_REFUSED, "%s",
                     T("a password does not belong in the store's DSN, which is shown and logged; put it into "
                       "~/.pgpass or let the server know this user otherwise",
                       "een wachtwoord hoort niet in de DSN van de opslag, die getoond en gelogd wordt; zet het in "
                       "~/.pgpass of laat de server deze gebruiker anders kennen"));
}

/* Whoever cancels a commit that waits for a standby makes it a success with a warning. */
static void note_notice(void *context, const PGresult *notice)
{
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    struct store_postgres *p = context;
    p->warned = p->warned || (severity && strcmp(severity, "WARNING") == 0);
}

/* What the DSN says overrides what stands before it here. */
static int connect_by_dsn(struct store_postgres *p, bool reading)
{
    const char *const keywords[] = {"connect_timeout",      "keepalives_idle",  "keepalives_interval",
                                    "keepalives_count",     "tcp_user_timeout", "application_name",
                                    "target_session_attrs", "dbname",           NULL};
    const char *const values[] = {"3",    "5", "2", "3", "10000", "burgerpanel", reading ? "any" : "read-write",
                                  p->dsn, NULL};
    PQfinish(p->conn);
    p->conn = PQconnectdbParams(keywords, values, 1);
    if (!p->conn || PQstatus(p->conn) != CONNECTION_OK) {
        (void)postgres_failed(p, NULL);
        return -1;
    }
    p->lost = p->failed = false;
    PQsetNoticeReceiver(p->conn, note_notice, p);
    return 0;
}

/* Whether the server has this setting at this value. -1: the error is set. */
static int is_set_to(struct store_postgres *p, const char *sql, const char *value)
{
    struct buf text;
    buf_init(&text, 1000);
    int result = postgres_plain(p, sql, &text);
    if (result == 0)
        result = strcmp(buf_text(&text), value) == 0;
    buf_free(&text);
    return result;
}

static int refuse_server(struct store_postgres *p, const char *why)
{
    (void)postgres_fail(p, ERROR_REFUSED, why);
    return -1;
}

static int check_server(struct store_postgres *p)
{
    const char *encoding = PQparameterStatus(p->conn, "server_encoding");
    if (PQserverVersion(p->conn) < OLDEST_SERVER)
        return refuse_server(p, T("PostgreSQL 14 or newer is needed", "PostgreSQL 14 of nieuwer is nodig"));
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return refuse_server(p, T("the database must be of encoding UTF8", "de database moet van codering UTF8 zijn"));
    int safe = is_set_to(p, "SELECT current_setting('fsync') || current_setting('full_page_writes')", "onon");
    if (safe == 0)
        return refuse_server(p,
                             T("fsync and full_page_writes must be on: without them a crash of the server loses what "
                               "was acknowledged",
                               "fsync en full_page_writes moeten aan staan: anders gaat bij een storing van de server "
                               "verloren wat bevestigd is"));
    int alone = safe > 0 ? is_set_to(p, "SELECT current_setting('synchronous_standby_names')", "") : -1;
    p->is_alone = alone > 0;
    return alone < 0 ? -1 : 0;
}

int postgres_reach(struct store_postgres *p, bool reading)
{
    if (connect_by_dsn(p, reading) < 0 || check_server(p) < 0)
        return -1;
    return postgres_plain(p, session, NULL);
}

void postgres_warn_of_server(const struct store_postgres *p)
{
    const char *superuser = PQparameterStatus(p->conn, "is_superuser");
    if (p->is_alone)
        log_warning("store: no synchronous standby is named (synchronous_standby_names): what was acknowledged is lost "
                    "with the database's disk");
    if (superuser && strcmp(superuser, "on") == 0)
        log_warning("store: the collector's role is a superuser; give it one that may do no more than it needs");
}
