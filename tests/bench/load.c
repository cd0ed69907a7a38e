/* The epoll loop. */
#include "tests/bench/load.h"
#include "base/clock.h"
#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_MAX 2048
#define EVENTS 256
#define TAIL 7
#define LAST_CHUNK "\r\n0\r\n\r\n" /* ends a chunked body; no table of ours holds an empty line */
#define REST_US 1000000
#define SILENCE_US 60000000

struct connection {
    int fd; /* -1: closed */
    uint16_t port;
    gnutls_session_t tls; /* NULL: in plain */
    struct request *request; /* in flight; NULL: none */
    size_t sent;
    int64_t since;
    int64_t rests_until; /* 0: it does not */
    char head[HEAD_MAX + 1]; /* of the answer, until its length is known */
    size_t head_len;
    size_t body_left;
    bool in_body, chunked, closes, shaken;
    char tail[TAIL]; /* the last bytes of a chunked body */
};

struct load {
    int epoll;
    bool polling;
    struct request *next, *end;
    size_t open; /* connections that have a request, or rest before the next */
    size_t resting;
    struct connection *list, *quiet;
    unsigned count, idle;
};

static void give_up(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void watch(struct load *load, struct connection *c, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = c};
    if (epoll_ctl(load->epoll, operation, c->fd, &event) != 0)
        give_up("epoll");
}

/* In TLS. */

static gnutls_certificate_credentials_t credentials; /* NULL: in plain */

void load_speak_tls(bool on)
{
    if (credentials)
        gnutls_certificate_free_credentials(credentials);
    credentials = NULL;
    if (on && gnutls_certificate_allocate_credentials(&credentials) < 0)
        give_up("memory for TLS");
}

static ssize_t push_bytes(gnutls_transport_ptr_t pointer, const void *bytes, size_t len)
{
    const struct connection *c = pointer;
    return send(c->fd, bytes, len, MSG_NOSIGNAL);
}

/* Waits only while hands are shaken. */
static ssize_t pull_bytes(gnutls_transport_ptr_t pointer, void *room, size_t size)
{
    const struct connection *c = pointer;
    return recv(c->fd, room, size, c->shaken ? MSG_DONTWAIT : 0);
}

static void shake_hands(struct connection *c)
{
    int result;
    c->shaken = false;
    if (gnutls_init(&c->tls, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL) < 0 || gnutls_set_default_priority(c->tls) < 0 ||
        gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, credentials) < 0)
        give_up("TLS");
    gnutls_transport_set_ptr(c->tls, c);
    gnutls_transport_set_push_function(c->tls, push_bytes);
    gnutls_transport_set_pull_function(c->tls, pull_bytes);
    while ((result = gnutls_handshake(c->tls)) < 0)
        if (gnutls_error_is_fatal(result))
            give_up(gnutls_strerror(result));
    c->shaken = true;
}

/* As send and recv do; requests are small enough for their socket to take them in TLS at once. */
static ssize_t send_bytes(const struct connection *c, const char *bytes, size_t len)
{
    if (!c->tls)
        return send(c->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    ssize_t n = gnutls_record_send(c->tls, bytes, len);
    if (n < 0)
        give_up(gnutls_strerror((int)n));
    return n;
}

static ssize_t receive_bytes(const struct connection *c, char *room, size_t size)
{
    if (!c->tls)
        return recv(c->fd, room, size, MSG_DONTWAIT);
    ssize_t n = gnutls_record_recv(c->tls, room, size);
    if (n < 0 && gnutls_error_is_fatal((int)n))
        give_up(gnutls_strerror((int)n));
    errno = EAGAIN;
    return n < 0 ? -1 : n;
}

static void close_connection(struct connection *c)
{
    if (c->tls)
        gnutls_deinit(c->tls);
    if (c->fd >= 0)
        close(c->fd);
    c->tls = NULL;
    c->fd = -1;
}

static void open_connection(struct load *load, struct connection *c)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(c->port)};
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0)
        give_up("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (credentials)
        shake_hands(c);
    watch(load, c, EPOLL_CTL_ADD, EPOLLIN);
}

static struct connection *open_all(struct load *load, const uint16_t *ports, size_t port_count, unsigned count)
{
    struct connection *list = calloc(count + 1, sizeof *list);
    if (!list)
        give_up("memory");
    for (unsigned i = 0; i < count; i++) {
        list[i].port = ports[i % port_count];
        open_connection(load, &list[i]);
    }
    return list;
}

struct load *load_open_many(const uint16_t *ports, size_t count, unsigned connections, unsigned idle, bool polling)
{
    struct load *load = calloc(1, sizeof *load);
    if (!load)
        give_up("memory");
    *load =
        (struct load){.epoll = epoll_create1(EPOLL_CLOEXEC), .polling = polling, .count = connections, .idle = idle};
    load->list = open_all(load, ports, count, connections);
    load->quiet = open_all(load, ports, count, idle);
    return load;
}

struct load *load_open(uint16_t port, unsigned connections, unsigned idle, bool polling)
{
    return load_open_many(&port, 1, connections, idle, polling);
}

void load_close(struct load *load)
{
    for (unsigned i = 0; i < load->count; i++)
        close_connection(&load->list[i]);
    for (unsigned i = 0; i < load->idle; i++)
        close_connection(&load->quiet[i]);
    close(load->epoll);
    free(load->list);
    free(load->quiet);
    free(load);
}

