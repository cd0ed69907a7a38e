/* The socket that the server listens on. Inside the HTTP room. */
#ifndef COLLECTOR_HTTP_LISTEN_H
#define COLLECTOR_HTTP_LISTEN_H

#include "base/error.h"
#include <stdint.h>

/* A socket that listens on a numeric address and *port, which becomes the port that it got. -1: `error` says why. */
MUST_CHECK int http_listen(const char *address, uint16_t *port, struct error *error);

#endif
