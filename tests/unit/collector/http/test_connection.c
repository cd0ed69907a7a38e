/* A connection, driven by hand over a pair of sockets: however its bytes are cut, whenever memory lacks and whatever
 * the clock says, each request has one answer or the connection ends, and nothing stays on the account. */
#include "base/mem.h"
#include "collector/http/connection.h"
#include "tests/unit/collector/http/asked.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECOND INT64_C(1000000)
#define START (1000 * SECOND)

static char scratch[CONNECTION_READ_MAX];
static struct exchange_settings settings;
static struct connection_room room;
static struct connection *connection;
static int peer;
static char answers[512 * 1024]; /* all that has come back */
static size_t answered;

/* The connection, and what moves it. */

/* As a TLS session gives bytes whose records hold one each. */
static ssize_t receive_one(struct channel *channel, void *bytes, size_t size)
{
    (void)size;
    ssize_t n = recv(channel->fd, bytes, 1, 0);
    channel->readable = n > 0;
    return n;
}

static void open_room(void)
{
    settings = (struct exchange_settings){.sites = asked_sites, .account.max = 1024 * 1024, .wait_max_us = INT64_MAX};
    pthread_mutex_init(&settings.lock, NULL);
    pthread_cond_init(&settings.settled, NULL);
    room = (struct connection_room){.settings = &settings, .scratch = scratch, .date = "now", .now = START};
    room.limits = (struct connection_limits){.head_us = 10 * SECOND,
                                             .idle_us = 30 * SECOND,
                                             .body_us = 300 * SECOND,
                                             .answer_us = 600 * SECOND,
                                             .least_rate = 1000};
    buf_init(&room.head, SIZE_MAX);
}

static void close_room(void)
{
    buf_free(&room.head);
    pthread_cond_destroy(&settings.settled);
    pthread_mutex_destroy(&settings.lock);
}

/* false: there is no memory. */
static bool open_connection(void)
{
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    peer = ends[1];
    answered = 0;
    answers[0] = '\0';
    connection = connection_new(ends[0], NULL, &(struct address){{0}});
    if (!connection) {
        close(ends[0]);
        close(peer);
        return false;
    }
    connection_begin(connection, NULL, &room);
    return true;
}

static void close_connection(void)
{
    connection_free(connection);
    close(peer);
    cr_assert_eq(atomic_load(&settings.account.used), 0, "%zu bytes stay", atomic_load(&settings.account.used));
    cr_assert_eq(atomic_load(&settings.under_way), 0);
}

static void read_answers(void)
{
    ssize_t n;
    while ((n = recv(peer, answers + answered, sizeof answers - 1 - answered, MSG_DONTWAIT)) > 0)
        answered += (size_t)n;
    answers[answered] = '\0';
}

/* Lets it go on until it waits or ends. */
static enum connection_need go_on(enum connection_need need)
{
    for (;;) {
        read_answers();
        if (need != CONNECTION_HAS_MORE)
            return need;
        connection->channel.writable = true;
        need = connection_proceed(connection);
    }
}

