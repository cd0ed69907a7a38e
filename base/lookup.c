/* The C library's own way, so that hosts are found here as by anything else on the machine. */
#include "base/lookup.h"
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_SIZE 64

/* false: it is of no use to others than this machine's kernel, such as one that is said to be of an interface. */
static bool put_address(struct buf *out, const struct addrinfo *found, bool more)
{
    char text[ADDRESS_SIZE];
    if (getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0 ||
        strchr(text, '%'))
        return false;
    bool v6 = found->ai_family == AF_INET6;
    buf_printf(out, "%s%s%s%s", more ? "," : "", v6 ? "[" : "", text, v6 ? "]" : "");
    return true;
}

int lookup_put(struct buf *out, const char *host)
{
    const struct addrinfo wanted = {.ai_flags = AI_ADDRCONFIG, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    size_t count = 0;
    if (getaddrinfo(host, NULL, &wanted, &list) != 0)
        return -1;
    for (const struct addrinfo *at = list; at && count < LOOKUP_MAX; at = at->ai_next)
        count += put_address(out, at, count > 0);
    freeaddrinfo(list);
    return count > 0 ? 0 : -1;
}

/* The C library's own variable; without room for it all is as the system says. */
void lookup_limit(void)
{
    (void)setenv("RES_OPTIONS", "timeout:2 attempts:2", 0);
}
