/* Two threads may make the same at once; one of them is kept, and either is right. */
#include "collector/api/prepared.h"
#include "base/json.h"
#include "base/mem.h"

struct prepared {
    struct counted counted;
    struct catalogue *catalogue; /* held */
    int64_t from, until; /* seconds: no round opens or closes in between */
    int64_t log_time;
    struct buf panel_body, actions_body;
    struct http_static *panel, *actions;
};

static void destroy_prepared(void *value)
{
    struct prepared *prepared = value;
    http_static_free(prepared->panel);
    http_static_free(prepared->actions);
    buf_free(&prepared->panel_body);
    buf_free(&prepared->actions_body);
    catalogue_release(prepared->catalogue);
    mem_free(prepared);
}

bool prepared_round_is_open(const struct round *round, int64_t now, int64_t log_time)
{
    return round_is_open(round, now) && log_time < round->closes_at;
}

/* The panel. */

/* A round as imported, with whether it is open. */
static void put_round_with_state(struct buf *out, const struct json *round, bool open)
{
    buf_put_char(out, '{');
    for (const struct json *member = json_first(round); member; member = json_next(member)) {
        json_put_text(out, json_name(member));
        buf_put_char(out, ':');
        json_put_value(out, member);
        buf_put_char(out, ',');
    }
    buf_printf(out, "\"open\":%s}", open ? "true" : "false");
}

static void put_rounds_with_state(struct buf *out, const struct json *rounds, const struct prepared *prepared)
{
    size_t index = 0;
    buf_put_char(out, '[');
    for (const struct json *round = json_first(rounds); round; round = json_next(round), index++) {
        buf_put_text(out, index > 0 ? "," : "");
        put_round_with_state(
            out, round,
            prepared_round_is_open(&prepared->catalogue->panel->rounds[index], prepared->from, prepared->log_time));
    }
    buf_put_char(out, ']');
}

static void put_panel(struct prepared *prepared, const struct json *definition)
{
    struct buf *out = &prepared->panel_body;
    const char *before = "{";
    for (const struct json *member = json_first(definition); member; member = json_next(member), before = ",") {
        buf_put_text(out, before);
        json_put_text(out, json_name(member));
        buf_put_char(out, ':');
        if (member == json_member(definition, "rounds"))
            put_rounds_with_state(out, member, prepared);
        else
            json_put_value(out, member);
    }
    buf_put_char(out, '}');
}

/* The first moment after `now` at which a round opens or closes. */
static int64_t next_change(const struct panel *panel, int64_t now)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < panel->round_count; i++) {
        const int64_t moments[] = {panel->rounds[i].opens_at, panel->rounds[i].closes_at};
        for (size_t j = 0; j < 2; j++)
            if (moments[j] > now && moments[j] < next)
                next = moments[j];
    }
    return next;
}

static void put_prepared_panel(struct prepared *prepared)
{
    const struct catalogue *catalogue = prepared->catalogue;
    struct json *definition = json_parse(buf_text(&catalogue->definition), catalogue->definition.len, NULL);
    if (definition)
        put_panel(prepared, definition);
    else
        prepared->panel_body.failed = true; /* it was read once already, so memory is short */
    json_free(definition);
}

/* Both. */

static struct http_static *new_answer(const struct buf *body)
{
    return buf_check(body) == 0 ? http_static_new("application/json", buf_text(body), body->len) : NULL;
}

static struct prepared *prepare_answers(struct catalogue *catalogue, int64_t now, int64_t log_time)
{
    struct prepared *prepared = mem_calloc(1, sizeof *prepared);
    if (!prepared)
        return NULL;
    counted_init(&prepared->counted, destroy_prepared);
    prepared->catalogue = catalogue_hold(catalogue);
    prepared->from = now;
    prepared->log_time = log_time;
    prepared->until = next_change(catalogue->panel, now);
    buf_init(&prepared->panel_body, SIZE_MAX);
    buf_init(&prepared->actions_body, SIZE_MAX);
    put_prepared_panel(prepared);
    buf_put_text(&prepared->actions_body, "{\"actions\":");
    action_list_put_json(&prepared->actions_body, catalogue->actions);
    buf_put_char(&prepared->actions_body, '}');
    prepared->panel = new_answer(&prepared->panel_body);
    prepared->actions = new_answer(&prepared->actions_body);
    if (prepared->panel && prepared->actions)
        return prepared;
    counted_release(prepared);
    return NULL;
}

struct prepared *prepared_now(struct latest *newest, struct catalogue *catalogue, int64_t now, int64_t log_time)
{
    struct prepared *prepared = latest_now(newest);
    if (prepared && prepared->catalogue == catalogue && prepared->log_time == log_time && now >= prepared->from &&
        now < prepared->until)
        return prepared;
    counted_release(prepared);
    prepared = prepare_answers(catalogue, now, log_time);
    if (prepared)
        latest_replace(newest, counted_hold(prepared));
    return prepared;
}

const struct http_static *prepared_panel(const struct prepared *prepared)
{
    return prepared->panel;
}

const struct http_static *prepared_actions(const struct prepared *prepared)
{
    return prepared->actions;
}
