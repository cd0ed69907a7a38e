/* The writer: jobs in, verdicts out, whoever pushes and whatever the store does. Nothing here waits longer than
 * PATIENCE_MS, and all of it by asking. */
#include "base/clock.h"
#include "base/file.h"
#include "collector/intake/look.h"
#include "tests/unit/capture.h"
#include "tests/unit/collector/intake/writer.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ACTIONS 36

TestSuite(commit, .init = writer_setup, .fini = writer_teardown, .timeout = 120);

/* When all is well. */

Test(commit, commits_a_lone_job)
{
    struct job job;
    writer_start(16);
    job_init(&job, 0, 0, 1);
    cr_assert_eq(job_push(&job), 0);
    job_assert_accepted(&job);
    cr_assert_eq(job.parcel.submission->index, WRITER_MEMBERS);
    cr_assert_not_null(job.parcel.submission->proofs);
    cr_assert_eq(writer_entries(), WRITER_MEMBERS + 1, "on disk before it is answered");
    cr_assert(commit_is_healthy(writer.queue));
    parcel_free(&job.parcel);
    writer_finish();
}

Test(commit, commits_a_job_of_many)
{
    struct parcel parcels[ACTIONS];
    struct submission *list[ACTIONS];
    struct job job = {.job = {.list = list, .count = ACTIONS, .done = job_note_done}};
    writer_start(2); /* larger than the queue, which is empty */
    struct catalogue *catalogue = catalogue_now(writer.kit.shared.catalogues);
    for (size_t i = 0; i < ACTIONS; i++) {
        parcel_respond(&parcels[i], &writer.kit, &writer.members[0], catalogue->actions->list[i].id, 1, KIT_ANSWERS);
        list[i] = parcels[i].submission;
    }
    cr_assert_eq(job_push(&job), 0);
    cr_assert(writer_await(job_is_done, &job));
    for (size_t i = 0; i < ACTIONS; i++)
        cr_assert(list[i]->verdict == VERDICT_ACCEPTED && list[i]->index == WRITER_MEMBERS + (int64_t)i);
    parcels_free(parcels, ACTIONS);
    catalogue_release(catalogue);
    writer_finish();
}

#define PER_THREAD ((size_t)3 * ACTIONS)
static struct job many[WRITER_MEMBERS][PER_THREAD];
static atomic_int turned_away;

/* One member's responses, in order; those turned away are pushed again, as clients do. */
static void *push_many(void *row)
{
    for (size_t i = 0; i < PER_THREAD; i++) {
        struct job *job = (struct job *)row + i;
        while (job_push(job) != 0) {
            atomic_fetch_add(&turned_away, 1);
            sched_yield();
        }
    }
    return NULL;
}

Test(commit, commits_each_job_of_several_threads_once)
{
    pthread_t threads[WRITER_MEMBERS];
    bool seen[WRITER_MEMBERS * PER_THREAD] = {false};
    writer_start(8);
    for (size_t m = 0; m < WRITER_MEMBERS; m++)
        for (size_t i = 0; i < PER_THREAD; i++)
            job_init(&many[m][i], m, i % ACTIONS, 1 + (int64_t)(i / ACTIONS));
    for (size_t m = 0; m < WRITER_MEMBERS; m++)
        cr_assert_eq(pthread_create(&threads[m], NULL, push_many, many[m]), 0);
    for (size_t m = 0; m < WRITER_MEMBERS; m++)
        pthread_join(threads[m], NULL);
    for (size_t m = 0; m < WRITER_MEMBERS; m++) {
        for (size_t i = 0; i < PER_THREAD; i++) {
            job_assert_accepted(&many[m][i]);
            int64_t place = many[m][i].parcel.submission->index - WRITER_MEMBERS;
            cr_assert(place >= 0 && place < (int64_t)(WRITER_MEMBERS * PER_THREAD) && !seen[place]);
            seen[place] = true;
            parcel_free(&many[m][i].parcel);
        }
    }
    writer_finish();
    cr_assert_eq(writer_entries(), WRITER_MEMBERS + (int64_t)(WRITER_MEMBERS * PER_THREAD));
}

/* The queue. */

Test(commit, turns_away_what_is_too_much)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct job jobs[5];
    writer_start(3);
    for (size_t i = 0; i < 5; i++)
        job_init(&jobs[i], 0, i, 1);
    jobs[0].gate = &gate;
    pthread_mutex_lock(&gate);
    cr_assert_eq(job_push(&jobs[0]), 0);
    cr_assert(writer_await(job_is_done, &jobs[0])); /* and now the writer stands before the gate */
    for (size_t i = 1; i < 4; i++)
        cr_assert_eq(job_push(&jobs[i]), 0);
    cr_assert_eq(job_push(&jobs[4]), -1);
    pthread_mutex_unlock(&gate);
    for (size_t i = 0; i < 4; i++)
        job_assert_accepted(&jobs[i]);
    cr_assert_not(job_is_done(&jobs[4]));
    cr_assert_eq(job_push(&jobs[4]), 0, "there is room again");
    job_assert_accepted(&jobs[4]);
    writer_finish();
    for (size_t i = 0; i < 5; i++)
        parcel_free(&jobs[i].parcel);
}

