/* The copy in the folder, the asking by ETag, whether what is shown is what the log names, and what the two texts
 * mean. */
#include "client/response/catalogue.h"
#include "base/file.h"
#include "base/json.h"
#include "client/home/path.h"
#include "panel/served.h"
#include <errno.h>
#include <string.h>

#define DOCUMENT_SIZE (BASE64URL_LENGTH(SHA256_BYTES) + 1)
#define DOCUMENT_PATH "/v1/documents/"
#define WRAPPING_MAX (FETCH_URL_MAX + 1024) /* around the body in a kept copy */

/* One of the two texts on its way from the collector or the folder to what it means. */
struct document {
    const char *file, *path;
    size_t max;
    void (*put_body)(struct buf *out, const struct json *served);
    struct buf body; /* what panel_parse or actions_parse_json reads */
    bool is_list; /* its document is the body, byte for byte; that of the definition is the file as imported */
    char etag[FETCH_ETAG_SIZE];
    char hash[DOCUMENT_SIZE]; /* of what the log names (PROTOCOL 6a), which the body was seen to be; "": not told */
    bool have, is_new;
    bool is_false; /* the body is not what the collector says that the log names */
};

/* Takes over a hash; what is none counts as not told. */
static void set_hash(char out[static DOCUMENT_SIZE], const char *text)
{
    uint8_t hash[SHA256_BYTES];
    bool is_hash = text && base64url_decode_exactly(text, strlen(text), hash, sizeof hash) == 0;
    if (is_hash)
        memcpy(out, text, DOCUMENT_SIZE);
    else
        out[0] = '\0';
}

/* The kept copy. */

static int load_copy(struct document *d, const char *folder, const char *url)
{
    char path[PATH_MAX];
    struct buf text;
    buf_init(&text, d->max + WRAPPING_MAX);
    int result = path_in_home(path, folder, "%s", d->file);
    if (result == 0 && file_read(path, &text) < 0)
        result = errno == ENOENT ? 0 : -1;
    struct json *kept = result == 0 ? json_parse(buf_text(&text), text.len, NULL) : NULL;
    const char *its_url = json_text(json_member(kept, "url"));
    const char *etag = json_text(json_member(kept, "etag"));
    const struct json *body = json_member(kept, "body");
    /* A copy that can't be read is as good as none: it is fetched again. */
    if (its_url && strcmp(its_url, url) == 0 && etag && strlen(etag) < sizeof d->etag && body) {
        memcpy(d->etag, etag, strlen(etag) + 1);
        set_hash(d->hash, json_text(json_member(kept, "named")));
        json_put_value(&d->body, body);
        d->have = true;
    }
    json_free(kept);
    buf_free(&text);
    return result;
}

static int keep_copy(struct document *d, const char *folder, const char *url)
{
    char path[PATH_MAX];
    struct buf text;
    int result = -1;
    buf_init(&text, d->max + WRAPPING_MAX);
    buf_put_text(&text, "{\"url\":");
    json_put_text(&text, url);
    buf_put_text(&text, ",\"etag\":");
    json_put_text(&text, d->etag);
    buf_put_text(&text, ",\"named\":");
    json_put_text(&text, d->hash);
    buf_put_text(&text, ",\"body\":");
    buf_put(&text, d->body.data, d->body.len);
    buf_put_text(&text, "}\n");
    if (buf_check(&text) < 0)
        errno = ENOMEM;
    else if (path_in_home(path, folder, "%s", d->file) == 0)
        result = file_write(path, buf_text(&text), text.len);
    buf_free(&text);
    return result;
}

/* Asking. */

static bool is_document(const struct buf *bytes, const char *hash)
{
    uint8_t found[SHA256_BYTES];
    char text[DOCUMENT_SIZE];
    crypto_sha256(buf_text(bytes), bytes->len, found);
    base64url_encode(found, sizeof found, text);
    return strcmp(text, hash) == 0;
}

/* Fetches the document of that hash, which anyone may, and holds the body against it. d->is_false only on the
 * collector's own word: the document itself, or that it has none. All else is of someone in between. */
static enum http_outcome hold_against_document(struct document *d, const struct buf *body, const char *hash,
                                               struct http *http, struct http_answer *answer)
{
    char path[sizeof DOCUMENT_PATH + DOCUMENT_SIZE] = DOCUMENT_PATH;
    struct http_request request = {.path = path, .answer_max = PANEL_JSON_MAX};
    memcpy(path + strlen(DOCUMENT_PATH), hash, DOCUMENT_SIZE);
    enum http_outcome outcome = http_do(http, &request, answer);
    bool is_none = answer->status == 404 && answer->problem == PROBLEM_NOT_FOUND;
    if (!is_none && outcome != HTTP_DONE)
        return outcome;
    if (!is_none && !is_document(&answer->body, hash))
        return HTTP_REFUSED;
    int means = is_none ? 0 : served_is_definition(&answer->body, body);
    if (means < 0)
        return HTTP_RETRY;
    d->is_false = means == 0;
    return HTTP_DONE;
}

/* What a member signs names what was asked by the hash that the collector tells; so what it shows has to be that.
 * HTTP_DONE: `body`, which it shows now, was looked at, and d->is_false says what came of it. `answer` becomes that
 * to the further request, where one was needed. */
