/* Waits for the sockets and for its inbox, and lets each connection that has something go on. */
#include "collector/http/loop.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/trouble.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define CHECK_US INT64_C(1000000)
#define EVICT_AFTER_US INT64_C(250000) /* a request that comes at once has come by then */
#define READY_TURNS 2 /* of those in the queue, beside one for each that was heard out of it, before the next look */

/* The inbox. */

/* One write, however many connections come before the loop looks up. */
static void wake_loop(struct http_loop *loop)
{
    uint64_t one = 1;
    if (!atomic_exchange(&loop->woken, true) && write(loop->wakeup, &one, sizeof one) != sizeof one)
        log_error("http: a loop can't be woken: %s", error_of_errno(errno));
}

static void put_into_inbox(struct http_loop *loop, struct connection *c)
{
    c->inbox_next = atomic_load(&loop->inbox);
    while (!atomic_compare_exchange_weak(&loop->inbox, &c->inbox_next, c))
        ;
    wake_loop(loop);
}

void http_loop_give(struct http_loop *loop, struct connection *c)
{
    atomic_fetch_add(&loop->connections, 1);
    put_into_inbox(loop, c);
}

void http_resume(struct http_exchange *x)
{
    put_into_inbox(x->connection->loop, x->connection);
}

/* The inbox, oldest first. */
static struct connection *empty_inbox(struct http_loop *loop)
{
    struct connection *newest = atomic_exchange(&loop->inbox, NULL), *oldest = NULL;
    while (newest) {
        struct connection *next = newest->inbox_next;
        newest->inbox_next = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

/* The connections. */

static void append_connection(struct http_loop *loop, struct connection *c)
{
    c->previous = loop->last;
    c->next = NULL;
    *(loop->last ? &loop->last->next : &loop->first) = c;
    loop->last = c;
}

static void remove_connection(struct http_loop *loop, struct connection *c)
{
    *(c->previous ? &c->previous->next : &loop->first) = c->next;
    *(c->next ? &c->next->previous : &loop->last) = c->previous;
}

static void free_later(struct http_loop *loop, struct connection *c)
{
    c->next = loop->ended;
    loop->ended = c;
}

/* Events of this round may still name it, so it is freed after them; and one that waits for its turn, at its turn. */
static void end_connection(struct http_loop *loop, struct connection *c)
{
    remove_connection(loop, c);
    c->ended = true;
    if (!c->in_ready)
        free_later(loop, c);
    atomic_fetch_sub(&loop->connections, 1);
}

static void free_ended(struct http_loop *loop)
{
    for (struct connection *c; (c = loop->ended);) {
        loop->ended = c->next;
        connection_free(c);
    }
}

static void append_ready(struct http_loop *loop, struct connection *c)
{
    c->in_ready = true;
    c->heard = loop->room.now;
    c->ready_next = NULL;
    *(loop->ready ? &loop->ready_last->ready_next : &loop->ready) = c;
    loop->ready_last = c;
}

static struct connection *take_ready(struct http_loop *loop)
{
    struct connection *c = loop->ready;
    loop->ready = c->ready_next;
    c->in_ready = c->unheard = false;
    return c;
}

static void settle_connection(struct http_loop *loop, struct connection *c, enum connection_need need)
{
    switch (need) {
    case CONNECTION_WAITS:
        break;
    case CONNECTION_HAS_MORE:
        if (!c->in_ready)
            append_ready(loop, c);
        break;
    case CONNECTION_ENDED:
        end_connection(loop, c);
        break;
    }
}

/* Makes room in the reserve for one that comes now: the one that has been about to ask for the longest time is told
 * that it is too late. Where each has only just come, the newcomer is told, as soon as it has asked. */
static void make_room(struct http_loop *loop, struct connection *newcomer)
{
    size_t count = atomic_load(&loop->connections);
    if (count <= loop->reserve)
        return;
    for (struct connection *c = loop->first; c; c = c->next)
        if (c->state == CONNECTION_READS_HEAD && !c->turned_away && loop->room.now - c->state_began > EVICT_AFTER_US) {
            settle_connection(loop, c, connection_turn_away(c));
            return;
        }
    newcomer->turned_away = true;
}

static struct trouble unwatched = TROUBLE("http", LOG_ERROR);

/* Beyond twice the reserve nobody is listened to, and beyond four times nobody is waited for who has been told. */
static void begin_connection(struct http_loop *loop, struct connection *c)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    connection_begin(c, loop, &loop->room);
    append_connection(loop, c);
    if (loop->reserve > 0)
        make_room(loop, c);
    if (loop->reserve > 0 && atomic_load(&loop->connections) > 2 * loop->reserve)
        settle_connection(loop, c, connection_turn_away(c));
    if (!c->ended && loop->reserve > 0 && atomic_load(&loop->connections) > 4 * loop->reserve)
        end_connection(loop, c);
    if (c->ended)
        return;
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, c->channel.fd, &event) == 0)
        return;
    trouble_met(&unwatched, clock_monotonic_us(), "a connection can't be watched: %s", error_of_errno(errno));
    end_connection(loop, c);
}

static void take_inbox(struct http_loop *loop)
{
    atomic_store(&loop->woken, false); /* before the look, so that who comes after it wakes the loop again */
    for (struct connection *c = empty_inbox(loop), *next; c; c = next) {
        next = c->inbox_next;
        if (c->room)
            settle_connection(loop, c, connection_resume(c));
        else
            begin_connection(loop, c);
    }
}

/* Rounds. */

