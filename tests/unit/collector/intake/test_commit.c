/* The writer: jobs in, verdicts out, whoever pushes and whatever the store does. Nothing here waits longer than
 * PATIENCE_MS, and all of it by asking. */
#include "base/clock.h"
#include "base/file.h"
#include "collector/intake/look.h"
#include "tests/unit/capture.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS 20000
#define MEMBERS 4
#define ACTIONS 36

static struct kit kit; /* its own store is another one: here the queue has the store */
static struct kit_member members[MEMBERS];
static struct commit_queue *queue;
static char dsn[300], folder[280];

static void start(size_t capacity)
{
    struct error error = {0};
    queue = commit_start(&(struct commit_options){.dsn = dsn, .capacity = capacity}, &kit.shared, &error);
    cr_assert_not_null(queue, "%s", error.text);
}

static void finish(void)
{
    commit_stop(queue);
    commit_free(queue);
    queue = NULL;
}

static void setup(void)
{
    kit_begin();
    snprintf(folder, sizeof folder, "%s", kit_path("store"));
    snprintf(dsn, sizeof dsn, "sqlite:%s/panel.db", folder);
    cr_assert_eq(file_make_folder(folder, 0777), 0);
    kit_open(&kit, kit_store_new(dsn));
    kit_start(&kit);
    kit_join(&kit, members, MEMBERS, 1);
    ledger_free(kit.ledger);
    store_close(kit.store);
    kit.ledger = NULL;
    kit.store = kit_store_open(kit_dsn(NULL));
}

static void teardown(void)
{
    for (size_t i = 0; i < MEMBERS; i++)
        kit_member_wipe(&members[i]);
    kit_close(&kit);
    kit_end();
}

TestSuite(commit, .init = setup, .fini = teardown, .timeout = 120);

/* Jobs. */

struct job {
    struct commit_job job;
    struct parcel parcel;
    struct submission *list[1];
    atomic_bool done;
    pthread_mutex_t *gate; /* NULL, or what holds up the writer in `done` */
};

static void mark_done(struct commit_job *commit_job)
{
    struct job *job = (struct job *)commit_job;
    atomic_store(&job->done, true);
    if (job->gate) {
        pthread_mutex_lock(job->gate);
        pthread_mutex_unlock(job->gate);
    }
}

/* A response of that member to that action. */
static void job_init(struct job *job, size_t member, size_t action, int64_t revision)
{
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    *job = (struct job){.job = {.list = job->list, .count = 1, .done = mark_done}};
    parcel_respond(&job->parcel, &kit, &members[member], catalogue->actions->list[action].id, revision, KIT_ANSWERS);
    job->list[0] = job->parcel.submission;
    catalogue_release(catalogue);
}

static int push(struct job *job)
{
    return commit_push(queue, &job->job);
}

static bool is_done(void *job)
{
    return atomic_load(&((struct job *)job)->done);
}

static bool is_healthy(void *unused)
{
    (void)unused;
    return commit_is_healthy(queue);
}

static bool is_unhealthy(void *unused)
{
    return !is_healthy(unused);
}

/* Asks until the answer is yes. */
static bool await(bool (*question)(void *), void *context)
{
    int64_t end = clock_monotonic_us() + PATIENCE_MS * 1000;
    while (!question(context)) {
        if (clock_monotonic_us() > end)
            return false;
        clock_sleep_ms(1);
    }
    return true;
}

static void assert_accepted(struct job *job)
{
    cr_assert(await(is_done, job));
    cr_assert_eq(job->parcel.submission->verdict, VERDICT_ACCEPTED, "verdict %d", job->parcel.submission->verdict);
}

static int64_t entries_now(void)
{
    struct store *store = kit_store_open(dsn);
    int64_t count = kit_entries(store);
    store_close(store);
    return count;
}

/* When all is well. */

Test(commit, commits_a_lone_job)
{
    struct job job;
    start(16);
    job_init(&job, 0, 0, 1);
    cr_assert_eq(push(&job), 0);
    assert_accepted(&job);
    cr_assert_eq(job.parcel.submission->index, MEMBERS);
    cr_assert_not_null(job.parcel.submission->proofs);
    cr_assert_eq(entries_now(), MEMBERS + 1, "on disk before it is answered");
    cr_assert(commit_is_healthy(queue));
    parcel_free(&job.parcel);
    finish();
}

