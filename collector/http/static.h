/* An answer that is the same for everybody until the program ends: its ETag and its compressed form are made once. Any
 * thread. */
#ifndef COLLECTOR_HTTP_STATIC_H
#define COLLECTOR_HTTP_STATIC_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>

struct http_static;

/* Of `len` bytes, which are not copied, as is `type`: both must last as long. NULL when there is no memory. Free with
 * http_static_free. */
MUST_CHECK struct http_static *http_static_new(const char *type, const char *bytes, size_t len);
void http_static_free(struct http_static *resource); /* NULL is fine */

const char *http_static_type(const struct http_static *resource);

/* The bytes as they are or compressed, *len of them; and the strong entity tag of that form, quotes included. */
const char *http_static_bytes(const struct http_static *resource, bool gzip, size_t *len);
const char *http_static_tag(const struct http_static *resource, bool gzip);

#endif
