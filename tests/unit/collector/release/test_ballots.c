/* Who is fresh against what, and what becomes of a block: against ten releases that another program worked out, and by
 * hand where entries have been erased. */
#include "base/json.h"
#include "base/mem.h"
#include "collector/release/packing.h"
#include "collector/release/versions.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

/* Packing. */

static struct question mixed_questions[] = {
    {.id = (char[]){"a"}, .type = QUESTION_SCALE, .min = -50, .max = 50},
    {.id = (char[]){"b"}, .type = QUESTION_TEXT, .max_length = 10},
    {.id = (char[]){"c"}, .type = QUESTION_MULTI, .option_count = 64},
    {.id = (char[]){"d"}, .type = QUESTION_CHOICE, .option_count = 2},
    {.id = (char[]){"e"}, .type = QUESTION_TEXT, .max_length = 10},
};
static const struct questionnaire mixed = {.questions = mixed_questions, .question_count = 5};

static void assert_packs(struct mark *marks, size_t count, bool is_revision)
{
    uint8_t packed[64];
    int64_t counts[256] = {0}, expected[256] = {0};
    uint16_t slots[256];
    struct packing packing;
    struct tally_layout *layout = tally_layout_new(&mixed);
    const struct ballot ballot = {.marks = marks, .mark_count = count};
    packing_init(&packing, &mixed);
    cr_assert_eq(packing.compared, 10, "7 + 65 + 2 bits: %zu", packing.compared);
    cr_assert_eq(packing.bytes, 11);
    packing_put(&packing, &ballot, is_revision, packed);
    packing_count(&packing, layout, packed, counts);
    tally_slots(layout, &ballot, slots);
    cr_assert_eq(tally_add(layout, expected, slots, tally_slot_count(&ballot), 1), 0);
    cr_assert_arr_eq(counts, expected, sizeof counts);
    cr_assert_eq(packing_is_revision(&packing, packed), is_revision);
    tally_layout_free(layout);
}

#define GIVEN(question, option)                                                                                        \
    {question, MARK_ANSWERED},                                                                                         \
    {                                                                                                                  \
        question, option                                                                                               \
    }

Test(packing, counts_what_the_tallies_count)
{
    assert_packs(NULL, 0, false);
    for (uint16_t option = 0; option < 101; option++)
        assert_packs((struct mark[]){GIVEN(0, option)}, 2, option % 2);
    for (uint16_t option = 0; option < 64; option++)
        assert_packs((struct mark[]){GIVEN(2, option), {2, (uint16_t)(63 - option)}}, option == 63 - option ? 2 : 3,
                     true);
    assert_packs((struct mark[]){{2, MARK_ANSWERED}}, 1, false);
    assert_packs((struct mark[]){GIVEN(0, 100), {1, MARK_ANSWERED}, GIVEN(2, 0), GIVEN(3, 1), {4, MARK_ANSWERED}}, 8,
                 true);
}

Test(packing, compares_all_but_texts)
{
    struct mark plain[] = {GIVEN(0, 100), GIVEN(3, 1)};
    struct mark texts[] = {GIVEN(0, 100), {1, MARK_ANSWERED}, GIVEN(3, 1), {4, MARK_ANSWERED}};
    struct mark none_of_these[] = {GIVEN(0, 100), {2, MARK_ANSWERED}, GIVEN(3, 1)};
    uint8_t packed[3][64];
    struct packing packing;
    packing_init(&packing, &mixed);
    packing_put(&packing, &(struct ballot){.marks = plain, .mark_count = 4}, false, packed[0]);
    packing_put(&packing, &(struct ballot){.marks = texts, .mark_count = 6}, true, packed[1]);
    packing_put(&packing, &(struct ballot){.marks = none_of_these, .mark_count = 5}, false, packed[2]);
    cr_assert_arr_eq(packed[0], packed[1], packing.compared);
    cr_assert_neq(memcmp(packed[0], packed[2], packing.compared), 0, "answered with none is not unanswered");
}

/* releases.json: an importance from 1 to 5 and a noticed of three options, and now and then a comment. */

static struct question released_questions[] = {
    {.id = (char[]){"importance"}, .type = QUESTION_SCALE, .min = 1, .max = 5, .required = true},
    {.id = (char[]){"noticed"}, .type = QUESTION_CHOICE, .option_count = 3, .required = true},
    {.id = (char[]){"comment"}, .type = QUESTION_TEXT, .max_length = 100},
};
static const struct questionnaire released = {.questions = released_questions, .question_count = 3};

