/* Who the collector is to those who connect over TLS: a certificate with its key, the suites that it takes, and the key
 * of its session tickets, which is made anew with each. Shared and never changed (base/counted.h). Inside the HTTP
 * room, under tls.h. Any thread. */
#ifndef COLLECTOR_HTTP_TLS_IDENTITY_H
#define COLLECTOR_HTTP_TLS_IDENTITY_H

#include "base/counted.h"
#include "base/error.h"
#include <gnutls/gnutls.h>

struct tls_identity {
    struct counted counted;
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
    gnutls_datum_t ticket_key;
};

/* As tls_open. NULL: *error. Free with counted_release. */
MUST_CHECK struct tls_identity *tls_identity_read(const char *certificate, const char *key, struct error *error);

/* Tells the log until when the certificate, which is in the file `name`, is valid, or that it is not. */
void tls_identity_tell(const struct tls_identity *identity, const char *name);

/* Begins a session on the server's side with it, ready for its handshake but for how bytes come and go. 0 and *out,
 * which is to be freed by gnutls_deinit before the identity; -1: there is no memory. */
MUST_CHECK int tls_identity_begin(const struct tls_identity *identity, gnutls_session_t *out);

#endif
