/* No row that every batch touches is ever updated: with one open snapshot, a dump or an idle psql, each look at it
 * would walk all of its dead versions. So sizes are the highest keys, and tiles and counters have a key more. */
#include "collector/store/postgres/schema.h"
#include "base/lang.h"
#include <stdio.h>
#include <stdlib.h>

#define SCHEMA_VERSION 1
#define OLDEST_SERVED 1 /* one less than SCHEMA_VERSION, so that collectors can be replaced one after the other */

static const char schema[] =
    "CREATE TABLE lane (name text PRIMARY KEY);"
    "CREATE TABLE head (one boolean PRIMARY KEY DEFAULT true CHECK (one), version bigint NOT NULL,"
    " catalogue bigint NOT NULL, wishes bigint NOT NULL, verifier text);"
    "CREATE TABLE entry (idx bigint PRIMARY KEY, jws text COLLATE \"C\" NOT NULL);"
    "CREATE TABLE tile (place bigint, width bigint, hashes bytea NOT NULL, PRIMARY KEY (place, width));"
    "CREATE TABLE current (place bigint PRIMARY KEY, revision bigint NOT NULL, idx bigint NOT NULL,"
    " replaced bigint NOT NULL, slots bytea NOT NULL) WITH (fillfactor = 85);"
    "CREATE TABLE counts (place bigint, size bigint, slots bytea NOT NULL, PRIMARY KEY (place, size));"
    "CREATE TABLE member (number bigint PRIMARY KEY, idx bigint NOT NULL, enrolled_at bigint NOT NULL,"
    " revoked_at bigint NOT NULL, key bytea NOT NULL, kid_hash bytea, stratum text, change bigint NOT NULL);"
    "CREATE INDEX member_change ON member (change, number);"
    "CREATE TABLE invitation (hash bytea PRIMARY KEY, number bigint NOT NULL, state bigint NOT NULL,"
    " member bigint NOT NULL, stratum text);"
    "CREATE INDEX invitation_number ON invitation (number);"
    "CREATE TABLE panel (number bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, imported_at bigint NOT NULL,"
    " json text NOT NULL);"
    "CREATE TABLE round (number bigint PRIMARY KEY, id text COLLATE \"C\" NOT NULL UNIQUE);"
    "CREATE TABLE action (number bigint PRIMARY KEY, position bigint NOT NULL, id text COLLATE \"C\" NOT NULL UNIQUE,"
    " title text NOT NULL, track text NOT NULL, lead text NOT NULL, related text NOT NULL, status text NOT NULL);"
    "CREATE TABLE token (name text COLLATE \"C\" PRIMARY KEY, hash bytea NOT NULL, role text NOT NULL,"
    " exact bigint NOT NULL, created_at bigint NOT NULL, expires_at bigint NOT NULL, revoked_at bigint NOT NULL,"
    " publish bigint NOT NULL);"
    "CREATE TABLE pending (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, asked_at bigint NOT NULL,"
    " kind text NOT NULL, claims text NOT NULL, document bytea, done_at bigint NOT NULL, entry bigint NOT NULL,"
    " outcome text NOT NULL);"
    "CREATE TABLE document (hash bytea PRIMARY KEY, bytes bytea NOT NULL);"
    "CREATE TABLE event (idx bigint PRIMARY KEY, kind text COLLATE \"C\" NOT NULL);"
    "CREATE INDEX event_kind ON event (kind, idx);"
    "CREATE TABLE release (round bigint, number bigint, final bigint NOT NULL, size bigint NOT NULL,"
    " idx bigint NOT NULL, created_at bigint NOT NULL, root bytea NOT NULL, PRIMARY KEY (round, number));"
    "CREATE TABLE release_file (round bigint, number bigint, name text COLLATE \"C\", bytes bytea NOT NULL,"
    " PRIMARY KEY (round, number, name));"
    "CREATE TABLE access_log (number bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, at bigint NOT NULL,"
    " rows bigint NOT NULL, token text NOT NULL, what text NOT NULL);"
    "CREATE TABLE erased (idx bigint PRIMARY KEY, event bigint NOT NULL);"
    "CREATE TABLE erasure (request bigint PRIMARY KEY, member bigint NOT NULL, leaf bytea NOT NULL UNIQUE);"
    "CREATE INDEX erasure_member ON erasure (member, request);"
    "CREATE TABLE revision (idx bigint PRIMARY KEY, before bigint NOT NULL);"
    /* base64url and hashes don't compress */
    "ALTER TABLE entry ALTER jws SET STORAGE EXTERNAL;"
    "ALTER TABLE tile ALTER hashes SET STORAGE EXTERNAL;"
    "ALTER TABLE counts ALTER slots SET STORAGE EXTERNAL;"
    "ALTER TABLE tile SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);"
    "ALTER TABLE counts SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);"
    "INSERT INTO lane VALUES ('log'), ('invitations');"
    "INSERT INTO head (version, catalogue, wishes) VALUES (0, 0, 0);";

