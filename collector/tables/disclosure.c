/* Sums before rounding, differences after. Whatever becomes a figure has come through here, so that no figure can be
 * told of which the counts may not be. Knows no release, no figure and no table. */
#include "collector/tables/disclosure.h"
#include <string.h>

static int64_t round_sum(const struct disclosure_rule *rule, int64_t sum)
{
    int64_t b = rule->round_to;
    return (sum + b / 2) / b * b;
}

static bool is_enough(const struct disclosure_rule *rule, int64_t told)
{
    return told >= rule->min_respondents + 2 * (rule->round_to / 2);
}

struct action_counts disclosure_action(const struct disclosure_rule *rule, const int64_t *counts)
{
    if (!rule)
        return (struct action_counts){.respondents = counts[TALLY_RESPONDENTS]};
    int64_t told = round_sum(rule, counts[TALLY_RESPONDENTS]);
    if (!is_enough(rule, told))
        return (struct action_counts){.suppressed = true};
    return (struct action_counts){.respondents = told};
}

/* Where a question's sums begin, s, given those of the questions before it. */
static int64_t start_of(const struct question *question, const struct tally_layout *layout, const int64_t *counts,
                        const int64_t *starts)
{
    if (!question->has_when)
        return 0;
    const int64_t *options = counts + layout->first[question->when_question] + 1;
    int64_t start = starts[question->when_question];
    for (size_t o = 0; o < question->when_option; o++)
        start += options[o];
    return start;
}

static void tell_differences(const struct disclosure_rule *rule, int64_t start, const int64_t *options,
                             struct question_counts *out)
{
    int64_t sum = start;
    for (size_t o = 0; o < out->option_count; o++) {
        int64_t before = round_sum(rule, sum);
        sum += options[o];
        out->options[o] = round_sum(rule, sum) - before;
        out->n += out->options[o];
    }
}

static void tell_rounded(const struct disclosure_rule *rule, int64_t start, const int64_t *slots,
                         struct question_counts *out)
{
    out->n = round_sum(rule, start + slots[0]) - round_sum(rule, start);
    for (size_t o = 0; o < out->option_count; o++) {
        int64_t told = round_sum(rule, slots[1 + o]);
        out->options[o] = told < out->n ? told : out->n;
    }
}

static bool tells_all_alike(const struct question_counts *told)
{
    for (size_t o = 0; o < told->option_count; o++)
        if (told->options[o] == told->n)
            return true;
    return false;
}

static void tell_counts(const struct disclosure_rule *rule, const struct question *question, int64_t start,
                        const int64_t *slots, struct question_counts *out)
{
    memset(out, 0, sizeof *out);
    out->option_count = question_option_count(question);
    switch (question_counting(question)) {
    case COUNTED_ON_SCALE:
    case COUNTED_BY_CHOICE:
        tell_differences(rule, start, slots + 1, out);
        return;
    case COUNTED_BY_OPTION:
    case COUNTED_AS_GIVEN:
        tell_rounded(rule, start, slots, out);
        return;
    }
}

static void tell_exactly(const struct question *question, const int64_t *slots, struct question_counts *out)
{
    *out = (struct question_counts){.n = slots[0], .option_count = question_option_count(question)};
    memcpy(out->options, slots + 1, out->option_count * sizeof *out->options);
}

static void tell_all(const struct disclosure_rule *rule, const struct questionnaire *questionnaire,
                     const struct tally_layout *layout, const int64_t *counts, struct question_counts *out)
{
    int64_t starts[QUESTIONS_MAX];
    bool none = disclosure_action(rule, counts).suppressed;
    for (size_t q = 0; q < questionnaire->question_count; q++) {
        const struct question *question = &questionnaire->questions[q];
        starts[q] = start_of(question, layout, counts, starts);
        tell_counts(rule, question, starts[q], counts + layout->first[q], &out[q]);
        if (none || !is_enough(rule, out[q].n) || tells_all_alike(&out[q]) ||
            (question->has_when && out[question->when_question].suppressed))
            out[q] = (struct question_counts){.suppressed = true, .option_count = out[q].option_count};
    }
}

void disclosure_questions(const struct disclosure_rule *rule, const struct questionnaire *questionnaire,
                          const struct tally_layout *layout, const int64_t *counts, struct question_counts *out)
{
    if (rule) {
        tell_all(rule, questionnaire, layout, counts, out);
        return;
    }
    for (size_t q = 0; q < questionnaire->question_count; q++)
        tell_exactly(&questionnaire->questions[q], counts + layout->first[q], &out[q]);
}