Test(commit, commits_a_job_of_many)
{
    struct parcel parcels[ACTIONS];
    struct submission *list[ACTIONS];
    struct job job = {.job = {.list = list, .count = ACTIONS, .done = mark_done}};
    start(2); /* larger than the queue, which is empty */
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    for (size_t i = 0; i < ACTIONS; i++) {
        parcel_respond(&parcels[i], &kit, &members[0], catalogue->actions->list[i].id, 1, KIT_ANSWERS);
        list[i] = parcels[i].submission;
    }
    cr_assert_eq(push(&job), 0);
    cr_assert(await(is_done, &job));
    for (size_t i = 0; i < ACTIONS; i++)
        cr_assert(list[i]->verdict == VERDICT_ACCEPTED && list[i]->index == MEMBERS + (int64_t)i);
    parcels_free(parcels, ACTIONS);
    catalogue_release(catalogue);
    finish();
}

#define PER_THREAD ((size_t)3 * ACTIONS)
static struct job many[MEMBERS][PER_THREAD];
static atomic_int turned_away;

/* One member's responses, in order; those turned away are pushed again, as clients do. */
static void *push_many(void *row)
{
    for (size_t i = 0; i < PER_THREAD; i++) {
        struct job *job = (struct job *)row + i;
        while (push(job) != 0) {
            atomic_fetch_add(&turned_away, 1);
            sched_yield();
        }
    }
    return NULL;
}

Test(commit, commits_each_job_of_several_threads_once)
{
    pthread_t threads[MEMBERS];
    bool seen[MEMBERS * PER_THREAD] = {false};
    start(8);
    for (size_t m = 0; m < MEMBERS; m++)
        for (size_t i = 0; i < PER_THREAD; i++)
            job_init(&many[m][i], m, i % ACTIONS, 1 + (int64_t)(i / ACTIONS));
    for (size_t m = 0; m < MEMBERS; m++)
        cr_assert_eq(pthread_create(&threads[m], NULL, push_many, many[m]), 0);
    for (size_t m = 0; m < MEMBERS; m++)
        pthread_join(threads[m], NULL);
    for (size_t m = 0; m < MEMBERS; m++) {
        for (size_t i = 0; i < PER_THREAD; i++) {
            assert_accepted(&many[m][i]);
            int64_t place = many[m][i].parcel.submission->index - MEMBERS;
            cr_assert(place >= 0 && place < (int64_t)(MEMBERS * PER_THREAD) && !seen[place]);
            seen[place] = true;
            parcel_free(&many[m][i].parcel);
        }
    }
    finish();
    cr_assert_eq(entries_now(), MEMBERS + (int64_t)(MEMBERS * PER_THREAD));
}

/* The queue. */

Test(commit, turns_away_what_is_too_much)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct job jobs[5];
    start(3);
    for (size_t i = 0; i < 5; i++)
        job_init(&jobs[i], 0, i, 1);
    jobs[0].gate = &gate;
    pthread_mutex_lock(&gate);
    cr_assert_eq(push(&jobs[0]), 0);
    cr_assert(await(is_done, &jobs[0])); /* and now the writer stands before the gate */
    for (size_t i = 1; i < 4; i++)
        cr_assert_eq(push(&jobs[i]), 0);
    cr_assert_eq(push(&jobs[4]), -1);
    pthread_mutex_unlock(&gate);
    for (size_t i = 0; i < 4; i++)
        assert_accepted(&jobs[i]);
    cr_assert_not(is_done(&jobs[4]));
    cr_assert_eq(push(&jobs[4]), 0, "there is room again");
    assert_accepted(&jobs[4]);
    finish();
    for (size_t i = 0; i < 5; i++)
        parcel_free(&jobs[i].parcel);
}

