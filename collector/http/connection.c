/* A machine of five states. Sockets are watched edge-triggered, once and for all: so what is known of them is kept, and
 * a request costs one recv and one send. */
#include "collector/http/connection.h"
#include "base/clock.h"
#include "base/mem.h"
#include "collector/http/sending.h"
#include "collector/http/tls.h"
#include <errno.h>
#include <string.h>

#define LINGER_US (2 * INT64_C(1000000))
#define DISCARD_MAX ((size_t)18 * 1024 * 1024) /* of what comes after an answer that ends the connection */
#define DISCARDS_A_TURN 16 /* reads; in TLS each may give a byte and cost as much as one of many */

/* What one step leads to. */
enum step { STEP_ON, STEP_WAIT, STEP_MORE, STEP_END };

struct connection *connection_new(int fd, struct tls *tls, const struct address *address)
{
    struct connection *c = mem_calloc(1, sizeof *c);
    if (!c)
        return NULL;
    if (tls)
        channel_open_tls(&c->channel, fd, tls);
    else
        channel_open_plain(&c->channel, fd);
    c->address = *address;
    buf_init(&c->held, CONNECTION_READ_MAX);
    buf_init(&c->out, SIZE_MAX);
    buf_init(&c->piece, SIZE_MAX);
    return c;
}

static void drop_held(struct connection *c)
{
    if (c->held.cap > 0)
        account_release(&c->room->settings->account, c->held.cap);
    buf_free(&c->held);
    c->scanned = 0;
}

void connection_free(struct connection *c)
{
    exchange_free(c->x);
    if (c->room)
        drop_held(c);
    buf_free(&c->out);
    buf_free(&c->piece);
    c->channel.verbs->close(&c->channel);
    mem_free(c);
}

static void enter_state(struct connection *c, enum connection_state state)
{
    c->state = state;
    c->state_began = c->window_began = c->room->now;
    c->window_bytes = 0;
}

void connection_begin(struct connection *c, struct http_loop *loop, struct connection_room *room)
{
    c->loop = loop;
    c->room = room;
    c->channel.account = &room->settings->account;
    enter_state(c, CONNECTION_READS_HEAD);
}

/* Receives what is there, up to `size` bytes; 0: nothing is. -1: the stream has ended. */
static ssize_t receive_bytes(struct connection *c, char *room, size_t size)
{
    if (!c->channel.readable)
        return 0;
    ssize_t n = c->channel.verbs->receive(&c->channel, room, size);
    if (n > 0)
        return n;
    return n == 0 || errno != EAGAIN ? -1 : 0;
}

/* Keeps bytes for later; those of `held` itself move to its front. -1: no memory. */
static int hold_bytes(struct connection *c, const char *bytes, size_t len)
{
    struct account *account = &c->room->settings->account;
    size_t before = c->held.cap;
    c->scanned = 0;
    if (before > 0 && bytes >= c->held.data && bytes <= c->held.data + c->held.len) {
        memmove(c->held.data, bytes, len);
        c->held.len = len;
    } else {
        buf_put(&c->held, bytes, len);
    }
    account_charge_small(account, c->held.cap - before);
    if (len == 0)
        drop_held(c);
    return buf_check(&c->held);
}

/* Answers. */

static enum step end_answer(struct connection *c)
{
    bool closing = c->x->closing;
    c->refused = c->x->status >= 400 && c->x->status < 500;
    sending_reset(c);
    exchange_free(c->x);
    c->x = NULL;
    c->served = true;
    if (!closing) {
        enter_state(c, CONNECTION_READS_HEAD);
        return c->held.len > 0 || c->channel.readable ? STEP_MORE : STEP_WAIT;
    }
    drop_held(c);
    c->channel.verbs->finish(&c->channel);
    enter_state(c, CONNECTION_LINGERS);
    return STEP_ON;
}

static enum step step_of(enum sending_result result, struct connection *c)
{
    switch (result) {
    case SENDING_DONE:
        return end_answer(c);
    case SENDING_WAITS:
        return STEP_WAIT;
    case SENDING_HAS_MORE:
        return STEP_MORE;
    case SENDING_FAILED:
        break;
    }
    return STEP_END;
}

/* The answer has been set. */
static enum step begin_answer(struct connection *c)
{
    struct http_exchange *x = c->x;
    if (c->room->limits.one_request || atomic_load_explicit(&x->settings->quiescing, memory_order_relaxed))
        x->closing = true;
    enter_state(c, CONNECTION_SENDS);
    return step_of(sending_begin(c), c);
}

static enum step handle_request(struct connection *c)
{
    exchange_handle(c->x);
    if (!c->x->suspended)
        return begin_answer(c);
    enter_state(c, CONNECTION_HANDLED);
    return STEP_WAIT;
}

/* Bodies. */

static int copy_body(struct http_exchange *x, const char *bytes, size_t len)
{
    while (len > 0) {
        size_t n;
        char *room = body_room(x, &n);
        if (!room)
            return -1;
        n = n < len ? n : len;
        memcpy(room, bytes, n);
        body_add(x, n);
        bytes += n;
        len -= n;
    }
    return 0;
}

