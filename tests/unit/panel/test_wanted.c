/* Which actions are asked for. */
#include "base/buf.h"
#include "panel/wanted.h"
#include <criterion/criterion.h>

Test(wanted, is_all_when_nothing_is_named)
{
    struct wanted_actions wanted;
    cr_assert_eq(wanted_read(NULL, &wanted), 0);
    cr_expect(wanted_is_all(&wanted) && wanted_is_all(NULL));
    cr_expect(wanted_has(&wanted, "WA-1.01") && wanted_has(NULL, "WA-1.01"));
}

Test(wanted, has_the_named_ones_alone)
{
    struct wanted_actions wanted;
    cr_assert_eq(wanted_read("WA-1.01,b,WA-2", &wanted), 0);
    cr_expect_not(wanted_is_all(&wanted));
    cr_expect(wanted_has(&wanted, "WA-1.01") && wanted_has(&wanted, "b") && wanted_has(&wanted, "WA-2"));
    const char *others[] = {"WA-1.0", "WA-1.011", "WA-1.01,b", "a", "bb", "WA", ""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_expect_not(wanted_has(&wanted, others[i]), "%s", others[i]);
}

Test(wanted, refuses_what_is_no_list_of_ids)
{
    const char *bad[] = {"", ",", "a,", ",a", "a,,b", "a b", "a;b", "a, b", "\xc3\xa9", "a/b"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct wanted_actions wanted;
        cr_expect_eq(wanted_read(bad[i], &wanted), -1, "'%s'", bad[i]);
    }
}

/* `count` ids of `len` letters each. */
static void put_ids(struct buf *out, size_t count, size_t len)
{
    buf_reset(out);
    for (size_t i = 0; i < count; i++) {
        buf_put_text(out, i > 0 ? "," : "");
        for (size_t j = 0; j < len; j++)
            buf_put_char(out, 'a');
    }
}

Test(wanted, takes_a_hundred_ids_as_long_as_may_be_and_no_more)
{
    struct buf ids, one;
    struct wanted_actions wanted;
    buf_init(&ids, SIZE_MAX);
    buf_init(&one, SIZE_MAX);
    put_ids(&ids, WANTED_MAX, WANTED_ID_MAX);
    put_ids(&one, 1, WANTED_ID_MAX);
    cr_assert_eq(wanted_read(buf_text(&ids), &wanted), 0);
    cr_expect(wanted_has(&wanted, buf_text(&one)));
    put_ids(&ids, WANTED_MAX + 1, 1);
    cr_expect_eq(wanted_read(buf_text(&ids), &wanted), -1);
    put_ids(&ids, 1, WANTED_ID_MAX + 1);
    cr_expect_eq(wanted_read(buf_text(&ids), &wanted), -1);
    buf_free(&ids);
    buf_free(&one);
}