Test(commit, turns_away_where_one_has_waited_too_long)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct job jobs[2], *probes = calloc(PATIENCE_MS, sizeof *probes);
    struct error error = {0};
    queue = commit_start(&(struct commit_options){.dsn = dsn, .capacity = SIZE_MAX, .wait_max_us = 20000}, &kit.shared,
                         &error);
    cr_assert_not_null(queue, "%s", error.text);
    for (size_t i = 0; i < 2; i++)
        job_init(&jobs[i], 0, i, 1);
    jobs[0].gate = &gate;
    pthread_mutex_lock(&gate);
    cr_assert_eq(push(&jobs[0]), 0);
    cr_assert(await(is_done, &jobs[0])); /* and now the writer stands before the gate */
    cr_assert_eq(push(&jobs[1]), 0);
    size_t count = 0;
    do {
        job_init(&probes[count], 1, 0, (int64_t)count + 1);
        clock_sleep_ms(1);
    } while (push(&probes[count++]) == 0 && count < PATIENCE_MS);
    cr_assert_lt(count, PATIENCE_MS, "none was turned away");
    pthread_mutex_unlock(&gate);
    assert_accepted(&jobs[1]);
    for (size_t i = 0; i + 1 < count; i++)
        assert_accepted(&probes[i]);
    cr_assert_eq(push(&probes[count - 1]), 0, "it moves again");
    assert_accepted(&probes[count - 1]);
    finish();
    for (size_t i = 0; i < 2; i++)
        parcel_free(&jobs[i].parcel);
    for (size_t i = 0; i < count; i++)
        parcel_free(&probes[i].parcel);
    free(probes);
}

static void *stop(void *unused)
{
    commit_stop(queue);
    return unused;
}

/* Pushes probes until one is turned away: the queue is being stopped. */
static bool is_stopping(void *probe)
{
    return push(probe) != 0;
}

Test(commit, commits_what_waits_when_stopped)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t stopper;
    struct job jobs[4];
    struct job late = {.job = {.count = 0, .done = mark_done}};
    start(1000000);
    for (size_t i = 0; i < 4; i++)
        job_init(&jobs[i], 0, i, 1);
    jobs[0].gate = &gate;
    pthread_mutex_lock(&gate);
    cr_assert_eq(push(&jobs[0]), 0);
    cr_assert(await(is_done, &jobs[0]));
    for (size_t i = 1; i < 4; i++)
        cr_assert_eq(push(&jobs[i]), 0);
    cr_assert_eq(pthread_create(&stopper, NULL, stop, NULL), 0);
    pthread_mutex_unlock(&gate);
    pthread_join(stopper, NULL);
    for (size_t i = 0; i < 4; i++) {
        cr_assert(is_done(&jobs[i]), "job %zu", i);
        cr_assert_eq(jobs[i].parcel.submission->verdict, VERDICT_ACCEPTED);
        parcel_free(&jobs[i].parcel);
    }
    cr_assert(is_stopping(&late));
    commit_free(queue);
    cr_assert_eq(entries_now(), MEMBERS + 4);
}

Test(commit, stops_with_nothing_to_do)
{
    start(4);
    finish();
    commit_stop(NULL);
    commit_free(NULL);
}

/* Administrators. */

static bool is_revoked(void *unused)
{
    struct roster_member found;
    (void)unused;
    return roster_find(kit.shared.roster, members[1].kid, &found) && found.revoked;
}

Test(commit, notices_what_administrators_change_while_idle)
{
    start(4);
    struct store *store = kit_store_open(dsn);
    cr_assert_not(is_revoked(NULL));
    cr_assert_eq(store_member_revoke(store, 2, KIT_NOW), STORE_OK);
    store_close(store);
    int64_t began = clock_monotonic_us();
    cr_assert(await(is_revoked, NULL));
    cr_assert_lt(clock_monotonic_us() - began, 5000000);
    finish();
}

/* Long before an idle writer would have. */
Test(commit, looks_at_once_at_what_others_have_changed)
{
    start(4);
    struct store *store = kit_store_open(dsn);
    for (int64_t when = KIT_NOW; when >= 0; when -= KIT_NOW) {
        cr_assert_eq(store_member_revoke(store, 2, when), STORE_OK);
        cr_assert_eq(look_wait(queue), 0);
        cr_assert_eq(is_revoked(NULL), when > 0);
    }
    store_close(store);
    finish();
}

/* When the store does not work. */

/* The writer sees it by itself, or by a job that it then turns away. */
static void break_store(void)
{
    store_raw_run(dsn, "ALTER TABLE entry RENAME TO elsewhere");
    cr_assert(await(is_unhealthy, NULL));
}

static void mend_store(void)
{
    store_raw_run(dsn, "ALTER TABLE elsewhere RENAME TO entry");
    cr_assert(await(is_healthy, NULL));
}

Test(commit, turns_away_while_the_store_does_not_work_and_recovers)
{
    struct job refused, accepted;
    start(16);
    job_init(&refused, 0, 0, 1);
    capture_begin(2);
    break_store();
    cr_assert_eq(push(&refused), -1);
    cr_assert_not(is_done(&refused));
    cr_assert_eq(look_wait(queue), -1, "nor is there anything to see");
    mend_store();
    cr_assert_not_null(strstr(capture_end(2), "no such table"));
    job_init(&accepted, 0, 0, 1);
    cr_assert_eq(push(&accepted), 0);
    assert_accepted(&accepted);
    cr_assert_eq(accepted.parcel.submission->index, MEMBERS);
    finish();
    parcel_free(&refused.parcel);
    parcel_free(&accepted.parcel);
}

