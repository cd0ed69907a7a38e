/* Open addressing by the first of some bits, so that an index twice as large is filled from front to back: what is
 * larger than memory is then read and written in order. They are not the digest's first ones: digests that come sorted
 * would lie close together at the front of an index that is yet to grow, and each would walk past all before it. */
#include "base/spill_table.h"
#include "base/mem.h"
#include <errno.h>
#include <string.h>

#define FEWEST_BITS 6
#define MOST_BITS 32

struct slot {
    uint32_t part, number; /* 32 bits of the digest; number 0: empty */
};

struct spill_table {
    struct scratch *scratch;
    struct spill *records, *slots;
    size_t size, slot_memory;
    unsigned bits; /* there are 1 << bits slots */
};

static struct spill *make_slots(struct spill_table *table, unsigned bits)
{
    struct spill *slots = spill_new(table->scratch, sizeof(struct slot), table->slot_memory);
    if (!slots) {
        (void)scratch_fail(table->scratch, ENOMEM);
        return NULL;
    }
    if (spill_widen(slots, UINT64_C(1) << bits) == 0)
        return slots;
    spill_free(slots);
    return NULL;
}

struct spill_table *spill_table_new(struct scratch *scratch, size_t size, size_t memory)
{
    struct spill_table *table = mem_calloc(1, sizeof *table);
    if (!table)
        return NULL;
    table->scratch = scratch;
    table->size = size;
    table->slot_memory = memory / 4; /* two indexes are there while one is replaced */
    table->bits = FEWEST_BITS;
    table->records = spill_new(scratch, size, memory - 2 * table->slot_memory);
    table->slots = make_slots(table, table->bits);
    if (table->records && table->slots)
        return table;
    spill_table_free(table);
    return NULL;
}

void spill_table_free(struct spill_table *table)
{
    if (!table)
        return;
    spill_free(table->records);
    spill_free(table->slots);
    mem_free(table);
}

uint32_t spill_table_count(const struct spill_table *table)
{
    return (uint32_t)spill_count(table->records);
}

const void *spill_table_at(struct spill_table *table, uint32_t number)
{
    return spill_at(table->records, number - 1);
}

void *spill_table_change(struct spill_table *table, uint32_t number)
{
    return spill_change(table->records, number - 1);
}

static uint32_t digest_part(const uint8_t *digest)
{
    const uint8_t *last = digest + SPILL_DIGEST - 4;
    return (uint32_t)last[0] << 24 | (uint32_t)last[1] << 16 | (uint32_t)last[2] << 8 | last[3];
}

static uint64_t next_slot(uint64_t place, unsigned bits)
{
    return (place + 1) & ((UINT64_C(1) << bits) - 1);
}

static bool has_digest(struct spill_table *table, uint32_t number, const uint8_t *digest)
{
    const void *record = spill_table_at(table, number);
    return record && memcmp(record, digest, SPILL_DIGEST) == 0;
}

uint32_t spill_table_find(struct spill_table *table, const uint8_t digest[static SPILL_DIGEST])
{
    uint32_t part = digest_part(digest);
    for (uint64_t i = (uint64_t)part >> (32 - table->bits);; i = next_slot(i, table->bits)) {
        const struct slot *slot = spill_at(table->slots, i);
        if (!slot || slot->number == 0)
            return 0;
        uint32_t number = slot->number;
        if (slot->part == part && has_digest(table, number, digest))
            return number;
    }
}

/* -1: it failed. */
static int put_slot(struct spill *slots, unsigned bits, struct slot slot)
{
    for (uint64_t i = (uint64_t)slot.part >> (32 - bits);; i = next_slot(i, bits)) {
        const struct slot *there = spill_at(slots, i);
        if (!there)
            return -1;
        if (there->number != 0)
            continue;
        struct slot *empty = spill_change(slots, i);
        if (!empty)
            return -1;
        *empty = slot;
        return 0;
    }
}

static int copy_slots(struct spill *from, struct spill *to, unsigned bits)
{
    for (uint64_t i = 0; i < spill_count(from); i++) {
        const struct slot *slot = spill_at(from, i);
        if (!slot || (slot->number != 0 && put_slot(to, bits, *slot) < 0))
            return -1;
    }
    return 0;
}

/* Never more than three quarters of the slots are full. */
static int reserve_slot(struct spill_table *table)
{
    if (spill_count(table->records) < (UINT64_C(3) << table->bits) / 4)
        return 0;
    if (table->bits == MOST_BITS)
        return scratch_fail(table->scratch, EFBIG);
    struct spill *wider = make_slots(table, table->bits + 1);
    if (!wider)
        return -1;
    if (copy_slots(table->slots, wider, table->bits + 1) < 0) {
        spill_free(wider);
        return -1;
    }
    spill_free(table->slots);
    table->slots = wider;
    table->bits++;
    return 0;
}

uint32_t spill_table_add(struct spill_table *table, const void *record)
{
    if (reserve_slot(table) < 0)
        return 0;
    void *room = spill_add(table->records);
    if (!room)
        return 0;
    memcpy(room, record, table->size);
    uint32_t number = (uint32_t)spill_count(table->records);
    return put_slot(table->slots, table->bits, (struct slot){digest_part(record), number}) < 0 ? 0 : number;
}
