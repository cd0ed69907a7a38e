/* Answers that are made once: both forms, and the tag of each. */
#include "base/mem.h"
#include "collector/http/static.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(static_answer, .init = kit_begin, .fini = kit_end);

static const char text[] =
    "{\"openapi\":\"3.0.3\",\"paths\":{},\"more\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}";

Test(static_answer, has_a_tag_for_each_of_its_forms)
{
    struct http_static *one = http_static_new("application/json", text, sizeof text - 1);
    struct http_static *same = http_static_new("application/json", text, sizeof text - 1);
    struct http_static *other = http_static_new("application/json", text, sizeof text - 2);
    size_t len;
    cr_assert_str_eq(http_static_type(one), "application/json");
    cr_assert_eq(http_static_bytes(one, false, &len), text);
    cr_assert_eq(len, sizeof text - 1);
    const char *gzip = http_static_bytes(one, true, &len);
    cr_assert_arr_eq(gzip, "\x1f\x8b\x08", 3);
    cr_assert_lt(len, sizeof text - 1);
    cr_assert_str_eq(http_static_tag(one, false), http_static_tag(same, false));
    cr_assert_str_neq(http_static_tag(one, false), http_static_tag(other, false));
    cr_assert_str_neq(http_static_tag(one, false), http_static_tag(one, true));
    cr_assert_eq(http_static_tag(one, true)[0], '"');
    http_static_free(one);
    http_static_free(same);
    http_static_free(other);
    http_static_free(NULL);
}

Test(static_answer, is_made_whole_or_not_at_all)
{
    for (unsigned long n = 1;; n++) {
        mem_fail_at(n);
        struct http_static *resource = http_static_new("text/plain", text, sizeof text - 1);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(failed, !resource, "allocation %lu", n);
        http_static_free(resource);
        if (!failed) {
            cr_assert_gt(n, 1);
            return;
        }
    }
}
