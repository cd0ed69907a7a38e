/* Large answers whose receiver does not take them: in files without a name while these are few, in memory where there
 * can be no file, and in neither where there is no room; whoever then takes them has them whole. */
#include "collector/http/connection.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BIG 400000 /* bytes, more than the sockets hold */
#define COUNTED (4 * 1024 * 1024) /* what each file counts for at least */

static char scratch[CONNECTION_READ_MAX];
static struct exchange_settings settings;
static struct connection_room room;

static void get_big(struct http_exchange *x, void *context)
{
    struct buf body;
    (void)context;
    buf_init(&body, BIG);
    for (size_t i = 0; i < BIG / 8; i++)
        buf_put(&body, "bbbbbbbb", 8);
    http_answer(x, 200, "text/plain", &body);
}

static const struct http_route routes[] = {
    {"GET", "/big", NULL, 0, get_big, NULL, NULL},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
static const struct http_site sites[] = {{routes, NULL}, {NULL, NULL}};

static void setup(void)
{
    kit_begin();
    settings = (struct exchange_settings){.sites = sites,
                                          .account.max = 1024 * 1024,
                                          .aside.max = 2 * COUNTED + COUNTED / 2,
                                          .aside_path = kit_path("aside"),
                                          .wait_max_us = INT64_MAX};
    pthread_mutex_init(&settings.lock, NULL);
    pthread_cond_init(&settings.settled, NULL);
    room = (struct connection_room){.settings = &settings, .scratch = scratch, .date = "now", .now = 1};
    room.limits = (struct connection_limits){.head_us = INT64_MAX, .body_us = INT64_MAX, .answer_us = INT64_MAX};
    buf_init(&room.head, SIZE_MAX);
}

static void teardown(void)
{
    buf_free(&room.head);
    pthread_cond_destroy(&settings.settled);
    pthread_mutex_destroy(&settings.lock);
    kit_end();
}

TestSuite(sending, .init = setup, .fini = teardown);

/* Who asks. */
struct asker {
    struct connection *connection;
    int peer;
};

static enum connection_need go_on(struct asker *asker)
{
    enum connection_need need;
    do {
        asker->connection->channel.readable = asker->connection->channel.writable = true;
        need = connection_proceed(asker->connection);
    } while (need == CONNECTION_HAS_MORE);
    return need;
}

/* Asks, and takes nothing of the answer. */
static enum connection_need ask(struct asker *asker)
{
    static const char request[] = "GET /big HTTP/1.1\r\nHost: a\r\n\r\n";
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    *asker = (struct asker){connection_new(ends[0], NULL, &(struct address){{0}}), ends[1]};
    cr_assert_not_null(asker->connection);
    connection_begin(asker->connection, NULL, &room);
    cr_assert_eq(send(asker->peer, request, sizeof request - 1, MSG_NOSIGNAL), (ssize_t)sizeof request - 1);
    return go_on(asker);
}

/* Takes all of it, a piece at a time. */
static void take_whole(struct asker *asker)
{
    static char answer[BIG + 2000];
    size_t len = 0;
    ssize_t n;
    for (;;) {
        while ((n = recv(asker->peer, answer + len, sizeof answer - 1 - len, MSG_DONTWAIT)) > 0)
            len += (size_t)n;
        if (asker->connection->state != CONNECTION_SENDS)
            break;
        cr_assert_eq(go_on(asker), CONNECTION_WAITS);
    }
    answer[len] = '\0';
    cr_assert_not_null(strstr(answer, "Content-Length: 400000\r\n"));
    cr_assert_eq(strspn(strstr(answer, "\r\n\r\n") + 4, "b"), BIG);
}

static void leave(struct asker *asker)
{
    connection_free(asker->connection);
    close(asker->peer);
}

static void assert_nothing_held(void)
{
    cr_assert_eq(atomic_load(&settings.aside.used), 0);
    cr_assert_eq(atomic_load(&settings.account.used), 0);
}

Test(sending, puts_large_answers_aside_while_these_are_few)
{
    struct asker askers[2], third;
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(ask(&askers[i]), CONNECTION_WAITS);
        cr_assert_eq(askers[i].connection->state, CONNECTION_SENDS);
    }
    cr_assert_eq(atomic_load(&settings.aside.used), 2 * COUNTED);
    cr_assert_lt(atomic_load(&settings.account.used), BIG / 10, "memory holds nothing of them");
    cr_assert_eq(ask(&third), CONNECTION_ENDED, "for whom there is no room, who does not take what is there");
    leave(&third);
    cr_assert_eq(atomic_load(&settings.aside.used), 2 * COUNTED, "and the others keep theirs");
    for (size_t i = 0; i < 2; i++) {
        take_whole(&askers[i]);
        leave(&askers[i]);
    }
    assert_nothing_held();
    cr_assert_eq(ask(&third), CONNECTION_WAITS, "there is room again");
    take_whole(&third);
    leave(&third);
    assert_nothing_held();
}

/* On the account, and bounded by that. */
static void assert_waits_in_memory(void)
{
    struct asker one, two, three;
    cr_assert_eq(ask(&one), CONNECTION_WAITS);
    cr_assert_geq(atomic_load(&settings.account.used), BIG);
    cr_assert_eq(atomic_load(&settings.aside.used), 0, "what is in no file counts for none");
    cr_assert_eq(ask(&two), CONNECTION_WAITS);
    cr_assert_eq(ask(&three), CONNECTION_ENDED, "a third does not fit into memory");
    leave(&three);
    take_whole(&one);
    take_whole(&two);
    leave(&one);
    leave(&two);
    assert_nothing_held();
}

Test(sending, keeps_a_large_answer_in_memory_where_there_can_be_no_file)
{
    settings.aside_path = kit_path("no/such/folder");
    assert_waits_in_memory();
}

Test(sending, keeps_a_large_answer_in_memory_when_the_disk_is_full)
{
    struct rlimit before, none;
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    assert_waits_in_memory();
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
}
