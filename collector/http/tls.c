/* A GnuTLS session between two buffers: what the socket brings goes into one, what is to be sent comes out of the
 * other. So no record is ever half handed over, and the socket is asked no more often than in plain. */
#include "collector/http/tls.h"
#include "base/buf.h"
#include "base/latest.h"
#include "base/mem.h"
#include "collector/http/tls_identity.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECORD_MAX ((size_t)16 * 1024) /* bytes that one record carries */
#define READ_SIZE (RECORD_MAX + 1024) /* records that are read at once: a whole one with what TLS adds */
#define OWED_MAX ((size_t)512 * 1024) /* of the answer to one flight or record; GnuTLS's are far smaller */
#define SESSION_BYTES ((size_t)20 * 1024) /* GnuTLS's, measured: 11 KiB when idle, 17 with a part of a record */
#define EMPTY_MAX 32 /* records without a byte of what we know, taken in one go */

struct tls {
    const char *certificate, *key;
    struct latest *identity;
};

struct tls_session {
    gnutls_session_t gnutls;
    struct tls_identity *identity; /* held */
    struct channel *channel;
    struct buf in, out; /* records received, records to be sent */
    size_t in_used, out_sent;
    size_t charged; /* to the account */
    bool drained; /* the socket has no more for now */
    bool open; /* the handshake is done */
};

struct tls *tls_open(const char *certificate, const char *key, struct error *error)
{
    struct tls *tls = mem_calloc(1, sizeof *tls);
    if (!tls || (tls->identity = latest_new()) == NULL) {
        mem_free(tls);
        error_no_memory(error);
        return NULL;
    }
    tls->certificate = certificate;
    tls->key = key;
    if (tls_reload(tls, error) == 0)
        return tls;
    tls_free(tls);
    return NULL;
}

void tls_free(struct tls *tls)
{
    if (tls)
        latest_free(tls->identity);
    mem_free(tls);
}

int tls_reload(struct tls *tls, struct error *error)
{
    struct tls_identity *identity = tls_identity_read(tls->certificate, tls->key, error);
    if (!identity)
        return -1;
    latest_replace(tls->identity, identity);
    return 0;
}

void tls_tell(const struct tls *tls)
{
    struct tls_identity *identity = latest_now(tls->identity);
    tls_identity_tell(identity, tls->certificate);
    counted_release(identity);
}

/* What it holds now, however much, is small beside the number of connections: a record each way. */
static void charge_session(struct tls_session *s)
{
    size_t holds = SESSION_BYTES + s->in.cap + s->out.cap;
    if (holds > s->charged)
        account_charge_small(s->channel->account, holds - s->charged);
    else
        account_release(s->channel->account, s->charged - holds);
    s->charged = holds;
}

/* Records in. */

/* Reads what the socket has; 0: its stream has ended. -1: errno. */
static ssize_t receive_records(struct tls_session *s)
{
    buf_reset(&s->in);
    s->in_used = 0;
    char *room = s->drained ? NULL : buf_reserve(&s->in, READ_SIZE);
    if (!room) {
        errno = s->drained ? EAGAIN : ENOMEM;
        return -1;
    }
    ssize_t n = recv(s->channel->fd, room, READ_SIZE, 0);
    s->drained = n < (ssize_t)READ_SIZE && (n <= 0 || !s->channel->hung_up);
    if (n > 0)
        s->in.len = (size_t)n;
    return n;
}

/* GnuTLS asks for bytes of records. */
static ssize_t pull_records(gnutls_transport_ptr_t pointer, void *room, size_t size)
{
    struct tls_session *s = pointer;
    if (s->in_used == s->in.len) {
        ssize_t n = receive_records(s);
        if (n <= 0) {
            gnutls_transport_set_errno(s->gnutls, n < 0 ? errno : 0);
            return n;
        }
    }
    size_t n = s->in.len - s->in_used < size ? s->in.len - s->in_used : size;
    memcpy(room, s->in.data + s->in_used, n);
    s->in_used += n;
    return (ssize_t)n;
}

