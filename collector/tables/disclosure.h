/* Disclosure control (PROTOCOL 8): one step on the counts, before any figure is worked out from them. Counts are told
 * as differences of rounded sums, so that they add up and none is pinned, and flags follow from told numbers alone.
 * Pure; any thread.
 *
 * R(x) is the nearest multiple of `round_to`, a tie up. A told number is enough from `min_respondents` and twice
 * round_to / 2 (whole) on. Where the rule is NULL all is told as it is. */
#ifndef COLLECTOR_TABLES_DISCLOSURE_H
#define COLLECTOR_TABLES_DISCLOSURE_H

#include "collector/state/tally.h"

struct disclosure_rule {
    int64_t min_respondents; /* at least 3 */
    int64_t round_to; /* at least 3 */
};

/* What may be said of an action. */
struct action_counts {
    bool suppressed;
    int64_t respondents; /* 0 when suppressed */
};

/* What may be said of a question of an action. */
struct question_counts {
    bool suppressed;
    int64_t n;
    size_t option_count;
    int64_t options[SCALE_MAX]; /* by option; all 0 when suppressed */
};

/* What may be said of an action: R of its respondents, suppressed when that is not enough. `counts` is the action's
 * vector of counters. */
struct action_counts disclosure_action(const struct disclosure_rule *rule, const int64_t *counts);

/* What may be said of each question, in the questionnaire's order; `out` has room for all. With c_1 … the exact counts
 * of a scale's or choice's options, F_i = s + c_1 + … + c_i and F_0 = s, an option is told as R(F_i) − R(F_i−1), and n
 * as their sum. s is 0, but of a question that is asked only when another's answer is one option: the other's own s
 * and what was given there before that option, so that a follow-up refines the chain of its question. A multi's or
 * text's n is R(s + n) − R(s), a multi's option R(c), n at most.
 *
 * Suppressed: all questions of a suppressed action; a question whose told n is not enough, one of whose told options
 * is the told n, or whose condition is a suppressed question's. */
void disclosure_questions(const struct disclosure_rule *rule, const struct questionnaire *questionnaire,
                          const struct tally_layout *layout, const int64_t *counts, struct question_counts *out);

#endif
