/* Counters: how many current responses say what. One vector of counters belongs to one action of one round; its layout
 * follows from the questionnaire alone, so that it can be stored as it is. Pure. */
#ifndef COLLECTOR_STATE_TALLY_H
#define COLLECTOR_STATE_TALLY_H

#include "panel/definition.h"
#include "panel/response.h"

/* Slot 0 counts respondents; then, question by question, who answered it and each of its options. */
struct tally_layout {
    size_t slots; /* counters in a vector, at most 65,535 */
    size_t *first; /* for each question, the slot that counts who answered it; its options follow */
    size_t question_count;
};

#define TALLY_RESPONDENTS 0

/* NULL when there is no memory. Free with tally_layout_free. */
MUST_CHECK struct tally_layout *tally_layout_new(const struct questionnaire *questionnaire);
void tally_layout_free(struct tally_layout *layout);

/* How many slots a ballot adds one to: its marks and the respondent. */
size_t tally_slot_count(const struct ballot *ballot);

/* Writes these slots, tally_slot_count of them, in ascending order. They are kept with the current response, so that a
 * replacement can take them back without reading the replaced response again. */
void tally_slots(const struct tally_layout *layout, const struct ballot *ballot, uint16_t *slots);

/* Adds `by` (1 or -1) to each of the slots. -1, and nothing changed, when one is outside the vector or would fall below
 * zero. */
MUST_CHECK int tally_add(const struct tally_layout *layout, int64_t *counts, const uint16_t *slots, size_t slot_count,
                         int by);

#endif
