/* Each receipt is of an index and a text: what is shown there must be that text. See own_entries.h. */
#include "client/log/own_entries.h"
#include "base/list.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include "panel/event.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PATH_SIZE 64

/* Asks which event erased an entry: 1 and *event; 0: it is kept; -1: the collector does not say. */
static int ask_erasing_event(struct http *http, int64_t index, int64_t *event)
{
    char path[PATH_SIZE];
    struct http_answer answer;
    int result = -1;
    http_answer_init(&answer);
    snprintf(path, sizeof path, "/v1/entries/%lld/state", (long long)index);
    struct http_request request = {.path = path};
    if (http_do(http, &request, &answer) == HTTP_DONE) {
        struct json *document = json_parse(buf_text(&answer.body), answer.body.len, NULL);
        const char *state = json_text(json_member(document, "state"));
        if (state && strcmp(state, "kept") == 0)
            result = 0;
        else if (state && json_integer(json_member(document, "erasedBy"), event) == 0)
            result = 1;
        json_free(document);
    }
    http_answer_free(&answer);
    return result;
}

static bool names_entry(const struct event *event, int64_t index)
{
    for (size_t i = 0; i < event->entries.count; i++)
        if (event->entries.list[i] == index)
            return true;
    return false;
}

/* Whether a line of /v1/events is an erasure of that entry by a member. */
static bool is_members_erasure(const char *line, size_t len, int64_t index)
{
    struct jws jws;
    struct event event;
    struct buf payload;
    bool found = false;
    struct json *document = json_parse(line, len, NULL);
    const char *text = json_text(json_member(document, "jws"));
    buf_init(&payload, JWS_MAX);
    if (text && jws_parse(text, strlen(text), EVENT_TYP, &jws, NULL) == 0 && jws_decode_payload(&jws, &payload) == 0 &&
        event_parse(buf_text(&payload), payload.len, &event, NULL) == 0) {
        found = event.kind == EVENT_ENTRIES_ERASED && strcmp(event.by, "member") == 0 && names_entry(&event, index);
        event_free(&event);
    }
    buf_free(&payload);
    json_free(document);
    return found;
}

/* Whether that event says that the entry was erased because a member asked, by whose key it was then signed: from
 * another device, where this folder knows nothing of it. false also where the collector does not show the event. */
static bool was_asked_for(struct http *http, int64_t index, int64_t event)
{
    char path[PATH_SIZE];
    struct http_answer answer;
    http_answer_init(&answer);
    snprintf(path, sizeof path, "/v1/events?from=%lld&limit=1", (long long)event);
    struct http_request request = {.path = path};
    const bool found = http_do(http, &request, &answer) == HTTP_DONE &&
                       is_members_erasure(buf_text(&answer.body), answer.body.len, index);
    http_answer_free(&answer);
    return found;
}

/* The entry that is shown with this index; NULL: none. */
static const struct json *find_shown(const struct json *shown, int64_t index)
{
    int64_t its;
    for (const struct json *entry = json_first(json_member(shown, "entries")); entry; entry = json_next(entry))
        if (json_integer(json_member(entry, "index"), &its) == 0 && its == index)
            return entry;
    return NULL;
}

static bool is_same_text(const struct json *entry, const struct slice *jws)
{
    const char *text = json_text(json_member(entry, "jws"));
    return text && strlen(text) == jws->len && memcmp(text, jws->text, jws->len) == 0;
}

static int check_entry(void *context, const struct member_receipt *receipt)
{
    struct own_entries *entries = context;
    int64_t event = -1;
    enum own_entry found;
    const struct json *entry = find_shown(entries->shown, receipt->index);
    if (entry)
        found = is_same_text(entry, &receipt->jws) ? OWN_ENTRY_SHOWN : OWN_ENTRY_OTHER;
    else if (ask_erasing_event(entries->http, receipt->index, &event) != 1)
        found = OWN_ENTRY_MISSING;
    else
        found = was_asked_for(entries->http, receipt->index, event) ? OWN_ENTRY_TAKEN_BACK : OWN_ENTRY_ERASED;
    entries->receipts++;
    entries->shown_count += found == OWN_ENTRY_SHOWN;
    entries->wrong += found == OWN_ENTRY_MISSING || found == OWN_ENTRY_OTHER;
    entries->found(entries->context, receipt, found, event);
    return 0;
}

int own_entries_check(struct own_entries *entries, const struct profile *profile)
{
    return receipts_each(profile, check_entry, entries);
}

/* What somebody else had erased. */

/* The index that the collector answered; -1: it is not to be read back. */
static int64_t read_sent_index(const struct profile *profile, const struct response_id *id)
{
    struct buf answer;
    int64_t index = -1;
    buf_init(&answer, SPOOL_RECORD_MAX);
    if (spool_read_answer(profile->home, id, SPOOL_SENT, &answer) == 0) {
        struct json *document = json_parse(buf_text(&answer), answer.len, NULL);
        if (json_integer(json_member(document, "index"), &index) < 0)
            index = -1;
        json_free(document);
    }
    buf_free(&answer);
    return index;
}

static int note_loss(struct own_losses *losses, const struct own_loss *loss)
{
    struct own_loss *list = list_grow(losses->list, losses->count, &losses->capacity, sizeof *list);
    if (!list) {
        errno = ENOMEM;
        return -1;
    }
    losses->list = list;
    list[losses->count++] = *loss;
    return 0;
}

static int look_at_answer(struct own_losses *losses, const struct profile *profile, struct http *http,
                          const struct response_id *id)
{
    int64_t event, index = read_sent_index(profile, id);
    int erased = index < 0 ? 0 : ask_erasing_event(http, index, &event);
    if (erased <= 0)
        return erased;
    return note_loss(losses, &(struct own_loss){*id, event, was_asked_for(http, index, event)});
}

/* The lines stand by round, action and revision. */
static bool is_newest(const struct history *history, size_t place)
{
    const struct response_id *id = &history->list[place].id;
    if (history->list[place].state != SPOOL_SENT)
        return false;
    if (place + 1 == history->count)
        return true;
    const struct response_id *next = &history->list[place + 1].id;
    return strcmp(id->round, next->round) != 0 || strcmp(id->action, next->action) != 0;
}

int own_losses_find(struct own_losses *out, const struct profile *profile, struct http *http)
{
    struct history history;
    int result = 0;
    *out = (struct own_losses){.list = NULL};
    if (history_load(&history, profile->home) < 0)
        return -1;
    for (size_t i = 0; i < history.count && result == 0; i++)
        if (is_newest(&history, i))
            result = look_at_answer(out, profile, http, &history.list[i].id);
    history_free(&history);
    if (result < 0)
        own_losses_free(out);
    return result;
}

void own_losses_free(struct own_losses *losses)
{
    mem_free(losses->list);
    *losses = (struct own_losses){.list = NULL};
}
