/* The operator key: signs events (PROTOCOL 6a) and nothing else. Made and kept as the log's key is, in a file beside
 * the store, and in guarded memory while it is open. Which operator key is in force the log says; this knows no log.
 * The writer's alone, but for making and showing one. */
#ifndef COLLECTOR_LOG_OPERATOR_H
#define COLLECTOR_LOG_OPERATOR_H

#include "collector/log/key_file.h"
#include "panel/event.h"

struct operator_key;

/* The file of the operator key: `named` if it is not "", else beside the store at `dsn`, its path and ".operator-key".
 * -1: that is too long. */
MUST_CHECK int operator_key_path(const char *named, const char *dsn, char path[static KEY_FILE_PATH_SIZE]);

/* Makes a key in a new file of mode 0600. -1: errno, EEXIST when the file is there. */
MUST_CHECK int operator_key_create(const char *path);

/* Reads the key; its public half decides nothing yet. NULL: *error says why. Free with operator_close. */
MUST_CHECK struct operator_key *operator_open(const char *path, struct error *error);
void operator_close(struct operator_key *key); /* NULL is fine */

void operator_public(const struct operator_key *key, uint8_t public_key[static KEY_BYTES]);

/* Sees to it that this is the key that the log has in force: where it is not, the file is read again, and the next one
 * beside it (operator_next_create). No file is touched: what the log says may not be on stable storage yet. -1: *error
 * says that it is another's. */
MUST_CHECK int operator_expect(struct operator_key *key, const uint8_t in_force[static KEY_BYTES], struct error *error);

/* Once that is on stable storage: a next one that is signed with is moved to the place of the one before; the change is
 * ended. -1: *error says why the file can't be moved. */
MUST_CHECK int operator_settle(struct operator_key *key, struct error *error);

/* Signs with the next one from now on, which operator_next_check has seen; operator_expect says later whether that
 * came to be. -1: *error says why. */
MUST_CHECK int operator_follow(struct operator_key *key, const uint8_t public_key[static KEY_BYTES],
                               struct error *error);

/* Makes the key that is to follow on the one at `path`, in a file beside it whose name ends in ".next", or takes the
 * one that is there. -1: *error says why. */
MUST_CHECK int operator_next_create(const char *path, uint8_t public_key[static KEY_BYTES], struct error *error);

/* Whether the key that lies beside this one to follow on it has that public half. -1: *error says why not, and what to
 * do where there is none: it may be another collector of the store that has it. */
MUST_CHECK int operator_next_check(const struct operator_key *key, const uint8_t public_key[static KEY_BYTES],
                                   struct error *error);

/* Appends an event as a signed JWS. -1: `out` can't take it, or the event is longer than a JWS may be. */
MUST_CHECK int operator_sign(const struct operator_key *key, const struct event *event, struct buf *out);

#endif
