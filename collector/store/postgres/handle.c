/* Sending, waiting and reading results. The ground floor of this store: everything else in the folder stands on it. */
#include "collector/store/postgres/handle.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/list.h"
#include <endian.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define READING_PATIENCE_US INT64_C(60000000) /* of who only reads: nobody else waits for this */
#define UNSYNCED_ALONE 7000 /* bytes: libpq begins to send by itself at 8192 */
#define STATEMENT_BYTES 80 /* at most, and of each of its values, beside what that is */
#define VALUE_BYTES 8

/* pg_type.dat */
#define OID_BYTEA 17
#define OID_BIGINT 20
#define OID_TEXT 25
#define OID_BYTEA_ARRAY 1001
#define OID_BIGINT_ARRAY 1016

struct store_postgres *postgres_of(struct store *store)
{
    return (struct store_postgres *)store;
}

/* From here on nothing is asked on this connection. */
static int pg_lose(struct store_postgres *p)
{
    p->lost = p->failed = true;
    return -1;
}

static int lose_connection(struct store_postgres *p)
{
    (void)postgres_failed(p, NULL);
    return pg_lose(p);
}

/* Waiting. */

static void begin_wait(struct store_postgres *p)
{
    bool others_wait = p->within == WITHIN_WRITING || p->serving || p->hurried;
    p->deadline = clock_monotonic_us() + (others_wait ? p->patience : READING_PATIENCE_US);
}

static int wait_for_server(struct store_postgres *p, short events)
{
    int64_t left = p->deadline - clock_monotonic_us();
    struct pollfd poll_on = {.fd = PQsocket(p->conn), .events = events};
    int ready = left > 0 ? poll(&poll_on, 1, (int)(left / 1000) + 1) : 0;
    if (ready > 0 || (left > 0 && ready < 0))
        return 0; /* a signal: it is asked again */
    (void)postgres_fail(p, ERROR_IO,
                        T("the database does not answer; nobody knows whether it did what was asked last",
                          "de database antwoordt niet; niemand weet of zij deed wat het laatst gevraagd is"));
    return pg_lose(p);
}

/* Until PQgetResult does not block. */
static int wait_for_result(struct store_postgres *p)
{
    for (;;) {
        int unsent = PQflush(p->conn);
        if (unsent < 0)
            return lose_connection(p);
        if (!PQisBusy(p->conn))
            return 0;
        if (wait_for_server(p, unsent > 0 ? POLLIN | POLLOUT : POLLIN) < 0)
            return -1;
        if (!PQconsumeInput(p->conn))
            return lose_connection(p);
    }
}

/* The result of the next statement that was sent, or of a sync. NULL: the connection is lost. */
static PGresult *take_result(struct store_postgres *p)
{
    PGresult *end, *result = p->lost || wait_for_result(p) < 0 ? NULL : PQgetResult(p->conn);
    if (p->lost)
        return NULL;
    if (!result || PQstatus(p->conn) == CONNECTION_BAD) {
        if (result)
            (void)postgres_failed(p, result);
        else
            (void)postgres_failed(p, NULL);
        PQclear(result);
        (void)pg_lose(p);
        return NULL;
    }
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC)
        return result;
    if (wait_for_result(p) < 0) {
        PQclear(result);
        return NULL;
    }
    end = PQgetResult(p->conn); /* each statement's results end with NULL */
    PQclear(end);
    return result;
}

/* Values. */

void values_number(struct values *values, int64_t number)
{
    int place = values->count++;
    values->numbers[place] = (int64_t)htobe64((uint64_t)number);
    values->is_number[place] = true; /* where it lies is said when it is sent: until then it may be copied */
    values->lengths[place] = sizeof number;
}

void values_text(struct values *values, const char *text)
{
    values_bytes(values, text ? text : "", text ? strlen(text) : 0);
}

void values_bytes(struct values *values, const void *bytes, size_t len)
{
    values->list[values->count] = len > 0 ? bytes : "";
    values->lengths[values->count++] = (int)len;
}

void values_null(struct values *values)
{
    values->list[values->count] = NULL;
    values->lengths[values->count++] = 0;
}

/* Sending. */

static void name_statement(enum statement which, char name[static 16])
{
    snprintf(name, 16, "s%d", (int)which);
}

static int pg_note_sent(struct store_postgres *p, enum statement which)
{
    enum statement *sent = list_grow(p->sent, p->sent_count, &p->sent_capacity, sizeof *sent);
    if (!sent)
        return error_no_memory(&p->store.error);
    p->sent = sent;
    sent[p->sent_count++] = which;
    return 0;
}

