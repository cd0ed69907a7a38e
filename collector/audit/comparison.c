/* Numbers and names. Knows no row. */
#include "collector/audit/comparison.h"
#include "base/mem.h"
#include <string.h>

int numbers_make(struct numbers *numbers, size_t last, size_t count)
{
    numbers->ours = mem_calloc(last + 1, sizeof *numbers->ours);
    numbers->theirs = mem_calloc(count + 1, sizeof *numbers->theirs);
    numbers->last = (int64_t)last;
    numbers->count = count;
    return numbers->ours && numbers->theirs ? 0 : -1;
}

void numbers_free(struct numbers *numbers)
{
    mem_free(numbers->ours);
    mem_free(numbers->theirs);
}

void numbers_match(struct numbers *numbers, int64_t theirs, uint32_t ours)
{
    if (theirs < 0 || theirs > numbers->last || ours == 0 || ours > numbers->count)
        return;
    numbers->ours[theirs] = ours;
    numbers->theirs[ours] = (uint32_t)theirs;
}

int64_t numbers_here(const struct numbers *numbers, int64_t theirs)
{
    return theirs >= 0 && theirs <= numbers->last ? numbers->ours[theirs] : 0;
}

int64_t numbers_there(const struct numbers *numbers, int64_t ours)
{
    return ours >= 0 && (uint64_t)ours <= numbers->count ? numbers->theirs[ours] : 0;
}

enum store_result comparison_no_memory(struct comparison *c)
{
    c->no_memory = true;
    return STORE_FAILED;
}

int64_t comparison_member(const struct comparison *c, int64_t theirs)
{
    const uint32_t *ours = theirs >= 1 && theirs <= c->enrolled ? spill_at(c->members, (uint64_t)theirs) : NULL;
    return ours ? *ours : 0;
}

bool comparison_is_erased(const struct comparison *c, int64_t theirs)
{
    return theirs >= 1 && theirs <= c->enrolled && comparison_member(c, theirs) == 0;
}

static const char *name_or_mark(const char *name)
{
    return name ? name : "?";
}

const char *comparison_round_name(const struct comparison *c, int64_t ours)
{
    return name_or_mark(history_round_id(replay_history(c->replay), ours));
}

const char *comparison_action_name(const struct comparison *c, int64_t ours)
{
    return name_or_mark(history_action_id(replay_history(c->replay), ours));
}

void comparison_name_member(const struct comparison *c, int64_t ours, char kid[static KID_SIZE])
{
    const struct fold_member *member = fold_member(c->fold, ours);
    memcpy(kid, "?", 2);
    if (member)
        key_thumbprint(member->public_key, kid);
}
