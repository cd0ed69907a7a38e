/* See http.h. */
#include "client/net/http.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECT_SECONDS 8L
#define TOTAL_SECONDS 120L
#define STALL_SECONDS 30L /* less than a byte a second for so long is a broken connection */
#define REQUEST_HEADERS_MAX ((size_t)512)

struct http {
    CURL *curl;
    char *url;
    const struct retry_policy *policy;
};

/* URLs. */

static int put_part(CURLU *url, CURLUPart part, struct buf *out)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
        return -1;
    buf_put_text(out, text);
    curl_free(text);
    return 0;
}

static bool url_has(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool has = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return has;
}

static int check_url(CURLU *url)
{
    static const CURLUPart unwanted[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT};
    for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++)
        if (url_has(url, unwanted[i]))
            return -1;
    char *scheme = NULL;
    if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return -1;
    bool known = strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
    curl_free(scheme);
    return known ? 0 : -1;
}

static void put_lower(CURLU *url, struct buf *out)
{
    size_t start = out->len;
    if (put_part(url, CURLUPART_HOST, out) < 0)
        out->failed = true;
    for (size_t i = start; i < out->len; i++)
        if (out->data[i] >= 'A' && out->data[i] <= 'Z')
            out->data[i] = (char)(out->data[i] - 'A' + 'a');
}

int http_normalise_url(const char *typed, struct buf *out)
{
    CURLU *url = curl_url();
    size_t start = out->len;
    int result = -1;
    if (!url || curl_url_set(url, CURLUPART_URL, typed, 0) != CURLUE_OK || check_url(url) < 0)
        goto out;
    if (put_part(url, CURLUPART_SCHEME, out) < 0)
        goto out;
    buf_put_text(out, "://");
    put_lower(url, out);
    if (url_has(url, CURLUPART_PORT)) {
        buf_put_char(out, ':');
        if (put_part(url, CURLUPART_PORT, out) < 0)
            goto out;
    }
    if (put_part(url, CURLUPART_PATH, out) < 0 || buf_check(out) < 0)
        goto out;
    while (out->len > start && out->data[out->len - 1] == '/')
        out->data[--out->len] = '\0';
    result = 0;
out:
    curl_url_cleanup(url);
    return result;
}

/* The connection. */

/* libcurl's own option setters are macros with type checks that take one option at a time; each failure is the same to
 * us. */
static int set_defaults(CURL *curl)
{
    bool fine = curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
#if LIBCURL_VERSION_NUM >= 0x075500
                curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
#else
                curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS)) == CURLE_OK &&
#endif
                curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_TIMEOUT, TOTAL_SECONDS) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, STALL_SECONDS) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_USERAGENT, "burgerpanel/" BURGERPANEL_VERSION) == CURLE_OK;
    return fine ? 0 : -1;
}

struct http *http_open(const char *url, const struct retry_policy *policy)
{
    static bool started;
    if (!started && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return NULL;
    started = true;
    /* A connection that breaks while we write is an answer like any other, not the end of the program. */
    signal(SIGPIPE, SIG_IGN);
    struct http *http = mem_calloc(1, sizeof *http);
    if (!http)
        return NULL;
    http->policy = policy;
    http->url = mem_copy_text(url, strlen(url));
    http->curl = curl_easy_init();
    if (!http->url || !http->curl || set_defaults(http->curl) < 0) {
        http_close(http);
        return NULL;
    }
    return http;
}

void http_close(struct http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->curl);
    mem_free(http->url);
    mem_free(http);
}

void http_set_policy(struct http *http, const struct retry_policy *policy)
{
    http->policy = policy;
}

void http_answer_init(struct http_answer *answer)
{
    *answer = (struct http_answer){.retry_after = -1, .why = ""};
    buf_init(&answer->body, HTTP_ANSWER_MAX);
}

void http_answer_free(struct http_answer *answer)
{
    buf_free(&answer->body);
}

/* One try. */

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct http_answer *answer = context;
    buf_put(&answer->body, bytes, size * count);
    return buf_check(&answer->body) == 0 ? size * count : 0;
}

/* The value of header `name` when `line` is that header: trimmed, *len characters. */
static const char *header_value(const char *line, size_t line_len, const char *name, size_t *len)
{
    size_t skip = strlen(name);
    if (line_len <= skip || line[skip] != ':' || strncasecmp(line, name, skip) != 0)
        return NULL;
    skip++;
    while (skip < line_len && (line[skip] == ' ' || line[skip] == '\t'))
        skip++;
    while (line_len > skip && strchr("\r\n \t", line[line_len - 1]))
        line_len--;
    *len = line_len - skip;
    return line + skip;
}

