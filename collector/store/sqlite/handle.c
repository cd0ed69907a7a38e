/* The embedded store: opening, schema, statements. The verbs are in the other store_sqlite files. WAL with
 * synchronous=FULL: a COMMIT that returns has been synced (https://www.sqlite.org/pragma.html#pragma_synchronous). */
#include "collector/store/sqlite/handle.h"
#include "base/lang.h"
#include "base/mem.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x42504e4c /* "BPNL" */
#define SCHEMA_VERSION 2
#define BUSY_TIMEOUT_MS 5000

/* A place is round, member and action (of `current`), or round and action (of `counts`), in one number:
 * store_sqlite_log.c. */
#define FOLDS                                                                                                          \
    "CREATE TABLE current (place INTEGER PRIMARY KEY, revision INTEGER NOT NULL, idx INTEGER NOT NULL,"                \
    " replaced INTEGER, slots BLOB NOT NULL) STRICT;"                                                                  \
    "CREATE TABLE counts (place INTEGER PRIMARY KEY, slots BLOB NOT NULL) STRICT;"

static const char schema[] =
    "CREATE TABLE entry (idx INTEGER PRIMARY KEY, jws TEXT NOT NULL) STRICT;"
    "CREATE TABLE tile (place INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;"
    "CREATE TABLE log (number INTEGER PRIMARY KEY CHECK (number = 1), verifier TEXT NOT NULL) STRICT;"
    "CREATE TABLE member (number INTEGER PRIMARY KEY, idx INTEGER NOT NULL, enrolled_at INTEGER NOT NULL,"
    " revoked_at INTEGER NOT NULL, key BLOB NOT NULL) STRICT;"
    "CREATE TABLE invitation (hash BLOB PRIMARY KEY, number INTEGER NOT NULL, state INTEGER NOT NULL,"
    " member INTEGER NOT NULL) STRICT, WITHOUT ROWID;" FOLDS
    "CREATE TABLE panel (number INTEGER PRIMARY KEY, imported_at INTEGER NOT NULL, json TEXT NOT NULL) STRICT;"
    "CREATE TABLE round (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE action (number INTEGER PRIMARY KEY, position INTEGER NOT NULL, id TEXT NOT NULL UNIQUE,"
    " title TEXT NOT NULL, track TEXT NOT NULL, lead TEXT NOT NULL, related TEXT NOT NULL, status TEXT NOT NULL) "
    "STRICT;"
    "CREATE TABLE token (name TEXT PRIMARY KEY, hash BLOB NOT NULL, role TEXT NOT NULL, exact INTEGER NOT NULL,"
    " created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

/* Until version 1 the folds were keyed by columns. */
static const char from_version_1[] =
    "ALTER TABLE current RENAME TO current_1; ALTER TABLE counts RENAME TO counts_1;" FOLDS
    "INSERT INTO current SELECT (round << 51) + (member << 20) + action, revision, idx, replaced, slots FROM current_1"
    " ORDER BY round, member, action;"
    "INSERT INTO counts SELECT (round << 20) + action, slots FROM counts_1 ORDER BY round, action;"
    "DROP TABLE current_1; DROP TABLE counts_1; PRAGMA user_version = 2";

