#include "collector/store/snapshots.h"

#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(snapshots, .init = kit_begin, .fini = kit_end);

static char dsn[512];

static struct store *make_store(void)
{
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("snapshots.db"));
    return kit_store_new(dsn);
}

Test(snapshots, see_one_moment_while_others_write)
{
    struct error error = {0};
    struct store *writer = make_store();
    struct snapshots *snapshots = snapshots_new(dsn, STORE_EXISTING, 2);
    struct store *first = snapshots_take(snapshots, &error);
    int64_t count = -1;
    cr_assert_not_null(first);
    cr_assert_eq(store_entry_count(first, &count), STORE_OK);
    cr_assert_eq(count, 0);
    cr_assert_eq(store_entry_append(writer, 0, "x", 1), STORE_OK);
    cr_assert_eq(store_entry_count(first, &count), STORE_OK);
    cr_assert_eq(count, 0);
    struct store *second = snapshots_take(snapshots, &error);
    cr_assert_not_null(second);
    cr_assert_eq(store_entry_count(second, &count), STORE_OK);
    cr_assert_eq(count, 1);
    snapshots_give_back(snapshots, first);
    snapshots_give_back(snapshots, second);
    snapshots_free(snapshots);
    store_close(writer);
}

Test(snapshots, are_lent_up_to_their_number_and_then_again)
{
    struct error error = {0};
    struct store *writer = make_store();
    struct snapshots *snapshots = snapshots_new(dsn, STORE_EXISTING, 2);
    struct store *a = snapshots_take(snapshots, &error), *b = snapshots_take(snapshots, &error);
    cr_assert(a != NULL && b != NULL);
    cr_assert_null(snapshots_take(snapshots, &error));
    cr_assert_neq(error.text[0], '\0');
    snapshots_give_back(snapshots, a);
    struct store *c = snapshots_take(snapshots, &error);
    cr_assert_eq(c, a, "a handle is used again");
    int64_t count = -1;
    cr_assert_eq(store_entry_append(writer, 0, "x", 1), STORE_OK);
    snapshots_give_back(snapshots, c);
    c = snapshots_take(snapshots, &error);
    cr_assert_eq(store_entry_count(c, &count), STORE_OK);
    cr_assert_eq(count, 1, "and sees what has come since");
    snapshots_give_back(snapshots, b);
    snapshots_give_back(snapshots, c);
    snapshots_free(snapshots);
    snapshots_free(NULL);
    store_close(writer);
}

Test(snapshots, say_why_a_store_can_not_be_had)
{
    struct error error = {0};
    snprintf(dsn, sizeof dsn, "sqlite:%s", kit_path("not-there.db"));
    struct snapshots *snapshots = snapshots_new(dsn, STORE_EXISTING, 1);
    for (int i = 0; i < 3; i++)
        cr_assert_null(snapshots_take(snapshots, &error));
    cr_assert_null(strstr(error.text, "on their way"), "a failure is not counted as lent: %s", error.text);
    snapshots_free(snapshots);
}

Test(snapshots, are_let_go_and_wanted_back_while_the_store_is_opened_anew)
{
    struct error error = {0};
    struct store *writer = make_store();
    struct snapshots *snapshots = snapshots_new(dsn, STORE_EXISTING, 3);
    struct store *lent = snapshots_take(snapshots, &error), *idle = snapshots_take(snapshots, &error);
    cr_assert(lent != NULL && idle != NULL);
    snapshots_give_back(snapshots, idle);
    cr_assert_not(snapshots_are_wanted(snapshots));
    cr_assert_not(snapshots_let_go(snapshots), "one is lent");
    cr_assert(snapshots_are_wanted(snapshots));
    cr_assert_null(snapshots_take(snapshots, &error));
    cr_assert_not_null(strstr(error.text, "opened again"));
    snapshots_give_back(snapshots, lent);
    cr_assert(snapshots_let_go(snapshots));
    snapshots_resume(snapshots);
    cr_assert_not(snapshots_are_wanted(snapshots));
    lent = snapshots_take(snapshots, &error);
    cr_assert_not_null(lent, "%s", error.text);
    snapshots_give_back(snapshots, lent);
    snapshots_free(snapshots);
    store_close(writer);
}