Test(commit, turns_away_where_one_has_waited_too_long)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct job jobs[2], *probes = calloc(WRITER_PATIENCE_MS, sizeof *probes);
    struct error error = {0};
    writer.queue = commit_start(&(struct commit_options){.dsn = writer.dsn, .capacity = SIZE_MAX, .wait_max_us = 20000},
                                &writer.kit.shared, &error);
    cr_assert_not_null(writer.queue, "%s", error.text);
    for (size_t i = 0; i < 2; i++)
        job_init(&jobs[i], 0, i, 1);
    jobs[0].gate = &gate;
    pthread_mutex_lock(&gate);
    cr_assert_eq(job_push(&jobs[0]), 0);
    cr_assert(writer_await(job_is_done, &jobs[0])); /* and now the writer stands before the gate */
    cr_assert_eq(job_push(&jobs[1]), 0);
    size_t count = 0;
    do {
        job_init(&probes[count], 1, 0, (int64_t)count + 1);
        clock_sleep_ms(1);
    } while (job_push(&probes[count++]) == 0 && count < WRITER_PATIENCE_MS);
    cr_assert_lt(count, WRITER_PATIENCE_MS, "none was turned away");
    pthread_mutex_unlock(&gate);
    job_assert_accepted(&jobs[1]);
    for (size_t i = 0; i + 1 < count; i++)
        job_assert_accepted(&probes[i]);
    cr_assert_eq(job_push(&probes[count - 1]), 0, "it moves again");
    job_assert_accepted(&probes[count - 1]);
    writer_finish();
    for (size_t i = 0; i < 2; i++)
        parcel_free(&jobs[i].parcel);
    for (size_t i = 0; i < count; i++)
        parcel_free(&probes[i].parcel);
    free(probes);
}

static void *stop(void *unused)
{
    commit_stop(writer.queue);
    return unused;
}

/* Pushes probes until one is turned away: the queue is being stopped. */
static bool is_stopping(void *probe)
{
    return job_push(probe) != 0;
}

Test(commit, commits_what_waits_when_stopped)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t stopper;
    struct job jobs[4];
    struct job late = {.job = {.count = 0, .done = job_note_done}};
    writer_start(1000000);
    for (size_t i = 0; i < 4; i++)
        job_init(&jobs[i], 0, i, 1);
    jobs[0].gate = &gate;
    pthread_mutex_lock(&gate);
    cr_assert_eq(job_push(&jobs[0]), 0);
    cr_assert(writer_await(job_is_done, &jobs[0]));
    for (size_t i = 1; i < 4; i++)
        cr_assert_eq(job_push(&jobs[i]), 0);
    cr_assert_eq(pthread_create(&stopper, NULL, stop, NULL), 0);
    pthread_mutex_unlock(&gate);
    pthread_join(stopper, NULL);
    for (size_t i = 0; i < 4; i++) {
        cr_assert(job_is_done(&jobs[i]), "job %zu", i);
        cr_assert_eq(jobs[i].parcel.submission->verdict, VERDICT_ACCEPTED);
        parcel_free(&jobs[i].parcel);
    }
    cr_assert(is_stopping(&late));
    commit_free(writer.queue);
    cr_assert_eq(writer_entries(), WRITER_MEMBERS + 4);
}

Test(commit, stops_with_nothing_to_do)
{
    writer_start(4);
    writer_finish();
    commit_stop(NULL);
    commit_free(NULL);
}

/* Administrators. */

static bool is_revoked(void *unused)
{
    struct roster_member found;
    (void)unused;
    return roster_find(writer.kit.shared.roster, writer.members[1].kid, &found) && found.revoked;
}

Test(commit, notices_what_administrators_change_while_idle)
{
    writer_start(4);
    struct store *store = kit_store_open(writer.dsn);
    cr_assert_not(is_revoked(NULL));
    cr_assert_eq(store_member_revoke(store, 2, KIT_NOW), STORE_OK);
    store_close(store);
    int64_t began = clock_monotonic_us();
    cr_assert(writer_await(is_revoked, NULL));
    cr_assert_lt(clock_monotonic_us() - began, 5000000);
    writer_finish();
}

/* Long before an idle writer would have. */
Test(commit, looks_at_once_at_what_others_have_changed)
{
    writer_start(4);
    struct store *store = kit_store_open(writer.dsn);
    for (int64_t when = KIT_NOW; when >= 0; when -= KIT_NOW) {
        cr_assert_eq(store_member_revoke(store, 2, when), STORE_OK);
        cr_assert_eq(look_wait(writer.queue), 0);
        cr_assert_eq(is_revoked(NULL), when > 0);
    }
    store_close(store);
    writer_finish();
}