int postgres_send(struct store_postgres *p, enum statement which, const struct values *values)
{
    static const int binary[VALUES_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    static const struct values none;
    const char *list[VALUES_MAX];
    char name[16];
    values = values ? values : &none;
    name_statement(which, name);
    if (p->failed || pg_note_sent(p, which) < 0)
        return -1;
    p->unsynced += STATEMENT_BYTES;
    for (int i = 0; i < values->count; i++) {
        list[i] = values->is_number[i] ? (const char *)&values->numbers[i] : values->list[i];
        p->unsynced += VALUE_BYTES + (size_t)values->lengths[i];
    }
    if (PQsendQueryPrepared(p->conn, name, values->count, list, values->lengths, binary, 1))
        return 0;
    p->sent_count--;
    return lose_connection(p);
}

/* Results. */

/* Where nothing to take away is no fault. */
static bool may_change_nothing(enum statement which)
{
    return which == PG_TILE_REMOVE || which == PG_COUNTS_REMOVE || which == PG_REVISION_FORGET;
}

static int check_result(struct store_postgres *p, const PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        return 0;
    case PGRES_PIPELINE_ABORTED: /* by what failed before it, which has said why */
        break;
    default:
        if (!p->failed)
            (void)postgres_failed(p, result);
        break;
    }
    p->failed = true;
    return -1;
}

static int check_held(struct store_postgres *p, enum statement which, PGresult *result)
{
    if (check_result(p, result) < 0)
        return -1;
    if (strcmp(PQcmdTuples(result), "0") != 0 || may_change_nothing(which))
        return 0;
    (void)postgres_fail(p, ERROR_DAMAGED,
                        T("what was to be written is there already, or what was to be changed is not",
                          "wat geschreven zou worden staat er al, of wat gewijzigd zou worden ontbreekt"));
    p->failed = true;
    return -1;
}

/* Takes the results of all that was sent; those of the last `count` statements go into `rows`, NULL where one
 * failed. */
static int pg_drain(struct store_postgres *p, PGresult **rows, size_t count, char *tag)
{
    size_t sent = p->sent_count, held = sent - count;
    for (size_t i = 0; i < sent; i++) {
        PGresult *result = take_result(p);
        if (i >= held)
            rows[i - held] = NULL;
        if (!result)
            continue;
        bool right = i < held ? check_held(p, p->sent[i], result) == 0 : check_result(p, result) == 0;
        if (right && tag && p->sent[i] == PG_COMMIT)
            snprintf(tag, 16, "%s", PQcmdStatus(result));
        if (right && i >= held)
            rows[i - held] = result;
        else
            PQclear(result);
    }
    p->sent_count = 0;
    return p->failed ? -1 : 0;
}

static int end_pipeline(struct store_postgres *p)
{
    begin_wait(p);
    p->unsynced = 0;
    return p->lost || PQpipelineSync(p->conn) ? 0 : lose_connection(p);
}

static void take_sync(struct store_postgres *p)
{
    PGresult *sync = take_result(p);
    if (sync && PQresultStatus(sync) != PGRES_PIPELINE_SYNC)
        (void)pg_lose(p);
    PQclear(sync);
}

/* With a sync, not a flush alone: so the server knows that it is its client who is to go on, and ends the session of
 * one who does not (limit_waits). */
int postgres_collect(struct store_postgres *p, PGresult **rows, size_t count)
{
    (void)end_pipeline(p);
    int result = pg_drain(p, rows, count, NULL);
    take_sync(p);
    if (result == 0 && !p->lost)
        return 0;
    for (size_t i = 0; i < count; i++)
        PQclear(rows[i]);
    return -1;
}

int postgres_sync(struct store_postgres *p, char tag[static 16])
{
    tag[0] = '\0';
    (void)end_pipeline(p);
    int result = pg_drain(p, NULL, 0, tag);
    take_sync(p);
    return p->lost ? -1 : result;
}

/* Where a wait for the standby was broken off that is a success with a warning. Whose session was to be ended may have
 * gone by itself, which is one too. */
static bool pg_is_unknown(struct store_postgres *p, enum statement which)
{
    if (!p->warned || which == PG_END_STOPPED)
        return false;
    (void)postgres_fail(p, ERROR_IO,
                        T("the wait for the standby was broken off: nobody knows whether it has what was written",
                          "het wachten op de standby is afgebroken: niemand weet of die heeft wat is geschreven"));
    (void)pg_lose(p);
    return true;
}

