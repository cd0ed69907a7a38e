/* What the collector says of itself it knows, and asks no store. */
#include "collector/api/api.h"
#include "collector/api/resources.h"
#include "collector/http/http.h"
#include "collector/log/reader.h"
#include "tests/unit/collector/intake/writer.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct http_route routes[] = {
    {"GET", "/healthz", NULL, 0, api_health_get, NULL, NULL},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};

static struct service service;
static const struct http_site sites[] = {{routes, &service}, {NULL, NULL}};
static struct http_server *server;

static void setup(void)
{
    const struct http_options options = {.address = "127.0.0.1",
                                         .threads = 1,
                                         .connections = 4,
                                         .memory_max = 1 << 20,
                                         .wait_max_us = 1000000,
                                         .head_seconds = 60,
                                         .body_seconds = 60};
    struct error error = {0};
    writer_setup();
    writer_start(SIZE_MAX);
    service.queue = writer.queue;
    service.reader = reader_open(writer.dsn, &error);
    cr_assert_not_null(service.reader, "%s", error.text);
    server = http_start(&options, sites, &error);
    cr_assert_not_null(server, "%s", error.text);
}

static void teardown(void)
{
    http_stop(server);
    reader_close(service.reader);
    writer_finish();
    writer_teardown();
}

TestSuite(service, .init = setup, .fini = teardown, .timeout = 60);

static unsigned status_of_health(void)
{
    static const char request[] = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(http_port(server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char answer[1024] = "";
    unsigned status = 0;
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(client >= 0 && connect(client, (const struct sockaddr *)&address, sizeof address) == 0);
    cr_assert_eq(send(client, request, sizeof request - 1, MSG_NOSIGNAL), (ssize_t)sizeof request - 1);
    cr_assert_gt(recv(client, answer, sizeof answer - 1, 0), 0);
    cr_assert_eq(sscanf(answer, "HTTP/1.1 %u ", &status), 1);
    close(client);
    return status;
}

Test(service, is_told_to_be_well_while_somebody_waits_for_the_store_to_be_read)
{
    cr_assert_not_null(reader_take(service.reader));
    cr_expect_eq(status_of_health(), 200);
    reader_give_back(service.reader);
}

Test(service, is_told_to_be_ill_while_the_store_can_not_be_read)
{
    reader_let_go(service.reader);
    cr_expect_eq(status_of_health(), 503);
    reader_resume(service.reader);
    cr_expect_eq(status_of_health(), 200);
}