static enum http_outcome hold_against_log(struct document *d, const struct buf *body, const char *hash,
                                          struct http *http, struct http_answer *answer)
{
    bool is_known = body == &d->body && strcmp(hash, d->hash) == 0;
    if (*hash == '\0' || is_known || buf_check(body) < 0)
        return HTTP_DONE;
    if (!d->is_list)
        return hold_against_document(d, body, hash, http, answer);
    d->is_false = !is_document(body, hash);
    return HTTP_DONE;
}

static void take_shown(struct document *d, struct buf *body, const char *etag)
{
    struct buf before = d->body;
    d->body = *body;
    *body = before;
    memcpy(d->etag, etag, sizeof d->etag);
    d->have = true;
}

static enum http_outcome ask_for_document(struct document *d, struct http *http, struct http_answer *answer)
{
    char hash[DOCUMENT_SIZE], etag[FETCH_ETAG_SIZE];
    struct http_request request = {
        .path = d->path, .etag = d->have ? d->etag : "", .answer_max = d->max, .wanted = "Document"};
    enum http_outcome outcome = http_do(http, &request, answer);
    if (outcome != HTTP_DONE)
        return outcome;
    memcpy(etag, answer->etag, sizeof etag);
    set_hash(hash, answer->wanted);
    bool is_kept = answer->status == 304;
    struct json *served = is_kept ? NULL : json_parse(buf_text(&answer->body), answer->body.len, NULL);
    if (!is_kept && !served)
        return HTTP_REFUSED; /* someone in between, such as a portal that wants a login: the kept copy is better */
    struct buf body;
    buf_init(&body, d->max);
    if (served)
        d->put_body(&body, served);
    json_free(served);
    outcome = hold_against_log(d, is_kept ? &d->body : &body, hash, http, answer);
    if (outcome == HTTP_DONE && !d->is_false) {
        d->is_new = !is_kept || strcmp(d->hash, hash) != 0; /* an import that changes nothing that is shown */
        memcpy(d->hash, hash, sizeof d->hash);
        if (!is_kept)
            take_shown(d, &body, etag);
    }
    buf_free(&body);
    return outcome;
}

/* Both from the folder, and then, if there is anyone to ask, from the collector. FRESH or KEPT when both are there. */
static enum catalogue_result gather_documents(struct document d[2], const char *folder, const char *url,
                                              struct http *http, struct http_answer *answer)
{
    bool fresh = http != NULL;
    for (int i = 0; i < 2; i++)
        if (load_copy(&d[i], folder, url) < 0)
            return CATALOGUE_FAILED;
    for (int i = 0; i < 2 && fresh; i++) {
        fresh = ask_for_document(&d[i], http, answer) == HTTP_DONE;
        if (d[i].is_false)
            return CATALOGUE_FALSE;
    }
    if (!d[0].have || !d[1].have)
        return CATALOGUE_NONE;
    if (buf_check(&d[0].body) < 0 || buf_check(&d[1].body) < 0) {
        errno = ENOMEM;
        return CATALOGUE_FAILED;
    }
    return fresh ? CATALOGUE_FRESH : CATALOGUE_KEPT;
}

/* Both were checked as they were set. */
static void put_context(struct catalogue *out, const struct document d[2])
{
    uint8_t hashes[2][SHA256_BYTES], context[SHA256_BYTES];
    for (int i = 0; i < 2; i++)
        if (base64url_decode_exactly(d[i].hash, strlen(d[i].hash), hashes[i], sizeof hashes[i]) < 0)
            return;
    response_context(hashes[0], hashes[1], context);
    base64url_encode(context, sizeof context, out->context);
}

static int parse_documents(struct catalogue *out, const struct document d[2])
{
    struct faults faults;
    faults_init(&faults);
    out->panel = panel_parse(buf_text(&d[0].body), d[0].body.len, &faults);
    out->actions = actions_parse_json(buf_text(&d[1].body), d[1].body.len, NULL);
    faults_free(&faults);
    put_context(out, d);
    if (out->panel && out->actions)
        return 0;
    catalogue_free(out);
    return -1;
}

static int keep_new(struct document d[2], const char *folder, const char *url)
{
    for (int i = 0; i < 2; i++)
        if (d[i].is_new && keep_copy(&d[i], folder, url) < 0)
            return -1;
    return 0;
}

enum catalogue_result catalogue_get(struct catalogue *out, const char *folder, const char *url, struct http *http,
                                    struct http_answer *answer)
{
    struct catalogue catalogue = {0};
    struct document d[2] = {
        {.file = "panel.json", .path = "/v1/panel", .max = SERVED_PANEL_MAX, .put_body = served_put_definition},
        {.file = "actions.json",
         .path = "/v1/actions",
         .max = SERVED_ACTIONS_MAX,
         .put_body = served_put_actions,
         .is_list = true},
    };
    buf_init(&d[0].body, d[0].max);
    buf_init(&d[1].body, d[1].max);
    enum catalogue_result result = gather_documents(d, folder, url, http, answer);
    if (result == CATALOGUE_FRESH || result == CATALOGUE_KEPT) {
        if (parse_documents(&catalogue, d) < 0)
            result = CATALOGUE_BAD;
        else if (keep_new(d, folder, url) < 0)
            result = CATALOGUE_FAILED;
        else
            *out = catalogue;
    }
    if (result == CATALOGUE_FAILED)
        catalogue_free(&catalogue);
    buf_free(&d[0].body);
    buf_free(&d[1].body);
    return result;
}

void catalogue_free(struct catalogue *catalogue)
{
    panel_free(catalogue->panel);
    action_list_free(catalogue->actions);
    *catalogue = (struct catalogue){0};
}