/* One request. */

static void send_some(struct load *load, struct connection *c)
{
    bool waited = c->sent > 0;
    while (c->sent < c->request->len) {
        ssize_t n = send_bytes(c, c->request->bytes + c->sent, c->request->len - c->sent);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            watch(load, c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
            return;
        }
        if (n < 0)
            give_up("send");
        c->sent += (size_t)n;
    }
    if (waited)
        watch(load, c, EPOLL_CTL_MOD, EPOLLIN);
}

static void begin(struct load *load, struct connection *c)
{
    c->request = load->next < load->end ? load->next++ : NULL;
    c->sent = c->head_len = c->body_left = 0;
    c->in_body = c->chunked = c->closes = false;
    memset(c->tail, 0, TAIL);
    if (!c->request) {
        load->open--;
        return;
    }
    if (c->fd < 0)
        open_connection(load, c);
    c->since = clock_monotonic_us();
    send_some(load, c);
}

static void finish(struct load *load, struct connection *c)
{
    int64_t now = clock_monotonic_us();
    c->request->micros = now - c->since;
    bool refused = c->request->status == 503;
    c->request = NULL;
    if (c->closes)
        close_connection(c);
    if (refused && load->next < load->end) {
        c->rests_until = now + REST_US;
        load->resting++;
    } else {
        begin(load, c);
    }
}

static void wake_rested(struct load *load)
{
    int64_t now = clock_monotonic_us();
    for (unsigned i = 0; i < load->count && load->resting > 0; i++) {
        struct connection *c = &load->list[i];
        if (c->rests_until == 0 || (c->rests_until > now && load->next < load->end))
            continue;
        c->rests_until = 0;
        load->resting--;
        begin(load, c);
    }
}

static void pass_tail(struct connection *c, const char *bytes, size_t len)
{
    for (size_t i = len > TAIL ? len - TAIL : 0; i < len; i++) {
        memmove(c->tail, c->tail + 1, TAIL - 1);
        c->tail[TAIL - 1] = bytes[i];
    }
}

static bool has_line(const struct connection *c, const char *line, const char *end)
{
    const char *found = strcasestr(c->head, line);
    return found && found < end;
}

/* The head is whole: notes the status and how much body is to come; what of it has come already is counted off. */
static void read_head(struct connection *c, const char *end)
{
    const char *length = strcasestr(c->head, "\r\nContent-Length:");
    if (sscanf(c->head, "HTTP/1.1 %d", &c->request->status) != 1)
        give_up("an answer that is no HTTP");
    size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    size_t had = c->head_len - (size_t)(end + 4 - c->head);
    c->chunked = has_line(c, "\r\nTransfer-Encoding: chunked", end);
    c->closes = has_line(c, "\r\nConnection: close", end);
    c->body_left = c->chunked ? 1 : body - had;
    if (c->chunked)
        pass_tail(c, end + 4, had);
    c->in_body = true;
}

static void receive(struct load *load, struct connection *c)
{
    static char waste[1 << 18];
    char *into = c->in_body ? waste : c->head + c->head_len;
    size_t room = c->in_body ? sizeof waste : HEAD_MAX - c->head_len;
    ssize_t n = receive_bytes(c, into, room);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return;
    if (n <= 0)
        give_up("recv");
    if (c->in_body && c->chunked) {
        pass_tail(c, waste, (size_t)n);
    } else if (c->in_body) {
        c->body_left -= (size_t)n;
    } else {
        c->head_len += (size_t)n;
        c->head[c->head_len] = '\0';
        const char *end = strstr(c->head, "\r\n\r\n");
        if (!end)
            return;
        read_head(c, end);
    }
    if (c->chunked ? memcmp(c->tail, LAST_CHUNK, TAIL) == 0 : c->body_left == 0)
        finish(load, c);
}

/* All of them. */

/* Works on what is ready; whether anything was. */
static bool work(struct load *load, int timeout)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(load->epoll, events, EVENTS, timeout);
    for (int i = 0; i < n; i++) {
        struct connection *c = events[i].data.ptr;
        if (c->request && (events[i].events & EPOLLOUT) != 0)
            send_some(load, c);
        if (c->request && (events[i].events & (EPOLLIN | EPOLLHUP)) != 0)
            receive(load, c);
        while (c->request && c->tls && gnutls_record_check_pending(c->tls) > 0)
            receive(load, c);
    }
    return n > 0;
}

int64_t load_send(struct load *load, struct request *requests, size_t count)
{
    int64_t start = clock_monotonic_us(), heard = start;
    load->next = requests;
    load->end = requests + count;
    load->open = load->count;
    for (unsigned i = 0; i < load->count; i++)
        begin(load, &load->list[i]);
    while (load->open > 0) {
        bool any = work(load, load->polling ? 0 : load->resting > 0 ? 10 : 1000);
        if (any)
            heard = clock_monotonic_us();
        else if (load->resting == 0 && clock_monotonic_us() - heard > SILENCE_US)
            give_up("no answer for a minute");
        if (load->resting > 0)
            wake_rested(load);
    }
    return clock_monotonic_us() - start;
}

int64_t load_run(uint16_t port, unsigned connections, unsigned idle, struct request *requests, size_t count)
{
    struct load *load = load_open(port, connections, idle, false);
    int64_t micros = load_send(load, requests, count);
    load_close(load);
    return micros;
}
