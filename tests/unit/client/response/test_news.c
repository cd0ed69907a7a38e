/* What is new for one member among all that is published, and what is no such list. */
#include "client/response/news.h"
#include "tests/unit/client/kit.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(news, .init = kit_begin, .fini = kit_end);

#define ITEM(index, action, replaces, nl)                                                                              \
    "{\"index\":" index ",\"action\":\"" action "\",\"round\":null,\"status\":\"doing\",\"text\":{\"nl\":\"" nl        \
    "\"},\"publishedAt\":\"2026-11-26T10:00:00Z\",\"replaces\":" replaces "}"

static struct http_answer answer;

/* Of a member who answered. */
static int get_news(struct news *news, int64_t seen, const char *body)
{
    struct history_line lines[] = {{.id = kit_id("A-1", 1)}, {.id = kit_id("A-2", 3)}};
    const struct history history = {.list = lines, .count = 2};
    const char *answers[] = {fake_answer(200, "", body)};
    fake_start(answers, 1);
    http_answer_init(&answer);
    struct http *http = http_open(fake_url(), &retry_never);
    cr_assert_not_null(http);
    int result = news_get(news, http, seen, &history, &answer);
    http_close(http);
    http_answer_free(&answer);
    return result;
}

Test(news, is_what_is_about_answered_actions_and_all_is_fetched)
{
    struct news news;
    cr_assert_eq(get_news(&news, -1,
                          "[" ITEM("3", "A-1", "null", "een") "," ITEM("5", "B-9", "null", "twee") "," ITEM(
                              "8", "A-2", "null", "drie") "," ITEM("9", "B-9", "5", "vier") "]"),
                 0);
    cr_expect_not_null(strstr(fake_last(), "GET /v1/follow-ups HTTP/1.1\r\n"), "no action and no member is named");
    cr_assert_eq(news.count, 2);
    cr_expect_eq(news.list[0].index, 3);
    cr_expect_str_eq(news_text(&news.list[1], "en"), "drie");
    cr_expect_eq(news.list[1].status, FOLLOW_UP_DOING);
    cr_expect_eq(news.list[1].published_at, 1795687200);
    cr_expect_eq(news.last, 9);
    news_free(&news);
    fake_stop();
}

Test(news, is_asked_for_from_what_was_seen_on)
{
    struct news news;
    cr_assert_eq(get_news(&news, 8, "[]"), 0);
    cr_expect_not_null(strstr(fake_last(), "GET /v1/follow-ups?since=8 HTTP/1.1\r\n"));
    cr_expect_eq(news.count, 0);
    cr_expect_eq(news.last, 8);
    news_free(&news);
    fake_stop();
}

Test(news, leaves_out_what_a_later_text_stands_in_for)
{
    struct news news;
    cr_assert_eq(get_news(&news, -1,
                          "[" ITEM("3", "A-1", "null", "een") "," ITEM("5", "A-1", "3", "twee") "," ITEM(
                              "7", "A-2", "1", "drie") "," ITEM("9", "A-1", "5", "vier") "]"),
                 0);
    cr_assert_eq(news.count, 2);
    cr_expect_eq(news.list[0].index, 7);
    cr_expect_eq(news.list[0].replaces, 1);
    cr_expect_eq(news.list[1].index, 9);
    news_free(&news);
    fake_stop();
}

Test(news, is_none_when_the_list_is_not_understood)
{
    static const char *const others[] = {
        "",
        "{}",
        "<html>",
        "[1]",
        "[{}]",
        "[" ITEM("3", "A 1", "null", "x") "]",
        "[" ITEM("-1", "A-1", "null", "x") "]",
        "[" ITEM("3", "A-1", "\"1\"", "x") "]",
        "[" ITEM("3", "A-1", "null", "x") "," ITEM("3", "A-1", "null", "x") "]",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct news news;
        cr_expect_eq(get_news(&news, -1, others[i]), -1, "%s", others[i]);
        fake_stop();
    }
}
