/* Verdicts -> counters, once a batch. */
#include "collector/intake/outcome.h"
#include "collector/ops/metrics.h"

static void note_submission(struct metrics_batch *batch, const struct submission *s)
{
    static const enum metrics_kind kinds[] = {[SUBMISSION_RESPONSE] = METRICS_RESPONSE,
                                              [SUBMISSION_ENROLMENT] = METRICS_ENROLMENT,
                                              [SUBMISSION_ACT] = METRICS_ACT,
                                              [SUBMISSION_ERASURE] = METRICS_ERASURE};
    enum metrics_kind kind = kinds[s->kind];
    switch (s->verdict) {
    case VERDICT_ACCEPTED:
        batch->accepted[kind]++;
        break;
    case VERDICT_REPEATED:
        batch->repeated[kind]++;
        break;
    case VERDICT_PENDING:
    case VERDICT_UNAVAILABLE:
        batch->uncommitted++;
        break;
    case VERDICT_REFUSED:
        break;
    }
}

size_t outcome_note(struct submission *const *list, size_t count, int64_t microseconds)
{
    struct metrics_batch batch = {.count = count, .microseconds = microseconds};
    for (size_t i = 0; i < count; i++)
        note_submission(&batch, list[i]);
    metrics_note_batch(&batch);
    size_t standing = 0;
    for (size_t i = 0; i < sizeof batch.accepted / sizeof *batch.accepted; i++)
        standing += batch.accepted[i] + batch.repeated[i];
    return standing;
}
