/* Each list is held against the one before it, by the actions' ids. Knows nobody who asks. */
#include "collector/state/action_history.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/state/recorded.h"
#include <string.h>

#define ALL INT64_MAX

static void destroy_history(void *value)
{
    struct action_history *history = value;
    for (size_t i = 0; i < history->count; i++) {
        mem_free(history->list[i].action);
        mem_free(history->list[i].fields);
    }
    mem_free(history->list);
    mem_free(history);
}

/* Differences. */

struct field {
    const char *name, *from, *to; /* NULL: the action is not there */
};

static void put_field_text(struct buf *out, const char *text)
{
    if (text)
        json_put_text(out, text);
    else
        buf_put_text(out, "null");
}

static bool is_same_field(const struct field *field)
{
    return field->from && field->to && strcmp(field->from, field->to) == 0;
}

/* Puts a JSON list of {"field":…,"from":…,"to":…} for each field that differs, in the order of the list's columns;
 * `before` NULL: it was not there, each `from` is null; `after` NULL: it is gone. Returns how many. */
static size_t put_changed_fields(struct buf *out, const struct action *before, const struct action *after)
{
    const struct field fields[] = {
        {"title", before ? before->title : NULL, after ? after->title : NULL},
        {"track", before ? before->track : NULL, after ? after->track : NULL},
        {"lead", before ? before->lead : NULL, after ? after->lead : NULL},
        {"related", before ? before->related : NULL, after ? after->related : NULL},
        {"status", before ? action_status_name(before->status) : NULL,
         after ? action_status_name(after->status) : NULL},
    };
    size_t count = 0;
    buf_put_char(out, '[');
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (is_same_field(&fields[i]))
            continue;
        buf_printf(out, "%s{\"field\":\"%s\",\"from\":", count++ > 0 ? "," : "", fields[i].name);
        put_field_text(out, fields[i].from);
        buf_put_text(out, ",\"to\":");
        put_field_text(out, fields[i].to);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
    return count;
}

/* What an import did. */
struct import {
    struct action_history *history;
    int64_t index, at;
    const struct action_list *before, *after; /* before NULL: the first */
};

static const struct action *find_in_list(const struct action_list *list, const char *id)
{
    int place = list ? action_list_find(list, id) : -1;
    return place < 0 ? NULL : &list->list[place];
}

static int keep_change(const struct import *import, const char *id, const struct buf *fields)
{
    struct action_history *history = import->history;
    struct action_change *list = list_grow(history->list, history->count, &history->capacity, sizeof *list);
    if (!list)
        return -1;
    history->list = list;
    struct action_change *change = &list[history->count];
    *change = (struct action_change){.action = mem_copy_text(id, strlen(id)),
                                     .index = import->index,
                                     .at = import->at,
                                     .fields = mem_copy_text(buf_text(fields), fields->len)};
    history->count++;
    return change->action && change->fields ? 0 : -1;
}

static int compare_action(const struct import *import, const char *id)
{
    struct buf fields;
    buf_init(&fields, SIZE_MAX);
    size_t count = put_changed_fields(&fields, find_in_list(import->before, id), find_in_list(import->after, id));
    int result = buf_check(&fields) < 0 || (count > 0 && keep_change(import, id, &fields) < 0) ? -1 : 0;
    buf_free(&fields);
    return result;
}

/* -1: no memory. */
static int compare_lists(const struct import *import)
{
    for (size_t i = 0; i < import->after->count; i++)
        if (compare_action(import, import->after->list[i].id) < 0)
            return -1;
    for (size_t i = 0; import->before && i < import->before->count; i++)
        if (!find_in_list(import->after, import->before->list[i].id) &&
            compare_action(import, import->before->list[i].id) < 0)
            return -1;
    return 0;
}

/* Reading. */

struct naming {
    int64_t *indexes; /* of the events that name a list */
    size_t count, capacity;
};

