/* First whose log it is, then which checkpoint, then whether that continues all others: a later question makes no sense
 * before the earlier one is answered. See monitor.h. */
#include "client/log/monitor.h"
#include "client/log/consistency.h"
#include "client/log/tile_reader.h"

/* Whether it has the form of a checkpoint, whoever signed it. */
static bool is_checkpoint(const struct buf *text)
{
    struct merkle_head head;
    size_t text_len, origin_len;
    return note_split(buf_text(text), text->len, &text_len, NULL) == 0 &&
           checkpoint_parse(buf_text(text), text_len, &head, &origin_len, NULL) == 0;
}

static enum monitor_result judge_key(struct monitor *monitor)
{
    struct note_key key;
    const char *text = buf_text(&monitor->view.key);
    size_t len = monitor->view.key.len;
    if (len > 0 && text[len - 1] == '\n')
        len--;
    if (note_key_parse(text, len, &key, &monitor->why) < 0)
        return MONITOR_NO_LOG;
    return pin_has_key(monitor->pin, &key) ? MONITOR_CONTINUES : MONITOR_OTHER_KEY;
}

static enum monitor_result judge_checkpoint(struct monitor *monitor)
{
    monitor->newest = pin_advance(monitor->pin, &monitor->view.checkpoint, &monitor->why);
    if (monitor->newest)
        return MONITOR_CONTINUES;
    if (monitor->why.kind == ERROR_MEMORY)
        return MONITOR_FAILED;
    return is_checkpoint(&monitor->view.checkpoint) ? MONITOR_OTHER_KEY : MONITOR_NO_LOG;
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

static int open_tiles(struct monitor *monitor)
{
    if (!monitor->tiles)
        monitor->tiles = tile_reader_new(monitor->http, monitor->newest->head.size, monitor->answer);
    return monitor->tiles ? 0 : -1;
}

/* From the largest down: a tree that has shrunk is seen before anything is fetched. */
static enum monitor_result compare_with_seen(struct monitor *monitor)
{
    enum monitor_result result = open_tiles(monitor) == 0 ? MONITOR_CONTINUES : MONITOR_FAILED;
    for (size_t i = monitor->seen->count; i > 0 && result == MONITOR_CONTINUES; i--) {
        monitor->older = &monitor->seen->list[i - 1];
        result = result_of(
            consistency_continues(&monitor->older->head, &monitor->newest->head, tile_reader_hash, monitor->tiles));
    }
    if (result == MONITOR_CONTINUES)
        monitor->older = NULL;
    return result;
}

static enum monitor_result look_once(struct monitor *monitor)
{
    if (monitor->view.checkpoint.len > 0)
        return MONITOR_CONTINUES;
    switch (view_get(&monitor->view, monitor->http, monitor->answer)) {
    case VIEW_HAD:
        return MONITOR_CONTINUES;
    case VIEW_AWAY:
        return MONITOR_AWAY;
    case VIEW_REFUSED:
        return MONITOR_REFUSED;
    }
    return MONITOR_REFUSED;
}

enum monitor_result monitor_log(struct monitor *monitor)
{
    pin_free(monitor->newest);
    monitor->newest = NULL;
    monitor->older = NULL;
    monitor->why = (struct error){0};
    enum monitor_result result = look_once(monitor);
    if (result == MONITOR_CONTINUES)
        result = judge_key(monitor);
    if (result == MONITOR_CONTINUES)
        result = judge_checkpoint(monitor);
    return result == MONITOR_CONTINUES ? compare_with_seen(monitor) : result;
}

void monitor_wipe(struct monitor *monitor)
{
    tile_reader_free(monitor->tiles);
    monitor->tiles = NULL;
    view_free(&monitor->view);
    pin_free(monitor->newest);
    monitor->newest = NULL;
}
