/* Lists and tables larger than the memory they are given: what was put is found as it was put, and what fails is
 * kept. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/spill_table.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MANY 30000
#define VERY_MANY 100000 /* that were to come sorted into an index by their first bits took over ten times as long */
#define LITTLE ((size_t)64 * 1024) /* bytes, of more than a megabyte that is put */

struct record {
    uint8_t digest[SPILL_DIGEST];
    uint64_t number, changed;
};

static struct scratch scratch;

static void begin(void)
{
    scratch = (struct scratch){.folder = scratch_folder()};
}

TestSuite(spill, .init = begin, .timeout = 60);

/* As good as random, and the same each time. */
static struct record record_of(uint64_t number)
{
    struct record record = {.number = number};
    uint64_t bits = number;
    for (size_t i = 0; i < SPILL_DIGEST; i++) {
        bits = (bits ^ bits >> 29) * 0xbf58476d1ce4e5b9u + 1;
        record.digest[i] = (uint8_t)(bits >> 56);
    }
    return record;
}

static uint32_t find_number(struct spill_table *table, uint64_t number)
{
    struct record record = record_of(number);
    return spill_table_find(table, record.digest);
}

/* Places of a list, each once, in an order that jumps from page to page. */
static uint64_t jump(uint64_t i)
{
    return i * 7919 % MANY;
}

Test(spill, keeps_what_is_put_in_it_in_little_memory_and_in_much)
{
    const size_t memories[] = {0, LITTLE, (size_t)64 * 1024 * 1024};
    for (size_t m = 0; m < sizeof memories / sizeof *memories; m++) {
        struct spill *spill = spill_new(&scratch, sizeof(uint64_t) * 5, memories[m]);
        cr_assert_not_null(spill);
        for (uint64_t i = 0; i < MANY; i++) {
            uint64_t *record = spill_add(spill);
            cr_assert(record && record[0] == 0 && record[4] == 0);
            record[0] = i;
        }
        for (uint64_t i = 0; i < MANY; i++) {
            uint64_t *record = spill_change(spill, jump(i));
            cr_assert(record && record[0] == jump(i) && record[4] == 0);
            record[4] = i;
        }
        for (uint64_t i = 0; i < MANY; i++) {
            const uint64_t *record = spill_at(spill, jump(i));
            cr_assert(record && record[0] == jump(i) && record[4] == i);
        }
        cr_assert_eq(spill_count(spill), MANY);
        spill_free(spill);
    }
    spill_free(NULL);
    cr_assert_eq(scratch.why, 0);
}

Test(spill, reads_zeros_where_nothing_was_written)
{
    struct spill *spill = spill_new(&scratch, 8, 0);
    cr_assert_eq(spill_widen(spill, MANY), 0);
    for (uint64_t i = 0; i < MANY; i += 5000) {
        uint64_t *record = spill_change(spill, i);
        cr_assert(record && *record == 0);
        *record = i + 1;
    }
    for (uint64_t i = 0; i < MANY; i++) {
        const uint64_t *record = spill_at(spill, i);
        cr_assert(record && *record == (i % 5000 == 0 ? i + 1 : 0));
    }
    spill_free(spill);
}

Test(spill, finds_each_by_its_digest_and_nothing_else)
{
    const size_t memories[] = {LITTLE, (size_t)64 * 1024 * 1024};
    for (size_t m = 0; m < sizeof memories / sizeof *memories; m++) {
        struct spill_table *table = spill_table_new(&scratch, sizeof(struct record), memories[m]);
        cr_assert_not_null(table);
        cr_assert_eq(find_number(table, 1), 0);
        for (uint64_t i = 1; i <= MANY; i++) {
            struct record record = record_of(i);
            cr_assert_eq(spill_table_add(table, &record), i);
        }
        for (uint64_t i = 1; i <= MANY; i++) {
            cr_assert_eq(find_number(table, i), i);
            cr_assert_eq(find_number(table, i + MANY), 0);
            struct record *record = spill_table_change(table, (uint32_t)i);
            cr_assert(record && record->number == i);
            record->changed = i;
        }
        for (uint32_t i = 1; i <= MANY; i++) {
            const struct record *record = spill_table_at(table, i);
            cr_assert(record && record->changed == i);
        }
        cr_assert_eq(spill_table_count(table), MANY);
        spill_table_free(table);
    }
    spill_table_free(NULL);
}

Test(spill, tells_apart_digests_that_begin_alike)
{
    struct spill_table *table = spill_table_new(&scratch, sizeof(struct record), LITTLE);
    for (uint64_t i = 1; i <= 200; i++) {
        struct record record = {.digest = {[0] = 0xff, [1] = 0xff, [2] = 0xff, [3] = 0xff}, .number = i};
        record.digest[31] = (uint8_t)i;
        cr_assert_eq(spill_table_find(table, record.digest), 0);
        cr_assert_eq(spill_table_add(table, &record), i);
        cr_assert_eq(spill_table_find(table, record.digest), i);
    }
    spill_table_free(table);
}

Test(spill, fails_for_good_where_its_folder_takes_no_file)
{
    struct error error = {0};
    scratch.folder = "/nowhere/at/all";
    struct spill *spill = spill_new(&scratch, 4096, 0);
    size_t added = 0;
    while (spill_add(spill))
        added++;
    cr_assert(added == 4 && scratch.why == ENOENT, "%zu", added); /* two pages of two records */
    cr_assert_null(spill_at(spill, 0));
    cr_assert(scratch_check(&scratch, &error) < 0 && error.kind == ERROR_IO);
    cr_assert_not_null(strstr(error.text, "/nowhere/at/all"));
    spill_free(spill);
}

Test(spill, says_that_memory_lacks_wherever_it_does)
{
    unsigned failures = 0;
    for (unsigned long n = 1;; n++) {
        struct error error = {0};
        begin();
        mem_fail_at(n);
        struct spill_table *table = spill_table_new(&scratch, sizeof(struct record), LITTLE);
        uint32_t added = 0;
        for (uint64_t i = 1; table && i <= 2000; i++) {
            struct record record = record_of(i);
            added += spill_table_add(table, &record) != 0;
        }
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(failed, added < 2000, "allocation %lu", n);
        if (failed && table)
            cr_assert(scratch_check(&scratch, &error) < 0 && error.kind == ERROR_MEMORY);
        spill_table_free(table);
        if (!failed)
            break;
        failures++;
    }
    cr_assert_gt(failures, 20);
}

static int compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, SPILL_DIGEST);
}

static int64_t time_adding(const struct record *records)
{
    struct spill_table *table = spill_table_new(&scratch, sizeof(struct record), (size_t)64 * 1024 * 1024);
    int64_t begun = clock_monotonic_us();
    for (uint32_t i = 0; i < VERY_MANY; i++)
        cr_assert_eq(spill_table_add(table, &records[i]), i + 1);
    int64_t took = clock_monotonic_us() - begun;
    spill_table_free(table);
    return took;
}

Test(spill, takes_digests_that_come_sorted_as_it_takes_others)
{
    struct record *records = mem_calloc(VERY_MANY, sizeof *records);
    cr_assert_not_null(records);
    for (uint64_t i = 0; i < VERY_MANY; i++)
        records[i] = record_of(i + 1);
    int64_t as_they_are = time_adding(records);
    qsort(records, VERY_MANY, sizeof *records, compare_digests);
    int64_t sorted = time_adding(records);
    cr_assert_lt(sorted, 8 * as_they_are);
    mem_free(records);
}
