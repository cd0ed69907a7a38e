/* A folder of tables that a verb writes, with what describes them and a package over all: each file whole or not at
 * all, and nothing else in it, since exact tables beside those for publication, comments beside tables, or a file of
 * one's own would be taken for part of it. Main thread. */
#ifndef COLLECTOR_CMD_FOLDER_H
#define COLLECTOR_CMD_FOLDER_H

#include "collector/tables/datapackage.h"

/* Beside the tables of a release: the entry that tells of it, and the proof that the log holds that. */
#define FOLDER_ENTRY "release.jws"
#define FOLDER_PROOF "release.tlog-proof"
#define FOLDER_PACKAGE "datapackage.json"

struct folder {
    const char *path;
    struct store *store; /* within begin_reading */
    struct datapackage package; /* what is written, and has been; of a release with its head set */
    unsigned tables; /* those that it holds: 1 << enum table each */
};

/* Looks whether the folder is new or empty, or holds the same kind of package and nothing else, and makes it. Until
 * folder_finish its package names no file: where the run is broken off, it tells whose files these are, and the next
 * one of the same kind replaces them. Returns the exit code, as the others do. */
int folder_begin(struct folder *folder);

/* Writes a table, or (`is_table` false) its metadata, and notes it in the package. */
int folder_write(struct folder *folder, enum table table, bool is_table, uint64_t rows, const struct buf *text);

/* Writes the metadata of a table. */
int folder_write_metadata(struct folder *folder, enum table table);

/* Writes the package; last of all, since it names the others. */
int folder_finish(struct folder *folder);

/* Takes the profile of that name for what is written. Returns the exit code. */
int folder_take_profile(struct folder *folder, const char *profile);

/* Opens the store for reading, and runs `write` with one moment of it in the folder: store and catalogue. */
int folder_of_moment(struct folder *folder, int (*write)(struct folder *folder, const char *round), const char *round);

#endif
