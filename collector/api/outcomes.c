/* Lists that grow as lines come; refusals are compared with the latest few, which finds nearly all that are alike. */
#include "collector/api/outcomes.h"
#include "base/list.h"
#include "base/mem.h"
#include <string.h>

#define LATEST 16 /* refusals that a new one is compared with */

void outcomes_free(struct outcomes *outcomes)
{
    for (size_t i = 0; i < outcomes->refusal_count; i++)
        mem_free(outcomes->refusals[i].json);
    for (size_t i = 0; i < outcomes->submission_count; i++)
        submission_free(outcomes->submissions[i]);
    for (size_t i = 0; i < outcomes->unescaped_count; i++)
        json_free(outcomes->unescaped[i]);
    mem_free(outcomes->refusals);
    mem_free(outcomes->submissions);
    mem_free(outcomes->unescaped);
    mem_free(outcomes->kinds);
    *outcomes = (struct outcomes){.kinds = NULL};
}

static int add_kind(struct outcomes *outcomes, size_t kind)
{
    uint16_t *kinds = list_grow(outcomes->kinds, outcomes->count, &outcomes->capacity, sizeof *kinds);
    if (!kinds)
        return -1;
    outcomes->kinds = kinds;
    kinds[outcomes->count++] = (uint16_t)kind;
    return 0;
}

static int hold_unescaped(struct outcomes *outcomes, struct json *unescaped)
{
    struct json **list =
        list_grow(outcomes->unescaped, outcomes->unescaped_count, &outcomes->unescaped_capacity, sizeof *list);
    if (!list)
        return -1;
    outcomes->unescaped = list;
    list[outcomes->unescaped_count++] = unescaped;
    return 0;
}

static int hold_submission(struct outcomes *outcomes, struct submission *submission)
{
    struct submission **list =
        list_grow(outcomes->submissions, outcomes->submission_count, &outcomes->submission_capacity, sizeof *list);
    if (!list)
        return -1;
    outcomes->submissions = list;
    if (add_kind(outcomes, 0) < 0)
        return -1;
    list[outcomes->submission_count++] = submission;
    return 0;
}

int outcomes_add(struct outcomes *outcomes, struct submission *submission, struct json *unescaped)
{
    bool kept = !unescaped || hold_unescaped(outcomes, unescaped) == 0;
    if (kept && hold_submission(outcomes, submission) == 0)
        return 0;
    submission_free(submission);
    if (!kept)
        json_free(unescaped);
    return -1;
}

/* The place of a refusal that reads the same, plus 1; 0: there is none among the latest. */
static size_t find_alike(const struct outcomes *outcomes, const struct buf *json)
{
    size_t count = outcomes->refusal_count;
    for (size_t i = count; i > 0 && i + LATEST > count; i--)
        if (strcmp(outcomes->refusals[i - 1].json, buf_text(json)) == 0)
            return i;
    return 0;
}

static int add_refusal_kind(struct outcomes *outcomes, enum problem problem, const struct buf *json)
{
    struct outcome_refusal *list =
        list_grow(outcomes->refusals, outcomes->refusal_count, &outcomes->refusal_capacity, sizeof *list);
    char *copy = list ? mem_copy_text(buf_text(json), json->len) : NULL;
    if (list)
        outcomes->refusals = list;
    if (!copy)
        return -1;
    list[outcomes->refusal_count++] = (struct outcome_refusal){problem, copy};
    return 0;
}

int outcomes_add_refusal(struct outcomes *outcomes, enum problem problem, const struct buf *json)
{
    if (buf_check(json) < 0)
        return -1;
    size_t kind = find_alike(outcomes, json);
    if (kind == 0 && add_refusal_kind(outcomes, problem, json) == 0)
        kind = outcomes->refusal_count;
    return kind > 0 ? add_kind(outcomes, kind) : -1;
}

size_t outcomes_size(const struct outcomes *outcomes)
{
    size_t size = outcomes->capacity * sizeof outcomes->kinds[0] +
                  outcomes->refusal_capacity * sizeof outcomes->refusals[0] +
                  outcomes->submission_capacity * sizeof(struct submission *) +
                  outcomes->unescaped_capacity * sizeof(struct json *);
    for (size_t i = 0; i < outcomes->refusal_count; i++)
        size += strlen(outcomes->refusals[i].json) + 1;
    for (size_t i = 0; i < outcomes->submission_count; i++)
        size += sizeof(struct submission) + outcomes->submissions[i]->slot_count * sizeof(uint16_t);
    for (size_t i = 0; i < outcomes->unescaped_count; i++)
        size += strlen(json_text(outcomes->unescaped[i])) + 1;
    return size;
}

bool outcomes_next(struct outcomes *outcomes, const struct submission **submission,
                   const struct outcome_refusal **refusal)
{
    if (outcomes->next_line == outcomes->count)
        return false;
    size_t kind = outcomes->kinds[outcomes->next_line++];
    *submission = kind == 0 ? outcomes->submissions[outcomes->next_submission++] : NULL;
    *refusal = kind == 0 ? NULL : &outcomes->refusals[kind - 1];
    return true;
}
