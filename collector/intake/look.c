/* Knows no store: what looking comes to is the ledger's (ledger_look). */
#include "collector/intake/look.h"
#include <semaphore.h>

int look_begin(struct commit_queue *queue, struct commit_job *job)
{
    job->list = NULL;
    job->count = 0;
    commit_announce(queue);
    return commit_push(queue, job);
}

static void end_look(struct commit_job *job)
{
    sem_post(job->context);
}

int look_wait(struct commit_queue *queue)
{
    sem_t ended;
    struct commit_job job = {.done = end_look, .context = &ended};
    if (sem_init(&ended, 0, 0) != 0)
        return -1;
    bool taken = look_begin(queue, &job) == 0;
    while (taken && sem_wait(&ended) != 0)
        ; /* a signal: on */
    sem_destroy(&ended);
    return taken && job.committed ? 0 : -1;
}