static void forget_input(struct tls_session *s)
{
    buf_free(&s->in);
    s->in_used = 0;
}

static bool has_records(const struct tls_session *s)
{
    return s->in_used < s->in.len || !s->drained;
}

/* Records out. */

/* GnuTLS hands over records; all are taken, and sent when they are flushed. */
static ssize_t push_records(gnutls_transport_ptr_t pointer, const void *bytes, size_t len)
{
    struct tls_session *s = pointer;
    buf_put(&s->out, bytes, len);
    if (buf_check(&s->out) == 0) {
        s->channel->owes = true;
        return (ssize_t)len;
    }
    gnutls_transport_set_errno(s->gnutls, ENOMEM);
    return -1;
}

static int flush_records(struct channel *channel)
{
    struct tls_session *s = channel->session;
    if (channel->owes)
        charge_session(s);
    while (channel->owes) {
        ssize_t n = send(channel->fd, s->out.data + s->out_sent, s->out.len - s->out_sent, MSG_NOSIGNAL);
        channel->writable = n >= 0;
        if (n < 0)
            return -1;
        s->out_sent += (size_t)n;
        channel->sent += (size_t)n;
        channel->owes = s->out_sent < s->out.len;
    }
    if (s && s->out_sent > 0) {
        buf_free(&s->out);
        s->out_sent = 0;
        charge_session(s);
    }
    return 0;
}

/* Sessions. */

static void end_session(struct channel *channel)
{
    struct tls_session *s = channel->session;
    channel->session = NULL;
    channel->owes = false;
    gnutls_deinit(s->gnutls);
    counted_release(s->identity);
    buf_free(&s->in);
    buf_free(&s->out);
    account_release(channel->account, s->charged);
    mem_free(s);
}

static int begin_session(struct channel *channel)
{
    struct tls_session *s = mem_calloc(1, sizeof *s);
    if (!s)
        return -1;
    s->identity = latest_now(channel->tls->identity);
    if (tls_identity_begin(s->identity, &s->gnutls) < 0) {
        counted_release(s->identity);
        mem_free(s);
        errno = ENOMEM;
        return -1;
    }
    s->channel = channel;
    buf_init(&s->in, READ_SIZE);
    buf_init(&s->out, OWED_MAX);
    gnutls_transport_set_ptr(s->gnutls, s);
    gnutls_transport_set_pull_function(s->gnutls, pull_records);
    gnutls_transport_set_push_function(s->gnutls, push_records);
    channel->session = s;
    charge_session(s);
    return 0;
}

/* Of a broken session the other is told why, as far as that goes out at once. -1: errno. */
static int fail_session(struct channel *channel, int result)
{
    if (result != GNUTLS_E_PREMATURE_TERMINATION && result != GNUTLS_E_PULL_ERROR)
        (void)gnutls_alert_send_appropriate(channel->session->gnutls, result);
    (void)flush_records(channel);
    errno = EPROTO;
    return -1;
}

/* Goes on with the handshake. 0: it is done. -1: errno. */
static int shake_hands(struct channel *channel)
{
    struct tls_session *s = channel->session;
    int result;
    do
        result = gnutls_handshake(s->gnutls);
    while (result == GNUTLS_E_INTERRUPTED || (result == GNUTLS_E_WARNING_ALERT_RECEIVED && has_records(s)));
    if (result < 0 && result != GNUTLS_E_AGAIN && result != GNUTLS_E_WARNING_ALERT_RECEIVED)
        return fail_session(channel, result);
    s->open = result == 0;
    if (flush_records(channel) < 0)
        return -1;
    errno = EAGAIN;
    return s->open ? 0 : -1;
}

/* Nobody begins a second handshake: what asks for one is no byte that is received, and ends the session. */
static ssize_t receive_open(struct channel *channel, void *room, size_t size)
{
    struct tls_session *s = channel->session;
    ssize_t n;
    int tries = 0;
    do
        n = gnutls_record_recv(s->gnutls, room, size);
    while ((n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_AGAIN) && has_records(s) && ++tries < EMPTY_MAX);
    if (n >= 0)
        return n;
    if ((n != GNUTLS_E_INTERRUPTED && n != GNUTLS_E_AGAIN) || has_records(s))
        return fail_session(channel, (int)n);
    errno = EAGAIN;
    return -1;
}