static const char *const statement_sql[STATEMENT_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_BEGIN_READING] = "BEGIN",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_CHANGED] = "PRAGMA data_version",
    [SQL_ENTRY_APPEND] = "INSERT INTO entry (idx, jws) VALUES (?1, ?2)",
    [SQL_ENTRY_READ] = "SELECT jws FROM entry WHERE idx = ?1",
    [SQL_ENTRY_COUNT] = "SELECT coalesce(max(idx) + 1, 0) FROM entry",
    [SQL_TILE_WRITE] =
        "INSERT INTO tile (place, hashes) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET hashes = excluded.hashes",
    [SQL_TILE_READ] = "SELECT hashes FROM tile WHERE place = ?1",
    [SQL_LOG_KEY_WRITE] = "INSERT OR REPLACE INTO log (number, verifier) VALUES (1, ?1)",
    [SQL_LOG_KEY_READ] = "SELECT verifier FROM log",
    [SQL_MEMBER_ADD] = "INSERT INTO member (number, idx, enrolled_at, revoked_at, key) VALUES (?1, ?2, ?3, ?4, ?5)",
    [SQL_MEMBER_EACH] = "SELECT number, idx, enrolled_at, revoked_at, key FROM member ORDER BY number",
    [SQL_MEMBER_REVOKE] = "UPDATE member SET revoked_at = ?2 WHERE number = ?1",
    [SQL_INVITATION_ADD] = "INSERT INTO invitation (hash, number, state, member) VALUES (?1, ?2, 0, 0)",
    [SQL_INVITATION_FIND] = "SELECT state, member FROM invitation WHERE hash = ?1",
    [SQL_INVITATION_MARK] = "UPDATE invitation SET state = ?2, member = ?3 WHERE hash = ?1",
    [SQL_INVITATION_COUNT] =
        ("SELECT coalesce(sum(state = 0), 0), coalesce(sum(state = 1), 0), coalesce(sum(state = 2), 0),"
         " coalesce(max(number), 0) FROM invitation"),
    [SQL_CURRENT_READ] = "SELECT revision, idx, replaced, slots FROM current WHERE place = ?1",
    [SQL_CURRENT_ADD] = ("INSERT INTO current (place, revision, idx, replaced, slots) VALUES (?1, ?2, ?3, ?4, ?5)"
                         " ON CONFLICT (place) DO NOTHING"),
    [SQL_CURRENT_WRITE] =
        "INSERT OR REPLACE INTO current (place, revision, idx, replaced, slots) VALUES (?1, ?2, ?3, ?4, ?5)",
    [SQL_CURRENT_EACH] = ("SELECT revision, idx, replaced, slots, place FROM current WHERE place BETWEEN ?1 AND ?2"
                          " ORDER BY place"),
    [SQL_COUNTS_READ] = "SELECT slots FROM counts WHERE place = ?1",
    [SQL_COUNTS_WRITE] = "INSERT OR REPLACE INTO counts (place, slots) VALUES (?1, ?2)",
    [SQL_COUNTS_EACH] = "SELECT place FROM counts ORDER BY place",
    [SQL_PANEL_WRITE] = "INSERT INTO panel (imported_at, json) VALUES (?1, ?2)",
    [SQL_PANEL_READ] = "SELECT json FROM panel ORDER BY number DESC LIMIT 1",
    [SQL_ROUND_ADD] = "INSERT INTO round (number, id) VALUES (?1, ?2)",
    [SQL_ROUND_EACH] = "SELECT number, id FROM round ORDER BY number",
    [SQL_ACTION_WRITE] = ("INSERT INTO action (number, position, id, title, track, lead, related, status)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (number) DO UPDATE SET"
                          " position = excluded.position, title = excluded.title, track = excluded.track,"
                          " lead = excluded.lead, related = excluded.related, status = excluded.status"),
    [SQL_ACTION_EACH] = "SELECT number, id, title, track, lead, related, status FROM action ORDER BY position, number",
    [SQL_TOKEN_ADD] = ("INSERT INTO token (name, hash, role, exact, created_at, expires_at, revoked_at)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING"),
    [SQL_TOKEN_EACH] = "SELECT name, hash, role, exact, created_at, expires_at, revoked_at FROM token ORDER BY name",
    [SQL_TOKEN_REVOKE] = "UPDATE token SET revoked_at = ?2 WHERE name = ?1 AND revoked_at = 0",
};

enum store_result sqlite_failed(struct store_sqlite *s)
{
    snprintf(s->store.error, sizeof s->store.error, "%s: %s", s->path, sqlite3_errmsg(s->db));
    return STORE_FAILED;
}

enum store_result sqlite_damaged(struct store_sqlite *s, const char *what)
{
    snprintf(s->store.error, sizeof s->store.error, "%s: %s", s->path, what);
    return STORE_FAILED;
}

