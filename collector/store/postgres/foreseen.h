/* What a transaction was told beforehand that it would read, and what of it the transaction has written since: a
 * current response or an invitation that stands here need not be asked for. Lasts for a transaction. Knows no
 * statement. */
#ifndef COLLECTOR_STORE_POSTGRES_FORESEEN_H
#define COLLECTOR_STORE_POSTGRES_FORESEEN_H

#include "collector/store/store.h"
#include <libpq-fe.h>

enum sight {
    SIGHT_UNKNOWN, /* not foreseen: to be asked */
    SIGHT_NONE, /* there is none */
    SIGHT_ROW, /* it is in that row */
    SIGHT_WRITTEN, /* there is one, written in this transaction: to be asked */
};

struct seen_current {
    int64_t place;
    enum sight sight;
    int row;
};

struct seen_invitation {
    uint8_t hash[SHA256_BYTES];
    enum sight sight;
    int row;
};

struct foreseen {
    struct seen_current *currents; /* ascending by place */
    size_t current_count;
    struct seen_invitation *invitations; /* ascending by hash */
    size_t invitation_count;
    int last_row; /* of current_rows that was read; -1: none */
    PGresult *current_rows, *invitation_rows, *counts_rows;
};

/* Frees all of it; nothing is foreseen then. */
void foreseen_forget(struct foreseen *foreseen);

/* NULL: nothing is foreseen of it. */
struct seen_current *foreseen_current(const struct foreseen *foreseen, int64_t place);
struct seen_invitation *foreseen_invitation(const struct foreseen *foreseen, const uint8_t hash[static SHA256_BYTES]);

/* Room for what is wanted, each place and hash once, in order; none is seen yet. -1: no memory. */
MUST_CHECK int foreseen_want(struct foreseen *foreseen, const struct store_wanted *wanted);

#endif
