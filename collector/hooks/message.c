/* Which events are told, and what of each. */
#include "collector/hooks/message.h"
#include "base/clock.h"
#include "base/json.h"

#define ID_MAX ((size_t)512)

void message_init(struct message *message)
{
    buf_init(&message->id, ID_MAX);
    buf_init(&message->body, MESSAGE_MAX);
}

void message_wipe(struct message *message)
{
    buf_free(&message->id);
    buf_free(&message->body);
}

static void begin_message(struct message *out, const char *type, int64_t when, const char *panel)
{
    char time[CLOCK_TEXT_SIZE];
    buf_reset(&out->id);
    buf_reset(&out->body);
    clock_format(when, time);
    buf_printf(&out->body, "{\"type\":\"%s\",\"timestamp\":\"%s\",\"data\":{\"panel\":", type, time);
    json_put_text(&out->body, panel);
}

static void put_member_text(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, ",\"%s\":", name);
    if (text)
        json_put_text(out, text);
    else
        buf_put_text(out, "null");
}

static void put_follow_up(struct buf *out, const struct event *event)
{
    put_member_text(out, "action", event->action);
    put_member_text(out, "round", event->round);
    if (event->replaces >= 0)
        buf_printf(out, ",\"replaces\":%lld", (long long)event->replaces);
    else
        buf_put_text(out, ",\"replaces\":null");
}

/* The name of what is told; NULL: it is not. */
static const char *type_of_event(enum event_kind kind)
{
    return kind == EVENT_RELEASE_CREATED       ? "release.created"
           : kind == EVENT_FOLLOW_UP_PUBLISHED ? "follow-up.published"
           : kind == EVENT_ROUND_CLOSED        ? "round.closed"
                                               : NULL;
}

bool message_of_event(struct message *out, int64_t index, const struct event *event)
{
    const char *type = type_of_event(event->kind);
    if (!type)
        return false;
    begin_message(out, type, event->iat, event->aud);
    buf_printf(&out->id, "%s-%lld", event->aud, (long long)index);
    buf_printf(&out->body, ",\"index\":%lld", (long long)index);
    if (event->kind == EVENT_FOLLOW_UP_PUBLISHED)
        put_follow_up(&out->body, event);
    else
        put_member_text(&out->body, "round", event->round);
    if (event->kind == EVENT_RELEASE_CREATED)
        buf_printf(&out->body, ",\"number\":%lld,\"final\":%s", (long long)event->number,
                   event->is_final ? "true" : "false");
    buf_put_text(&out->body, "}}");
    return true;
}

void message_of_opening(struct message *out, const char *panel, const char *round, int64_t opens_at)
{
    begin_message(out, "round.opened", opens_at, panel);
    buf_printf(&out->id, "%s-%s-opened-%lld", panel, round, (long long)opens_at);
    put_member_text(&out->body, "round", round);
    buf_put_text(&out->body, "}}");
}
