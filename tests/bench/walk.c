/* What an audit keeps of a log, without a log: members and responses are made on the fly, put aside and had back
 * place by place, in the memory that an audit gives them. So it is seen what that takes of a log that nobody has, of
 * which the signatures alone would take hours.
 *
 *     bench-walk MEMBERS RESPONSES      files go where TMPDIR says */
#include "base/clock.h"
#include "collector/audit/fold.h"
#include "crypto/crypto.h"
#include "tests/bench/kit.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define MEMORY ((size_t)384 * 1024 * 1024) /* the fold's part of what `audit` gives */
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

int main(int argc, char **argv)
{
    if (argc != 3 || crypto_start())
        return 2;
    uint64_t members = strtoull(argv[1], NULL, 10), responses = strtoull(argv[2], NULL, 10);
    struct scratch scratch = {.folder = scratch_folder()};
    struct fold *fold = fold_new(&scratch, MEMORY);
    struct rusage usage;
    if (members == 0 || responses < members || !fold)
        bench_give_up("MEMBERS RESPONSES");
    double verify = bench_measure_verify(), begun = cpu_us();
    printf("what an audit keeps, made on the fly: %llu members, %llu responses\n", (unsigned long long)members,
           (unsigned long long)responses);
    enrol_all(fold, (uint32_t)members);
    double enrolled = cpu_us();
    put_all(fold, members, responses);
    double put = cpu_us();
    if (walk_all(fold) != responses)
        bench_give_up("the walk");
    print_part("a member", enrolled - begun, (double)members, verify);
    print_part("a response put aside", put - enrolled, (double)responses, verify);
    print_part("  had back", cpu_us() - put, (double)responses, verify);
    fold_free(fold);
    getrusage(RUSAGE_SELF, &usage);
    printf("%-44s %8.1f MB\n", "  the memory, at the peak", (double)usage.ru_maxrss / 1024);
    return 0;
}
