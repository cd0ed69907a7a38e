/* The files that a store lies in: the database, its log of changes (-wal) and the index over that (-shm), and the
 * lock of who serves. What is committed is on stable storage only while these are the files that were opened, so
 * this is looked at in each commit, before it counts. Below the transactions. */
#ifndef COLLECTOR_STORE_SQLITE_FILE_H
#define COLLECTOR_STORE_SQLITE_FILE_H

#include "collector/store/sqlite/handle.h"

/* Sets the names of the files, by the path that leads to the database itself: links on the way to it are followed,
 * so that all who open it see the same files beside it. -1: the error is set; there is no memory, or the path is too
 * long. */
MUST_CHECK int sqlite_file_name(struct store_sqlite *s, const char *path);

/* Makes an empty database for its owner alone where there is none, whatever the umask. -1: the error is set. */
MUST_CHECK int sqlite_file_create(struct store_sqlite *s);

/* How a store may be opened that is only to be read. */
enum sqlite_reading {
    SQLITE_WRITABLE, /* as any other */
    SQLITE_SHARED, /* read-only, beside whoever writes */
    SQLITE_UNCHANGING, /* read-only, and as if nobody wrote: nobody has it open */
    SQLITE_UNREADABLE, /* what its log of changes holds can't be read without writing beside it; the error is set */
};
enum sqlite_reading sqlite_file_reading(struct store_sqlite *s);

/* Notes the database alone, of a store that is read as if nobody wrote: sqlite_file_check then says whether somebody
 * has. -1: the error is set. */
MUST_CHECK int sqlite_file_note_unchanging(struct store_sqlite *s);

/* Notes which files are open, once SQLite has opened all. -1: the error is set; the database has another name by which
 * somebody could open it beside another log of changes. */
MUST_CHECK int sqlite_file_note(struct store_sqlite *s);

/* Whether they are still there, under their names alone, as long as they were (or as the log of changes has to be, once
 * who serves has emptied it), and written to by who may: a handful of stat(2). SQLite goes on committing into files
 * that have been removed, replaced or cut, and whoever opens the store next finds nothing of it. -1: the error and
 * s->lost say what happened. */
MUST_CHECK int sqlite_file_check(struct store_sqlite *s);

/* Before something is written: whether the log of changes has been cut since the last commit, which what follows would
 * hide. -1: as above. */
MUST_CHECK int sqlite_file_check_length(struct store_sqlite *s);

/* Before a commit: whether what it rests on was read by the index that SQLite keeps, and not by one that was wiped or
 * replaced meanwhile. -1: as above. */
MUST_CHECK int sqlite_file_check_index(struct store_sqlite *s);

/* After a commit of who serves: brings the log of changes into the database when it has grown long. Nobody else does
 * while a collector serves, so that a database that was written to by another hand is noticed. */
void sqlite_file_checkpoint(struct store_sqlite *s);

/* Before the database is closed: who closes last would write its changes over what stands there now. */
void sqlite_file_leave(struct store_sqlite *s);

/* After. */
void sqlite_file_close(struct store_sqlite *s);

/* store_serve, store_check, store_settle, store_settle_erasure, store_rest and store_space. */
enum store_result sqlite_file_serve(struct store *store);
enum store_result sqlite_file_look(struct store *store);
enum store_result sqlite_file_settle(struct store *store);
enum store_result sqlite_file_settle_erasure(struct store *store);
enum store_result sqlite_file_rest(struct store *store);
uint64_t sqlite_file_space(const struct store *store);

#endif
