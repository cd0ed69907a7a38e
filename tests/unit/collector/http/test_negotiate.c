#include "collector/http/negotiate.h"
#include <criterion/criterion.h>

static const char *const offers[] = {"text/csv", "application/json"};

static int choose(const char *accept)
{
    return negotiate_media_type(accept, offers, 2);
}

Test(accept, takes_the_first_offer_when_nothing_is_said)
{
    cr_assert_eq(choose(NULL), 0);
    cr_assert_eq(choose("*/*"), 0);
}

Test(accept, weighs_what_is_said)
{
    cr_assert_eq(choose("application/json"), 1);
    cr_assert_eq(choose("text/csv;q=0.4, application/json;q=0.5"), 1);
    cr_assert_eq(choose("text/csv; q=1.000,application/json;q=0.999"), 0);
    cr_assert_eq(choose("text/html, application/*;q=0.1"), 1);
    cr_assert_eq(choose("TEXT/*"), 0);
    cr_assert_eq(choose("text/csv;header=present"), 0);
}

Test(accept, lets_the_closest_range_speak)
{
    cr_assert_eq(choose("*/*;q=1, text/csv;q=0"), 1);
    cr_assert_eq(choose("text/csv;q=0, text/*"), -1);
    cr_assert_eq(choose("application/*;q=0.2, application/json;q=0, */*;q=0"), -1);
}

Test(accept, refuses_what_is_not_offered)
{
    cr_assert_eq(choose(""), -1);
    cr_assert_eq(choose("text/html"), -1);
    cr_assert_eq(choose("text/csvx, text/cs, application"), -1);
    cr_assert_eq(choose("*/csv"), -1);
}

Test(accept, passes_over_weights_that_are_none)
{
    static const char *const bad[] = {"text/csv;q=",   "text/csv;q=2",      "text/csv;q=1.5",
                                      "text/csv;q=-1", "text/csv;q=0.1234", "text/csv;q=0.1x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(choose(bad[i]), -1, "%s", bad[i]);
    cr_assert_eq(choose(";;,,;q=1, ,text/csv"), 0);
}

Test(accept, gives_gzip_only_when_it_is_named)
{
    cr_assert(negotiate_gzip("gzip"));
    cr_assert(negotiate_gzip("br, GZip;q=0.1"));
    cr_assert(negotiate_gzip("x-gzip"));
    cr_assert_not(negotiate_gzip(NULL));
    cr_assert_not(negotiate_gzip(""));
    cr_assert_not(negotiate_gzip("*"));
    cr_assert_not(negotiate_gzip("gzip;q=0"));
    cr_assert_not(negotiate_gzip("gzip;q=0.000"));
    cr_assert_not(negotiate_gzip("gzipped"));
}
