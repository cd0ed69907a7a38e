/* Transactions: the lane, what others have committed, and the commit itself. A commit gives the lane back before it is
 * synced; what follows it, the barrier, is waited for, and since what is logged has one order, all that this handle has
 * written or read by then is as safe as the barrier (docs/adr/023). */
#include "base/clock.h"
#include "base/lang.h"
#include "collector/store/postgres/connect.h"
#include "collector/store/postgres/head.h"
#include "collector/store/postgres/verbs.h"
#include <stdio.h>
#include <string.h>

#define WAIT_BROKEN_OFF "the wait for the standby was broken off"
#define WAIT_BROKEN_OFF_NL "het wachten op de standby is afgebroken"
#define SERVE_TRIES 6
#define SERVE_STEP_MS 20
#define IDLE_MS 2000 /* for which who serves may keep the lane and say nothing */
#define ALONE_IDLE_MS 10000 /* and who does so alone may keep all others from serving, outside any transaction */
#define LEFT_OVER_MS 2000 /* of the patience, when the wait for the lane is given up */

static void forget_transaction(struct store_postgres *p)
{
    p->within = WITHIN_NOTHING;
    p->failed = p->lost;
    p->has_lane = p->warned = p->head_is_known = p->asked = false;
    p->bumps = 0;
    p->member_changes = 0;
    foreseen_forget(&p->foreseen);
}

/* Beginning. */

static int make_ready(struct store_postgres *p)
{
    if (p->within != WITHIN_NOTHING) {
        (void)postgres_fail(p, ERROR_REFUSED,
                            T("a transaction is under way already", "er is al een transactie aan de gang"));
        return -1;
    }
    if (p->lost && (p->serving || p->connect(p) < 0))
        return -1;
    forget_transaction(p);
    return 0;
}

/* Sent with what is asked first, whose answer then says whether the lane was had. */
static enum store_result begin_in_lane(struct store *store, const char *lane)
{
    struct store_postgres *p = postgres_of(store);
    struct values values = {0};
    if (make_ready(p) < 0)
        return STORE_FAILED;
    values_text(&values, lane);
    p->within = WITHIN_WRITING;
    if (postgres_send(p, PG_BEGIN, NULL) == 0 && postgres_send(p, PG_LANE, &values) == 0)
        return STORE_OK;
    return STORE_FAILED;
}

static enum store_result pg_begin_writing(struct store *store)
{
    enum store_result result = begin_in_lane(store, "log");
    postgres_of(store)->has_lane = result == STORE_OK;
    return result;
}

static enum store_result begin_invitations(struct store *store)
{
    return begin_in_lane(store, "invitations");
}

/* The moment is that of the first question. */
static enum store_result pg_begin_reading(struct store *store)
{
    struct store_postgres *p = postgres_of(store);
    if (make_ready(p) < 0)
        return STORE_FAILED;
    p->within = WITHIN_READING;
    if (postgres_send(p, PG_BEGIN_READING, NULL) < 0)
        return STORE_FAILED;
    PGresult *rows = postgres_ask(store, PG_ALIVE, NULL);
    PQclear(rows);
    return rows ? STORE_OK : STORE_FAILED;
}

/* What others have committed. */

static enum store_result pg_ask_changed(struct store *store, unsigned *what)
{
    struct store_postgres *p = postgres_of(store);
    if (postgres_know_head(p) < 0)
        return STORE_FAILED;
    const struct head *before = &p->known, *now = &p->head;
    *what = !p->is_known ? STORE_CHANGED_ALL
                         : (before->entries != now->entries ? STORE_CHANGED_LOG : 0u) |
                               (before->changes != now->changes ? STORE_CHANGED_MEMBERS : 0u) |
                               (before->catalogue != now->catalogue ? STORE_CHANGED_CATALOGUE : 0u) |
                               (before->wishes != now->wishes ? STORE_CHANGED_WISHES : 0u);
    p->known = *now;
    p->is_known = p->asked = true;
    if (p->within == WITHIN_NOTHING)
        p->head_is_known = false;
    return STORE_OK;
}

static bool is_same_head(const struct head *a, const struct head *b)
{
    return a->entries == b->entries && a->changes == b->changes && a->catalogue == b->catalogue &&
           a->wishes == b->wishes;
}

/* Nobody knows what became of it: this connection is good for nothing more. */
static enum store_result end_unknown(struct store_postgres *p, const char *what)
{
    if (what)
        (void)postgres_fail(p, ERROR_IO, what);
    p->lost = p->failed = true;
    return STORE_FAILED;
}

/* The head, and behind it a barrier in the same round trip: that what was read is safe, and that this server is not one
 * that another has taken the place of, which waits for its standby in vain. */
