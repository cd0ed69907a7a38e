/* Whom a request comes from when it came by proxies: what they say is taken from the right, where the nearest one has
 * written, for as long as those who say it are trusted. What stands further left anybody may have written. Inside the
 * HTTP room. Pure; any thread. */
#ifndef COLLECTOR_HTTP_FORWARDED_H
#define COLLECTOR_HTTP_FORWARDED_H

#include "collector/http/address.h"
#include "collector/http/head.h"

/* Which header the proxies write. One, since each hands on the other as it came. */
enum forwarded_header {
    FORWARDED_X, /* X-Forwarded-For: addresses with commas between */
    FORWARDED_RFC, /* Forwarded (RFC 7239) */
};

struct forwarded {
    enum forwarded_header header;
    struct address_prefixes trusted; /* proxies */
};

/* The address that sent the request of `head` over a connection from `peer`. That is the peer, unless it is trusted:
 * then the one that it names, and so on. Where a trusted one names nobody, or nothing that is an address, it is that
 * one. */
struct address forwarded_sender(const struct forwarded *forwarded, const struct http_head *head,
                                const struct address *peer);

/* Whether a request from `peer` seems to have come by a proxy on this machine that is not trusted. */
bool forwarded_lacks_trust(const struct forwarded *forwarded, const struct http_head *head, const struct address *peer);

#endif
