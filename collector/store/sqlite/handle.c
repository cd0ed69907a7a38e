/* The SQL of every statement, prepared when first used, and the ways in which they are run. The ground floor of the
 * embedded store: everything else in this folder stands on it. */
#include "collector/store/sqlite/handle.h"
#include "base/lang.h"
#include "collector/store/keys.h"
#include <string.h>

#define HANDOUTS "x'" HANDOUT_BOUND "'"
/* Not one that is being handed out. As it is found: by its key (keys.h). */
#define OPEN_ONES                                                                                                      \
    "(SELECT number FROM invitation WHERE hash < " HANDOUTS " AND state = 1 AND hex(hash) = printf('%064X', -number))"
#define COUNTS "number > 0 AND (member >= 0 OR member IN " OPEN_ONES ")"

static const char *const statement_sql[STATEMENT_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_BEGIN_READING] = "BEGIN",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_VERSION] = "PRAGMA data_version",
    [SQL_MARKS] = "SELECT coalesce((SELECT max(idx) + 1 FROM entry), 0), members, catalogue, wishes FROM change",
    [SQL_ENTRY_APPEND] = "INSERT INTO entry (idx, jws) VALUES (?1, ?2)",
    [SQL_ENTRY_READ] = "SELECT jws FROM entry WHERE idx = ?1",
    [SQL_ENTRY_COUNT] = "SELECT coalesce(max(idx) + 1, 0) FROM entry",
    [SQL_ENTRY_RANGE] = "SELECT idx, jws FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx",
    [SQL_ENTRY_ERASE] = "UPDATE entry SET jws = '' WHERE idx = ?1",
    [SQL_TILE_WRITE] =
        "INSERT INTO tile (place, hashes) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET hashes = excluded.hashes",
    [SQL_TILE_READ] = "SELECT hashes FROM tile WHERE place = ?1",
    [SQL_LOG_KEY_WRITE] = "INSERT OR REPLACE INTO log (number, verifier) VALUES (1, ?1)",
    [SQL_LOG_KEY_READ] = "SELECT verifier FROM log",
    [SQL_MEMBER_ADD] = "INSERT INTO member (number, idx, enrolled_at, revoked_at, key) VALUES (?1, ?2, ?3, ?4, ?5)",
    [SQL_MEMBER_EACH] = "SELECT number, idx, enrolled_at, revoked_at, key, kid_hash FROM member ORDER BY number",
    [SQL_MEMBER_READ] = "SELECT number, idx, enrolled_at, revoked_at, key, kid_hash FROM member WHERE number = ?1",
    [SQL_MEMBER_REVOKE] = "UPDATE member SET revoked_at = ?2 WHERE number = ?1",
    [SQL_MEMBER_ERASE] = ("UPDATE member SET key = x'', kid_hash = ?2, enrolled_at = 0, revoked_at = 0, stratum = NULL"
                          " WHERE number = ?1 AND kid_hash IS NULL"),
    [SQL_INVITATION_ADD] = "INSERT INTO invitation (hash, number, state, member) VALUES (?1, ?2, 0, 0)",
    [SQL_INVITATION_FIND] = "SELECT state, member FROM invitation WHERE hash = ?1 AND number > 0",
    [SQL_INVITATION_MARK] = "UPDATE invitation SET state = ?2, member = ?3 WHERE hash = ?1",
    [SQL_INVITATION_COUNT] =
        ("SELECT coalesce(sum(state = 0), 0), coalesce(sum(state = 1), 0), coalesce(sum(state = 2), 0)"
         " FROM invitation WHERE " COUNTS),
    [SQL_INVITATION_EACH] =
        "SELECT number, hash, state, max(member, 0) FROM invitation WHERE " COUNTS " ORDER BY number",
    /* No number is above those of the last handing out; only where there is none has it to be looked for among all. */
    [SQL_HANDOUT_LAST] = ("SELECT coalesce((SELECT -number FROM invitation WHERE hash < " HANDOUTS
                          " ORDER BY hash DESC LIMIT 1), (SELECT max(number) FROM invitation), 0)"),
    [SQL_HANDOUT_BEGIN] = "INSERT INTO invitation (hash, number, state, member) VALUES (?1, ?2, 0, ?3)",
    [SQL_HANDOUT_FIND] = "SELECT 1 FROM invitation WHERE hash = ?1 AND state = ?2",
    [SQL_HANDOUT_ADD] = "INSERT INTO invitation (hash, number, state, member) VALUES (?1, ?2, 0, ?3)",
    [SQL_HANDOUT_OPEN] = "UPDATE invitation SET state = 1 WHERE hash = ?1 AND state = 0",
    [SQL_HANDOUT_CLOSE] = "UPDATE invitation SET state = 2, member = 0 WHERE hash = ?1 AND state <> 1",
    [SQL_HANDOUT_CLEAR] = "DELETE FROM invitation WHERE hash BETWEEN ?1 AND ?2 AND member = ?3",
    [SQL_HANDOUT_END] = "DELETE FROM invitation WHERE hash = ?1 AND state = 2",
    [SQL_HANDOUT_EACH] = "SELECT -number, member FROM invitation WHERE hash < " HANDOUTS " AND state <> 1"
                         " ORDER BY hash",
    [SQL_CURRENT_READ] = "SELECT revision, idx, replaced, slots FROM current WHERE place = ?1",
    [SQL_CURRENT_ADD] = ("INSERT INTO current (place, revision, idx, replaced, slots) VALUES (?1, ?2, ?3, ?4, ?5)"
                         " ON CONFLICT (place) DO NOTHING"),
    [SQL_CURRENT_WRITE] =
        "INSERT OR REPLACE INTO current (place, revision, idx, replaced, slots) VALUES (?1, ?2, ?3, ?4, ?5)",
    [SQL_CURRENT_EACH] = ("SELECT revision, idx, replaced, slots, place FROM current WHERE place BETWEEN ?1 AND ?2"
                          " ORDER BY place"),
    [SQL_CURRENT_ERASE] = "UPDATE current SET idx = -1, replaced = NULL, slots = x'' WHERE place = ?1",
    [SQL_COUNTS_READ] = "SELECT slots FROM counts WHERE place = ?1",
    [SQL_COUNTS_WRITE] = "INSERT OR REPLACE INTO counts (place, slots) VALUES (?1, ?2)",
    [SQL_COUNTS_EACH] = "SELECT place FROM counts ORDER BY place",
    [SQL_COUNTS_EACH_IN] = "SELECT place, slots FROM counts WHERE place BETWEEN ?1 AND ?2 ORDER BY place",
    [SQL_PANEL_WRITE] = "INSERT INTO panel (imported_at, json) VALUES (?1, ?2)",
    [SQL_PANEL_READ] = "SELECT json FROM panel ORDER BY number DESC LIMIT 1",
    [SQL_PANEL_EACH] = "SELECT imported_at, json FROM panel ORDER BY number",
    [SQL_ROUND_ADD] = "INSERT INTO round (number, id) VALUES (?1, ?2)",
    [SQL_ROUND_EACH] = "SELECT number, id FROM round ORDER BY number",
    [SQL_ACTION_WRITE] = ("INSERT INTO action (number, position, id, title, track, lead, related, status)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (number) DO UPDATE SET"
                          " position = excluded.position, title = excluded.title, track = excluded.track,"
                          " lead = excluded.lead, related = excluded.related, status = excluded.status"),
    [SQL_ACTION_EACH] = "SELECT number, id, title, track, lead, related, status FROM action ORDER BY position, number",
    [SQL_TOKEN_ADD] = ("INSERT INTO token (name, hash, role, exact, created_at, expires_at, revoked_at, publish)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING"),
    [SQL_TOKEN_EACH] =
        "SELECT name, hash, role, exact, created_at, expires_at, revoked_at, publish FROM token ORDER BY name",
    [SQL_TOKEN_REVOKE] = "UPDATE token SET revoked_at = ?2 WHERE name = ?1 AND revoked_at = 0",
    [SQL_DOCUMENT_ADD] = "INSERT INTO document (hash, bytes) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING",
    [SQL_DOCUMENT_READ] = "SELECT bytes FROM document WHERE hash = ?1",
    [SQL_DOCUMENT_SIZE] = "SELECT length(bytes) FROM document WHERE hash = ?1",
    [SQL_DOCUMENT_REMOVE] = "DELETE FROM document WHERE hash = ?1",
    [SQL_DOCUMENT_EACH] = "SELECT hash FROM document ORDER BY number",
    [SQL_EVENT_ADD] = "INSERT INTO event (idx, kind) VALUES (?1, ?2)",
    [SQL_EVENT_EACH] = "SELECT idx, kind FROM event WHERE idx >= ?1 ORDER BY idx LIMIT ?2",
    [SQL_EVENT_LAST] = "SELECT max(idx) FROM event WHERE kind = ?1",
    [SQL_WISH_ADD] = ("INSERT INTO pending (asked_at, kind, claims, document, done_at, entry, outcome)"
                      " VALUES (?1, ?2, ?3, ?4, 0, 0, '')"),
    [SQL_WISH_EACH] = "SELECT id, kind, claims, document, asked_at FROM pending WHERE done_at = 0 ORDER BY id",
    [SQL_WISH_DONE] = ("UPDATE pending SET done_at = ?2, entry = ?3, outcome = ?4, claims = '', document = NULL"
                       " WHERE id = ?1 AND done_at = 0"),
    [SQL_WISH_FORGET] = "DELETE FROM pending WHERE done_at <> 0 AND done_at < ?1",
    [SQL_WISH_OUTCOME] = "SELECT outcome, entry FROM pending WHERE id = ?1 AND done_at <> 0",
    [SQL_WISH_REMOVE] = "DELETE FROM pending WHERE id = ?1",
    [SQL_WISH_WITHDRAW] = "DELETE FROM pending WHERE id = ?1 AND done_at = 0",
    [SQL_ERASED_ADD] = "INSERT INTO erased (idx, event) VALUES (?1, ?2)",
    [SQL_ERASED_BY] = "SELECT event FROM erased WHERE idx = ?1",
    [SQL_ERASED_RANGE] = "SELECT idx, event FROM erased WHERE idx >= ?1 AND idx < ?2 ORDER BY idx",
    [SQL_ERASURE_ADD] = "INSERT INTO erasure (request, member, leaf) VALUES (?1, ?2, ?3)",
    [SQL_ERASURE_FIND] = "SELECT request, member FROM erasure WHERE leaf = ?1",
    [SQL_ERASURE_EACH] = "SELECT request FROM erasure WHERE member = ?1 ORDER BY request",
    [SQL_REQUEST_EACH] = "SELECT request, member, leaf FROM erasure ORDER BY request",
    [SQL_CURRENT_FORGET] = "DELETE FROM current WHERE place BETWEEN ?1 AND ?2",
    [SQL_REVISION_ADD] = "INSERT INTO revision (idx, before) VALUES (?1, ?2)",
    [SQL_REVISION_BEFORE] = "SELECT before FROM revision WHERE idx = ?1",
    [SQL_REVISIONS_BEFORE] = ("WITH RECURSIVE chain (before) AS (SELECT before FROM revision WHERE idx = ?1 UNION"
                              " SELECT r.before FROM chain AS c JOIN revision AS r ON r.idx = c.before)"
                              " SELECT before FROM chain WHERE before >= 0"),
    [SQL_REVISION_FORGET] = "DELETE FROM revision WHERE idx = ?1",
    [SQL_REVISION_EACH] = "SELECT idx, before FROM revision ORDER BY idx",
    [SQL_RELEASE_ADD] = ("INSERT INTO release (round, number, final, size, idx, created_at, root)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
    [SQL_RELEASE_EACH] = ("SELECT round, number, final, size, idx, created_at, root FROM release WHERE round = ?1"
                          " ORDER BY number"),
    [SQL_RELEASE_LAST] = ("SELECT round, number, final, size, idx, created_at, root FROM release WHERE round = ?1"
                          " ORDER BY number DESC LIMIT 1"),
    [SQL_RELEASE_FILE_ADD] = "INSERT INTO release_file (round, number, name, bytes) VALUES (?1, ?2, ?3, ?4)",
    [SQL_RELEASE_FILE_READ] = "SELECT bytes FROM release_file WHERE round = ?1 AND number = ?2 AND name = ?3",
    [SQL_RELEASE_FILE_EACH] = ("SELECT name, length(bytes) FROM release_file WHERE round = ?1 AND number = ?2"
                               " ORDER BY name"),
    [SQL_ACCESS_ADD] = "INSERT INTO access_log (at, rows, token, what) VALUES (?1, ?2, ?3, ?4)",
    [SQL_ACCESS_EACH] = "SELECT at, rows, token, what FROM access_log ORDER BY number",
    [SQL_ACCESS_PURGE] = "DELETE FROM access_log WHERE at < ?1",
};

