/* Two files become an identity, or a sentence on what is wrong with them. */
#include "collector/http/tls_identity.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include <errno.h>
#include <gnutls/x509.h>
#include <sys/stat.h>

#define PEM_MAX ((size_t)256 * 1024)

/* What the NCSC rates good in its ICT-beveiligingsrichtlijnen voor TLS, version 2.1, and for those who have no TLS 1.3
 * yet (good) TLS 1.2 (sufficient) with good suites alone. Since all are good, whose order counts is left to who
 * connects: a phone without AES in its processor asks for ChaCha20. */
static const char suites[] = "NONE:+CTYPE-X509:+COMP-NULL:+AEAD"
                             /* TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256, TLS_AES_128_GCM_SHA256 */
                             ":+VERS-TLS1.3"
                             /* TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
     * TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
     * TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 */
                             ":+VERS-TLS1.2:+ECDHE-ECDSA:+ECDHE-RSA"
                             ":+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM"
                             /* key exchange over secp384r1, secp256r1, x448 or x25519 */
                             ":+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+GROUP-X448"
                             /* signatures over SHA-512, SHA-384 or SHA-256 */
                             ":+SIGN-EDDSA-ED25519:+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SHA384:+SIGN-ECDSA-SHA512"
                             ":+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SECP384R1-SHA384:+SIGN-ECDSA-SECP521R1-SHA512"
                             ":+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-PSS-RSAE-SHA384:+SIGN-RSA-PSS-RSAE-SHA512"
                             ":+SIGN-RSA-SHA256:+SIGN-RSA-SHA384:+SIGN-RSA-SHA512";

static void destroy_identity(void *value)
{
    struct tls_identity *identity = value;
    if (identity->credentials)
        gnutls_certificate_free_credentials(identity->credentials);
    if (identity->priority)
        gnutls_priority_deinit(identity->priority);
    if (identity->ticket_key.data) {
        mem_wipe(identity->ticket_key.data, identity->ticket_key.size);
        gnutls_free(identity->ticket_key.data);
    }
    mem_free(identity);
}

/* Who can read the key can pass for the collector. */
static int check_key_mode(const char *path, struct error *error)
{
    struct stat status;
    if (stat(path, &status) < 0 || !S_ISREG(status.st_mode) || (status.st_mode & 077) == 0)
        return 0; /* what can't be read is told when it is */
    return error_set(error, ERROR_REFUSED,
                     T("others may read the key %s; give `chmod 600 %s`, and think of who has read it",
                       "anderen mogen de sleutel %s lezen; geef `chmod 600 %s`, en bedenk wie hem gelezen heeft"),
                     path, path);
}

static int read_pem(const char *path, struct buf *out, struct error *error)
{
    if (file_read(path, out) == 0)
        return 0;
    return error_from_errno(error, T("%s can't be read", "%s kan niet gelezen worden"), path);
}

static gnutls_datum_t datum_of(const struct buf *text)
{
    return (gnutls_datum_t){.data = (unsigned char *)(uintptr_t)buf_text(text), .size = (unsigned)text->len};
}

/* What GnuTLS makes of the two texts. */
static int take_pair(struct tls_identity *identity, const char *names[static 2], const struct buf texts[static 2],
                     struct error *error)
{
    gnutls_datum_t certificate = datum_of(&texts[0]), key = datum_of(&texts[1]);
    int result =
        gnutls_certificate_set_x509_key_mem2(identity->credentials, &certificate, &key, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (result >= 0)
        return 0;
    if (result == GNUTLS_E_MEMORY_ERROR)
        return error_no_memory(error);
    if (result == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
        return error_set(error, ERROR_REFUSED,
                         T("the key %s is not that of the certificate %s; give the two that were made together",
                           "de sleutel %s is niet die van het certificaat %s; geef de twee die bij elkaar horen"),
                         names[1], names[0]);
    return error_set(
        error, ERROR_REFUSED,
        T("%s and %s are no certificate and key in PEM (%s)", "%s en %s zijn geen certificaat en sleutel in PEM (%s)"),
        names[0], names[1], gnutls_strerror(result));
}

static int read_both(struct tls_identity *identity, const char *names[static 2], struct error *error)
{
    struct buf texts[2];
    buf_init(&texts[0], PEM_MAX);
    buf_init(&texts[1], PEM_MAX);
    int result = check_key_mode(names[1], error) < 0 || read_pem(names[0], &texts[0], error) < 0 ||
                         read_pem(names[1], &texts[1], error) < 0
                     ? -1
                     : take_pair(identity, names, texts, error);
    buf_free(&texts[0]);
    buf_wipe(&texts[1]);
    return result;
}

/* Browsers refuse one that is not valid now; that its owner may be about to set the clock right is left to them. */
void tls_identity_tell(const struct tls_identity *identity, const char *name)
{
    gnutls_x509_crt_t *list;
    unsigned count;
    char until[CLOCK_TEXT_SIZE];
    if (gnutls_certificate_get_x509_crt(identity->credentials, 0, &list, &count) < 0)
        return;
    int64_t now = clock_now(), from = gnutls_x509_crt_get_activation_time(list[0]);
    int64_t to = gnutls_x509_crt_get_expiration_time(list[0]);
    clock_format(to, until);
    if (now < from || now > to)
        log_warning("tls: the certificate %s is not valid today", name);
    else
        log_info("tls: the certificate %s is valid until %s", name, until);
    for (unsigned i = 0; i < count; i++)
        gnutls_x509_crt_deinit(list[i]);
    gnutls_free(list);
}

struct tls_identity *tls_identity_read(const char *certificate, const char *key, struct error *error)
{
    const char *names[2] = {certificate, key};
    struct tls_identity *identity = mem_calloc(1, sizeof *identity);
    if (!identity) {
        error_no_memory(error);
        return NULL;
    }
    counted_init(&identity->counted, destroy_identity);
    if (gnutls_certificate_allocate_credentials(&identity->credentials) < 0 ||
        gnutls_priority_init(&identity->priority, suites, NULL) < 0 ||
        gnutls_session_ticket_key_generate(&identity->ticket_key) < 0) {
        error_no_memory(error);
    } else if (read_both(identity, names, error) == 0) {
        return identity;
    }
    counted_release(identity);
    return NULL;
}

int tls_identity_begin(const struct tls_identity *identity, gnutls_session_t *out)
{
    static unsigned char name[] = "http/1.1"; /* GnuTLS copies it */
    const gnutls_datum_t protocol = {.data = name, .size = sizeof name - 1};
    gnutls_session_t session;
    if (gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0)
        return -1;
    if (gnutls_priority_set(session, identity->priority) < 0 ||
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, identity->credentials) < 0 ||
        gnutls_alpn_set_protocols(session, &protocol, 1, GNUTLS_ALPN_MANDATORY) < 0 ||
        gnutls_session_ticket_enable_server(session, &identity->ticket_key) < 0) {
        gnutls_deinit(session);
        return -1;
    }
    *out = session;
    return 0;
}
