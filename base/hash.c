/* Open addressing with linear probing: eight slots to a cache line, so a look-up touches one line of the index and, but
 * for one false match in some hundreds, one element. */
#include "base/hash.h"
#include "base/mem.h"
#include <string.h>

#define SMALLEST_SIZE ((size_t)64)

void hash_init(struct hash *index)
{
    *index = (struct hash){0};
}

void hash_wipe(struct hash *index)
{
    mem_free(index->slots);
    hash_init(index);
}

/* The bits that are kept must place an element in a larger index too, so all 64 go into them. */
static uint32_t fold_hash(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}

static void fill_slot(struct hash *index, struct hash_slot slot)
{
    size_t i = slot.hash & (index->size - 1);
    while (index->slots[i].number != 0)
        i = (i + 1) & (index->size - 1);
    index->slots[i] = slot;
}

int hash_copy(const struct hash *index, size_t more, struct hash *out)
{
    if (more > HASH_MAX - index->count)
        return -1;
    size_t size = index->size > 0 ? index->size : SMALLEST_SIZE;
    while (index->count + more > size / 4 * 3)
        size *= 2;
    struct hash copy = {mem_calloc(size, sizeof *copy.slots), size, index->count};
    if (!copy.slots)
        return -1;
    for (size_t i = 0; i < index->size; i++)
        if (index->slots[i].number != 0)
            fill_slot(&copy, index->slots[i]);
    *out = copy;
    return 0;
}

bool hash_has_room(const struct hash *index, size_t more)
{
    return more <= HASH_MAX && index->count + more <= index->size / 4 * 3;
}

int hash_reserve(struct hash *index, size_t more)
{
    if (hash_has_room(index, more))
        return 0;
    struct hash larger;
    if (hash_copy(index, more, &larger) < 0)
        return -1;
    mem_free(index->slots);
    *index = larger;
    return 0;
}

uint32_t hash_find(const struct hash *index, uint64_t hash, hash_same *same, const void *context, const void *key)
{
    uint32_t kept = fold_hash(hash);
    if (index->size == 0)
        return 0;
    for (size_t i = kept & (index->size - 1);; i = (i + 1) & (index->size - 1)) {
        const struct hash_slot *slot = &index->slots[i];
        if (slot->number == 0 || (slot->hash == kept && same(context, slot->number, key)))
            return slot->number;
    }
}

void hash_put(struct hash *index, uint64_t hash, uint32_t number)
{
    fill_slot(index, (struct hash_slot){fold_hash(hash), number});
    index->count++;
}

/* The finaliser of SplitMix64: each bit that goes in changes half of those that come out. */
static uint64_t mix_bits(uint64_t bits)
{
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    return bits ^ bits >> 31;
}

uint64_t hash_integers(int64_t a, int64_t b, int64_t c)
{
    uint64_t hash = mix_bits((uint64_t)a + 0x9e3779b97f4a7c15u);
    hash = mix_bits(hash + (uint64_t)b);
    return mix_bits(hash + (uint64_t)c);
}

uint64_t hash_digest(const uint8_t bytes[static 8])
{
    uint64_t hash;
    memcpy(&hash, bytes, sizeof hash);
    return hash;
}
