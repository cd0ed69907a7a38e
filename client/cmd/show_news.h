/* What verbs show of the news (client/response/news.h), and how far it has been read. Main thread only. */
#ifndef CLIENT_CMD_SHOW_NEWS_H
#define CLIENT_CMD_SHOW_NEWS_H

#include "client/home/profile.h"
#include "client/response/news.h"
#include "panel/actions.h"

/* Asks the collector, once. false: it was not reached, or knows no follow-ups; nothing is said of that, since who asked
 * wanted something else. Free with news_free when true. */
MUST_CHECK bool show_news_get(struct news *out, const struct profile *profile, struct http *http);

/* Puts what is new as text under a heading of its own, nothing where nothing is; `actions` (may be NULL) gives the
 * titles. */
void show_news_put(struct buf *out, const struct news *news, const struct action_list *actions);

/* Puts a JSON array, null where `news` is NULL. */
void show_news_put_json(struct buf *out, const struct news *news);

/* Notes that all of it has been shown. Returns the exit code, having said why it can't. */
int show_news_note_seen(const struct profile *profile, const struct news *news);

#endif
