/* The failing store itself: what the tests of the ledger rest on. */
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>

TestSuite(store_faulty, .init = kit_begin, .fini = kit_end);

Test(store_faulty, fails_the_nth_verb_once)
{
    struct store *store = store_faulty_new(kit_store_open(kit_dsn(NULL)));
    int64_t count;
    store_faulty_fail_at(store, 2);
    cr_assert_eq(store_entry_append(store, 0, "a", 1), STORE_OK);
    cr_assert_null(store_faulty_verb(store));
    cr_assert_eq(store_entry_append(store, 1, "b", 1), STORE_FAILED);
    cr_assert_str_eq(store_faulty_verb(store), "entry_append");
    cr_assert_str_eq(store_error(store)->text, STORE_FAULTY_ERROR);
    cr_assert_eq(store_entry_count(store, &count), STORE_OK);
    cr_assert_eq(count, 1, "the failed verb has not reached the store");
    cr_assert_eq(store_faulty_calls(store), 3);
    store_close(store);
}

Test(store_faulty, hands_on_the_inner_failures)
{
    struct store *store = store_faulty_new(kit_store_open(kit_dsn(NULL)));
    store_faulty_fail_at(store, 0);
    cr_assert_eq(store_entry_append(store, 0, "a", 1), STORE_OK);
    cr_assert_eq(store_entry_append(store, 0, "a", 1), STORE_FAILED);
    cr_assert_neq(store_error(store)->text[0], '\0');
    cr_assert_null(store_faulty_verb(store));
    store_close(store);
}