#define MEMORY ((size_t)1 << 20)
static struct scratch scratch = {.folder = "/tmp"};

static int64_t integer_at(const struct json *object, const char *name)
{
    int64_t value = 0;
    cr_assert_eq(json_integer(json_member(object, name), &value), 0, "%s", name);
    return value;
}

static uint16_t place_of(const struct json *list, const char *text)
{
    uint16_t place = 0;
    for (const struct json *o = json_first(list); o; o = json_next(o), place++)
        if (strcmp(json_text(o), text) == 0)
            return place;
    cr_assert_fail("no option %s", text);
    return 0;
}

static void add_response(struct ballots *ballots, const struct json *document, const struct json *entry)
{
    const struct json *answers = json_member(entry, "answers");
    uint16_t noticed = place_of(json_member(document, "options"), json_text(json_member(answers, "noticed")));
    bool comment = false;
    cr_assert_eq(json_bool(json_member(entry, "comment"), &comment), 0);
    struct mark marks[] = {
        GIVEN(0, (uint16_t)(integer_at(answers, "importance") - 1)), GIVEN(1, noticed), {2, MARK_ANSWERED}};
    const struct ballot ballot = {.marks = marks, .mark_count = comment ? 5 : 4};
    cr_assert_eq(ballots_add(ballots, &ballot, (uint32_t)integer_at(entry, "member"), integer_at(entry, "revision"),
                             integer_at(entry, "index"), NULL),
                 0);
}

static bool erasure_names(const struct json *erasure, int64_t index)
{
    int64_t named = -1;
    for (const struct json *i = json_first(json_member(erasure, "entries")); i; i = json_next(i))
        if (json_integer(i, &named) == 0 && named == index)
            return true;
    return false;
}

/* The log as it stands at `size`: of what was erased by then only the index is left. */
static struct ballots *read_log(const struct json *document, const struct tally_layout *layout, int64_t size)
{
    struct ballots *ballots = ballots_new(&scratch, MEMORY, &released, layout, 1);
    const struct json *erasure = NULL;
    cr_assert_not_null(ballots);
    for (const struct json *e = json_first(json_member(document, "entries")); e; e = json_next(e))
        if (strcmp(json_text(json_member(e, "kind")), "erasure") == 0 && integer_at(e, "index") < size)
            erasure = e;
    for (const struct json *e = json_first(json_member(document, "entries")); e; e = json_next(e)) {
        int64_t index = integer_at(e, "index");
        if (index >= size || strcmp(json_text(json_member(e, "kind")), "response") != 0)
            continue;
        if (erasure_names(erasure, index))
            cr_assert_eq(ballots_note_erasure(ballots, index, integer_at(erasure, "index")), 0);
        else
            add_response(ballots, document, e);
    }
    cr_assert_eq(ballots_turn(ballots, NULL), 0);
    return ballots;
}

/* The versions of the one block, also kept here. */
struct known {
    struct version list[10];
    size_t count;
    struct versions *versions;
};

static void add_version(struct known *known, int64_t release, int64_t size)
{
    known->list[known->count] = (struct version){release, size};
    cr_assert_eq(versions_add(known->versions, 0, known->list[known->count++]), 0);
}

static void assert_fresh(struct ballots *ballots, const struct known *known, const struct json *release)
{
    const struct json *expected = json_first(json_member(release, "fresh"));
    cr_assert_eq(json_count(json_member(release, "fresh")), known->count);
    for (size_t i = 0; i < known->count; i++, expected = json_next(expected)) {
        int64_t fresh = -1;
        cr_assert_eq(json_integer(expected, &fresh), 0);
        cr_assert_eq(ballots_fresh(ballots, 0, integer_at(release, "size"), known->list[i].size), fresh,
                     "%s: against %ld", json_text(json_member(release, "what")), (long)known->list[i].release);
    }
}

static enum block_state expected_state(const struct json *release, size_t versions)
{
    bool renewed = false;
    cr_assert_eq(json_bool(json_member(release, "renewed"), &renewed), 0);
    if (versions == 0)
        return renewed ? BLOCK_NEW : BLOCK_SUPPRESSED;
    return renewed ? BLOCK_RENEWED : BLOCK_STANDS;
}

