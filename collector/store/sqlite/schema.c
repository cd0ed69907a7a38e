/* The tables, as this version makes them and as it finds those of an older one. */
#include "collector/store/sqlite/schema.h"
#include "base/file.h"
#include "base/lang.h"
#include "collector/store/keys.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID 0x42504e4c /* "BPNL" */
#define SCHEMA_VERSION 4

/* A place is round, member and action (of `current`), or round and action (of `counts`), in one number: keys.h. */
#define FOLDS                                                                                                          \
    "CREATE TABLE current (place INTEGER PRIMARY KEY, revision INTEGER NOT NULL, idx INTEGER NOT NULL,"                \
    " replaced INTEGER, slots BLOB NOT NULL) STRICT;"                                                                  \
    "CREATE TABLE counts (place INTEGER PRIMARY KEY, slots BLOB NOT NULL) STRICT;"

/* What the third version has beside those of the second. `issuance` waits for anonymous enrolment. */
#define EVENTS                                                                                                         \
    "CREATE TABLE pending (id INTEGER PRIMARY KEY AUTOINCREMENT, asked_at INTEGER NOT NULL, kind TEXT NOT NULL,"       \
    " claims TEXT NOT NULL, document BLOB, done_at INTEGER NOT NULL, entry INTEGER NOT NULL, outcome TEXT NOT NULL)"   \
    " STRICT;"                                                                                                         \
    "CREATE TABLE document (number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT;"       \
    "CREATE TABLE event (idx INTEGER PRIMARY KEY, kind TEXT NOT NULL) STRICT;"                                         \
    "CREATE INDEX event_kind ON event (kind, idx);"                                                                    \
    "CREATE TABLE issuance (code BLOB PRIMARY KEY, idx INTEGER NOT NULL, blinded BLOB NOT NULL) STRICT,"               \
    " WITHOUT ROWID;"                                                                                                  \
    "CREATE TABLE release (round INTEGER NOT NULL, number INTEGER NOT NULL, final INTEGER NOT NULL,"                   \
    " size INTEGER NOT NULL, idx INTEGER NOT NULL, created_at INTEGER NOT NULL, root BLOB NOT NULL,"                   \
    " PRIMARY KEY (round, number)) STRICT, WITHOUT ROWID;"                                                             \
    "CREATE TABLE release_file (round INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL,"                  \
    " bytes BLOB NOT NULL, PRIMARY KEY (round, number, name)) STRICT;"                                                 \
    "CREATE TABLE access_log (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, rows INTEGER NOT NULL,"                 \
    " token TEXT NOT NULL, what TEXT NOT NULL) STRICT;"                                                                \
    "CREATE TABLE erased (idx INTEGER PRIMARY KEY, event INTEGER NOT NULL) STRICT;"                                    \
    "CREATE TABLE erasure (request INTEGER PRIMARY KEY, member INTEGER NOT NULL, leaf BLOB NOT NULL UNIQUE) STRICT;"   \
    "CREATE INDEX erasure_member ON erasure (member, request);"                                                        \
    "CREATE TABLE revision (idx INTEGER PRIMARY KEY, before INTEGER NOT NULL) STRICT;"                                 \
    "ALTER TABLE member ADD COLUMN stratum TEXT; ALTER TABLE member ADD COLUMN kid_hash BLOB;"                         \
    "ALTER TABLE invitation ADD COLUMN stratum TEXT;"                                                                  \
    "ALTER TABLE token ADD COLUMN publish INTEGER NOT NULL DEFAULT 0;"

/* What the fourth version has beside those of the third: how often members, catalogue (panel, rounds, actions, tokens)
 * and wishes were changed. Counted by the database itself, so that it is, whichever program writes. */
#define COUNT_ON(event, table, kind)                                                                                   \
    "CREATE TRIGGER " table "_" #event " AFTER " #event " ON " table " BEGIN UPDATE change SET " #kind " = " #kind     \
    " + 1; END;"
