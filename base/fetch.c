/* One libcurl handle. What it reports of TLS is told apart by the number that OpenSSL gives each fault; under another
 * TLS library it all is FETCH_UNTRUSTED. */
#include "base/fetch.h"
#include "base/lookup.h"
#include "base/mem.h"
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECT_SECONDS 8L
#define STALL_SECONDS 30L /* less than a byte a second for so long is a broken connection */
#define HEADER_LINE_MAX ((size_t)4096)
#define NAMES_MAX ((size_t)2048) /* of a host, its port and addresses */

struct fetch {
    CURL *curl;
    enum reach reach;
    bool barred; /* the last request met an address out of it */
    bool looks_up; /* names itself, and uses no proxy */
};

/* Where libcurl's callbacks put what comes. */
struct sink {
    struct fetch_answer *answer;
    const char *wanted; /* the header that is kept, or NULL */
    bool leaves_body;
    size_t head_len; /* bytes of its head so far */
};

/* URLs. */

static int put_url_part(CURLU *url, CURLUPart part, struct buf *out)
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

static bool is_service_url(CURLU *url)
{
    static const CURLUPart unwanted[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT};
    for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++)
        if (url_has(url, unwanted[i]))
            return false;
    char *scheme = NULL;
    if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return false;
    bool known = strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
    curl_free(scheme);
    return known;
}

static void put_host(CURLU *url, struct buf *out)
{
    size_t start = out->len;
    if (put_url_part(url, CURLUPART_HOST, out) < 0)
        out->failed = true;
    for (size_t i = start; i < out->len; i++)
        if (out->data[i] >= 'A' && out->data[i] <= 'Z')
            out->data[i] = (char)(out->data[i] - 'A' + 'a');
}

int fetch_normalise_url(const char *typed, struct buf *out)
{
    CURLU *url = curl_url();
    size_t start = out->len;
    int result = -1;
    if (!url || curl_url_set(url, CURLUPART_URL, typed, 0) != CURLUE_OK || !is_service_url(url))
        goto out;
    if (put_url_part(url, CURLUPART_SCHEME, out) < 0)
        goto out;
    buf_put_text(out, "://");
    put_host(url, out);
    if (url_has(url, CURLUPART_PORT)) {
        buf_put_char(out, ':');
        if (put_url_part(url, CURLUPART_PORT, out) < 0)
            goto out;
    }
    if (put_url_part(url, CURLUPART_PATH, out) < 0 || buf_check(out) < 0)
        goto out;
    while (out->len > start && out->data[out->len - 1] == '/')
        out->data[--out->len] = '\0';
    result = 0;
out:
    curl_url_cleanup(url);
    return result;
}

/* What comes back. */

void fetch_answer_init(struct fetch_answer *answer, size_t max)
{
    *answer = (struct fetch_answer){.retry_after = -1};
    buf_init(&answer->body, max);
}

void fetch_answer_free(struct fetch_answer *answer)
{
    buf_free(&answer->body);
}

static void empty_answer(struct fetch_answer *answer)
{
    struct buf body = answer->body;
    buf_reset(&body);
    *answer = (struct fetch_answer){.retry_after = -1, .body = body};
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

/* Copies the header's value, where the line is that header and the value fits. */
static bool copy_header(const char *line, size_t line_len, const char *name, char *out, size_t size)
{
    size_t len;
    const char *value = header_value(line, line_len, name, &len);
    if (!value || len >= size)
        return false;
    memcpy(out, value, len);
    out[len] = '\0';
    return true;
}

static size_t take_header(char *line, size_t size, size_t count, void *context)
{
    struct sink *sink = context;
    size_t len = size * count;
    char date[64];
    sink->head_len += len;
    if (sink->head_len > FETCH_HEADERS_MAX)
        return 0;
    copy_header(line, len, "ETag", sink->answer->etag, sizeof sink->answer->etag);
    if (sink->wanted)
        copy_header(line, len, sink->wanted, sink->answer->wanted, sizeof sink->answer->wanted);
    if (copy_header(line, len, "Date", date, sizeof date)) {
        time_t time = curl_getdate(date, NULL);
        sink->answer->date = time > 0 ? (int64_t)time : 0;
    }
    return len;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct sink *sink = context;
    if (sink->leaves_body)
        return size * count;
    buf_put(&sink->answer->body, bytes, size * count);
    return buf_check(&sink->answer->body) == 0 ? size * count : 0;
}

/* The connection. */

/* libcurl's own option setters are macros with type checks that take one option at a time; each failure is the same to
 * us. */
static int set_defaults(CURL *curl, const char *agent, long seconds)
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
                curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, STALL_SECONDS) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_USERAGENT, agent) == CURLE_OK;
    return fine ? 0 : -1;
}

