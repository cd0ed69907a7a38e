/* A server of a few routes for a test, and who asks it one thing. */
#ifndef TESTS_UNIT_COLLECTOR_API_SERVED_H
#define TESTS_UNIT_COLLECTOR_API_SERVED_H

#include "collector/http/http.h"

/* On one thread, for http_stop. */
struct http_server *served_start(const struct http_site *sites);

/* The status that a GET of this path is answered with, on a connection of its own. */
unsigned served_status(const struct http_server *server, const char *path);

#endif
