/* actions: what is open now, what this member has answered, and what is new of what was done with answers. Signs and
 * sends nothing. */
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "client/cmd/cmd.h"
#include "client/cmd/rounds.h"
#include "client/cmd/show_news.h"
#include "client/home/begun.h"
#include "client/home/history.h"
#include "client/response/catalogue.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"
#include "client/terminal/output.h"
#include <string.h>

#define OUTPUT_MAX ((size_t)256 * 1024 * 1024)

/* Of columns whose cells are known. */
#define CLOSES_WIDTH 18
#define STATUS_WIDTH 10
#define ANSWERED_WIDTH 12

struct listing {
    const struct catalogue *catalogue;
    const struct history *history;
    const char *home;
    struct buf *out;
    bool as_json;
    size_t id_width, round_width; /* of the columns */
    size_t rows; /* put so far */
};

static const char *state_name(const struct history_line *line)
{
    if (!line)
        return "open";
    return line->state == SPOOL_SENT ? "sent" : "spooled";
}

static void put_action_as_json(struct listing *l, const struct round *round, const struct action *action,
                               const struct history_line *line)
{
    char closes[CLOCK_TEXT_SIZE];
    clock_format(round->closes_at, closes);
    buf_put_text(l->out, l->rows ? ",\n {\"round\":" : " {\"round\":");
    json_put_text(l->out, round->id);
    buf_put_text(l->out, ",\"action\":");
    json_put_text(l->out, action->id);
    buf_put_text(l->out, ",\"title\":");
    json_put_text(l->out, action->title);
    buf_put_text(l->out, ",\"status\":");
    json_put_text(l->out, action_status_name(action->status));
    buf_put_text(l->out, ",\"closesAt\":");
    json_put_text(l->out, closes);
    buf_put_text(l->out, ",\"state\":");
    json_put_text(l->out, state_name(line));
    buf_printf(l->out, ",\"revision\":%lld}", line ? (long long)line->id.revision : 0);
}

static const char *state_text(const struct listing *l, const struct round *round, const struct action *action,
                              const struct history_line *line)
{
    if (begun_has(l->home, round->id, action->id))
        return T("begun", "begonnen");
    if (!line)
        return "";
    return line->state == SPOOL_SENT ? T("sent", "verstuurd") : T("waiting", "wacht");
}

static void put_action_as_row(struct listing *l, const struct round *round, const struct action *action,
                              const struct history_line *line)
{
    char closes[OUTPUT_TIME_SIZE];
    output_local_time(round->closes_at, closes);
    output_put_cell(l->out, round->id, l->round_width + 2);
    output_put_cell(l->out, closes, CLOSES_WIDTH);
    output_put_cell(l->out, action->id, l->id_width + 2);
    output_put_cell(l->out, messages_action_status(action->status), STATUS_WIDTH);
    output_put_cell(l->out, state_text(l, round, action, line), ANSWERED_WIDTH);
    text_put_clean(l->out, action->title, strlen(action->title));
    buf_put_char(l->out, '\n');
}

static void put_open_actions(struct listing *l)
{
    const struct panel *panel = l->catalogue->panel;
    const struct action_list *actions = l->catalogue->actions;
    int64_t now = clock_now();
    for (size_t r = 0; r < panel->round_count; r++) {
        const struct round *round = &panel->rounds[r];
        for (size_t i = 0; round_is_open(round, now) && i < actions->count; i++) {
            const struct action *action = &actions->list[i];
            if (!round_has_action(round, action->id))
                continue;
            const struct history_line *line = history_find(l->history, round->id, action->id);
            (l->as_json ? put_action_as_json : put_action_as_row)(l, round, action, line);
            l->rows++;
        }
    }
}

static void widen_to(size_t *width, const char *text)
{
    if (output_width(text) > *width)
        *width = output_width(text);
}

static void measure_columns(struct listing *l)
{
    widen_to(&l->round_width, T("round", "ronde"));
    widen_to(&l->id_width, T("action", "actie"));
    for (size_t i = 0; i < l->catalogue->panel->round_count; i++)
        widen_to(&l->round_width, l->catalogue->panel->rounds[i].id);
    for (size_t i = 0; i < l->catalogue->actions->count; i++)
        widen_to(&l->id_width, l->catalogue->actions->list[i].id);
}