/* What the triggers of schema.c count. */
static const bool is_counted[STATEMENT_COUNT] = {
    [SQL_MEMBER_ADD] = true,   [SQL_MEMBER_REVOKE] = true, [SQL_MEMBER_ERASE] = true, [SQL_PANEL_WRITE] = true,
    [SQL_ROUND_ADD] = true,    [SQL_ACTION_WRITE] = true,  [SQL_TOKEN_ADD] = true,    [SQL_TOKEN_REVOKE] = true,
    [SQL_WISH_ADD] = true,     [SQL_WISH_DONE] = true,     [SQL_WISH_FORGET] = true,  [SQL_WISH_REMOVE] = true,
    [SQL_WISH_WITHDRAW] = true};

/* Failing. */

/* SQLite's own texts are English; those of what can be expected to happen have a Dutch one here. */
static const char *dutch_failure(int code)
{
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return "te weinig geheugen";
    case SQLITE_CORRUPT:
        return "de opslag is beschadigd";
    case SQLITE_NOTADB:
        return "dit is geen opslag";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "de opslag is bezet; probeer het later opnieuw";
    case SQLITE_READONLY:
        return "de opslag is alleen te lezen";
    case SQLITE_IOERR:
        return "de schijf kan niet gelezen of geschreven worden";
    case SQLITE_FULL:
        return "de schijf is vol";
    case SQLITE_CANTOPEN:
        return "de opslag kan niet geopend worden";
    case SQLITE_CONSTRAINT:
        return "dit past niet bij wat er al staat";
    }
    return sqlite3_errstr(code);
}

