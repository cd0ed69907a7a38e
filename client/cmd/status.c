/* status: who this is, how many responses are sent, waiting, refused; which were erased and not from here, and what is
 * new of what was done with answers. For these last two it asks the collector, and goes without where it is not
 * reached. */
#include "base/json.h"
#include "base/lang.h"
#include "client/cmd/cmd.h"
#include "client/cmd/show_news.h"
#include "client/home/held.h"
#include "client/home/spool.h"
#include "client/log/own_entries.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"
#include "client/terminal/output.h"
#include "panel/problem.h"

#define OUTPUT_MAX ((size_t)16 * 1024 * 1024)
#define WHY_MAX ((size_t)1024)

struct counts {
    size_t sent, spooled, refused;
};

/* On its way to being printed: what was refused, or what waits, one after the other. */
struct listing {
    const char *home;
    struct buf *out;
    bool as_json;
    bool any;
};

/* "" as `problem` is null. */
static void put_response(struct listing *l, const struct response_id *id, const char *problem, const struct buf *why)
{
    if (l->as_json) {
        buf_printf(l->out, "%s{\"round\":\"%s\",\"action\":\"%s\",\"revision\":%lld,\"problem\":", l->any ? "," : "",
                   id->round, id->action, (long long)id->revision);
        if (*problem)
            json_put_text(l->out, problem);
        else
            buf_put_text(l->out, "null");
        buf_put_char(l->out, '}');
    } else {
        buf_printf(l->out, "  %s %s (%lld): %s\n", id->round, id->action, (long long)id->revision, buf_text(why));
    }
    l->any = true;
}

static enum problem problem_of(const struct buf *answer)
{
    struct json *document = json_parse(buf_text(answer), answer->len, NULL);
    const char *type = json_text(json_member(document, "type"));
    enum problem problem = type ? problem_find(type) : PROBLEM_NONE;
    json_free(document);
    return problem;
}

static int put_refused(void *context, const struct response_id *id)
{
    struct listing *l = context;
    struct buf answer, why;
    buf_init(&answer, SPOOL_RECORD_MAX);
    buf_init(&why, WHY_MAX);
    int result = spool_read_answer(l->home, id, SPOOL_REFUSED, &answer);
    if (result == 0) {
        enum problem problem = problem_of(&answer);
        messages_put_problem(&why, problem, problem_status(problem));
        put_response(l, id, problem_name(problem), &why);
    }
    buf_free(&answer);
    buf_free(&why);
    return result;
}

static int put_waiting(void *context, const struct response_id *id)
{
    struct listing *l = context;
    struct buf answer, why;
    buf_init(&answer, SPOOL_RECORD_MAX);
    buf_init(&why, WHY_MAX);
    enum held held = held_reason(l->home, id);
    messages_put_held(&why, held);
    if (held == HELD_NOT)
        buf_put_text(&why, T("to be sent", "te versturen"));
    bool known = held != HELD_NOT && spool_read_reason(l->home, id, &answer) == 0;
    put_response(l, id, known ? problem_name(problem_of(&answer)) : "", &why);
    buf_free(&answer);
    buf_free(&why);
    return 0;
}

static void put_member_text(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, "\"%s\":", name);
    if (text && *text)
        json_put_text(out, text);
    else
        buf_put_text(out, "null");
    buf_put_char(out, ',');
}

static void put_status_as_json(struct buf *out, const struct profile *p, const struct counts *c)
{
    buf_put_char(out, '{');
    put_member_text(out, "home", p->home);
    put_member_text(out, "kid", p->kid);
    put_member_text(out, "panel", p->panel);
    put_member_text(out, "url", p->url);
    if (profile_is_enrolled(p))
        buf_printf(out, "\"index\":%lld,", (long long)p->index);
    buf_printf(out, "\"recoverable\":%s,", p->is_recoverable ? "true" : "false");
    buf_printf(out, "\"sent\":%zu,\"spooled\":%zu,\"refused\":%zu", c->sent, c->spooled, c->refused);
}

static void put_status_as_text(struct buf *out, const struct profile *p, const struct counts *c)
{
    const char *none = T("(not enrolled)", "(niet aangemeld)");
    buf_printf(out,
               T("folder     %s\nmember     %s\npanel      %s\ncollector  %s\n",
                 "map          %s\nlid          %s\npanel        %s\nverzamelaar  %s\n"),
               p->home, *p->kid ? p->kid : none, p->panel ? p->panel : none, p->url ? p->url : none);
    if (p->key)
        buf_printf(out, T("recovery   %s\n", "herstel      %s\n"),
                   p->is_recoverable ? T("by the code that was shown when the key was made",
                                         "met de code die getoond is toen de sleutel gemaakt werd")
                                     : T("by a copy of this folder alone", "alleen met een kopie van deze map"));
    buf_printf(
        out,
        T("sent       %zu\nwaiting    %zu\nrefused    %zu\n", "verstuurd    %zu\nwacht        %zu\ngeweigerd    %zu\n"),
        c->sent, c->spooled, c->refused);
}

static int read_counts(const struct profile *profile, struct counts *out)
{
    if (spool_count(profile->home, SPOOL_SENT, &out->sent) < 0 ||
        spool_count(profile->home, SPOOL_WAITING, &out->spooled) < 0 ||
        spool_count(profile->home, SPOOL_REFUSED, &out->refused) < 0)
        return -1;
    return 0;
}

/* What the collector was asked; NULL what it did not say, or was not asked. */
struct heard {
    const struct news *news;
    const struct own_losses *losses;
};

