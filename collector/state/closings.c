/* A short list: a panel has few rounds, and is asked of them by the batch. */
#include "collector/state/closings.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/state/recorded.h"
#include <string.h>

void closings_init(struct closings *closings)
{
    *closings = (struct closings){.list = NULL};
}

void closings_wipe(struct closings *closings)
{
    for (size_t i = 0; i < closings->count; i++)
        mem_free(closings->list[i].round);
    mem_free(closings->list);
    closings_init(closings);
}

static struct closing *find_closing(const struct closings *closings, const char *round)
{
    for (size_t i = 0; i < closings->count; i++)
        if (strcmp(closings->list[i].round, round) == 0)
            return &closings->list[i];
    return NULL;
}

int closings_close(struct closings *closings, const char *round, int64_t at)
{
    struct closing *known = find_closing(closings, round);
    if (known) {
        known->at = at;
        return 0;
    }
    struct closing *list = list_grow(closings->list, closings->count, &closings->capacity, sizeof *list);
    if (!list)
        return -1;
    closings->list = list;
    char *copy = mem_copy_text(round, strlen(round));
    if (!copy)
        return -1;
    list[closings->count++] = (struct closing){copy, at};
    return 0;
}

void closings_take_panel(struct closings *closings, const struct panel *panel)
{
    size_t kept = 0;
    for (size_t i = 0; i < closings->count; i++) {
        int round = panel_find_round(panel, closings->list[i].round);
        if (round >= 0 && panel->rounds[round].closes_at > closings->list[i].at)
            mem_free(closings->list[i].round);
        else
            closings->list[kept++] = closings->list[i];
    }
    closings->count = kept;
}

bool closings_have(const struct closings *closings, const char *round)
{
    return find_closing(closings, round) != NULL;
}

int closings_next(const struct closings *closings, const struct panel *panel)
{
    int next = -1;
    for (size_t i = 0; i < panel->round_count; i++)
        if ((next < 0 || panel->rounds[i].closes_at < panel->rounds[next].closes_at) &&
            !closings_have(closings, panel->rounds[i].id))
            next = (int)i;
    return next;
}

/* Loading. */

/* The events that say something of rounds, in order. They are listed first and read after: a walk may ask the store for
 * nothing else meanwhile. */
struct listed {
    int64_t index;
    bool closes; /* a round; else it brings a panel */
};

struct loading {
    struct listed *list;
    size_t count, capacity;
    struct error *error;
};

/* Panels count only after a round was closed. */
static int list_round_event(void *context, int64_t index, const char *kind)
{
    struct loading *loading = context;
    bool closes = strcmp(kind, event_name(EVENT_ROUND_CLOSED)) == 0;
    if (!closes && (loading->count == 0 || strcmp(kind, event_name(EVENT_PANEL_IMPORTED)) != 0))
        return 0;
    struct listed *list = list_grow(loading->list, loading->count, &loading->capacity, sizeof *list);
    if (!list)
        return error_no_memory(loading->error);
    loading->list = list;
    list[loading->count++] = (struct listed){index, closes};
    return 0;
}

static int take_document(struct closings *closings, struct store *store, const struct event *event, struct error *error)
{
    struct buf json;
    struct faults faults;
    buf_init(&json, PANEL_JSON_MAX);
    faults_init(&faults);
    enum store_result found = store_document_read(store, event->panel, &json);
    struct panel *panel = found == STORE_OK ? panel_parse(buf_text(&json), json.len, &faults) : NULL;
    bool no_memory = faults.no_memory;
    faults_free(&faults);
    buf_free(&json);
    if (panel) {
        closings_take_panel(closings, panel);
        panel_free(panel);
        return 0;
    }
    if (found == STORE_FAILED)
        return store_fail(store, error);
    return no_memory ? error_no_memory(error)
                     : error_set(error, ERROR_DAMAGED, "%s",
                                 T("a panel definition that an event names is missing or damaged; run `audit`",
                                   "een paneldefinitie die een gebeurtenis noemt ontbreekt of is beschadigd; voer "
                                   "`audit` uit"));
}

static int take_listed(struct closings *closings, struct store *store, const struct listed *listed, struct error *error)
{
    struct event event;
    if (recorded_read(store, listed->index, &event, error) < 0)
        return -1;
    int result;
    if (!listed->closes)
        result = take_document(closings, store, &event, error);
    else if ((result = closings_close(closings, event.round, event.iat)) < 0)
        error_no_memory(error);
    event_free(&event);
    return result;
}

int closings_load(struct closings *closings, struct store *store, struct error *error)
{
    struct loading loading = {.error = error};
    closings_wipe(closings);
    int result =
        store_event_each(store, 0, INT64_MAX, list_round_event, &loading) == STORE_OK ? 0 : store_fail(store, error);
    for (size_t i = 0; i < loading.count && result == 0; i++)
        result = take_listed(closings, store, &loading.list[i], error);
    mem_free(loading.list);
    if (result < 0)
        closings_wipe(closings);
    return result;
}
