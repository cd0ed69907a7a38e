/* A run of characters that somebody else owns and that ends where its length says. Knows nothing of what it holds; it
 * lasts for as long as what it was taken from. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include "base/buf.h"
#include <stddef.h>

struct slice {
    const char *text; /* no NUL is promised */
    size_t len;
};

/* All that `b` holds now; the next put may move it. */
static inline struct slice slice_of(const struct buf *b)
{
    return (struct slice){buf_text(b), b->len};
}

#endif
