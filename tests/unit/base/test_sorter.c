/* What is put comes out by its keys, those of one key as they were put, whether it fits in memory or not. */
#include "base/mem.h"
#include "base/sorter.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#define MANY 20000
#define LITTLE ((size_t)32 * 1024)

static struct scratch scratch;

static void begin(void)
{
    scratch = (struct scratch){.folder = scratch_folder()};
}

TestSuite(sorter, .init = begin, .timeout = 60);

/* Some keys often, in all their bytes. */
static uint64_t key_of(uint64_t i)
{
    uint64_t bits = i % 777;
    return (bits ^ bits >> 31) * 0x94d049bb133111ebu;
}

static int put_all(struct sorter *sorter, uint64_t count)
{
    static uint8_t bytes[64];
    for (uint64_t i = 0; i < count; i++) {
        memcpy(bytes, &i, sizeof i);
        if (sorter_put(sorter, key_of(i), bytes, sizeof i + i % 50) < 0)
            return -1;
    }
    return sorter_turn(sorter);
}

/* How many came out, each in its place. */
static uint64_t read_all(struct sorter *sorter)
{
    struct sorted record;
    uint64_t count = 0, last_key = 0, last = 0, i;
    while (sorter_next(sorter, &record)) {
        memcpy(&i, record.bytes, sizeof i);
        cr_assert(record.key == key_of(i) && record.len == sizeof i + i % 50);
        cr_assert(count == 0 || record.key > last_key || (record.key == last_key && i > last));
        last_key = record.key;
        last = i;
        count++;
    }
    return count;
}

Test(sorter, gives_back_by_key_and_then_as_put)
{
    const size_t memories[] = {0, LITTLE, (size_t)64 * 1024 * 1024};
    const uint64_t counts[] = {0, 1, 2, MANY};
    for (size_t m = 0; m < sizeof memories / sizeof *memories; m++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            uint64_t count = memories[m] == 0 && counts[c] == MANY ? 200 : counts[c];
            struct sorter *sorter = sorter_new(&scratch, memories[m]);
            cr_assert_not_null(sorter);
            cr_assert_eq(put_all(sorter, count), 0);
            cr_assert_eq(read_all(sorter), count);
            sorter_free(sorter);
        }
    sorter_free(NULL);
    cr_assert_eq(scratch.why, 0);
}

Test(sorter, takes_a_record_that_is_larger_than_its_memory)
{
    static uint8_t large[300000], found[300000];
    struct sorter *sorter = sorter_new(&scratch, LITTLE);
    struct sorted record;
    for (size_t i = 0; i < sizeof large; i++)
        large[i] = (uint8_t)(i * 31 >> 3);
    cr_assert_eq(sorter_put(sorter, 9, "small", 5), 0);
    cr_assert_eq(sorter_put(sorter, 5, large, sizeof large), 0);
    cr_assert_eq(sorter_put(sorter, 1, "", 0), 0);
    cr_assert_eq(sorter_turn(sorter), 0);
    cr_assert(sorter_next(sorter, &record) && record.key == 1 && record.len == 0);
    cr_assert(sorter_next(sorter, &record) && record.key == 5 && record.len == sizeof large);
    memcpy(found, record.bytes, sizeof found);
    cr_assert_eq(memcmp(found, large, sizeof found), 0);
    cr_assert(sorter_next(sorter, &record) && record.key == 9 && memcmp(record.bytes, "small", 5) == 0);
    cr_assert(!sorter_next(sorter, &record) && !sorter_next(sorter, &record));
    sorter_free(sorter);
}

Test(sorter, refuses_what_no_record_is)
{
    static uint8_t large[SORTER_RECORD_MAX + 1];
    struct sorter *sorter = sorter_new(&scratch, LITTLE);
    cr_assert(sorter_put(sorter, 1, large, sizeof large) < 0 && scratch.why == EFBIG);
    cr_assert(sorter_put(sorter, 1, "", 0) < 0 && sorter_turn(sorter) < 0);
    sorter_free(sorter);
}

Test(sorter, fails_where_its_folder_takes_no_file)
{
    struct error error = {0};
    struct sorted record;
    scratch.folder = "/nowhere/at/all";
    struct sorter *sorter = sorter_new(&scratch, LITTLE);
    cr_assert_lt(put_all(sorter, MANY), 0);
    cr_assert_not(sorter_next(sorter, &record));
    cr_assert(scratch_check(&scratch, &error) < 0 && error.kind == ERROR_IO);
    sorter_free(sorter);
}

Test(sorter, says_that_memory_lacks_wherever_it_does)
{
    unsigned failures = 0;
    for (unsigned long n = 1;; n++) {
        struct error error = {0};
        begin();
        mem_fail_at(n);
        struct sorter *sorter = sorter_new(&scratch, LITTLE);
        uint64_t count = sorter && put_all(sorter, 1000) == 0 ? read_all(sorter) : 0;
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(failed, count < 1000, "allocation %lu", n);
        if (failed && sorter)
            cr_assert(scratch_check(&scratch, &error) < 0 && error.kind == ERROR_MEMORY);
        sorter_free(sorter);
        if (!failed)
            break;
        failures++;
    }
    cr_assert_gt(failures, 20);
}
