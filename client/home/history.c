/* The folders are read once and sorted, since a round has many actions and each would else be a look at every file.
 * See history.h. */
#include "client/home/history.h"
#include "base/list.h"
#include "base/mem.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct gathering {
    struct history *history;
    enum spool_state state;
};

static int add_line(void *context, const struct response_id *id)
{
    struct gathering *gathering = context;
    struct history *h = gathering->history;
    struct history_line *list = list_grow(h->list, h->count, &h->capacity, sizeof *list);
    if (!list) {
        errno = ENOMEM;
        return -1;
    }
    h->list = list;
    h->list[h->count++] = (struct history_line){.id = *id, .state = gathering->state};
    return 0;
}

static int compare_action(const char *round, const char *action, const struct response_id *id)
{
    int order = strcmp(round, id->round);
    return order ? order : strcmp(action, id->action);
}

static int compare_lines(const void *a, const void *b)
{
    const struct response_id *x = &((const struct history_line *)a)->id, *y = &((const struct history_line *)b)->id;
    int order = compare_action(x->round, x->action, y);
    return order ? order : (x->revision > y->revision) - (x->revision < y->revision);
}

int history_load(struct history *out, const char *home)
{
    struct history history = {0};
    struct gathering sent = {&history, SPOOL_SENT}, waiting = {&history, SPOOL_WAITING};
    if (spool_each(home, SPOOL_SENT, add_line, &sent) != 0 ||
        spool_each(home, SPOOL_WAITING, add_line, &waiting) != 0) {
        int why = errno;
        history_free(&history);
        errno = why;
        return -1;
    }
    if (history.count > 0)
        qsort(history.list, history.count, sizeof *history.list, compare_lines);
    *out = history;
    return 0;
}

void history_free(struct history *history)
{
    mem_free(history->list);
    *history = (struct history){0};
}

const struct history_line *history_find(const struct history *history, const char *round, const char *action)
{
    size_t low = 0, high = history->count; /* the first line after all of this action */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_action(round, action, &history->list[middle].id) < 0)
            high = middle;
        else
            low = middle + 1;
    }
    if (low == 0 || compare_action(round, action, &history->list[low - 1].id) != 0)
        return NULL;
    return &history->list[low - 1];
}
