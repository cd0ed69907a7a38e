/* Finding by key: an index over a list that its owner keeps. It holds no keys and no elements, but the number of each
 * (from 1, so place + 1) and 32 bits of its key's hash; the owner says what is the same. Elements are never taken out.
 * Readers beside a writer need the owner's lock. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_MAX ((size_t)1 << 30) /* elements */

struct hash_slot {
    uint32_t hash, number; /* number 0: empty */
};

struct hash {
    struct hash_slot *slots; /* NULL until there is room */
    size_t size; /* slots, a power of two; never more than three quarters are full */
    size_t count;
};

/* An empty index. Allocates nothing. */
void hash_init(struct hash *index);

/* Frees the slots; the index is then as after hash_init. */
void hash_wipe(struct hash *index);

/* Whether there is room for `more` elements without asking for memory. */
bool hash_has_room(const struct hash *index, size_t more);

/* Makes room for `more` elements, so that hash_put can't fail. -1, nothing changed: no memory, or over HASH_MAX. */
MUST_CHECK int hash_reserve(struct hash *index, size_t more);

/* The same aside: *out is a copy of `index` with that room, which the owner puts in its place under its own lock. */
MUST_CHECK int hash_copy(const struct hash *index, size_t more, struct hash *out);

/* Whether the element of that number has that key. */
typedef bool hash_same(const void *context, uint32_t number, const void *key);

/* The number of the element with this key, or 0. `hash` is the key's: equal keys have equal ones. */
uint32_t hash_find(const struct hash *index, uint64_t hash, hash_same *same, const void *context, const void *key);

/* Enters the element `number` (not 0), whose key is not in it yet. After hash_reserve. */
void hash_put(struct hash *index, uint64_t hash, uint32_t number);

/* The hash of up to three integers; give 0 for what there is not. */
uint64_t hash_integers(int64_t a, int64_t b, int64_t c);

/* The hash of a key whose first eight bytes are as good as random already, a digest's for instance. */
uint64_t hash_digest(const uint8_t bytes[static 8]);

#endif
