/* The face of the backup room: the store with its last checkpoint as one file, and back. The verbs `backup` and
 * `restore` say in words what comes of it. Main thread.
 *
 * The room: backup takes the checkpoint beside the key first and one moment of the store after it, so that the copy
 * lacks nothing that was answered before it began; restore holds a file against its checksum, the checkpoint beside
 * the key and the store that is there, and puts it in place only where nothing that anyone holds a receipt for is lost
 * by it. about is the page by which a backup tells what it is. The promise: a file is a whole backup or it is none, and
 * no store is put back by accident behind what its key has signed. Keys are not in a backup: who has both has the log.
 * moving (with moving_log, moving_rows and moving_check over moving_state) copies a store row by row into another.
 *
 * The file (docs/adr/021): a database as SQLite has it, and a page of text behind it that ends in a SHA-256 of all. */
#ifndef COLLECTOR_BACKUP_BACKUP_H
#define COLLECTOR_BACKUP_BACKUP_H

#include "collector/log/last_checkpoint.h"
#include "collector/log/log_keys.h"
#include "collector/store/store.h"

#define BACKUP_TEXT_SIZE (LOG_CHECKPOINT_MAX + 1) /* of a checkpoint or a verifier key of ours, with its NUL */

struct backup_about {
    int64_t taken_at;
    uint64_t bytes; /* of the database */
    struct merkle_head head; /* of the log in it */
    char verifier[BACKUP_TEXT_SIZE]; /* of the log */
    char operator_kid[KID_SIZE]; /* of the key in force; "" where the log names none */
    const char *log_key, *operator_key; /* their files, by name alone: where they were when it was taken */
    char checkpoint[BACKUP_TEXT_SIZE]; /* the last that was signed before */
};

/* Writes a backup of the store to a new file of mode 0600, whole or not at all, beside whoever serves it. `names` say
 * where the keys are, of which neither is read. `each` as in store_copy. 0 and *about; -1: *error says why, also when
 * the file is there already, or the store is behind the checkpoint; error->kind ERROR_NONE: `each` has ended it. */
MUST_CHECK int backup_write(struct store *store, const struct log_key_names *names, const char *path,
                            store_copy_fn *each, void *context, struct backup_about *about, struct error *error);

#endif