#define COUNTED(table, kind) COUNT_ON(INSERT, table, kind) COUNT_ON(UPDATE, table, kind) COUNT_ON(DELETE, table, kind)
#define CHANGES                                                                                                        \
    "CREATE TABLE change (members INTEGER NOT NULL, catalogue INTEGER NOT NULL, wishes INTEGER NOT NULL) STRICT;"      \
    "INSERT INTO change VALUES (0, 0, 0);" COUNTED("member", members) COUNTED("panel", catalogue)                      \
        COUNTED("round", catalogue) COUNTED("action", catalogue) COUNTED("token", catalogue)                           \
            COUNTED("pending", wishes)

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
    " created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER NOT NULL) STRICT, WITHOUT "
    "ROWID;" EVENTS CHANGES;

/* Until version 1 the folds were keyed by columns. */
static const char from_version_1[] =
    "ALTER TABLE current RENAME TO current_1; ALTER TABLE counts RENAME TO counts_1;" FOLDS
    "INSERT INTO current SELECT (round << 51) + (member << 20) + action, revision, idx, replaced, slots FROM current_1"
    " ORDER BY round, member, action;"
    "INSERT INTO counts SELECT (round << 20) + action, slots FROM counts_1 ORDER BY round, action;"
    "DROP TABLE current_1; DROP TABLE counts_1;";

/* Until version 2 there were no events. No row of what there is is touched: the log, its tree and the folds stay as
 * they are, and so do receipts and checkpoints. */
static const char from_version_2[] = EVENTS;

/* Until version 3 a change could not be told from another. */
static const char from_version_3[] = CHANGES "PRAGMA user_version = 4";

/* Version 1 had no limit on the numbers that now make a key. */
static int fits_keys(struct store_sqlite *s)
{
    char sql[256];
    int64_t over = 0;
    snprintf(sql, sizeof sql,
             "SELECT EXISTS (SELECT 1 FROM current WHERE round > %lld OR member > %lld OR action > %lld) OR"
             " EXISTS (SELECT 1 FROM counts WHERE round > %lld OR action > %lld)",
             (long long)MASK(ROUND_BITS), (long long)MASK(MEMBER_BITS), (long long)MASK(ACTION_BITS),
             (long long)MASK(ROUND_BITS), (long long)MASK(ACTION_BITS));
    if (sqlite_query_number(s, sql, &over) < 0)
        return -1;
    return over == 0 ? 0
                     : sqlite_refuse(
                           s, T("this store has more rounds, members or actions than this version can hold",
                                "deze opslag heeft meer rondes, panelleden of acties dan deze versie kan bevatten"));
}

/* Under the lock of who serves, kept until the change is committed: a running collector of an older version would fail
 * at its next query. */
static int bring_up_to_date(struct store_sqlite *s, int64_t version, int *lock)
{
    s->store.schema.found = version;
    *lock = file_lock(s->names[SQLITE_LOCK]);
    if (*lock < 0 && errno == EWOULDBLOCK)
        return sqlite_refuse(
            s, T("an older collector is serving this store; stop it first, so that the store can be brought up to date",
                 "een oudere verzamelaar bedient deze opslag; stop die eerst, zodat de opslag bijgewerkt kan worden"));
    if (*lock < 0)
        return sqlite_refuse(s, error_of_errno(errno));
    if (version == 1 && (fits_keys(s) < 0 || sqlite_execute(s, from_version_1) < 0))
        return -1;
    if (version <= 2 && sqlite_execute(s, from_version_2) < 0)
        return -1;
    return sqlite_execute(s, from_version_3);
}

