/* What the log of changes (-wal) must still hold while a collector serves: SQLite appends to it by an index in memory
 * and reads nothing of it again, so that it notices no other hand in it; whoever opens the store next reads all.
 * https://www.sqlite.org/fileformat2.html#walformat. Below file. */
#ifndef COLLECTOR_STORE_SQLITE_CHANGES_H
#define COLLECTOR_STORE_SQLITE_CHANGES_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CHANGES_HEADER_BYTES 32
#define CHANGES_FRAME_HEADER_BYTES 24
#define CHANGES_SALTS 16 /* where both salts stand in the header */

/* What was seen of it after a commit. Cleared: nothing yet. */
struct changes_seen {
    int frames; /* the last one's place, from 1; 0: nothing was seen */
    uint8_t header[CHANGES_HEADER_BYTES]; /* of the whole */
    uint8_t frame[CHANGES_FRAME_HEADER_BYTES]; /* of the last; with a checksum over all before it */
};

/* Notes what is in `file` after a commit that left `frames` frames of `page_bytes` each. -1: the last of them is not
 * there, it does not come after what was noted before, or it can't be read. */
MUST_CHECK int changes_note(struct changes_seen *seen, int file, int frames, size_t page_bytes);

/* Whether what was noted is still in `file`, or it has been begun anew since, as SQLite does once all is in the
 * database. */
bool changes_are_kept(const struct changes_seen *seen, int file, size_t page_bytes);

/* The page that the last frame noted holds, where it is still among those that count; 0: it is not. */
uint32_t changes_last_page(const struct changes_seen *seen, int file);

/* Whether `file` has a hole in its first `size` bytes: it was cut, and has grown again. */
bool changes_have_hole(int file, off_t size);

#endif
