/* Manifest, service, files; then the newest event that names pages, with its receipt. */
#include "client/log/pages.h"
#include "base/json.h"
#include "base/lang.h"
#include "client/home/receipts.h"
#include "client/log/view.h"
#include "crypto/jws.h"
#include "panel/event.h"
#include <stdio.h>
#include <string.h>

#define PATH_SIZE 64
#define EVENTS_MAX ((size_t)4 * 1024 * 1024) /* bytes of one answer */

/* As http_do, of a GET that anybody may do. */
static enum pages_result get_as_stranger(struct pages_look *look, const char *path, size_t max)
{
    struct http_request request = {.path = path, .answer_max = max};
    switch (http_do(look->http, &request, look->answer)) {
    case HTTP_DONE:
        return PAGES_LOOKED;
    case HTTP_RETRY:
        return PAGES_AWAY;
    case HTTP_REFUSED:
        break;
    }
    error_set(look->error, ERROR_REFUSED, T("%s is not served", "%s wordt niet aangeboden"), path);
    return PAGES_REFUSED;
}

static enum pages_result get_manifest(struct pages_look *look)
{
    enum pages_result result = get_as_stranger(look, "/web/manifest", PAGE_MANIFEST_MAX);
    if (result != PAGES_LOOKED)
        return result;
    const struct buf *body = &look->answer->body;
    if (page_manifest_read(&look->manifest, buf_text(body), body->len, look->error) == 0)
        return PAGES_LOOKED;
    error_prefix(look->error, "/web/manifest");
    return PAGES_REFUSED;
}

/* Files. */

static int look_at_file(struct pages_look *look, const struct page_file *file, const struct page_owner *owner)
{
    char url[PAGE_URL_SIZE];
    page_url(file->path, url);
    enum pages_result got = get_as_stranger(look, url, PAGE_FILE_MAX);
    if (got == PAGES_AWAY)
        return -1;
    const struct buf *body = &look->answer->body;
    int named = got == PAGES_LOOKED ? page_is_as_named(file, buf_text(body), body->len, &look->manifest, owner) : 0;
    if (named == 0) {
        look->wrong++;
        look->found(look->context, file->path, got == PAGES_LOOKED);
    }
    return named < 0 ? error_no_memory(look->error) : 0;
}

/* With what the operator says of itself, which stands on the pages. */
static enum pages_result look_at_files(struct pages_look *look)
{
    enum pages_result result = get_as_stranger(look, "/v1/service", HTTP_ANSWER_MAX);
    if (result != PAGES_LOOKED)
        return result;
    struct json *service = json_parse(buf_text(&look->answer->body), look->answer->body.len, NULL);
    const char *release = json_text(json_member(service, "release"));
    const struct page_owner owner = {.organisation = json_text(json_member(service, "organisation")),
                                     .phone = json_text(json_member(service, "phone")),
                                     .mail = json_text(json_member(service, "mail")),
                                     .privacy_url = json_text(json_member(service, "privacyUrl")),
                                     .accessibility_url = json_text(json_member(service, "accessibilityUrl"))};
    if (!release || strcmp(release, look->manifest.release) != 0) {
        error_set(look->error, ERROR_REFUSED, "%s",
                  T("/v1/service names another release than /web/manifest",
                    "/v1/service noemt een andere uitgave dan /web/manifest"));
        result = PAGES_REFUSED;
    }
    for (size_t i = 0; i < look->manifest.count && result == PAGES_LOOKED; i++)
        if (look_at_file(look, &look->manifest.files[i], &owner) < 0)
            result = look->answer->status == 0 ? PAGES_AWAY : PAGES_REFUSED;
    json_free(service);
    return result;
}

/* The log. */

/* The newest page-released so far. */
struct newest_pages {
    int64_t index; /* -1: none */
    uint8_t manifest[SHA256_BYTES];
    struct buf jws;
};

static int read_event_claims(const char *jws_text, struct event *out)
{
    struct jws jws;
    struct buf payload;
    buf_init(&payload, JWS_MAX);
    int result = jws_parse(jws_text, strlen(jws_text), EVENT_TYP, &jws, NULL);
    if (result == 0)
        result = jws_decode_payload(&jws, &payload);
    if (result == 0)
        result = event_parse(buf_text(&payload), payload.len, out, NULL);
    buf_free(&payload);
    return result;
}