/* Whether it is a schema of ours that this version knows. */
static int check_known(struct store_sqlite *s, int64_t application, int64_t version)
{
    if (application != APPLICATION_ID)
        return sqlite_refuse(s, T("this store was made by another program; name another with --store",
                                  "deze opslag is door een ander programma gemaakt; noem een andere met --store"));
    if (version < 0)
        return sqlite_refuse(s, T("a copy into this store was broken off; remove it, and copy anew",
                                  "een kopie naar deze opslag is afgebroken; verwijder die, en kopieer opnieuw"));
    if (version > SCHEMA_VERSION)
        return sqlite_refuse(
            s, T("this store was made by a newer burgerpanel; use that version or a newer one",
                 "deze opslag is door een nieuwere burgerpanel gemaakt; gebruik die versie of een nieuwere"));
    if (version < 1)
        return sqlite_refuse(s, T("this store's schema is not known", "het schema van deze opslag is onbekend"));
    return 0;
}

int sqlite_schema_check(struct store_sqlite *s)
{
    int64_t application = 0, version = 0;
    if (sqlite_query_number(s, "PRAGMA application_id", &application) < 0 ||
        sqlite_query_number(s, "PRAGMA user_version", &version) < 0)
        return -1;
    return check_known(s, application, version);
}

/* Makes the schema in a file that is empty; refuses what is not ours or is newer than we know. Runs in a transaction of
 * its own, so that two programs that open a new file at once make one schema. */
static int migrate_schema(struct store_sqlite *s, int *lock)
{
    int64_t application = 0, version = 0, tables = 0;
    if (sqlite_query_number(s, "PRAGMA application_id", &application) < 0 ||
        sqlite_query_number(s, "PRAGMA user_version", &version) < 0 ||
        sqlite_query_number(s, "SELECT count(*) FROM sqlite_master", &tables) < 0) {
        if (sqlite3_errcode(s->db) == SQLITE_NOTADB)
            return sqlite_refuse(s, T("this file is no burgerpanel store; name another with --store",
                                      "dit bestand is geen opslag van burgerpanel; noem een ander met --store"));
        return -1;
    }
    if (application == 0 && version == 0 && tables == 0) {
        char stamp[96];
        snprintf(stamp, sizeof stamp, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID,
                 SCHEMA_VERSION);
        return sqlite_execute(s, schema) < 0 ? -1 : sqlite_execute(s, stamp);
    }
    if (check_known(s, application, version) < 0)
        return -1;
    return version < SCHEMA_VERSION ? bring_up_to_date(s, version, lock) : 0;
}

/* A file that is ours already needs no write lock to be opened, so opening never waits for a running daemon. */
int sqlite_schema_prepare(struct store_sqlite *s)
{
    int64_t application = 0, version = 0;
    s->store.schema = (struct store_schema){SCHEMA_VERSION, SCHEMA_VERSION};
    if (sqlite_query_number(s, "PRAGMA application_id", &application) == 0 && application == APPLICATION_ID &&
        sqlite_query_number(s, "PRAGMA user_version", &version) == 0 && version == SCHEMA_VERSION)
        return 0;
    int lock = -1, result = -1;
    if (s->reading && application == APPLICATION_ID && version < 0)
        return check_known(s, application, version);
    if (s->reading && application == APPLICATION_ID && version < SCHEMA_VERSION)
        return sqlite_refuse(s,
                             T("this store was made by an older version; open it once where it can be written to",
                               "deze opslag is door een oudere versie gemaakt; open die eenmaal waar erin geschreven "
                               "kan worden"));
    if (sqlite3_errcode(s->db) == SQLITE_NOTADB)
        return migrate_schema(s, &lock);
    if (sqlite_execute(s, "BEGIN IMMEDIATE") < 0)
        return -1;
    if (migrate_schema(s, &lock) == 0)
        result = sqlite_execute(s, "COMMIT");
    else
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    if (lock >= 0)
        close(lock);
    return result;
}

int sqlite_schema_mark(struct store_sqlite *s, bool filling)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", filling ? -SCHEMA_VERSION : SCHEMA_VERSION);
    return sqlite_execute(s, sql);
}
