/* Submissions -> keys, each once. Knows no verdict: what is named need not be read. */
#include "collector/intake/foresee.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

static int compare_keys(const void *a, const void *b)
{
    const struct store_key *x = a, *y = b;
    const int64_t left[] = {x->round, x->action, x->member, x->revision},
                  right[] = {y->round, y->action, y->member, y->revision};
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

/* Sorts, and leaves one of each. Returns how many there are then. */
static size_t leave_one_of_each(struct store_key *keys, size_t count)
{
    size_t kept = 0;
    if (count > 0)
        qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || compare_keys(&keys[kept - 1], &keys[i]) != 0)
            keys[kept++] = keys[i];
    return kept;
}

/* Room for what a batch may name, in one piece. */
struct lists {
    struct store_key *currents, *counts;
    uint8_t (*invitations)[SHA256_BYTES];
    struct store_wanted wanted;
};

static void name_submission(struct lists *lists, const struct submission *s)
{
    struct store_wanted *wanted = &lists->wanted;
    switch (s->kind) {
    case SUBMISSION_RESPONSE:
        lists->currents[wanted->current_count++] =
            (struct store_key){.round = s->round, .member = s->member, .action = s->action, .revision = s->revision};
        lists->counts[wanted->counts_count++] = (struct store_key){.round = s->round, .action = s->action};
        break;
    case SUBMISSION_ENROLMENT:
        memcpy(lists->invitations[wanted->invitation_count++], s->invitation, SHA256_BYTES);
        break;
    case SUBMISSION_ACT: /* names what it reads as it goes */
    case SUBMISSION_ERASURE: /* these are few */
        break;
    }
}

static int tell_store(struct store *store, struct lists *lists, struct error *error)
{
    struct store_wanted *wanted = &lists->wanted;
    wanted->currents = lists->currents;
    wanted->current_count = leave_one_of_each(lists->currents, wanted->current_count);
    wanted->counts = lists->counts;
    wanted->counts_count = leave_one_of_each(lists->counts, wanted->counts_count);
    wanted->invitations = (const uint8_t(*)[SHA256_BYTES])lists->invitations;
    return store_foresee(store, wanted) == STORE_OK ? 0 : store_fail(store, error);
}

int foresee_batch(struct store *store, struct submission *const *list, size_t count, struct error *error)
{
    if (count == 0 || !store_foresees(store))
        return 0;
    struct lists lists = {.currents = mem_calloc(count, sizeof *lists.currents),
                          .counts = mem_calloc(count, sizeof *lists.counts),
                          .invitations = mem_calloc(count, sizeof *lists.invitations)};
    int result = -1;
    if (lists.currents && lists.counts && lists.invitations) {
        for (size_t i = 0; i < count; i++)
            name_submission(&lists, list[i]);
        result = tell_store(store, &lists, error);
    } else {
        error_no_memory(error);
    }
    mem_free(lists.currents);
    mem_free(lists.counts);
    mem_free(lists.invitations);
    return result;
}
