/* Scheme and host alone; what is behind them is the receiver's. */
#include "collector/hooks/receiver.h"
#include "base/lang.h"
#include "base/number.h"
#include <string.h>

/* Behind the last colon, which may be one within the brackets of an IPv6 address. */
static bool has_good_port(const char *host)
{
    int64_t port;
    const char *colon = strrchr(host, ':');
    return colon == NULL || colon[strcspn(colon, "]")] == ']' || number_read(colon + 1, 1, 65535, &port) == 0;
}

/* What is between the scheme and the path. */
static int copy_host(const char *at, size_t len, char out[static RECEIVER_HOST_SIZE])
{
    size_t host = 0;
    while (host < len && !strchr("/?#", at[host]))
        host++;
    if (host == 0 || host >= RECEIVER_HOST_SIZE || memchr(at, '@', host) || memchr(at, '\\', host))
        return -1;
    memcpy(out, at, host);
    out[host] = '\0';
    return has_good_port(out) && out[0] != ':' ? 0 : -1;
}

static bool is_this_machine(const char *host)
{
    static const char *const names[] = {"127.0.0.1", "[::1]", "localhost"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i]);
        if (strncmp(host, names[i], len) == 0 && (host[len] == '\0' || host[len] == ':'))
            return true;
    }
    return false;
}

static bool has_only_url_characters(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return true;
}

static int refuse_receiver(struct error *error)
{
    return error_set(error, ERROR_REFUSED, "%s",
                     T("a receiver is https://HOST/PATH, or on this machine http://127.0.0.1:PORT/PATH",
                       "een ontvanger is https://HOST/PAD, of op deze machine http://127.0.0.1:POORT/PAD"));
}

int receiver_read(const char *text, size_t len, bool private, struct receiver *out, struct error *error)
{
    bool secure = len > 8 && memcmp(text, "https://", 8) == 0;
    size_t scheme = secure ? 8 : 7;
    if ((!secure && (len <= 7 || memcmp(text, "http://", 7) != 0)) || len >= RECEIVER_URL_SIZE ||
        !has_only_url_characters(text, len) || copy_host(text + scheme, len - scheme, out->host) < 0)
        return refuse_receiver(error);
    bool here = is_this_machine(out->host);
    if (!secure && !here)
        return refuse_receiver(error);
    memcpy(out->url, text, len);
    out->url[len] = '\0';
    out->reach = here ? REACH_LOOPBACK : private ? REACH_NETWORK : REACH_PUBLIC;
    return 0;
}
