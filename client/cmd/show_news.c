/* Texts of the programme team's are shown as any text that others wrote: made clean, each line indented. */
#include "client/cmd/show_news.h"
#include "base/cli.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/text.h"
#include "client/home/read_news.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"
#include "client/terminal/output.h"
#include <string.h>

bool show_news_get(struct news *out, const struct profile *profile, struct http *http)
{
    struct history history;
    struct http_answer answer;
    int64_t seen;
    if (!profile->pin || read_news_load(profile->home, profile->pin, &seen) < 0 ||
        history_load(&history, profile->home) < 0)
        return false;
    http_answer_init(&answer);
    http_set_policy(http, &retry_never);
    bool had = news_get(out, http, seen, &history, &answer) == 0;
    http_answer_free(&answer);
    history_free(&history);
    return had;
}

static void put_indented_text(struct buf *out, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        buf_put_text(out, "      ");
        text_put_clean(out, text, len);
        buf_put_char(out, '\n');
        text += len + (text[len] == '\n');
    }
}

static void put_news_item(struct buf *out, const struct news_item *item, const struct action_list *actions)
{
    char when[OUTPUT_TIME_SIZE];
    int place = actions ? action_list_find(actions, item->action) : -1;
    output_local_time(item->published_at, when);
    buf_printf(out, "\n  %s  %s", when, item->action);
    if (place >= 0) {
        buf_put_text(out, "  ");
        text_put_clean(out, actions->list[place].title, strlen(actions->list[place].title));
    }
    buf_printf(out, "\n  %s", messages_follow_up_status(item->status));
    if (item->replaces >= 0)
        buf_put_text(out, T(" (in place of an earlier text)", " (in plaats van een eerdere tekst)"));
    buf_put_char(out, '\n');
    put_indented_text(out, news_text(item, messages_language()));
}

void show_news_put(struct buf *out, const struct news *news, const struct action_list *actions)
{
    if (news->count == 0)
        return;
    buf_put_text(out, T("\nNew: what was done with answers about actions that you answered\n",
                        "\nNieuw: wat is gedaan met antwoorden over acties die u beantwoordde\n"));
    for (size_t i = 0; i < news->count; i++)
        put_news_item(out, &news->list[i], actions);
}

static void put_news_item_json(struct buf *out, const struct news_item *item)
{
    char when[CLOCK_TEXT_SIZE];
    clock_format(item->published_at, when);
    buf_printf(out, "{\"index\":%lld,\"action\":\"%s\",\"round\":", (long long)item->index, item->action);
    if (item->round)
        json_put_text(out, item->round);
    else
        buf_put_text(out, "null");
    buf_printf(out, ",\"status\":\"%s\",\"publishedAt\":\"%s\",\"text\":", follow_up_status_name(item->status), when);
    json_put_value(out, item->text);
    buf_put_char(out, '}');
}

void show_news_put_json(struct buf *out, const struct news *news)
{
    if (!news) {
        buf_put_text(out, "null");
        return;
    }
    buf_put_char(out, '[');
    for (size_t i = 0; i < news->count; i++) {
        buf_put_text(out, i > 0 ? "," : "");
        put_news_item_json(out, &news->list[i]);
    }
    buf_put_char(out, ']');
}

int show_news_note_seen(const struct profile *profile, const struct news *news)
{
    if (news->last < 0 || !profile->pin || read_news_store(profile->home, profile->pin, news->last) == 0)
        return CLI_DONE;
    return failure_tell_errno(profile->home);
}
