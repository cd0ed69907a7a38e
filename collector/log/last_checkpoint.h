/* The last checkpoint that a log's key has signed, in a file beside the key: outside the database, so that an old copy
 * of the database put back under the key is seen. Knows no tree and signs nothing. */
#ifndef COLLECTOR_LOG_LAST_CHECKPOINT_H
#define COLLECTOR_LOG_LAST_CHECKPOINT_H

#include "collector/store/store.h"
#include "crypto/checkpoint.h"
#include <limits.h>
#include <sys/types.h>

#define LOG_CHECKPOINT_MAX 512 /* bytes of a checkpoint of ours; a sector, so that it is overwritten whole */

/* The file's path for the key at `key_path`. -1: *error says that it is too long. */
MUST_CHECK int last_checkpoint_path(const char *key_path, char out[static PATH_MAX], struct error *error);

struct last_checkpoint {
    int file; /* -1: closed */
    char *path;
    dev_t device;
    ino_t inode;
    struct merkle_head head; /* size 0 for none */
    struct buf note; /* the checkpoint of that head; empty for none */
};

/* Opens the file for writing, made when there is none yet, and locks it until last_checkpoint_close: two stores that
 * grow under one key would be two histories. -1: *error says why, a checkpoint that `key` has not signed or another
 * process that has it open among it. To be closed all the same. */
MUST_CHECK int last_checkpoint_open(struct last_checkpoint *last, const char *key_path, const struct note_key *key,
                                    struct error *error);
void last_checkpoint_close(struct last_checkpoint *last);

/* Replaces it; `note`, of at most LOG_CHECKPOINT_MAX bytes, is taken over, also on failure. -1: *error says why, also
 * when the file is no longer the one that was opened: who starts anew would find another. */
MUST_CHECK int last_checkpoint_write(struct last_checkpoint *last, const struct merkle_head *head, struct buf *note,
                                     struct error *error);

/* Sees to it that what was written is on stable storage. -1: *error says why. */
MUST_CHECK int last_checkpoint_sync(const struct last_checkpoint *last, struct error *error);

/* The checkpoint in the file, verified with `verifier`; needs not the key itself, and may be read while another process
 * signs. STORE_NONE: nothing has been signed yet. STORE_FAILED: *error says why. */
MUST_CHECK enum store_result last_checkpoint_read(const char *key_path, const char *verifier, struct merkle_head *head,
                                                  struct error *error);

/* The same, and appends the checkpoint itself. */
MUST_CHECK enum store_result last_checkpoint_read_note(const char *key_path, const char *verifier,
                                                       struct merkle_head *head, struct buf *note, struct error *error);

#endif