/* From each older version to the next; of the first one there is none. */
static const char *const steps[SCHEMA_VERSION + 1] = {NULL};

static const struct postgres_versions versions_known = {OLDEST_SERVED, SCHEMA_VERSION, steps};

/* Two that make a store at once, or bring it up to date: the second waits, and then finds it. Any number will do that
 * others do not use. Whoever waits does so no longer than the server bears with who was stopped or cut off. */
static const char begin_making[] = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '2s';"
                                   "SELECT pg_advisory_xact_lock(1112559180)";
static const char hold_lanes[] = "SELECT name FROM lane ORDER BY name FOR UPDATE";

static int pg_refuse(struct store_postgres *p, const char *what)
{
    (void)postgres_fail(p, ERROR_REFUSED, what);
    return -1;
}

/* A number that a query gives; -1: the error is set. */
static int query_number(struct store_postgres *p, const char *sql, long *out)
{
    struct buf text;
    buf_init(&text, 100);
    int result = postgres_plain(p, sql, &text);
    *out = strtol(buf_text(&text), NULL, 10);
    buf_free(&text);
    return result;
}

static int refuse_unknown(struct store_postgres *p)
{
    return pg_refuse(p, T("this store's schema is not known", "het schema van deze opslag is onbekend"));
}

static int refuse_newer(struct store_postgres *p)
{
    return pg_refuse(p, T("this store was made by a newer burgerpanel; use that version or a newer one",
                          "deze opslag is door een nieuwere burgerpanel gemaakt; gebruik die versie of een nieuwere"));
}

/* Of a store that is there and whole. Anybody may see which columns there are, and nobody whose this is not need be
 * able to read them. */
static int read_schema_version(struct store_postgres *p, int64_t *out)
{
    long columns = 0, version = 0;
    if (query_number(p,
                     "SELECT count(*) FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid"
                     " WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = 'head'"
                     " AND a.attname IN ('version', 'verifier') AND NOT a.attisdropped",
                     &columns) < 0)
        return -1;
    if (columns != 2)
        return pg_refuse(p, T("this schema was made by another program; name another by search_path",
                              "dit schema is door een ander programma gemaakt; noem een ander met search_path"));
    if (query_number(p, "SELECT version FROM head", &version) < 0)
        return -1;
    if (version < 0)
        return pg_refuse(p, T("a copy into this store was broken off; drop its schema, make it again, and copy anew",
                              "een kopie naar deze opslag is afgebroken; gooi het schema weg, maak het opnieuw, en "
                              "kopieer opnieuw"));
    if (version == 0)
        return refuse_unknown(p);
    *out = version;
    return 0;
}

int postgres_schema_check(struct store_postgres *p, const struct postgres_versions *versions)
{
    if (read_schema_version(p, &p->store.schema.now) < 0)
        return -1;
    p->store.schema.found = p->store.schema.now;
    if (p->store.schema.now > versions->newest)
        return refuse_newer(p);
    return p->store.schema.now >= versions->oldest
               ? 0
               : pg_refuse(p, T("the tables of this store are of an older version than this program works with; give "
                                "`store upgrade` as the role that owns them",
                                "de tabellen van deze opslag zijn van een oudere versie dan waar dit programma mee "
                                "werkt; geef `store upgrade` als de rol waarvan ze zijn"));
}

static int write_version(struct store_postgres *p, int64_t version)
{
    char sql[64];
    snprintf(sql, sizeof sql, "UPDATE head SET version = %lld", (long long)version);
    return postgres_plain(p, sql, NULL);
}

