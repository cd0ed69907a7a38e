/* Which route a path and a method lead to. Text in, choice out; knows no HTTP library. Inside the HTTP room. Any
 * thread. */
#ifndef COLLECTOR_HTTP_ROUTES_H
#define COLLECTOR_HTTP_ROUTES_H

#include "collector/http/http.h"

struct route_match {
    const struct http_route *route; /* NULL: none */
    void *context; /* of the route's site */
    char parameter[HTTP_PARAMETER_MAX + 1]; /* what {id} or else the star stood for; "" without one */
    char tail[HTTP_PARAMETER_MAX + 1]; /* what the star stood for; "" without one */
    const char *allow; /* without a route: the methods that this path takes, as Allow names them; NULL: no such path */
};

/* Looks `path` (decoded, without its query) up in `sites`, which end with NULL routes. Always sets all of *match. */
void route_find(const struct http_site *sites, const char *path, const char *method, struct route_match *match);

#endif
