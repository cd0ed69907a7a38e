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
#include "collector/http/head_parts.h"

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

/* Whether the method is that; it is known also of a head that was refused behind it. */
bool head_is_of(const struct http_head *head, const char *method);

/* The text; NULL when there is none. */
const char *head_string(const struct http_head *head, struct head_text text);

/* The value of the first field of that name, case disregarded; NULL when there is none. */
const char *head_field(const struct http_head *head, const char *name);

/* The value of an argument of the query; NULL when it is not there or has none. */
const char *head_argument(const struct http_head *head, const char *name);

#endif
