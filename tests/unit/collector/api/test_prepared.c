/* Panel and actions as answers that are made once, and made anew when they must be. */
#include "base/mem.h"
#include "collector/api/prepared.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(prepared, .init = kit_begin, .fini = kit_end);

static struct catalogue *load_example(struct store **store)
{
    struct error error;
    *store = kit_store_new(kit_dsn(NULL));
    struct catalogue *catalogue = catalogue_load(*store, &error);
    cr_assert_not_null(catalogue, "%s", error.text);
    return catalogue;
}

static const char *text_of(const struct http_static *answer)
{
    size_t len;
    return http_static_bytes(answer, false, &len);
}

/* By an event of after its closesAt: the clock may have been set back since. */
Test(prepared, answers_show_a_round_closed_that_the_log_has_closed)
{
    struct store *store;
    struct catalogue *catalogue = load_example(&store);
    struct latest *newest = latest_new();
    const struct round *round = &catalogue->panel->rounds[0];
    const int64_t now = round->closes_at - 1;
    struct prepared *open = prepared_now(newest, catalogue, now, round->closes_at - 1);
    struct prepared *closed = prepared_now(newest, catalogue, now, round->closes_at);
    cr_assert_not_null(strstr(text_of(prepared_panel(open)), "\"open\":true"));
    cr_assert_not_null(strstr(text_of(prepared_panel(closed)), "\"open\":false"));
    cr_assert_not(prepared_round_is_open(round, round->opens_at - 1, round->opens_at), "it opens by the clock");
    counted_release(open);
    counted_release(closed);
    latest_free(newest);
    catalogue_release(catalogue);
    store_close(store);
}

Test(prepared, answers_are_the_same_until_a_round_opens_or_closes)
{
    struct store *store;
    struct catalogue *catalogue = load_example(&store);
    struct latest *newest = latest_new();
    const struct round *round = &catalogue->panel->rounds[0];
    struct prepared *before = prepared_now(newest, catalogue, round->opens_at - 1, 0);
    cr_assert_not_null(strstr(text_of(prepared_panel(before)), "\"open\":false"));
    cr_assert_not_null(strstr(text_of(prepared_actions(before)), "{\"actions\":[{\"id\":\"WA-1.01\""));
    struct prepared *open = prepared_now(newest, catalogue, round->opens_at, 0);
    cr_assert_neq(open, before);
    cr_assert_not_null(strstr(text_of(prepared_panel(open)), "\"open\":true"));
    struct prepared *same = prepared_now(newest, catalogue, round->closes_at - 1, 0);
    cr_assert_eq(same, open);
    struct prepared *closed = prepared_now(newest, catalogue, round->closes_at, 0);
    cr_assert_not_null(strstr(text_of(prepared_panel(closed)), "\"open\":false"));
    struct prepared *back = prepared_now(newest, catalogue, round->opens_at, 0);
    cr_assert_not_null(strstr(text_of(prepared_panel(back)), "\"open\":true"), "a clock that was set back");
    cr_assert_str_eq(http_static_tag(prepared_panel(back), true), http_static_tag(prepared_panel(open), true));
    struct prepared *const all[] = {before, open, same, closed, back};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        counted_release(all[i]);
    latest_free(newest);
    catalogue_release(catalogue);
    store_close(store);
}

Test(prepared, another_catalogue_has_answers_of_its_own)
{
    struct store *store;
    struct error error;
    struct catalogue *catalogue = load_example(&store), *next = catalogue_load(store, &error);
    struct latest *newest = latest_new();
    struct prepared *one = prepared_now(newest, catalogue, KIT_NOW, 0), *other = prepared_now(newest, next, KIT_NOW, 0);
    cr_assert_neq(one, other);
    cr_assert_str_eq(http_static_tag(prepared_actions(one), false), http_static_tag(prepared_actions(other), false));
    counted_release(one);
    counted_release(other);
    latest_free(newest);
    catalogue_release(catalogue);
    catalogue_release(next);
    store_close(store);
}

Test(prepared, answers_are_made_whole_or_not_at_all)
{
    struct store *store;
    struct catalogue *catalogue = load_example(&store);
    for (unsigned long n = 1;; n++) {
        struct latest *newest = latest_new();
        mem_fail_at(n);
        struct prepared *prepared = prepared_now(newest, catalogue, KIT_NOW, 0);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(failed, !prepared, "allocation %lu", n);
        counted_release(prepared);
        latest_free(newest);
        if (!failed) {
            cr_assert_gt(n, 10);
            break;
        }
    }
    catalogue_release(catalogue);
    store_close(store);
}