/* `whole`: the audit's way, one reading of a log that is longer. */
static void assert_releases(bool whole)
{
    struct buf text = kit_file("tests/vectors/protocol2/releases.json");
    struct json *document = json_parse(text.data, text.len, NULL);
    struct tally_layout *layout = tally_layout_new(&released);
    struct known known = {.versions = versions_new(1)};
    const struct disclosure_rule rule = {integer_at(document, "minRespondents"), integer_at(document, "roundTo")};
    struct ballots *all = read_log(document, layout, 102);
    int64_t counts[20];
    size_t releases = 0;
    for (const struct json *r = json_first(json_member(document, "releases")); r; r = json_next(r)) {
        int64_t size = integer_at(r, "size"), number = integer_at(r, "release");
        releases++;
        if (whole && size < 53) { /* of before the erasure nobody can tell any more */
            if (expected_state(r, 1) == BLOCK_RENEWED)
                add_version(&known, number, size);
            continue;
        }
        struct ballots *ballots = whole ? all : read_log(document, layout, size);
        assert_fresh(ballots, &known, r);
        ballots_count(ballots, 0, size, counts);
        const struct ballot_counts asked = ballots_counts(ballots);
        enum block_state state =
            versions_judge(known.versions, &asked, &rule, integer_at(document, "minChanged"), 0, size, counts);
        cr_assert_eq(state, expected_state(r, known.count), "%s", json_text(json_member(r, "what")));
        if (state == BLOCK_NEW || state == BLOCK_RENEWED) {
            cr_assert_eq(disclosure_action(&rule, counts).respondents,
                         integer_at(json_member(r, "told"), "respondents"));
            add_version(&known, number, size);
        }
        if (!whole)
            ballots_free(ballots);
    }
    cr_assert_eq(releases, 10);
    ballots_free(all);
    versions_free(known.versions);
    tally_layout_free(layout);
    json_free(document);
    buf_free(&text);
}

Test(ballots, make_each_release_as_another_program_does)
{
    assert_releases(false);
}

Test(ballots, are_as_good_read_once_to_the_end)
{
    assert_releases(true);
}

/* Erased entries, by hand. */

struct hand {
    struct tally_layout *layout;
    struct ballots *ballots;
};

static void hand_begin(struct hand *hand)
{
    hand->layout = tally_layout_new(&released);
    hand->ballots = ballots_new(&scratch, MEMORY, &released, hand->layout, 2);
    cr_assert(hand->layout && hand->ballots);
}

static void hand_end(struct hand *hand)
{
    ballots_free(hand->ballots);
    tally_layout_free(hand->layout);
}

static void hand_add(struct hand *hand, size_t action, uint32_t member, int64_t revision, int64_t index)
{
    struct mark marks[] = {GIVEN(0, 1), GIVEN(1, 1)};
    const struct ballot ballot = {.action = action, .marks = marks, .mark_count = 4};
    cr_assert_eq(ballots_add(hand->ballots, &ballot, member, revision, index, NULL), 0);
}

Test(ballots, take_nobody_for_fresh_whose_response_was_erased)
{
    struct hand hand;
    hand_begin(&hand);
    hand_add(&hand, 0, 1, 1, 3);
    cr_assert_eq(ballots_note_erasure(hand.ballots, 4, 6), 0); /* member 2's, who answers again */
    hand_add(&hand, 0, 2, 2, 7);
    hand_add(&hand, 0, 3, 1, 8);
    hand_add(&hand, 1, 2, 1, 9);
    cr_assert_eq(ballots_turn(hand.ballots, NULL), 0);
    cr_assert_eq(ballots_fresh(hand.ballots, 0, 10, 5), 1, "member 3 alone");
    cr_assert_eq(ballots_fresh(hand.ballots, 0, 10, 6), 1, "still there");
    cr_assert_eq(ballots_fresh(hand.ballots, 0, 10, 4), 2, "what was erased was not there yet");
    cr_assert_eq(ballots_fresh(hand.ballots, 0, 10, 7), 2, "and here no longer");
    cr_assert_eq(ballots_fresh(hand.ballots, 1, 10, 5), 1, "a first revision follows on nothing");
    cr_assert_eq(ballots_fresh(hand.ballots, 0, 8, 5), 0);
    cr_assert(!ballots_were_erased(hand.ballots, 4) && ballots_were_erased(hand.ballots, 5));
    cr_assert(ballots_were_erased(hand.ballots, 6) && !ballots_were_erased(hand.ballots, 7));
    hand_end(&hand);
}

