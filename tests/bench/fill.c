/* Producers, one a core, that sign and check lots of submissions and hand them to the writer. Each has a fixed number
 * of lots under way, so that memory does not grow with the store. */
#include "tests/bench/fill.h"
#include "base/clock.h"
#include "collector/intake/commit.h"
#include "collector/intake/submit.h"
#include "crypto/jws.h"
#include "panel/invitation.h"
#include "tests/bench/kit.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LOT 64
#define LOTS 16
#define PRODUCERS_MAX 16
#define QUEUE ((size_t)LOT * LOTS * PRODUCERS_MAX)

struct producer;

/* What is pushed as one job. */
struct lot {
    struct commit_job job;
    struct producer *producer;
    bool in_flight; /* with the writer; under the producer's lock */
    size_t count;
    struct submission *list[LOT];
    struct buf jws[LOT]; /* what they were made from */
};

struct producer {
    struct fill *fill;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t landed;
    struct lot lots[LOTS]; /* used in turn, so that the next one is the longest under way */
    size_t turn;
    struct lot *open; /* being filled, and announced; NULL: none */
    struct filled done;
};

struct fill {
    const struct crowd *crowd;
    struct ledger_shared shared;
    struct commit_queue *queue;
    struct producer *producers;
    size_t producer_count;
    /* of the run under way */
    enum submission_kind kind;
    char (*codes)[INVITATION_TEXT_SIZE]; /* enrolments */
    const uint32_t *order; /* responses */
    atomic_size_t next; /* member or place in `order` */
    size_t end;
};

/* A lot. */

/* On the writer's thread. */
static void land(struct commit_job *job)
{
    struct lot *lot = job->context;
    pthread_mutex_lock(&lot->producer->lock);
    lot->in_flight = false;
    pthread_cond_signal(&lot->producer->landed);
    pthread_mutex_unlock(&lot->producer->lock);
}

/* Waits until the writer is through with the lot, sees that all was accepted, and empties it. */
static void settle(struct lot *lot)
{
    struct producer *p = lot->producer;
    pthread_mutex_lock(&p->lock);
    while (lot->in_flight)
        pthread_cond_wait(&p->landed, &p->lock);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < lot->count; i++) {
        const struct submission *s = lot->list[i];
        if (s->verdict != VERDICT_ACCEPTED)
            bench_give_up(s->detail[0] != '\0' ? s->detail : "the writer did not accept something");
        p->done.count++;
        p->done.bytes += s->jws_len;
        submission_free(lot->list[i]);
    }
    lot->count = 0;
}

static void push(struct producer *p)
{
    struct lot *lot = p->open;
    if (!lot)
        return;
    p->open = NULL;
    lot->in_flight = true; /* nobody else knows of it yet */
    lot->job = (struct commit_job){.list = lot->list, .count = lot->count, .done = land, .context = lot};
    if (commit_push(p->fill->queue, &lot->job))
        bench_give_up("the writer's queue is full");
}

/* Where to put the next JWS; submit_next follows. */
static struct buf *next_jws(struct producer *p)
{
    if (!p->open) {
        p->open = &p->lots[p->turn++ % LOTS];
        settle(p->open);
        commit_announce(p->fill->queue);
    }
    struct buf *jws = &p->open->jws[p->open->count];
    buf_reset(jws);
    return jws;
}

static void submit_next(struct producer *p)
{
    const struct fill *fill = p->fill;
    struct lot *lot = p->open;
    const struct buf *jws = &lot->jws[lot->count];
    struct refusal refusal;
    refusal_init(&refusal);
    struct catalogue *catalogue = catalogue_now(fill->shared.catalogues);
    struct submission *s =
        fill->kind == SUBMISSION_RESPONSE
            ? submit_response(fill->shared.roster, catalogue, buf_text(jws), jws->len, clock_now(), &refusal)
            : submit_enrolment(catalogue, buf_text(jws), jws->len, clock_now(), &refusal);
    catalogue_release(catalogue);
    if (!s)
        bench_give_up(refusal.detail);
    refusal_free(&refusal);
    lot->list[lot->count++] = s;
    if (lot->count == LOT)
        push(p);
}

/* A producer. */

static void enrol(struct producer *p, size_t member)
{
    struct secret_key *key = crowd_key(member);
    bench_put_enrolment(next_jws(p), key, p->fill->codes[member]);
    submit_next(p);
    secret_key_free(key);
}

static void sit_down(struct producer *p, struct sitting sitting)
{
    struct secret_key *key = crowd_key(sitting.member);
    for (size_t i = 0; i < sitting.count; i++) {
        crowd_put_response(next_jws(p), key, sitting.member, sitting.first + i, 1);
        submit_next(p);
    }
    secret_key_free(key);
}

