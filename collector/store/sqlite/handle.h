/* An open SQLite database, its statements and how they are run: what all verbs stand on. Knows no verb. */
#ifndef COLLECTOR_STORE_SQLITE_HANDLE_H
#define COLLECTOR_STORE_SQLITE_HANDLE_H

#include "collector/store/backend.h"
#include "collector/store/keys.h"
#include "collector/store/slots.h"
#include "collector/store/sqlite/changes.h"
#include <sqlite3.h>
#include <sys/types.h>
#include <time.h>

enum statement {
    SQL_BEGIN,
    SQL_BEGIN_READING,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_VERSION,
    SQL_MARKS,
    SQL_ENTRY_APPEND,
    SQL_ENTRY_READ,
    SQL_ENTRY_COUNT,
    SQL_ENTRY_RANGE,
    SQL_ENTRY_ERASE,
    SQL_TILE_WRITE,
    SQL_TILE_READ,
    SQL_LOG_KEY_WRITE,
    SQL_LOG_KEY_READ,
    SQL_MEMBER_ADD,
    SQL_MEMBER_EACH,
    SQL_MEMBER_READ,
    SQL_MEMBER_REVOKE,
    SQL_MEMBER_ERASE,
    SQL_INVITATION_ADD,
    SQL_INVITATION_FIND,
    SQL_INVITATION_MARK,
    SQL_INVITATION_COUNT,
    SQL_INVITATION_EACH,
    SQL_HANDOUT_LAST,
    SQL_HANDOUT_BEGIN,
    SQL_HANDOUT_FIND,
    SQL_HANDOUT_ADD,
    SQL_HANDOUT_OPEN,
    SQL_HANDOUT_CLOSE,
    SQL_HANDOUT_CLEAR,
    SQL_HANDOUT_END,
    SQL_HANDOUT_EACH,
    SQL_CURRENT_READ,
    SQL_CURRENT_ADD,
    SQL_CURRENT_WRITE,
    SQL_CURRENT_EACH,
    SQL_CURRENT_ERASE,
    SQL_COUNTS_READ,
    SQL_COUNTS_WRITE,
    SQL_COUNTS_EACH,
    SQL_COUNTS_EACH_IN,
    SQL_PANEL_WRITE,
    SQL_PANEL_READ,
    SQL_PANEL_EACH,
    SQL_ROUND_ADD,
    SQL_ROUND_EACH,
    SQL_ACTION_WRITE,
    SQL_ACTION_EACH,
    SQL_TOKEN_ADD,
    SQL_TOKEN_EACH,
    SQL_TOKEN_REVOKE,
    SQL_DOCUMENT_ADD,
    SQL_DOCUMENT_READ,
    SQL_DOCUMENT_SIZE,
    SQL_DOCUMENT_REMOVE,
    SQL_DOCUMENT_EACH,
    SQL_EVENT_ADD,
    SQL_EVENT_EACH,
    SQL_EVENT_LAST,
    SQL_WISH_ADD,
    SQL_WISH_EACH,
    SQL_WISH_DONE,
    SQL_WISH_FORGET,
    SQL_WISH_OUTCOME,
    SQL_WISH_REMOVE,
    SQL_WISH_WITHDRAW,
    SQL_RELEASE_ADD,
    SQL_RELEASE_EACH,
    SQL_RELEASE_LAST,
    SQL_RELEASE_FILE_ADD,
    SQL_RELEASE_FILE_READ,
    SQL_RELEASE_FILE_EACH,
    SQL_ACCESS_ADD,
    SQL_ACCESS_EACH,
    SQL_ACCESS_PURGE,
    SQL_ERASED_ADD,
    SQL_ERASED_BY,
    SQL_ERASED_RANGE,
    SQL_ERASURE_ADD,
    SQL_ERASURE_FIND,
    SQL_ERASURE_EACH,
    SQL_REQUEST_EACH,
    SQL_CURRENT_FORGET,
    SQL_REVISION_ADD,
    SQL_REVISION_BEFORE,
    SQL_REVISIONS_BEFORE,
    SQL_REVISION_FORGET,
    SQL_REVISION_EACH,
    STATEMENT_COUNT,
};

#define SQLITE_BUSY_TIMEOUT_MS 5000 /* that a statement waits for other writers */

/* What a store lies in. */
enum sqlite_file_kind { SQLITE_DATABASE, SQLITE_CHANGES, SQLITE_INDEX, SQLITE_LOCK, SQLITE_FILES };

