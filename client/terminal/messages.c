/* The words for problems by name, for what came in between, and for the faults that were found. */
#include "client/terminal/messages.h"
#include "base/cli.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/text.h"
#include "panel/enrolment.h"
#include <string.h>

#define ERRORS_SHOWN 20
#define ERROR_MAX ((size_t)4096)
#define ERROR_PART_MAX 500 /* bytes of what a collector says of one error */

const char *messages_language(void)
{
    return lang_is_dutch() ? "nl" : "en";
}

const char *messages_action_status(enum action_status status)
{
    switch (status) {
    case ACTION_PLANNED:
        return T("planned", "gepland");
    case ACTION_STARTED:
        return T("started", "gestart");
    case ACTION_RUNNING:
        return T("running", "loopt");
    case ACTION_DONE:
        return T("done", "afgerond");
    case ACTION_STOPPED:
        return T("stopped", "gestopt");
    }
    return "";
}

const char *messages_follow_up_status(enum follow_up_status status)
{
    switch (status) {
    case FOLLOW_UP_CONSIDERED:
        return T("considered", "overwogen");
    case FOLLOW_UP_DOING:
        return T("being done", "wordt aan gewerkt");
    case FOLLOW_UP_DONE:
        return T("done", "gedaan");
    case FOLLOW_UP_NOT_DONE:
        return T("will not be done", "gebeurt niet");
    }
    return "";
}

void messages_put_problem(struct buf *out, enum problem problem, unsigned status)
{
    const char *told = problem_tell(problem);
    if (*told)
        buf_put_text(out, told);
    else if (problem == PROBLEM_NONE && status >= 502 && status <= 504)
        buf_printf(
            out,
            T("a server between you and the collector answers instead of it (HTTP %u); try again later",
              "een server tussen u en de verzamelaar antwoordt in plaats daarvan (HTTP %u); probeer het later opnieuw"),
            status);
    else if (problem == PROBLEM_NONE)
        buf_printf(out, T("unexpected answer (HTTP %u)", "onverwacht antwoord (HTTP %u)"), status);
    else
        buf_printf(out, "%s (HTTP %u)", problem_title(problem), status);
}

void messages_put_held(struct buf *out, enum held held)
{
    switch (held) {
    case HELD_NOT:
        return;
    case HELD_ROUND:
        messages_put_problem(out, PROBLEM_ROUND_NOT_OPEN, 0);
        return;
    case HELD_MEMBER:
        messages_put_problem(out, PROBLEM_NOT_VERIFIED, 0);
        return;
    case HELD_TIME:
        buf_put_text(out, T("the time at which it was signed does not fit the collector's clock",
                            "het tijdstip van ondertekenen past niet bij de klok van de verzamelaar"));
        return;
    }
}

void messages_put_reason(struct buf *out, const struct http_answer *answer)
{
    switch (answer->transfer) {
    case FETCH_UNRESOLVED:
    case FETCH_REFUSED:
    case FETCH_UNREACHABLE:
    case FETCH_TIMED_OUT:
    case FETCH_BROKEN:
    case FETCH_NO_MEMORY:
        buf_printf(out, T("no connection: %s", "geen verbinding: %s"), fetch_tell(answer->transfer));
        return;
    case FETCH_EXPIRED:
    case FETCH_UNKNOWN_ISSUER:
    case FETCH_WRONG_NAME:
    case FETCH_NO_AUTHORITIES:
    case FETCH_UNTRUSTED:
        buf_printf(out,
                   T("the collector's certificate is not to be trusted: %s",
                     "het certificaat van de verzamelaar is niet te vertrouwen: %s"),
                   fetch_tell(answer->transfer));
        return;
    case FETCH_TOO_LONG:
        buf_put_text(
            out, T("the answer is far longer than it should be", "het antwoord is veel langer dan het hoort te zijn"));
        return;
    case FETCH_ANSWERED:
        if (*answer->moved_to)
            buf_printf(out,
                       T("the collector has moved to %s; `burgerpanel enrol %s` goes there",
                         "de verzamelaar is verhuisd naar %s; `burgerpanel enrol %s` gaat daarheen"),
                       answer->moved_to, answer->moved_to);
        else if (answer->status >= 300 && answer->status < 400)
            buf_printf(out,
                       T("we are sent elsewhere (HTTP %u), and don't go; is this the collector's own URL?",
                         "we worden doorgestuurd (HTTP %u) en gaan daar niet in mee; is dit de eigen URL van de "
                         "verzamelaar?"),
                       answer->status);
        else
            messages_put_problem(out, answer->problem, answer->status);
        return;
    }
}

const char *messages_place(const char *pointer)
{
    if (strncmp(pointer, "/answers/", 9) == 0)
        return pointer + 9;
    return strcmp(pointer, "/answers") == 0 ? pointer + 1 : pointer;
}

/* As much of it as is told, ended on a character. */
static void put_cut(struct buf *out, const char *text)
{
    size_t len = text_fitting(text, ERROR_PART_MAX);
    text_put_clean(out, text, len);
    buf_put_text(out, text[len] ? "..." : "");
}

bool messages_put_error(struct buf *out, const char *before, const struct json *error)
{
    const char *pointer = json_text(json_member(error, "pointer"));
    const char *detail = json_text(json_member(error, "detail"));
    if (!pointer || !detail)
        return false;
    buf_put_text(out, before);
    put_cut(out, messages_place(pointer));
    buf_put_text(out, ": ");
    put_cut(out, detail);
    return true;
}

static bool say_error(const struct json *error)
{
    struct buf line;
    buf_init(&line, ERROR_MAX);
    bool is_told = messages_put_error(&line, "  ", error);
    if (is_told)
        cli_say("%s", buf_text(&line));
    buf_free(&line);
    return is_told;
}

void messages_say_errors(const char *body, size_t len)
{
    struct json *document = json_parse(body, len, NULL);
    size_t shown = 0;
    for (const struct json *e = json_first(json_member(document, "errors")); e && shown < ERRORS_SHOWN;
         e = json_next(e))
        shown += say_error(e);
    json_free(document);
}

void messages_say_clock(const struct http_answer *answer)
{
    int64_t off = answer->server_time ? clock_now() - answer->server_time : 0;
    if (off < -ENROLMENT_SKEW)
        cli_say(T("This computer's clock is %lld seconds slow: set it right and try again.",
                  "De klok van deze computer loopt %lld seconden achter: zet hem goed en probeer het opnieuw."),
                (long long)-off);
    else if (off > ENROLMENT_SKEW)
        cli_say(T("This computer's clock is %lld seconds fast: set it right and try again.",
                  "De klok van deze computer loopt %lld seconden voor: zet hem goed en probeer het opnieuw."),
                (long long)off);
}
