/* Over base/fetch: a whole URL from a path, problems read out of answers, tries repeated. */
#include "client/net/http.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/crypto.h"
#include <string.h>

#define TOTAL_SECONDS 120L

struct http {
    struct fetch *fetch;
    char *url;
    const struct retry_policy *policy;
};

struct http *http_open(const char *url, const struct retry_policy *policy)
{
    struct http *http = mem_calloc(1, sizeof *http);
    if (!http)
        return NULL;
    http->policy = policy;
    http->url = mem_copy_text(url, strlen(url));
    http->fetch = fetch_open("burgerpanel/" BURGERPANEL_VERSION, TOTAL_SECONDS);
    if (http->url && http->fetch)
        return http;
    http_close(http);
    return NULL;
}

void http_close(struct http *http)
{
    if (!http)
        return;
    fetch_close(http->fetch);
    mem_free(http->url);
    mem_free(http);
}

void http_set_policy(struct http *http, const struct retry_policy *policy)
{
    http->policy = policy;
}

void http_answer_init(struct http_answer *answer)
{
    *answer = (struct http_answer){.retry_after = -1};
    buf_init(&answer->body, HTTP_ANSWER_MAX);
}

void http_answer_free(struct http_answer *answer)
{
    buf_free(&answer->body);
}

/* One try. */

static void read_problem(struct http_answer *answer)
{
    if (answer->status < 400)
        return;
    struct json *document = json_parse(buf_text(&answer->body), answer->body.len, NULL);
    const char *type = json_text(json_member(document, "type"));
    if (type)
        answer->problem = problem_find(type);
    json_free(document);
}

/* A permanent redirect of one path to the same path elsewhere (RFC 9110, 15.4.2 and 15.4.9) is a collector that has
 * moved; where else it may send us is none of ours. */
static void note_move(struct http_answer *answer, const char *location, const char *path)
{
    size_t len = strlen(location), tail = strlen(path);
    if ((answer->status != 301 && answer->status != 308) || len <= tail || strcmp(location + len - tail, path) != 0)
        return;
    memcpy(answer->moved_to, location, len - tail);
    text_clean(answer->moved_to);
}

/* Fills *answer with what a try brought; takes over its body. */
static void fill_answer(struct http_answer *answer, const struct fetch_answer *brought, const char *path)
{
    buf_free(&answer->body);
    *answer = (struct http_answer){.transfer = brought->outcome,
                                   .status = brought->status,
                                   .body = brought->body,
                                   .retry_after = brought->retry_after,
                                   .server_time = brought->date};
    memcpy(answer->etag, brought->etag, sizeof answer->etag);
    memcpy(answer->wanted, brought->wanted, sizeof answer->wanted);
    note_move(answer, brought->location, path);
    read_problem(answer);
}

static void try_once(struct http *http, const struct fetch_request *asked, size_t answer_max,
                     struct http_answer *answer)
{
    struct fetch_answer brought;
    fetch_answer_init(&brought, answer_max);
    fetch_do(http->fetch, asked, &brought);
    fill_answer(answer, &brought, asked->url + strlen(http->url));
}

/* Trying again. */

static enum http_outcome try_until_settled(struct http *http, const struct fetch_request *asked, size_t answer_max,
                                           struct http_answer *answer)
{
    for (unsigned attempt = 1;; attempt++) {
        try_once(http, asked, answer_max, answer);
        enum http_outcome outcome = retry_sort(answer->transfer, answer->status);
        if (outcome != HTTP_RETRY)
            return outcome;
        uint32_t random;
        crypto_random(&random, sizeof random);
        int64_t wait = retry_wait_ms(http->policy, attempt, random, answer->retry_after);
        if (wait < 0)
            return outcome;
        clock_sleep_ms(wait);
    }
}

enum http_outcome http_do(struct http *http, const struct http_request *request, struct http_answer *answer)
{
    struct buf url;
    bool known = request->etag && *request->etag;
    struct fetch_header headers[] = {{known ? "If-None-Match" : NULL, request->etag}, {NULL, NULL}};
    buf_free(&answer->body);
    http_answer_init(answer);
    answer->transfer = FETCH_NO_MEMORY;
    buf_init(&url, FETCH_URL_MAX * 2);
    buf_put_text(&url, http->url);
    buf_put_text(&url, request->path);
    enum http_outcome outcome = HTTP_RETRY;
    if (buf_check(&url) == 0) {
        struct fetch_request asked = {.url = buf_text(&url),
                                      .headers = headers,
                                      .content_type = request->content_type,
                                      .body = request->body,
                                      .len = request->len,
                                      .wanted = request->wanted};
        outcome = try_until_settled(http, &asked, request->answer_max ? request->answer_max : HTTP_ANSWER_MAX, answer);
    }
    buf_free(&url);
    return outcome;
}
