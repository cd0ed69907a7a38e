/* Lists that grow: room for one more, and nothing lost where there is none. */
#include "base/list.h"
#include "base/mem.h"
#include <criterion/criterion.h>

Test(list, grows_and_keeps_what_it_holds)
{
    int *items = NULL;
    size_t capacity = 0;
    for (int i = 0; i < 1000; i++) {
        int *more = list_grow(items, (size_t)i, &capacity, sizeof *items);
        cr_assert_not_null(more);
        items = more;
        items[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(items[i], i);
    cr_assert_eq(capacity, 1024);
    mem_free(items);
}

Test(list, leaves_all_as_it_was_without_memory)
{
    size_t capacity = 0;
    int *items = list_grow(NULL, 0, &capacity, sizeof *items);
    cr_assert_not_null(items);
    size_t before = capacity;
    mem_fail_at(1);
    cr_assert_null(list_grow(items, capacity, &capacity, sizeof *items));
    mem_fail_at(0);
    cr_assert_eq(capacity, before);
    capacity = (size_t)-1 / 2 + 1;
    cr_assert_null(list_grow(items, capacity, &capacity, sizeof *items));
    mem_free(items);
}
