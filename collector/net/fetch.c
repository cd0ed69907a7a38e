/* One libcurl handle, one connection. */
#include "collector/net/fetch.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/mem.h"
#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define URL_MAX ((size_t)4096)
#define TRIES 3
#define FIRST_WAIT_MS 250
#define CONNECT_SECONDS 8L
#define TOTAL_SECONDS 300L
#define STALL_SECONDS 30L /* less than a byte a second for so long is a broken connection */

struct fetch {
    CURL *curl;
    struct buf url; /* without a slash at the end */
    struct curl_slist *authorization; /* NULL for none */
};

/* Opening. */

static bool url_has(CURLU *url, CURLUPart part, const char *one, const char *other)
{
    char *text = NULL;
    bool has =
        curl_url_get(url, part, &text, 0) == CURLUE_OK && (!one || strcmp(text, one) == 0 || strcmp(text, other) == 0);
    curl_free(text);
    return has;
}

static bool url_is_good(CURLU *url)
{
    static const CURLUPart unwanted[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT};
    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++)
        if (url_has(url, unwanted[i], NULL, NULL))
            return false;
    return url_has(url, CURLUPART_SCHEME, "http", "https");
}

static int take_url(struct fetch *fetch, const char *typed)
{
    CURLU *url = curl_url();
    char *text = NULL;
    if (url && curl_url_set(url, CURLUPART_URL, typed, 0) == CURLUE_OK && url_is_good(url) &&
        curl_url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK)
        buf_put_text(&fetch->url, text);
    curl_free(text);
    curl_url_cleanup(url);
    while (fetch->url.len > 0 && fetch->url.data[fetch->url.len - 1] == '/')
        fetch->url.data[--fetch->url.len] = '\0';
    return fetch->url.len > 0 ? 0 : -1;
}

static int take_token(struct fetch *fetch, const char *token)
{
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char line[FETCH_TOKEN_MAX + 32];
    if (!token)
        return 0;
    if (token[0] == '\0' || strlen(token) > FETCH_TOKEN_MAX || strspn(token, good) != strlen(token))
        return -1;
    snprintf(line, sizeof line, "Authorization: Bearer %s", token);
    fetch->authorization = curl_slist_append(NULL, line);
    mem_wipe(line, sizeof line);
    return fetch->authorization ? 0 : -1;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct buf *out = context;
    buf_put(out, bytes, size * count);
    return buf_check(out) == 0 ? size * count : 0;
}

static int set_manners(CURL *curl)
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
                curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_USERAGENT, "burgerpanel-collector/" BURGERPANEL_VERSION) == CURLE_OK;
    return fine ? 0 : -1;
}

struct fetch *fetch_open(const char *url, const char *token, char error[static FETCH_ERROR_SIZE])
{
    struct fetch *fetch = mem_calloc(1, sizeof *fetch);
    const char *why = T("out of memory", "te weinig geheugen");
    if (fetch && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {
        /* A connection that breaks while we write is an answer like any other, not the end of the program. */
        signal(SIGPIPE, SIG_IGN);
        buf_init(&fetch->url, URL_MAX);
        fetch->curl = curl_easy_init();
        if (take_url(fetch, url))
            why = T("the URL must be as https://panel.example.nl", "de URL moet zijn zoals https://panel.example.nl");
        else if (take_token(fetch, token))
            why = T("that is no access token", "dat is geen toegangstoken");
        else if (fetch->curl && set_manners(fetch->curl) == 0)
            return fetch;
    }
    snprintf(error, FETCH_ERROR_SIZE, "%s", why);
    fetch_close(fetch);
    return NULL;
}

void fetch_close(struct fetch *fetch)
{
    if (!fetch)
        return;
    if (fetch->authorization)
        mem_wipe(fetch->authorization->data, strlen(fetch->authorization->data));
    curl_easy_cleanup(fetch->curl); /* before the list that it points to */
    curl_slist_free_all(fetch->authorization);
    buf_free(&fetch->url);
    mem_free(fetch);
}

/* Fetching. */

static void explain(const char *path, CURLcode code, unsigned status, char error[static FETCH_ERROR_SIZE])
{
    if (code == CURLE_WRITE_ERROR)
        snprintf(error, FETCH_ERROR_SIZE,
                 T("%s: the answer is longer than it may be", "%s: het antwoord is langer dan het mag zijn"), path);
    else if (code != CURLE_OK)
        snprintf(error, FETCH_ERROR_SIZE, "%s: %s", path, curl_easy_strerror(code));
    else if (status == 401)
        snprintf(error, FETCH_ERROR_SIZE,
                 T("%s: the token is unknown, revoked or expired (HTTP 401)",
                   "%s: het token is onbekend, ingetrokken of verlopen (HTTP 401)"),
                 path);
    else if (status == 403)
        snprintf(
            error, FETCH_ERROR_SIZE,
            T("%s: the token is not an auditor's (HTTP 403)", "%s: het token is niet dat van een auditor (HTTP 403)"),
            path);
    else
        snprintf(error, FETCH_ERROR_SIZE, T("%s: unexpected answer (HTTP %u)", "%s: onverwacht antwoord (HTTP %u)"),
                 path, status);
}

/* Whether it is worth another try. */
static bool may_pass(CURLcode code, unsigned status)
{
    switch ((int)code) { /* as int: libcurl's list is long and grows */
    case CURLE_OK:
        return status == 429 || status >= 500;
    case CURLE_WRITE_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_OUT_OF_MEMORY:
        return false;
    default:
        return true;
    }
}

static CURLcode try_once(struct fetch *fetch, struct buf *body, unsigned *status)
{
    long got = 0;
    *status = 0;
    buf_reset(body);
    CURLcode code = curl_easy_setopt(fetch->curl, CURLOPT_WRITEDATA, body);
    if (code == CURLE_OK)
        code = curl_easy_perform(fetch->curl);
    if (code == CURLE_OK && curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &got) == CURLE_OK && got > 0)
        *status = (unsigned)got;
    return code;
}

static CURLcode try_often(struct fetch *fetch, struct buf *body, unsigned *status)
{
    int64_t wait = FIRST_WAIT_MS;
    for (int attempt = 1;; attempt++, wait *= 4) {
        CURLcode code = try_once(fetch, body, status);
        if (attempt == TRIES || !may_pass(code, *status))
            return code;
        clock_sleep_ms(wait);
    }
}

int fetch_get(struct fetch *fetch, const struct fetch_request *request, struct buf *out, unsigned *status,
              char error[static FETCH_ERROR_SIZE])
{
    struct buf url, body;
    buf_init(&url, URL_MAX * 2);
    buf_init(&body, out->max - out->len);
    buf_printf(&url, "%s%s", buf_text(&fetch->url), request->path);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    *status = 0;
    if (buf_check(&url) == 0 && curl_easy_setopt(fetch->curl, CURLOPT_URL, buf_text(&url)) == CURLE_OK &&
        curl_easy_setopt(fetch->curl, CURLOPT_HTTPHEADER, request->with_token ? fetch->authorization : NULL) ==
            CURLE_OK)
        code = try_often(fetch, &body, status);
    bool fine = code == CURLE_OK && *status == 200;
    if (fine)
        buf_put(out, buf_text(&body), body.len);
    else
        explain(request->path, code, *status, error);
    buf_free(&url);
    buf_free(&body);
    return fine ? buf_check(out) : -1;
}
