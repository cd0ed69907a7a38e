#include "collector/state/tally.h"

#include "base/mem.h"
#include <criterion/criterion.h>
#include <string.h>

static struct question questions[] = {
    {.type = QUESTION_SCALE, .min = -1, .max = 1},
    {.type = QUESTION_CHOICE, .option_count = 2},
    {.type = QUESTION_MULTI, .option_count = 3},
    {.type = QUESTION_TEXT, .max_length = 10},
};
static const struct questionnaire questionnaire = {.questions = questions, .question_count = 4};

/* respondents | mood: n -1 0 1 | seen: n a b | ways: n a b c | note: n */
#define SLOTS 13

static struct tally_layout *layout;

static void setup(void)
{
    layout = tally_layout_new(&questionnaire);
    cr_assert_not_null(layout);
}

static void teardown(void)
{
    tally_layout_free(layout);
}

TestSuite(tally, .init = setup, .fini = teardown);

static struct mark whole[] = {
    {0, MARK_ANSWERED}, {0, 2}, {1, MARK_ANSWERED}, {1, 0}, {2, MARK_ANSWERED}, {2, 0}, {2, 2}, {3, MARK_ANSWERED},
};
static const struct ballot whole_ballot = {.marks = whole, .mark_count = sizeof whole / sizeof *whole};

static void assert_slots(const struct ballot *ballot, const uint16_t *expected, size_t count)
{
    uint16_t slots[SLOTS];
    cr_assert_eq(tally_slot_count(ballot), count);
    tally_slots(layout, ballot, slots);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(slots[i], expected[i], "slot %zu is %u, not %u", i, slots[i], expected[i]);
}

Test(tally, layout_follows_questionnaire)
{
    static const size_t first[] = {1, 5, 8, 12};
    cr_assert_eq(layout->slots, SLOTS);
    cr_assert_eq(layout->question_count, 4);
    for (size_t q = 0; q < 4; q++)
        cr_assert_eq(layout->first[q], first[q]);
}

Test(tally, layout_of_largest_questionnaire_fits_16_bits)
{
    static struct question many[QUESTIONS_MAX];
    for (size_t q = 0; q < QUESTIONS_MAX; q++)
        many[q] = (struct question){.type = QUESTION_SCALE, .min = 0, .max = SCALE_MAX - 1};
    struct questionnaire largest = {.questions = many, .question_count = QUESTIONS_MAX};
    struct tally_layout *wide = tally_layout_new(&largest);
    cr_assert_not_null(wide);
    cr_assert_eq(wide->slots, 1 + QUESTIONS_MAX * (1 + SCALE_MAX));
    cr_assert_leq(wide->slots, UINT16_MAX);
    struct mark last[] = {{QUESTIONS_MAX - 1, MARK_ANSWERED}, {QUESTIONS_MAX - 1, SCALE_MAX - 1}};
    struct ballot ballot = {.marks = last, .mark_count = 2};
    uint16_t slots[3];
    tally_slots(wide, &ballot, slots);
    cr_assert_eq(slots[2], wide->slots - 1);
    tally_layout_free(wide);
}

Test(tally, layout_is_null_when_memory_lacks)
{
    for (unsigned long n = 1; n <= 2; n++) {
        mem_fail_at(n);
        cr_assert_null(tally_layout_new(&questionnaire));
        cr_assert(mem_has_failed());
    }
    mem_fail_at(0);
    tally_layout_free(NULL);
}

Test(tally, slots_are_respondent_and_marks)
{
    static const uint16_t expected[] = {0, 1, 4, 5, 6, 8, 9, 11, 12};
    assert_slots(&whole_ballot, expected, 9);
}

Test(tally, slots_of_silent_ballot_are_respondent_alone)
{
    static const uint16_t expected[] = {TALLY_RESPONDENTS};
    assert_slots(&(struct ballot){.mark_count = 0}, expected, 1);
}

Test(tally, slots_count_empty_multi_as_answer)
{
    static const uint16_t expected[] = {0, 8};
    struct mark marks[] = {{2, MARK_ANSWERED}};
    assert_slots(&(struct ballot){.marks = marks, .mark_count = 1}, expected, 2);
}

Test(tally, slots_ascend_when_options_do_not)
{
    static const uint16_t expected[] = {0, 8, 9, 10, 11, 12};
    struct mark marks[] = {{2, MARK_ANSWERED}, {2, 2}, {2, 1}, {2, 0}, {3, MARK_ANSWERED}};
    assert_slots(&(struct ballot){.marks = marks, .mark_count = 5}, expected, 6);
}

Test(tally, add_then_take_back_leaves_nothing)
{
    static const int64_t twice[SLOTS] = {2, 2, 0, 0, 2, 2, 2, 0, 2, 2, 0, 2, 2}, none[SLOTS];
    int64_t counts[SLOTS] = {0};
    uint16_t slots[SLOTS];
    size_t count = tally_slot_count(&whole_ballot);
    tally_slots(layout, &whole_ballot, slots);
    cr_assert_eq(tally_add(layout, counts, slots, count, 1), 0);
    cr_assert_eq(tally_add(layout, counts, slots, count, 1), 0);
    cr_assert_arr_eq(counts, twice, sizeof counts);
    cr_assert_eq(tally_add(layout, counts, slots, count, -1), 0);
    cr_assert_eq(tally_add(layout, counts, slots, count, -1), 0);
    cr_assert_arr_eq(counts, none, sizeof counts);
}

static void assert_refused(const int64_t *before, const uint16_t *slots, size_t count, int by)
{
    int64_t counts[SLOTS];
    memcpy(counts, before, sizeof counts);
    cr_assert_eq(tally_add(layout, counts, slots, count, by), -1);
    cr_assert_arr_eq(counts, before, sizeof counts);
}

Test(tally, add_changes_nothing_when_a_counter_would_fall_below_zero)
{
    static const int64_t before[SLOTS] = {1, 1, 0, 0, 1};
    assert_refused(before, (uint16_t[]){0, 1, 3}, 3, -1);
    assert_refused(before, (uint16_t[]){0, 4, 4}, 3, -1);
}

Test(tally, add_changes_nothing_when_a_slot_is_outside)
{
    static const int64_t before[SLOTS] = {5, 5, 5};
    assert_refused(before, (uint16_t[]){0, 1, SLOTS}, 3, 1);
    assert_refused(before, (uint16_t[]){0, 1, UINT16_MAX}, 3, -1);
}

Test(tally, add_changes_nothing_when_a_counter_would_overflow)
{
    static const int64_t before[SLOTS] = {7, INT64_MAX};
    assert_refused(before, (uint16_t[]){0, 1}, 2, 1);
}