static void put_losses_as_json(struct buf *out, const struct own_losses *losses)
{
    if (!losses) {
        buf_put_text(out, "null");
        return;
    }
    buf_put_char(out, '[');
    for (size_t i = 0; i < losses->count; i++) {
        const struct own_loss *loss = &losses->list[i];
        buf_printf(out, "%s{\"round\":\"%s\",\"action\":\"%s\",\"revision\":%lld,\"erasedBy\":%lld,\"askedFor\":%s}",
                   i > 0 ? "," : "", loss->id.round, loss->id.action, (long long)loss->id.revision,
                   (long long)loss->event, loss->asked_for ? "true" : "false");
    }
    buf_put_char(out, ']');
}

static void put_losses_that(struct buf *out, const struct own_losses *losses, bool asked_for, const char *head)
{
    const char *title = head;
    for (size_t i = 0; i < losses->count; i++) {
        if (losses->list[i].asked_for != asked_for)
            continue;
        buf_put_text(out, title);
        title = "";
        buf_printf(out,
                   T("  %s %s (%lld): entry %lld of the log says so\n",
                     "  %s %s (%lld): zo staat in regel %lld van het logboek\n"),
                   losses->list[i].id.round, losses->list[i].id.action, (long long)losses->list[i].id.revision,
                   (long long)losses->list[i].event);
    }
}

/* A response goes whole where a part of it may not be there, so its author is asked for it anew; but not where it was
 * the author who wanted it gone. */
static void put_losses_as_text(struct buf *out, const struct own_losses *losses)
{
    if (!losses)
        return;
    put_losses_that(
        out, losses, false,
        T("erased by the panel office (please answer anew, with `burgerpanel respond ACTION`):\n",
          "gewist door het panelbureau (antwoord alstublieft opnieuw, met `burgerpanel respond ACTIE`):\n"));
    put_losses_that(out, losses, true,
                    T("erased because that was asked for with your key, not from this folder (was that not you, then "
                      "another has your key; tell the panel office):\n",
                      "gewist omdat daar met uw sleutel om gevraagd is, niet vanuit deze map (was u dat niet, dan "
                      "heeft een ander uw sleutel; zeg het het panelbureau):\n"));
}

static void put_heard(struct buf *out, const struct heard *heard, bool as_json)
{
    if (as_json) {
        buf_put_text(out, "],\"erased\":");
        put_losses_as_json(out, heard->losses);
        buf_put_text(out, ",\"news\":");
        show_news_put_json(out, heard->news);
        buf_put_text(out, "}\n");
        return;
    }
    put_losses_as_text(out, heard->losses);
    if (heard->news)
        show_news_put(out, heard->news, NULL);
}

static int put_status(struct buf *out, const struct profile *profile, const struct heard *heard, bool as_json)
{
    struct counts counts;
    struct listing refused = {.home = profile->home, .out = out, .as_json = as_json}, waiting = refused;
    if (read_counts(profile, &counts) < 0)
        return -1;
    (as_json ? put_status_as_json : put_status_as_text)(out, profile, &counts);
    if (!as_json && counts.refused > 0)
        buf_put_text(out, T("refused:\n", "geweigerd:\n"));
    buf_put_text(out, as_json ? ",\"refusals\":[" : "");
    if (spool_each(profile->home, SPOOL_REFUSED, put_refused, &refused) != 0)
        return -1;
    if (!as_json && counts.spooled > 0)
        buf_put_text(out, T("waiting:\n", "wacht:\n"));
    buf_put_text(out, as_json ? "],\"waiting\":[" : "");
    if (spool_each(profile->home, SPOOL_WAITING, put_waiting, &waiting) != 0)
        return -1;
    put_heard(out, heard, as_json);
    return 0;
}

static int print_status(const struct profile *profile, const struct heard *heard, bool as_json)
{
    struct buf out;
    int exit_code = CLI_FAILED;
    buf_init(&out, OUTPUT_MAX);
    if (put_status(&out, profile, heard, as_json) < 0)
        failure_tell_errno(profile->home);
    else
        exit_code = cli_print(&out, as_json ? CLI_JSON : CLI_TEXT);
    buf_free(&out);
    return exit_code == CLI_DONE && heard->news && !as_json ? show_news_note_seen(profile, heard->news) : exit_code;
}

static int ask_and_print(const struct profile *profile, bool as_json)
{
    struct news news;
    struct http *http = profile_is_enrolled(profile) ? http_open(profile->url, &retry_never) : NULL;
    struct own_losses losses;
    bool had = http && show_news_get(&news, profile, http);
    bool said = had && own_losses_find(&losses, profile, http) == 0;
    const struct heard heard = {had ? &news : NULL, said ? &losses : NULL};
    int exit_code = print_status(profile, &heard, as_json);
    if (said)
        own_losses_free(&losses);
    if (had)
        news_free(&news);
    http_close(http);
    return exit_code;
}

int cmd_status(const struct cli_verb *verb, int argc, char **argv)
{
    const char *home = NULL;
    bool as_json = false;
    const struct cli_option options[] = {CMD_OPTION_HOME(&home), CMD_OPTION_JSON(&as_json), {0}};
    struct profile profile;
    int first;
    int exit_code = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (exit_code != CLI_RUN)
        return exit_code;
    if (cmd_open_home(&profile, home, false) < 0)
        return CLI_FAILED;
    exit_code = ask_and_print(&profile, as_json);
    profile_close(&profile);
    return exit_code;
}