/* A statement that is a transaction of its own, with the count of what it changes. */
static PGresult *run_alone(struct store_postgres *p, enum statement which, const struct values *values)
{
    unsigned kinds = postgres_statement(which)->kinds;
    struct values bump = {0};
    PGresult *rows[2] = {NULL, NULL};
    if (p->lost && (p->serving || p->connect(p) < 0))
        return NULL;
    p->failed = p->warned = false;
    values_number(&bump, kinds & STORE_CHANGED_CATALOGUE ? 1 : 0);
    values_number(&bump, kinds & STORE_CHANGED_WISHES ? 1 : 0);
    size_t count = kinds ? 2 : 1;
    if (postgres_send(p, which, values) < 0 || (kinds && postgres_send(p, PG_BUMP, &bump) < 0))
        return NULL;
    (void)end_pipeline(p);
    int result = pg_drain(p, rows, count, NULL);
    take_sync(p);
    PQclear(rows[1]);
    if (result == 0 && !p->lost && !pg_is_unknown(p, which))
        return rows[0];
    PQclear(rows[0]);
    return NULL;
}

static void note_writing(struct store_postgres *p, enum statement which)
{
    p->bumps |= postgres_statement(which)->kinds;
}

PGresult *postgres_ask(struct store *store, enum statement which, const struct values *values)
{
    struct store_postgres *p = postgres_of(store);
    PGresult *rows = NULL;
    if (p->within == WITHIN_NOTHING)
        return run_alone(p, which, values);
    if (postgres_statement(which)->kinds)
        note_writing(p, which);
    if (postgres_send(p, which, values) < 0)
        return NULL;
    return postgres_collect(p, &rows, 1) == 0 ? rows : NULL;
}

enum store_result postgres_run(struct store *store, enum statement which, const struct values *values)
{
    struct store_postgres *p = postgres_of(store);
    if (p->within == WITHIN_WRITING)
        note_writing(p, which);
    PGresult *result = postgres_ask(store, which, values);
    if (!result)
        return STORE_FAILED;
    bool none = strcmp(PQcmdTuples(result), "0") == 0;
    PQclear(result);
    return none ? STORE_NONE : STORE_OK;
}

/* Where nobody else gets to serve meanwhile and end who was stopped, the server must be able to tell that it was: so it
 * is never left with the half of what is held, but has what was sent to the end, and answers it (limit_waits). */
static enum store_result settle_held(struct store_postgres *p)
{
    return postgres_collect(p, NULL, 0) == 0 ? STORE_OK : STORE_FAILED;
}

enum store_result postgres_hold(struct store *store, enum statement which, const struct values *values)
{
    struct store_postgres *p = postgres_of(store);
    if (p->within != WITHIN_WRITING)
        return postgres_run(store, which, values);
    note_writing(p, which);
    if (postgres_send(p, which, values) < 0)
        return STORE_FAILED;
    return p->acts_alone && p->unsynced >= UNSYNCED_ALONE ? settle_held(p) : STORE_OK;
}

/* Before pipeline mode. */

int postgres_plain(struct store_postgres *p, const char *sql, struct buf *out)
{
    int result = 0;
    begin_wait(p);
    if (!PQsendQuery(p->conn, sql))
        return lose_connection(p);
    while (wait_for_result(p) == 0) {
        PGresult *next = PQgetResult(p->conn);
        if (!next)
            return result;
        ExecStatusType status = PQresultStatus(next);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
            (void)postgres_failed(p, next);
            result = -1;
        } else if (out && PQntuples(next) > 0) {
            buf_put_text(out, PQgetvalue(next, PQntuples(next) - 1, 0));
        }
        PQclear(next);
    }
    return -1;
}

static Oid oid_of_type(char letter)
{
    switch (letter) {
    case TYPE_NUMBER:
        return OID_BIGINT;
    case TYPE_TEXT:
        return OID_TEXT;
    case TYPE_NUMBERS:
        return OID_BIGINT_ARRAY;
    case TYPE_BYTE_STRINGS:
        return OID_BYTEA_ARRAY;
    }
    return OID_BYTEA;
}

static int send_preparation(struct store_postgres *p, enum statement which)
{
    const struct statement_text *text = postgres_statement(which);
    Oid types[VALUES_MAX];
    char name[16];
    int count = (int)strlen(text->types);
    for (int i = 0; i < count; i++)
        types[i] = oid_of_type(text->types[i]);
    name_statement(which, name);
    if (pg_note_sent(p, which) < 0)
        return -1;
    return PQsendPrepare(p->conn, name, text->sql, count, types) ? 0 : lose_connection(p);
}

int postgres_prepare_all(struct store_postgres *p)
{
    char tag[16];
    if (PQsetnonblocking(p->conn, 1) < 0 || !PQenterPipelineMode(p->conn))
        return lose_connection(p);
    for (int which = 0; which < STATEMENT_COUNT; which++)
        if (send_preparation(p, (enum statement)which) < 0)
            return -1;
    return postgres_sync(p, tag);
}
