/* The other collectors of this log, whose checkpoints count here too: whoever has an old one itself finds out by theirs
 * that the store has lost what came after. They are asked for what they have shown, and believed where the log's key
 * has signed it; what else they say is passed over, and told in the log. One thread at a time, unless said; it starts
 * none, and opens sockets alone. */
#ifndef COLLECTOR_LOG_PEERS_H
#define COLLECTOR_LOG_PEERS_H

#include "collector/log/signer.h"

#define PEERS_MAX 8
#define PEERS_SECONDS 5 /* that one is waited for, beside the name servers */
#define PEERS_ALL_SECONDS 10 /* after which no further one is asked */

struct peers;

/* The collectors at `urls`, with commas between: https, or http to this machine; also http to others where `in_plain`.
 * With "" there are none, and *out is NULL. -1: *error. Free with peers_close. */
MUST_CHECK int peers_open(const char *urls, bool in_plain, struct peers **out, struct error *error);
void peers_close(struct peers *peers); /* NULL is fine */

/* Asks each, one after the other, for its checkpoint signed by `key`, and keeps those that are good: before the store
 * is read, which can then lack nothing of theirs. Once PEERS_ALL_SECONDS have passed the others are passed over, and
 * are the first the next time. That none could be had is told in the log and is no failure. -1: *error says that memory
 * lacks, or that peers_stop was called. */
MUST_CHECK int peers_fetch(struct peers *peers, const struct note_key *key, struct error *error);

/* Tells the signer of what was kept (signer_hear). */
void peers_tell(const struct peers *peers, struct signer *signer);

/* Both, by the signer's own key. */
MUST_CHECK int peers_ask(struct peers *peers, struct signer *signer, struct error *error);

/* From now on nobody further is asked. Any thread. */
void peers_stop(struct peers *peers); /* NULL is fine */

/* Has the signer begin where the collector at `url` is, unless it has signed already, which is told. -1: *error says
 * why it can't. */
MUST_CHECK int peers_join(const char *url, bool in_plain, struct signer *signer, struct error *error);

#endif
