/* The panel and the action list as answers, made once for all who ask: bodies, compressed forms, entity tags. They are
 * made anew when administrators change something, and when a round opens or closes, which the panel tells. Inside the
 * API room. Any thread. */
#ifndef COLLECTOR_API_PREPARED_H
#define COLLECTOR_API_PREPARED_H

#include "base/latest.h"
#include "collector/http/http.h"
#include "collector/state/catalogue.h"

struct prepared; /* counted, and immutable */

/* Those of the catalogue at `now`, out of `newest` or made and put there; held for the caller, who lets go by
 * counted_release. NULL: no memory. */
MUST_CHECK struct prepared *prepared_now(struct latest *newest, struct catalogue *catalogue, int64_t now);

/* The prepared's own. */
const struct http_static *prepared_panel(const struct prepared *prepared);
const struct http_static *prepared_actions(const struct prepared *prepared);

#endif
