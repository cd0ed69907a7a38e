/* The action list as a value; reading it from CSV is actions_csv.c's. */
#include "panel/actions.h"
#include "base/json.h"
#include "base/list.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

static const char *const status_names[] = {
    [ACTION_PLANNED] = "planned", [ACTION_STARTED] = "started", [ACTION_RUNNING] = "running",
    [ACTION_DONE] = "done",       [ACTION_STOPPED] = "stopped",
};

const char *action_status_name(enum action_status status)
{
    return status_names[status];
}

int action_status_find(const char *name, enum action_status *out)
{
    for (enum action_status status = ACTION_PLANNED; status <= ACTION_STOPPED; status++) {
        if (strcmp(name, status_names[status]) == 0) {
            *out = status;
            return 0;
        }
    }
    return -1;
}

bool action_id_is_valid(const char *text)
{
    size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
    return len >= 1 && len <= 64 && text[len] == '\0';
}

struct action_list *action_list_new(void)
{
    return mem_calloc(1, sizeof(struct action_list));
}

static void action_wipe(struct action *action)
{
    mem_free(action->id);
    mem_free(action->title);
    mem_free(action->track);
    mem_free(action->lead);
    mem_free(action->related);
}

void action_list_free(struct action_list *actions)
{
    if (!actions)
        return;
    for (size_t i = 0; i < actions->count; i++)
        action_wipe(&actions->list[i]);
    mem_free(actions->list);
    mem_free(actions->by_id);
    mem_free(actions);
}

static char *copy_field(const char *text)
{
    return mem_copy_text(text, strlen(text));
}

int action_list_add(struct action_list *actions, const struct action *action)
{
    if (actions->count == ACTIONS_MAX)
        return -1;
    struct action *list = list_grow(actions->list, actions->count, &actions->capacity, sizeof *list);
    if (!list)
        return -1;
    actions->list = list;
    struct action added = {
        .id = copy_field(action->id),
        .title = copy_field(action->title),
        .track = copy_field(action->track),
        .lead = copy_field(action->lead),
        .related = copy_field(action->related),
        .status = action->status,
    };
    if (!added.id || !added.title || !added.track || !added.lead || !added.related) {
        action_wipe(&added);
        return -1;
    }
    actions->list[actions->count++] = added;
    return 0;
}

/* Equal ids stay in the order of the list, so that of two the later is the one told of. */
static int compare_places(const void *left, const void *right, void *list)
{
    const struct action *actions = list;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    int order = strcmp(actions[a].id, actions[b].id);
    return order != 0 ? order : (a > b) - (a < b);
}

int action_list_index(struct action_list *actions)
{
    size_t *by_id = mem_calloc(actions->count + 1, sizeof *by_id);
    if (!by_id)
        return -1;
    for (size_t i = 0; i < actions->count; i++)
        by_id[i] = i;
    qsort_r(by_id, actions->count, sizeof *by_id, compare_places, actions->list);
    mem_free(actions->by_id);
    actions->by_id = by_id;
    return 0;
}

int action_list_find(const struct action_list *actions, const char *id)
{
    size_t low = 0, high = actions->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(id, actions->list[actions->by_id[middle]].id);
        if (order == 0)
            return (int)actions->by_id[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

bool action_equal(const struct action *a, const struct action *b)
{
    return strcmp(a->id, b->id) == 0 && strcmp(a->title, b->title) == 0 && strcmp(a->track, b->track) == 0 &&
           strcmp(a->lead, b->lead) == 0 && strcmp(a->related, b->related) == 0 && a->status == b->status;
}

static void put_member(struct buf *out, const char *before, const char *text)
{
    buf_put_text(out, before);
    json_put_text(out, text);
}

void action_put_json(struct buf *out, const struct action *action)
{
    put_member(out, "{\"id\":", action->id);
    put_member(out, ",\"title\":", action->title);
    put_member(out, ",\"track\":", action->track);
    put_member(out, ",\"lead\":", action->lead);
    put_member(out, ",\"related\":", action->related);
    put_member(out, ",\"status\":", action_status_name(action->status));
    buf_put_char(out, '}');
}

void action_list_put_json(struct buf *out, const struct action_list *actions)
{
    buf_put_char(out, '[');
    for (size_t i = 0; i < actions->count; i++) {
        if (i > 0)
            buf_put_char(out, ',');
        action_put_json(out, &actions->list[i]);
    }
    buf_put_char(out, ']');
}

static int tell_no_list(struct error *error)
{
    return error_set(error, ERROR_REFUSED, "%s", T("this is no action list", "dit is geen actielijst"));
}

static int add_json(struct action_list *actions, const struct json *value, struct error *error)
{
    struct action action = {
        .id = json_text(json_member(value, "id")),
        .title = json_text(json_member(value, "title")),
        .track = json_text(json_member(value, "track")),
        .lead = json_text(json_member(value, "lead")),
        .related = json_text(json_member(value, "related")),
    };
    const char *status = json_text(json_member(value, "status"));
    if (json_count(value) != 6 || !action.id || !action.title || !action.track || !action.lead || !action.related ||
        !status)
        return tell_no_list(error);
    if (!action_id_is_valid(action.id) || action_status_find(status, &action.status) < 0 ||
        actions->count == ACTIONS_MAX)
        return tell_no_list(error);
    return action_list_add(actions, &action) == 0 ? 0 : error_no_memory(error);
}

static bool has_repeated_id(const struct action_list *actions)
{
    for (size_t i = 1; i < actions->count; i++)
        if (strcmp(actions->list[actions->by_id[i - 1]].id, actions->list[actions->by_id[i]].id) == 0)
            return true;
    return false;
}

static int add_all_json(struct action_list *actions, const struct json *list, struct error *error)
{
    if (json_type(list) != JSON_ARRAY)
        return tell_no_list(error);
    for (const struct json *value = json_first(list); value; value = json_next(value))
        if (add_json(actions, value, error) < 0)
            return -1;
    if (action_list_index(actions) < 0)
        return error_no_memory(error);
    return has_repeated_id(actions) ? tell_no_list(error) : 0;
}

struct action_list *actions_parse_json(const char *text, size_t len, struct error *error)
{
    struct json_fault fault;
    struct json *list = json_parse(text, len, &fault);
    struct action_list *actions = list ? action_list_new() : NULL;
    if (!list)
        (void)json_fault_error(&fault, error);
    else if (!actions)
        (void)error_no_memory(error);
    else if (add_all_json(actions, list, error) < 0) {
        action_list_free(actions);
        actions = NULL;
    }
    json_free(list);
    return actions;
}
