/* Whom a message may be sent to. Pure. */
#ifndef COLLECTOR_HOOKS_RECEIVER_H
#define COLLECTOR_HOOKS_RECEIVER_H

#include "base/buf.h"
#include "base/error.h"
#include "base/reach.h"
#include <stdbool.h>

#define RECEIVER_URL_SIZE 1024
#define RECEIVER_HOST_SIZE 256

struct receiver {
    char url[RECEIVER_URL_SIZE]; /* may hold a secret in its path: never logged */
    char host[RECEIVER_HOST_SIZE]; /* with its port; what the log calls it */
    enum reach reach; /* where its name may lead */
};

/* Reads `len` characters: https://HOST…, or http:// or https:// to this machine by 127.0.0.1, [::1] or localhost. -1:
 * *error. */
MUST_CHECK int receiver_read(const char *text, size_t len, bool private, struct receiver *out, struct error *error);

#endif
