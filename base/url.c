/* Whether a URL stays on this machine. */
#include "base/url.h"
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Whether `host`, which ends where port or path begin, is `name`. */
static bool host_is(const char *host, size_t len, const char *name)
{
    return len == strlen(name) && strncasecmp(host, name, len) == 0;
}

bool url_is_exposed(const char *url)
{
    static const char scheme[] = "http://";
    if (strncasecmp(url, scheme, strlen(scheme)) != 0)
        return strncasecmp(url, "https://", strlen("https://")) != 0;
    const char *host = url + strlen(scheme);
    size_t len = *host == '[' ? strcspn(host, "]/") + 1 : strcspn(host, ":/");
    if (host_is(host, len, "localhost") || host_is(host, len, "[::1]"))
        return false;
    /* A name that only begins so, such as 127.example.nl, is someone else's. */
    return strncmp(host, "127.", strlen("127.")) != 0 || strspn(host, "0123456789.") != len;
}
