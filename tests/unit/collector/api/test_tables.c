/* What an answer about a table holds while it is on its way: nothing, where there is no table to be made. */
#include "collector/api/api.h"
#include "collector/api/resources.h"
#include "collector/store/snapshots.h"
#include "tests/unit/collector/kit.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(tables, .init = kit_begin, .fini = kit_end, .timeout = 30);

static struct service service;
static atomic_bool held;

/* The one moment that there is: whether it is another's, while this exchange's answer has been set and not yet sent. */
static void note_whether_held(void)
{
    struct error error;
    struct store *moment = snapshots_take(service.walks, &error);
    atomic_store(&held, moment == NULL);
    if (moment)
        snapshots_give_back(service.walks, moment);
}

static void get_summary(struct http_exchange *x, void *context)
{
    api_summary_get(x, context);
    note_whether_held();
}

static void get_changes(struct http_exchange *x, void *context)
{
    api_changes_get(x, context);
    note_whether_held();
}

static const char *const query[] = {"since", NULL};
static const struct http_route routes[] = {
    {"GET", "/rounds/{id}/summary", NULL, 0, get_summary, NULL, NULL},
    {"GET", "/rounds/{id}/changes", NULL, 0, get_changes, query, NULL},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
static const struct http_site sites[] = {{routes, &service}, {NULL, NULL}};

static void expect_nothing_held(const struct http_server *server, const char *path, unsigned status)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(http_port(server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char request[200], answer[1024] = "";
    unsigned told = 0;
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(client >= 0 && connect(client, (const struct sockaddr *)&address, sizeof address) == 0);
    int len = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
    cr_assert_eq(send(client, request, (size_t)len, MSG_NOSIGNAL), len);
    cr_assert_gt(recv(client, answer, sizeof answer - 1, 0), 0);
    cr_expect_eq(sscanf(answer, "HTTP/1.1 %u ", &told), 1);
    cr_expect_eq(told, status, "%s: %s", path, answer);
    cr_expect_not(atomic_load(&held), "%s", path);
    close(client);
}

/* Who does not take such an answer would keep its moment from every table, and from what was erased. */
Test(tables, that_are_not_there_hold_no_moment_of_the_store_while_that_is_told)
{
    const struct http_options options = {.address = "127.0.0.1",
                                         .threads = 1,
                                         .connections = 10,
                                         .memory_max = 1 << 20,
                                         .wait_max_us = 1000000,
                                         .head_seconds = 60,
                                         .body_seconds = 60};
    static char dsn[300];
    struct error error;
    struct buf panel = kit_file("fixtures/panel.json"), actions = kit_file("fixtures/actions.csv");
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("tables"));
    struct store *store = kit_store_open(dsn);
    kit_import_panel(store, buf_text(&panel));
    kit_import_actions(store, buf_text(&actions));
    store_close(store);
    service.walks = snapshots_new(dsn, STORE_EXISTING, 1);
    struct http_server *server = http_start(&options, sites, &error);
    cr_assert(service.walks && server);
    expect_nothing_held(server, "/rounds/nope/summary", 404);
    expect_nothing_held(server, "/rounds/round-1/summary", 404);
    expect_nothing_held(server, "/rounds/nope/changes?since=1", 404);
    http_stop(server);
    snapshots_free(service.walks);
    buf_free(&panel);
    buf_free(&actions);
}
