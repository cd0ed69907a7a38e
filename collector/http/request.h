/* What is asked of a request before its handler runs. Inside the HTTP room. */
#ifndef COLLECTOR_HTTP_REQUEST_H
#define COLLECTOR_HTTP_REQUEST_H

#include "collector/http/exchange.h"

/* Whether the query has an argument that is not among `known` (which ends with NULL; NULL: none is), one without a
 * value, or one twice. */
bool request_has_unknown_argument(const struct http_exchange *x, const char *const *known);

#endif
