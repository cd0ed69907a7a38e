/* What releases ask of blocks is what ballots tell them, which count in another way: over many small logs, at all sizes
 * against all earlier ones. */
#include "base/mem.h"
#include "collector/audit/blocks.h"
#include "collector/release/ballots.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(blocks, .init = kit_begin, .fini = kit_end, .timeout = 120);

#define DEFINITION                                                                                                     \
    "{\"id\":\"wau\",\"title\":{\"nl\":\"P\"},\"questionnaires\":[{\"id\":\"q\",\"questions\":["                       \
    "{\"id\":\"a\",\"type\":\"scale\",\"min\":1,\"max\":3,\"required\":true,\"label\":{\"nl\":\"A\"}},"                \
    "{\"id\":\"m\",\"type\":\"multi\",\"required\":false,\"label\":{\"nl\":\"M\"},\"options\":["                       \
    "{\"value\":\"x\",\"label\":{\"nl\":\"X\"}},{\"value\":\"y\",\"label\":{\"nl\":\"Y\"}}]},"                         \
    "{\"id\":\"t\",\"type\":\"text\",\"maxLength\":100,\"required\":false,\"label\":{\"nl\":\"T\"}}]}],\"rounds\":[{"  \
    "\"id\":\"r\",\"title\":{\"nl\":\"R\"},\"opensAt\":\"2026-01-01T00:00:00Z\",\"closesAt\":"                         \
    "\"2027-01-01T00:00:00Z\",\"questionnaire\":\"q\",\"actions\":\"all\"}]}"

enum { MEMBERS = 12, ACTIONS = 2, ENTRIES = 60, SIZES = 30, LOGS = 200 };

struct scene {
    struct panel *panel;
    const struct questionnaire *questionnaire;
    struct tally_layout *layout;
    struct scratch scratch;
    uint32_t seed;
    int64_t revisions[MEMBERS + 1][ACTIONS];
    int64_t sizes[SIZES];
};

static void begin(struct scene *scene)
{
    struct faults faults;
    *scene = (struct scene){.scratch = {.folder = scratch_folder()}, .seed = 1};
    faults_init(&faults);
    scene->panel = panel_parse(DEFINITION, strlen(DEFINITION), &faults);
    cr_assert(scene->panel, "%s", faults.count > 0 ? faults.list[0].what : "");
    faults_free(&faults);
    scene->questionnaire = round_questionnaire(scene->panel, &scene->panel->rounds[0]);
    scene->layout = tally_layout_new(scene->questionnaire);
    cr_assert_not_null(scene->layout);
    for (int64_t i = 0; i < SIZES; i++)
        scene->sizes[i] = i * 2; /* so many that the two actions' cells are more than two pages */
}

static void end(struct scene *scene)
{
    tally_layout_free(scene->layout);
    panel_free(scene->panel);
}

static uint32_t draw(struct scene *scene, uint32_t below)
{
    scene->seed = scene->seed * 1664525u + 1013904223u;
    return (scene->seed >> 16) % below;
}

/* Few answers, so that the same is often said again. */
static size_t draw_marks(struct scene *scene, struct mark marks[static 8])
{
    size_t count = 0;
    marks[count++] = (struct mark){0, MARK_ANSWERED};
    marks[count++] = (struct mark){0, (uint16_t)draw(scene, 2)};
    if (draw(scene, 2) == 0) {
        marks[count++] = (struct mark){1, MARK_ANSWERED};
        marks[count++] = (struct mark){1, (uint16_t)draw(scene, 2)};
    }
    if (draw(scene, 2) == 0)
        marks[count++] = (struct mark){2, MARK_ANSWERED};
    return count;
}

/* One response, to both; a first one may be a revision, as after an erasure. */
static void respond(struct scene *scene, struct ballots *ballots, struct fold *fold, int64_t index)
{
    struct mark marks[8];
    uint16_t slots[9];
    size_t member = 1 + draw(scene, MEMBERS), action = draw(scene, ACTIONS);
    struct ballot ballot = {.action = action, .marks = marks, .mark_count = draw_marks(scene, marks)};
    int64_t *revision = &scene->revisions[member][action];
    *revision += 1 + draw(scene, 4) / 3;
    cr_assert_eq(ballots_add(ballots, &ballot, (uint32_t)member, *revision, index, NULL), 0);
    tally_slots(scene->layout, &ballot, slots);
    const struct fold_current response = {.round = 1,
                                          .member = (int64_t)member,
                                          .action = (int64_t)action + 1,
                                          .revision = *revision,
                                          .index = index,
                                          .slots = slots,
                                          .slot_count = tally_slot_count(&ballot)};
    cr_assert_eq(fold_respond(fold, &response, scene->layout), FOLD_OK);
}