struct sqlite_file {
    dev_t device;
    ino_t inode; /* 0: not looked at */
    off_t size; /* the largest that it was seen to have */
};

/* What was committed, by kind: the entries there are, and how often the others were changed, which triggers count for
 * whoever writes. */
struct sqlite_marks {
    int64_t entries, members, catalogue, wishes;
};

struct store_sqlite {
    struct store store;
    struct store_ops ops; /* what store.ops points to */
    sqlite3 *db;
    char *path;
    sqlite3_stmt *statements[STATEMENT_COUNT]; /* prepared when first used */
    char *names[SQLITE_FILES]; /* all NULL of a database in memory */
    struct sqlite_file files[SQLITE_FILES]; /* as they were noted */
    struct timespec written; /* when the database itself last was, as far as who serves knows */
    int changes; /* a descriptor of the log of changes; -1: none */
    int lock; /* of who serves; -1: not held */
    bool reading; /* nothing can be written, and the files are not all our own to look at */
    int frames; /* in the log of changes, as the last commit left them */
    int64_t page_bytes; /* of each */
    struct changes_seen seen; /* of the log of changes, by who serves */
    bool overwritten; /* it was not what it had been when a commit came */
    struct error lost; /* what has become of the files; ERROR_NONE: they are those that were opened */
    int64_t version; /* PRAGMA data_version when changes were last asked for; -1 at first */
    struct sqlite_marks known; /* as they were then, or as this handle's own commit has left them since */
    bool asked; /* they were, in this transaction */
    bool marking; /* a statement has been prepared, in this transaction, that triggers count */
    int64_t appended; /* entries that there are after those of this transaction; 0: it has none */
    struct slot_list slots; /* what current_read handed out */
};

/* The statement, ready for binding; NULL after having set the error. */
sqlite3_stmt *sqlite_statement(struct store_sqlite *s, enum statement which);

/* Runs a statement that gives no row, and resets it. STORE_NONE: it changed nothing. */
enum store_result sqlite_run(struct store_sqlite *s, sqlite3_stmt *st);

/* Steps to the next row: STORE_OK with a row, STORE_NONE after the last. The caller resets. */
enum store_result sqlite_step(struct store_sqlite *s, sqlite3_stmt *st);

/* Each sets the handle's error, beginning with the store's path, and returns STORE_FAILED: from SQLite's message, and
 * of `kind` with the words given. */
enum store_result sqlite_failed(struct store_sqlite *s);
enum store_result sqlite_fail(struct store_sqlite *s, enum error_kind kind, const char *what);

/* The same with ERROR_REFUSED, for who opens a store; returns -1. */
int sqlite_refuse(struct store_sqlite *s, const char *what);

/* Runs what has no parameters and gives no rows. -1: the error is set. */
MUST_CHECK int sqlite_execute(struct store_sqlite *s, const char *sql);

/* The integer that a query gives. -1: the error is set. */
MUST_CHECK int sqlite_query_number(struct store_sqlite *s, const char *sql, int64_t *out);

struct store_sqlite *sqlite_of(struct store *store);

/* Prepares `which` and binds integers from parameter 1 on; NULL after having written the error. */
sqlite3_stmt *sqlite_prepare(struct store *store, enum statement which, size_t count, const int64_t *values);

#define SQLITE_PREPARE(store, which, ...)                                                                              \
    sqlite_prepare(store, which, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})

/* What is bound must last until the statement has run. NULL is bound as an empty text. */
void sqlite_bind_string(sqlite3_stmt *st, int parameter, const char *text);
void sqlite_bind_hash(sqlite3_stmt *st, int parameter, const uint8_t *hash);
void sqlite_bind_bytes(sqlite3_stmt *st, int parameter, const void *bytes, size_t len); /* NULL: none, of length 0 */

const char *sqlite_text(sqlite3_stmt *st, int column);

/* Appends column 0 of the first row to `out`. `st` may be NULL, after sqlite_prepare has failed. */
enum store_result sqlite_read_bytes(struct store *store, sqlite3_stmt *st, struct buf *out);

/* Before a visitor is called: from here on it is the visitor's to say what goes wrong. */
void sqlite_clear_error(struct store *store);

/* Calls `row` for each row of `st` (NULL as above); stops at its first non-zero answer. */
enum store_result sqlite_walk(struct store *store, sqlite3_stmt *st, int (*row)(struct store *, sqlite3_stmt *, void *),
                              void *context);

#endif
