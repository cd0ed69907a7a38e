/* Where threads find the newest: each thing is released as often as it was held, whoever came between. */
#include "base/latest.h"
#include "base/mem.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define THINGS 2000
#define READERS 3

TestSuite(latest, .timeout = 60);

struct thing {
    atomic_int holders;
    atomic_int dead; /* times that the last holder let go */
};

static void *hold(void *argument)
{
    struct thing *thing = argument;
    if (thing)
        atomic_fetch_add(&thing->holders, 1);
    return thing;
}

static void release(void *argument)
{
    struct thing *thing = argument;
    if (thing && atomic_fetch_sub(&thing->holders, 1) == 1)
        atomic_fetch_add(&thing->dead, 1);
}

Test(latest, is_empty_at_first_and_then_has_the_newest)
{
    struct thing one = {1, 0}, two = {1, 0};
    struct latest *latest = latest_new(hold, release);
    cr_assert_not_null(latest);
    cr_assert_null(latest_now(latest));
    latest_replace(latest, &one);
    cr_assert(latest_now(latest) == &one && one.holders == 2);
    latest_replace(latest, &two);
    cr_assert(one.holders == 1 && one.dead == 0);
    release(&one);
    cr_assert_eq(one.dead, 1);
    latest_replace(latest, NULL);
    cr_assert_eq(two.dead, 1);
    cr_assert_null(latest_now(latest));
    latest_free(latest);
    latest_free(NULL);
}

Test(latest, lets_go_of_its_last)
{
    struct thing one = {1, 0};
    struct latest *latest = latest_new(hold, release);
    cr_assert_not_null(latest);
    latest_replace(latest, &one);
    latest_free(latest);
    cr_assert_eq(one.dead, 1);
}

static struct thing things[THINGS];
static atomic_bool over;
static pthread_barrier_t reading; /* all readers have had the first thing, and go on */

/* Another thread may come between the look at the newest and its counting: as far as the lock lets it. */
static void *hold_late(void *thing)
{
    sched_yield();
    return hold(thing);
}

/* NULL, or what it was given after everybody had let go of it. */
static void *read_latest(void *latest)
{
    struct thing *dead = NULL;
    struct thing *first = latest_now(latest);
    release(first);
    pthread_barrier_wait(&reading);
    while (!dead && !atomic_load(&over)) {
        struct thing *thing = latest_now(latest);
        if (!thing || atomic_load(&thing->dead) != 0)
            dead = thing ? thing : first;
        release(thing);
    }
    return dead;
}

Test(latest, serves_readers_while_it_is_replaced)
{
    pthread_t readers[READERS];
    struct latest *latest = latest_new(hold_late, release);
    cr_assert_not_null(latest);
    cr_assert_eq(pthread_barrier_init(&reading, NULL, READERS + 1), 0);
    for (int i = 0; i < THINGS; i++)
        atomic_init(&things[i].holders, 1);
    latest_replace(latest, &things[0]);
    for (int i = 0; i < READERS; i++)
        cr_assert_eq(pthread_create(&readers[i], NULL, read_latest, latest), 0);
    pthread_barrier_wait(&reading);
    for (int i = 1; i < THINGS; i++)
        latest_replace(latest, &things[i]);
    atomic_store(&over, true);
    for (int i = 0; i < READERS; i++) {
        void *result;
        cr_assert_eq(pthread_join(readers[i], &result), 0);
        cr_assert_null(result, "a reader was given what had been let go");
    }
    latest_free(latest);
    for (int i = 0; i < THINGS; i++)
        cr_assert(things[i].dead == 1 && things[i].holders == 0);
}

Test(latest, says_when_there_is_no_memory)
{
    mem_fail_at(1);
    cr_assert_null(latest_new(hold, release));
    mem_fail_at(0);
}
