/* Entries come a page at a time, and are taken out line by line. Knows no fold, and believes nothing that it reads. */
#include "collector/audit/remote.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/mem.h"
#include "crypto/base64url.h"
#include "crypto/jws.h"
#include "panel/served.h"
#include <stdio.h>
#include <string.h>

#define PAGE_ENTRIES 4096
#define PAGE_MAX ((size_t)24 * 1024 * 1024) /* bytes; where a page is longer, a shorter one is asked for */
#define KEY_MAX ((size_t)1024)

struct remote {
    struct peer *peer;
    struct buf page;
    size_t at; /* in the page: the line of entry `next` */
    int64_t next;
    int64_t end; /* the log was seen to end before this entry; -1: not yet */
    unsigned limit; /* entries to ask for at once */
};

struct remote *remote_open(const char *url, const char *token, struct error *error)
{
    struct remote *remote = mem_calloc(1, sizeof *remote);
    if (!remote) {
        error_no_memory(error);
        return NULL;
    }
    remote->peer = peer_open(url, token, error);
    if (!remote->peer) {
        mem_free(remote);
        return NULL;
    }
    remote->end = -1;
    remote->limit = PAGE_ENTRIES;
    buf_init(&remote->page, PAGE_MAX);
    return remote;
}

void remote_close(struct remote *remote)
{
    if (!remote)
        return;
    peer_close(remote->peer);
    buf_free(&remote->page);
    mem_free(remote);
}

struct peer *remote_peer(struct remote *remote)
{
    return remote->peer;
}

/* What may be read without a token. */
static int fetch_public(struct remote *remote, const char *path, struct buf *out, struct error *error)
{
    unsigned status;
    return peer_get(remote->peer, &(struct peer_request){path, false}, out, &status, error);
}

int remote_json(const char *text, size_t len, struct json **out, struct error *error)
{
    struct json_fault fault = {0};
    *out = json_parse(text, len, &fault);
    return !*out && fault.no_memory ? error_no_memory(error) : 0;
}

/* Panel and actions. */

/* The served panel without what is only served. */
static int put_definition(struct buf *out, const struct buf *served, struct error *error)
{
    struct json *document;
    if (remote_json(buf_text(served), served->len, &document, error) < 0)
        return -1;
    if (document)
        served_put_definition(out, document);
    json_free(document);
    return 0;
}

static struct panel *fetch_panel(struct remote *remote, struct buf *definition, struct error *error)
{
    struct buf text;
    struct faults faults;
    struct panel *panel = NULL;
    buf_init(&text, SERVED_PANEL_MAX);
    faults_init(&faults);
    if (fetch_public(remote, "/v1/panel", &text, error) == 0 && put_definition(definition, &text, error) == 0) {
        panel = panel_parse(buf_text(definition), definition->len, &faults);
        if (!panel && faults.no_memory)
            error_no_memory(error);
        else if (!panel)
            error_set(error, ERROR_DAMAGED, "%s",
                      T("/v1/panel: no panel definition that this program understands",
                        "/v1/panel: geen paneldefinitie die dit programma begrijpt"));
    }
    faults_free(&faults);
    buf_free(&text);
    return panel;
}

static struct action_list *fetch_actions(struct remote *remote, struct error *error)
{
    struct buf text;
    struct action_list *actions = NULL;
    buf_init(&text, SERVED_ACTIONS_MAX);
    if (fetch_public(remote, "/v1/actions", &text, error) == 0 &&
        (actions = served_actions_parse(buf_text(&text), text.len)) == NULL)
        error_set(error, ERROR_DAMAGED, "%s",
                  T("/v1/actions: no action list that this program understands",
                    "/v1/actions: geen actielijst die dit programma begrijpt"));
    buf_free(&text);
    return actions;
}

struct catalogue *remote_catalogue(struct remote *remote, struct error *error)
{
    struct buf definition;
    buf_init(&definition, PANEL_JSON_MAX);
    struct panel *panel = fetch_panel(remote, &definition, error);
    struct action_list *actions = panel ? fetch_actions(remote, error) : NULL;
    struct catalogue *catalogue = actions ? catalogue_new(panel, actions) : NULL;
    if (!actions)
        panel_free(panel);
    else if (!catalogue)
        error_no_memory(error);
    if (!catalogue) {
        buf_free(&definition);
        return NULL;
    }
    buf_free(&catalogue->definition);
    catalogue->definition = definition;
    return catalogue;
}