Test(ballots, stand_where_too_few_are_left)
{
    struct hand hand;
    int64_t counts[20];
    hand_begin(&hand);
    struct versions *versions = versions_new(2);
    const struct disclosure_rule rule = {10, 5};
    for (uint32_t member = 1; member <= 12; member++)
        hand_add(&hand, 0, member, 1, 50 + member);
    cr_assert_eq(ballots_turn(hand.ballots, NULL), 0);
    const struct ballot_counts asked = ballots_counts(hand.ballots);
    ballots_count(hand.ballots, 0, 100, counts);
    cr_assert_eq(counts[TALLY_RESPONDENTS], 12);
    cr_assert_eq(versions_judge(versions, &asked, &rule, 10, 0, 100, counts), BLOCK_SUPPRESSED);
    cr_assert_eq(versions_add(versions, 0, (struct version){1, 40}), 0);
    cr_assert_eq(ballots_fresh(hand.ballots, 0, 100, 40), 12);
    cr_assert_eq(versions_judge(versions, &asked, &rule, 10, 0, 100, counts), BLOCK_STANDS);
    versions_free(versions);
    hand_end(&hand);
}

Test(ballots, refuse_what_they_cannot_number)
{
    struct hand hand;
    struct error error = {0};
    hand_begin(&hand);
    struct mark marks[] = {GIVEN(0, 1)};
    const struct ballot ballot = {.marks = marks, .mark_count = 2};
    cr_assert_eq(ballots_add(hand.ballots, &ballot, 1, 1, UINT32_MAX, &error), 0);
    cr_assert_eq(ballots_add(hand.ballots, &ballot, 1, 1, (int64_t)UINT32_MAX + 1, &error), -1);
    cr_assert_eq(error.kind, ERROR_REFUSED);
    hand_end(&hand);
}

Test(ballots, have_zeros_where_nobody_answered)
{
    struct hand hand;
    int64_t counts[20];
    hand_begin(&hand);
    hand_add(&hand, 1, 1, 1, 0);
    cr_assert_eq(ballots_turn(hand.ballots, NULL), 0);
    ballots_count(hand.ballots, 0, 10, counts);
    cr_assert_eq(counts[TALLY_RESPONDENTS], 0);
    cr_assert_eq(ballots_fresh(hand.ballots, 0, 10, 0), 0);
    ballots_count(hand.ballots, 1, 10, counts);
    cr_assert_eq(counts[TALLY_RESPONDENTS], 1);
    hand_end(&hand);
}

Test(ballots, say_which_folder_has_no_room)
{
    struct scratch nowhere = {.folder = "/nonexistent/folder"};
    struct tally_layout *layout = tally_layout_new(&released);
    struct ballots *ballots = ballots_new(&nowhere, 0, &released, layout, 1);
    struct mark marks[] = {GIVEN(0, 1)};
    const struct ballot ballot = {.marks = marks, .mark_count = 2};
    struct error error = {0};
    cr_assert_not_null(ballots);
    cr_assert_eq(ballots_add(ballots, &ballot, 1, 1, 0, &error), 0);
    cr_assert_eq(ballots_add(ballots, &ballot, 2, 1, 1, &error), -1);
    cr_assert_not_null(strstr(error.text, "/nonexistent/folder"), "%s", error.text);
    cr_assert_eq(ballots_turn(ballots, &error), -1);
    cr_assert_eq(ballots_check(ballots, &error), -1);
    ballots_free(ballots);
    tally_layout_free(layout);
}

Test(ballots, say_so_when_memory_lacks)
{
    unsigned long told = 0;
    for (unsigned long n = 1;; n++) {
        struct tally_layout *layout = tally_layout_new(&released);
        struct mark marks[] = {GIVEN(0, 1)};
        const struct ballot ballot = {.marks = marks, .mark_count = 2};
        struct error error = {0};
        mem_fail_at(n);
        struct scratch short_of = {.folder = "/tmp"};
        struct ballots *ballots = ballots_new(&short_of, MEMORY, &released, layout, 3);
        struct versions *versions = versions_new(3);
        bool made = ballots && versions;
        int result = made ? ballots_add(ballots, &ballot, 5, 1, 0, &error) : -1;
        if (result == 0)
            result = ballots_turn(ballots, &error);
        cr_assert_eq(made && result < 0, error.kind == ERROR_MEMORY, "allocation %lu", n);
        if (result == 0)
            result = ballots_note_erasure(ballots, 0, 1);
        if (result == 0)
            result = versions_add(versions, 2, (struct version){1, 1});
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(result < 0, failed);
        ballots_free(ballots);
        versions_free(versions);
        tally_layout_free(layout);
        if (!failed)
            break;
        told++;
    }
    cr_assert_gt(told, 7);
}
