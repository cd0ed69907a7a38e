/* A connection in TLS, driven by hand over a pair of sockets: however its records are cut, wherever it breaks off,
 * however slowly it is read and whenever memory lacks, what is received is what was sent, or the connection ends, and
 * nothing stays on the account. */
#include "base/file.h"
#include "base/mem.h"
#include "collector/http/connection.h"
#include "collector/http/tls.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECOND INT64_C(1000000)
#define BODY ((size_t)40000) /* three records */
#define IDLE_MAX 50 /* steps in which nothing moves: nothing will */

static char scratch[CONNECTION_READ_MAX], body[BODY], received[2 * BODY];
static struct exchange_settings settings;
static struct connection_room room;
static struct connection *connection;
static struct tls *tls;
static bool ended;
static size_t received_len;

/* The other side: records that it makes wait in `flight`, and go `piece` bytes at a time. */
static gnutls_certificate_credentials_t trust;
static gnutls_session_t client;
static struct buf flight;
static size_t flown, piece;
static int peer;

static void post_echo(struct http_exchange *x, void *context)
{
    struct buf answer;
    (void)context;
    buf_init(&answer, SIZE_MAX);
    buf_put(&answer, http_body(x)->data, http_body(x)->len);
    http_answer(x, 200, "text/plain", &answer);
}

