/* Group commit. A lone job is committed at once. When others are being checked, or the last batch held several, the
 * writer waits a little for more: so under load dozens of jobs share one sync, one tree and one signature. After a
 * failure all that waits is told so, and nothing is accepted until the store has been opened again and everything read
 * anew. */
#include "collector/intake/commit.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/intake/gathering.h"
#include "collector/intake/outcome.h"
#include "collector/ops/metrics.h"
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define GATHER_STEP_US 1000 /* nothing new for so long: no more are coming */
#define GATHER_MAX_US 3000
#define BATCH_MAX 4096 /* submissions in a transaction; one job may be larger by itself */
#define REST_US 20000 /* without a job, after one: then the store is brought to rest */
#define REFRESH_MS 400 /* how often an idle writer looks for what administrators changed */
#define REOPEN_MS 1000
#define ROOM_LEAST ((size_t)1024 * 1024) /* bytes that the disk must have after a failure */
#define MIB (UINT64_C(1024) * 1024)

/* What the writer does: sleeps until a first job comes, or with one until others have come. */
enum writer { AWAKE, IDLE, GATHERING };

struct commit_queue {
    pthread_t thread;
    pthread_mutex_t lock;
    sem_t woken; /* what the writer sleeps on: a condition variable would cost it the lock, and twice the calls */
    struct commit_job *head, **tail;
    size_t waiting; /* submissions in the queue */
    enum writer writer;
    size_t announced;
    struct gathering gathering;
    bool stopping;
    atomic_bool healthy;

    /* the writer's alone */
    struct commit_options options;
    struct ledger_shared shared;
    struct store *store;
    struct ledger *ledger;
    struct submission **batch;
    size_t batch_capacity;
    size_t standing; /* submissions of the last batch that are in the log */
    bool restless; /* a batch has been committed since the store was brought to rest */
    bool proven; /* a batch has been committed since the store was opened */
    bool lost; /* the store's files were no longer those that were opened */
    struct error told; /* why it could not be opened again, as last told */
};

/* The store. */

static void close_store(struct commit_queue *queue)
{
    ledger_free(queue->ledger);
    store_close(queue->store);
    queue->ledger = NULL;
    queue->store = NULL;
}

/* Below the reserve nothing is begun that might not be finished. What is left changes all the time, and is not told:
 * the same is told once. */
static int check_space(struct commit_queue *queue, struct error *error)
{
    uint64_t bytes = queue->options.reserve > 0 ? store_space(queue->store) : 0;
    if (bytes >= queue->options.reserve)
        return 0;
    return error_set(error, ERROR_IO,
                     T("the disk is nearly full: less is left than the %llu MiB of disk_reserve_mib",
                       "de schijf is bijna vol: er is minder over dan de %llu MiB van disk_reserve_mib"),
                     (unsigned long long)(queue->options.reserve / MIB));
}

/* After a failure: whether the disk takes anything new. Without that a full one, where the store itself may still be
 * written over, would be found well and full in turn. */
static int prove_room(const struct commit_queue *queue, struct error *error)
{
    const char *path = store_path(queue->options.dsn);
    if (!path || file_try_room(path, ROOM_LEAST) == 0 || (errno != ENOSPC && errno != EDQUOT && errno != EFBIG))
        return 0; /* what else is wrong the opening finds, and tells better */
    return error_from_errno(
        error, T("nothing can be written beside the store", "naast de opslag kan niets geschreven worden"));
}

/* What is there is on stable storage before a checkpoint over it is signed. */
static int prepare_store(struct commit_queue *queue, struct error *error)
{
    store_be_patient(queue->store, queue->options.patience);
    if (store_serve(queue->store) != STORE_OK || store_settle(queue->store) != STORE_OK)
        return store_fail(queue->store, error);
    queue->ledger = ledger_new(queue->store, &queue->shared, error);
    return queue->ledger ? 0 : -1;
}

static int open_store(struct commit_queue *queue, struct error *error)
{
    queue->store = store_open(queue->options.dsn, STORE_EXISTING, error);
    if (!queue->store)
        return -1;
    if (prepare_store(queue, error) == 0)
        return 0;
    close_store(queue);
    return -1;
}

