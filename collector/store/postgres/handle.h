/* A connection to PostgreSQL and how statements go over it: always in libpq's pipeline mode
 * (https://www.postgresql.org/docs/current/libpq-pipeline-mode.html), so that what need not be waited for is not:
 * inside a transaction statements that write are held, which is to say sent, and their results looked at when
 * something is asked or at the commit. Nothing waits without end. Knows no verb. */
#ifndef COLLECTOR_STORE_POSTGRES_HANDLE_H
#define COLLECTOR_STORE_POSTGRES_HANDLE_H

#include "collector/store/backend.h"
#include "collector/store/keys.h"
#include "collector/store/postgres/foreseen.h"
#include "collector/store/postgres/placed.h"
#include "collector/store/postgres/statements.h"
#include "collector/store/slots.h"
#include <libpq-fe.h>

#define VALUES_MAX 10

/* What a statement's parameters are given. What is pointed to must last until the statement is sent. */
struct values {
    int count;
    const char *list[VALUES_MAX];
    int lengths[VALUES_MAX];
    bool is_number[VALUES_MAX];
    int64_t numbers[VALUES_MAX]; /* in network order */
};

void values_number(struct values *values, int64_t number);
void values_text(struct values *values, const char *text); /* NULL is an empty one */
void values_bytes(struct values *values, const void *bytes, size_t len);
void values_null(struct values *values);

/* Where the log has come to, and how often the rest was changed. */
struct head {
    int64_t entries, changes, catalogue, wishes;
};

#define PATIENCE_SECONDS 10 /* with the server, unless somebody says otherwise */

enum within { WITHIN_NOTHING, WITHIN_READING, WITHIN_WRITING };

struct store_postgres {
    struct store store;
    struct store_ops ops; /* what store.ops points to */
    PGconn *conn;
    int (*connect)(struct store_postgres *p); /* anew: -1, the error is set */
    char *dsn; /* no password stands in it */
    int64_t patience; /* in microseconds, of who serves, writes or is hurried */
    int64_t deadline; /* of the wait under way, on the monotonic clock in microseconds */
    bool lost; /* the connection; or nobody knows whether the last commit was one */
    bool warned; /* the server has warned while a commit was waited for, or a statement outside a transaction */
    bool serving;
    bool acts_alone; /* while nobody else serves */
    bool is_alone; /* the server has no synchronous standby */
    bool reading; /* a standby would do */
    bool hurried; /* others wait for what is only read as well */
    bool steady; /* not to be connected anew by itself (store_be_patient) */

    enum within within;
    bool failed; /* the transaction has: all that can be done is to roll back */
    bool has_lane; /* of the log: nobody else writes it */
    unsigned bumps; /* STORE_CHANGED_* of what it wrote that head tells */
    int64_t member_changes; /* that it made */
    enum statement *sent; /* whose results have not been looked at */
    size_t sent_count, sent_capacity;
    size_t unsynced; /* bytes of it at most, since the last sync */

    bool head_is_known; /* in this transaction */
    bool asked; /* store_changed was, in this transaction */
    struct head head; /* as it found it; entries with its own */
    struct head known; /* as the last transaction that asked found and left it */
    bool is_known; /* it has been */

    struct foreseen foreseen;
    struct placed placed;
    struct slot_list slots; /* what current_read handed out */
};

struct store_postgres *postgres_of(struct store *store);

/* Sets the handle's error, which begins with its DSN, and returns STORE_FAILED. */
enum store_result postgres_fail(struct store_postgres *p, enum error_kind kind, const char *what);

/* The same by what PostgreSQL says of a result, or with NULL of the connection. Never what values a row had. */
enum store_result postgres_failed(struct store_postgres *p, const PGresult *result);

/* Statements. Outside a transaction each is one of its own. `values` may be NULL. */

/* Runs one that gives no rows, and waits for it. STORE_NONE: it changed nothing. */
enum store_result postgres_run(struct store *store, enum statement which, const struct values *values);

/* The same, but not waited for inside a transaction that writes: whether it changed something, which it has to, shows
 * later. */
enum store_result postgres_hold(struct store *store, enum statement which, const struct values *values);

/* Runs one that gives rows; NULL: it failed. Free with PQclear. */
PGresult *postgres_ask(struct store *store, enum statement which, const struct values *values);

/* The same with these numbers, an array, as the only parameter. */
PGresult *postgres_ask_numbered(struct store *store, enum statement which, const int64_t *numbers, size_t count);

/* Sends without waiting, and then waits for the results of all that was sent: the last `count` are the caller's, whose
 * rows are in `rows`. Inside a transaction alone. */
MUST_CHECK int postgres_send(struct store_postgres *p, enum statement which, const struct values *values);
MUST_CHECK int postgres_collect(struct store_postgres *p, PGresult **rows, size_t count);

/* For transactions: marks the end of what was sent, so that the server takes what comes next even where that failed;
 * waits for all of it. -1: something of it failed, as the error says. `tag`, which may be NULL: the command tag that
 * PG_COMMIT had, "" for none. */
MUST_CHECK int postgres_sync(struct store_postgres *p, char tag[static 16]);

/* SQL without parameters, before pipeline mode: the text of the first column of the last row in `out` unless that is
 * NULL. -1: the error is set. */
MUST_CHECK int postgres_plain(struct store_postgres *p, const char *sql, struct buf *out);
MUST_CHECK int postgres_prepare_all(struct store_postgres *p);

/* Rows. All columns are in binary: integers are bigint. */

int64_t row_number(const PGresult *rows, int row, int column);
const char *row_text(const PGresult *rows, int row, int column);
size_t row_len(const PGresult *rows, int row, int column);
bool row_is_null(const PGresult *rows, int row, int column);

/* Appends column 0 of the first row to `out`; frees the rows, which may be NULL after a failure. STORE_NONE: no row. */
enum store_result postgres_read_bytes(struct store *store, PGresult *rows, struct buf *out);

/* Says why a buffer did not take `len` bytes of a row; returns STORE_FAILED. */
enum store_result postgres_tell_unfit(struct store_postgres *p, const struct buf *out, size_t len);

/* A number, likewise. */
enum store_result postgres_read_number(struct store *store, PGresult *rows, int64_t *out);

typedef int row_fn(struct store *store, const PGresult *rows, int row, void *context);

/* Calls `each` for each row, up to its first other answer than 0; frees the rows, which may be NULL as above. */
enum store_result postgres_walk(struct store *store, PGresult *rows, row_fn *each, void *context);

#define WALK_ROWS 4096 /* that a walk by key asks for at once */

/* Walks by an ascending key without holding all rows: asks for `at_once` of those above *last, the statement's two
 * parameters, until there are none. `each` sets *last to the key of its row. */
enum store_result postgres_walk_by_key(struct store *store, enum statement which, int64_t at_once, row_fn *each,
                                       void *context, const int64_t *last);

/* The context of such a walk where it needs no more. */
struct keyed_walk {
    struct visit visit;
    int64_t last;
};

#endif
