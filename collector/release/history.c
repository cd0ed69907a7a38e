/* Of all but the last only the summary is read, one after the other: of which release each row is, is all that is asked
 * of them. Knows no rule. */
#include "collector/release/history.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/release/released.h"
#include <stdio.h>

static int keep_release(void *context, const struct store_release *release)
{
    struct history *history = context;
    struct store_release *list = list_grow(history->list, history->count, &history->capacity, sizeof *list);
    if (!list)
        return -1;
    history->list = list;
    list[history->count++] = *release;
    return 0;
}

int history_list(struct history *history, struct store *store, int64_t round, struct error *error)
{
    *history = (struct history){0};
    for (size_t t = 0; t < RELEASE_TABLES; t++)
        buf_init(&history->tables[t], SIZE_MAX);
    error_no_memory(error); /* unless the store says otherwise */
    return store_release_each(store, round, keep_release, history) == STORE_OK ? 0 : store_fail(store, error);
}

static int read_table_file(struct history *history, struct store *store, const struct store_release *release,
                           enum table table, struct error *error)
{
    char name[64];
    struct buf *text = &history->tables[table];
    snprintf(name, sizeof name, "%s.csv", table_name(table));
    buf_reset(text);
    switch (released_file(store, release, name, text, error)) {
    case STORE_OK:
        return 0;
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        return error_set(error, ERROR_DAMAGED, T("release %lld has no %s", "uitgave %lld heeft geen %s"),
                         (long long)release->number, name);
    case STORE_FAILED:
        break;
    }
    return -1;
}

int history_read(struct history *history, struct store *store, const struct catalogue *catalogue, size_t round,
                 struct error *error)
{
    const struct panel *panel = catalogue->panel;
    history->earlier = earlier_new(round_questionnaire(panel, &panel->rounds[round]), catalogue->actions);
    if (!history->earlier)
        return error_no_memory(error);
    for (size_t i = 0; i < history->count; i++) {
        const struct store_release *release = &history->list[i];
        int tables = i + 1 == history->count ? RELEASE_TABLES : 1;
        for (int t = 0; t < tables; t++)
            if (read_table_file(history, store, release, (enum table)t, error) < 0)
                return -1;
        if (earlier_add(history->earlier, (struct version){release->number, release->size}, history->tables, error) < 0)
            return -1;
    }
    return 0;
}

void history_wipe(struct history *history)
{
    earlier_free(history->earlier);
    for (size_t t = 0; t < RELEASE_TABLES; t++)
        buf_free(&history->tables[t]);
    mem_free(history->list);
}

const struct store_release *history_last(const struct history *history)
{
    return history->count > 0 ? &history->list[history->count - 1] : NULL;
}
