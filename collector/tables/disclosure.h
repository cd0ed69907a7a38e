/* Disclosure control (PROTOCOL 8): one step on the counts, before any figure is worked out from them. Pure. */
#ifndef COLLECTOR_TABLES_DISCLOSURE_H
#define COLLECTOR_TABLES_DISCLOSURE_H

#include "collector/state/tally.h"

struct disclosure_rule {
    bool exact; /* no control at all; the rest is then not read */
    int64_t min_respondents; /* m */
    int64_t round_to; /* b */
};

/* What may be said of an action. */
struct action_counts {
    bool suppressed;
    int64_t respondents; /* rounded under control; 0 when suppressed */
};

/* What may be said of a question of an action. */
struct question_counts {
    bool suppressed;
    int64_t n;
    size_t option_count;
    int64_t options[SCALE_MAX]; /* by option; all 0 when suppressed */
};

struct action_counts disclosure_action(const struct disclosure_rule *rule, const int64_t *counts);

/* `counts` is the action's vector, laid out as in `layout`; `question` an index in `questionnaire`. A question of a
 * suppressed action is suppressed. */
void disclosure_question(const struct disclosure_rule *rule, const struct questionnaire *questionnaire,
                         const struct tally_layout *layout, size_t question, const int64_t *counts,
                         struct question_counts *out);

#endif
