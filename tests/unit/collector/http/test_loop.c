/* A loop hears who asks for one thing at a time between those who have sent many requests at once, before those who
 * were refused or are new, and forgets nobody who ends while waiting for a turn. */
#include "collector/http/exchange.h"
#include "collector/http/loop.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <linux/sockios.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CROWD 200
#define REQUESTS 40 /* of each at once */
#define HOLD_EVERY 611 /* of theirs: then the loop waits until one more client has asked */
#define HOLDS 10
#define TURNS_MOST 8 /* of the crowd that may come before that client's */

TestSuite(loop, .timeout = 60);

static sem_t held, let_go;
static atomic_uint many; /* requests of the crowd that were answered */
static atomic_uint seen; /* so many, when the one client's request was */

static void get_many(struct http_exchange *x, void *context)
{
    (void)context;
    unsigned n = atomic_fetch_add(&many, 1) + 1;
    if (n % HOLD_EVERY == 0 && n / HOLD_EVERY <= HOLDS) {
        sem_post(&held);
        sem_wait(&let_go);
    }
    http_answer(x, 200, "text/plain", NULL);
}

static void get_one(struct http_exchange *x, void *context)
{
    (void)context;
    atomic_store(&seen, atomic_load(&many));
    http_answer(x, 200, "text/plain", NULL);
}

static void get_refused(struct http_exchange *x, void *context)
{
    (void)context;
    http_answer(x, 429, "text/plain", NULL);
}

static void get_hold(struct http_exchange *x, void *context)
{
    (void)context;
    sem_post(&held);
    sem_wait(&let_go);
    http_answer(x, 200, "text/plain", NULL);
}

static _Atomic(struct http_exchange *) suspended;

static void finish_plainly(struct http_exchange *x, void *context)
{
    (void)context;
    http_answer(x, 200, "text/plain", NULL);
}

/* Is there to be resumed; the first of the two holds the loop up when it is. */
static void get_first(struct http_exchange *x, void *context)
{
    (void)context;
    http_suspend(x, get_hold);
    atomic_store(&suspended, x);
    sem_post(&held);
}

static void get_second(struct http_exchange *x, void *context)
{
    (void)context;
    http_suspend(x, finish_plainly);
    atomic_store(&suspended, x);
    sem_post(&held);
}

/* Once it is resumed it is put aside again. */
static void finish_later(struct http_exchange *x, void *context)
{
    get_second(x, context);
}

static void get_twice(struct http_exchange *x, void *context)
{
    (void)context;
    http_suspend(x, finish_later);
    atomic_store(&suspended, x);
    sem_post(&held);
}

