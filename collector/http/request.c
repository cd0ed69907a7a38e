/* What a handler may ask of a request, read from its head. */
#include "collector/http/request.h"
#include "base/log.h"
#include "collector/http/connection.h"
#include <string.h>

const char *http_parameter(const struct http_exchange *x)
{
    return x->match.parameter;
}

const char *http_tail(const struct http_exchange *x)
{
    return x->match.tail;
}

/* Once. One who connects from this machine and writes the header as well is taken for a proxy; that harms nobody. */
static void tell_of_unnamed_proxy(const struct http_exchange *x)
{
    struct exchange_settings *settings = x->settings;
    if (!atomic_load_explicit(&settings->told_of_proxy, memory_order_relaxed) &&
        forwarded_lacks_trust(&settings->forwarded, &x->head, &x->connection->address) &&
        !atomic_exchange(&settings->told_of_proxy, true))
        log_warning("http: a proxy on this machine is not named in trusted_proxies: all that comes through it counts "
                    "as one address");
}

struct address http_sender(const struct http_exchange *x)
{
    tell_of_unnamed_proxy(x);
    return forwarded_sender(&x->settings->forwarded, &x->head, &x->connection->address);
}

const char *http_path(const struct http_exchange *x)
{
    return head_string(&x->head, x->head.path);
}

bool http_wants_body(const struct http_exchange *x)
{
    return !x->head_only;
}

const char *http_header(const struct http_exchange *x, const char *name)
{
    return head_field(&x->head, name);
}

const char *http_query(const struct http_exchange *x, const char *name)
{
    return head_argument(&x->head, name);
}

static bool is_known(const char *name, const char *const *known)
{
    for (; known && *known; known++)
        if (strcmp(*known, name) == 0)
            return true;
    return false;
}

static bool is_repeated(const struct http_head *head, size_t index)
{
    const char *name = head_string(head, head->arguments[index].name);
    for (size_t i = 0; i < index; i++)
        if (strcmp(head_string(head, head->arguments[i].name), name) == 0)
            return true;
    return false;
}

bool request_has_unknown_argument(const struct http_exchange *x, const char *const *known)
{
    for (size_t i = 0; i < x->head.argument_count; i++) {
        const struct head_pair *argument = &x->head.arguments[i];
        if (!head_string(&x->head, argument->value) || !is_known(head_string(&x->head, argument->name), known) ||
            is_repeated(&x->head, i))
            return true;
    }
    return false;
}
