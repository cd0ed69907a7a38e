/* Where the log has come to and how often the rest was changed: asked once a transaction, under the lane. */
#ifndef COLLECTOR_STORE_POSTGRES_HEAD_H
#define COLLECTOR_STORE_POSTGRES_HEAD_H

#include "collector/store/postgres/handle.h"

/* p->head, asked unless it is known in this transaction. -1: the error is set. */
MUST_CHECK int postgres_know_head(struct store_postgres *p);

/* Takes it over from the row of PG_HEAD, for who has asked it together with other things. -1: the error is set, since
 * it is of a store that has become newer than we know. */
MUST_CHECK int postgres_take_head(struct store_postgres *p, const PGresult *rows);

#endif
