/* Counters kept from batch to batch: read once, written where they were taken, forgotten when told. */
#include "base/mem.h"
#include "collector/intake/counters.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>

TestSuite(counters, .init = kit_begin, .fini = kit_end);

static struct error error;

static const struct tally_layout layout = {.slots = 3};

static int64_t *take(struct counters *counters, struct store *store, int64_t round, int64_t action)
{
    int64_t *counts = counters_take(counters, store, round, action, &layout, &error);
    cr_assert_not_null(counts, "%s", error.text);
    return counts;
}

Test(counters, are_read_once_and_written_where_they_were_taken)
{
    struct store *store = store_faulty_new(kit_store_new(kit_dsn(NULL)));
    struct counters *counters = counters_new();
    int64_t stored[3];
    cr_assert_eq(store_counts_write(store, 1, 2, (int64_t[]){4, 5, 6}, 3), STORE_OK);
    take(counters, store, 1, 2)[1]++;
    take(counters, store, 1, 2)[1]++;
    take(counters, store, 1025, 2)[0] = 9; /* another round */
    cr_assert_eq(counters_write(counters, store, &error), 0);
    cr_assert_eq(store_counts_read(store, 1, 2, stored, 3), STORE_OK);
    cr_assert(stored[0] == 4 && stored[1] == 7 && stored[2] == 6);
    cr_assert_eq(store_counts_read(store, 1025, 2, stored, 3), STORE_OK);
    cr_assert(stored[0] == 9 && stored[1] == 0);
    store_faulty_fail_at(store, 1000);
    cr_assert_eq(counters_write(counters, store, &error), 0);
    cr_assert_eq(take(counters, store, 1, 2)[1], 7);
    cr_assert_eq(store_faulty_calls(store), 0, "what was not taken is not written, what is known not read");
    counters_free(counters);
    store_close(store);
}

Test(counters, are_read_anew_when_forgotten)
{
    struct store *store = kit_store_new(kit_dsn(NULL));
    struct counters *counters = counters_new();
    int64_t stored[3];
    take(counters, store, 1, 2)[0] = 7;
    counters_forget(counters);
    cr_assert_eq(counters_write(counters, store, &error), 0);
    cr_assert_eq(store_counts_read(store, 1, 2, stored, 3), STORE_NONE);
    cr_assert_eq(take(counters, store, 1, 2)[0], 0);
    counters_free(counters);
    counters_free(NULL);
    store_close(store);
}

Test(counters, say_what_failed)
{
    struct store *store = store_faulty_new(kit_store_new(kit_dsn(NULL)));
    struct counters *counters = counters_new();
    store_faulty_fail_at(store, 1);
    cr_assert_null(counters_take(counters, store, 1, 2, &layout, &error));
    cr_assert_str_eq(error.text, STORE_FAULTY_ERROR);
    for (unsigned n = 1; n <= 2; n++) {
        mem_fail_at(n);
        cr_assert_null(counters_take(counters, store, 1, 2, &layout, &error));
        mem_fail_at(0);
        cr_assert_str_eq(error.text, "out of memory");
    }
    take(counters, store, 1, 2)[0] = 7;
    store_faulty_fail_at(store, 1);
    cr_assert_eq(counters_write(counters, store, &error), -1);
    cr_assert_eq(counters_write(counters, store, &error), 0, "still to be written");
    counters_free(counters);
    store_close(store);
    mem_fail_at(1);
    cr_assert_null(counters_new());
    mem_fail_at(0);
}