static void *produce(void *argument)
{
    struct producer *p = argument;
    struct fill *fill = p->fill;
    for (size_t i = atomic_fetch_add(&fill->next, 1); i < fill->end; i = atomic_fetch_add(&fill->next, 1))
        switch (fill->kind) {
        case SUBMISSION_ENROLMENT:
            enrol(p, i);
            break;
        case SUBMISSION_RESPONSE:
            sit_down(p, crowd_sitting(fill->crowd, fill->order[i]));
            break;
        case SUBMISSION_ACT: /* what a crowd does not send */
        case SUBMISSION_ERASURE:
            break;
        }
    push(p);
    for (size_t i = 0; i < LOTS; i++)
        settle(&p->lots[i]);
    return NULL;
}

static struct filled run(struct fill *fill, size_t from, size_t to)
{
    struct filled all = {0};
    atomic_store(&fill->next, from);
    fill->end = to;
    for (size_t i = 0; i < fill->producer_count; i++) {
        fill->producers[i].done = (struct filled){0};
        if (pthread_create(&fill->producers[i].thread, NULL, produce, &fill->producers[i]) != 0)
            bench_give_up("a thread");
    }
    for (size_t i = 0; i < fill->producer_count; i++) {
        pthread_join(fill->producers[i].thread, NULL);
        all.count += fill->producers[i].done.count;
        all.bytes += fill->producers[i].done.bytes;
    }
    return all;
}

struct filled fill_enrol(struct fill *fill, char (*codes)[INVITATION_TEXT_SIZE])
{
    fill->kind = SUBMISSION_ENROLMENT;
    fill->codes = codes;
    return run(fill, 0, fill->crowd->members);
}

struct filled fill_respond(struct fill *fill, const uint32_t *order, size_t from, size_t to)
{
    fill->kind = SUBMISSION_RESPONSE;
    fill->order = order;
    return run(fill, from, to);
}

/* The collector around it. */

static struct signer *open_log_key(const char *dsn)
{
    char path[BENCH_PATH_SIZE];
    struct error error = {0};
    struct buf verifier;
    buf_init(&verifier, NOTE_MAX);
    bench_path(path, "", "bench.db.log-key");
    struct store *store = store_open(dsn, STORE_EXISTING, &error);
    if (!store || store_log_key_read(store, &verifier) != STORE_OK)
        bench_give_up("the store");
    store_close(store);
    struct signer *key = signer_open(path, buf_text(&verifier), &error);
    if (!key)
        bench_give_up(error.text);
    buf_free(&verifier);
    return key;
}

static void open_producers(struct fill *fill)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    fill->producer_count = cores < 1 ? 1 : cores > PRODUCERS_MAX ? PRODUCERS_MAX : (size_t)cores;
    fill->producers = calloc(fill->producer_count, sizeof *fill->producers);
    if (!fill->producers)
        bench_give_up("memory");
    for (size_t i = 0; i < fill->producer_count; i++) {
        struct producer *p = &fill->producers[i];
        p->fill = fill;
        pthread_mutex_init(&p->lock, NULL);
        pthread_cond_init(&p->landed, NULL);
        for (size_t l = 0; l < LOTS; l++) {
            p->lots[l].producer = p;
            for (size_t j = 0; j < LOT; j++)
                buf_init(&p->lots[l].jws[j], JWS_MAX);
        }
    }
}

struct fill *fill_open(const char *dsn, const struct crowd *crowd)
{
    struct error error = {0};
    struct fill *fill = calloc(1, sizeof *fill);
    if (!fill)
        bench_give_up("memory");
    fill->crowd = crowd;
    fill->shared.roster = roster_new();
    fill->shared.catalogues = latest_new();
    fill->shared.proofs = latest_new();
    fill->shared.signer = open_log_key(dsn);
    if (!fill->shared.roster || !fill->shared.catalogues || !fill->shared.proofs)
        bench_give_up("memory");
    fill->queue = commit_start(&(struct commit_options){.dsn = dsn, .capacity = QUEUE}, &fill->shared, &error);
    if (!fill->queue)
        bench_give_up(error.text);
    open_producers(fill);
    return fill;
}

void fill_close(struct fill *fill)
{
    commit_stop(fill->queue);
    commit_free(fill->queue);
    signer_close(fill->shared.signer);
    latest_free(fill->shared.proofs);
    latest_free(fill->shared.catalogues);
    roster_free(fill->shared.roster);
    for (size_t i = 0; i < fill->producer_count; i++) {
        struct producer *p = &fill->producers[i];
        for (size_t l = 0; l < LOTS; l++)
            for (size_t j = 0; j < LOT; j++)
                buf_free(&p->lots[l].jws[j]);
        pthread_cond_destroy(&p->landed);
        pthread_mutex_destroy(&p->lock);
    }
    free(fill->producers);
    free(fill);
}
