/* See monitor.h. */
#include "client/log/monitor.h"
#include "client/log/tiles.h"
#include <string.h>

/* Whether it has the form of a checkpoint, whoever signed it. */
static bool is_checkpoint(const struct buf *text, const char **why)
{
    struct merkle_head head;
    size_t text_len, origin_len;
    return note_split(buf_text(text), text->len, &text_len, why) == 0 &&
           checkpoint_parse(buf_text(text), text_len, &head, &origin_len, why) == 0;
}

static enum monitor_result judge_key(struct monitor *watch)
{
    struct note_key key;
    const char *text = buf_text(&watch->view.key);
    size_t len = watch->view.key.len;
    if (len > 0 && text[len - 1] == '\n')
        len--;
    if (note_key_parse(text, len, &key, &watch->why) != 0)
        return MONITOR_NO_LOG;
    return pin_has_key(watch->pin, &key) ? MONITOR_CONTINUES : MONITOR_OTHER_KEY;
}

static enum monitor_result judge_checkpoint(struct monitor *watch)
{
    const char *why;
    watch->newest = pin_succeed(watch->pin, &watch->view.checkpoint, &watch->why);
    if (watch->newest)
        return MONITOR_CONTINUES;
    if (strcmp(watch->why, "out of memory") == 0)
        return MONITOR_FAILED;
    return is_checkpoint(&watch->view.checkpoint, &why) ? MONITOR_OTHER_KEY : MONITOR_NO_LOG;
}

static enum monitor_result result_of(enum consistency_verdict verdict)
{
    switch (verdict) {
    case CONSISTENCY_CONTINUES:
        return MONITOR_CONTINUES;
    case CONSISTENCY_TWO_HISTORIES:
        return MONITOR_TWO_HISTORIES;
    case CONSISTENCY_SMALLER:
        return MONITOR_SMALLER;
    case CONSISTENCY_FALSE_TILES:
        return MONITOR_FALSE_TILES;
    case CONSISTENCY_UNREAD:
        return MONITOR_UNREAD;
    }
    return MONITOR_UNREAD;
}

/* From the largest down: a tree that has shrunk is seen before anything is fetched. */
static enum monitor_result compare(struct monitor *watch)
{
    struct tiles *tiles = tiles_new(watch->http, watch->newest->head.size, watch->answer);
    enum monitor_result result = tiles ? MONITOR_CONTINUES : MONITOR_FAILED;
    for (size_t i = watch->seen->count; i > 0 && result == MONITOR_CONTINUES; i--) {
        watch->older = &watch->seen->list[i - 1];
        result = result_of(consistency_continues(&watch->older->head, &watch->newest->head, tiles_read, tiles));
    }
    if (result == MONITOR_CONTINUES)
        watch->older = NULL;
    tiles_free(tiles);
    return result;
}

enum monitor_result monitor_log(struct monitor *watch)
{
    watch->newest = NULL;
    watch->older = NULL;
    watch->why = "";
    watch->view = (struct view){0};
    switch (view_get(&watch->view, watch->http, watch->answer)) {
    case VIEW_HAD:
        break;
    case VIEW_AWAY:
        return MONITOR_AWAY;
    case VIEW_REFUSED:
        return MONITOR_REFUSED;
    }
    enum monitor_result result = judge_key(watch);
    if (result == MONITOR_CONTINUES)
        result = judge_checkpoint(watch);
    return result == MONITOR_CONTINUES ? compare(watch) : result;
}

void monitor_wipe(struct monitor *watch)
{
    view_free(&watch->view);
    pin_free(watch->newest);
    watch->newest = NULL;
}