static size_t take_header(char *line, size_t size, size_t count, void *context)
{
    struct http_answer *answer = context;
    size_t len;
    const char *value = header_value(line, size * count, "ETag", &len);
    if (value && len < sizeof answer->etag) {
        memcpy(answer->etag, value, len);
        answer->etag[len] = '\0';
    }
    value = header_value(line, size * count, "Date", &len);
    char date[64];
    if (value && len < sizeof date) {
        memcpy(date, value, len);
        date[len] = '\0';
        time_t time = curl_getdate(date, NULL);
        answer->server_time = time > 0 ? (int64_t)time : 0;
    }
    return size * count;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
    struct buf line;
    buf_init(&line, REQUEST_HEADERS_MAX);
    buf_printf(&line, "%s: %s", name, value);
    struct curl_slist *longer = buf_check(&line) == 0 ? curl_slist_append(list, buf_text(&line)) : NULL;
    buf_free(&line);
    if (!longer)
        curl_slist_free_all(list);
    return longer;
}

static struct curl_slist *request_headers(const struct http_request *request)
{
    /* Without this libcurl waits up to a second for leave to send a long body. */
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    if (list && request->content_type)
        list = add_header(list, "Content-Type", request->content_type);
    if (list && request->etag && *request->etag)
        list = add_header(list, "If-None-Match", request->etag);
    return list;
}

static int set_request(struct http *http, const struct http_request *request, const char *url,
                       struct curl_slist *headers)
{
    CURL *curl = http->curl;
    bool fine = curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK;
    if (fine && request->content_type)
        fine = curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
               curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->len) == CURLE_OK &&
               curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body) == CURLE_OK;
    else if (fine)
        fine = curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L) == CURLE_OK;
    return fine ? 0 : -1;
}

static enum http_transfer transfer_of(CURLcode code)
{
    switch ((int)code) { /* as int: libcurl's list is long and grows */
    case CURLE_OK:
        return TRANSFER_ANSWERED;
    case CURLE_WRITE_ERROR:
        return TRANSFER_TOO_LONG;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return TRANSFER_UNTRUSTED;
    default:
        return TRANSFER_UNREACHED;
    }
}

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

static void reset_answer(struct http_answer *answer, size_t answer_max)
{
    buf_free(&answer->body);
    http_answer_init(answer);
    buf_init(&answer->body, answer_max ? answer_max : HTTP_ANSWER_MAX);
}

static void try_once(struct http *http, struct http_answer *answer)
{
    CURL *curl = http->curl;
    if (curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer) != CURLE_OK) {
        answer->transfer = TRANSFER_UNREACHED;
        answer->why = "out of memory";
        return;
    }
    CURLcode code = curl_easy_perform(curl);
    answer->transfer = transfer_of(code);
    answer->why = code == CURLE_OK ? "" : curl_easy_strerror(code);
    if (code != CURLE_OK)
        return;
    long status = 0;
    curl_off_t wait = 0;
    if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status > 0)
        answer->status = (unsigned)status;
    if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK && wait > 0)
        answer->retry_after = wait;
    read_problem(answer);
}

/* Trying again. */

static enum http_outcome try_until_settled(struct http *http, size_t answer_max, struct http_answer *answer)
{
    for (unsigned attempt = 1;; attempt++) {
        reset_answer(answer, answer_max);
        try_once(http, answer);
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
    enum http_outcome outcome = HTTP_RETRY;
    struct buf url;
    buf_init(&url, HTTP_URL_MAX * 2);
    buf_put_text(&url, http->url);
    buf_put_text(&url, request->path);
    struct curl_slist *headers = request_headers(request);
    reset_answer(answer, request->answer_max);
    answer->transfer = TRANSFER_UNREACHED;
    answer->why = "out of memory";
    if (headers && buf_check(&url) == 0 && set_request(http, request, buf_text(&url), headers) == 0)
        outcome = try_until_settled(http, request->answer_max, answer);
    /* libcurl keeps the pointer, not the list: it must not outlive it there. */
    if (curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, NULL) != CURLE_OK)
        outcome = HTTP_RETRY;
    curl_slist_free_all(headers);
    buf_free(&url);
    return outcome;
}
