/* Signs the log's checkpoints, forward only: none that contradicts the last one that its key has signed. The writer's
 * alone. */
#ifndef COLLECTOR_LOG_SIGNER_H
#define COLLECTOR_LOG_SIGNER_H

#include "base/error.h"
#include "crypto/checkpoint.h"

struct signer;

/* Opens the key file and the last checkpoint beside it (last_checkpoint.h), which nobody else may sign into until
 * signer_close. NULL, and *error says why: the key is missing or is not that of `verifier`, the checkpoint can't be
 * read or was signed by another key, or another process has it open. Free with signer_close. */
MUST_CHECK struct signer *signer_open(const char *key_path, const char *verifier, struct error *error);

/* No other collector signs with that key: by its claim (key_claim.h), for a store that only one process serves. A
 * checkpoint that is missing can then be had from nobody else. */
void signer_note_alone(struct signer *signer);
void signer_close(struct signer *signer);

/* The checkpoint of the last tree that was signed, a note; "" for none. Valid until the next signer_sign. */
const char *signer_checkpoint(const struct signer *signer);

/* Another process has signed `head` with this key, as a checkpoint of its that was verified says. The next tree that
 * signer_check finds good continues that one too. */
void signer_hear(struct signer *signer, const struct merkle_head *head);

/* Whether the tree of `size` leaves that `read` gives continues the last one signed, and then all that was heard of;
 * the empty tree is the first to be. Between the two the longest that was heard takes the place of the last one,
 * where it goes beyond it and one was signed here: so what was signed here is asked for before, and what others know
 * after the next start too. 0 if so. -1: *error says why, which is the reader's to write where it can't read. */
MUST_CHECK int signer_check(struct signer *signer, uint64_t size, merkle_read *read, void *context,
                            struct error *error);

/* Signs `empty`, the head of the empty tree, where nothing else has been signed yet; it is on stable storage then.
 * Before anything is appended: who is cut off before the first tree of its own is signed has this one to go on from.
 * Also where it was signed before, for that need not have got as far as the disk. -1: *error says why. */
MUST_CHECK int signer_begin(struct signer *signer, const struct merkle_head *empty, struct error *error);

/* Signs a tree that continues the last one, and writes the checkpoint beside the key. The caller has seen to it that
 * the tree is on disk. -1, and *error says why: ERROR_REFUSED for a tree that is smaller than the last one or of its
 * size with another root; nothing may be answered that rests on it. */
MUST_CHECK int signer_sign(struct signer *signer, const struct merkle_head *head, struct error *error);

const struct note_key *signer_public(const struct signer *signer);

#endif
