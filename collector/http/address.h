/* Addresses of the Internet, all as IPv6 has them (IPv4 mapped, RFC 4291 §2.5.5.2), and prefixes of them. Text in,
 * values out; knows no socket but its name. Pure; any thread. */
#ifndef COLLECTOR_HTTP_ADDRESS_H
#define COLLECTOR_HTTP_ADDRESS_H

#include "base/compiler.h"
#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADDRESS_BYTES 16
#define ADDRESS_PREFIXES_MAX 64

struct sockaddr;

struct address {
    uint8_t bytes[ADDRESS_BYTES];
};

/* Addresses whose first `bits` are these. */
struct address_prefix {
    struct address address;
    unsigned bits; /* 0 to 128 */
};

struct address_prefixes {
    size_t count;
    struct address_prefix list[ADDRESS_PREFIXES_MAX];
};

/* Of a socket's name; of another family than IPv4 and IPv6 it is "::". */
struct address address_of_socket(const struct sockaddr *name);

/* "192.0.2.1", "2001:db8::1": `len` bytes and nothing else, no zone, no port. -1: it is none. */
MUST_CHECK int address_read(const char *text, size_t len, struct address *out);

/* The same as proxies write it, with a port perhaps: "192.0.2.1:8080", "[2001:db8::1]", "[2001:db8::1]:8080". */
MUST_CHECK int address_read_with_port(const char *text, size_t len, struct address *out);

bool address_is_v4(const struct address *address);

/* Of this machine's own network: 127.0.0.0/8 and ::1. */
bool address_is_loopback(const struct address *address);

/* A list with commas or blanks between: addresses, and prefixes such as 192.0.2.0/24 and 2001:db8::/32. "" is none.
 * -1: *error names the one that is wrong. */
MUST_CHECK int address_read_prefixes(const char *text, struct address_prefixes *out, struct error *error);

bool address_is_among(const struct address *address, const struct address_prefixes *prefixes);

#endif