/* A few bytes on a connection that has nothing else under way: where they don't fit, the other is left to send its body
 * unasked, as RFC 9110 §10.1.1 allows it to. */
static void ask_for_body(struct connection *c)
{
    static char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const struct iovec runs[2] = {{line, sizeof line - 1}, {NULL, 0}};
    if (c->x->head.expects_continue && c->x->body.len == 0)
        (void)c->channel.verbs->send(&c->channel, runs, false);
}

static enum step refuse_with_body_unread(struct connection *c)
{
    c->x->closing = true;
    return begin_answer(c);
}

static enum step read_body(struct connection *c)
{
    size_t len;
    char *room = body_room(c->x, &len);
    if (!room)
        return refuse_with_body_unread(c);
    ssize_t n = receive_bytes(c, room, len);
    if (n <= 0)
        return n == 0 ? STEP_WAIT : STEP_END;
    body_add(c->x, (size_t)n);
    c->window_bytes += (size_t)n;
    if (c->x->body.len == c->x->head.length)
        return handle_request(c);
    return c->channel.readable ? STEP_MORE : STEP_WAIT;
}

static enum step answer_busy(struct connection *c)
{
    http_answer_problem(c->x, PROBLEM_UNAVAILABLE, "The collector is busy; send the same again later.", NULL);
    return refuse_with_body_unread(c);
}

/* Heads. */

static enum step refuse_head(struct connection *c, const struct head_fault *fault)
{
    if (!c->x)
        c->x = exchange_new(c->room->settings, c);
    if (!c->x)
        return STEP_END;
    exchange_refuse_head(c->x, fault);
    return begin_answer(c);
}

/* The request is taken, its body yet to come: it may be much, and others' turns come in between. */
static enum step expect_body(struct connection *c)
{
    if (exchange_keep_head(c->x) < 0)
        return STEP_END;
    drop_held(c);
    ask_for_body(c);
    enter_state(c, CONNECTION_READS_BODY);
    return c->channel.readable ? STEP_ON : STEP_WAIT;
}

/* A whole head of `len` bytes, and behind it `rest` more. */
static enum step take_request(struct connection *c, char *bytes, size_t len, size_t rest)
{
    struct head_fault fault;
    struct http_exchange *x = c->x = exchange_new(c->room->settings, c);
    if (!x)
        return STEP_END;
    int parsed = head_parse(&x->head, bytes, len, &fault);
    x->head_only = head_is_of(&x->head, "HEAD"); /* whatever else is wrong with it, its answer has no body */
    if (parsed < 0)
        return refuse_head(c, &fault);
    if (c->turned_away)
        return answer_busy(c);
    const char *behind = bytes + len;
    bool wanted = exchange_begin(x, clock_monotonic_us() - c->heard) == 0;
    bool whole = rest >= x->head.length;
    if (wanted && copy_body(x, behind, whole ? (size_t)x->head.length : rest) < 0)
        wanted = false;
    if (!whole)
        return wanted ? expect_body(c) : refuse_with_body_unread(c);
    if (wanted)
        exchange_handle(x); /* while the head is where it was read */
    if (hold_bytes(c, behind + x->head.length, rest - (size_t)x->head.length) < 0)
        x->closing = true;
    if (!wanted || !x->suspended)
        return begin_answer(c);
    enter_state(c, CONNECTION_HANDLED);
    return STEP_WAIT;
}

/* How many bytes of empty lines stand before a request (RFC 9112 §2.2), also where one comes in two pieces. */
static size_t skip_line_ends(struct connection *c, const char *bytes, size_t len)
{
    size_t empty = 0;
    while (len - empty >= 2 && bytes[empty] == '\r' && bytes[empty + 1] == '\n')
        empty += 2;
    if (empty > 0)
        c->scanned = 0;
    return empty;
}

/* Looks for a request among bytes from `bytes` on. STEP_WAIT: its head isn't whole. */
static enum step find_request(struct connection *c, char *bytes, size_t len)
{
    static const struct head_fault broken = {400, "A line ends in a line feed alone, or the head holds a NUL."};
    static const struct head_fault too_long = {431, "The request's head is larger than 10 KiB."};
    bool first_look = c->scanned == 0;
    size_t end, empty = skip_line_ends(c, bytes, len);
    bytes += empty;
    len -= empty;
    switch (head_find_end(bytes, len, &c->scanned, &end)) {
    case HEAD_ENDS:
        return end <= HEAD_BYTES_MAX ? take_request(c, bytes, end, len - end) : refuse_head(c, &too_long);
    case HEAD_BROKEN:
        return refuse_head(c, &broken);
    case HEAD_INCOMPLETE:
        break;
    }
    if (len >= HEAD_BYTES_MAX)
        return refuse_head(c, &too_long);
    size_t scanned = c->scanned;
    if (first_look && len > 0 && c->window_began == c->state_began)
        c->window_began = c->room->now;
    if (hold_bytes(c, bytes, len) < 0)
        return STEP_END;
    c->scanned = len > 0 ? scanned : 0;
    return STEP_WAIT;
}

