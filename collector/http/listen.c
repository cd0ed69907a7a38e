/* An address becomes a listening socket; whoever accepts on it is not known here. */
#include "collector/http/listen.h"
#include "base/error.h"
#include "base/lang.h"
#include "collector/http/http.h"
#include "collector/http/tls.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096

static int bind_to(const struct addrinfo *info)
{
    int on = 1;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 && bind(fd, info->ai_addr, info->ai_addrlen) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static uint16_t port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } bound = {.v6 = {0}};
    socklen_t len = sizeof bound;
    if (getsockname(fd, &bound.any, &len) != 0)
        return 0;
    return ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port);
}

/* A socket bound to the address. -1: *error. */
static int bind_address(const char *address, uint16_t port, struct error *error)
{
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    struct addrinfo *info = NULL;
    int lookup = getaddrinfo(address, service, &hints, &info);
    if (lookup != 0)
        return error_set(error, ERROR_REFUSED, "%s", T(gai_strerror(lookup), "dit is geen adres"));
    int fd = bind_to(info);
    freeaddrinfo(info);
    return fd >= 0 ? fd : error_set(error, ERROR_IO, "%s", error_of_errno(errno));
}

int http_listen(const char *address, uint16_t *port, struct error *error)
{
    int fd = bind_address(address, *port, error);
    if (fd < 0)
        return -1;
    if (listen(fd, BACKLOG) != 0) {
        error_set(error, ERROR_IO, "%s", error_of_errno(errno));
        close(fd);
        return -1;
    }
    *port = port_of(fd);
    return fd;
}

bool http_is_loopback(const char *address)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    struct addrinfo *info = NULL;
    if (getaddrinfo(address, NULL, &hints, &info) != 0)
        return false;
    const struct address numbers = address_of_socket(info->ai_addr);
    freeaddrinfo(info);
    return address_is_loopback(&numbers);
}

int http_may_listen(const struct http_options *options, struct error *error)
{
    int fd = bind_address(options->address, options->port, error);
    if (fd < 0)
        return -1;
    close(fd);
    struct address_prefixes proxies;
    if (options->trusted_proxies && address_read_prefixes(options->trusted_proxies, &proxies, error) < 0)
        return error_prefix(error, "trusted_proxies");
    if (!options->tls_certificate)
        return 0;
    struct tls *tls = tls_open(options->tls_certificate, options->tls_key, error);
    tls_free(tls);
    return tls ? 0 : -1;
}