/* Once for as long as it is the same. */
static void tell_not_opened(struct commit_queue *queue, const struct error *error)
{
    if (strcmp(queue->told.text, error->text) == 0)
        return;
    queue->told = *error;
    log_error("store: can't be opened again: %s", error->text);
}

/* After a failure. Until this has succeeded once every push is turned away. */
static void try_reopening(struct commit_queue *queue)
{
    const struct commit_readers *readers = &queue->options.readers;
    struct error error = {0};
    queue->lost = queue->lost || (queue->store && store_is_lost(queue->store));
    close_store(queue);
    if (queue->lost && readers->let_go && !readers->let_go(readers->context))
        return;
    if (prove_room(queue, &error) < 0 || open_store(queue, &error) < 0 || check_space(queue, &error) < 0) {
        tell_not_opened(queue, &error);
        return;
    }
    if (queue->lost && readers->resume)
        readers->resume(readers->context);
    queue->lost = false;
    queue->told = (struct error){0};
    metrics_note_reopened();
    log_info("store: opened again, a log of size %lld", (long long)ledger_size(queue->ledger));
    atomic_store(&queue->healthy, true);
}

/* Batches. */

/* Takes jobs off the queue until a batch of `most` is full; the first is always taken. With the lock held. */
static struct commit_job *take_jobs(struct commit_queue *queue, size_t most, size_t *count)
{
    struct commit_job *first = queue->head, **end = &queue->head;
    *count = 0;
    while (*end && (*count == 0 || *count + (*end)->count <= most)) {
        *count += (*end)->count;
        end = &(*end)->next;
    }
    queue->head = *end;
    if (!queue->head)
        queue->tail = &queue->head;
    *end = NULL;
    queue->waiting -= *count;
    return first;
}

static int gather_batch(struct commit_queue *queue, const struct commit_job *jobs, size_t count)
{
    if (count > queue->batch_capacity) {
        struct submission **more = mem_resize(queue->batch, count, sizeof *more);
        if (!more)
            return -1;
        queue->batch = more;
        queue->batch_capacity = count;
    }
    size_t n = 0;
    for (; jobs; jobs = jobs->next)
        for (size_t i = 0; i < jobs->count; i++)
            queue->batch[n++] = jobs->list[i];
    return 0;
}

/* With their verdicts, or where none has been looked at, turned away. */
static void hand_back(struct commit_job *job, bool ready, bool committed)
{
    for (struct commit_job *next; job; job = next) {
        next = job->next;
        job->committed = committed;
        for (size_t i = 0; i < job->count && !ready; i++)
            job->list[i]->verdict = VERDICT_UNAVAILABLE;
        job->done(job);
    }
}

/* What there is no room for is turned away, and the store is closed until there is. */
static bool has_space(struct commit_queue *queue)
{
    struct error error;
    if (check_space(queue, &error) == 0)
        return true;
    log_error("store: %s", error.text);
    queue->told = error;
    atomic_store(&queue->healthy, false);
    return false;
}

/* Commits what was gathered; where all that was asked for is a look, looks. */
static int apply_jobs(struct commit_queue *queue, size_t count)
{
    if (count == 0)
        return ledger_look(queue->ledger);
    int64_t begun = clock_monotonic_us();
    int result = ledger_apply(queue->ledger, queue->batch, count);
    queue->standing = outcome_note(queue->batch, count, clock_monotonic_us() - begun);
    return result;
}

/* Commits the jobs and hands each back. Until a store that failed has been opened anew they are turned away. */
static void commit_jobs(struct commit_queue *queue, struct commit_job *jobs, size_t count)
{
    bool well = atomic_load(&queue->healthy) && queue->ledger;
    bool ready = well && has_space(queue) && gather_batch(queue, jobs, count) == 0;
    bool committed = ready && apply_jobs(queue, count) == 0;
    if (ready && !committed)
        atomic_store(&queue->healthy, false);
    queue->restless = committed;
    queue->proven |= committed;
    hand_back(jobs, ready, committed);
}