/* Of one's own, where an organisation signs its own certificates. Empty counts as none. */
const char *fetch_authorities(void)
{
    const char *file = getenv("BURGERPANEL_CA_FILE");
    return file && *file != '\0' ? file : NULL;
}

static int set_authorities(CURL *curl)
{
    const char *file = fetch_authorities();
    return !file || curl_easy_setopt(curl, CURLOPT_CAINFO, file) == CURLE_OK ? 0 : -1;
}

/* Where it may go. */

static void read_address(const struct sockaddr *from, uint8_t out[static 16])
{
    static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff};
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    memset(out, 0, 16); /* the unspecified address: in no reach but any */
    if (from->sa_family == AF_INET) {
        memcpy(&v4, from, sizeof v4);
        memcpy(out, mapped, 16);
        memcpy(out + 12, &v4.sin_addr, 4);
    } else if (from->sa_family == AF_INET6) {
        memcpy(&v6, from, sizeof v6);
        memcpy(out, &v6.sin6_addr, 16);
    }
}

/* libcurl asks for a socket with the very address that it then connects it to. */
static curl_socket_t open_in_reach(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct fetch *fetch = context;
    uint8_t address[16];
    (void)purpose;
    read_address(&to->addr, address);
    if (reach_has(fetch->reach, address))
        return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
    fetch->barred = true;
    return CURL_SOCKET_BAD;
}

static int set_reach(struct fetch *fetch)
{
    bool free = fetch->reach == REACH_ANYWHERE;
    return curl_easy_setopt(fetch->curl, CURLOPT_OPENSOCKETDATA, fetch) == CURLE_OK &&
                   curl_easy_setopt(fetch->curl, CURLOPT_OPENSOCKETFUNCTION, free ? NULL : open_in_reach) == CURLE_OK &&
                   curl_easy_setopt(fetch->curl, CURLOPT_PROXY, free && !fetch->looks_up ? NULL : "") == CURLE_OK &&
                   curl_easy_setopt(fetch->curl, CURLOPT_FORBID_REUSE, (long)fetch->looks_up) == CURLE_OK
               ? 0
               : -1;
}

void fetch_confine(struct fetch *fetch, enum reach reach)
{
    fetch->reach = reach;
}

void fetch_look_up_itself(struct fetch *fetch)
{
    fetch->looks_up = true;
}

bool fetch_was_barred(const struct fetch *fetch)
{
    return fetch->barred;
}

