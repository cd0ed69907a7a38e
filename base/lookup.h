/* Names of hosts, looked up by the thread that asks and by no other; getaddrinfo(3) says by what, and how long it may
 * take. Knows no connection. Any thread. */
#ifndef BASE_LOOKUP_H
#define BASE_LOOKUP_H

#include "base/buf.h"

#define LOOKUP_MAX 16 /* addresses of a name that are told */

/* Appends the addresses of `host`, a name or an IPv4 address, with commas between, those of IPv6 in brackets, in the
 * order in which they are best tried. -1: nobody knows any; nothing is appended. Whether all fitted is said by
 * buf_check(out). */
MUST_CHECK int lookup_put(struct buf *out, const char *host);

#endif