/* Within a transaction that nobody else makes a store in. */
static int make_schema(struct store_postgres *p)
{
    long there = 0, others = 0;
    if (query_number(p,
                     "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
                     " AND relname = 'head' AND relkind = 'r'",
                     &there) < 0 ||
        query_number(p,
                     "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
                     " AND relkind IN ('r', 'p', 'v', 'm', 'f')",
                     &others) < 0)
        return -1;
    if (there > 0)
        return 0;
    if (others > 0)
        return pg_refuse(p, T("other tables stand in this schema; name an empty one by search_path",
                              "in dit schema staan andere tabellen; noem een leeg schema met search_path"));
    return postgres_plain(p, schema, NULL) < 0 ? -1 : write_version(p, SCHEMA_VERSION);
}

/* Ends the transaction as `result` says, also one that was only begun, and keeps what has failed in it. */
static int end_schema(struct store_postgres *p, int result)
{
    if (result == 0 && postgres_plain(p, "COMMIT", NULL) == 0)
        return 0;
    struct error kept = p->store.error;
    int undone = postgres_plain(p, "ROLLBACK", NULL);
    (void)undone; /* what failed is told; a session that is lost is rolled back by the server */
    p->store.error = kept;
    return -1;
}

static int make_if_empty(struct store_postgres *p)
{
    return end_schema(p, postgres_plain(p, begin_making, NULL) < 0 ? -1 : make_schema(p));
}

/* Up to date. */

static int take_step(struct store_postgres *p, const char *step)
{
    return step ? postgres_plain(p, step, NULL) : refuse_unknown(p);
}

static int take_steps(struct store_postgres *p, const struct postgres_versions *versions)
{
    int64_t found;
    if (postgres_plain(p, hold_lanes, NULL) < 0 || read_schema_version(p, &found) < 0)
        return -1;
    if (found > versions->newest)
        return refuse_newer(p);
    for (int64_t version = found; version < versions->newest; version++)
        if (take_step(p, versions->steps[version]) < 0)
            return -1;
    p->store.schema.found = found;
    return found == versions->newest ? 0 : write_version(p, versions->newest);
}

int postgres_schema_upgrade(struct store_postgres *p, const struct postgres_versions *versions)
{
    if (end_schema(p, postgres_plain(p, begin_making, NULL) < 0 ? -1 : take_steps(p, versions)) < 0)
        return -1;
    p->store.schema.now = versions->newest;
    return 0;
}

int postgres_schema_still_known(struct store_postgres *p, int64_t version)
{
    return version > versions_known.newest ? refuse_newer(p) : 0;
}

/* Of the schemas that are named only those count that this role may use. */
static int check_schema(struct store_postgres *p)
{
    long usable = 0, named = 0;
    if (query_number(p, "SELECT count(*) FROM pg_namespace WHERE nspname = current_schema()", &usable) < 0 ||
        query_number(p,
                     "SELECT count(*) FROM pg_namespace WHERE nspname ="
                     " trim(both '\" ' FROM split_part(current_setting('search_path'), ',', 1))",
                     &named) < 0)
        return -1;
    if (usable > 0)
        return 0;
    return named > 0
               ? pg_refuse(p,
                           T("this role may not use the schema that search_path names; use the role that owns it, or "
                             "give this one what postgres-grants.sql gives",
                             "deze rol mag het schema dat search_path noemt niet gebruiken; gebruik de rol waarvan "
                             "het is, of geef deze wat postgres-grants.sql geeft"))
               : pg_refuse(p, T("the schema that search_path names is not there; make it with CREATE SCHEMA",
                                "het schema dat search_path noemt bestaat niet; maak het met CREATE SCHEMA"));
}

int postgres_schema_prepare(struct store_postgres *p, enum store_mode mode)
{
    long there = 0;
    if (check_schema(p) < 0)
        return -1;
    if (mode == STORE_CREATE && make_if_empty(p) < 0)
        return -1;
    if (query_number(p,
                     "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
                     " AND relname = 'head' AND relkind = 'r'",
                     &there) < 0)
        return -1;
    if (there == 0)
        return pg_refuse(p, T("there is no store here; `panel import` makes one, --store names another",
                              "hier is geen opslag; `panel import` maakt er een, --store noemt een andere"));
    return mode == STORE_UPGRADE ? postgres_schema_upgrade(p, &versions_known)
                                 : postgres_schema_check(p, &versions_known);
}

int64_t postgres_schema_version(bool filling)
{
    return filling ? -SCHEMA_VERSION : SCHEMA_VERSION;
}