static void put_listing(struct listing *l)
{
    if (l->as_json) {
        buf_put_text(l->out, "[\n");
    } else {
        measure_columns(l);
        output_put_cell(l->out, T("round", "ronde"), l->round_width + 2);
        output_put_cell(l->out, T("open until", "open tot"), CLOSES_WIDTH);
        output_put_cell(l->out, T("action", "actie"), l->id_width + 2);
        output_put_cell(l->out, "status", STATUS_WIDTH);
        output_put_cell(l->out, T("answered", "beantwoord"), ANSWERED_WIDTH);
        buf_put_text(l->out, T("title\n", "titel\n"));
    }
    put_open_actions(l);
    buf_put_text(l->out, l->as_json ? "\n]\n" : "");
}

/* `news` NULL: there is none to show. */
static int list_actions(const struct profile *profile, const struct catalogue *catalogue, const struct history *history,
                        const struct news *news, bool as_json)
{
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    struct listing l = {
        .catalogue = catalogue, .history = history, .home = profile->home, .out = &out, .as_json = as_json};
    put_listing(&l);
    if (l.rows == 0 && !as_json) {
        buf_reset(&out);
        cli_say("%s", T("Nothing is open now.", "Er is nu niets open."));
    }
    if (news)
        show_news_put(&out, news, catalogue->actions);
    int exit_code = buf_check(&out) == 0 && out.len == 0 ? CLI_DONE : cli_print(&out, as_json ? CLI_JSON : CLI_TEXT);
    buf_free(&out);
    return exit_code;
}

static int list_with_history(const struct profile *profile, const struct catalogue *catalogue, const struct news *news,
                             bool as_json)
{
    struct history history;
    if (history_load(&history, profile->home) < 0)
        return failure_tell_errno(profile->home);
    int exit_code = list_actions(profile, catalogue, &history, news, as_json);
    history_free(&history);
    return exit_code == CLI_DONE && news ? show_news_note_seen(profile, news) : exit_code;
}

/* The list alone as JSON, so that its shape stays what it was; `status --json` has the news. */
static int list_with_news(const struct profile *profile, struct http *http, const struct catalogue *catalogue,
                          bool as_json, bool is_reached)
{
    struct news news;
    if (as_json || !is_reached || !show_news_get(&news, profile, http))
        return list_with_history(profile, catalogue, NULL, as_json);
    int exit_code = list_with_history(profile, catalogue, &news, as_json);
    news_free(&news);
    return exit_code;
}

static int fetch_and_list(struct profile *profile, struct http *http, const void *as_json)
{
    struct catalogue catalogue;
    struct http_answer answer;
    int exit_code;
    http_answer_init(&answer);
    http_set_policy(http, &retry_never); /* a kept copy will do */
    enum catalogue_result got = catalogue_get(&catalogue, profile->home, profile->url, http, &answer);
    if (got == CATALOGUE_FRESH)
        messages_say_clock(&answer);
    if (got == CATALOGUE_KEPT && *answer.moved_to)
        failure_tell_answer(T("not the newest list", "niet de nieuwste lijst"), &answer);
    else if (got == CATALOGUE_KEPT)
        cli_say("%s", T("The collector was not reached: this is how it was when last seen.",
                        "De verzamelaar is niet bereikt: zo was het toen die voor het laatst gezien is."));
    if (got == CATALOGUE_FRESH || got == CATALOGUE_KEPT) {
        exit_code = list_with_news(profile, http, &catalogue, *(const bool *)as_json, got == CATALOGUE_FRESH);
        catalogue_free(&catalogue);
    } else {
        exit_code = rounds_explain(got, &answer);
    }
    http_answer_free(&answer);
    return exit_code;
}

int cmd_actions(const struct cli_verb *verb, int argc, char **argv)
{
    const char *home = NULL;
    bool as_json = false;
    const struct cli_option options[] = {CMD_OPTION_HOME(&home), CMD_OPTION_JSON(&as_json), {0}};
    int first, exit_code = cli_parse(verb, options, argc, argv, 0, 0, &first);
    return exit_code == CLI_RUN ? cmd_for_member(home, fetch_and_list, &as_json) : exit_code;
}
