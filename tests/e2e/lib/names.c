/* A resolver that says what it is told, and an address that is this machine: preloaded into a program (LD_PRELOAD), it
 * gives the host that NAMES_HOST names the IPv4 addresses of NAMES_ADDRESSES, with blanks between, in that order; and
 * what is to be connected to the address NAMES_HERE is connected to 127.0.0.1. With NAMES_TOLD it says on stderr how
 * long name servers would have been asked for that host. All else is the system's. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int resolve_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);
typedef int connect_fn(int, const struct sockaddr *, socklen_t);

static resolve_fn *resolve_as_ever(void)
{
    resolve_fn *found;
    *(void **)&found = dlsym(RTLD_NEXT, "getaddrinfo");
    return found;
}

/* The C library's freeaddrinfo frees one by one, so its lists may be joined. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
    const char *host = getenv("NAMES_HOST"), *addresses = getenv("NAMES_ADDRESSES");
    if (!host || !addresses || !name || strcmp(name, host) != 0)
        return resolve_as_ever()(name, service, hints, out);
    if (getenv("NAMES_TOLD"))
        fprintf(stderr, "names: %s\n", getenv("RES_OPTIONS"));
    char text[256], *rest = text;
    struct addrinfo **end = out;
    snprintf(text, sizeof text, "%s", addresses);
    *out = NULL;
    for (const char *address; (address = strsep(&rest, " ")) != NULL;) {
        if (resolve_as_ever()(address, service, hints, end) != 0)
            return EAI_NONAME;
        while (*end)
            end = &(*end)->ai_next;
    }
    return *out ? 0 : EAI_NONAME;
}

int connect(int descriptor, const struct sockaddr *to, socklen_t len)
{
    connect_fn *as_ever;
    const char *here = getenv("NAMES_HERE");
    struct sockaddr_in other;
    *(void **)&as_ever = dlsym(RTLD_NEXT, "connect");
    if (!here || to->sa_family != AF_INET || len < sizeof other)
        return as_ever(descriptor, to, len);
    memcpy(&other, to, sizeof other);
    if (other.sin_addr.s_addr == inet_addr(here))
        other.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return as_ever(descriptor, (const struct sockaddr *)&other, sizeof other);
}