static int read_settled_head(struct store_postgres *p)
{
    PGresult *rows[2] = {NULL, NULL};
    if (make_ready(p) < 0 || postgres_send(p, PG_HEAD, NULL) < 0 || postgres_send(p, PG_BARRIER, NULL) < 0 ||
        postgres_collect(p, rows, 2) < 0)
        return -1;
    int result = postgres_take_head(p, rows[0]);
    PQclear(rows[0]);
    PQclear(rows[1]);
    p->head_is_known = false;
    return result;
}

/* Without the lane: so who looks often holds nobody up where nothing happens. */
static enum store_result pg_has_news(struct store *store)
{
    struct store_postgres *p = postgres_of(store);
    if (!p->is_known)
        return STORE_OK;
    if (read_settled_head(p) < 0)
        return STORE_FAILED;
    if (p->warned)
        return end_unknown(p, T(WAIT_BROKEN_OFF, WAIT_BROKEN_OFF_NL));
    return is_same_head(&p->head, &p->known) ? STORE_NONE : STORE_OK;
}

/* Committing. */

static int send_bump(struct store_postgres *p)
{
    struct values values = {0};
    if (p->bumps == 0)
        return 0;
    values_number(&values, p->bumps & STORE_CHANGED_CATALOGUE ? 1 : 0);
    values_number(&values, p->bumps & STORE_CHANGED_WISHES ? 1 : 0);
    return postgres_send(p, PG_BUMP, &values);
}

/* What it wrote itself is no news to it. */
static void note_committed(struct store_postgres *p)
{
    p->head.changes += p->member_changes;
    p->head.catalogue += p->bumps & STORE_CHANGED_CATALOGUE ? 1 : 0;
    p->head.wishes += p->bumps & STORE_CHANGED_WISHES ? 1 : 0;
    if (p->asked)
        p->known = p->head;
    forget_transaction(p);
}

/* That COMMIT was sent and what its tag was say how it ended; success without a word of warning alone is one. */
static enum store_result judge_commit(struct store_postgres *p, int result, const char *tag)
{
    bool committed = strcmp(tag, "COMMIT") == 0;
    if (p->lost || (result < 0 && committed))
        return end_unknown(p, NULL);
    if (result < 0)
        return STORE_FAILED; /* before it: what was held has failed, and nothing is kept */
    if (!committed)
        return end_unknown(p, T("the database has rolled back what was to be committed",
                                "de database heeft teruggedraaid wat vastgelegd moest worden"));
    if (p->warned)
        return end_unknown(p,
                           T("the wait for the standby was broken off: nobody knows whether it has what was committed",
                             "het wachten op de standby is afgebroken: niemand weet of die heeft wat is vastgelegd"));
    note_committed(p);
    return STORE_OK;
}

/* Also where nothing was written: the lane's lock alone makes a commit that would be waited for in the lane. */
static enum store_result pg_commit_all(struct store *store)
{
    struct store_postgres *p = postgres_of(store);
    char tag[16];
    if (p->within == WITHIN_NOTHING)
        return postgres_fail(p, ERROR_REFUSED, T("no transaction is under way", "er is geen transactie aan de gang"));
    bool barrier = p->within == WITHIN_WRITING;
    p->warned = false;
    if (send_bump(p) < 0 || (barrier && postgres_send(p, PG_LATER, NULL) < 0) ||
        postgres_send(p, PG_COMMIT, NULL) < 0 || (barrier && postgres_send(p, PG_BARRIER, NULL) < 0))
        return STORE_FAILED;
    int result = postgres_sync(p, tag);
    return judge_commit(p, result, tag);
}

/* A statement that failed has the server skip all up to the next sync. */
static void pg_roll_back(struct store *store)
{
    struct store_postgres *p = postgres_of(store);
    struct error kept = store->error;
    char tag[16];
    if (p->within == WITHIN_NOTHING)
        return;
    int settled = p->lost ? -1 : postgres_sync(p, tag);
    p->failed = p->lost;
    if (postgres_send(p, PG_ROLLBACK, NULL) == 0)
        settled = postgres_sync(p, tag);
    (void)settled; /* a session that is lost is rolled back by the server */
    p->sent_count = 0;
    placed_forget(&p->placed);
    forget_transaction(p);
    store->error = kept;
}

/* Serving. */

/* The session of who has just ended may hold it for a moment more. */
static enum store_result try_serving(struct store *store, enum statement how, int64_t *had)
{
    enum store_result result = STORE_OK;
    for (int tries = 0; result == STORE_OK && *had == 0 && tries < SERVE_TRIES; tries++) {
        if (tries > 0)
            clock_sleep_ms(SERVE_STEP_MS);
        result = postgres_read_number(store, postgres_ask(store, how, NULL), had);
    }
    return result;
}