static int gather_naming(void *context, int64_t index, const char *kind)
{
    struct naming *naming = context;
    if (strcmp(kind, event_name(EVENT_ACTIONS_IMPORTED)) != 0 && strcmp(kind, event_name(EVENT_LOG_UPGRADED)) != 0)
        return 0;
    int64_t *indexes = list_grow(naming->indexes, naming->count, &naming->capacity, sizeof *indexes);
    if (!indexes)
        return -1;
    naming->indexes = indexes;
    naming->indexes[naming->count++] = index;
    return 0;
}

/* NULL: *error. */
static struct action_list *read_named_list(struct store *store, const struct event *event, int64_t index,
                                           struct error *error)
{
    struct buf document;
    struct action_list *list = NULL;
    buf_init(&document, SIZE_MAX);
    enum store_result found = store_document_read(store, event->actions, &document);
    if (found == STORE_FAILED)
        store_fail(store, error);
    else if (found == STORE_OK)
        list = actions_parse_json(buf_text(&document), document.len, error);
    if (!list && found != STORE_FAILED && (found != STORE_OK || error->kind != ERROR_MEMORY))
        error_set(error, ERROR_DAMAGED,
                  T("the action list of entry %lld is missing or damaged; run `audit`",
                    "de actielijst van regel %lld ontbreekt of is beschadigd; voer `audit` uit"),
                  (long long)index);
    buf_free(&document);
    return list;
}

/* Reads the list that the event at `index` names, and what it changed of *before, which it then takes the place of. */
static int read_import(struct action_history *history, struct store *store, int64_t index, struct action_list **before,
                       struct error *error)
{
    struct event event;
    if (recorded_read(store, index, &event, error) < 0)
        return -1;
    struct action_list *after = read_named_list(store, &event, index, error);
    const struct import import = {history, index, event.iat, *before, after};
    int result = !after ? -1 : compare_lists(&import) == 0 ? 0 : error_no_memory(error);
    event_free(&event);
    history->last = index;
    if (after) {
        action_list_free(*before);
        *before = after;
    }
    return result;
}

struct action_history *action_history_load(struct store *store, struct error *error)
{
    struct naming naming = {0};
    struct action_list *before = NULL;
    struct action_history *history = mem_calloc(1, sizeof *history);
    error_no_memory(error); /* the visitor's only failure */
    if (!history)
        return NULL;
    counted_init(&history->counted, destroy_history);
    history->last = -1;
    int result = store_event_each(store, 0, ALL, gather_naming, &naming) == STORE_OK ? 0 : store_fail(store, error);
    for (size_t i = 0; i < naming.count && result == 0; i++)
        result = read_import(history, store, naming.indexes[i], &before, error);
    action_list_free(before);
    mem_free(naming.indexes);
    if (result == 0)
        return history;
    counted_release(history);
    return NULL;
}

int action_history_is_current(const struct action_history *history, struct store *store, bool *current)
{
    int64_t imported = -1, upgraded = -1;
    if (store_event_last(store, event_name(EVENT_ACTIONS_IMPORTED), &imported) == STORE_FAILED ||
        store_event_last(store, event_name(EVENT_LOG_UPGRADED), &upgraded) == STORE_FAILED)
        return -1;
    *current = history->last == (imported > upgraded ? imported : upgraded);
    return 0;
}

/* Telling. */

bool action_history_knows(const struct action_history *history, const char *action)
{
    for (size_t i = 0; i < history->count; i++)
        if (strcmp(history->list[i].action, action) == 0)
            return true;
    return false;
}

void action_history_put_json(struct buf *out, const struct action_history *history, const char *action)
{
    const char *before = "[";
    for (size_t i = 0; i < history->count; i++) {
        const struct action_change *change = &history->list[i];
        char at[CLOCK_TEXT_SIZE];
        if (strcmp(change->action, action) != 0)
            continue;
        clock_format(change->at, at);
        buf_printf(out, "%s{\"index\":%lld,\"at\":\"%s\",\"changes\":%s}", before, (long long)change->index, at,
                   change->fields);
        before = ",\n";
    }
    buf_put_text(out, *before == '[' ? "[]" : "]");
}
