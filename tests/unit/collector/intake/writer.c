/* A writer on a store of its own, jobs for it, and asking until something is so; see writer.h for what each gives. */
#include "tests/unit/collector/intake/writer.h"
#include "base/clock.h"
#include "base/file.h"
#include <criterion/criterion.h>
#include <stdio.h>

struct writer writer;

void writer_start(size_t capacity)
{
    struct error error = {0};
    writer.queue =
        commit_start(&(struct commit_options){.dsn = writer.dsn, .capacity = capacity}, &writer.kit.shared, &error);
    cr_assert_not_null(writer.queue, "%s", error.text);
}

void writer_finish(void)
{
    commit_stop(writer.queue);
    commit_free(writer.queue);
    writer.queue = NULL;
}

void writer_setup(void)
{
    kit_begin();
    snprintf(writer.folder, sizeof writer.folder, "%s", kit_path("store"));
    snprintf(writer.dsn, sizeof writer.dsn, "sqlite:%s/panel.db", writer.folder);
    cr_assert_eq(file_make_folder(writer.folder), 0);
    kit_open(&writer.kit, kit_store_new(writer.dsn));
    kit_start(&writer.kit);
    kit_join(&writer.kit, writer.members, WRITER_MEMBERS, 1);
    ledger_free(writer.kit.ledger);
    store_close(writer.kit.store);
    writer.kit.ledger = NULL;
    writer.kit.store = kit_store_open(kit_dsn(NULL));
}

void writer_teardown(void)
{
    for (size_t i = 0; i < WRITER_MEMBERS; i++)
        kit_member_wipe(&writer.members[i]);
    kit_close(&writer.kit);
    kit_end();
}

/* Jobs. */

void job_note_done(struct commit_job *commit_job)
{
    struct job *job = (struct job *)commit_job;
    atomic_store(&job->done, true);
    if (job->gate) {
        pthread_mutex_lock(job->gate);
        pthread_mutex_unlock(job->gate);
    }
}

/* A response of that member to that action. */
void job_init(struct job *job, size_t member, size_t action, int64_t revision)
{
    struct catalogue *catalogue = catalogue_now(writer.kit.shared.catalogues);
    *job = (struct job){.job = {.list = job->list, .count = 1, .done = job_note_done}};
    parcel_respond(&job->parcel, &writer.kit, &writer.members[member], catalogue->actions->list[action].id, revision,
                   KIT_ANSWERS);
    job->list[0] = job->parcel.submission;
    catalogue_release(catalogue);
}

int job_push(struct job *job)
{
    return commit_push(writer.queue, &job->job);
}

bool job_is_done(void *job)
{
    return atomic_load(&((struct job *)job)->done);
}

bool writer_is_healthy(void *unused)
{
    (void)unused;
    return commit_is_healthy(writer.queue);
}

bool writer_is_unhealthy(void *unused)
{
    return !writer_is_healthy(unused);
}

/* Asks until the answer is yes. */
bool writer_await(bool (*question)(void *), void *context)
{
    int64_t end = clock_monotonic_us() + WRITER_PATIENCE_MS * 1000;
    while (!question(context)) {
        if (clock_monotonic_us() > end)
            return false;
        clock_sleep_ms(1);
    }
    return true;
}

void job_assert_accepted(struct job *job)
{
    cr_assert(writer_await(job_is_done, job));
    cr_assert_eq(job->parcel.submission->verdict, VERDICT_ACCEPTED, "verdict %d", job->parcel.submission->verdict);
}

int64_t writer_entries(void)
{
    struct store *store = kit_store_open(writer.dsn);
    int64_t count = kit_entries(store);
    store_close(store);
    return count;
}
