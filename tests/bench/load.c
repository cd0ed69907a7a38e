/* The epoll loop. */
#include "tests/bench/load.h"
#include "base/clock.h"
#include <arpa/inet.h>
#include <errno.h>
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
#define TAIL 5
#define LAST_CHUNK "0\r\n\r\n" /* ends a chunked body; no table of ours holds an empty line */

struct connection {
    int fd;
    struct request *request; /* in flight; NULL: none */
    size_t sent;
    int64_t since;
    char head[HEAD_MAX + 1]; /* of the answer, until its length is known */
    size_t head_len;
    size_t body_left;
    int in_body;
    int chunked;
    char tail[TAIL]; /* the last bytes of a chunked body */
};

struct load {
    int epoll;
    struct request *next, *end;
    size_t open;
};

static void give_up(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        give_up("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void send_some(struct load *load, struct connection *c)
{
    while (c->sent < c->request->len) {
        ssize_t n = send(c->fd, c->request->bytes + c->sent, c->request->len - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
            epoll_ctl(load->epoll, EPOLL_CTL_MOD, c->fd, &event);
            return;
        }
        if (n < 0)
            give_up("send");
        c->sent += (size_t)n;
    }
    if (c->request->len > 65536) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(load->epoll, EPOLL_CTL_MOD, c->fd, &event);
    }
}

static void begin(struct load *load, struct connection *c)
{
    c->request = load->next < load->end ? load->next++ : NULL;
    c->sent = c->head_len = c->body_left = 0;
    c->in_body = c->chunked = 0;
    memset(c->tail, 0, TAIL);
    if (c->request == NULL) {
        load->open--;
        return;
    }
    c->since = clock_monotonic_us();
    send_some(load, c);
}

static void finish(struct load *load, struct connection *c)
{
    c->request->micros = clock_monotonic_us() - c->since;
    begin(load, c);
}

static void pass_tail(struct connection *c, const char *bytes, size_t len)
{
    for (size_t i = len > TAIL ? len - TAIL : 0; i < len; i++) {
        memmove(c->tail, c->tail + 1, TAIL - 1);
        c->tail[TAIL - 1] = bytes[i];
    }
}

/* The head is whole: notes the status and how much body is to come; what of it has come already is counted off. */
static void read_head(struct connection *c, const char *end)
{
    const char *length = strcasestr(c->head, "\r\nContent-Length:");
    const char *chunked = strcasestr(c->head, "\r\nTransfer-Encoding: chunked");
    if (sscanf(c->head, "HTTP/1.1 %d", &c->request->status) != 1)
        give_up("an answer that is no HTTP");
    size_t body = length != NULL && length < end ? strtoul(length + 17, NULL, 10) : 0;
    size_t had = c->head_len - (size_t)(end + 4 - c->head);
    c->chunked = chunked != NULL && chunked < end;
    c->body_left = c->chunked ? 1 : body - had;
    if (c->chunked)
        pass_tail(c, end + 4, had);
    c->in_body = 1;
}

static void receive(struct load *load, struct connection *c)
{
    static char waste[1 << 18];
    char *into = c->in_body ? waste : c->head + c->head_len;
    size_t room = c->in_body ? sizeof waste : HEAD_MAX - c->head_len;
    ssize_t n = recv(c->fd, into, room, MSG_DONTWAIT);
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
        if (end == NULL)
            return;
        read_head(c, end);
    }
    if (c->chunked ? memcmp(c->tail, LAST_CHUNK, TAIL) == 0 : c->body_left == 0)
        finish(load, c);
}

static struct connection *open_all(struct load *load, uint16_t port, unsigned count)
{
    struct connection *list = calloc(count, sizeof *list);
    if (list == NULL)
        give_up("memory");
    for (unsigned i = 0; i < count; i++) {
        list[i].fd = connect_to(port);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &list[i]};
        epoll_ctl(load->epoll, EPOLL_CTL_ADD, list[i].fd, &event);
    }
    return list;
}

int64_t load_run(uint16_t port, unsigned connections, unsigned idle, struct request *requests, size_t count)
{
    struct load load = {
        .epoll = epoll_create1(EPOLL_CLOEXEC), .next = requests, .end = requests + count, .open = connections};
    struct connection *list = open_all(&load, port, connections);
    struct connection *quiet = open_all(&load, port, idle);
    int64_t start = clock_monotonic_us();
    for (unsigned i = 0; i < connections; i++)
        begin(&load, &list[i]);
    while (load.open > 0) {
        struct epoll_event events[EVENTS];
        int n = epoll_wait(load.epoll, events, EVENTS, 60000);
        if (n == 0)
            give_up("no answer for a minute");
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (c->request != NULL && (events[i].events & EPOLLOUT) != 0)
                send_some(&load, c);
            if (c->request != NULL && (events[i].events & (EPOLLIN | EPOLLHUP)) != 0)
                receive(&load, c);
        }
    }
    int64_t micros = clock_monotonic_us() - start;
    for (unsigned i = 0; i < connections; i++)
        close(list[i].fd);
    for (unsigned i = 0; i < idle; i++)
        close(quiet[i].fd);
    close(load.epoll);
    free(list);
    free(quiet);
    return micros;
}