static const struct http_route routes[] = {
    {"POST", "/echo", "text/plain", BODY, post_echo, NULL, NULL},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
static const struct http_site sites[] = {{routes, NULL}, {NULL, NULL}};

static ssize_t push_flight(gnutls_transport_ptr_t pointer, const void *bytes, size_t len)
{
    (void)pointer;
    buf_put(&flight, bytes, len);
    return (ssize_t)len;
}

static ssize_t pull_answer(gnutls_transport_ptr_t pointer, void *bytes, size_t size)
{
    (void)pointer;
    ssize_t n = recv(peer, bytes, size, MSG_DONTWAIT);
    gnutls_transport_set_errno(client, n < 0 ? errno : 0);
    return n;
}

static void begin(void)
{
    struct error error;
    struct buf pem;
    kit_begin();
    buf_init(&pem, 65536);
    cr_assert_eq(file_read("fixtures/tls/good.pem", &pem), 0);
    const char *path = kit_path("served.pem");
    cr_assert_eq(file_create(path, pem.data, pem.len), 0);
    buf_free(&pem);
    tls = tls_open(path, path, &error);
    cr_assert_not_null(tls);
    settings = (struct exchange_settings){.sites = sites, .account.max = 1 << 22, .wait_max_us = INT64_MAX};
    pthread_mutex_init(&settings.lock, NULL);
    pthread_cond_init(&settings.settled, NULL);
    room = (struct connection_room){.settings = &settings, .scratch = scratch, .date = "now", .now = SECOND};
    room.limits = (struct connection_limits){
        .head_us = SECOND, .idle_us = SECOND, .body_us = SECOND, .answer_us = SECOND, .least_rate = 0};
    buf_init(&room.head, SIZE_MAX);
    for (size_t i = 0; i < BODY; i++)
        body[i] = (char)('a' + i % 26);
    cr_assert_eq(gnutls_certificate_allocate_credentials(&trust), 0);
}

static void end(void)
{
    gnutls_certificate_free_credentials(trust);
    tls_free(tls);
    buf_free(&room.head);
    pthread_cond_destroy(&settings.settled);
    pthread_mutex_destroy(&settings.lock);
    kit_end();
}

TestSuite(tls, .init = begin, .fini = end);

/* false: there is no memory. */
static bool open_both(const char *priority)
{
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    peer = ends[1];
    ended = false;
    received_len = flown = 0;
    buf_init(&flight, SIZE_MAX);
    cr_assert_eq(gnutls_init(&client, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL), 0);
    cr_assert_eq(gnutls_priority_set_direct(client, priority, NULL), 0);
    cr_assert_eq(gnutls_credentials_set(client, GNUTLS_CRD_CERTIFICATE, trust), 0);
    gnutls_transport_set_push_function(client, push_flight);
    gnutls_transport_set_pull_function(client, pull_answer);
    connection = connection_new(ends[0], tls, &(struct address){{0}});
    if (connection)
        connection_begin(connection, NULL, &room);
    else
        close(ends[0]);
    return connection != NULL;
}

static void close_both(void)
{
    if (connection)
        connection_free(connection);
    gnutls_deinit(client);
    buf_free(&flight);
    close(peer);
    cr_assert_eq(atomic_load(&settings.account.used), 0, "%zu bytes stay", atomic_load(&settings.account.used));
    cr_assert_eq(atomic_load(&settings.under_way), 0);
}

/* Lets the connection do what it can. */
static void proceed(void)
{
    enum connection_need need = CONNECTION_HAS_MORE;
    while (!ended && need == CONNECTION_HAS_MORE) {
        connection->channel.writable = true;
        need = connection_proceed(connection);
        ended = need == CONNECTION_ENDED;
    }
}

/* Some bytes fly, as far as `until`, and the connection takes them. */
static void fly(size_t until)
{
    size_t left = (flight.len < until ? flight.len : until) - flown;
    ssize_t n =
        left > 0 ? send(peer, flight.data + flown, left < piece ? left : piece, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
    flown += n > 0 ? (size_t)n : 0;
    connection->channel.readable |= n > 0;
    proceed();
}

/* Shakes hands, posts the body, and reads the answer, at most `most` bytes at a time; until all is there, or it
 * ended. */
static void talk(size_t most)
{
    char head[128];
    bool shaken = false, asked = false;
    snprintf(head, sizeof head,
             "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", BODY);
    for (int idle = 0; idle < IDLE_MAX && !ended && received_len < BODY; idle++) {
        size_t before = flown + received_len;
        if (!shaken)
            shaken = gnutls_handshake(client) == 0;
        if (shaken && !asked && flown == flight.len) {
            cr_assert_eq(gnutls_record_send(client, head, strlen(head)), (ssize_t)strlen(head));
            for (size_t at = 0; at < BODY;) {
                ssize_t n = gnutls_record_send(client, body + at, BODY - at);
                cr_assert_gt(n, 0);
                at += (size_t)n;
            }
            asked = true;
        }
        fly(SIZE_MAX);
        ssize_t n = asked ? gnutls_record_recv(client, received + received_len, most) : 0;
        received_len += n > 0 ? (size_t)n : 0;
        if (flown + received_len > before)
            idle = 0;
    }
}

static void read_rest(void)
{
    for (int i = 0; i < 1000 && !ended; i++) {
        proceed();
        ssize_t n = gnutls_record_recv(client, received + received_len, sizeof received - received_len);
        received_len += n > 0 ? (size_t)n : 0;
        if (n == GNUTLS_E_AGAIN && !connection->channel.owes && connection->state == CONNECTION_READS_HEAD)
            return;
    }
}

static void assert_echoed(void)
{
    received[received_len] = '\0';
    const char *answer = strstr(received, "\r\n\r\n");
    cr_assert(answer && strncmp(received, "HTTP/1.1 200 ", 13) == 0);
    cr_assert_eq(received_len - (size_t)(answer + 4 - received), BODY);
    cr_assert_arr_eq(answer + 4, body, BODY);
}

static const char *const priorities[] = {"NORMAL:-VERS-ALL:+VERS-TLS1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.2"};

Test(tls, hands_over_what_was_sent_however_its_records_are_cut)
{
    static const size_t pieces[] = {3, 1000, 1 << 20};
    for (size_t v = 0; v < sizeof priorities / sizeof *priorities; v++)
        for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
            piece = pieces[i];
            cr_assert(open_both(priorities[v]));
            talk(sizeof received / 2);
            read_rest();
            cr_assert(!ended, "%s in pieces of %zu", priorities[v], piece);
            assert_echoed();
            close_both();
        }
}

Test(tls, sends_the_whole_answer_to_who_reads_it_in_drips)
{
    int small = 4096;
    piece = 1 << 20;
    cr_assert(open_both(priorities[0]));
    setsockopt(connection->channel.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    talk(700);
    read_rest();
    assert_echoed();
    close_both();
}

Test(tls, leaves_nothing_of_a_handshake_that_breaks_off)
{
    piece = 1 << 20;
    cr_assert(open_both(priorities[0]));
    cr_assert_eq(gnutls_handshake(client), GNUTLS_E_AGAIN);
    size_t whole = flight.len;
    close_both();
    for (size_t cut = 0; cut < whole; cut += 7) {
        cr_assert(open_both(priorities[0]));
        cr_assert_eq(gnutls_handshake(client), GNUTLS_E_AGAIN);
        fly(cut);
        cr_assert(!ended);
        shutdown(peer, SHUT_WR);
        connection->channel.readable = connection->channel.hung_up = true;
        proceed();
        cr_assert(ended, "cut at %zu of %zu", cut, whole);
        close_both();
    }
}

Test(tls, ends_with_what_is_no_handshake)
{
    static const char *const nonsense[] = {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\x16\x03\x01\xff\xff\x01",
                                           "\x15\x03\x03\x7f\xff", "\x17\x03\x03\x40\x01________________"};
    piece = 1 << 20;
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        cr_assert(open_both(priorities[0]));
        buf_put_text(&flight, nonsense[i]);
        fly(SIZE_MAX);
        shutdown(peer, SHUT_WR);
        connection->channel.readable = connection->channel.hung_up = true;
        proceed();
        cr_assert(ended, "sample %zu", i);
        close_both();
    }
}

Test(tls, ends_or_answers_when_an_allocation_fails)
{
    unsigned long n = 0;
    bool failed = true;
    piece = 1 << 20;
    for (; failed; n++) {
        mem_fail_at(n + 1);
        bool open = open_both(priorities[0]);
        if (open)
            talk(sizeof received / 2);
        failed = mem_has_failed();
        mem_fail_at(0);
        if (open && !failed)
            assert_echoed();
        close_both();
    }
    cr_assert_gt(n, 10, "only %lu allocations", n);
}

Test(tls, reads_a_new_pair_for_sessions_that_begin)
{
    struct error error;
    struct buf pem;
    const char *path = kit_path("served.pem");
    unsigned count;
    buf_init(&pem, 65536);
    piece = 1 << 20;
    cr_assert(open_both(priorities[0]));
    talk(sizeof received / 2);
    cr_assert_eq(file_write(path, "nonsense", 8), 0);
    cr_assert_eq(tls_reload(tls, &error), -1);
    cr_assert_eq(file_read("fixtures/tls/elsewhere.pem", &pem), 0);
    cr_assert_eq(file_write(path, pem.data, pem.len), 0);
    cr_assert_eq(tls_reload(tls, &error), 0);
    read_rest();
    assert_echoed();
    const gnutls_datum_t *before = gnutls_certificate_get_peers(client, &count);
    unsigned before_size = before->size;
    close_both();
    cr_assert(open_both(priorities[0]));
    talk(sizeof received / 2);
    cr_assert_neq(gnutls_certificate_get_peers(client, &count)->size, before_size);
    close_both();
    buf_free(&pem);
}
