/* Values that many threads share and nobody changes: counted, and freed when the last holder lets go. A struct that is
 * shared so has a struct counted as its first member, and is handed to these functions as it is. Any thread. */
#ifndef BASE_COUNTED_H
#define BASE_COUNTED_H

#include "base/compiler.h"
#include <stdatomic.h>

struct counted {
    atomic_uint holders;
    void (*destroy)(void *value);
};

/* The caller is the first holder; `destroy` frees the whole value. */
void counted_init(struct counted *counted, void (*destroy)(void *value));

/* One more holder. Returns the value; NULL gives NULL. */
void *counted_hold(void *value);

/* One less. NULL is fine. */
void counted_release(void *value);

#endif
