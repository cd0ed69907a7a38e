/* The checkpoints that were seen, each once, and two that contradict each other. */
#include "base/mem.h"
#include "client/log/seen.h"
#include "tests/unit/client/fake_log.h"
#include <criterion/criterion.h>
#include <string.h>

static struct fake_log ours, theirs;

/* Two logs of one key that agree on the first 40 entries. */
static void prepare(void)
{
    fake_log_init(&ours, "burgerpanel/wau");
    fake_log_fork(&ours, &theirs, 40, 70);
}

static void finish(void)
{
    fake_log_wipe(&ours);
}

TestSuite(seen, .init = prepare, .fini = finish);

static void add_head(struct seen_list *seen, const struct fake_log *log, size_t size)
{
    struct merkle_head head = fake_log_head(log, size);
    cr_assert_eq(seen_add(seen, &head, &(struct slice){"text", 4}), 0);
}

Test(seen, keeps_each_checkpoint_once_and_sees_a_fork_among_them)
{
    struct seen_list seen = {0};
    static const size_t sizes[] = {50, 7, 50, 0, 7, 70};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        add_head(&seen, &ours, sizes[i]);
    seen_sort(&seen);
    cr_assert_eq(seen.count, 4);
    for (size_t i = 1; i < seen.count; i++)
        cr_expect_gt(seen.list[i].head.size, seen.list[i - 1].head.size);
    cr_expect_null(seen_find_fork(&seen));
    add_head(&seen, &theirs, 7);
    seen_sort(&seen);
    cr_expect_null(seen_find_fork(&seen), "they agree on the first seven");
    add_head(&seen, &theirs, 50);
    seen_sort(&seen);
    const struct seen_checkpoint *fork = seen_find_fork(&seen);
    cr_assert_not_null(fork);
    cr_expect_eq(fork->head.size, 50);
    cr_expect_eq(fork[1].head.size, 50);
    seen_free(&seen);
}

Test(seen, stays_as_it_was_when_there_is_no_memory)
{
    struct seen_list seen = {0};
    struct merkle_head head = fake_log_head(&ours, 9);
    for (unsigned long n = 1; n <= 2; n++) {
        mem_fail_at(n);
        cr_expect_eq(seen_add(&seen, &head, &(struct slice){"text", 4}), -1, "allocation %lu", n);
        mem_fail_at(0);
        cr_expect_eq(seen.count, 0);
    }
    add_head(&seen, &ours, 9);
    cr_expect_eq(seen.count, 1);
    seen_free(&seen);
}