/* Where bytes of ours can't go out, none are taken in: it goes on once they can. */
static ssize_t receive_in_session(struct channel *channel, void *room, size_t size)
{
    if (flush_records(channel) < 0 || (!channel->session->open && shake_hands(channel) < 0))
        return -1;
    return receive_open(channel, room, size);
}

static ssize_t receive_tls(struct channel *channel, void *room, size_t size)
{
    if (!channel->session && begin_session(channel) < 0)
        return -1;
    struct tls_session *s = channel->session;
    s->drained = false;
    ssize_t n = receive_in_session(channel, room, size);
    channel->readable = n > 0 && (has_records(s) || gnutls_record_check_pending(s->gnutls) > 0);
    int why = errno;
    if (s->in_used == s->in.len)
        forget_input(s);
    charge_session(s);
    errno = why;
    return n;
}

/* Makes a record of some bytes, and sends what of it the socket takes. -1: errno. */
static int send_record(struct channel *channel, const void *bytes, size_t len, size_t *taken)
{
    ssize_t n = gnutls_record_send(channel->session->gnutls, bytes, len);
    if (n < 0)
        return fail_session(channel, (int)n);
    *taken = (size_t)n;
    return flush_records(channel) < 0 && errno != EAGAIN ? -1 : 0;
}

static ssize_t send_tls(struct channel *channel, const struct iovec runs[static 2], bool more)
{
    char both[RECORD_MAX];
    size_t taken, first = runs[0].iov_len < RECORD_MAX ? runs[0].iov_len : RECORD_MAX;
    size_t second = runs[1].iov_len < RECORD_MAX - first ? runs[1].iov_len : RECORD_MAX - first;
    (void)more;
    if (!channel->session || !channel->session->open) {
        errno = ENOTCONN;
        return -1;
    }
    if (flush_records(channel) < 0)
        return -1;
    if (first > 0)
        memcpy(both, runs[0].iov_base, first);
    if (first > 0 && second > 0)
        memcpy(both + first, runs[1].iov_base, second);
    if (first + second == 0)
        return 0;
    return send_record(channel, first > 0 ? both : runs[1].iov_base, first + second, &taken) < 0 ? -1 : (ssize_t)taken;
}

/* Where a record takes less than was read, the file goes back to what is next. */
static ssize_t send_file_tls(struct channel *channel, int file, size_t size)
{
    char bytes[RECORD_MAX];
    size_t taken = 0;
    ssize_t n = read(file, bytes, size < RECORD_MAX ? size : RECORD_MAX);
    if (n <= 0)
        return n < 0 && errno == EAGAIN ? (errno = EIO, -1) : n;
    if (send_record(channel, bytes, (size_t)n, &taken) < 0)
        return -1;
    return lseek(file, (off_t)taken - n, SEEK_CUR) < 0 ? -1 : (ssize_t)taken;
}

static void finish_tls(struct channel *channel)
{
    if (channel->session && channel->session->open && gnutls_bye(channel->session->gnutls, GNUTLS_SHUT_WR) == 0)
        (void)flush_records(channel);
    shutdown(channel->fd, SHUT_WR);
}

static void close_tls(struct channel *channel)
{
    if (channel->session) {
        finish_tls(channel);
        end_session(channel);
    }
    close(channel->fd);
}

void channel_open_tls(struct channel *channel, int fd, struct tls *tls)
{
    static const struct channel_verbs verbs = {.receive = receive_tls,
                                               .send = send_tls,
                                               .send_file = send_file_tls,
                                               .flush = flush_records,
                                               .finish = finish_tls,
                                               .close = close_tls};
    *channel = (struct channel){.verbs = &verbs, .fd = fd, .tls = tls};
}
