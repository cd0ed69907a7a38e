/* The log as a member has come to know it: its key, and the newest checkpoint that was seen to continue all earlier
 * ones. Pinned at enrolment; what the collector says later is held against it. Knows no network. One thread.
 *
 *     log.json    {"key":…,"checkpoint":…}: the verifier key and the signed note, as the collector gave them */
#ifndef CLIENT_HOME_PIN_H
#define CLIENT_HOME_PIN_H

#include "base/buf.h"
#include "base/error.h"
#include "crypto/checkpoint.h"

struct pin {
    struct note_key key;
    struct merkle_head head; /* what the checkpoint says */
    char *checkpoint; /* a signed note, verified with `key` */
    size_t checkpoint_len;
};

/* A pin of a verifier key (a newline may follow it) and a checkpoint, signed by that key. NULL: ERROR_REFUSED when they
 * are not that, ERROR_MEMORY. Free with pin_free. */
MUST_CHECK struct pin *pin_new(const struct buf *key, const struct buf *checkpoint, struct error *error);
void pin_free(struct pin *pin);

/* The same log's pin with a later checkpoint, verified with its key. NULL as above. */
MUST_CHECK struct pin *pin_advance(const struct pin *pin, const struct buf *checkpoint, struct error *error);

/* A copy. NULL when there is no memory. */
MUST_CHECK struct pin *pin_copy(const struct pin *pin);

/* Whether both know the log by the same name and key. */
bool pin_has_key(const struct pin *pin, const struct note_key *key);

/* Writes the pin into the folder of a member, synced. -1: errno. */
MUST_CHECK int pin_write(const struct pin *pin, const char *home);

/* Reads it: 0 and *out, NULL where there is none. -1: errno, EILSEQ when it is not as written by pin_write. */
MUST_CHECK int pin_read(const char *home, struct pin **out);

#endif