/* A line {"index":…,"jws":…}. *next is the index behind it. -1: it is none. */
static int take_event_line(struct newest_pages *newest, const char *line, size_t len, int64_t *next)
{
    struct json *entry = json_parse(line, len, NULL);
    const char *jws = json_text(json_member(entry, "jws"));
    struct event event;
    int64_t index;
    int result = jws && json_integer(json_member(entry, "index"), &index) == 0 && index >= *next
                     ? read_event_claims(jws, &event)
                     : -1;
    if (result == 0) {
        *next = index + 1;
        if (event.kind == EVENT_PAGE_RELEASED) {
            newest->index = index;
            memcpy(newest->manifest, event.manifest, SHA256_BYTES);
            buf_reset(&newest->jws);
            buf_put_text(&newest->jws, jws);
        }
        event_free(&event);
    }
    json_free(entry);
    return result;
}

/* All lines of an answer. *any: there was one. */
static int take_event_lines(struct newest_pages *newest, const struct buf *body, int64_t *next, bool *any)
{
    const char *text = buf_text(body);
    *any = body->len > 0;
    for (size_t at = 0; at < body->len;) {
        const char *end = memchr(text + at, '\n', body->len - at);
        size_t len = end ? (size_t)(end - text) - at : body->len - at;
        if (take_event_line(newest, text + at, len, next) < 0)
            return -1;
        at += len + 1;
    }
    return 0;
}

static enum pages_result find_newest(struct pages_look *look, struct newest_pages *newest)
{
    int64_t next = 0;
    for (bool any = true; any;) {
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "/v1/events?from=%lld", (long long)next);
        enum pages_result result = get_as_stranger(look, path, EVENTS_MAX);
        if (result != PAGES_LOOKED)
            return result;
        if (take_event_lines(newest, &look->answer->body, &next, &any) < 0) {
            error_set(look->error, ERROR_REFUSED, "%s",
                      T("a line of /v1/events is no event", "een regel van /v1/events is geen gebeurtenis"));
            return PAGES_REFUSED;
        }
    }
    return PAGES_LOOKED;
}

/* That the log holds the event is shown by its receipt, and not by who says so. */
static enum pages_result prove_event(struct pages_look *look, const struct newest_pages *newest)
{
    char path[PATH_SIZE];
    struct receipts_proof proof;
    if (view_pin(&look->log, look->http, look->answer) != VIEW_HAD)
        return look->answer->status == 0 ? PAGES_AWAY : PAGES_REFUSED;
    snprintf(path, sizeof path, "/v1/receipts/%lld", (long long)newest->index);
    enum pages_result result = get_as_stranger(look, path, HTTP_ANSWER_MAX);
    if (result != PAGES_LOOKED)
        return result;
    const struct member_receipt receipt = {
        .jws = slice_of(&newest->jws), .index = newest->index, .text = buf_text(&look->answer->body)};
    if (receipts_check(&receipt, &look->log->key, &proof, look->error) == 0)
        return PAGES_LOOKED;
    error_prefix(look->error, T("entry %lld", "regel %lld"), (long long)newest->index);
    return PAGES_REFUSED;
}

static enum pages_result look_for_event(struct pages_look *look)
{
    struct newest_pages newest = {.index = -1};
    char release[PAGE_RELEASE_SIZE];
    buf_init(&newest.jws, JWS_MAX);
    error_set(look->error, ERROR_REFUSED, "%s", T("it shows no log", "er wordt geen logboek getoond"));
    enum pages_result result = find_newest(look, &newest);
    base64url_encode(newest.manifest, sizeof newest.manifest, release);
    if (result == PAGES_LOOKED && newest.index >= 0 && strcmp(release, look->manifest.release) == 0) {
        result = prove_event(look, &newest);
        look->named_at = newest.index;
    }
    buf_free(&newest.jws);
    return result;
}

enum pages_result pages_look(struct pages_look *look)
{
    page_manifest_init(&look->manifest);
    look->wrong = 0;
    look->named_at = -1;
    look->log = NULL;
    enum pages_result result = get_manifest(look);
    if (result == PAGES_LOOKED)
        result = look_at_files(look);
    return result == PAGES_LOOKED ? look_for_event(look) : result;
}

void pages_wipe(struct pages_look *look)
{
    page_manifest_free(&look->manifest);
    pin_free(look->log);
    look->log = NULL;
}
