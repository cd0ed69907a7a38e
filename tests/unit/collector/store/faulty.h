/* A store for tests that wraps another one and makes the n-th verb fail, whichever that is. All else is the wrapped
 * store's doing, so what is tested is the real SQL and what its callers make of a failure
 * (docs/adr/001-faulty-store-instead-of-memory-fake.md). */
#ifndef TESTS_UNIT_COLLECTOR_STORE_FAULTY_H
#define TESTS_UNIT_COLLECTOR_STORE_FAULTY_H

#include "collector/store/store.h"

#define STORE_FAULTY_ERROR "the disk is on fire" /* store_error after the failure that was asked for */

/* A store that hands every verb on to `inner`, which it takes over: store_close closes both. NULL when there is no
 * memory. */
MUST_CHECK struct store *store_faulty_new(struct store *inner);

/* The n-th verb from now on gives STORE_FAILED without reaching the inner store, once; 0: none does. rollback and
 * close, which can't fail, are not counted. */
void store_faulty_fail_at(struct store *faulty, unsigned n);

/* The name of the verb that failed since store_faulty_fail_at; NULL when none has. */
const char *store_faulty_verb(const struct store *faulty);

/* How often a transaction that had said what it would ask for asked for something else. It wants to be told. */
unsigned store_faulty_unforeseen(const struct store *faulty);

/* How many verbs were called since store_faulty_fail_at. */
unsigned store_faulty_calls(const struct store *faulty);

#endif
