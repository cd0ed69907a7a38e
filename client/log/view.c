/* Two requests, key first: who signs is asked before what was signed. See view.h. */
#include "client/log/view.h"

#define KEY_ANSWER_MAX ((size_t)1024) /* a name of 255 bytes and 80 characters of key */

static enum view_result fetch_text(struct http *http, const char *path, size_t max, struct buf *out,
                                   struct http_answer *answer)
{
    struct http_request request = {.path = path, .answer_max = max};
    switch (http_do(http, &request, answer)) {
    case HTTP_DONE:
        if (answer->status != 200)
            return VIEW_REFUSED;
        buf_put(out, buf_text(&answer->body), answer->body.len);
        return buf_check(out) == 0 ? VIEW_HAD : VIEW_AWAY;
    case HTTP_RETRY:
        return VIEW_AWAY;
    case HTTP_REFUSED:
        return VIEW_REFUSED;
    }
    return VIEW_REFUSED;
}

enum view_result view_get(struct view *out, struct http *http, struct http_answer *answer)
{
    struct view view;
    buf_init(&view.key, KEY_ANSWER_MAX);
    buf_init(&view.checkpoint, NOTE_MAX);
    enum view_result result = fetch_text(http, "/log/key", KEY_ANSWER_MAX, &view.key, answer);
    if (result == VIEW_HAD)
        result = fetch_text(http, "/log/checkpoint", NOTE_MAX, &view.checkpoint, answer);
    if (result == VIEW_HAD)
        *out = view;
    else
        view_free(&view);
    return result;
}

void view_free(struct view *view)
{
    buf_free(&view->key);
    buf_free(&view->checkpoint);
}

enum view_result view_pin(struct pin **out, struct http *http, struct http_answer *answer)
{
    struct view view;
    struct error why;
    enum view_result result = view_get(&view, http, answer);
    if (result != VIEW_HAD)
        return result;
    struct pin *pin = pin_new(&view.key, &view.checkpoint, &why);
    view_free(&view);
    if (!pin)
        return VIEW_REFUSED;
    *out = pin;
    return VIEW_HAD;
}