sqlite3_stmt *sqlite_statement(struct store_sqlite *s, enum statement which)
{
    if (!s->statements[which] && sqlite3_prepare_v3(s->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                                                    &s->statements[which], NULL) != SQLITE_OK) {
        sqlite_failed(s);
        return NULL;
    }
    return s->statements[which];
}

enum store_result sqlite_run(struct store_sqlite *s, sqlite3_stmt *st)
{
    enum store_result result = STORE_OK;
    if (sqlite3_step(st) != SQLITE_DONE)
        result = sqlite_failed(s);
    sqlite3_reset(st);
    if (result == STORE_OK && !sqlite3_stmt_readonly(st) && sqlite3_changes(s->db) == 0)
        result = STORE_NONE;
    return result;
}

enum store_result sqlite_step(struct store_sqlite *s, sqlite3_stmt *st)
{
    int code = sqlite3_step(st);
    if (code == SQLITE_ROW)
        return STORE_OK;
    return code == SQLITE_DONE ? STORE_NONE : sqlite_failed(s);
}

/* Opening. */

static int execute(struct store_sqlite *s, const char *sql)
{
    if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    sqlite_failed(s);
    return -1;
}

static int read_number(struct store_sqlite *s, const char *sql, int64_t *out)
{
    sqlite3_stmt *st = NULL;
    int result = -1;
    if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
        *out = sqlite3_column_int64(st, 0);
        result = 0;
    } else {
        sqlite_failed(s);
    }
    sqlite3_finalize(st);
    return result;
}

static int refuse(struct store_sqlite *s, const char *text)
{
    sqlite_damaged(s, text);
    return -1;
}

/* Version 1 had no limit on the numbers that now make a place. */
static int fits_places(struct store_sqlite *s)
{
    char sql[256];
    int64_t over = 0;
    snprintf(sql, sizeof sql,
             "SELECT EXISTS (SELECT 1 FROM current WHERE round > %lld OR member > %lld OR action > %lld) OR"
             " EXISTS (SELECT 1 FROM counts WHERE round > %lld OR action > %lld)",
             (long long)LOW(ROUND_BITS), (long long)LOW(MEMBER_BITS), (long long)LOW(ACTION_BITS),
             (long long)LOW(ROUND_BITS), (long long)LOW(ACTION_BITS));
    if (read_number(s, sql, &over))
        return -1;
    return over == 0 ? 0
                     : refuse(s, T("this store has more rounds, members or actions than this version can hold",
                                   "deze opslag heeft meer rondes, panelleden of acties dan deze versie kan bevatten"));
}

/* Under the lock of who serves, kept until the change is committed: a running collector of an older version would fail
 * at its next query. */
static int bring_up_to_date(struct store_sqlite *s, int *lock)
{
    *lock = store_lock(s->path);
    if (*lock < 0 && errno == EWOULDBLOCK)
        return refuse(
            s, T("an older collector is serving this store; stop it first, so that the store can be brought up to date",
                 "een oudere verzamelaar bedient deze opslag; stop die eerst, zodat de opslag bijgewerkt kan worden"));
    if (*lock < 0)
        return refuse(s, strerror(errno));
    return fits_places(s) || execute(s, from_version_1) ? -1 : 0;
}

/* Makes the schema in a file that is empty; refuses what is not ours or is newer than we know. Runs in a transaction of
 * its own, so that two programs that open a new file at once make one schema. */
static int migrate(struct store_sqlite *s, int *lock)
{
    int64_t application = 0, version = 0, tables = 0;
    if (read_number(s, "PRAGMA application_id", &application) || read_number(s, "PRAGMA user_version", &version) ||
        read_number(s, "SELECT count(*) FROM sqlite_master", &tables)) {
        if (sqlite3_errcode(s->db) == SQLITE_NOTADB)
            return refuse(s, T("this file is no burgerpanel store; name another with --store",
                               "dit bestand is geen opslag van burgerpanel; noem een ander met --store"));
        return -1;
    }
    if (application == 0 && version == 0 && tables == 0) {
        char stamp[96];
        snprintf(stamp, sizeof stamp, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID,
                 SCHEMA_VERSION);
        return execute(s, schema) || execute(s, stamp) ? -1 : 0;
    }
    if (application != APPLICATION_ID)
        return refuse(s, T("this store was made by another program; name another with --store",
                           "deze opslag is door een ander programma gemaakt; noem een andere met --store"));
    if (version > SCHEMA_VERSION)
        return refuse(s, T("this store was made by a newer burgerpanel; use that version or a newer one",
                           "deze opslag is door een nieuwere burgerpanel gemaakt; gebruik die versie of een nieuwere"));
    if (version == 1)
        return bring_up_to_date(s, lock);
    if (version < SCHEMA_VERSION)
        return refuse(s, T("this store's schema is not known", "het schema van deze opslag is onbekend"));
    return 0;
}

