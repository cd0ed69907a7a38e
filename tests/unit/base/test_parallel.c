/* One loop over all cores: each number once, all before it returns, time after time. */
#include "base/mem.h"
#include "base/parallel.h"
#include <criterion/criterion.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define MOST 5000
#define NOBODY 65534

TestSuite(parallel, .timeout = 60);

static atomic_int calls[MOST];

static void count_call(void *context, size_t i)
{
    atomic_fetch_add(&calls[i], 1);
    atomic_fetch_add((atomic_size_t *)context, 1);
}

Test(parallel, calls_each_number_once)
{
    static const size_t counts[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 100, 4096, MOST};
    for (unsigned threads = 1; threads <= 6; threads++) {
        struct parallel *parallel = parallel_new(threads);
        cr_assert_not_null(parallel);
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            atomic_size_t sum = 0;
            parallel_begin(parallel, counts[c], count_call, &sum);
            parallel_end(parallel);
            cr_assert_eq(sum, counts[c]);
            for (size_t i = 0; i < MOST; i++)
                cr_assert_eq(atomic_exchange(&calls[i], 0), i < counts[c], "%u threads, number %zu of %zu", threads, i,
                             counts[c]);
        }
        parallel_free(parallel);
    }
}

Test(parallel, runs_short_loops_time_after_time)
{
    struct parallel *parallel = parallel_new(4);
    atomic_size_t sum = 0;
    cr_assert_not_null(parallel);
    for (int i = 0; i < 2000; i++) {
        parallel_begin(parallel, 3, count_call, &sum);
        parallel_end(parallel);
    }
    cr_assert_eq(sum, 6000);
    parallel_free(parallel);
}

Test(parallel, may_be_made_for_nothing)
{
    struct parallel *parallel = parallel_new(3);
    cr_assert_not_null(parallel);
    parallel_free(parallel);
    parallel_free(NULL);
}

Test(parallel, says_when_there_is_no_memory)
{
    mem_fail_at(1);
    cr_assert_null(parallel_new(2));
    mem_fail_at(0);
}

/* How many processes and threads this user may have from now on. */
static void limit_threads(rlim_t count)
{
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NPROC, &limit), 0);
    limit.rlim_cur = count < limit.rlim_max ? count : limit.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_NPROC, &limit), 0);
}

Test(parallel, leaves_no_thread_behind_when_there_are_not_enough)
{
    if (geteuid() == 0) /* whom no such limit binds */
        cr_assert_eq(setresuid(NOBODY, NOBODY, NOBODY), 0);
    cr_assert_eq(prctl(PR_SET_DUMPABLE, 1), 0); /* so that the leak checker can look at it still */
    limit_threads(3);
    cr_assert_null(parallel_new(64));
    limit_threads(RLIM_INFINITY);
    struct parallel *parallel = parallel_new(2);
    cr_assert_not_null(parallel);
    parallel_free(parallel);
}