static void set_date(struct connection_room *room)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t now = time(NULL);
    struct tm tm;
    if (gmtime_r(&now, &tm))
        snprintf(room->date, sizeof room->date, "%s, %02u %s %04u %02u:%02u:%02u GMT", days[tm.tm_wday],
                 (unsigned)tm.tm_mday % 100u, months[tm.tm_mon], (unsigned)(tm.tm_year + 1900) % 10000u,
                 (unsigned)tm.tm_hour % 100u, (unsigned)tm.tm_min % 100u, (unsigned)tm.tm_sec % 100u);
}

/* Whether it is time to look for who is too slow; the date is then that of now. */
static bool look_at_clock(struct http_loop *loop)
{
    loop->room.now = clock_monotonic_us();
    if (loop->room.now - loop->checked < CHECK_US)
        return false;
    loop->checked = loop->room.now;
    set_date(&loop->room);
    return true;
}

/* Who has not been heard yet is not late: what it does next waits for this thread. Whoever comes back to the queue turn
 * by turn has its time as well. */
static void check_connections(struct http_loop *loop)
{
    for (struct connection *c = loop->first, *next; c; c = next) {
        next = c->next;
        if (!c->unheard)
            settle_connection(loop, c, connection_check(c, loop->room.now));
    }
}

/* A few of the queue, the longest-waiting first. Whoever asks for one thing, waits for the answer and had a good one
 * before is heard in between, however many send a thousand requests at once or what can only be refused. */
static void go_on_with_ready(struct http_loop *loop)
{
    unsigned turns = READY_TURNS + loop->heard_at_once;
    loop->heard_at_once = 0;
    for (unsigned turn = 0; turn < turns && loop->ready; turn++) {
        struct connection *c = take_ready(loop);
        if (c->ended)
            free_later(loop, c);
        else
            settle_connection(loop, c, connection_proceed(c));
    }
}

/* Who has something to say: at once, or in the queue where it has had no answer yet, or was refused what it asked for
 * last. */
static void hear_connection(struct http_loop *loop, struct connection *c)
{
    if (c->in_ready)
        return;
    if (!c->served || c->refused) {
        append_ready(loop, c);
        c->unheard = true;
        return;
    }
    c->heard = loop->room.now;
    loop->heard_at_once++;
    settle_connection(loop, c, connection_proceed(c));
}

static void take_event(struct http_loop *loop, const struct epoll_event *event)
{
    struct connection *c = event->data.ptr;
    uint64_t count;
    if (!c) {
        if (read(loop->wakeup, &count, sizeof count) < 0 && errno != EAGAIN)
            log_error("http: a loop's inbox can't be read: %s", error_of_errno(errno));
        return;
    }
    if (c->ended)
        return;
    bool broken = (event->events & (EPOLLHUP | EPOLLERR)) != 0;
    struct channel *channel = &c->channel;
    channel->hung_up |= broken || (event->events & EPOLLRDHUP) != 0;
    channel->writable |= broken || (event->events & EPOLLOUT) != 0;
    channel->readable |= channel->hung_up || (event->events & EPOLLIN) != 0 || (channel->owes && channel->writable);
    hear_connection(loop, c);
}

static int timeout_ms(const struct http_loop *loop)
{
    return loop->ready ? 0 : loop->first ? 1000 : -1;
}

static void *run_loop(void *argument)
{
    struct http_loop *loop = argument;
    while (!atomic_load(&loop->stopping)) {
        int n = epoll_wait(loop->epoll, loop->events, LOOP_EVENTS_MAX, timeout_ms(loop));
        if (n < 0) /* interrupted, as by a stop: what has come since has not been seen */
            continue;
        bool is_time = look_at_clock(loop);
        for (int i = 0; i < n; i++)
            take_event(loop, &loop->events[i]);
        take_inbox(loop);
        go_on_with_ready(loop);
        if (is_time) /* after what has come was read: where this thread was kept from running, nobody else is late */
            check_connections(loop);
        free_ended(loop);
    }
    return NULL;
}

/* Starting and stopping. */

static void release_loop(struct http_loop *loop)
{
    mem_free(loop->room.scratch);
    buf_free(&loop->room.head);
    close(loop->epoll);
    close(loop->wakeup);
    *loop = (struct http_loop){.epoll = -1};
}

static int watch_inbox(struct http_loop *loop)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    return loop->epoll >= 0 && loop->wakeup >= 0 && loop->room.scratch
               ? epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->wakeup, &event)
               : -1;
}

int http_loop_start(struct http_loop *loop, struct exchange_settings *settings, const struct connection_limits *limits,
                    size_t reserve)
{
    memset(loop, 0, sizeof *loop);
    loop->room.settings = settings;
    loop->room.limits = *limits;
    loop->room.scratch = mem_alloc(CONNECTION_READ_MAX);
    loop->reserve = reserve;
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    buf_init(&loop->room.head, SIZE_MAX);
    set_date(&loop->room);
    if (watch_inbox(loop) == 0 && pthread_create(&loop->thread, NULL, run_loop, loop) == 0)
        return 0;
    release_loop(loop);
    return -1;
}

void http_loop_stop(struct http_loop *loop)
{
    if (!loop->room.settings)
        return;
    atomic_store(&loop->stopping, true);
    wake_loop(loop);
    pthread_join(loop->thread, NULL);
    for (struct connection *c = empty_inbox(loop), *next; c; c = next) {
        next = c->inbox_next;
        if (!c->room) /* else it was resumed, and is freed below with those that have begun */
            connection_free(c);
    }
    while (loop->ready) {
        struct connection *c = take_ready(loop);
        if (c->ended)
            connection_free(c);
    }
    for (struct connection *c = loop->first, *next; c; c = next) {
        next = c->next;
        connection_free(c);
    }
    release_loop(loop);
}
