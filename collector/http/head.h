/* The head of a request, taken strictly: what RFC 9112 says a server must refuse is refused, and so is all that two
 * readers could take for different things. Bytes in, fields out; knows no socket, no route and no resource. Inside the
 * HTTP room. Any thread, each its own.
 *
 * Where the RFC leaves a choice: a line ends in CR LF and in nothing else (§2.2); a line is never folded (§5.2); a
 * length stands there once (§6.3); a body comes with a length, not in chunks (§6.1; RFC 9110 §15.5.12); Host,
 * Content-Length, Content-Type and Authorization stand there once; a request-target holds nothing that RFC 3986 doesn't
 * give it. */
#ifndef COLLECTOR_HTTP_HEAD_H
#define COLLECTOR_HTTP_HEAD_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAD_BYTES_MAX ((size_t)10 * 1024) /* with the empty line at its end */
#define HEAD_FIELDS_MAX 64
#define HEAD_ARGUMENTS_MAX 16 /* of a query */

/* A text among the head's bytes, which a NUL follows; `at` 0: there is none. */
struct head_text {
    uint16_t at, len;
};

/* A header field, or an argument of the query. */
struct head_pair {
    struct head_text name, value;
};

struct http_head {
    char *bytes; /* the caller's; may be moved as long as this is set anew */
    size_t len; /* of them */
    struct head_text method;
    struct head_text path; /* decoded; "" where a %2F or a control character in it keeps it from being any of ours */
    unsigned minor; /* of HTTP/1.x: 0 or 1 */
    bool closes; /* the connection ends with this request */
    bool expects_continue; /* the body comes only when it is asked for */
    uint64_t length; /* of the body; beyond 64 bits: UINT64_MAX */
    size_t field_count, argument_count;
    struct head_pair fields[HEAD_FIELDS_MAX];
    struct head_pair arguments[HEAD_ARGUMENTS_MAX]; /* decoded */
};

/* Why a head is refused: the status, and for a person what is wrong. Static text. */
struct head_fault {
    unsigned status; /* 400, 411, 417, 431, 501 or 505 */
    const char *detail;
};

/* Sets the fault. Returns -1. */
static inline int head_fault_set(struct head_fault *fault, unsigned status, const char *detail)
{
    *fault = (struct head_fault){status, detail};
    return -1;
}

static inline struct head_text head_text_of(const struct http_head *head, const char *at, size_t len)
{
    return (struct head_text){(uint16_t)(at - head->bytes), (uint16_t)len};
}

enum head_end {
    HEAD_INCOMPLETE, /* more must come */
    HEAD_ENDS,
    HEAD_BROKEN, /* a line ends in a bare line feed, or there is a NUL: no head can come of it */
};

/* Looks for the end of a head among `len` bytes that begin with its first line. *scanned, 0 at first, remembers how far
 * it looked, so that bytes which come one by one are looked at once. With HEAD_ENDS, *end is its length. */
enum head_end head_find_end(const char *bytes, size_t len, size_t *scanned, size_t *end);

/* Reads a head of `len` bytes, its empty line included. Puts NULs among them and decodes in place. -1: *fault. */
MUST_CHECK int head_parse(struct http_head *head, char *bytes, size_t len, struct head_fault *fault);

/* The text; NULL when there is none. */
const char *head_string(const struct http_head *head, struct head_text text);

/* The value of the first field of that name, case disregarded; NULL when there is none. */
const char *head_field(const struct http_head *head, const char *name);

/* The value of an argument of the query; NULL when it is not there or has none. */
const char *head_argument(const struct http_head *head, const char *name);

#endif
