/* What a name of this machine leads to; names elsewhere are nobody's to promise. */
#include "base/lookup.h"
#include <criterion/criterion.h>
#include <string.h>

static struct buf found;

static void prepare(void)
{
    buf_init(&found, 4096);
}

static void finish(void)
{
    buf_free(&found);
}

TestSuite(lookup, .init = prepare, .fini = finish, .timeout = 60);

Test(lookup, appends_an_address_as_it_is)
{
    buf_put_text(&found, "host:80:");
    cr_assert_eq(lookup_put(&found, "192.0.2.1"), 0);
    cr_expect_str_eq(buf_text(&found), "host:80:192.0.2.1");
}

Test(lookup, finds_this_machine)
{
    cr_assert_eq(lookup_put(&found, "localhost"), 0);
    cr_expect(strstr(buf_text(&found), "127.0.0.1") || strstr(buf_text(&found), "[::1]"), "%s", buf_text(&found));
}

Test(lookup, knows_no_name_that_there_can_not_be)
{
    cr_expect_eq(lookup_put(&found, "no-such-host.invalid"), -1);
    cr_expect_eq(lookup_put(&found, ""), -1);
    cr_expect_eq(found.len, 0);
}