static enum store_result begin_serving(struct store *store, enum statement how)
{
    struct store_postgres *p = postgres_of(store);
    int64_t had = 0;
    if (p->serving)
        return STORE_OK;
    if (try_serving(store, how, &had) != STORE_OK)
        return STORE_FAILED;
    if (had == 0)
        return postgres_fail(p, ERROR_BUSY,
                             T("another collector is serving this store; stop that one first",
                               "een andere verzamelaar bedient deze opslag al; stop die eerst"));
    p->serving = true;
    postgres_warn_of_server(p);
    return STORE_OK;
}

/* Who was stopped in the lane, with half a statement sent: to the server that is no silence. Who waited for the lane in
 * vain opens the store again, and comes here. */
static enum store_result end_stopped(struct store *store)
{
    PGresult *rows = postgres_ask(store, PG_END_STOPPED, NULL);
    PQclear(rows);
    return rows ? STORE_OK : STORE_FAILED;
}

/* Others wait in the lane for who was stopped or cut off in it, for longer than the server bears with that session; so
 * they get the lane then, and in time for who waits for them. `rest`: the ms between transactions that it bears with;
 * 0: any. */
static enum store_result limit_waits(struct store *store, int rest)
{
    struct values values = {0};
    char lock[24], idle[24], between[24];
    int64_t patience = postgres_of(store)->patience / 1000;
    snprintf(lock, sizeof lock, "%lld", (long long)(patience > LEFT_OVER_MS ? patience - LEFT_OVER_MS : patience));
    snprintf(idle, sizeof idle, "%d", IDLE_MS);
    snprintf(between, sizeof between, "%d", rest);
    values_text(&values, lock);
    values_text(&values, idle);
    values_text(&values, between);
    PGresult *rows = postgres_ask(store, PG_LIMITS, &values);
    PQclear(rows);
    return rows ? STORE_OK : STORE_FAILED;
}

static enum store_result pg_serve(struct store *store)
{
    enum store_result result = begin_serving(store, PG_SERVE);
    if (result == STORE_OK)
        result = limit_waits(store, 0);
    return result == STORE_OK ? end_stopped(store) : result;
}

/* Whoever wants to serve is refused meanwhile, and so ends nobody: the server alone does. */
static enum store_result pg_serve_alone(struct store *store)
{
    enum store_result result = begin_serving(store, PG_SERVE_ALONE);
    postgres_of(store)->acts_alone = result == STORE_OK;
    return result == STORE_OK ? limit_waits(store, ALONE_IDLE_MS) : result;
}

static void pg_be_patient(struct store *store, unsigned seconds)
{
    struct store_postgres *p = postgres_of(store);
    p->patience = seconds * INT64_C(1000000);
    p->hurried = p->steady = true;
}

static bool pg_is_cut(const struct store *store)
{
    const struct store_postgres *p = (const struct store_postgres *)store;
    return p->lost && p->steady;
}

/* A barrier behind all that can be read. */
static enum store_result pg_settle(struct store *store)
{
    PGresult *rows = postgres_ask(store, PG_BARRIER, NULL);
    PQclear(rows);
    return rows ? STORE_OK : STORE_FAILED;
}

static enum store_result pg_check(struct store *store)
{
    PGresult *rows = postgres_ask(store, PG_ALIVE, NULL);
    PQclear(rows);
    return rows ? STORE_OK : STORE_FAILED;
}

/* Which files there are is the database's affair. */
static bool pg_is_lost(const struct store *store)
{
    (void)store;
    return false;
}

/* The database's as well: VACUUM, and its archive of WAL (docs/OPERATING.md). */
static enum store_result settle_erasure(struct store *store)
{
    (void)store;
    return STORE_OK;
}

/* PostgreSQL has its own means, by which a moment can also be had back. */
static enum store_result pg_copy(struct store *store, const char *path, store_copy_fn *each, void *context)
{
    (void)path;
    (void)each;
    (void)context;
    return postgres_fail(postgres_of(store), ERROR_REFUSED,
                         T("a store in PostgreSQL is backed up by PostgreSQL's own means, pg_basebackup for instance",
                           "van een opslag in PostgreSQL maakt PostgreSQL zelf de reservekopie, bijvoorbeeld met "
                           "pg_basebackup"));
}

static uint64_t pg_space(const struct store *store)
{
    (void)store;
    return UINT64_MAX;
}

void postgres_add_transaction_verbs(struct store_ops *ops)
{
    ops->begin = pg_begin_writing;
    ops->begin_invitations = begin_invitations;
    ops->begin_reading = pg_begin_reading;
    ops->commit = pg_commit_all;
    ops->rollback = pg_roll_back;
    ops->changed = pg_ask_changed;
    ops->serve = pg_serve;
    ops->serve_alone = pg_serve_alone;
    ops->be_patient = pg_be_patient;
    ops->is_cut = pg_is_cut;
    ops->has_news = pg_has_news;
    ops->check = pg_check;
    ops->is_lost = pg_is_lost;
    ops->settle = pg_settle;
    ops->settle_erasure = settle_erasure;
    ops->space = pg_space;
    ops->copy = pg_copy;
}
