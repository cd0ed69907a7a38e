/* A few threads before one queue: each piece is run once, none is lost, too much is turned away. */
#include "base/mem.h"
#include "collector/intake/workers.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>

TestSuite(workers, .init = kit_begin, .fini = kit_end, .timeout = 30);

struct piece {
    struct work work;
    atomic_int runs;
};

static void count_run(struct work *work)
{
    atomic_fetch_add(&((struct piece *)work)->runs, 1);
}

static struct piece pieces[4][1000];

static void *push_row(void *argument)
{
    struct workers *workers = argument;
    static atomic_int next;
    struct piece *row = pieces[atomic_fetch_add(&next, 1)];
    for (size_t i = 0; i < 1000; i++) {
        row[i].work.run = count_run;
        while (workers_push(workers, &row[i].work) != 0)
            sched_yield();
    }
    return NULL;
}

Test(workers, run_each_piece_once_whoever_pushes)
{
    struct workers *workers = workers_start(3, 8);
    pthread_t pushers[4];
    cr_assert_not_null(workers);
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&pushers[i], NULL, push_row, workers), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(pushers[i], NULL);
    workers_stop(workers);
    workers_free(workers);
    for (size_t row = 0; row < 4; row++)
        for (size_t i = 0; i < 1000; i++)
            cr_assert_eq(atomic_load(&pieces[row][i].runs), 1);
}

/* A piece that runs until it is let go. */
struct gate {
    struct work work;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool entered, open;
};

static void wait_at_gate(struct work *work)
{
    struct gate *gate = (struct gate *)work;
    pthread_mutex_lock(&gate->lock);
    gate->entered = true;
    pthread_cond_broadcast(&gate->changed);
    while (!gate->open)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

/* Pushes the gate and returns when a thread stands before it. */
static void occupy(struct workers *workers, struct gate *gate)
{
    *gate =
        (struct gate){.work.run = wait_at_gate, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    cr_assert_eq(workers_push(workers, &gate->work), 0);
    pthread_mutex_lock(&gate->lock);
    while (!gate->entered)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

static void open_gate(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->open = true;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

Test(workers, turn_away_what_is_too_much)
{
    struct workers *workers = workers_start(1, 2);
    struct gate gate;
    struct piece waiting[3] = {{.work.run = count_run}, {.work.run = count_run}, {.work.run = count_run}};
    cr_assert_not_null(workers);
    occupy(workers, &gate);
    cr_assert_eq(workers_push(workers, &waiting[0].work), 0);
    cr_assert_eq(workers_push(workers, &waiting[1].work), 0);
    cr_assert_eq(workers_push(workers, &waiting[2].work), -1);
    open_gate(&gate);
    workers_stop(workers);
    cr_assert(atomic_load(&waiting[0].runs) == 1 && atomic_load(&waiting[1].runs) == 1);
    cr_assert_eq(atomic_load(&waiting[2].runs), 0, "it stayed the caller's");
    workers_free(workers);
}

Test(workers, turn_away_everything_once_stopped)
{
    struct workers *workers = workers_start(2, 4);
    struct piece late = {.work.run = count_run};
    cr_assert_not_null(workers);
    workers_stop(workers);
    cr_assert_eq(workers_push(workers, &late.work), -1);
    workers_stop(workers);
    workers_free(workers);
    cr_assert_eq(atomic_load(&late.runs), 0);
}

Test(workers, work_side_by_side)
{
    struct workers *workers = workers_start(2, 4);
    struct gate one, two;
    occupy(workers, &one);
    occupy(workers, &two); /* returns only when a second thread has come to it */
    open_gate(&one);
    open_gate(&two);
    workers_stop(workers);
    workers_free(workers);
}

Test(workers, may_be_absent)
{
    workers_stop(NULL);
    workers_free(NULL);
    mem_fail_at(1);
    cr_assert_null(workers_start(2, 4));
    mem_fail_at(0);
}
