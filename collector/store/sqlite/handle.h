/* Inside of the SQLite backend, shared by its files. */
#ifndef COLLECTOR_STORE_SQLITE_HANDLE_H
#define COLLECTOR_STORE_SQLITE_HANDLE_H

#include "collector/store/backend.h"
#include <sqlite3.h>
#include <sys/types.h>

/* Bits of the numbers in a place, by which the folds are kept: store_sqlite_log.c. */
#define ACTION_BITS 20
#define MEMBER_BITS 31
#define ROUND_BITS 12
#define LOW(bits) ((INT64_C(1) << (bits)) - 1)

enum statement {
    SQL_BEGIN,
    SQL_BEGIN_READING,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_CHANGED,
    SQL_ENTRY_APPEND,
    SQL_ENTRY_READ,
    SQL_ENTRY_COUNT,
    SQL_TILE_WRITE,
    SQL_TILE_READ,
    SQL_LOG_KEY_WRITE,
    SQL_LOG_KEY_READ,
    SQL_MEMBER_ADD,
    SQL_MEMBER_EACH,
    SQL_MEMBER_REVOKE,
    SQL_INVITATION_ADD,
    SQL_INVITATION_FIND,
    SQL_INVITATION_MARK,
    SQL_INVITATION_COUNT,
    SQL_CURRENT_READ,
    SQL_CURRENT_ADD,
    SQL_CURRENT_WRITE,
    SQL_CURRENT_EACH,
    SQL_COUNTS_READ,
    SQL_COUNTS_WRITE,
    SQL_COUNTS_EACH,
    SQL_PANEL_WRITE,
    SQL_PANEL_READ,
    SQL_ROUND_ADD,
    SQL_ROUND_EACH,
    SQL_ACTION_WRITE,
    SQL_ACTION_EACH,
    SQL_TOKEN_ADD,
    SQL_TOKEN_EACH,
    SQL_TOKEN_REVOKE,
    STATEMENT_COUNT,
};

struct store_sqlite {
    struct store store;
    struct store_ops ops; /* what store.ops points to */
    sqlite3 *db;
    char *path;
    sqlite3_stmt *statements[STATEMENT_COUNT]; /* prepared when first used */
    ino_t inode; /* of the file that was opened; 0 for one in memory */
    dev_t device;
    int64_t version; /* PRAGMA data_version when last asked; -1 at first */
    uint16_t *slots; /* what current_read handed out */
    size_t slot_cap;
};

/* The statement, ready for binding; NULL after having written store->error. */
sqlite3_stmt *sqlite_statement(struct store_sqlite *s, enum statement which);

/* Runs a statement that gives no row, and resets it. STORE_NONE: it changed nothing. */
enum store_result sqlite_run(struct store_sqlite *s, sqlite3_stmt *st);

/* Steps to the next row: STORE_OK with a row, STORE_NONE after the last. The caller resets. */
enum store_result sqlite_step(struct store_sqlite *s, sqlite3_stmt *st);

/* Writes store->error from SQLite's message; returns STORE_FAILED. */
enum store_result sqlite_failed(struct store_sqlite *s);

/* Writes store->error; returns STORE_FAILED. */
enum store_result sqlite_damaged(struct store_sqlite *s, const char *what);

/* What the verbs share: store_sqlite_verbs.c. */

struct store_sqlite *sqlite_of(struct store *store);

/* Prepares `which` and binds integers from place 1 on; NULL after having written the error. */
sqlite3_stmt *sqlite_prepare(struct store *store, enum statement which, size_t count, const int64_t *values);

#define SQLITE_PREPARE(store, which, ...)                                                                              \
    sqlite_prepare(store, which, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})

/* What is bound must last until the statement has run. NULL is bound as an empty text. */
void sqlite_bind_string(sqlite3_stmt *st, int place, const char *text);
void sqlite_bind_hash(sqlite3_stmt *st, int place, const uint8_t *hash);

char *sqlite_text(sqlite3_stmt *st, int column);

/* Appends column 0 of the first row to `out`. `st` may be NULL, after sqlite_prepare has failed. */
enum store_result sqlite_read_bytes(struct store *store, sqlite3_stmt *st, struct buf *out);

/* What a row function needs to call the visitor. */
struct visit {
    union {
        store_member_fn *member;
        store_action_fn *action;
        store_round_fn *round;
        store_token_fn *token;
        store_counted_fn *counted;
        store_current_fn *current;
    } each;
    void *context;
};

/* Calls `row` for each row of `st` (NULL as above); stops at its first non-zero answer. */
enum store_result sqlite_walk(struct store *store, sqlite3_stmt *st, int (*row)(struct store *, sqlite3_stmt *, void *),
                              void *context);

/* Each fills in the verbs of its file. */
void sqlite_add_transaction_verbs(struct store_ops *ops);
void sqlite_add_log_verbs(struct store_ops *ops);
void sqlite_add_admin_verbs(struct store_ops *ops);

#endif
