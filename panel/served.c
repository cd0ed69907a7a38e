/* What a collector serves of a panel: its envelope taken off. */
#include "panel/served.h"
#include <string.h>

static void put_without(struct buf *out, const struct json *object, const char *name)
{
    bool first = true;
    buf_put_char(out, '{');
    for (const struct json *m = json_first(object); m; m = json_next(m)) {
        if (strcmp(json_name(m), name) == 0)
            continue;
        buf_put_text(out, first ? "" : ",");
        json_put_text(out, json_name(m));
        buf_put_char(out, ':');
        json_put_value(out, m);
        first = false;
    }
    buf_put_char(out, '}');
}

static void put_rounds(struct buf *out, const struct json *rounds)
{
    buf_put_char(out, '[');
    for (const struct json *r = json_first(rounds); r; r = json_next(r)) {
        if (json_type(r) == JSON_OBJECT)
            put_without(out, r, "open");
        else
            json_put_value(out, r);
        buf_put_text(out, json_next(r) ? "," : "");
    }
    buf_put_char(out, ']');
}

void served_put_definition(struct buf *out, const struct json *served)
{
    if (json_type(served) != JSON_OBJECT) {
        json_put_value(out, served);
        return;
    }
    buf_put_char(out, '{');
    for (const struct json *m = json_first(served); m; m = json_next(m)) {
        json_put_text(out, json_name(m));
        buf_put_char(out, ':');
        if (strcmp(json_name(m), "rounds") == 0 && json_type(m) == JSON_ARRAY)
            put_rounds(out, m);
        else
            json_put_value(out, m);
        buf_put_text(out, json_next(m) ? "," : "");
    }
    buf_put_char(out, '}');
}

int served_is_definition(const struct buf *document, const struct buf *meant)
{
    struct json_fault fault;
    struct json *json = json_parse(buf_text(document), document->len, &fault);
    if (!json)
        return fault.no_memory ? -1 : 0;
    struct buf own;
    buf_init(&own, SERVED_PANEL_MAX);
    served_put_definition(&own, json);
    json_free(json);
    int result = buf_check(&own);
    if (result == 0)
        result = own.len == meant->len && memcmp(buf_text(&own), buf_text(meant), own.len) == 0;
    buf_free(&own);
    return result;
}

void served_put_actions(struct buf *out, const struct json *served)
{
    const struct json *list = json_member(served, "actions");
    if (list)
        json_put_value(out, list);
}

struct action_list *served_actions_parse(const char *text, size_t len)
{
    struct json *served = json_parse(text, len, NULL);
    struct buf list;
    struct action_list *actions = NULL;
    buf_init(&list, SERVED_ACTIONS_MAX);
    served_put_actions(&list, served);
    json_free(served);
    if (buf_check(&list) == 0)
        actions = actions_parse_json(buf_text(&list), list.len, NULL);
    buf_free(&list);
    return actions;
}