/* More of a head that isn't whole: room for it grows with what has come. */
static ssize_t receive_more(struct connection *c)
{
    size_t held = c->held.len, cap = c->held.cap, left = CONNECTION_READ_MAX - held;
    size_t want = held < 1024 ? 1024 : held;
    want = want < left ? want : left;
    char *room = buf_reserve(&c->held, want);
    account_charge_small(&c->room->settings->account, c->held.cap - cap);
    ssize_t n = room ? receive_bytes(c, room, want) : -1;
    if (n > 0)
        c->held.len += (size_t)n;
    return n;
}

static enum step receive_head(struct connection *c)
{
    bool fresh = c->held.len == 0;
    ssize_t n = fresh ? receive_bytes(c, c->room->scratch, CONNECTION_READ_MAX) : receive_more(c);
    if (n <= 0)
        return n == 0 ? STEP_WAIT : STEP_END;
    return fresh ? find_request(c, c->room->scratch, (size_t)n) : find_request(c, c->held.data, c->held.len);
}

static enum step continue_head(struct connection *c)
{
    enum step step = STEP_WAIT;
    if (c->scanned < c->held.len)
        step = find_request(c, c->held.data, c->held.len);
    if (step == STEP_WAIT && c->state == CONNECTION_READS_HEAD && c->channel.readable)
        step = receive_head(c);
    return step == STEP_WAIT && c->state == CONNECTION_READS_HEAD && c->channel.readable ? STEP_MORE : step;
}

static enum step discard_input(struct connection *c)
{
    for (int turn = 0; turn < DISCARDS_A_TURN; turn++) {
        ssize_t n = receive_bytes(c, c->room->scratch, CONNECTION_READ_MAX);
        if (n <= 0)
            return n == 0 ? STEP_WAIT : STEP_END;
        c->discarded += (size_t)n;
        if (c->discarded > DISCARD_MAX)
            return STEP_END;
    }
    return STEP_MORE;
}

static enum step take_state_step(struct connection *c)
{
    switch (c->state) {
    case CONNECTION_READS_HEAD:
        return continue_head(c);
    case CONNECTION_READS_BODY:
        return read_body(c);
    case CONNECTION_HANDLED:
        return STEP_WAIT;
    case CONNECTION_SENDS:
        return step_of(sending_continue(c), c);
    case CONNECTION_LINGERS:
        break;
    }
    return discard_input(c);
}

static enum connection_need go_on(struct connection *c, enum step step)
{
    while (step == STEP_ON)
        step = take_state_step(c);
    return step == STEP_WAIT ? CONNECTION_WAITS : step == STEP_MORE ? CONNECTION_HAS_MORE : CONNECTION_ENDED;
}

enum connection_need connection_proceed(struct connection *c)
{
    return go_on(c, STEP_ON);
}

enum connection_need connection_resume(struct connection *c)
{
    exchange_finish(c->x);
    return go_on(c, c->x->suspended ? STEP_WAIT : begin_answer(c));
}

enum connection_need connection_turn_away(struct connection *c)
{
    c->x = exchange_new(c->room->settings, c);
    if (!c->x)
        return CONNECTION_ENDED;
    c->x->head.minor = 1;
    return go_on(c, answer_busy(c));
}

/* Time. */

static bool is_too_slow(struct connection *c, int64_t now)
{
    if (now - c->window_began < CONNECTION_WINDOW_US)
        return false;
    bool slow = c->window_bytes < c->room->limits.least_rate * (size_t)(CONNECTION_WINDOW_US / 1000000);
    c->window_began = now;
    c->window_bytes = 0;
    return slow;
}

static enum connection_need check_head(struct connection *c, int64_t now)
{
    static const struct head_fault late = {408, "The request did not come in time."};
    const struct connection_limits *limits = &c->room->limits;
    bool begun = c->held.len > 0;
    int64_t since = begun ? c->window_began : c->state_began;
    if (now - since < (begun || !c->served ? limits->head_us : limits->idle_us))
        return CONNECTION_WAITS;
    return begun ? go_on(c, refuse_head(c, &late)) : CONNECTION_ENDED;
}

enum connection_need connection_check(struct connection *c, int64_t now)
{
    switch (c->state) {
    case CONNECTION_READS_HEAD:
        return check_head(c, now);
    case CONNECTION_READS_BODY:
        if (now - c->state_began < c->room->limits.body_us && !is_too_slow(c, now))
            return CONNECTION_WAITS;
        answer_set_plain(c->x, 408, "The body did not come in time.");
        return go_on(c, refuse_with_body_unread(c));
    case CONNECTION_HANDLED:
        return CONNECTION_WAITS;
    case CONNECTION_SENDS:
        return now - c->state_began < c->room->limits.answer_us && !is_too_slow(c, now) ? CONNECTION_WAITS
                                                                                        : CONNECTION_ENDED;
    case CONNECTION_LINGERS:
        break;
    }
    return now - c->state_began < LINGER_US ? CONNECTION_WAITS : CONNECTION_ENDED;
}