static void pass(struct fold *fold, struct blocks *blocks)
{
    struct fold_current response;
    int64_t event;
    enum fold_step step;
    fold_turn(fold);
    while ((step = fold_next(fold, &response, &event)) != FOLD_END)
        cr_assert_eq(step == FOLD_CURRENT ? blocks_leave(blocks) : blocks_take(blocks, &response), 0);
}

static void assert_alike(const struct scene *scene, struct ballots *ballots, struct blocks *blocks)
{
    int64_t expected[32], found[32];
    for (size_t action = 0; action < ACTIONS; action++)
        for (size_t now = 0; now < SIZES; now++) {
            ballots_count(ballots, action, scene->sizes[now], expected);
            blocks_count(blocks, (int64_t)action + 1, scene->sizes[now], found);
            cr_assert_eq(memcmp(expected, found, scene->layout->slots * sizeof *found), 0);
            for (size_t then = 0; then < now; then++) {
                int64_t size = scene->sizes[now], earlier = scene->sizes[then];
                cr_assert_eq(
                    blocks_fresh(blocks, (int64_t)action + 1, size, earlier, ballots_were_erased(ballots, earlier)),
                    ballots_fresh(ballots, action, size, earlier));
            }
        }
}

Test(blocks, tell_what_ballots_tell)
{
    struct scene scene;
    begin(&scene);
    for (int log = 0; log < LOGS; log++) {
        struct ballots *ballots =
            ballots_new(&scene.scratch, log % 4 < 2 ? 0 : 65536, scene.questionnaire, scene.layout, ACTIONS);
        struct fold *fold = fold_new(&scene.scratch, log % 2 == 0 ? 0 : 65536);
        struct blocks *blocks =
            blocks_new(&scene.scratch, log % 5 == 0 ? 65536 : 0, scene.sizes, SIZES, scene.questionnaire, scene.layout);
        cr_assert(ballots && fold && blocks);
        memset(scene.revisions, 0, sizeof scene.revisions);
        for (int64_t index = 0; index < ENTRIES; index++)
            respond(&scene, ballots, fold, index);
        if (log % 3 == 0)
            cr_assert_eq(ballots_note_erasure(ballots, 4, 20), 0);
        cr_assert_eq(ballots_turn(ballots, NULL), 0);
        pass(fold, blocks);
        assert_alike(&scene, ballots, blocks);
        ballots_free(ballots);
        fold_free(fold);
        blocks_free(blocks);
    }
    end(&scene);
}

Test(blocks, have_zeros_where_nobody_answered)
{
    struct scene scene;
    int64_t counts[32] = {1, 1};
    begin(&scene);
    struct blocks *blocks = blocks_new(&scene.scratch, 0, scene.sizes, SIZES, scene.questionnaire, scene.layout);
    cr_assert_not_null(blocks);
    cr_assert_eq(blocks_leave(blocks), 0);
    blocks_count(blocks, 7, 2, counts);
    cr_assert(counts[0] == 0 && counts[1] == 0);
    cr_assert_eq(blocks_fresh(blocks, 7, 8, 2, false), 0);
    blocks_free(blocks);
    blocks_free(NULL);
    end(&scene);
}

Test(blocks, fail_where_there_is_no_room_for_what_does_not_fit)
{
    struct scene scene;
    struct scratch nowhere = {.folder = "/nonexistent/folder"};
    const uint16_t slots[] = {TALLY_RESPONDENTS, 1, 2};
    struct fold_current response = {.round = 1, .member = 1, .revision = 1, .replaced = -1, .slots = slots};
    response.slot_count = 3;
    begin(&scene);
    struct blocks *blocks = blocks_new(&nowhere, 0, scene.sizes, SIZES, scene.questionnaire, scene.layout);
    cr_assert_not_null(blocks);
    int result = 0;
    for (response.action = 1; result == 0 && response.action <= 10; response.action++)
        result = blocks_take(blocks, &response) == 0 ? blocks_leave(blocks) : -1;
    cr_assert_eq(result, -1);
    cr_assert_neq(nowhere.why, 0);
    blocks_free(blocks);
    end(&scene);
}

Test(blocks, say_that_memory_lacks_wherever_it_does)
{
    struct scene scene;
    const uint16_t slots[] = {TALLY_RESPONDENTS, 1, 2};
    const struct fold_current response = {
        .round = 1, .member = 1, .action = 1, .revision = 1, .replaced = -1, .slots = slots, .slot_count = 3};
    unsigned failures = 0;
    begin(&scene);
    for (unsigned long n = 1;; n++) {
        mem_fail_at(n);
        struct scratch short_of = {.folder = scratch_folder()};
        struct blocks *blocks = blocks_new(&short_of, 65536, scene.sizes, SIZES, scene.questionnaire, scene.layout);
        int result = blocks && blocks_take(blocks, &response) == 0 ? blocks_leave(blocks) : -1;
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(failed, result < 0, "allocation %lu", n);
        blocks_free(blocks);
        if (!failed)
            break;
        failures++;
    }
    cr_assert_geq(failures, 8);
    end(&scene);
}
