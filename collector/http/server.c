/* Accepting connections and giving each to a loop; starting, quiescing, stopping. Knows no request. */
#include "base/clock.h"
#include "base/error.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/trouble.h"
#include "collector/http/limiter.h"
#include "collector/http/listen.h"
#include "collector/http/loop.h"
#include "collector/http/tls.h"
#include "collector/ops/metrics.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND_US INT64_C(1000000)
#define IDLE_SECONDS 30 /* between two requests of a connection */
#define ANSWER_SECONDS 600 /* for taking an answer, a large table too */
#define ASIDE_MAX ((size_t)1024 * 1024 * 1024) /* bytes of answers that wait in files for slow receivers */
#define RESERVE 256 /* connections beside `connections`, for requests that come whole and at once */
#define RESERVE_SECONDS 2 /* for each part of such a request */
#define RESERVE_ANSWER_SECONDS 30
#define FIRST_ORDINARY 1 /* of the loops; the one before is the reserve's */
#define DOOR_READS 16 /* pieces of a request that is turned away unread */
#define MINUTE 60
#define ADDRESSES_REMEMBERED 65536 /* of those who connect */
#define RETRY_ACCEPT_MS 50 /* until memory may be there again */

struct http_server {
    struct exchange_settings settings;
    size_t connections_max;
    int listening; /* -1: no longer */
    struct tls *tls; /* NULL: in plain */
    struct limiter *limiter; /* of connections by address; NULL: none */
    int spare; /* a descriptor, so that one who comes when there are none can be told; -1: none */
    pthread_t acceptor;
    uint16_t port;
    unsigned count; /* of loops that run */
    struct http_loop loops[];
};

/* Accepting. */

static size_t connections_of(const struct http_server *server, unsigned loop)
{
    return atomic_load_explicit(&server->loops[loop].connections, memory_order_relaxed);
}

static size_t count_served(const struct http_server *server)
{
    size_t count = 0;
    for (unsigned i = FIRST_ORDINARY; i < server->count; i++)
        count += connections_of(server, i);
    return count;
}

/* The one that has the fewest, or when all together have as many as there may be, the reserve. */
static struct http_loop *choose_loop(struct http_server *server)
{
    unsigned least = FIRST_ORDINARY;
    for (unsigned i = FIRST_ORDINARY + 1; i < server->count; i++)
        if (connections_of(server, i) < connections_of(server, least))
            least = i;
    return &server->loops[count_served(server) < server->connections_max ? least : 0];
}

