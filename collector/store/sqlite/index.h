/* The index over the log of changes (-shm), which tells SQLite in which frame a page stands that is not yet in the
 * database. It lies in memory that all who have the store open share, as a file that any program can write to: where it
 * was wiped in the middle of a transaction, pages are read as they once were. Below file.
 * https://www.sqlite.org/walformat.html */
#ifndef COLLECTOR_STORE_SQLITE_INDEX_H
#define COLLECTOR_STORE_SQLITE_INDEX_H

#include "collector/store/sqlite/changes.h"
#include <sqlite3.h>

/* Whether the index knows the log of changes as `seen`, which `file` still holds: as long, and with the last page at
 * its frame. true also where nothing was seen, or the index can't be looked at. */
bool index_knows(sqlite3 *db, const struct changes_seen *seen, int file);

/* How long the log of changes must be for all of it that counts by this index to be there; 0: nothing in it counts.
 * UINT64_MAX: the index can't be looked at. */
uint64_t index_counted_bytes(sqlite3 *db);

/* Wipes its head, upon which whoever uses the store next makes the index anew from the log of changes. */
void index_forget(sqlite3 *db);

#endif