static enum connection_need send_bytes(const char *bytes, size_t len)
{
    cr_assert_eq(send(peer, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
    connection->channel.readable = connection->channel.writable = true;
    return go_on(connection_proceed(connection));
}

static enum connection_need send_text(const char *text)
{
    return send_bytes(text, strlen(text));
}

static size_t count_answers(void)
{
    size_t count = 0;
    for (const char *at = answers; (at = strstr(at, "HTTP/1.1 ")) != NULL; at++)
        count++;
    return count;
}

static bool has(const char *text)
{
    return strstr(answers, text) != NULL;
}

static void setup(void)
{
    kit_begin();
    open_room();
}

static void teardown(void)
{
    close_room();
    kit_end();
}

TestSuite(connection, .init = setup, .fini = teardown);

#define HOST "Host: a\r\n"
#define GET_SMALL "GET /small HTTP/1.1\r\n" HOST "\r\n"
#define POST(path, length)                                                                                             \
    "POST " path " HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: " length "\r\n\r\n"
#define THREE                                                                                                          \
    ("\r\n" GET_SMALL "\r\n\r\n" POST("/echo", "11") "hello there"                                                     \
                                                     "\r\nGET /stream HTTP/1.1\r\n" HOST "\r\n")

/* Requests and their bytes. */

Test(connection, answers_the_same_however_the_bytes_are_cut)
{
    static char whole[sizeof answers];
    size_t len = strlen(THREE);
    cr_assert(open_connection());
    cr_assert_eq(send_text(THREE), CONNECTION_WAITS);
    cr_assert_eq(count_answers(), 3, "%s", answers);
    cr_assert(has("\r\n\r\nsmall") && has("\r\n\r\nhello there"));
    cr_assert(has("\r\n\r\n2\r\n3;\r\n2\r\n2;\r\n2\r\n1;\r\n0\r\n\r\n"));
    memcpy(whole, answers, answered + 1);
    close_connection();
    for (size_t cut = 1; cut < len; cut++) {
        cr_assert(open_connection());
        cr_assert_eq(send_bytes(THREE, cut), CONNECTION_WAITS);
        cr_assert_eq(send_bytes(THREE + cut, len - cut), CONNECTION_WAITS);
        cr_assert_str_eq(answers, whole, "cut at %zu", cut);
        close_connection();
    }
    cr_assert(open_connection());
    for (size_t i = 0; i < len; i++)
        cr_assert_eq(send_bytes(THREE + i, 1), CONNECTION_WAITS);
    cr_assert_str_eq(answers, whole);
    close_connection();
}

Test(connection, takes_a_large_body_in_pieces_and_charges_it)
{
    static char body[200000];
    memset(body, 'x', sizeof body);
    cr_assert(open_connection());
    cr_assert_eq(send_text(POST("/echo", "200000")), CONNECTION_WAITS);
    for (size_t at = 0; at < sizeof body - 50000; at += 50000)
        cr_assert_eq(send_bytes(body + at, 50000), CONNECTION_WAITS);
    cr_assert_geq(atomic_load(&settings.account.used), 150000);
    enum connection_need need = send_bytes(body, 50000);
    while (need == CONNECTION_WAITS && connection->state == CONNECTION_SENDS) {
        connection->channel.writable = true;
        need = go_on(connection_proceed(connection));
    }
    cr_assert_eq(count_answers(), 1);
    cr_assert(has("Content-Length: 200000\r\n"));
    cr_assert_geq(answered, sizeof body);
    close_connection();
}

Test(connection, has_no_room_for_large_bodies_beyond_the_account_and_room_for_small_ones)
{
    static char body[50000];
    settings.account.max = 1000;
    cr_assert(open_connection());
    cr_assert_eq(send_text(POST("/echo", "5") "hello"), CONNECTION_WAITS);
    cr_assert(has("\r\n\r\nhello"));
    (void)send_text(POST("/echo", "100000"));
    cr_assert_eq(send_bytes(body, sizeof body), CONNECTION_WAITS);
    cr_assert_eq(count_answers(), 2);
    cr_assert(has("HTTP/1.1 503 Service Unavailable\r\n"));
    cr_assert_eq(connection->state, CONNECTION_LINGERS);
    close_connection();
}

Test(connection, waits_for_who_has_the_exchange_and_then_goes_on)
{
    cr_assert(open_connection());
    cr_assert_eq(send_text(POST("/late", "2") "ab" GET_SMALL), CONNECTION_WAITS);
    cr_assert_eq(answered, 0);
    cr_assert_eq(connection_check(connection, START + 3600 * SECOND), CONNECTION_WAITS,
                 "whoever has it takes its time");
    cr_assert_eq(go_on(connection_resume(connection)), CONNECTION_WAITS);
    cr_assert_eq(count_answers(), 2);
    cr_assert_lt(strstr(answers, "late"), strstr(answers, "small"));
    close_connection();
}

/* Metadata of tables asked for If-None-Match in a head that was gone, and read another request's bytes, or freed ones.
 */
Test(connection, has_a_head_after_a_wait_only_where_it_was_kept)
{
    const char *const asked[] = {"/kept", "/forgotten"}, *const answer[] = {"[mine 7 /kept]", "[none none none]"};
    for (size_t i = 0; i < 2; i++) {
        char text[200];
        snprintf(text, sizeof text, "GET %s?q=7 HTTP/1.1\r\n" HOST "X-Asked: mine\r\n\r\n", asked[i]);
        cr_assert(open_connection());
        cr_assert_eq(send_text(text), CONNECTION_WAITS);
        memset(scratch, 'x', sizeof scratch); /* what others have sent meanwhile */
        cr_assert_eq(go_on(connection_resume(connection)), CONNECTION_WAITS);
        cr_assert(has(answer[i]), "%s", answers);
        close_connection();
    }
}

Test(connection, ends_where_the_other_does)
{
    cr_assert(open_connection());
    cr_assert_eq(send_text("GET /sma"), CONNECTION_WAITS);
    shutdown(peer, SHUT_WR);
    connection->channel.readable = connection->channel.hung_up = true;
    cr_assert_eq(connection_proceed(connection), CONNECTION_ENDED);
    cr_assert_eq(answered, 0);
    close_connection();
    cr_assert(open_connection());
    cr_assert_eq(send(peer, GET_SMALL, strlen(GET_SMALL), 0), (ssize_t)strlen(GET_SMALL));
    shutdown(peer, SHUT_WR);
    connection->channel.readable = connection->channel.writable = connection->channel.hung_up = true;
    cr_assert_eq(go_on(connection_proceed(connection)), CONNECTION_ENDED, "but what was asked is answered");
    cr_assert(has("\r\n\r\nsmall"));
    close_connection();
}

Test(connection, looks_at_nothing_behind_what_it_refuses)
{
    cr_assert(open_connection());
    cr_assert_eq(send_text("GET /small HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n" GET_SMALL), CONNECTION_WAITS);
    cr_assert_eq(count_answers(), 1);
    cr_assert(has("HTTP/1.1 400 Bad Request\r\n") && has("\r\nConnection: close\r\n"));
    cr_assert_eq(send_text(GET_SMALL), CONNECTION_WAITS);
    cr_assert_eq(count_answers(), 1);
    close_connection();
}

Test(connection, releases_a_stream_that_nobody_takes_to_its_end)
{
    asked_released = 0;
    cr_assert(open_connection());
    cr_assert_eq(send_text("HEAD /stream HTTP/1.1\r\n" HOST "\r\n"), CONNECTION_WAITS);
    cr_assert_eq(asked_released, 1);
    cr_assert_eq(asked_left, 3, "nothing was made");
    cr_assert_not(has("Transfer-Encoding"));
    cr_assert_not(has("Content-Length"));
    cr_assert_eq(send_text("GET /stream HTTP/1.0\r\n\r\n"), CONNECTION_WAITS);
    cr_assert_eq(asked_released, 2);
    cr_assert(has("\r\n\r\n3;2;1;"), "HTTP/1.0 knows no frames");
    cr_assert(has("\r\nx-left: 3\r\n") && !has("X-Left"), "one of each name, the last: %s", answers);
    close_connection();
}

/* What is said of a stream is not said of the problem that comes in its place. */
Test(connection, says_nothing_of_a_stream_for_which_there_is_no_memory)
{
    asked_released = 0;
    settings.account.max = 1000;
    cr_assert(open_connection());
    cr_assert_eq(send_text("GET /stream HTTP/1.1\r\n" HOST "\r\n"), CONNECTION_WAITS);
    cr_assert(has("HTTP/1.1 503 Service Unavailable\r\n") && has("short of memory"), "%s", answers);
    cr_assert_not(has("X-Left") || has("x-left"));
    cr_assert_eq(asked_released, 1);
    close_connection();
}

/* Nobody keeps the loop for as long as bytes come, be they lines without end or what is thrown away. */
Test(connection, gives_the_loop_back_whatever_goes_on_coming)
{
    static char lines[64 * 1024];
    int room_of = sizeof lines * 4;
    for (size_t i = 0; i < sizeof lines; i++)
        lines[i] = i % 2 ? '\n' : '\r';
    cr_assert(open_connection());
    cr_assert_eq(setsockopt(peer, SOL_SOCKET, SO_SNDBUF, &room_of, sizeof room_of), 0);
    cr_assert_eq(send(peer, lines, sizeof lines, MSG_NOSIGNAL), (ssize_t)sizeof lines);
    connection->channel.readable = connection->channel.writable = true;
    cr_assert_eq(connection_proceed(connection), CONNECTION_HAS_MORE);
    cr_assert_eq(go_on(CONNECTION_HAS_MORE), CONNECTION_WAITS);
    cr_assert_eq(send_text("GET /small\r\n\r\n"), CONNECTION_WAITS);
    cr_assert_eq(connection->state, CONNECTION_LINGERS);
    for (int i = 0; i < 100; i++)
        cr_assert_eq(send(peer, "x", 1, MSG_NOSIGNAL), 1);
    struct channel_verbs one_by_one = *connection->channel.verbs;
    one_by_one.receive = receive_one;
    connection->channel.verbs = &one_by_one;
    connection->channel.readable = true;
    cr_assert_eq(connection_proceed(connection), CONNECTION_HAS_MORE);
    cr_assert_lt(connection->discarded, 100);
    close_connection();
}

/* Time. */

/* Ends after `seconds`, and not before; with this answer, or "" for none. */
static void assert_ends_after(int64_t seconds, const char *answer)
{
    int64_t due = START + seconds * SECOND;
    cr_assert_eq(connection_check(connection, due - 1), CONNECTION_WAITS);
    room.now = due;
    enum connection_need need = go_on(connection_check(connection, due));
    cr_assert_eq(need, *answer == '\0' ? CONNECTION_ENDED : CONNECTION_WAITS);
    cr_assert(strncmp(answers, answer, strlen(answer)) == 0, "%s", answers);
    if (need == CONNECTION_WAITS) {
        cr_assert_eq(connection->state, CONNECTION_LINGERS);
        cr_assert_eq(connection_check(connection, due + 2 * SECOND), CONNECTION_ENDED);
    }
    room.now = START;
}

Test(connection, gives_each_part_of_a_request_its_time)
{
    cr_assert(open_connection());
    assert_ends_after(10, "");
    close_connection();
    cr_assert(open_connection());
    cr_assert_eq(send_text("GET /small HTTP/1.1\r\n"), CONNECTION_WAITS);
    assert_ends_after(10, "HTTP/1.1 408 Request Timeout\r\n");
    close_connection();
    cr_assert(open_connection());
    cr_assert_eq(send_text(GET_SMALL), CONNECTION_WAITS);
    answered = 0;
    assert_ends_after(30, "");
    close_connection();
    cr_assert(open_connection());
    cr_assert_eq(send_text(POST("/echo", "100") "x"), CONNECTION_WAITS);
    assert_ends_after(10, "HTTP/1.1 408 Request Timeout\r\n");
    close_connection();
}

Test(connection, gives_no_time_for_empty_lines)
{
    cr_assert(open_connection());
    for (room.now = START; room.now < START + 9 * SECOND; room.now += SECOND) {
        cr_assert_eq(send_text("\r"), CONNECTION_WAITS);
        cr_assert_eq(connection_check(connection, room.now), CONNECTION_WAITS);
        cr_assert_eq(send_text("\n"), CONNECTION_WAITS);
    }
    cr_assert_eq(send_text("\r"), CONNECTION_WAITS);
    room.now = START + 12 * SECOND;
    cr_assert_eq(go_on(connection_check(connection, room.now)), CONNECTION_WAITS);
    cr_assert(has("HTTP/1.1 408 "), "%s", answers);
    close_connection();
}

Test(connection, lets_a_body_come_at_the_least_rate_but_not_for_ever)
{
    static char piece[10000];
    cr_assert(open_connection());
    cr_assert_eq(send_text(POST("/echo", "200000")), CONNECTION_WAITS);
    room.limits.body_us = 100 * SECOND;
    for (int64_t seconds = 10; seconds < 100; seconds += 10) {
        cr_assert_eq(send_bytes(piece, sizeof piece), CONNECTION_WAITS);
        cr_assert_eq(connection_check(connection, START + seconds * SECOND), CONNECTION_WAITS, "%d s", (int)seconds);
    }
    cr_assert_eq(send_bytes(piece, sizeof piece), CONNECTION_WAITS);
    cr_assert_eq(go_on(connection_check(connection, START + 100 * SECOND)), CONNECTION_WAITS);
    cr_assert(has("HTTP/1.1 408 "));
    close_connection();
}

Test(connection, ends_with_its_first_answer_where_it_may_have_one)
{
    room.limits.one_request = true;
    cr_assert(open_connection());
    cr_assert_eq(send_text(GET_SMALL GET_SMALL), CONNECTION_WAITS);
    cr_assert_eq(count_answers(), 1);
    cr_assert(has("\r\nConnection: close\r\n"));
    close_connection();
    cr_assert(open_connection());
    cr_assert_eq(go_on(connection_turn_away(connection)), CONNECTION_WAITS);
    cr_assert(has("HTTP/1.1 503 "));
    close_connection();
}

/* Memory. */

Test(connection, answers_or_ends_when_any_allocation_fails)
{
    unsigned long n = 0, failures = 0;
    bool failed = true;
    while (failed) {
        mem_fail_at(++n);
        if (open_connection()) {
            enum connection_need need = send_text(THREE);
            cr_assert(need == CONNECTION_ENDED || count_answers() > 0, "allocation %lu: %s", n, answers);
            cr_assert(need == CONNECTION_ENDED || count_answers() == 3 || connection->state == CONNECTION_LINGERS,
                      "allocation %lu: %s", n, answers);
            close_connection();
        }
        failed = mem_has_failed();
        failures += failed;
        mem_fail_at(0);
    }
    cr_assert_gt(failures, 10);
}
