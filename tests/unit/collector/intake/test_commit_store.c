/* The writer where its store fails: who is turned away, and when it is opened again. */
#include "base/file.h"
#include "collector/intake/look.h"
#include "tests/unit/capture.h"
#include "tests/unit/collector/intake/writer.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

TestSuite(commit_store, .init = writer_setup, .fini = writer_teardown, .timeout = 120);

/* The writer sees it by itself, or by a job that it then turns away. */
static void break_store(void)
{
    store_raw_run(writer.dsn, "ALTER TABLE entry RENAME TO elsewhere");
    cr_assert(writer_await(writer_is_unhealthy, NULL));
}

static void mend_store(void)
{
    store_raw_run(writer.dsn, "ALTER TABLE elsewhere RENAME TO entry");
    cr_assert(writer_await(writer_is_healthy, NULL));
}

Test(commit_store, turns_away_while_the_store_does_not_work_and_recovers)
{
    struct job refused, accepted;
    writer_start(16);
    job_init(&refused, 0, 0, 1);
    capture_begin(2);
    break_store();
    cr_assert_eq(job_push(&refused), -1);
    cr_assert_not(job_is_done(&refused));
    cr_assert_eq(look_wait(writer.queue), -1, "nor is there anything to see");
    mend_store();
    cr_assert_not_null(strstr(capture_end(2), "no such table"));
    job_init(&accepted, 0, 0, 1);
    cr_assert_eq(job_push(&accepted), 0);
    job_assert_accepted(&accepted);
    cr_assert_eq(accepted.parcel.submission->index, WRITER_MEMBERS);
    writer_finish();
    parcel_free(&refused.parcel);
    parcel_free(&accepted.parcel);
}

Test(commit_store, answers_the_job_on_which_the_store_fails)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct job first, second;
    writer_start(16);
    job_init(&first, 0, 0, 1);
    job_init(&second, 0, 1, 1);
    first.gate = &gate;
    pthread_mutex_lock(&gate);
    cr_assert_eq(job_push(&first), 0);
    cr_assert(writer_await(job_is_done, &first));
    cr_assert_eq(job_push(&second), 0);
    capture_begin(2);
    store_raw_run(writer.dsn, "ALTER TABLE entry RENAME TO elsewhere");
    pthread_mutex_unlock(&gate);
    cr_assert(writer_await(job_is_done, &second));
    cr_assert_eq(second.parcel.submission->verdict, VERDICT_UNAVAILABLE);
    cr_assert(writer_await(writer_is_unhealthy, NULL));
    mend_store();
    (void)capture_end(2);
    writer_finish();
    cr_assert_eq(writer_entries(), WRITER_MEMBERS + 1);
    parcel_free(&first.parcel);
    parcel_free(&second.parcel);
}

/* What failed once may have passed by the time that it is told: then nobody else is turned away for it. */
Test(commit_store, opens_the_store_again_right_after_a_batch_that_failed)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct job first, second;
    writer_start(16);
    job_init(&first, 0, 0, 1);
    job_init(&second, 0, 1, 1);
    second.gate = &gate;
    cr_assert_eq(job_push(&first), 0);
    job_assert_accepted(&first);
    pthread_mutex_lock(&gate);
    capture_begin(2);
    store_raw_run(writer.dsn, "ALTER TABLE entry RENAME TO elsewhere");
    cr_assert_eq(job_push(&second), 0);
    cr_assert(writer_await(job_is_done, &second));
    cr_assert_eq(second.parcel.submission->verdict, VERDICT_UNAVAILABLE);
    store_raw_run(writer.dsn, "ALTER TABLE elsewhere RENAME TO entry");
    pthread_mutex_unlock(&gate);
    commit_stop(writer.queue);
    cr_assert(writer_is_healthy(NULL));
    cr_assert_not_null(strstr(capture_end(2), "opened again, a log of size 5"));
    commit_free(writer.queue);
    parcel_free(&first.parcel);
    parcel_free(&second.parcel);
}

#define LARGE 4096 /* submissions that are a batch by themselves */

/* Only the opening anew settles what the failed sync was about: before it nothing that waited is taken either. */
Test(commit_store, takes_nothing_that_waits_while_the_store_is_not_well)
{
    static struct submission *list[LARGE];
    pthread_mutex_t first_gate = PTHREAD_MUTEX_INITIALIZER, second_gate = PTHREAD_MUTEX_INITIALIZER;
    struct job first, failed, large, waiting;
    struct job *jobs[] = {&first, &failed, &large, &waiting};
    writer_start((size_t)2 * LARGE);
    for (size_t i = 0; i < 4; i++)
        job_init(jobs[i], 0, i, 1);
    for (size_t i = 0; i < LARGE; i++)
        list[i] = large.parcel.submission;
    large.job.list = list;
    large.job.count = LARGE;
    first.gate = &first_gate;
    large.gate = &second_gate;
    pthread_mutex_lock(&first_gate);
    pthread_mutex_lock(&second_gate);
    cr_assert_eq(job_push(&first), 0);
    cr_assert(writer_await(job_is_done, &first));
    for (size_t i = 1; i < 4; i++)
        cr_assert_eq(job_push(jobs[i]), 0);
    capture_begin(2);
    store_raw_run(writer.dsn, "CREATE TRIGGER of_a_test BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'no'); END");
    pthread_mutex_unlock(&first_gate);
    cr_assert(writer_await(job_is_done, &large));
    store_raw_run(writer.dsn, "DROP TRIGGER of_a_test");
    pthread_mutex_unlock(&second_gate);
    cr_assert(writer_await(job_is_done, &waiting));
    cr_assert_eq(failed.parcel.submission->verdict, VERDICT_UNAVAILABLE);
    cr_assert_eq(waiting.parcel.submission->verdict, VERDICT_UNAVAILABLE);
    cr_assert(writer_await(writer_is_healthy, NULL));
    (void)capture_end(2);
    writer_finish();
    cr_assert_eq(writer_entries(), WRITER_MEMBERS + 1);
    for (size_t i = 0; i < 4; i++)
        parcel_free(&jobs[i]->parcel);
}

