/* What everyone answered in one round: from it follow a block's counters at any size of the log, and who is fresh
 * against an earlier version (PROTOCOL 8a). Whoever replays the log for `release create` fills it: each response of the
 * round that was accepted, and each erasure. The audit counts in another way (audit/blocks). In bounded memory: what is
 * put is sorted by action and member, and lies in scratch files once it is more than that, 40 bytes a response with the
 * example's questionnaire. One thread. */
#ifndef COLLECTOR_RELEASE_BALLOTS_H
#define COLLECTOR_RELEASE_BALLOTS_H

#include "base/error.h"
#include "base/scratch.h"
#include "collector/state/tally.h"

struct ballots;

/* Of a round with this questionnaire, whose counters are laid out as in `layout`, over a list of `actions` actions; the
 * first two must last as long, and so must `scratch`. `memory`: bytes, about, that it may take. NULL: no memory. Free
 * with ballots_free. */
MUST_CHECK struct ballots *ballots_new(struct scratch *scratch, size_t memory,
                                       const struct questionnaire *questionnaire, const struct tally_layout *layout,
                                       size_t actions);
void ballots_free(struct ballots *ballots);

/* An accepted response: `member` is any number that is that member's alone, `revision` that of the claims, `index` its
 * place in the log, higher than any before. -1: *error, what scratch says, or a number beyond what 32 bits hold. */
MUST_CHECK int ballots_add(struct ballots *ballots, const struct ballot *ballot, uint32_t member, int64_t revision,
                           int64_t index, struct error *error);

/* An event at index `at` that says which entries are erased, of which `lowest` is the first: of whom they were and
 * about what nobody can tell any more. -1: no memory. */
MUST_CHECK int ballots_note_erasure(struct ballots *ballots, int64_t lowest, int64_t at);

/* Whether something that stood below `size` has been erased since. Then nobody can count any more what was current
 * there. */
bool ballots_were_erased(const struct ballots *ballots, int64_t size);

/* Behind the last: from now on they can be asked, action by action and size by size in any order, and no more be added.
 * -1: *error. */
MUST_CHECK int ballots_turn(struct ballots *ballots, struct error *error);

/* What was told counts only while nothing that rests on scratch has failed: 0; -1: *error. */
MUST_CHECK int ballots_check(const struct ballots *ballots, struct error *error);

/* The counters of an action (an index in the list) by what is current at `size`: layout->slots numbers. */
void ballots_count(struct ballots *ballots, size_t action, int64_t size, int64_t *counts);

/* How many members are fresh at `size` against what was current at `earlier`: they have a response at `size`, and had
 * none at `earlier` or one whose answers to scale, choice and multi questions differ.
 *
 * Not fresh is who had one that has been erased since. Nothing says whose an erased entry was. But all revisions of a
 * response go at once, and who answers again writes a higher revision: so whose first response that is there is no
 * first revision is not taken for fresh, where anything at all that stood below `earlier` has been erased since. */
int64_t ballots_fresh(struct ballots *ballots, size_t action, int64_t size, int64_t earlier);

/* How a release asks the two: of ballots, or of who has counted them in another way. */
struct ballot_counts {
    void (*count)(void *context, size_t action, int64_t size, int64_t *counts);
    int64_t (*fresh)(void *context, size_t action, int64_t size, int64_t earlier);
    void *context;
};

/* Of ballots, which must last as long. */
struct ballot_counts ballots_counts(struct ballots *ballots);

#endif