Test(commit, answers_the_job_on_which_the_store_fails)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct job first, second;
    start(16);
    job_init(&first, 0, 0, 1);
    job_init(&second, 0, 1, 1);
    first.gate = &gate;
    pthread_mutex_lock(&gate);
    cr_assert_eq(push(&first), 0);
    cr_assert(await(is_done, &first));
    cr_assert_eq(push(&second), 0);
    capture_begin(2);
    store_raw_run(dsn, "ALTER TABLE entry RENAME TO elsewhere");
    pthread_mutex_unlock(&gate);
    cr_assert(await(is_done, &second));
    cr_assert_eq(second.parcel.submission->verdict, VERDICT_UNAVAILABLE);
    cr_assert(await(is_unhealthy, NULL));
    mend_store();
    (void)capture_end(2);
    finish();
    cr_assert_eq(entries_now(), MEMBERS + 1);
    parcel_free(&first.parcel);
    parcel_free(&second.parcel);
}

/* What failed once may have passed by the time that it is told: then nobody else is turned away for it. */
Test(commit, opens_the_store_again_right_after_a_batch_that_failed)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct job first, second;
    start(16);
    job_init(&first, 0, 0, 1);
    job_init(&second, 0, 1, 1);
    second.gate = &gate;
    cr_assert_eq(push(&first), 0);
    assert_accepted(&first);
    pthread_mutex_lock(&gate);
    capture_begin(2);
    store_raw_run(dsn, "ALTER TABLE entry RENAME TO elsewhere");
    cr_assert_eq(push(&second), 0);
    cr_assert(await(is_done, &second));
    cr_assert_eq(second.parcel.submission->verdict, VERDICT_UNAVAILABLE);
    store_raw_run(dsn, "ALTER TABLE elsewhere RENAME TO entry");
    pthread_mutex_unlock(&gate);
    commit_stop(queue);
    cr_assert(is_healthy(NULL));
    cr_assert_not_null(strstr(capture_end(2), "opened again, a log of size 5"));
    commit_free(queue);
    parcel_free(&first.parcel);
    parcel_free(&second.parcel);
}

/* Whether the writer has said this by now. */
static bool has_said(void *words)
{
    char text[8192];
    ssize_t len = pread(STDERR_FILENO, text, sizeof text - 1, 0);
    text[len > 0 ? len : 0] = '\0';
    return strstr(text, words) != NULL;
}

Test(commit, takes_nothing_else_for_the_store_and_recovers_when_it_is_put_back)
{
    char away[300];
    const char *path = dsn + strlen("sqlite:");
    static const char garbage[600] = "this is no database";
    snprintf(away, sizeof away, "%s-away", folder);
    start(16);
    capture_begin(2);
    break_store();
    cr_assert_eq(rename(folder, away), 0);
    cr_assert(await(has_said, (void *)(uintptr_t) "there is no store here"));
    cr_assert_eq(file_make_folder(folder, 0777), 0);
    cr_assert_eq(file_write(path, garbage, sizeof garbage, 0600), 0);
    cr_assert(await(has_said, (void *)(uintptr_t) "no burgerpanel store"));
    cr_assert(is_unhealthy(NULL));
    cr_assert_eq(file_remove(path), 0);
    cr_assert_eq(remove(folder), 0);
    cr_assert_eq(rename(away, folder), 0);
    mend_store();
    (void)capture_end(2);
    finish();
    cr_assert_eq(entries_now(), MEMBERS);
}

/* Starting. */

Test(commit, can_not_start_without_a_store)
{
    struct error error = {0};
    cr_assert_null(commit_start(&(struct commit_options){.dsn = "sqlite:build/there/is/none.db"}, &kit.shared, &error));
    cr_assert_neq(error.text[0], '\0');
    struct store *empty = kit_store_open(kit_dsn(NULL));
    store_close(empty);
    cr_assert_null(commit_start(&(struct commit_options){.dsn = kit_dsn(NULL)}, &kit.shared, &error));
    cr_assert_not_null(strstr(error.text, "no panel has been imported"));
}
