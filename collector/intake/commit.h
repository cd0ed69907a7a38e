/* The one writer: a bounded queue in front of a thread that commits what has gathered, a transaction a batch. A lone
 * job is committed at once; while others are being checked the writer lets them gather, so that one sync serves
 * many. */
#ifndef COLLECTOR_INTAKE_COMMIT_H
#define COLLECTOR_INTAKE_COMMIT_H

#include "collector/intake/ledger.h"

/* A few submissions that are answered together: one request's; none is a look (look.h). Announced, then pushed. The
 * caller's until pushed, the writer's until `done` is called, the caller's again after. */
struct commit_job {
    struct submission **list;
    size_t count;
    /* Called by the writer once each submission has its verdict; must not block. */
    void (*done)(struct commit_job *job);
    void *context;
    bool committed; /* once it is done: the batch that it was in has been */
    struct commit_job *next; /* commit.c's, as is */
    int64_t pushed_at; /* on the monotonic clock */
};

struct commit_queue;

/* Who else in this process has the store open. When its files are no longer those that were opened, all close before it
 * is opened again. Called by the writer. */
struct commit_readers {
    bool (*let_go)(void *context); /* closes what is not in use; whether that was all: otherwise it is called again */
    void (*resume)(void *context); /* it may be opened */
    void *context;
};

struct commit_options {
    const char *dsn; /* lasts as long */
    size_t capacity; /* submissions that may wait */
    int64_t wait_max_us; /* where one has waited for longer, no more are taken until it is committed; 0: any time */
    uint64_t reserve; /* bytes of disk below which nothing is committed */
    unsigned patience; /* seconds with a store that is far away (store_be_patient) */
    struct commit_readers readers; /* NULL functions: nobody */
};

/* Opens the store for the writer, loads roster and catalogue, starts the thread. Nobody else serves the store until
 * commit_stop. NULL: *error says why. */
MUST_CHECK struct commit_queue *commit_start(const struct commit_options *options, const struct ledger_shared *shared,
                                             struct error *error);

/* Commits what is waiting, answers it, ends the thread and closes the store. Pushes are turned away from then on. NULL
 * is fine. */
void commit_stop(struct commit_queue *queue);

/* After commit_stop, when nobody can push any more. NULL is fine. */
void commit_free(struct commit_queue *queue);

/* A job may come soon: a request is being checked. While any is, the writer waits a little, so that they share a
 * commit. Each announcement is followed by one commit_push or one commit_withdraw. Any thread. */
void commit_announce(struct commit_queue *queue);
void commit_withdraw(struct commit_queue *queue);

/* 0: the job will be done, at once where the batch before it fails. -1: the queue is full or does not move, or the
 * store does not work; the job stays the caller's, `done` is not called. */
MUST_CHECK int commit_push(struct commit_queue *queue, struct commit_job *job);

/* Submissions in the queue. */
size_t commit_waiting(struct commit_queue *queue);

/* Whether the store takes commits now. */
bool commit_is_healthy(struct commit_queue *queue);

#endif