static const struct http_route routes[] = {
    {"GET", "/first", NULL, 0, get_first, NULL, NULL},     {"GET", "/hold", NULL, 0, get_hold, NULL, NULL},
    {"GET", "/many", NULL, 0, get_many, NULL, NULL},       {"GET", "/one", NULL, 0, get_one, NULL, NULL},
    {"GET", "/refused", NULL, 0, get_refused, NULL, NULL}, {"GET", "/second", NULL, 0, get_second, NULL, NULL},
    {"GET", "/twice", NULL, 0, get_twice, NULL, NULL},     {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
static const struct http_site sites[] = {{routes, NULL}, {NULL, NULL}};

static struct http_server *server;

static void open_server_with(unsigned head_seconds)
{
    const struct http_options options = {.address = "127.0.0.1",
                                         .threads = 1,
                                         .connections = 2 * CROWD,
                                         .memory_max = 1 << 20,
                                         .wait_max_us = 1000000,
                                         .head_seconds = head_seconds,
                                         .body_seconds = 60};
    struct error error;
    sem_init(&held, 0, 0);
    sem_init(&let_go, 0, 0);
    server = http_start(&options, sites, &error);
    cr_assert_not_null(server);
}

static void open_server(void)
{
    open_server_with(60);
}

static int connect_client(void)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(http_port(server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

static void ask_times(int fd, const char *path, unsigned times)
{
    char requests[REQUESTS * 40];
    size_t len = 0;
    for (unsigned i = 0; i < times; i++)
        len += (size_t)snprintf(requests + len, sizeof requests - len, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
    cr_assert_eq(send(fd, requests, len, MSG_NOSIGNAL), (ssize_t)len);
}

/* Until what was sent has come to the other side. */
static void await_delivery(int fd)
{
    int left = 1;
    while (left > 0) {
        cr_assert_eq(ioctl(fd, SIOCOUTQ, &left), 0);
        sched_yield();
    }
}

/* The answers that came on a connection, until there are so many. */
static void read_answers(int fd, unsigned count)
{
    char bytes[4096];
    size_t kept = 0;
    while (count > 0) {
        ssize_t n = recv(fd, bytes + kept, sizeof bytes - 1 - kept, 0);
        cr_assert_gt(n, 0);
        kept += (size_t)n;
        bytes[kept] = '\0';
        for (char *end; count > 0 && (end = strstr(bytes, "\r\n\r\n")); count--) {
            kept -= (size_t)(end + 4 - bytes);
            memmove(bytes, end + 4, kept + 1);
        }
    }
}

Test(loop, hears_who_asks_once_between_those_who_asked_many_times)
{
    int crowd[CROWD];
    open_server();
    int one = connect_client();
    for (size_t i = 0; i < CROWD; i++) {
        crowd[i] = connect_client();
        /* Once in the loop's hands: one that was handed to it later would have a newcomer's turn at some round. */
        ask_times(crowd[i], "/one", 1);
        read_answers(crowd[i], 1);
    }
    ask_times(one, "/hold", 1);
    sem_wait(&held);
    for (size_t i = 0; i < CROWD; i++) {
        ask_times(crowd[i], "/many", REQUESTS);
        await_delivery(crowd[i]);
    }
    sem_post(&let_go);
    read_answers(one, 1);
    for (unsigned hold = 1; hold <= HOLDS; hold++) {
        sem_wait(&held);
        ask_times(one, "/one", 1);
        await_delivery(one);
        sem_post(&let_go);
        read_answers(one, 1);
        unsigned between = atomic_load(&seen) - hold * HOLD_EVERY;
        cr_expect_leq(between, TURNS_MOST, "%u others had their turn first", between);
    }
    for (size_t i = 0; i < CROWD; i++) {
        read_answers(crowd[i], REQUESTS);
        close(crowd[i]);
    }
    cr_assert_eq(atomic_load(&many), CROWD * REQUESTS);
    close(one);
    http_stop(server);
}

/* The crowd asks for one thing each, and last of all the client that had a good answer: how many of them were heard
 * before it. */
static unsigned heard_before(int crowd[static CROWD], int one)
{
    int holder = connect_client();
    ask_times(holder, "/hold", 1);
    sem_wait(&held);
    for (size_t i = 0; i < CROWD; i++) {
        ask_times(crowd[i], "/many", 1);
        await_delivery(crowd[i]);
    }
    ask_times(one, "/one", 1);
    await_delivery(one);
    sem_post(&let_go);
    read_answers(holder, 1);
    read_answers(one, 1);
    unsigned before = atomic_load(&seen);
    for (size_t i = 0; i < CROWD; i++) {
        read_answers(crowd[i], 1);
        close(crowd[i]);
    }
    close(holder);
    close(one);
    return before;
}

static int connect_known_client(void)
{
    int one = connect_client();
    ask_times(one, "/one", 1);
    read_answers(one, 1);
    return one;
}

static void connect_refused_crowd(int crowd[static CROWD])
{
    for (size_t i = 0; i < CROWD; i++) {
        crowd[i] = connect_client();
        ask_times(crowd[i], "/refused", 1);
        read_answers(crowd[i], 1);
    }
}

Test(loop, hears_who_was_refused_after_those_who_were_not)
{
    int crowd[CROWD];
    open_server();
    int one = connect_known_client();
    connect_refused_crowd(crowd);
    cr_expect_eq(heard_before(crowd, one), 0);
    http_stop(server);
}

/* However many of the refused have asked in one round, the next look for who is known is a few turns away. */
Test(loop, hears_who_asks_while_those_who_were_refused_have_their_turns)
{
    int crowd[CROWD];
    open_server();
    int one = connect_known_client(), holder = connect_known_client();
    connect_refused_crowd(crowd);
    ask_times(holder, "/hold", 1);
    sem_wait(&held);
    for (size_t i = 0; i < CROWD; i++) {
        ask_times(crowd[i], i == 0 ? "/hold" : "/many", 1);
        await_delivery(crowd[i]);
    }
    sem_post(&let_go);
    sem_wait(&held); /* at the first turn of theirs */
    ask_times(one, "/one", 1);
    await_delivery(one);
    sem_post(&let_go);
    read_answers(one, 1);
    cr_expect_leq(atomic_load(&seen), TURNS_MOST, "%u others had their turn first", atomic_load(&seen));
    for (size_t i = 0; i < CROWD; i++) {
        read_answers(crowd[i], 1);
        close(crowd[i]);
    }
    read_answers(holder, 1);
    close(holder);
    close(one);
    http_stop(server);
}

Test(loop, hears_newcomers_after_those_who_are_known)
{
    int crowd[CROWD];
    open_server();
    int one = connect_known_client();
    for (size_t i = 0; i < CROWD; i++)
        crowd[i] = connect_client();
    close(connect_known_client()); /* who came after them, so that they are all in the loop's hands */
    cr_expect_eq(heard_before(crowd, one), 0);
    http_stop(server);
}

/* As many of the refused have a turn as of the others, so that nobody is kept waiting for good. */
Test(loop, hears_who_was_refused_though_others_ask_all_the_time)
{
    int crowd[CROWD];
    open_server();
    int refused = connect_client(), holder = connect_client();
    ask_times(refused, "/refused", 1);
    read_answers(refused, 1);
    for (size_t i = 0; i < CROWD; i++)
        crowd[i] = connect_known_client();
    ask_times(holder, "/hold", 1);
    sem_wait(&held);
    ask_times(refused, "/one", 1);
    await_delivery(refused);
    for (size_t i = 0; i < CROWD; i++) {
        ask_times(crowd[i], "/many", REQUESTS);
        await_delivery(crowd[i]);
    }
    sem_post(&let_go);
    read_answers(refused, 1);
    cr_expect_leq(atomic_load(&seen), CROWD, "%u others had their turn first", atomic_load(&seen));
    for (unsigned hold = 1; hold <= HOLDS; hold++)
        sem_post(&let_go);
    for (size_t i = 0; i < CROWD; i++)
        close(crowd[i]);
    close(holder);
    close(refused);
    http_stop(server);
}

/* Lines without end, as fast as they are taken, are no request: the time for a head is over some time all the same. */
Test(loop, ends_who_goes_on_sending_and_asks_for_nothing)
{
    static char lines[64 * 1024];
    for (size_t i = 0; i < sizeof lines; i++)
        lines[i] = i % 2 ? '\n' : '\r';
    open_server_with(1);
    int flood = connect_client();
    size_t sent = 0;
    for (ssize_t n = 0; n >= 0; n = send(flood, lines + sent % 2, sizeof lines - sent % 2, MSG_NOSIGNAL))
        sent += (size_t)n;
    close(flood);
    http_stop(server);
}

/* Who is gone before the answers are taken ends a connection that waits for its turn; the leak checkers see whether it
 * is freed, also where the loop is stopped first. */
Test(loop, frees_those_who_leave_while_they_wait_for_a_turn)
{
    int crowd[CROWD];
    open_server();
    for (size_t i = 0; i < CROWD; i++) {
        crowd[i] = connect_client();
        ask_times(crowd[i], "/many", REQUESTS);
    }
    sem_wait(&held);
    const struct linger reset = {.l_onoff = 1};
    for (size_t i = 0; i < CROWD; i++) {
        cr_assert_eq(setsockopt(crowd[i], SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
        close(crowd[i]);
    }
    for (unsigned hold = 1; hold <= HOLDS; hold++)
        sem_post(&let_go);
    int one = connect_client();
    ask_times(one, "/one", 1);
    read_answers(one, 1);
    close(one);
    http_stop(server);
}

static struct http_exchange *suspend(int fd, const char *path)
{
    ask_times(fd, path, 1);
    sem_wait(&held);
    return atomic_load(&suspended);
}

static void *stop_server(void *argument)
{
    http_stop(argument);
    return NULL;
}

/* Who was resumed while the loop was busy with its last round stands in its inbox and among its connections. */
Test(loop, frees_once_who_was_resumed_and_is_not_heard_before_it_stops)
{
    pthread_t stopper;
    open_server();
    int clients[] = {connect_client(), connect_client()};
    struct http_exchange *first = suspend(clients[0], "/first"), *second = suspend(clients[1], "/second");
    struct http_loop *loop = second->connection->loop;
    http_resume(first);
    sem_wait(&held);
    http_resume(second);
    cr_assert_eq(pthread_create(&stopper, NULL, stop_server, server), 0);
    while (!atomic_load(&loop->stopping))
        sched_yield();
    sem_post(&let_go);
    cr_assert_eq(pthread_join(stopper, NULL), 0);
    close(clients[0]);
    close(clients[1]);
}

Test(loop, answers_once_who_was_put_aside_twice)
{
    char answer[512] = "";
    open_server();
    int client = connect_client();
    http_resume(suspend(client, "/twice"));
    sem_wait(&held);
    cr_assert_lt(recv(client, answer, sizeof answer, MSG_DONTWAIT), 0, "not answered yet");
    http_resume(atomic_load(&suspended));
    cr_assert_gt(recv(client, answer, sizeof answer - 1, 0), 0);
    cr_assert_eq(strncmp(answer, "HTTP/1.1 200 ", 13), 0, "%s", answer);
    close(client);
    http_stop(server);
}
