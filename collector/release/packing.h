/* A ballot as a few bytes: as many bits a question as it has answers, so that what everyone said in a round fits in
 * memory, and two who said the same have the same bytes. Exact: nothing is hashed. Inside the release room. Pure; any
 * thread. */
#ifndef COLLECTOR_RELEASE_PACKING_H
#define COLLECTOR_RELEASE_PACKING_H

#include "collector/state/tally.h"

/* First come the answers of which options are counted, which make a ballot the same as another or not; then, from a
 * byte of their own, whether each of the others was answered, and whether the ballot revises an earlier one. */
struct packing {
    const struct questionnaire *questionnaire;
    size_t at[QUESTIONS_MAX]; /* each question's first bit */
    size_t compared; /* bytes of answers that are compared */
    size_t bytes; /* in all */
};

/* `questionnaire` must last as long. */
void packing_init(struct packing *packing, const struct questionnaire *questionnaire);

/* Puts a ballot into packing->bytes bytes. */
void packing_put(const struct packing *packing, const struct ballot *ballot, bool is_revision, uint8_t *out);

/* Whether it was put as a revision. */
bool packing_is_revision(const struct packing *packing, const uint8_t *packed);

/* Adds one to each counter that the ballot adds one to, as tally_slots has them. */
void packing_count(const struct packing *packing, const struct tally_layout *layout, const uint8_t *packed,
                   int64_t *counts);

#endif
