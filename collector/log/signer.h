/* The log's own key, and the last checkpoint that it signed, each in a file outside the database: so that an old copy
 * of the database put back under the key is seen, and no checkpoint is ever signed that contradicts an earlier one. The
 * writer's alone. */
#ifndef COLLECTOR_LOG_SIGNER_H
#define COLLECTOR_LOG_SIGNER_H

#include "collector/store/store.h"
#include "crypto/checkpoint.h"

#define LOG_CHECKPOINT_MAX 512 /* bytes of a checkpoint of ours; a sector, so that it is overwritten whole */

#define SIGNER_PATH_SIZE 1040 /* of a path with its NUL */

struct signer;

/* The file of the log's key: `named` if it is not "", else beside the store at `dsn`, its path and ".log-key". -1: that
 * is too long. */
MUST_CHECK int signer_path(const char *named, const char *dsn, char path[static SIGNER_PATH_SIZE]);

/* Makes a key in a new file of mode 0600. -1: errno, EEXIST when the file is there. */
MUST_CHECK int signer_create(const char *path);

/* The verifier key of the key in the file under the name `origin` (at most 172 bytes), appended to `out`. -1: one line
 * in `error`. */
MUST_CHECK int signer_verifier(const char *path, const char *origin, struct buf *out,
                               char error[static STORE_ERROR_SIZE]);

/* Opens the key file and the last checkpoint beside it (PATH.checkpoint, made when there is none yet), which nobody
 * else may sign into until signer_close. NULL, one line in `error`: the key is missing or is not that of `verifier`,
 * the checkpoint can't be read or was signed by another key, or another process has it open. Free with signer_close. */
MUST_CHECK struct signer *signer_open(const char *path, const char *verifier, char error[static STORE_ERROR_SIZE]);
void signer_close(struct signer *key);

/* The last checkpoint beside the key, verified with `verifier`; needs not the key itself, and may be read while another
 * process signs. STORE_NONE: nothing has been signed yet. STORE_FAILED: one line in `error`. */
MUST_CHECK enum store_result signer_read_last(const char *path, const char *verifier, struct merkle_head *head,
                                              char error[static STORE_ERROR_SIZE]);

/* The last tree that was signed; size 0 for none. */
const struct merkle_head *signer_last(const struct signer *key);

/* The checkpoint of that tree, a signed note; "" for none. Valid until the next signer_sign. */
const char *signer_checkpoint(const struct signer *key);

/* Whether the tree of `size` leaves that `read` gives continues the last one signed; the empty tree is the first to be.
 * 0 if so. -1: one line in `error`, which is the reader's to write where it can't read. */
MUST_CHECK int signer_check(const struct signer *key, uint64_t size, merkle_read *read, void *context,
                            char error[static STORE_ERROR_SIZE]);

/* Signs a tree that continues the last one, and writes the checkpoint beside the key. The caller has seen to it that
 * the tree is on disk. -1: errno, EINVAL for a tree that is smaller than the last one or of its size with another root;
 * nothing may be answered that rests on it. */
MUST_CHECK int signer_sign(struct signer *key, const struct merkle_head *head);

const struct note_key *signer_public(const struct signer *key);

#endif
