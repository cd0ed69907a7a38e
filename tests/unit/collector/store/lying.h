/* A store for tests that says it has written what it was given, and has written something else. */
#ifndef TESTS_UNIT_COLLECTOR_STORE_LYING_H
#define TESTS_UNIT_COLLECTOR_STORE_LYING_H

#include "collector/store/store.h"

enum lie {
    LIE_TOKEN, /* which is not written at all */
    LIE_CURRENT, /* which replaced another */
    LIE_COUNTS, /* of which the second is one more */
    LIE_FILE, /* of a release, of other bytes */
    LIE_ENTRY, /* whose last byte is another */
    LIES
};

/* Has an open store lie about that, until it is closed. One store at a time. */
void store_lie(struct store *store, enum lie about);

#endif
