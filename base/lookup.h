/* Names of hosts, looked up by the thread that asks and by no other; getaddrinfo(3) says by what. Knows no connection.
 * Any thread. */
#ifndef BASE_LOOKUP_H
#define BASE_LOOKUP_H

#include "base/buf.h"

#define LOOKUP_MAX 16 /* addresses of a name that are told */

/* Appends the addresses of `host`, a name or an IPv4 address, with commas between, those of IPv6 in brackets, in the
 * order in which they are best tried. -1: nobody knows any; nothing is appended. Whether all fitted is said by
 * buf_check(out). */
MUST_CHECK int lookup_put(struct buf *out, const char *host);

/* Bounds what name servers may take, of whoever asks them in this process (PostgreSQL's library has no bound of its
 * own): each is tried twice, for two seconds. Where RES_OPTIONS in the environment says anything, that holds. Before
 * the first thread. */
void lookup_limit(void);

#endif
