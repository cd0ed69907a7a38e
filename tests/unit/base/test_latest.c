/* Values that threads share: each is freed once, when as many have let go as held it, whoever came between. */
#include "base/counted.h"
#include "base/latest.h"
#include "base/mem.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>

#define VALUES 2000
#define READERS 3

TestSuite(latest, .timeout = 60);

struct value {
    struct counted counted;
    int number;
    atomic_int dead; /* times that the last holder let go */
};

static void note_death(void *value)
{
    atomic_fetch_add(&((struct value *)value)->dead, 1);
}

static void begin_value(struct value *value, int number)
{
    *value = (struct value){.number = number};
    counted_init(&value->counted, note_death);
}

Test(counted, is_freed_once_when_the_last_holder_lets_go)
{
    struct value one;
    begin_value(&one, 1);
    cr_expect(counted_hold(&one) == &one);
    counted_release(&one);
    cr_expect_eq(one.dead, 0);
    counted_release(&one);
    cr_expect_eq(one.dead, 1);
    cr_expect_null(counted_hold(NULL));
    counted_release(NULL);
}

Test(latest, is_empty_at_first_and_then_has_the_newest)
{
    struct value one, two;
    begin_value(&one, 1);
    begin_value(&two, 2);
    struct latest *latest = latest_new();
    cr_assert_not_null(latest);
    cr_assert_null(latest_now(latest));
    latest_replace(latest, &one);
    cr_assert(latest_now(latest) == &one && one.counted.holders == 2);
    latest_replace(latest, &two);
    cr_assert(one.counted.holders == 1 && one.dead == 0);
    counted_release(&one);
    cr_assert_eq(one.dead, 1);
    latest_replace(latest, NULL);
    cr_assert_eq(two.dead, 1);
    cr_assert_null(latest_now(latest));
    latest_free(latest);
    latest_free(NULL);
}

Test(latest, lets_go_of_its_last)
{
    struct value one;
    begin_value(&one, 1);
    struct latest *latest = latest_new();
    cr_assert_not_null(latest);
    latest_replace(latest, &one);
    latest_free(latest);
    cr_assert_eq(one.dead, 1);
}

static struct value values[VALUES];
static atomic_bool over;
static atomic_int begun;

/* Looks until all is over: each value that it finds is alive, and none comes before one that it has seen. */
static void *look_on(void *argument)
{
    int seen = 0;
    bool wrong = false;
    while (!atomic_load(&over) || seen < VALUES) {
        struct value *value = latest_now(argument);
        if (!value)
            continue;
        wrong = wrong || atomic_load(&value->dead) != 0 || value->number < seen;
        if (seen == 0)
            atomic_fetch_add(&begun, 1);
        seen = value->number;
        counted_release(value);
    }
    return wrong ? &over : NULL;
}

Test(latest, serves_readers_while_it_is_replaced)
{
    pthread_t readers[READERS];
    struct latest *latest = latest_new();
    cr_assert_not_null(latest);
    for (int i = 0; i < VALUES; i++)
        begin_value(&values[i], i + 1);
    latest_replace(latest, &values[0]);
    for (int i = 0; i < READERS; i++)
        cr_assert_eq(pthread_create(&readers[i], NULL, look_on, latest), 0);
    while (atomic_load(&begun) < READERS)
        continue;
    for (int i = 1; i < VALUES; i++)
        latest_replace(latest, &values[i]);
    atomic_store(&over, true);
    for (int i = 0; i < READERS; i++) {
        void *result;
        cr_assert_eq(pthread_join(readers[i], &result), 0);
        cr_assert_null(result, "a reader was given what had been let go, or an older one after a newer");
    }
    latest_free(latest);
    for (int i = 0; i < VALUES; i++)
        cr_assert(values[i].dead == 1 && values[i].counted.holders == 0);
}

Test(latest, says_when_there_is_no_memory)
{
    mem_fail_at(1);
    cr_assert_null(latest_new());
    mem_fail_at(0);
}
