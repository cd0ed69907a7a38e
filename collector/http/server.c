/* Accepting connections and giving each to a loop; starting, quiescing, stopping. Knows no request. */
#include "collector/http/server.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/http/listen.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define IDLE_SECONDS 30u
#define OVERFLOW_IDLE_SECONDS 5u /* of a connection over the limit */
#define OVERFLOW_MAX 256 /* connections over the limit, open at the same time to be told so */
/* For header and buffers of one connection; the library overwrites all of it after each request. */
#define CONNECTION_BYTES ((size_t)16 * 1024)
#define POLL_MS 5
#define FIRST_SERVING 1 /* of the loops; the one before is for what is too much */
#define RETRY_ACCEPT_MS 50 /* until descriptors or memory may be there again */

static size_t connections_of(const struct http_server *server, unsigned loop)
{
    return atomic_load(&server->loops[loop].loop.connections);
}

static void note_connection(void *context, struct MHD_Connection *connection, void **slot,
                            enum MHD_ConnectionNotificationCode code)
{
    struct serving *serving = context;
    (void)connection;
    (void)slot;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED)
        http_loop_closed(&serving->loop);
}

/* Accepting. */

static size_t count_served(const struct http_server *server)
{
    size_t count = 0;
    for (unsigned i = FIRST_SERVING; i < server->count; i++)
        count += connections_of(server, i);
    return count;
}

/* To the loop that has the fewest, or when all together have as many as there may be, to the one that says so. */
static void hand_over(struct http_server *server, const struct http_arrival *arrival)
{
    unsigned least = FIRST_SERVING;
    for (unsigned i = FIRST_SERVING + 1; i < server->count; i++)
        if (connections_of(server, i) < connections_of(server, least))
            least = i;
    http_loop_add(&server->loops[count_served(server) < server->connections_max ? least : 0].loop, arrival);
}

static bool is_full(const struct http_server *server)
{
    return connections_of(server, 0) >= OVERFLOW_MAX && count_served(server) >= server->connections_max;
}

/* Waits until there may be descriptors or memory again; says so once. */
static void wait_for_room(int error, bool *told)
{
    if (!*told)
        log_warning("http: no connection can be accepted: %s", error_of_errno(error));
    *told = true;
    clock_sleep_ms(RETRY_ACCEPT_MS);
}

/* One thread accepts for all loops: the library would take ten a round, and rounds grow long just when many come. */
static void *accept_all(void *argument)
{
    struct http_server *server = argument;
    bool told = false;
    for (;;) {
        struct http_arrival arrival = {.len = sizeof arrival.peer};
        while (is_full(server) && !atomic_load(&server->quiescing))
            clock_sleep_ms(POLL_MS); /* those over the limit are closed soon; others wait in the backlog */
        arrival.fd = accept4(server->listening, &arrival.peer.any, &arrival.len, SOCK_CLOEXEC | SOCK_NONBLOCK);
        int error = errno;
        if (arrival.fd >= 0) {
            hand_over(server, &arrival);
            told = false;
        } else if (atomic_load(&server->quiescing)) {
            return NULL;
        } else if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
            wait_for_room(error, &told);
        }
    }
}

/* Closes the listening socket, after which connecting is refused. */
static void stop_accepting(struct http_server *server)
{
    atomic_store(&server->quiescing, true);
    if (server->listening < 0)
        return;
    shutdown(server->listening, SHUT_RDWR); /* accept4 returns */
    pthread_join(server->acceptor, NULL);
    close(server->listening);
    server->listening = -1;
}

/* Starting and stopping. */

static int start_loop(struct http_server *server)
{
    struct serving *serving = &server->loops[server->count];
    serving->server = server;
    serving->overflow = server->count == 0;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, exchange_take, serving,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)server->connections_max + OVERFLOW_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        serving->overflow ? OVERFLOW_IDLE_SECONDS : IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES,
        MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, NULL, MHD_OPTION_NOTIFY_CONNECTION, note_connection, serving,
        MHD_OPTION_END);
    if (!daemon)
        return -1;
    if (http_loop_start(&serving->loop, daemon) < 0) {
        MHD_stop_daemon(daemon);
        return -1;
    }
    server->count++;
    return 0;
}

static int start_threads(struct http_server *server, unsigned loops)
{
    while (server->count < loops)
        if (start_loop(server) < 0)
            return -1;
    return pthread_create(&server->acceptor, NULL, accept_all, server) == 0 ? 0 : -1;
}

struct http_server *http_start(const struct http_options *options, const struct http_route *routes, void *context,
                               struct error *error)
{
    size_t loops = FIRST_SERVING + options->threads;
    struct http_server *server = mem_calloc(1, sizeof *server + loops * sizeof server->loops[0]);
    if (!server) {
        error_no_memory(error);
        return NULL;
    }
    server->port = options->port;
    server->routes = routes;
    server->context = context;
    server->bodies_max = options->bodies_max;
    server->connections_max = options->connections;
    server->listening = http_listen(options->address, &server->port, error);
    if (server->listening < 0) {
        mem_free(server);
        return NULL;
    }
    if (start_threads(server, (unsigned)loops) == 0)
        return server;
    error_set(error, ERROR_IO, T("the HTTP threads can't be started", "de HTTP-threads kunnen niet gestart worden"));
    close(server->listening);
    server->listening = -1;
    http_stop(server);
    return NULL;
}

uint16_t http_port(const struct http_server *server)
{
    return server->port;
}

void http_quiesce(struct http_server *server, unsigned seconds)
{
    stop_accepting(server);
    int64_t until = clock_monotonic_us() + (int64_t)seconds * 1000000;
    while (atomic_load(&server->exchanges) > 0 && clock_monotonic_us() < until)
        clock_sleep_ms(POLL_MS);
}

void http_stop(struct http_server *server)
{
    stop_accepting(server);
    for (unsigned i = 0; i < server->count; i++)
        http_loop_stop(&server->loops[i].loop);
    mem_free(server);
}
