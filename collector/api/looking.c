/* A job without submissions goes through the writer's queue; its exchange waits for it. */
#include "collector/api/looking.h"
#include "base/mem.h"
#include "collector/api/shared.h"
#include "collector/intake/look.h"
#include "crypto/line.h"
#include <string.h>

struct looking {
    struct commit_job job;
    struct http_exchange *exchange;
    api_look_fn *answer;
};

bool api_has_others(const struct service *service)
{
    return store_is_remote(service->config->values[CONFIG_STORE]);
}

bool api_may_be_outdated(enum problem problem)
{
    return problem == PROBLEM_NOT_VERIFIED || problem == PROBLEM_STALE_CONTEXT || problem == PROBLEM_INVALID_RESPONSE ||
           problem == PROBLEM_TOO_LARGE; /* for these questions */
}

static void release_looking(void *attachment)
{
    mem_free(attachment);
}

static void resume_looking(struct commit_job *job)
{
    const struct looking *looking = job->context;
    http_resume(looking->exchange);
}

/* The exchange is free for what the answer attaches to it, or puts it aside for. */
static void end_looking(struct http_exchange *x, void *context)
{
    struct looking *looking = http_attachment(x);
    api_look_fn *answer = looking->answer;
    bool seen = looking->job.committed;
    http_attach(x, NULL, NULL); /* which frees it */
    answer(x, context, seen);
}

void api_look(struct http_exchange *x, struct service *service, api_look_fn *answer)
{
    if (!api_has_others(service)) {
        answer(x, service, true);
        return;
    }
    struct looking *looking = mem_calloc(1, sizeof *looking);
    if (!looking || http_keep_head(x) < 0) {
        mem_free(looking);
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
        return;
    }
    *looking = (struct looking){.job = {.done = resume_looking, .context = looking}, .exchange = x, .answer = answer};
    http_attach(x, looking, release_looking);
    http_suspend(x, end_looking);
    if (look_begin(service->queue, &looking->job) < 0)
        http_resume(x);
}

bool api_covers_entry(const struct http_exchange *x, const struct service *service, uint64_t *index)
{
    const char *text = http_parameter(x);
    struct line line = {text, strlen(text)};
    return line_number(&line, index) == 0 && *index < api_log_size(service);
}

uint64_t api_log_size(const struct service *service)
{
    struct proofs *proofs = proofs_now(service->shared.proofs);
    uint64_t size = proofs->head.size;
    proofs_release(proofs);
    return size;
}