/* All that waits behind a batch that failed; nobody is pushed behind it any more. */
static void turn_away_waiting(struct commit_queue *queue)
{
    size_t count;
    pthread_mutex_lock(&queue->lock);
    struct commit_job *jobs = queue->head ? take_jobs(queue, SIZE_MAX, &count) : NULL;
    pthread_mutex_unlock(&queue->lock);
    hand_back(jobs, false, false);
}

static struct timespec in_future(int64_t microseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += microseconds % 1000000 * 1000;
    until.tv_sec += microseconds / 1000000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return until;
}

/* Until should_wake says so, or for so long. With the lock held, but not while asleep. */
static void sleep_as(struct commit_queue *queue, enum writer state, int64_t microseconds)
{
    struct timespec until = in_future(microseconds);
    queue->writer = state;
    pthread_mutex_unlock(&queue->lock);
    while (sem_clockwait(&queue->woken, CLOCK_MONOTONIC, &until) != 0 && errno == EINTR)
        ;
    pthread_mutex_lock(&queue->lock);
    queue->writer = AWAKE;
}

static bool has_gathered(const struct commit_queue *queue)
{
    return gathering_is_done(&queue->gathering, queue->waiting, queue->announced) || queue->stopping;
}

/* Waits for a first job, at most REFRESH_MS, or after one REST_US. While busy it is not woken by the first, but when
 * all have come, or after a step by itself. With the lock held. */
static void wait_for_work(struct commit_queue *queue)
{
    if (queue->gathering.expected > 0) {
        sleep_as(queue, IDLE, GATHER_STEP_US);
        if (!queue->head)
            queue->gathering.expected = 0; /* busy no longer */
    }
    if (!queue->head && !queue->stopping)
        sleep_as(queue, IDLE, queue->restless ? REST_US : REFRESH_MS * INT64_C(1000));
}

/* With a job at hand: waits for those that are being checked and, while busy, for those that are still in their
 * sockets, as long as more keep coming. GATHER_MAX_US at most. With the lock held. */
static void gather_jobs(struct commit_queue *queue)
{
    int64_t end = clock_monotonic_us() + GATHER_MAX_US;
    size_t before = 0;
    while (!has_gathered(queue) && (queue->announced > 0 || queue->waiting > before) && clock_monotonic_us() < end) {
        before = queue->waiting;
        sleep_as(queue, GATHERING, GATHER_STEP_US);
    }
}

/* What was committed is then safe from more than it was when it was answered. */
static bool bring_to_rest(struct commit_queue *queue)
{
    queue->restless = false;
    if (store_rest(queue->store) != STORE_FAILED)
        return true;
    log_error("store: %s", store_error(queue->store)->text);
    return false;
}

/* What an idle writer does: sees to the store, or to what administrators changed. */
static void see_to_store(struct commit_queue *queue)
{
    if (!atomic_load(&queue->healthy)) {
        try_reopening(queue);
        if (!atomic_load(&queue->healthy))
            clock_sleep_ms(REOPEN_MS - REFRESH_MS);
        return;
    }
    bool refreshed = queue->restless || (has_space(queue) && ledger_look(queue->ledger) == 0);
    if (!refreshed || !bring_to_rest(queue))
        atomic_store(&queue->healthy, false);
}

/* After a batch. A store that has just worked is opened again at once, since most of what fails once has passed by
 * then; one that has not, or on whose files somebody is at work, when the writer sees to it next. That may take as long
 * as peers and name servers do, and who waits is told before. */
static void recover_store(struct commit_queue *queue)
{
    if (atomic_load(&queue->healthy))
        return;
    turn_away_waiting(queue);
    if (!queue->proven || !queue->store || store_is_lost(queue->store))
        return;
    queue->proven = false;
    try_reopening(queue);
}

static void *write_batches(void *argument)
{
    struct commit_queue *queue = argument;
    pthread_mutex_lock(&queue->lock);
    for (;;) {
        if (!queue->head && !queue->stopping)
            wait_for_work(queue);
        if (!queue->head && queue->stopping)
            break;
        if (!queue->head) {
            pthread_mutex_unlock(&queue->lock);
            see_to_store(queue);
            pthread_mutex_lock(&queue->lock);
            continue;
        }
        gather_jobs(queue);
        size_t count;
        struct commit_job *jobs = take_jobs(queue, BATCH_MAX, &count);
        pthread_mutex_unlock(&queue->lock);
        bool several = jobs->next != NULL;
        commit_jobs(queue, jobs, count);
        recover_store(queue);
        pthread_mutex_lock(&queue->lock);
        if (count > 0)
            gathering_note(&queue->gathering, several, queue->standing);
    }
    pthread_mutex_unlock(&queue->lock);
    return NULL;
}

