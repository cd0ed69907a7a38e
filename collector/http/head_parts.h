/* What the head of a request comes to when read, and why one is refused: below head.h and target.h, which read it.
 * Inside the HTTP room. Plain values: any thread, each its own. */
#ifndef COLLECTOR_HTTP_HEAD_PARTS_H
#define COLLECTOR_HTTP_HEAD_PARTS_H

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

#endif
