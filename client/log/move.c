/* The URL is written last, so that a home never points to a collector that has not shown its log. See move.h. */
#include "client/log/move.h"
#include "base/json.h"
#include "panel/served.h"
#include <string.h>

enum http_outcome move_ask_panel(struct http *http, struct http_answer *answer, struct buf *id)
{
    struct http_request request = {.path = "/v1/panel", .answer_max = SERVED_PANEL_MAX};
    enum http_outcome outcome = http_do(http, &request, answer);
    if (outcome != HTTP_DONE)
        return outcome;
    struct json *document = json_parse(buf_text(&answer->body), answer->body.len, NULL);
    const char *panel = json_text(json_member(document, "id"));
    if (panel)
        buf_put_text(id, panel);
    outcome = panel && buf_check(id) == 0 ? HTTP_DONE : HTTP_REFUSED;
    json_free(document);
    return outcome;
}

static enum move_result settle_move(struct move *move, struct profile *profile)
{
    if (profile_set_pin(profile, move->monitor.newest) < 0)
        return MOVE_FAILED;
    move->monitor.newest = NULL; /* the profile's now */
    return profile_set_url(profile, move->url) < 0 ? MOVE_FAILED : MOVE_DONE;
}

enum move_result move_home(struct move *move, struct profile *profile)
{
    enum move_result result = MOVE_FAILED;
    if (strcmp(profile->panel, move->panel) != 0)
        return MOVE_OTHER_PANEL;
    if (!profile->pin)
        return MOVE_NO_PIN;
    seen_free(&move->seen);
    if (seen_gather(&move->seen, profile, NULL) == 0) {
        move->monitor.pin = profile->pin;
        move->monitor.seen = &move->seen;
        move->seen_as = monitor_log(&move->monitor);
        result = move->seen_as == MONITOR_CONTINUES ? settle_move(move, profile) : MOVE_OTHER_LOG;
    }
    return result;
}

void move_wipe(struct move *move)
{
    monitor_wipe(&move->monitor);
    seen_free(&move->seen);
}
