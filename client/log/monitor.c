/* See watch.h. */
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

static enum watch_result judge_key(struct watch *watch)
{
    struct note_key key;
    const char *text = buf_text(&watch->view.key);
    size_t len = watch->view.key.len;
    if (len > 0 && text[len - 1] == '\n')
        len--;
    if (note_key_parse(text, len, &key, &watch->why) != 0)
        return WATCH_NO_LOG;
    return pin_has_key(watch->pin, &key) ? WATCH_CONTINUES : WATCH_OTHER_KEY;
}

static enum watch_result judge_checkpoint(struct watch *watch)
{
    const char *why;
    watch->newest = pin_succeed(watch->pin, &watch->view.checkpoint, &watch->why);
    if (watch->newest)
        return WATCH_CONTINUES;
    if (strcmp(watch->why, "out of memory") == 0)
        return WATCH_FAILED;
    return is_checkpoint(&watch->view.checkpoint, &why) ? WATCH_OTHER_KEY : WATCH_NO_LOG;
}

static enum watch_result result_of(enum verify_verdict verdict)
{
    switch (verdict) {
    case VERIFY_CONTINUES:
        return WATCH_CONTINUES;
    case VERIFY_TWO_HISTORIES:
        return WATCH_TWO_HISTORIES;
    case VERIFY_SMALLER:
        return WATCH_SMALLER;
    case VERIFY_FALSE_TILES:
        return WATCH_FALSE_TILES;
    case VERIFY_UNREAD:
        return WATCH_UNREAD;
    }
    return WATCH_UNREAD;
}

/* From the largest down: a tree that has shrunk is seen before anything is fetched. */
static enum watch_result compare(struct watch *watch)
{
    struct tiles *tiles = tiles_new(watch->http, watch->newest->head.size, watch->answer);
    enum watch_result result = tiles ? WATCH_CONTINUES : WATCH_FAILED;
    for (size_t i = watch->seen->count; i > 0 && result == WATCH_CONTINUES; i--) {
        watch->older = &watch->seen->list[i - 1];
        result = result_of(verify_continues(&watch->older->head, &watch->newest->head, tiles_read, tiles));
    }
    if (result == WATCH_CONTINUES)
        watch->older = NULL;
    tiles_free(tiles);
    return result;
}

enum watch_result watch_log(struct watch *watch)
{
    watch->newest = NULL;
    watch->older = NULL;
    watch->why = "";
    watch->view = (struct view){0};
    switch (view_get(&watch->view, watch->http, watch->answer)) {
    case VIEW_HAD:
        break;
    case VIEW_AWAY:
        return WATCH_AWAY;
    case VIEW_REFUSED:
        return WATCH_REFUSED;
    }
    enum watch_result result = judge_key(watch);
    if (result == WATCH_CONTINUES)
        result = judge_checkpoint(watch);
    return result == WATCH_CONTINUES ? compare(watch) : result;
}

void watch_wipe(struct watch *watch)
{
    view_free(&watch->view);
    pin_free(watch->newest);
    watch->newest = NULL;
}