/* The opening may take as long as others do who are asked on the way. */
Test(commit_store, tells_those_behind_a_batch_that_failed_before_it_opens_the_store_again)
{
    static struct submission *list[LARGE];
    pthread_mutex_t gates[3] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
    struct job jobs[3]; /* one that is taken, one that fails, one behind it */
    writer_start((size_t)2 * LARGE);
    for (size_t i = 0; i < 3; i++) {
        job_init(&jobs[i], 0, i, 1);
        jobs[i].gate = &gates[i];
        pthread_mutex_lock(&gates[i]);
    }
    for (size_t i = 0; i < LARGE; i++)
        list[i] = jobs[1].parcel.submission;
    jobs[1].job.list = list;
    jobs[1].job.count = LARGE;
    cr_assert_eq(job_push(&jobs[0]), 0);
    cr_assert(writer_await(job_is_done, &jobs[0]));
    cr_assert(job_push(&jobs[1]) == 0 && job_push(&jobs[2]) == 0);
    capture_begin(2);
    store_raw_run(writer.dsn, "CREATE TRIGGER of_a_test BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'no'); END");
    pthread_mutex_unlock(&gates[0]);
    cr_assert(writer_await(job_is_done, &jobs[1]));
    store_raw_run(writer.dsn, "DROP TRIGGER of_a_test");
    pthread_mutex_unlock(&gates[1]);
    cr_assert(writer_await(job_is_done, &jobs[2]));
    cr_assert_eq(jobs[2].parcel.submission->verdict, VERDICT_UNAVAILABLE);
    cr_assert(writer_is_unhealthy(NULL), "it stands before the last gate, and has opened nothing yet");
    cr_assert_eq(commit_waiting(writer.queue), 0);
    pthread_mutex_unlock(&gates[2]);
    cr_assert(writer_await(writer_is_healthy, NULL));
    (void)capture_end(2);
    writer_finish();
    cr_assert_eq(writer_entries(), WRITER_MEMBERS + 1);
    for (size_t i = 0; i < 3; i++)
        parcel_free(&jobs[i].parcel);
}

/* Whether the writer has said this by now. */
static bool has_said(void *words)
{
    char text[8192];
    ssize_t len = pread(STDERR_FILENO, text, sizeof text - 1, 0);
    text[len > 0 ? len : 0] = '\0';
    return strstr(text, words) != NULL;
}

Test(commit_store, takes_nothing_else_for_the_store_and_recovers_when_it_is_put_back)
{
    char away[300];
    const char *path = writer.dsn + strlen("sqlite:");
    static const char garbage[600] = "this is no database";
    snprintf(away, sizeof away, "%s-away", writer.folder);
    writer_start(16);
    capture_begin(2);
    break_store();
    cr_assert_eq(rename(writer.folder, away), 0);
    cr_assert(writer_await(has_said, (void *)(uintptr_t) "there is no store here"));
    cr_assert_eq(file_make_folder(writer.folder), 0);
    cr_assert_eq(file_write(path, garbage, sizeof garbage), 0);
    cr_assert(writer_await(has_said, (void *)(uintptr_t) "no burgerpanel store"));
    cr_assert(writer_is_unhealthy(NULL));
    cr_assert_eq(file_remove(path), 0);
    cr_assert_eq(remove(writer.folder), 0);
    cr_assert_eq(rename(away, writer.folder), 0);
    mend_store();
    (void)capture_end(2);
    writer_finish();
    cr_assert_eq(writer_entries(), WRITER_MEMBERS);
}

/* Starting. */

Test(commit_store, can_not_start_without_a_store)
{
    struct error error = {0};
    cr_assert_null(
        commit_start(&(struct commit_options){.dsn = "sqlite:build/there/is/none.db"}, &writer.kit.shared, &error));
    cr_assert_neq(error.text[0], '\0');
    struct store *empty = kit_store_open(kit_dsn(NULL));
    store_close(empty);
    cr_assert_null(commit_start(&(struct commit_options){.dsn = kit_dsn(NULL)}, &writer.kit.shared, &error));
    cr_assert_not_null(strstr(error.text, "no panel has been imported"));
}
