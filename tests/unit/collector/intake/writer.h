/* The writer under test: a queue on a store of its own beside the kit's, and jobs whose end can be held up. Nothing
 * here waits longer than WRITER_PATIENCE_MS, and all of it by asking. One a test; the test's thread, but for `done`. */
#ifndef TESTS_UNIT_COLLECTOR_INTAKE_WRITER_H
#define TESTS_UNIT_COLLECTOR_INTAKE_WRITER_H

#include "collector/intake/commit.h"
#include "tests/unit/collector/kit.h"
#include <pthread.h>
#include <stdatomic.h>

#define WRITER_PATIENCE_MS 20000
#define WRITER_MEMBERS 4

struct writer {
    struct kit kit; /* its own store is another one: here the queue has the store */
    struct kit_member members[WRITER_MEMBERS]; /* who have enrolled */
    struct commit_queue *queue;
    char dsn[300], folder[280]; /* the store's */
};
extern struct writer writer;

/* For a suite. */
void writer_setup(void);
void writer_teardown(void);

/* Starts the queue, for so many submissions that wait; and stops and frees it. */
void writer_start(size_t capacity);
void writer_finish(void);

bool writer_is_healthy(void *unused);
bool writer_is_unhealthy(void *unused);

/* Asks until the answer is yes; false: for too long. */
bool writer_await(bool (*question)(void *), void *context);

/* How many entries the store's log has. */
int64_t writer_entries(void);

struct job {
    struct commit_job job;
    struct parcel parcel;
    struct submission *list[1];
    atomic_bool done;
    pthread_mutex_t *gate; /* NULL, or what holds up the writer in `done` */
};

/* A response of that member to that action. */
void job_init(struct job *job, size_t member, size_t action, int64_t revision);

/* The `done` of a job that a test makes itself: notes it, and waits for the gate. */
void job_note_done(struct commit_job *commit_job);

/* As commit_push. */
int job_push(struct job *job);

bool job_is_done(void *job);
void job_assert_accepted(struct job *job);

#endif
