/* How often one address may do something: so many at once, and as many again in each window of time, evenly. Kept in
 * bounded memory under a hash whose key is random and made at the start, so that nobody can choose addresses that fall
 * together, and no address is kept. Of IPv6 a /64 counts as one address, since that is what one line is given, and the
 * /48 above it may have eight times as many.
 *
 * Where very many addresses come at once, those that have waited longest are forgotten, and may begin anew. Any
 * thread. */
#ifndef COLLECTOR_HTTP_LIMITER_H
#define COLLECTOR_HTTP_LIMITER_H

#include "base/compiler.h"
#include "collector/http/address.h"
#include <stdint.h>

struct limiter;

/* `most` (1 or more) in `seconds`, of some `addresses` that are remembered, 16 bytes each. NULL when there is no
 * memory. Free with limiter_free. */
MUST_CHECK struct limiter *limiter_new(unsigned most, unsigned seconds, size_t addresses);
void limiter_free(struct limiter *limiter); /* NULL is fine */

/* One more of that address, at the moment `now` (clock_monotonic_us). 0: it may; otherwise it may not, and has not been
 * counted, and the result is in how many seconds it may. A NULL limiter bounds nothing. */
int64_t limiter_take(struct limiter *limiter, const struct address *address, int64_t now);

/* One that was counted was none of those that are bounded. */
void limiter_give_back(struct limiter *limiter, const struct address *address);

#endif
