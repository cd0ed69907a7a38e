/* TLS between a connection and its socket, by GnuTLS (adr/019): a certificate with its key, and channels whose bytes
 * travel in records of TLS 1.3 or 1.2. Inside the HTTP room.
 *
 * A session begins with the first byte that comes, with the certificate in force then, and costs nothing before. Its
 * handshake is no state of the connection's: as long as it lasts there is nothing to receive, so it has the time that a
 * head has. All that a session holds is on the account. */
#ifndef COLLECTOR_HTTP_TLS_H
#define COLLECTOR_HTTP_TLS_H

#include "base/error.h"
#include "collector/http/channel.h"

/* Reads a certificate, with those that lead to its authority behind it, and its key, both PEM. NULL: *error says why,
 * also when others than its owner may read the key, or it is not the certificate's. The paths last as long as the
 * result; free with tls_free. */
MUST_CHECK struct tls *tls_open(const char *certificate, const char *key, struct error *error);
void tls_free(struct tls *tls); /* NULL is fine; sessions that are under way keep what they need */

/* Reads both anew: sessions that begin from here on have them. -1: *error says why, and what was in force stays. Any
 * thread. */
MUST_CHECK int tls_reload(struct tls *tls, struct error *error);

/* Tells the log until when the certificate in force is valid, or that it is not. Any thread. */
void tls_tell(const struct tls *tls);

/* A channel in TLS over a non-blocking socket, which it owns. `tls` outlives it. Any thread; the channel is then its
 * loop's. */
void channel_open_tls(struct channel *channel, int fd, struct tls *tls);

#endif