/* Key and checkpoint. */

static int read_signed_head(const struct buf *key_text, const struct buf *checkpoint, struct note_key *key,
                            struct merkle_head *head, struct error *error)
{
    size_t len = key_text->len > 0 ? key_text->len - 1 : 0; /* without its newline */
    if (note_key_parse(buf_text(key_text), len, key, error) < 0)
        return error_prefix(error, "%s", T("/log/key: no key of a log", "/log/key: geen sleutel van een logboek"));
    if (checkpoint_open(buf_text(checkpoint), checkpoint->len, key, head, error) < 0)
        return error_prefix(error, "%s",
                            T("/log/checkpoint: not a checkpoint by the log's key",
                              "/log/checkpoint: geen controlepunt van de sleutel van het logboek"));
    return 0;
}

int remote_head(struct remote *remote, struct note_key *key, struct merkle_head *head, struct error *error)
{
    struct buf key_text, checkpoint;
    buf_init(&key_text, KEY_MAX);
    buf_init(&checkpoint, NOTE_MAX);
    int result = -1;
    if (fetch_public(remote, "/log/key", &key_text, error) == 0 &&
        fetch_public(remote, "/log/checkpoint", &checkpoint, error) == 0)
        result = read_signed_head(&key_text, &checkpoint, key, head, error);
    buf_free(&key_text);
    buf_free(&checkpoint);
    return result;
}

/* Events and documents, which anyone may have. */

static int fail_events(struct error *error)
{
    return error_set(error, ERROR_DAMAGED, "%s",
                     T("/v1/events: what the collector gives is no list of events",
                       "/v1/events: wat de verzamelaar geeft is geen lijst van gebeurtenissen"));
}

/* Adds the event of one line, when it stands below `size`. Returns its index; -1: *error. */
static int64_t add_event_line(struct listing *listing, const char *line, size_t len, int64_t size, struct error *error)
{
    struct json *document;
    if (remote_json(line, len, &document, error) < 0)
        return -1;
    const char *jws = json_text(json_member(document, "jws"));
    int64_t index = -1;
    int64_t last = listing->count > 0 ? listing->list[listing->count - 1].index : -1;
    if (json_integer(json_member(document, "index"), &index) < 0 || index <= last) {
        json_free(document);
        return fail_events(error);
    }
    int result = 0;
    if (index < size && jws)
        result = listing_add(listing, index, jws, strlen(jws));
    else if (index < size)
        result = listing_add_kind(listing, index, "");
    json_free(document);
    return result < 0 ? error_no_memory(error) : index;
}

/* Adds those of a page. Returns the index of the last; `from` - 1 when there is none; -1 with *failed: *error. */
static int64_t add_event_page(struct listing *listing, const struct buf *page, int64_t from, int64_t size, bool *failed,
                              struct error *error)
{
    int64_t last = from - 1;
    const char *at = buf_text(page), *end = at + page->len, *stop;
    for (; at < end && !*failed; at = stop + 1) {
        stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) {
            *failed = true;
            return fail_events(error);
        }
        last = add_event_line(listing, at, (size_t)(stop - at), size, error);
        *failed = last < 0;
    }
    return last;
}

int remote_listing(struct remote *remote, int64_t size, struct listing *out, struct error *error)
{
    char path[80];
    unsigned status = 0;
    struct buf page;
    bool failed = false, more = true;
    buf_init(&page, PAGE_MAX);
    for (int64_t from = 0; more && !failed;) {
        snprintf(path, sizeof path, "/v1/events?from=%lld&limit=1000", (long long)from);
        buf_reset(&page);
        if (peer_get(remote->peer, &(struct peer_request){path, false}, &page, &status, error) < 0) {
            failed = status != 404 || from > 0; /* who knows no events has none */
            break;
        }
        int64_t last = add_event_page(out, &page, from, size, &failed, error);
        more = last >= from && last < size;
        from = last + 1;
    }
    buf_free(&page);
    return failed ? -1 : 0;
}

/* That a thing is not there is an answer, and no error: what the caller has in *error stays. */
static enum store_result fetch_named(struct remote *remote, const char *path, struct buf *out, struct error *error)
{
    struct error why = {.kind = ERROR_NONE};
    unsigned status = 0;
    if (peer_get(remote->peer, &(struct peer_request){path, false}, out, &status, &why) == 0)
        return STORE_OK;
    if (status == 404)
        return STORE_NONE;
    if (status == 200 && why.kind != ERROR_MEMORY)
        why.kind = ERROR_DAMAGED; /* longer than can be */
    *error = why;
    return STORE_FAILED;
}

