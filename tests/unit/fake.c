/* One listening socket and one thread; what it read stays for the test to see. */
#include "tests/unit/fake.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_MAX ((size_t)1024 * 1024)

static const char *const *answers;
static size_t answer_count;
static fake_answer_fn *answer_with; /* NULL: from the list */
static void *answer_context;
static int listener = -1;
static pthread_t thread;
static char url[64];
static char request[REQUEST_MAX];
static atomic_size_t requests;

static size_t body_length(const char *head)
{
    const char *line = strcasestr(head, "\r\nContent-Length:");
    return line ? strtoul(line + 17, NULL, 10) : 0;
}

/* Whether a whole request came in. */
static int read_request(int connection)
{
    size_t have = 0;
    for (;;) {
        ssize_t got = read(connection, request + have, REQUEST_MAX - 1 - have);
        if (got <= 0)
            return 0;
        have += (size_t)got;
        request[have] = '\0';
        const char *end = strstr(request, "\r\n\r\n");
        if (end && have >= (size_t)(end - request) + 4 + body_length(request))
            return 1;
    }
}

static int serve_with(int connection)
{
    struct buf out;
    buf_init(&out, REQUEST_MAX);
    answer_with(answer_context, request, &out);
    ssize_t wrote = out.len > 0 ? write(connection, out.data, out.len) : -1;
    buf_free(&out);
    return wrote < 0 ? -1 : 0;
}

static void serve(int connection)
{
    while (read_request(connection)) {
        size_t n = atomic_fetch_add(&requests, 1);
        if (answer_with) {
            if (serve_with(connection) < 0)
                return;
            continue;
        }
        const char *answer = answers[n < answer_count ? n : answer_count - 1];
        if (!*answer || write(connection, answer, strlen(answer)) < 0)
            return;
    }
}

static void *run(void *unused)
{
    (void)unused;
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0)
            return NULL;
        serve(connection);
        close(connection);
    }
}

static void start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_geq(listener, 0);
    cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(listener, 8), 0);
    cr_assert_eq(getsockname(listener, (struct sockaddr *)&address, &len), 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    cr_assert_eq(pthread_create(&thread, NULL, run, NULL), 0);
}

void fake_start(const char *const *list, size_t count)
{
    answers = list;
    answer_count = count;
    start();
}

void fake_start_with(fake_answer_fn *answer, void *context)
{
    answer_with = answer;
    answer_context = context;
    start();
}

void fake_stop(void)
{
    shutdown(listener,
             SHUT_RDWR); /* wakes accept; the thread may still sit in a kept connection, and ends with the process */
    close(listener);
    pthread_detach(thread);
}

const char *fake_url(void)
{
    return url;
}

size_t fake_requests(void)
{
    return requests;
}

const char *fake_last(void)
{
    return request;
}

const char *fake_answer(int status, const char *headers, const char *body)
{
    static char texts[8][4096];
    static unsigned next;
    char *text = texts[next++ % 8];
    snprintf(text, sizeof texts[0], "HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\n\r\n%s", status, headers, strlen(body),
             body);
    return text;
}
