/* Waits for the library's epoll and for its own pipe, and lets the library work on whatever is ready. */
#include "collector/http/loop.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <microhttpd.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define ARRIVALS_MAX 64 /* read from the pipe at once */

/* Whole or not at all: an arrival is far below PIPE_BUF. */
static int send_arrival(struct http_loop *loop, const struct http_arrival *arrival)
{
    return write(loop->pipe[1], arrival, sizeof *arrival) == (ssize_t)sizeof *arrival ? 0 : -1;
}

/* One write, however many connections are resumed before the loop looks up. A pipe that is full wakes it too. */
static void wake_loop(struct http_loop *loop)
{
    static const struct http_arrival nobody = {.fd = -1};
    if (!atomic_exchange(&loop->woken, true) && send_arrival(loop, &nobody) < 0 && errno != EAGAIN)
        log_error("http: a loop can't be woken: %s", error_of_errno(errno));
}

static void forget_connection(struct http_loop *loop)
{
    atomic_fetch_sub(&loop->connections, 1);
}

void http_loop_add(struct http_loop *loop, const struct http_arrival *arrival)
{
    struct pollfd room = {.fd = loop->pipe[1], .events = POLLOUT};
    atomic_fetch_add(&loop->connections, 1);
    while (send_arrival(loop, arrival) < 0) {
        if (errno == EAGAIN && poll(&room, 1, -1) >= 0)
            continue;
        log_error("http: a connection can't be handed over: %s", error_of_errno(errno));
        forget_connection(loop);
        close(arrival->fd);
        return;
    }
}

void http_loop_closed(struct http_loop *loop)
{
    loop->closings++;
    forget_connection(loop);
}

/* The library closes what it does not take, and where it had begun to take it tells so. */
static void add_connection(struct http_loop *loop, const struct http_arrival *arrival)
{
    size_t before = loop->closings;
    if (MHD_add_connection(loop->daemon, arrival->fd, &arrival->peer.any, arrival->len) != MHD_YES &&
        loop->closings == before)
        forget_connection(loop);
}

static void take_arrivals(struct http_loop *loop)
{
    struct http_arrival list[ARRIVALS_MAX];
    ssize_t n = read(loop->pipe[0], list, sizeof list);
    atomic_store(&loop->woken, false); /* before the library looks for what was resumed */
    for (size_t i = 0; n > 0 && i < (size_t)n / sizeof list[0]; i++)
        if (list[i].fd >= 0)
            add_connection(loop, &list[i]);
}

static int timeout_ms(struct MHD_Daemon *daemon)
{
    MHD_UNSIGNED_LONG_LONG ms;
    if (MHD_get_timeout(daemon, &ms) != MHD_YES)
        return -1;
    return ms < INT_MAX ? (int)ms : INT_MAX;
}

static void *run_loop(void *argument)
{
    struct http_loop *loop = argument;
    int library = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    struct pollfd fds[] = {{.fd = library, .events = POLLIN}, {.fd = loop->pipe[0], .events = POLLIN}};
    while (!atomic_load(&loop->stopping)) {
        loop->round_began = clock_monotonic_us();
        MHD_run(loop->daemon);
        if (poll(fds, 2, timeout_ms(loop->daemon)) > 0 && (fds[1].revents & POLLIN) != 0)
            take_arrivals(loop);
    }
    return NULL;
}

static void close_pipe(struct http_loop *loop)
{
    close(loop->pipe[0]);
    close(loop->pipe[1]);
}

int http_loop_start(struct http_loop *loop, struct MHD_Daemon *daemon)
{
    *loop = (struct http_loop){.daemon = daemon};
    if (pipe2(loop->pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return -1;
    if (pthread_create(&loop->thread, NULL, run_loop, loop) == 0)
        return 0;
    close_pipe(loop);
    return -1;
}

void http_loop_resume(struct http_loop *loop, struct MHD_Connection *connection)
{
    MHD_resume_connection(connection);
    wake_loop(loop);
}

int64_t http_loop_lag_us(const struct http_loop *loop)
{
    return clock_monotonic_us() - loop->round_began;
}

void http_loop_stop(struct http_loop *loop)
{
    atomic_store(&loop->stopping, true);
    wake_loop(loop);
    pthread_join(loop->thread, NULL);
    for (struct http_arrival left; read(loop->pipe[0], &left, sizeof left) == (ssize_t)sizeof left;)
        if (left.fd >= 0)
            close(left.fd);
    MHD_stop_daemon(loop->daemon);
    close_pipe(loop);
}
