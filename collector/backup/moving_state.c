/* How each step of a move writes a row, and how it fails. */
#include "collector/backup/moving_state.h"
#include "base/lang.h"

int moving_stop(struct moving *m)
{
    m->is_told = true;
    return -1;
}

int moving_no_memory(struct moving *m)
{
    error_no_memory(m->error);
    return moving_stop(m);
}

int moving_walked(struct moving *m, enum store_result result)
{
    if (result == STORE_OK)
        return 0;
    return m->is_told ? -1 : store_fail(m->from, m->error);
}

int moving_turn(struct moving *m)
{
    m->written = 0;
    if (store_commit(m->to) == STORE_OK && store_begin(m->to) == STORE_OK)
        return 0;
    store_fail(m->to, m->error);
    return moving_stop(m);
}

int moving_wrote(struct moving *m, enum store_result result)
{
    if (result == STORE_OK)
        return ++m->written < MOVING_ROWS ? 0 : moving_turn(m);
    if (result == STORE_FAILED)
        store_fail(m->to, m->error);
    else
        error_set(m->error, ERROR_DAMAGED, "%s",
                  T("a row is there twice; run `audit` on the store that is copied",
                    "een rij is er tweemaal; voer `audit` uit op de opslag die gekopieerd wordt"));
    return moving_stop(m);
}
