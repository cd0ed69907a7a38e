/* The file and what is stored are put together into the list afterwards: what the file holds, in its order, and after
 * it what it no longer holds, stopped. That list is written, and is the event's document. */
#include "collector/acts/actions.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/acts/kinds.h"

/* The stored list beside the imported one, and both together. */
struct merging {
    struct action_list *before; /* in its stored order */
    int64_t *numbers; /* of `before` */
    size_t capacity;
    int64_t last_number;
    struct action_list *after; /* both */
    int64_t *after_numbers;
    size_t after_capacity;
    struct actions_change change;
};

static int keep_stored_action(void *context, const struct store_action *row)
{
    struct merging *merging = context;
    int64_t *numbers = list_grow(merging->numbers, merging->before->count, &merging->capacity, sizeof *numbers);
    if (!numbers)
        return -1;
    merging->numbers = numbers;
    numbers[merging->before->count] = row->number;
    if (row->number > merging->last_number)
        merging->last_number = row->number;
    return action_list_add(merging->before, &row->action);
}

static int read_stored_actions(struct merging *merging, struct store *store, struct error *error)
{
    merging->before = action_list_new();
    merging->after = action_list_new();
    error_no_memory(error);
    if (!merging->before || !merging->after)
        return -1;
    if (store_action_each(store, keep_stored_action, merging) != STORE_OK)
        return store_fail(store, error);
    return action_list_index(merging->before);
}

static int add_merged(struct merging *merging, int64_t number, const struct action *action)
{
    int64_t *numbers =
        list_grow(merging->after_numbers, merging->after->count, &merging->after_capacity, sizeof *numbers);
    if (!numbers)
        return -1;
    merging->after_numbers = numbers;
    numbers[merging->after->count] = number;
    return action_list_add(merging->after, action);
}

static int merge_imported(struct merging *merging, const struct action_list *imported)
{
    for (size_t i = 0; i < imported->count; i++) {
        const struct action *now = &imported->list[i];
        int old = action_list_find(merging->before, now->id);
        if (old < 0)
            merging->change.added++;
        else if (!action_equal(&merging->before->list[old], now))
            merging->change.changed++;
        if (add_merged(merging, old >= 0 ? merging->numbers[old] : ++merging->last_number, now) < 0)
            return -1;
    }
    return 0;
}

static int merge_missing(struct merging *merging, const struct action_list *imported)
{
    for (size_t i = 0; i < merging->before->count; i++) {
        struct action action = merging->before->list[i];
        if (action_list_find(imported, action.id) >= 0)
            continue;
        if (action.status != ACTION_STOPPED)
            merging->change.stopped++;
        action.status = ACTION_STOPPED;
        if (add_merged(merging, merging->numbers[i], &action) < 0)
            return -1;
    }
    return 0;
}

/* -1: *error says why; to be freed all the same. */
static int merge_actions(struct merging *merging, struct store *store, const struct action_list *imported,
                         struct error *error)
{
    if (read_stored_actions(merging, store, error) < 0)
        return -1;
    if (merge_imported(merging, imported) == 0 && merge_missing(merging, imported) == 0)
        return 0;
    return error_no_memory(error);
}

static void free_merging(struct merging *merging)
{
    action_list_free(merging->before);
    action_list_free(merging->after);
    mem_free(merging->numbers);
    mem_free(merging->after_numbers);
}

/* Preparing. */

int act_compare_actions(struct store *store, const struct action_list *imported, struct actions_change *out,
                        struct error *error)
{
    struct merging merging = {.before = NULL};
    int result = merge_actions(&merging, store, imported, error);
    if (result == 0)
        *out = merging.change;
    free_merging(&merging);
    return result;
}

int act_prepare_actions(struct act_wish *wish, const struct buf *csv)
{
    act_wish_init(wish, EVENT_ACTIONS_IMPORTED);
    buf_put_text(&wish->claims, "{}");
    buf_put(&wish->document, csv->data, csv->len);
    return act_wish_check(wish);
}

/* Carrying out. */

static enum act_result write_actions(struct act_work *work, const struct merging *merging)
{
    struct buf json;
    for (size_t i = 0; i < merging->after->count; i++) {
        const struct store_action row = {.number = merging->after_numbers[i], .action = merging->after->list[i]};
        if (store_action_write(work->store, &row, (int64_t)i) != STORE_OK)
            return act_store_failed(work);
    }
    buf_init(&json, ACT_DOCUMENT_MAX);
    action_list_put_json(&json, merging->after);
    work->event.bytes = (int64_t)json.len;
    work->catalogue_changed = true;
    return act_keep_document(work, &json, work->event.actions) == 0 ? ACT_DONE : act_no_memory(work);
}

static enum act_result import_actions(struct act_work *work, const struct action_list *imported)
{
    struct merging merging = {.before = NULL};
    enum act_result result = ACT_FAILED;
    if (merge_actions(&merging, work->store, imported, &work->error) == 0)
        result = write_actions(work, &merging);
    free_merging(&merging);
    return result;
}

enum act_result act_import_actions(struct act_work *work)
{
    struct faults faults;
    if (!work->document)
        return act_bad_claims(work);
    faults_init(&faults);
    struct action_list *imported = actions_parse_csv(work->document, work->document_len, &faults);
    enum act_result result;
    if (imported)
        result = import_actions(work, imported);
    else if (faults.no_memory || faults.count == 0)
        result = act_no_memory(work);
    else
        result = act_refuse(work, "%s: %s", faults.list[0].where, faults.list[0].what);
    action_list_free(imported);
    faults_free(&faults);
    return result;
}
