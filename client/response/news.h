/* What is new of what was done with answers: follow-ups that the collector has published since the member last looked,
 * about actions that this member answered. All of them are fetched, whoever answered what, so that the collector does
 * not learn whose actions they are. Marks nothing as seen. One thread. */
#ifndef CLIENT_RESPONSE_NEWS_H
#define CLIENT_RESPONSE_NEWS_H

#include "base/json.h"
#include "client/home/history.h"
#include "client/net/http.h"
#include "panel/follow_up.h"

/* One of them; its texts lie in the answer. */
struct news_item {
    int64_t index; /* in the log */
    int64_t published_at; /* seconds since 1970 */
    int64_t replaces; /* -1: none */
    const char *action, *round; /* round may be NULL */
    enum follow_up_status status;
    const struct json *text; /* by language */
};

struct news {
    struct news_item *list; /* in the order of the log; what a later one of these stands in for is left out */
    size_t count, capacity;
    int64_t last; /* index of the last one fetched, about whatever action; `seen` where there was none */
    struct json *document; /* what the texts lie in */
};

/* Asks for what came after index `seen` (-1: all), and keeps what is about an action in `history`. -1: it was not to be
 * had, *answer says why, or what was had is no such list. Free with news_free. */
MUST_CHECK int news_get(struct news *out, struct http *http, int64_t seen, const struct history *history,
                        struct http_answer *answer);
void news_free(struct news *news);

/* The text in the wanted language, else in Dutch. */
const char *news_text(const struct news_item *item, const char *language);

#endif
