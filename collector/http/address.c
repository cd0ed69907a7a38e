/* One form for all addresses, so that nothing else has two cases. */
#include "collector/http/address.h"
#include "base/lang.h"
#include "base/number.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define MAPPED_BITS 96 /* of an IPv6 address that stands for one of IPv4 */

static const uint8_t mapped[MAPPED_BITS / 8] = {[10] = 0xff, [11] = 0xff};

static struct address map_v4(const void *bytes)
{
    struct address address;
    memcpy(address.bytes, mapped, sizeof mapped);
    memcpy(address.bytes + sizeof mapped, bytes, 4);
    return address;
}

struct address address_of_socket(const struct sockaddr *name)
{
    struct address address = {{0}};
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (name->sa_family == AF_INET) {
        memcpy(&v4, name, sizeof v4);
        return map_v4(&v4.sin_addr);
    }
    if (name->sa_family == AF_INET6) {
        memcpy(&v6, name, sizeof v6);
        memcpy(address.bytes, &v6.sin6_addr, ADDRESS_BYTES);
    }
    return address;
}

int address_read(const char *text, size_t len, struct address *out)
{
    char copy[INET6_ADDRSTRLEN];
    struct in_addr v4;
    struct in6_addr v6;
    if (len >= sizeof copy || memchr(text, '\0', len))
        return -1;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (inet_pton(AF_INET, copy, &v4) == 1)
        *out = map_v4(&v4);
    else if (inet_pton(AF_INET6, copy, &v6) == 1)
        memcpy(out->bytes, &v6, ADDRESS_BYTES);
    else
        return -1;
    return 0;
}

static bool is_port(const char *text, size_t len)
{
    int64_t port;
    return number_parse(text, len, 0, UINT16_MAX, &port) == 0;
}

int address_read_with_port(const char *text, size_t len, struct address *out)
{
    const char *colon = memchr(text, ':', len), *end = text + len;
    if (len > 0 && text[0] == '[') {
        const char *close = memchr(text, ']', len);
        if (!close || !memchr(text, ':', (size_t)(close - text)))
            return -1;
        if (close + 1 < end && (close[1] != ':' || !is_port(close + 2, (size_t)(end - close) - 2)))
            return -1;
        return address_read(text + 1, (size_t)(close - text) - 1, out);
    }
    if (!colon || memchr(colon + 1, ':', (size_t)(end - colon) - 1))
        return address_read(text, len, out);
    return is_port(colon + 1, (size_t)(end - colon) - 1) ? address_read(text, (size_t)(colon - text), out) : -1;
}

bool address_is_v4(const struct address *address)
{
    return memcmp(address->bytes, mapped, sizeof mapped) == 0;
}

bool address_is_loopback(const struct address *address)
{
    struct in6_addr v6;
    memcpy(&v6, address->bytes, ADDRESS_BYTES);
    return address_is_v4(address) ? address->bytes[sizeof mapped] == IN_LOOPBACKNET : IN6_IS_ADDR_LOOPBACK(&v6);
}

/* One of a list. */
static int read_prefix(const char *text, size_t len, struct address_prefix *out)
{
    const char *slash = memchr(text, '/', len);
    size_t address_len = slash ? (size_t)(slash - text) : len;
    if (address_read(text, address_len, &out->address) < 0)
        return -1;
    unsigned before = memchr(text, ':', address_len) ? 0 : MAPPED_BITS;
    int64_t bits = ADDRESS_BYTES * 8 - before;
    if (slash && number_parse(slash + 1, len - address_len - 1, 0, bits, &bits) < 0)
        return -1;
    out->bits = before + (unsigned)bits;
    return 0;
}

int address_read_prefixes(const char *text, struct address_prefixes *out, struct error *error)
{
    struct address_prefixes read = {.count = 0};
    for (size_t len; text += strspn(text, ", "), (len = strcspn(text, ", ")) > 0; text += len) {
        if (read.count == ADDRESS_PREFIXES_MAX)
            return error_set(error, ERROR_REFUSED, T("more than %d are named", "er zijn er meer dan %d genoemd"),
                             ADDRESS_PREFIXES_MAX);
        if (read_prefix(text, len, &read.list[read.count++]) < 0)
            return error_set(error, ERROR_REFUSED,
                             T("%.*s is no address or prefix, such as 192.0.2.1 or 2001:db8::/32",
                               "%.*s is geen adres of prefix, zoals 192.0.2.1 of 2001:db8::/32"),
                             (int)len, text);
    }
    *out = read;
    return 0;
}

static bool has_prefix(const struct address *address, const struct address_prefix *prefix)
{
    size_t whole = prefix->bits / 8;
    unsigned rest = prefix->bits % 8;
    if (memcmp(address->bytes, prefix->address.bytes, whole) != 0)
        return false;
    return rest == 0 || (address->bytes[whole] ^ prefix->address.bytes[whole]) >> (8 - rest) == 0;
}

bool address_is_among(const struct address *address, const struct address_prefixes *prefixes)
{
    for (size_t i = 0; i < prefixes->count; i++)
        if (has_prefix(address, &prefixes->list[i]))
            return true;
    return false;
}
