/* Over loopback, as anyone asks. */
#include "tests/unit/collector/api/served.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

struct http_server *served_start(const struct http_site *sites)
{
    const struct http_options options = {.address = "127.0.0.1",
                                         .threads = 1,
                                         .connections = 10,
                                         .memory_max = 1 << 20,
                                         .wait_max_us = 1000000,
                                         .head_seconds = 60,
                                         .body_seconds = 60};
    struct error error = {0};
    struct http_server *server = http_start(&options, sites, &error);
    cr_assert_not_null(server, "%s", error.text);
    return server;
}

unsigned served_status(const struct http_server *server, const char *path)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(http_port(server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char request[200], answer[1024] = "";
    unsigned status = 0;
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(client >= 0 && connect(client, (const struct sockaddr *)&address, sizeof address) == 0);
    int len = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
    cr_assert_eq(send(client, request, (size_t)len, MSG_NOSIGNAL), len);
    cr_assert_gt(recv(client, answer, sizeof answer - 1, 0), 0);
    cr_assert_eq(sscanf(answer, "HTTP/1.1 %u ", &status), 1, "%s", answer);
    close(client);
    return status;
}
