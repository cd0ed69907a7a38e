/* The socket that the server listens on. Part of the HTTP room. */
#ifndef COLLECTOR_HTTP_LISTEN_H
#define COLLECTOR_HTTP_LISTEN_H

#include "base/compiler.h"
#include <stdint.h>

/* A socket that listens on a numeric address and *port, which becomes the port that it got. -1: errno, or a getaddrinfo
 * code in *lookup. */
MUST_CHECK int http_listen(const char *address, uint16_t *port, int *lookup);

#endif