enum store_result sqlite_failed(struct store_sqlite *s)
{
    enum error_kind kind = ERROR_IO;
    switch (sqlite3_errcode(s->db) & 0xff) {
    case SQLITE_NOMEM:
        kind = ERROR_MEMORY;
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        kind = ERROR_DAMAGED;
        break;
    case SQLITE_CONSTRAINT:
        kind = ERROR_REFUSED;
        break;
    }
    return sqlite_fail(s, kind, T(sqlite3_errmsg(s->db), dutch_failure(sqlite3_errcode(s->db))));
}

enum store_result sqlite_fail(struct store_sqlite *s, enum error_kind kind, const char *what)
{
    error_set(&s->store.error, kind, "%s: %s", s->path, what);
    return STORE_FAILED;
}

int sqlite_refuse(struct store_sqlite *s, const char *what)
{
    (void)sqlite_fail(s, ERROR_REFUSED, what);
    return -1;
}

/* Running. */

sqlite3_stmt *sqlite_statement(struct store_sqlite *s, enum statement which)
{
    if (!s->statements[which] && sqlite3_prepare_v3(s->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                                                    &s->statements[which], NULL) != SQLITE_OK) {
        sqlite_failed(s);
        return NULL;
    }
    s->marking = s->marking || is_counted[which];
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

/* SQLite ends a text with a NUL when it is first asked for, which may need memory: asked for here, it can still be
 * said that there was none. */
static bool has_texts(sqlite3_stmt *st)
{
    for (int i = 0, count = sqlite3_data_count(st); i < count; i++)
        if (sqlite3_column_type(st, i) == SQLITE_TEXT && !sqlite3_column_text(st, i))
            return false;
    return true;
}

enum store_result sqlite_step(struct store_sqlite *s, sqlite3_stmt *st)
{
    int code = sqlite3_step(st);
    if (code == SQLITE_ROW)
        return has_texts(st) ? STORE_OK : sqlite_failed(s);
    return code == SQLITE_DONE ? STORE_NONE : sqlite_failed(s);
}

int sqlite_execute(struct store_sqlite *s, const char *sql)
{
    if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    sqlite_failed(s);
    return -1;
}

int sqlite_query_number(struct store_sqlite *s, const char *sql, int64_t *out)
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

struct store_sqlite *sqlite_of(struct store *store)
{
    return (struct store_sqlite *)store;
}

sqlite3_stmt *sqlite_prepare(struct store *store, enum statement which, size_t count, const int64_t *values)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), which);
    for (size_t i = 0; st && i < count; i++)
        sqlite3_bind_int64(st, (int)i + 1, values[i]);
    return st;
}

