/* Entries come a page at a time, and are taken out line by line. */
#include "collector/audit/remote.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include "panel/served.h"
#include <stdio.h>
#include <string.h>

#define PAGE_ENTRIES 4096
#define PAGE_MAX ((size_t)24 * 1024 * 1024) /* bytes; a collector ends its pages at 16 MiB */
#define KEY_MAX ((size_t)1024)

struct remote {
    struct peer *peer;
    struct error error; /* the last */
    struct buf page;
    size_t at; /* in the page: the line of entry `next` */
    int64_t next;
    int64_t end; /* the log was seen to end before this entry; -1: not yet */
    unsigned limit; /* entries to ask for at once */
};

struct remote *remote_open(const char *url, const char *token, struct error *error)
{
    struct peer *peer = peer_open(url, token, error);
    if (!peer)
        return NULL;
    struct remote *remote = mem_calloc(1, sizeof *remote);
    if (!remote) {
        error_no_memory(error);
        peer_close(peer);
        return NULL;
    }
    remote->peer = peer;
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

const char *remote_error(const struct remote *remote)
{
    return remote->error.text;
}

static int get(struct remote *remote, const char *path, struct buf *out)
{
    unsigned status;
    return peer_get(remote->peer, &(struct peer_request){path, false}, out, &status, &remote->error);
}

/* Panel and actions. */

static struct panel *get_panel(struct remote *remote)
{
    struct buf text;
    struct panel *panel = NULL;
    buf_init(&text, SERVED_PANEL_MAX);
    if (get(remote, "/v1/panel", &text) == 0 && (panel = served_panel_parse(buf_text(&text), text.len)) == NULL)
        error_set(&remote->error, ERROR_DAMAGED, "%s",
                  T("/v1/panel: no panel definition that this program understands",
                    "/v1/panel: geen paneldefinitie die dit programma begrijpt"));
    buf_free(&text);
    return panel;
}

static struct action_list *get_actions(struct remote *remote)
{
    struct buf text;
    struct action_list *actions = NULL;
    buf_init(&text, SERVED_ACTIONS_MAX);
    if (get(remote, "/v1/actions", &text) == 0 && (actions = served_actions_parse(buf_text(&text), text.len)) == NULL)
        error_set(&remote->error, ERROR_DAMAGED, "%s",
                  T("/v1/actions: no action list that this program understands",
                    "/v1/actions: geen actielijst die dit programma begrijpt"));
    buf_free(&text);
    return actions;
}

struct catalogue *remote_catalogue(struct remote *remote)
{
    struct panel *panel = get_panel(remote);
    struct action_list *actions = panel ? get_actions(remote) : NULL;
    if (!actions) {
        panel_free(panel);
        return NULL;
    }
    struct catalogue *catalogue = catalogue_make(panel, actions);
    if (!catalogue)
        error_no_memory(&remote->error);
    return catalogue;
}

/* Key and checkpoint. */

int remote_head(struct remote *remote, struct note_key *key, struct merkle_head *head)
{
    struct buf key_text, checkpoint;
    const char *why = NULL;
    buf_init(&key_text, KEY_MAX);
    buf_init(&checkpoint, NOTE_MAX);
    int result = get(remote, "/log/key", &key_text);
    if (result == 0)
        result = get(remote, "/log/checkpoint", &checkpoint);
    if (result == 0 && (key_text.len == 0 || note_key_parse(key_text.data, key_text.len - 1, key, &why) != 0)) {
        error_set(&remote->error, ERROR_DAMAGED,
                  T("/log/key: no key of a log: %s", "/log/key: geen sleutel van een logboek: %s"), why ? why : "");
        result = -1;
    }
    if (result == 0 && checkpoint_open(buf_text(&checkpoint), checkpoint.len, key, head, &why) != 0) {
        error_set(&remote->error, ERROR_DAMAGED,
                  T("/log/checkpoint: not a checkpoint by the log's key: %s",
                    "/log/checkpoint: geen controlepunt van de sleutel van het logboek: %s"),
                  why);
        result = -1;
    }
    buf_free(&key_text);
    buf_free(&checkpoint);
    return result;
}

/* Entries. */

static enum store_result get_page(struct remote *remote, int64_t from)
{
    char path[80];
    unsigned status = 0;
    for (;;) {
        snprintf(path, sizeof path, "/v1/entries?from=%lld&limit=%u", (long long)from, remote->limit);
        buf_reset(&remote->page);
        remote->at = 0;
        remote->next = from;
        if (peer_get(remote->peer, &(struct peer_request){path, true}, &remote->page, &status, &remote->error) == 0)
            break;
        /* One entry that the collector can't give holds up its whole page: smaller pages, to come as near to it as can
         * be. */
        if (status < 500 || remote->limit == 1)
            return STORE_FAILED;
        remote->limit /= 8;
    }
    if (remote->limit < PAGE_ENTRIES)
        remote->limit *= 8;
    if (remote->page.len == 0)
        remote->end = from;
    return remote->page.len > 0 ? STORE_OK : STORE_NONE;
}

static enum store_result refuse(struct remote *remote, const char *why)
{
    error_set(&remote->error, ERROR_DAMAGED, "%s", why);
    return STORE_FAILED;
}

/* What one line of the page says of entry `index`. */
static enum store_result read_line(struct remote *remote, const char *line, size_t len, int64_t index, struct buf *out)
{
    struct json *document = json_parse(line, len, NULL);
    const struct json *jws = json_member(document, "jws");
    const char *text = json_text(jws);
    int64_t its_index = -1;
    enum store_result result;
    if (json_integer(json_member(document, "index"), &its_index) != 0 || its_index != index || !jws ||
        (!text && json_type(jws) != JSON_NULL))
        result = refuse(
            remote, T("what the collector gives for it is no entry", "wat de verzamelaar ervoor geeft is geen regel"));
    else if (!text)
        result = STORE_NONE;
    else {
        buf_put_text(out, text);
        result =
            buf_check(out) == 0 ? STORE_OK : refuse(remote, T("it is longer than 32 KiB", "ze is langer dan 32 KiB"));
    }
    json_free(document);
    return result;
}

enum store_result remote_entry(void *context, int64_t index, struct buf *out, const char **error)
{
    struct remote *remote = context;
    *error = remote->error.text;
    if (remote->end >= 0 && index >= remote->end)
        return STORE_NONE;
    if (index != remote->next || remote->at >= remote->page.len) {
        enum store_result result = get_page(remote, index);
        if (result != STORE_OK)
            return result;
    }
    const char *line = remote->page.data + remote->at;
    const char *stop = memchr(line, '\n', remote->page.len - remote->at);
    if (!stop)
        return refuse(remote, T("the answer broke off", "het antwoord brak af"));
    remote->at += (size_t)(stop - line) + 1;
    remote->next++;
    return read_line(remote, line, (size_t)(stop - line), index, out);
}
