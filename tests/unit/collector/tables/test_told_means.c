/* How far a mean from told counts can be off, as the codebook says it: walked over every small panel.
 *
 * With p options, h = roundTo / 2 (whole), told n and mean, and `max` the highest value: at most
 * h (p - 1 + max - mean) / (n - h) steps; of a question with `when` h is doubled. And never more than 2 h (p - 1) / n,
 * n being the true number: twice what one might think, since n is rounded too. */
#include "collector/tables/disclosure.h"
#include <criterion/criterion.h>
#include <math.h>

#define WALKED 26 /* members at most */

static struct question walked_questions[] = {
    {.type = QUESTION_CHOICE, .option_count = 2, .required = true},
    {.type = QUESTION_SCALE, .min = 0, .max = 3},
};
static const struct questionnaire walked = {.questions = walked_questions, .question_count = 2};

struct walk {
    const struct disclosure_rule *rule;
    struct tally_layout *layout;
    int64_t before; /* gave the option before the one that the scale is asked of */
    double nearest; /* how much of its bound an error has reached */
    size_t means;
};

static double mean_of(const int64_t *counts, int64_t n)
{
    double sum = 0;
    for (size_t o = 1; o < 4; o++)
        sum += (double)o * (double)counts[o];
    return sum / (double)n;
}

static void check_mean(struct walk *walk, const int64_t scale[static 4])
{
    int64_t n = scale[0] + scale[1] + scale[2] + scale[3];
    const int64_t counts[] = {walk->before + n, walk->before + n, walk->before, n,       n,
                              scale[0],         scale[1],         scale[2],     scale[3]};
    struct question_counts out[2];
    disclosure_questions(walk->rule, &walked, walk->layout, counts, out);
    if (n == 0 || out[1].suppressed)
        return;
    double h = (double)(walk->rule->round_to / 2) * (walked_questions[1].has_when ? 2 : 1);
    double mean = mean_of(out[1].options, out[1].n), error = fabs(mean - mean_of(scale, n));
    cr_assert_leq(error, h * (3 + 3 - mean) / ((double)out[1].n - h) + 1e-9, "%ld %ld %ld %ld", (long)scale[0],
                  (long)scale[1], (long)scale[2], (long)scale[3]);
    double share = error / (2 * h * 3 / (double)n);
    cr_assert_leq(share, 1 + 1e-9);
    walk->nearest = share > walk->nearest ? share : walk->nearest;
    walk->means++;
}

static void walk_scales(struct walk *walk)
{
    for (int64_t a = 0; a <= WALKED; a++)
        for (int64_t b = 0; a + b <= WALKED; b++)
            for (int64_t c = 0; a + b + c <= WALKED; c++)
                for (int64_t d = 0; a + b + c + d <= WALKED; d++)
                    check_mean(walk, (const int64_t[]){a, b, c, d});
}

static void walk_rules(size_t at_least, double nearest)
{
    static const struct disclosure_rule rules[] = {{3, 3}, {4, 4}, {3, 5}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct walk walk = {.rule = &rules[i], .layout = tally_layout_new(&walked), .before = 0};
        for (; walk.before < (walked_questions[1].has_when ? rules[i].round_to : 1); walk.before++)
            walk_scales(&walk);
        cr_assert_gt(walk.means, at_least, "only %zu means", walk.means);
        cr_assert_gt(walk.nearest, nearest, "the bound is never neared: %f", walk.nearest);
        tally_layout_free(walk.layout);
    }
}

Test(told_means, are_no_further_off_than_the_codebook_says)
{
    walk_rules(3000, 0.6);
}

Test(told_means, of_a_follow_up_are_no_further_off_than_the_codebook_says)
{
    walked_questions[1].has_when = true;
    walked_questions[1].when_question = 0;
    walked_questions[1].when_option = 1;
    walk_rules(3000, 0.3);
}