/* A file that is ours already needs no write lock to be opened, so opening never waits for a running daemon. */
static int prepare_schema(struct store_sqlite *s)
{
    int64_t application = 0, version = 0;
    if (read_number(s, "PRAGMA application_id", &application) == 0 && application == APPLICATION_ID &&
        read_number(s, "PRAGMA user_version", &version) == 0 && version == SCHEMA_VERSION)
        return 0;
    int lock = -1, result = -1;
    if (sqlite3_errcode(s->db) == SQLITE_NOTADB)
        return migrate(s, &lock);
    if (execute(s, "BEGIN IMMEDIATE"))
        return -1;
    if (migrate(s, &lock) == 0)
        result = execute(s, "COMMIT");
    else
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    if (lock >= 0)
        close(lock);
    return result;
}

/* SQLite counts what it allocates under a lock of the whole process, which nobody here asks it for. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int open_database(struct store_sqlite *s, enum store_mode mode)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct stat status;
    pthread_once(&once, configure);
    bool memory = strcmp(s->path, ":memory:") == 0;
    if (!memory && mode == STORE_EXISTING && stat(s->path, &status) != 0 && errno == ENOENT)
        return refuse(s, T("there is no store here; `panel import` makes one, --store names another",
                           "hier is geen opslag; `panel import` maakt er een, --store noemt een andere"));
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (mode == STORE_CREATE || memory ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(s->path, &s->db, flags, NULL) != SQLITE_OK) {
        sqlite_failed(s);
        return -1;
    }
    sqlite3_extended_result_codes(s->db, 1);
    sqlite3_busy_timeout(s->db, BUSY_TIMEOUT_MS);
    if (sqlite3_db_readonly(s->db, "main") == 1)
        return refuse(s, T("the store can't be written to; mend its permissions",
                           "in de opslag kan niet geschreven worden; herstel de rechten"));
    /* Before the pragmas below: these would turn another program's file into WAL. */
    if (prepare_schema(s))
        return -1;
    if (!memory && stat(s->path, &status) == 0) {
        s->inode = status.st_ino;
        s->device = status.st_dev;
    }
    return execute(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
                      "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 2000");
}

static void sqlite_close(struct store *store)
{
    struct store_sqlite *s = (struct store_sqlite *)store;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(s->statements[i]);
    sqlite3_close(s->db);
    mem_free(s->slots);
    mem_free(s->path);
    mem_free(s);
}

struct store *store_sqlite_open(const char *path, enum store_mode mode, char error[static STORE_ERROR_SIZE])
{
    struct store_sqlite *s = mem_calloc(1, sizeof *s);
    if (!s || (s->path = mem_copy_text(path, strlen(path))) == NULL) {
        mem_free(s);
        snprintf(error, STORE_ERROR_SIZE, "%s", T("out of memory", "te weinig geheugen"));
        return NULL;
    }
    s->store.ops = &s->ops;
    s->ops.close = sqlite_close;
    sqlite_add_transaction_verbs(&s->ops);
    sqlite_add_log_verbs(&s->ops);
    sqlite_add_admin_verbs(&s->ops);
    s->version = -1;
    if (open_database(s, mode)) {
        snprintf(error, STORE_ERROR_SIZE, "%s", s->store.error);
        sqlite_close(&s->store);
        return NULL;
    }
    return &s->store;
}
