/* The other collectors of this log, whose checkpoints count here too: whoever has an old one itself finds out by theirs
 * that the store has lost what came after. They are asked for what they have shown, and believed where the log's key
 * has signed it; what else they say is passed over, and told in the log. One thread at a time; it starts none, and
 * opens sockets alone. */
#ifndef COLLECTOR_LOG_PEERS_H
#define COLLECTOR_LOG_PEERS_H

#include "collector/log/signer.h"

#define PEERS_MAX 8
#define PEERS_SECONDS 5 /* that one is waited for, beside the name servers */

struct peers;

/* The collectors at `urls`, with commas between: https, or http to this machine; also http to others where `in_plain`.
 * NULL: *error. Free with peers_close. */
MUST_CHECK struct peers *peers_open(const char *urls, bool in_plain, struct error *error);
void peers_close(struct peers *peers); /* NULL is fine */

/* Asks each, one after the other, for its checkpoint, and tells the signer of those that are good (signer_hear): before
 * the store is read, which can then lack nothing of theirs. That none could be had is told in the log and is no
 * failure. -1: *error says that memory lacks. */
MUST_CHECK int peers_ask(struct peers *peers, struct signer *signer, struct error *error);

/* Has the signer begin where the collector at `url` is, unless it has signed already, which is told. -1: *error says
 * why it can't. */
MUST_CHECK int peers_join(const char *url, bool in_plain, struct signer *signer, struct error *error);

#endif
