/* What a handler may ask of a request, read from the HTTP library's connection. */
#include "collector/http/exchange.h"
#include <netinet/in.h>
#include <string.h>

const char *http_parameter(const struct http_exchange *x)
{
    return x->match.parameter;
}

const char *http_header(const struct http_exchange *x, const char *name)
{
    return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

const char *http_query(const struct http_exchange *x, const char *name)
{
    return MHD_lookup_connection_value(x->connection, MHD_GET_ARGUMENT_KIND, name);
}

struct arguments {
    const char *const *known;
    const char *unknown;
    unsigned seen; /* a bit for each of `known` */
};

static enum MHD_Result look_up_argument(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct arguments *arguments = context;
    for (unsigned i = 0; value && arguments->known[i]; i++) {
        if (strcmp(arguments->known[i], name) != 0 || (arguments->seen & 1u << i) != 0)
            continue;
        arguments->seen |= 1u << i;
        return MHD_YES;
    }
    arguments->unknown = name;
    return MHD_NO;
}

const char *request_unknown_argument(const struct http_exchange *x, const char *const *known)
{
    struct arguments arguments = {.known = known};
    MHD_get_connection_values(x->connection, MHD_GET_ARGUMENT_KIND, look_up_argument, &arguments);
    return arguments.unknown;
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return (ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24) == IN_LOOPBACKNET;
    if (address->sa_family != AF_INET6)
        return false;
    const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(v6) || (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == IN_LOOPBACKNET);
}

bool http_is_local(const struct http_exchange *x)
{
    const union MHD_ConnectionInfo *peer = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return peer && is_loopback(peer->client_addr) && http_header(x, "Forwarded") == NULL &&
           http_header(x, "X-Forwarded-For") == NULL && http_header(x, "Via") == NULL;
}