struct fetch *fetch_open(const char *agent, long seconds)
{
    static bool started;
    if (!started && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return NULL;
    started = true;
    /* A connection that breaks while we write is an answer like any other, not the end of the program. */
    signal(SIGPIPE, SIG_IGN);
    struct fetch *fetch = mem_calloc(1, sizeof *fetch);
    if (!fetch)
        return NULL;
    fetch->curl = curl_easy_init();
    if (fetch->curl && set_defaults(fetch->curl, agent, seconds) == 0 && set_authorities(fetch->curl) == 0)
        return fetch;
    fetch_close(fetch);
    return NULL;
}

void fetch_close(struct fetch *fetch)
{
    if (!fetch)
        return;
    curl_easy_cleanup(fetch->curl);
    mem_free(fetch);
}

/* How it went. */

/* verify(1) of OpenSSL has these numbers. */
static enum fetch_outcome sort_certificate(CURL *curl)
{
    long fault = 0;
    const curl_version_info_data *version = curl_version_info(CURLVERSION_NOW);
    if (!version->ssl_version || strncmp(version->ssl_version, "OpenSSL", 7) != 0 ||
        curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &fault) != CURLE_OK)
        return FETCH_UNTRUSTED;
    switch (fault) {
    case 0:
    case 1: /* OpenSSL has found nothing wrong, so libcurl itself has, with the name; it begins with 1 */
    case 62: /* host name mismatch */
    case 64: /* address mismatch */
        return FETCH_WRONG_NAME;
    case 9: /* not yet valid */
    case 10: /* has expired */
        return FETCH_EXPIRED;
    case 2: /* no issuer */
    case 18: /* self-signed */
    case 19: /* self-signed at the end of the chain */
    case 20: /* no issuer here */
    case 21: /* a chain of one that can't be verified */
        return FETCH_UNKNOWN_ISSUER;
    default:
        return FETCH_UNTRUSTED;
    }
}

static enum fetch_outcome sort_connect(CURL *curl)
{
    long number = 0;
    bool told = curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &number) == CURLE_OK;
    return told && number == ECONNREFUSED ? FETCH_REFUSED : FETCH_UNREACHABLE;
}

static enum fetch_outcome sort_code(CURL *curl, CURLcode code)
{
    switch ((int)code) { /* as int: libcurl's list is long and grows */
    case CURLE_OK:
        return FETCH_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return FETCH_UNRESOLVED;
    case CURLE_COULDNT_CONNECT:
        return sort_connect(curl);
    case CURLE_OPERATION_TIMEDOUT:
        return FETCH_TIMED_OUT;
    case CURLE_OUT_OF_MEMORY:
        return FETCH_NO_MEMORY;
    case CURLE_WRITE_ERROR: /* one of the two above that take bytes has said no */
        return FETCH_TOO_LONG;
    case CURLE_PEER_FAILED_VERIFICATION:
        return sort_certificate(curl);
    case CURLE_SSL_CACERT_BADFILE:
        return FETCH_NO_AUTHORITIES;
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return FETCH_UNTRUSTED;
    default:
        return FETCH_BROKEN;
    }
}

/* Asking. */

static struct curl_slist *longer_list(struct curl_slist *list, const struct fetch_header *header)
{
    struct buf line;
    buf_init(&line, HEADER_LINE_MAX);
    buf_expect(&line, strlen(header->name) + strlen(header->value) + 2);
    buf_printf(&line, "%s: %s", header->name, header->value);
    struct curl_slist *longer = buf_check(&line) == 0 ? curl_slist_append(list, buf_text(&line)) : NULL;
    buf_wipe(&line);
    return longer;
}

static void free_headers(struct curl_slist *list)
{
    for (struct curl_slist *at = list; at; at = at->next)
        mem_wipe(at->data, strlen(at->data));
    curl_slist_free_all(list);
}

static struct curl_slist *make_headers(const struct fetch_request *request)
{
    /* Without this libcurl waits up to a second for leave to send a long body. */
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"), *longer = list;
    if (longer && request->content_type)
        longer = longer_list(list, &(struct fetch_header){"Content-Type", request->content_type});
    for (const struct fetch_header *header = request->headers; longer && header && header->name; header++)
        longer = longer_list(list, header);
    if (longer)
        return list;
    free_headers(list);
    return NULL;
}

static int set_request(CURL *curl, const struct fetch_request *request, struct curl_slist *headers, struct sink *sink)
{
    bool fine = curl_easy_setopt(curl, CURLOPT_URL, request->url) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_WRITEDATA, sink) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_HEADERDATA, sink) == CURLE_OK;
    if (fine && request->content_type)
        fine = curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
               curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->len) == CURLE_OK &&
               curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body) == CURLE_OK;
    else if (fine)
        fine = curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L) == CURLE_OK;
    return fine ? 0 : -1;
}

