/* The panel and the action list as answers, made once for all who ask: bodies, compressed forms, entity tags. They are
 * made anew when administrators change something, and when a round opens or closes, which the panel tells. Inside the
 * API room. Any thread. */
#ifndef COLLECTOR_API_PREPARED_H
#define COLLECTOR_API_PREPARED_H

#include "base/latest.h"
#include "collector/http/http.h"
#include "collector/state/catalogue.h"

struct prepared; /* counted, and immutable */

/* Whether a round takes answers: by the clock, and by the log, which closes it for good with an event at or after its
 * closesAt, whatever the clock says then. `log_time` is the iat of the newest event. */
bool prepared_round_is_open(const struct round *round, int64_t now, int64_t log_time);

/* Those of the catalogue at `now`, out of `newest` or made and put there; held for the caller, who lets go by
 * counted_release. NULL: no memory. */
MUST_CHECK struct prepared *prepared_now(struct latest *newest, struct catalogue *catalogue, int64_t now,
                                         int64_t log_time);

/* The prepared's own. */
const struct http_static *prepared_panel(const struct prepared *prepared);
const struct http_static *prepared_actions(const struct prepared *prepared);

#endif
