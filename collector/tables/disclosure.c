/* Disclosure control: exact counts in, counts that may be told out. Whatever becomes a figure has come through here, so
 * that no figure can be told of which the counts may not be. Knows no figures and no tables. */
#include "collector/tables/disclosure.h"

#include <string.h>

static int64_t round_count(const struct disclosure_rule *rule, int64_t count)
{
    int64_t b = rule->round_to;
    int64_t down = count - count % b;
    return count - down >= b - (count - down) ? down + b : down;
}

static bool action_is_suppressed(const struct disclosure_rule *rule, const int64_t *counts)
{
    return !rule->exact && counts[TALLY_RESPONDENTS] < rule->min_respondents;
}

struct action_counts disclosure_action(const struct disclosure_rule *rule, const int64_t *counts)
{
    int64_t respondents = counts[TALLY_RESPONDENTS];
    if (action_is_suppressed(rule, counts))
        return (struct action_counts){.suppressed = true};
    return (struct action_counts){.respondents = rule->exact ? respondents : round_count(rule, respondents)};
}

static bool is_single(const struct question *question)
{
    return question->type == QUESTION_SCALE || question->type == QUESTION_CHOICE;
}

static bool all_alike(const struct question_counts *exact)
{
    for (size_t o = 0; o < exact->option_count; o++)
        if (exact->options[o] == exact->n)
            return true;
    return false;
}

static void round_question(const struct disclosure_rule *rule, const struct question *question,
                           struct question_counts *out)
{
    int64_t sum = 0;
    out->n = round_count(rule, out->n);
    for (size_t o = 0; o < out->option_count; o++) {
        out->options[o] = round_count(rule, out->options[o]);
        sum += out->options[o];
        if (!is_single(question) && out->options[o] > out->n)
            out->options[o] = out->n;
    }
    if (is_single(question))
        out->n = sum;
}

void disclosure_question(const struct disclosure_rule *rule, const struct questionnaire *questionnaire,
                         const struct tally_layout *layout, size_t question, const int64_t *counts,
                         struct question_counts *out)
{
    const struct question *asked = &questionnaire->questions[question];
    const int64_t *slots = counts + layout->first[question];
    memset(out, 0, sizeof *out);
    out->option_count = question_option_count(asked);
    out->n = slots[0];
    memcpy(out->options, slots + 1, out->option_count * sizeof *out->options);
    if (rule->exact)
        return;
    if (action_is_suppressed(rule, counts) || out->n < rule->min_respondents || (is_single(asked) && all_alike(out)))
        *out = (struct question_counts){.suppressed = true, .option_count = out->option_count};
    else
        round_question(rule, asked, out);
}
