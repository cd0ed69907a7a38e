/* What `release create` and an audit keep of a log, without a log: members and responses are made on the fly, put aside
 * and had back place by place, in the memory that each gives them. So it is seen what that takes of a log that nobody
 * has, of which the signatures alone would take hours.
 *
 *     bench-walk MEMBERS RESPONSES      files go where TMPDIR says */
#include "base/clock.h"
#include "collector/audit/fold.h"
#include "collector/release/ballots.h"
#include "crypto/crypto.h"
#include "tests/bench/kit.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define MEMORY ((size_t)320 * 1024 * 1024) /* the fold's part of what `audit` gives */
#define BALLOT_MEMORY ((size_t)96 * 1024 * 1024) /* the ballots' of what `release create` gives */
#define SLOTS 12 /* that a response to the example's questionnaire counts in */
#define STEP 7919 /* so that responses do not come in the order of their places */

static void enrol_all(struct fold *fold, uint32_t members)
{
    for (uint32_t i = 0; i < members; i++) {
        struct fold_member member = {.index = i};
        crypto_sha256(&i, sizeof i, member.public_key);
        if (fold_enrol(fold, &member) != FOLD_OK)
            bench_give_up("a member");
    }
}

static void put_all(struct fold *fold, uint64_t members, uint64_t responses)
{
    static size_t firsts[1] = {1};
    const struct tally_layout layout = {.slots = 2 * SLOTS, .first = firsts, .question_count = 1};
    uint16_t slots[SLOTS];
    for (uint16_t i = 0; i < SLOTS; i++)
        slots[i] = (uint16_t)(2 * i);
    for (uint64_t i = 0; i < responses; i++) {
        struct fold_current response = {.round = 1,
                                        .member = (int64_t)(i * STEP % members) + 1,
                                        .action = (int64_t)(i / members) + 1,
                                        .revision = 1,
                                        .index = (int64_t)(members + i),
                                        .slots = slots,
                                        .slot_count = SLOTS};
        if (fold_respond(fold, &response, &layout) != FOLD_OK)
            bench_give_up("a response");
    }
}

static uint64_t walk_all(struct fold *fold)
{
    struct fold_current current;
    int64_t event;
    uint64_t currents = 0;
    enum fold_step step;
    fold_turn(fold);
    while ((step = fold_next(fold, &current, &event)) != FOLD_END)
        currents += step == FOLD_CURRENT;
    return currents;
}

static double cpu_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void print_part(const char *name, double us, double count, double verify)
{
    printf("%-44s %8.2f us  RATIO %.3f\n", name, us / count, us / count / verify);
}

static void print_peak(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%-44s %8.1f MB\n", "  the memory, at the peak", (double)usage.ru_maxrss / 1024);
}

/* Ballots. */

static struct question questions[] = {
    {.id = (char[]){"importance"}, .type = QUESTION_SCALE, .min = 1, .max = 5},
    {.id = (char[]){"noticed"}, .type = QUESTION_CHOICE, .option_count = 3},
    {.id = (char[]){"channels"}, .type = QUESTION_MULTI, .option_count = 4},
    {.id = (char[]){"comment"}, .type = QUESTION_TEXT, .max_length = 500},
};
static const struct questionnaire questionnaire = {.questions = questions, .question_count = 4};

static void put_ballots(struct ballots *ballots, uint64_t members, uint64_t responses)
{
    struct error error;
    for (uint64_t i = 0; i < responses; i++) {
        struct mark marks[] = {
            {0, MARK_ANSWERED}, {0, (uint16_t)(i % 5)}, {1, MARK_ANSWERED}, {1, (uint16_t)(i % 3)}, {2, MARK_ANSWERED}};
        const struct ballot ballot = {.action = i / members, .marks = marks, .mark_count = 5};
        if (ballots_add(ballots, &ballot, (uint32_t)(i * STEP % members) + 1, 1, (int64_t)(members + i), &error) < 0)
            bench_give_up(error.text);
    }
    if (ballots_turn(ballots, &error) < 0)
        bench_give_up(error.text);
}

/* The counters of each action, and who is fresh against half of the log. */
static void ask_ballots(struct ballots *ballots, const struct tally_layout *layout, uint64_t members,
                        uint64_t responses)
{
    uint64_t asked = 0, fresh = 0, size = members + responses;
    int64_t *counts = calloc(layout->slots, sizeof *counts);
    for (uint64_t action = 0; counts && action * members < responses; action++) {
        ballots_count(ballots, action, (int64_t)size, counts);
        asked += (uint64_t)counts[TALLY_RESPONDENTS];
        fresh += (uint64_t)ballots_fresh(ballots, action, (int64_t)size, (int64_t)(size / 2));
    }
    free(counts);
    if (asked != responses || fresh != size - size / 2)
        bench_give_up("the ballots");
}

static void measure_ballots(struct scratch *scratch, uint64_t members, uint64_t responses, double verify)
{
    struct tally_layout *layout = tally_layout_new(&questionnaire);
    struct ballots *ballots =
        layout ? ballots_new(scratch, BALLOT_MEMORY, &questionnaire, layout, (size_t)(responses / members + 1)) : NULL;
    if (!ballots)
        bench_give_up("memory");
    double begun = cpu_us();
    put_ballots(ballots, members, responses);
    double put = cpu_us();
    ask_ballots(ballots, layout, members, responses);
    printf("what a release keeps, made on the fly: %llu members, %llu responses\n", (unsigned long long)members,
           (unsigned long long)responses);
    print_part("a ballot put aside, and sorted", put - begun, (double)responses, verify);
    print_part("  asked twice", cpu_us() - put, (double)responses, verify);
    print_peak();
    ballots_free(ballots);
    tally_layout_free(layout);
}

/* Of the audit, which has the greater peak, so it comes last. */
static void measure_fold(struct scratch *scratch, uint64_t members, uint64_t responses, double verify)
{
    struct fold *fold = fold_new(scratch, MEMORY);
    if (!fold)
        bench_give_up("memory");
    double begun = cpu_us();
    enrol_all(fold, (uint32_t)members);
    double enrolled = cpu_us();
    put_all(fold, members, responses);
    double put = cpu_us();
    if (walk_all(fold) != responses)
        bench_give_up("the walk");
    printf("what an audit keeps, made on the fly: %llu members, %llu responses\n", (unsigned long long)members,
           (unsigned long long)responses);
    print_part("a member", enrolled - begun, (double)members, verify);
    print_part("a response put aside", put - enrolled, (double)responses, verify);
    print_part("  had back", cpu_us() - put, (double)responses, verify);
    print_peak();
    fold_free(fold);
}

int main(int argc, char **argv)
{
    if (argc != 3 || crypto_start())
        return 2;
    uint64_t members = strtoull(argv[1], NULL, 10), responses = strtoull(argv[2], NULL, 10);
    struct scratch scratch = {.folder = scratch_folder()};
    if (members == 0 || responses < members)
        bench_give_up("MEMBERS RESPONSES");
    double verify = bench_measure_verify();
    measure_ballots(&scratch, members, responses, verify);
    measure_fold(&scratch, members, responses, verify);
    return 0;
}
