/* The allocation seam. */
#include "base/mem.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

Test(mem, gives_a_pointer_to_free_when_size_is_zero)
{
    void *plain = mem_alloc(0), *cleared = mem_calloc(0, 8), *resized = mem_resize(mem_alloc(4), 0, 8);

    cr_assert(plain && cleared && resized);
    mem_free(plain);
    mem_free(cleared);
    mem_free(resized);
    mem_free(NULL);
}

Test(mem, refuses_when_the_product_overflows)
{
    void *kept = mem_alloc(4);

    cr_assert_null(mem_calloc(SIZE_MAX / 2, 3));
    cr_assert_null(mem_resize(kept, SIZE_MAX / 2, 3));
    cr_assert_null(mem_copy_text("", SIZE_MAX));
    mem_free(kept);
}

Test(mem, clears_what_calloc_gives)
{
    unsigned char *p = mem_calloc(64, 4);

    cr_assert_not_null(p);
    for (size_t i = 0; i < 256; i++)
        cr_assert_eq(p[i], 0);
    mem_free(p);
}

Test(mem, copies_text_with_its_nul)
{
    char *part = mem_copy_text("panellid", 5), *none = mem_copy_text(NULL, 0);

    cr_assert_str_eq(part, "panel");
    cr_assert_str_eq(none, "");
    mem_free(part);
    mem_free(none);
}

Test(mem, wipes_every_byte)
{
    char secret[8] = "geheim!";

    mem_wipe(secret, sizeof secret);
    mem_wipe(NULL, 0);
    for (size_t i = 0; i < sizeof secret; i++)
        cr_assert_eq(secret[i], 0);
}

Test(mem, fails_the_nth_allocation_once_when_asked)
{
    void *first, *third;

    mem_fail_at(2);
    first = mem_alloc(1);
    cr_assert_not_null(first);
    cr_assert_not(mem_has_failed());
    cr_assert_null(mem_resize(first, 2, 1));
    cr_assert(mem_has_failed());
    third = mem_calloc(1, 1);
    cr_assert_not_null(third);
    mem_fail_at(0);
    cr_assert_not(mem_has_failed());
    mem_free(first);
    mem_free(third);
}

static atomic_int refused;

static void *allocate_often(void *unused)
{
    for (int i = 0; i < 10000; i++) {
        void *p = mem_alloc(1);

        if (!p)
            atomic_fetch_add(&refused, 1);
        mem_free(p);
    }
    return unused;
}

static unsigned seen;

static void see(void)
{
    seen++;
}

Test(mem, shows_each_allocation_while_a_failure_is_asked_for)
{
    mem_watch(see);
    mem_free(mem_alloc(1));
    cr_expect_eq(seen, 0, "none is asked for");
    mem_fail_at(2);
    mem_free(mem_alloc(1));
    mem_free(mem_calloc(1, 1));
    mem_free(mem_alloc(1));
    cr_expect_eq(seen, 2, "%u were seen", seen);
    mem_watch(NULL);
    mem_fail_at(1);
    mem_free(mem_alloc(1));
    cr_expect_eq(seen, 2);
}

Test(mem, fails_exactly_once_when_threads_compete)
{
    pthread_t threads[4];

    mem_fail_at(20000);
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, allocate_often, NULL), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    cr_assert_eq(atomic_load(&refused), 1);
}
