/* The list as it is served, read strictly: one that is not understood is none. Knows no terminal and no file. */
#include "client/response/news.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "panel/actions.h"
#include <stdio.h>
#include <string.h>

#define NEWS_MAX ((size_t)64 * 1024 * 1024) /* bytes of an answer */
#define PATH_SIZE 64

const char *news_text(const struct news_item *item, const char *language)
{
    const char *text = json_text(json_member(item->text, language));
    return text ? text : json_text(json_member(item->text, "nl"));
}

void news_free(struct news *news)
{
    mem_free(news->list);
    json_free(news->document);
    *news = (struct news){0};
}

static bool is_json_null(const struct json *value)
{
    return value && json_type(value) == JSON_NULL;
}

static int read_item(const struct json *value, struct news_item *out)
{
    const struct json *round = json_member(value, "round"), *replaces = json_member(value, "replaces");
    const char *status = json_text(json_member(value, "status"));
    const char *published = json_text(json_member(value, "publishedAt"));
    struct news_item item = {.action = json_text(json_member(value, "action")),
                             .round = json_text(round),
                             .replaces = -1,
                             .text = json_member(value, "text")};
    if (json_integer(json_member(value, "index"), &item.index) < 0 || item.index < 0 || !item.action ||
        !action_id_is_valid(item.action) || (!item.round && !is_json_null(round)))
        return -1;
    if ((json_integer(replaces, &item.replaces) < 0 && !is_json_null(replaces)) || !status ||
        follow_up_status_find(status, &item.status) < 0)
        return -1;
    if (!published || clock_parse(published, &item.published_at) < 0 || !news_text(&item, "nl"))
        return -1;
    *out = item;
    return 0;
}

static bool has_answered(const struct history *history, const char *action)
{
    for (size_t i = 0; i < history->count; i++)
        if (strcmp(history->list[i].id.action, action) == 0)
            return true;
    return false;
}

/* Takes away the one that `item` stands in for, if it is among the news. */
static void drop_replaced(struct news *news, const struct news_item *item)
{
    for (size_t i = 0; i < news->count; i++) {
        if (news->list[i].index != item->replaces)
            continue;
        memmove(&news->list[i], &news->list[i + 1], (news->count - i - 1) * sizeof *news->list);
        news->count--;
        return;
    }
}

static int keep_item(struct news *news, const struct news_item *item)
{
    drop_replaced(news, item);
    struct news_item *list = list_grow(news->list, news->count, &news->capacity, sizeof *list);
    if (!list)
        return -1;
    news->list = list;
    news->list[news->count++] = *item;
    return 0;
}

static int read_items(struct news *news, const struct history *history)
{
    if (!news->document || json_type(news->document) != JSON_ARRAY)
        return -1;
    for (const struct json *value = json_first(news->document); value; value = json_next(value)) {
        struct news_item item;
        if (read_item(value, &item) < 0 || item.index <= news->last)
            return -1;
        news->last = item.index;
        if (has_answered(history, item.action) && keep_item(news, &item) < 0)
            return -1;
    }
    return 0;
}

int news_get(struct news *out, struct http *http, int64_t seen, const struct history *history,
             struct http_answer *answer)
{
    char path[PATH_SIZE] = "/v1/follow-ups";
    if (seen >= 0)
        snprintf(path, sizeof path, "/v1/follow-ups?since=%lld", (long long)seen);
    const struct http_request request = {.path = path, .answer_max = NEWS_MAX};
    if (http_do(http, &request, answer) != HTTP_DONE)
        return -1;
    struct news news = {.last = seen, .document = json_parse(buf_text(&answer->body), answer->body.len, NULL)};
    if (read_items(&news, history) < 0) {
        news_free(&news);
        return -1;
    }
    *out = news;
    return 0;
}
