/* Counters: the layout of a vector, and the one place that adds to it. Knows nothing of stores, rules or figures.
 * In the walk it stands between an accepted ballot and the ledger. */
#include "collector/state/tally.h"

#include "base/mem.h"

struct tally_layout *tally_layout_new(const struct questionnaire *questionnaire)
{
    struct tally_layout *layout = mem_calloc(1, sizeof *layout);
    if (!layout)
        return NULL;
    layout->question_count = questionnaire->question_count;
    layout->first = mem_calloc(layout->question_count, sizeof *layout->first);
    if (!layout->first) {
        tally_layout_free(layout);
        return NULL;
    }
    layout->slots = TALLY_RESPONDENTS + 1;
    for (size_t q = 0; q < layout->question_count; q++) {
        layout->first[q] = layout->slots;
        layout->slots += 1 + question_option_count(&questionnaire->questions[q]);
    }
    return layout;
}

void tally_layout_free(struct tally_layout *layout)
{
    if (!layout)
        return;
    mem_free(layout->first);
    mem_free(layout);
}

size_t tally_slot_count(const struct ballot *ballot)
{
    return 1 + ballot->mark_count;
}

static uint16_t mark_slot(const struct tally_layout *layout, const struct mark *mark)
{
    size_t first = layout->first[mark->question];
    return (uint16_t)(mark->option == MARK_ANSWERED ? first : first + 1 + mark->option);
}

void tally_slots(const struct tally_layout *layout, const struct ballot *ballot, uint16_t *slots)
{
    slots[0] = TALLY_RESPONDENTS;
    for (size_t i = 0; i < ballot->mark_count; i++) {
        uint16_t slot = mark_slot(layout, &ballot->marks[i]);
        /* Only the options of a multi may stand in another order than the questionnaire's: a few places to go back. */
        size_t place = i + 1;
        for (; slots[place - 1] > slot; place--)
            slots[place] = slots[place - 1];
        slots[place] = slot;
    }
}

static int add_one(const struct tally_layout *layout, int64_t *counts, size_t slot, int by)
{
    int64_t sum;
    if (slot >= layout->slots || __builtin_add_overflow(counts[slot], by, &sum) || sum < 0)
        return -1;
    counts[slot] = sum;
    return 0;
}

int tally_add(const struct tally_layout *layout, int64_t *counts, const uint16_t *slots, size_t slot_count, int by)
{
    for (size_t i = 0; i < slot_count; i++) {
        if (add_one(layout, counts, slots[i], by) == 0)
            continue;
        while (i-- > 0)
            counts[slots[i]] -= by;
        return -1;
    }
    return 0;
}