void sqlite_bind_string(sqlite3_stmt *st, int parameter, const char *text)
{
    sqlite3_bind_text(st, parameter, text ? text : "", -1, SQLITE_STATIC);
}

void sqlite_bind_hash(sqlite3_stmt *st, int parameter, const uint8_t *hash)
{
    sqlite3_bind_blob(st, parameter, hash, SHA256_BYTES, SQLITE_STATIC);
}

void sqlite_bind_bytes(sqlite3_stmt *st, int parameter, const void *bytes, size_t len)
{
    sqlite3_bind_blob64(st, parameter, bytes ? bytes : "", len, SQLITE_STATIC);
}

const char *sqlite_text(sqlite3_stmt *st, int column)
{
    return (const char *)sqlite3_column_text(st, column);
}

/* A row that a buffer did not take. */
static enum store_result tell_unfit(struct store_sqlite *s, const struct buf *out, size_t len)
{
    if (len <= out->max)
        return sqlite_fail(s, ERROR_MEMORY, T("out of memory", "te weinig geheugen"));
    return sqlite_fail(s, ERROR_DAMAGED, T("a row is larger than can be", "een rij is groter dan kan"));
}

enum store_result sqlite_read_bytes(struct store *store, sqlite3_stmt *st, struct buf *out)
{
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK) {
        const void *bytes = sqlite3_column_blob(st, 0);
        size_t len = (size_t)sqlite3_column_bytes(st, 0);
        buf_put(out, bytes, len);
        if (buf_check(out) < 0)
            result = tell_unfit(sqlite_of(store), out, len);
    }
    sqlite3_reset(st);
    return result;
}

/* Walking. */

void sqlite_clear_error(struct store *store)
{
    store->error.kind = ERROR_NONE;
    store->error.text[0] = '\0';
}

enum store_result sqlite_walk(struct store *store, sqlite3_stmt *st, int (*row)(struct store *, sqlite3_stmt *, void *),
                              void *context)
{
    if (!st)
        return STORE_FAILED;
    enum store_result result = STORE_OK;
    while (result == STORE_OK && (result = sqlite_step(sqlite_of(store), st)) == STORE_OK) {
        sqlite_clear_error(store);
        if (row(store, st, context) != 0)
            result = STORE_FAILED;
    }
    sqlite3_reset(st);
    return result == STORE_NONE ? STORE_OK : result;
}
