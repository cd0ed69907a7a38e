/* Records found by a digest, more of them than memory may hold: a spilled list, and a spilled index over it. Records
 * are numbered from 1 as they come, and never taken out. One thread. */
#ifndef BASE_SPILL_TABLE_H
#define BASE_SPILL_TABLE_H

#include "base/spill.h"

#define SPILL_DIGEST ((size_t)32) /* bytes, with which each record begins */

struct spill_table;

/* An empty table of records of `size` bytes, in about `memory` bytes; otherwise as spill_new. */
MUST_CHECK struct spill_table *spill_table_new(struct scratch *scratch, size_t size, size_t memory);
void spill_table_free(struct spill_table *table);

uint32_t spill_table_count(const struct spill_table *table);

/* The number of the record with that digest; 0: there is none, or it failed. */
uint32_t spill_table_find(struct spill_table *table, const uint8_t digest[static SPILL_DIGEST]);

/* Copies a record, whose digest no other has. Returns its number; 0: it failed, and may be there all the same. */
MUST_CHECK uint32_t spill_table_add(struct spill_table *table, const void *record);

/* The record of that number, which is there, as spill_at and spill_change have it; its digest stays. */
MUST_CHECK const void *spill_table_at(struct spill_table *table, uint32_t number);
MUST_CHECK void *spill_table_change(struct spill_table *table, uint32_t number);

#endif
