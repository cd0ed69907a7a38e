/* Both halves check alike, by panel_import.h: the first to tell the asker all, the second because the store may have
 * moved on. The document is the file, to the byte. */
#include "collector/acts/panel.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/acts/kinds.h"
#include "collector/state/panel_import.h"
#include "panel/clashes.h"
#include "panel/languages.h"
#include "panel/limits.h"
#include "panel/moments.h"
#include <string.h>

/* What the store has, that an import is held against. */

/* Ids by number - 1; NULL where there is none. */
struct id_list {
    char **ids;
    size_t count, capacity;
};

struct answered {
    struct id_list rounds, actions;
    struct answered_action *list;
    size_t count, capacity;
    bool is_damaged; /* counters of what is not there */
};

static int append_id(struct id_list *list, char *id)
{
    char **ids = list_grow(list->ids, list->count, &list->capacity, sizeof *ids);
    if (!ids)
        return -1;
    list->ids = ids;
    list->ids[list->count++] = id;
    return 0;
}

/* Puts a copy of `id` at place number - 1. */
static int keep_id(struct id_list *list, int64_t number, const char *id)
{
    if (number <= 0)
        return -1;
    while (list->count < (size_t)number)
        if (append_id(list, NULL) < 0)
            return -1;
    mem_free(list->ids[number - 1]);
    list->ids[number - 1] = mem_copy_text(id, strlen(id));
    return list->ids[number - 1] ? 0 : -1;
}

static void free_ids(struct id_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        mem_free(list->ids[i]);
    mem_free(list->ids);
}

static int keep_round_id(void *context, int64_t number, const char *id)
{
    struct answered *answered = context;
    return keep_id(&answered->rounds, number, id);
}

static int keep_action_id(void *context, const struct store_action *row)
{
    struct answered *answered = context;
    return keep_id(&answered->actions, row->number, row->action.id);
}

static int append_answered(struct answered *answered, struct answered_action action)
{
    struct answered_action *list = list_grow(answered->list, answered->count, &answered->capacity, sizeof *list);
    if (!list)
        return -1;
    answered->list = list;
    list[answered->count++] = action;
    return 0;
}

static int keep_answered(void *context, int64_t round, int64_t action)
{
    struct answered *answered = context;
    const struct id_list *rounds = &answered->rounds, *actions = &answered->actions;
    if (round <= 0 || action <= 0 || (size_t)round > rounds->count || (size_t)action > actions->count) {
        answered->is_damaged = true;
        return -1;
    }
    return append_answered(answered, (struct answered_action){rounds->ids[round - 1], actions->ids[action - 1]});
}

static void free_answered(struct answered *answered)
{
    free_ids(&answered->rounds);
    free_ids(&answered->actions);
    mem_free(answered->list);
}

/* What stops a walk is a lack of memory: the store then has nothing to say. */
static int tell_unread(struct store *store, struct error *error)
{
    error_no_memory(error);
    return store_fail(store, error);
}

static int read_answered(struct answered *answered, struct store *store, struct error *error)
{
    if (store_round_each(store, keep_round_id, answered) == STORE_OK &&
        store_action_each(store, keep_action_id, answered) == STORE_OK &&
        store_counts_each(store, keep_answered, answered) == STORE_OK)
        return 0;
    if (answered->is_damaged)
        return error_set(error, ERROR_DAMAGED, "%s",
                         T("there are counters of a round or an action that there is not; run `audit`",
                           "er zijn tellers van een ronde of een actie die er niet is; voer `audit` uit"));
    return tell_unread(store, error);
}

/* Adds the rounds that have a release to what is answered; *open: whether others may follow one. -1: *error. */
static int add_released_rounds(struct answered *answered, struct store *store, bool *open, struct error *error)
{
    struct store_release last;
    *open = false;
    for (size_t i = 0; i < answered->rounds.count; i++) {
        enum store_result result = store_release_last(store, (int64_t)i + 1, &last);
        if (result == STORE_FAILED)
            return store_fail(store, error);
        if (result != STORE_OK || !answered->rounds.ids[i])
            continue;
        if (append_answered(answered, (struct answered_action){.round = answered->rounds.ids[i]}) < 0)
            return error_no_memory(error);
        *open = *open || !last.is_final;
    }
    return 0;
}

/* *before stays NULL where there is none. */
static int read_panel_in_force(struct store *store, struct panel **before, struct error *error)
{
    struct buf json;
    struct faults faults;
    buf_init(&json, PANEL_JSON_MAX);
    faults_init(&faults);
    enum store_result found = store_panel_read(store, &json);
    int result = found == STORE_FAILED ? tell_unread(store, error) : 0;
    if (found == STORE_OK && (*before = panel_parse(buf_text(&json), json.len, &faults)) == NULL)
        result = faults.no_memory ? error_no_memory(error)
                                  : error_set(error, ERROR_DAMAGED, "%s",
                                              T("the stored panel definition can't be read",
                                                "de opgeslagen paneldefinitie is onleesbaar"));
    faults_free(&faults);
    buf_free(&json);
    return result;
}

