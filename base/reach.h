/* Which addresses a connection may go to, where a name that somebody else answers for could lead anywhere. Knows no
 * name and no socket. Pure; any thread. */
#ifndef BASE_REACH_H
#define BASE_REACH_H

#include <stdbool.h>
#include <stdint.h>

enum reach {
    REACH_ANYWHERE,
    REACH_LOOPBACK, /* this machine alone */
    REACH_PUBLIC, /* what is routed between networks: no private, shared, link-local or special address */
    REACH_NETWORK, /* that, and the private and shared addresses of one's own network; still not this machine, nor what
                    * is on the link alone, where clouds answer with secrets */
};

/* Whether the address may be connected to: 16 bytes as in IPv6, of IPv4 the mapped one (::ffff:a.b.c.d). */
bool reach_has(enum reach reach, const uint8_t address[static 16]);

#endif
