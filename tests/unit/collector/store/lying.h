/* A store for tests that says it has written what it was given, and has written something else. */
#ifndef TESTS_UNIT_COLLECTOR_STORE_LYING_H
#define TESTS_UNIT_COLLECTOR_STORE_LYING_H

#include "collector/store/store.h"

/* One of each kind of row. */
enum lie {
    LIE_TOKEN, /* which is not written at all */
    LIE_CURRENT, /* which replaced another */
    LIE_COUNTS, /* of which the second is one more */
    LIE_FILE, /* of a release: this and those below with another last byte, or number */
    LIE_ENTRY,
    LIE_LEAVES, /* a tile of them */
    LIE_INNER_TILE, /* the last one, of which the root is made */
    LIE_KEY, /* of the log */
    LIE_ERASED, /* by which event an entry was */
    LIE_PANEL,
    LIE_ROUND,
    LIE_ACTION,
    LIE_DOCUMENT,
    LIE_EVENT,
    LIE_MEMBER,
    LIE_INVITATION,
    LIE_REVISION,
    LIE_REQUEST,
    LIE_RELEASE,
    LIE_WISH,
    LIE_READ,
    LIES
};

/* Has an open store lie about that, until it is closed. One store at a time. */
void store_lie(struct store *store, enum lie about);

/* Has it find that a wish was withdrawn when that is to be noted as done; false: no more. */
void store_find_withdrawn(struct store *store, bool withdrawn);

#endif