enum store_result remote_document(void *context, const uint8_t hash[static SHA256_BYTES], struct buf *out,
                                  struct error *error)
{
    char path[32 + BASE64URL_LENGTH(SHA256_BYTES)] = "/v1/documents/";
    base64url_encode(hash, SHA256_BYTES, path + strlen(path));
    return fetch_named(context, path, out, error);
}

enum store_result remote_release_file(void *context, const char *round, int64_t number, const char *name,
                                      struct buf *out, struct error *error)
{
    char path[256];
    snprintf(path, sizeof path, "/v1/rounds/%s/releases/%lld/%s", round, (long long)number, name);
    return fetch_named(context, path, out, error);
}

/* Entries. */

static enum store_result turn_page(struct remote *remote, int64_t from, struct error *error)
{
    char path[80];
    unsigned status = 0;
    for (;;) {
        snprintf(path, sizeof path, "/v1/entries?from=%lld&limit=%u", (long long)from, remote->limit);
        buf_reset(&remote->page);
        remote->at = 0;
        remote->next = from;
        if (peer_get(remote->peer, &(struct peer_request){path, true}, &remote->page, &status, error) == 0)
            break;
        /* One entry that the collector can't give holds up its whole page, and very long ones make it too long:
         * smaller pages, to come as near as can be. */
        if ((status < 500 && status != 200) || remote->limit == 1)
            return STORE_FAILED;
        remote->limit /= 8;
    }
    if (remote->limit < PAGE_ENTRIES)
        remote->limit *= 8;
    if (remote->page.len == 0)
        remote->end = from;
    return remote->page.len > 0 ? STORE_OK : STORE_NONE;
}

static enum store_result fail_entry(struct error *error, const char *why)
{
    error_set(error, ERROR_DAMAGED, "%s", why);
    return STORE_FAILED;
}

/* Of an erased entry the hash of its leaf is left, and which event says that it was erased. */
static enum store_result put_erased_leaf(struct buf *out, const struct json *line, int64_t *erased_by)
{
    uint8_t leaf[SHA256_BYTES];
    const char *text = json_text(json_member(line, "leaf"));
    if (text && base64url_decode_exactly(text, strlen(text), leaf, sizeof leaf) == 0)
        buf_put(out, leaf, sizeof leaf);
    if (json_integer(json_member(line, "erasedBy"), erased_by) < 0 || *erased_by < 0)
        *erased_by = HOLE_OF_NONE;
    return STORE_ERASED;
}

/* What one line of the page says of entry `index`. */
static enum store_result read_entry_line(const char *line, size_t len, int64_t index, struct buf *out,
                                         int64_t *erased_by, struct error *error)
{
    struct json *document;
    if (remote_json(line, len, &document, error) < 0)
        return STORE_FAILED;
    const struct json *jws = json_member(document, "jws");
    const char *text = json_text(jws);
    int64_t its_index = -1;
    enum store_result result = STORE_OK;
    if (json_integer(json_member(document, "index"), &its_index) < 0 || its_index != index || !jws ||
        (!text && json_type(jws) != JSON_NULL))
        result = fail_entry(
            error, T("what the collector gives for it is no entry", "wat de verzamelaar ervoor geeft is geen regel"));
    else if (!text)
        result = put_erased_leaf(out, document, erased_by);
    else
        buf_put_text(out, text);
    if (buf_check(out) < 0)
        result = fail_entry(error, T("it is longer than 32 KiB", "ze is langer dan 32 KiB"));
    json_free(document);
    return result;
}

enum store_result remote_entry(void *context, int64_t index, struct buf *out, int64_t *erased_by, struct error *error)
{
    struct remote *remote = context;
    if (remote->end >= 0 && index >= remote->end)
        return STORE_NONE;
    if (index != remote->next || remote->at >= remote->page.len) {
        enum store_result result = turn_page(remote, index, error);
        if (result != STORE_OK)
            return result;
    }
    const char *line = remote->page.data + remote->at;
    const char *stop = memchr(line, '\n', remote->page.len - remote->at);
    if (!stop)
        return fail_entry(error, T("the answer broke off", "het antwoord brak af"));
    remote->at += (size_t)(stop - line) + 1;
    remote->next++;
    return read_entry_line(line, (size_t)(stop - line), index, out, erased_by, error);
}