/* Preparing. */

int act_check_panel(struct store *store, const struct panel *after, struct panel **before, struct faults *faults,
                    struct error *error)
{
    struct answered answered = {.list = NULL};
    struct panel *found = NULL;
    bool is_open = false;
    int result = read_panel_in_force(store, &found, error);
    if (result == 0 && found)
        result = read_answered(&answered, store, error);
    if (result == 0 && found)
        result = add_released_rounds(&answered, store, &is_open, error);
    if (result == 0) {
        clashes_check(after, found, faults);
        languages_check(after, found, faults);
        limits_check(after, faults);
        moments_check(after, faults);
        if (found)
            panel_import_check(found, after, answered.list, answered.count, faults);
        if (is_open)
            panel_import_check_disclosure(found, after, faults);
    }
    free_answered(&answered);
    if (result == 0 && !faults_any(faults)) {
        *before = found;
        return 0;
    }
    panel_free(found);
    return -1;
}

int act_prepare_panel(struct act_wish *wish, const struct buf *json)
{
    act_wish_init(wish, EVENT_PANEL_IMPORTED);
    buf_put_text(&wish->claims, "{}");
    buf_put(&wish->document, json->data, json->len);
    return act_wish_check(wish);
}

/* Carrying out. */

static enum act_result refuse_for_faults(struct act_work *work, const struct faults *faults)
{
    if (faults->no_memory || faults->count == 0)
        return act_no_memory(work);
    return act_refuse(work, "%s: %s", faults->list[0].where, faults->list[0].what);
}

/* Rounds get a number when they are first imported. */
struct round_numbering {
    const struct panel *panel;
    bool *known; /* by round of the panel */
    int64_t last;
};

static int note_known_round(void *context, int64_t number, const char *id)
{
    struct round_numbering *numbering = context;
    int round = panel_find_round(numbering->panel, id);
    if (round >= 0)
        numbering->known[round] = true;
    if (number > numbering->last)
        numbering->last = number;
    return 0;
}

static enum act_result number_rounds(struct act_work *work, const struct panel *panel)
{
    struct round_numbering numbering = {.panel = panel,
                                        .known = mem_calloc(panel->round_count + 1, sizeof *numbering.known)};
    if (!numbering.known)
        return act_no_memory(work);
    enum store_result result = store_round_each(work->store, note_known_round, &numbering);
    for (size_t i = 0; i < panel->round_count && result == STORE_OK; i++)
        if (!numbering.known[i])
            result = store_round_add(work->store, ++numbering.last, panel->rounds[i].id);
    mem_free(numbering.known);
    return result == STORE_OK ? ACT_DONE : act_store_failed(work);
}

static enum act_result write_panel(struct act_work *work, const struct panel *panel)
{
    struct buf json;
    enum act_result result = number_rounds(work, panel);
    if (result != ACT_DONE)
        return result;
    if (store_panel_write(work->store, work->document, work->document_len, work->now) != STORE_OK)
        return act_store_failed(work);
    buf_init(&json, PANEL_JSON_MAX);
    buf_put(&json, work->document, work->document_len);
    work->event.bytes = (int64_t)work->document_len;
    work->catalogue_changed = true;
    return act_keep_document(work, &json, work->event.panel) == 0 ? ACT_DONE : act_no_memory(work);
}

/* The aud of the first is the id that it brings; later ones can't change it. */
static enum act_result name_panel(struct act_work *work, const struct panel *panel)
{
    if (work->panel_id)
        return ACT_DONE;
    work->own_panel_id = mem_copy_text(panel->id, strlen(panel->id));
    work->panel_id = work->own_panel_id;
    return work->panel_id ? ACT_DONE : act_no_memory(work);
}

static enum act_result import_panel(struct act_work *work, const struct panel *panel, struct faults *faults)
{
    struct panel *before = NULL;
    if (act_check_panel(work->store, panel, &before, faults, &work->error) < 0)
        return faults_any(faults) ? refuse_for_faults(work, faults) : ACT_FAILED;
    panel_free(before);
    enum act_result result = name_panel(work, panel);
    return result == ACT_DONE ? write_panel(work, panel) : result;
}

enum act_result act_import_panel(struct act_work *work)
{
    struct faults faults;
    faults_init(&faults);
    struct panel *panel = work->document ? panel_parse(work->document, work->document_len, &faults) : NULL;
    enum act_result result = panel            ? import_panel(work, panel, &faults)
                             : work->document ? refuse_for_faults(work, &faults)
                                              : act_bad_claims(work);
    panel_free(panel);
    faults_free(&faults);
    return result;
}