/* Says at once that one is not served, and closes; in TLS there is nobody to hear it. */
static void turn_away_at_door(const struct http_server *server, int fd, const char *status, int64_t seconds)
{
    char request[4096], answer[160];
    int len = snprintf(answer, sizeof answer,
                       "HTTP/1.1 %s\r\nRetry-After: %lld\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", status,
                       (long long)seconds);
    if (!server->tls)
        (void)send(fd, answer, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(fd, SHUT_WR);
    for (int i = 0; i < DOOR_READS && recv(fd, request, sizeof request, MSG_DONTWAIT) > 0; i++)
        ; /* what is left unread would undo the answer, but nobody may keep the acceptor by sending on and on */
    close(fd);
}

/* For whom there is no descriptor or memory. */
static void tell_busy(const struct http_server *server, int fd)
{
    turn_away_at_door(server, fd, "503 Service Unavailable", 1);
}

/* Whether the address has not connected too often of late; otherwise it has been turned away. A trusted proxy connects
 * for others. */
static bool may_connect(const struct http_server *server, int fd, const struct address *address)
{
    if (!server->limiter || address_is_among(address, &server->settings.forwarded.trusted))
        return true;
    int64_t wait = limiter_take(server->limiter, address, clock_monotonic_us());
    if (wait == 0)
        return true;
    metrics_note_limited(METRICS_LIMIT_CONNECTIONS);
    turn_away_at_door(server, fd, "429 Too Many Requests", wait);
    return false;
}

static void hand_over(struct http_server *server, int fd, const struct address *address)
{
    int on = 1;
    if (!may_connect(server, fd, address))
        return;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *c = connection_new(fd, server->tls, address);
    if (c)
        http_loop_give(choose_loop(server), c);
    else
        tell_busy(server, fd);
}

/* The next connection, with the address that it comes from. -1: errno. */
static int accept_next(const struct http_server *server, struct address *address)
{
    union {
        struct sockaddr any;
        struct sockaddr_in6 v6;
    } name = {.v6 = {0}};
    socklen_t len = sizeof name;
    int fd = accept4(server->listening, &name.any, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
    *address = address_of_socket(&name.any);
    return fd;
}

/* One more of what there is: no path need be had, which a process that serves may not even open. */
static int open_spare(void)
{
    return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
}

/* No descriptor is left: the spare one serves to tell so. Who comes may come late, when there are some again. */
static void turn_away_with_spare(struct http_server *server)
{
    if (server->spare >= 0)
        close(server->spare);
    struct address address;
    int fd = accept_next(server, &address);
    server->spare = open_spare();
    if (fd < 0) {
        clock_sleep_ms(RETRY_ACCEPT_MS);
    } else if (server->spare >= 0) {
        hand_over(server, fd, &address);
    } else {
        tell_busy(server, fd);
        server->spare = open_spare();
    }
}

static struct trouble turned_away = TROUBLE("http", LOG_WARNING);

static void *accept_all(void *argument)
{
    struct http_server *server = argument;
    for (;;) {
        struct address address;
        int fd = accept_next(server, &address), why = errno;
        if (fd >= 0) {
            hand_over(server, fd, &address);
            trouble_passed(&turned_away, clock_monotonic_us());
        } else if (atomic_load(&server->settings.quiescing)) {
            return NULL;
        } else if (why == EMFILE || why == ENFILE || why == ENOBUFS || why == ENOMEM) {
            trouble_met(&turned_away, clock_monotonic_us(), "connections are turned away: %s", error_of_errno(why));
            turn_away_with_spare(server);
        }
    }
}

/* Closes the listening socket, after which connecting is refused. */
static void stop_accepting(struct http_server *server)
{
    atomic_store(&server->settings.quiescing, true);
    if (server->listening < 0)
        return;
    shutdown(server->listening, SHUT_RDWR); /* accept4 returns */
    pthread_join(server->acceptor, NULL);
    close(server->listening);
    server->listening = -1;
}

/* Starting and stopping. */

static struct connection_limits ordinary_limits(const struct http_options *options)
{
    return (struct connection_limits){.head_us = options->head_seconds * SECOND_US,
                                      .idle_us = IDLE_SECONDS * SECOND_US,
                                      .body_us = options->body_seconds * SECOND_US,
                                      .answer_us = ANSWER_SECONDS * SECOND_US,
                                      .least_rate = options->least_rate};
}

static struct connection_limits reserve_limits(const struct http_options *options)
{
    return (struct connection_limits){.head_us = RESERVE_SECONDS * SECOND_US,
                                      .idle_us = RESERVE_SECONDS * SECOND_US,
                                      .body_us = RESERVE_SECONDS * SECOND_US,
                                      .answer_us = RESERVE_ANSWER_SECONDS * SECOND_US,
                                      .least_rate = options->least_rate,
                                      .one_request = true};
}

static int start_threads(struct http_server *server, const struct http_options *options)
{
    const struct connection_limits ordinary = ordinary_limits(options), reserve = reserve_limits(options);
    for (; server->count < FIRST_ORDINARY + options->threads; server->count++) {
        bool first = server->count < FIRST_ORDINARY;
        if (http_loop_start(&server->loops[server->count], &server->settings, first ? &reserve : &ordinary,
                            first ? RESERVE : 0) < 0)
            return -1;
    }
    return pthread_create(&server->acceptor, NULL, accept_all, server) == 0 ? 0 : -1;
}

static void prepare_settings(struct exchange_settings *settings, const struct http_options *options,
                             const struct http_site *sites)
{
    settings->sites = sites;
    settings->account.max = options->memory_max;
    settings->aside.max = ASIDE_MAX;
    settings->aside_path = options->aside_path;
    settings->wait_max_us = options->wait_max_us;
    pthread_mutex_init(&settings->lock, NULL);
    pthread_cond_init(&settings->settled, NULL);
}

/* What is known of addresses: the proxies, and how often each may connect. -1: *error. */
static int prepare_addresses(struct http_server *server, const struct http_options *options, struct error *error)
{
    struct forwarded *forwarded = &server->settings.forwarded;
    forwarded->header = options->by_rfc_header ? FORWARDED_RFC : FORWARDED_X;
    if (options->trusted_proxies && address_read_prefixes(options->trusted_proxies, &forwarded->trusted, error) < 0)
        return -1;
    if (options->address_connections > 0)
        server->limiter = limiter_new(options->address_connections, MINUTE, ADDRESSES_REMEMBERED);
    return options->address_connections == 0 || server->limiter ? 0 : error_no_memory(error);
}

/* Opens what serving needs: the certificate, then the socket. -1: *error. */
static int open_door(struct http_server *server, const struct http_options *options, struct error *error)
{
    server->spare = open_spare();
    server->listening = -1;
    if (prepare_addresses(server, options, error) < 0)
        return -1;
    if (options->tls_certificate && (server->tls = tls_open(options->tls_certificate, options->tls_key, error)) == NULL)
        return -1;
    server->settings.secure = server->tls != NULL;
    server->listening = http_listen(options->address, &server->port, error);
    if (server->listening < 0)
        return -1;
    if (server->tls)
        tls_tell(server->tls);
    return 0;
}

struct http_server *http_start(const struct http_options *options, const struct http_site *sites, struct error *error)
{
    size_t loops = FIRST_ORDINARY + options->threads;
    struct http_server *server = mem_calloc(1, sizeof *server + loops * sizeof server->loops[0]);
    if (!server) {
        error_no_memory(error);
        return NULL;
    }
    server->port = options->port;
    server->connections_max = options->connections;
    prepare_settings(&server->settings, options, sites);
    if (open_door(server, options, error) == 0) {
        if (start_threads(server, options) == 0)
            return server;
        error_set(error, ERROR_IO,
                  T("the HTTP threads can't be started", "de HTTP-threads kunnen niet gestart worden"));
        close(server->listening);
        server->listening = -1;
    }
    http_stop(server);
    return NULL;
}

int http_reload(struct http_server *server, struct error *error)
{
    if (!server->tls)
        return 0;
    if (tls_reload(server->tls, error) < 0)
        return -1;
    tls_tell(server->tls);
    return 0;
}

uint16_t http_port(const struct http_server *server)
{
    return server->port;
}

void http_quiesce(struct http_server *server, unsigned seconds)
{
    struct exchange_settings *settings = &server->settings;
    struct timespec until;
    stop_accepting(server);
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&settings->lock);
    while (atomic_load(&settings->under_way) > 0 &&
           pthread_cond_clockwait(&settings->settled, &settings->lock, CLOCK_MONOTONIC, &until) == 0)
        ;
    pthread_mutex_unlock(&settings->lock);
}

void http_stop(struct http_server *server)
{
    stop_accepting(server);
    for (unsigned i = 0; i < server->count; i++)
        http_loop_stop(&server->loops[i]);
    if (server->spare >= 0)
        close(server->spare);
    tls_free(server->tls);
    limiter_free(server->limiter);
    pthread_cond_destroy(&server->settings.settled);
    pthread_mutex_destroy(&server->settings.lock);
    mem_free(server);
}
