/* Imports and the event that begins an older log's list of events each put documents in force; no other event does. */
#include "collector/state/in_force.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/state/recorded.h"
#include "panel/response.h"
#include <string.h>

/* Indexes of the events that count here: a walk reads nothing else of the store. */
struct imports {
    int64_t *list;
    size_t count, capacity;
};

static bool puts_in_force(const char *kind)
{
    return strcmp(kind, event_name(EVENT_PANEL_IMPORTED)) == 0 ||
           strcmp(kind, event_name(EVENT_ACTIONS_IMPORTED)) == 0 || strcmp(kind, event_name(EVENT_LOG_UPGRADED)) == 0;
}

static int note_import(void *context, int64_t index, const char *kind)
{
    struct imports *imports = context;
    if (!puts_in_force(kind))
        return 0;
    int64_t *list = list_grow(imports->list, imports->count, &imports->capacity, sizeof *list);
    if (!list)
        return -1;
    imports->list = list;
    list[imports->count++] = index;
    return 0;
}

static void put_document(struct in_force_document *document, int64_t index, const uint8_t hash[static SHA256_BYTES])
{
    document->told = true;
    document->index = index;
    memcpy(document->hash, hash, SHA256_BYTES);
}

/* What is in force from `when` on, in place of what was. -1: no memory. */
static int put_pair_in_force(struct in_force *in_force, int64_t when)
{
    if (!in_force->panel.told || !in_force->actions.told)
        return 0;
    struct in_force_pair *pairs = list_grow(in_force->pairs, in_force->count, &in_force->capacity, sizeof *pairs);
    if (!pairs)
        return -1;
    in_force->pairs = pairs;
    if (in_force->count > 0)
        pairs[in_force->count - 1].until = when;
    struct in_force_pair *pair = &pairs[in_force->count++];
    response_context(in_force->panel.hash, in_force->actions.hash, pair->context);
    pair->until = INT64_MAX;
    return 0;
}

static int take_import_event(struct in_force *in_force, int64_t index, const struct event *event)
{
    if (event->kind == EVENT_PANEL_IMPORTED || event->kind == EVENT_LOG_UPGRADED)
        put_document(&in_force->panel, index, event->panel);
    if (event->kind == EVENT_ACTIONS_IMPORTED || event->kind == EVENT_LOG_UPGRADED)
        put_document(&in_force->actions, index, event->actions);
    return put_pair_in_force(in_force, event->iat);
}

static int read_imports(struct in_force *in_force, struct store *store, const struct imports *imports,
                        struct error *error)
{
    for (size_t i = 0; i < imports->count; i++) {
        struct event event;
        if (recorded_read(store, imports->list[i], &event, error) < 0)
            return -1;
        int result = take_import_event(in_force, imports->list[i], &event);
        event_free(&event);
        if (result < 0)
            return error_no_memory(error);
    }
    return 0;
}

int in_force_load(struct in_force *in_force, struct store *store, struct error *error)
{
    struct imports imports = {.list = NULL};
    int result;
    if (store_event_each(store, 0, INT64_MAX, note_import, &imports) == STORE_OK) {
        result = read_imports(in_force, store, &imports, error);
    } else {
        result = error_no_memory(error); /* the visitor's only failure */
        store_fail(store, error);
    }
    mem_free(imports.list);
    return result;
}

void in_force_wipe(struct in_force *in_force)
{
    mem_free(in_force->pairs);
    *in_force = (struct in_force){.pairs = NULL};
}

bool in_force_had(const struct in_force *in_force, const uint8_t context[static SHA256_BYTES], int64_t since)
{
    for (size_t i = in_force->count; i-- > 0 && in_force->pairs[i].until >= since;)
        if (memcmp(in_force->pairs[i].context, context, SHA256_BYTES) == 0)
            return true;
    return false;
}