/* From outside. */

/* Whether the writer sleeps and need not any longer; it is then to be woken, once, after the lock has been given back.
 * With the lock held. */
static bool should_wake(struct commit_queue *queue)
{
    bool due = false;
    switch (queue->writer) {
    case AWAKE:
        break;
    case IDLE:
        due = queue->stopping || (queue->head && (queue->gathering.expected == 0 || has_gathered(queue)));
        break;
    case GATHERING:
        due = has_gathered(queue);
        break;
    }
    if (due)
        queue->writer = AWAKE;
    return due;
}

static void unlock_and_wake(struct commit_queue *queue)
{
    bool due = should_wake(queue);
    pthread_mutex_unlock(&queue->lock);
    if (due)
        sem_post(&queue->woken);
}

void commit_announce(struct commit_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->announced++;
    pthread_mutex_unlock(&queue->lock);
}

void commit_withdraw(struct commit_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->announced--;
    unlock_and_wake(queue);
}

/* Whether so much waits, or has waited for so long, that who comes now is better told so. With the lock held. */
static bool is_full(const struct commit_queue *queue, const struct commit_job *job)
{
    int64_t longest = queue->options.wait_max_us;
    if (!queue->head)
        return false;
    return queue->waiting + job->count > queue->options.capacity ||
           (longest > 0 && job->pushed_at - queue->head->pushed_at > longest);
}

int commit_push(struct commit_queue *queue, struct commit_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&queue->lock);
    job->pushed_at = clock_monotonic_us();
    bool full = queue->stopping || !atomic_load(&queue->healthy) || is_full(queue, job);
    if (!full) {
        *queue->tail = job;
        queue->tail = &job->next;
        queue->waiting += job->count;
    }
    queue->announced--;
    unlock_and_wake(queue);
    return full ? -1 : 0;
}

size_t commit_waiting(struct commit_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    size_t waiting = queue->waiting;
    pthread_mutex_unlock(&queue->lock);
    return waiting;
}

bool commit_is_healthy(struct commit_queue *queue)
{
    return atomic_load(&queue->healthy);
}

void commit_free(struct commit_queue *queue)
{
    if (!queue)
        return;
    close_store(queue);
    sem_destroy(&queue->woken);
    pthread_mutex_destroy(&queue->lock);
    mem_free(queue->batch);
    mem_free(queue);
}

static int prepare_locks(struct commit_queue *queue)
{
    if (sem_init(&queue->woken, 0, 0) != 0)
        return -1;
    if (pthread_mutex_init(&queue->lock, NULL) == 0)
        return 0;
    sem_destroy(&queue->woken);
    return -1;
}

struct commit_queue *commit_start(const struct commit_options *options, const struct ledger_shared *shared,
                                  struct error *error)
{
    struct commit_queue *queue = mem_calloc(1, sizeof *queue);
    if (!queue || prepare_locks(queue) < 0) {
        mem_free(queue);
        error_no_memory(error);
        return NULL;
    }
    queue->tail = &queue->head;
    queue->options = *options;
    queue->shared = *shared;
    atomic_init(&queue->healthy, true);
    if (open_store(queue, error) < 0) {
        commit_free(queue);
        return NULL;
    }
    if (pthread_create(&queue->thread, NULL, write_batches, queue) != 0) {
        error_set(error, ERROR_IO, "%s", T("a thread can't be started", "er kan geen thread gestart worden"));
        commit_free(queue);
        return NULL;
    }
    return queue;
}

void commit_stop(struct commit_queue *queue)
{
    if (!queue)
        return;
    pthread_mutex_lock(&queue->lock);
    queue->stopping = true;
    unlock_and_wake(queue);
    pthread_join(queue->thread, NULL);
    close_store(queue);
}