/* Puts HOST:PORT:ADDRESS,ADDRESS, as libcurl takes them. */
static enum fetch_outcome put_addresses(CURLU *url, struct buf *out)
{
    char *host = NULL, *port = NULL;
    enum fetch_outcome outcome = FETCH_NO_MEMORY;
    if (curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK && host[0] == '[') {
        outcome = FETCH_ANSWERED; /* an address: there is nothing to find */
    } else if (host && curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK) {
        buf_printf(out, "%s:%s:", host, port);
        outcome = lookup_put(out, host) == 0 ? FETCH_ANSWERED : FETCH_UNRESOLVED;
    }
    curl_free(host);
    curl_free(port);
    return outcome;
}

/* Has libcurl connect to what is found here, in the place of what it found before; *names is to be freed after the
 * request. FETCH_ANSWERED: it may go on. */
static enum fetch_outcome look_up_host(struct fetch *fetch, const char *typed, struct curl_slist **names)
{
    CURLU *url = curl_url();
    struct buf line;
    buf_init(&line, NAMES_MAX);
    enum fetch_outcome outcome = FETCH_NO_MEMORY;
    if (url && curl_url_set(url, CURLUPART_URL, typed, 0) == CURLUE_OK)
        outcome = put_addresses(url, &line);
    if (outcome == FETCH_ANSWERED && line.len > 0)
        *names = buf_check(&line) == 0 ? curl_slist_append(NULL, buf_text(&line)) : NULL;
    if (outcome == FETCH_ANSWERED &&
        ((line.len > 0 && !*names) || curl_easy_setopt(fetch->curl, CURLOPT_RESOLVE, *names) != CURLE_OK))
        outcome = FETCH_NO_MEMORY;
    buf_free(&line);
    curl_url_cleanup(url);
    return outcome;
}

static void read_answer_head(CURL *curl, struct fetch_answer *answer)
{
    long status = 0;
    curl_off_t wait = 0;
    char *location = NULL;
    if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status > 0)
        answer->status = (unsigned)status;
    if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK && wait > 0)
        answer->retry_after = wait;
    if (curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location) == CURLE_OK && location &&
        strlen(location) < sizeof answer->location)
        memcpy(answer->location, location, strlen(location) + 1);
}

static enum fetch_outcome ask_once(struct fetch *fetch, const struct fetch_request *request, struct curl_slist *headers,
                                   struct fetch_answer *answer)
{
    struct sink sink = {.answer = answer, .wanted = request->wanted, .leaves_body = request->leaves_body};
    struct curl_slist *names = NULL;
    enum fetch_outcome outcome = FETCH_ANSWERED;
    if (set_reach(fetch) < 0 || set_request(fetch->curl, request, headers, &sink) < 0)
        return FETCH_NO_MEMORY;
    if (fetch->looks_up)
        outcome = look_up_host(fetch, request->url, &names);
    if (outcome == FETCH_ANSWERED)
        outcome = sort_code(fetch->curl, curl_easy_perform(fetch->curl));
    if (outcome == FETCH_ANSWERED)
        read_answer_head(fetch->curl, answer);
    if (curl_easy_setopt(fetch->curl, CURLOPT_RESOLVE, NULL) != CURLE_OK)
        outcome = FETCH_NO_MEMORY;
    curl_slist_free_all(names);
    return outcome;
}

enum fetch_outcome fetch_do(struct fetch *fetch, const struct fetch_request *request, struct fetch_answer *answer)
{
    struct curl_slist *headers = make_headers(request);
    empty_answer(answer);
    fetch->barred = false;
    answer->outcome = headers ? ask_once(fetch, request, headers, answer) : FETCH_NO_MEMORY;
    /* libcurl keeps pointers to these and does not use them before the next request sets them anew. */
    if (curl_easy_setopt(fetch->curl, CURLOPT_HTTPHEADER, NULL) != CURLE_OK)
        answer->outcome = FETCH_NO_MEMORY;
    free_headers(headers);
    return answer->outcome;
}
