/* What became of each response, and why the rest waits. */
#include "client/terminal/outcome.h"
#include "base/cli.h"
#include "base/error.h"
#include "base/lang.h"
#include "client/home/held.h"
#include "client/terminal/messages.h"
#include <errno.h>
#include <string.h>

#define TEXT_MAX ((size_t)64 * 1024)

static void put_accepted(struct buf *out, const struct response_id *id, const struct http_answer *answer)
{
    int64_t index = 0, replaced;
    struct json *document = json_parse(buf_text(&answer->body), answer->body.len, NULL);
    if (json_integer(json_member(document, "index"), &index) < 0)
        index = 0;
    buf_printf(out, T("%s: accepted, entry %lld of the log", "%s: aangenomen, regel %lld van het logboek"), id->action,
               (long long)index);
    if (json_integer(json_member(document, "replaced"), &replaced) == 0)
        buf_put_text(out, T("; it replaces your earlier response", "; dit vervangt uw eerdere reactie"));
    json_free(document);
}

static void put_refusal(struct buf *out, const struct response_id *id, const struct http_answer *answer)
{
    buf_printf(out, T("%s: refused: ", "%s: geweigerd: "), id->action);
    messages_put_reason(out, answer);
}

static void put_held(struct buf *out, const struct response_id *id, const struct http_answer *answer)
{
    struct json *document = json_parse(buf_text(&answer->body), answer->body.len, NULL);
    buf_printf(out, T("%s: not taken now: ", "%s: nu niet aangenomen: "), id->action);
    messages_put_held(out, held_sort(document));
    json_free(document);
}

void outcome_tell(void *context, const struct response_id *id, enum delivery delivery, const struct http_answer *answer)
{
    (void)context;
    struct buf out;
    buf_init(&out, TEXT_MAX);
    if (delivery == DELIVERY_SENT)
        put_accepted(&out, id, answer);
    else if (delivery == DELIVERY_HELD)
        put_held(&out, id, answer);
    else
        put_refusal(&out, id, answer);
    cli_say("%s", buf_text(&out));
    if (delivery == DELIVERY_REFUSED)
        messages_say_errors(buf_text(&answer->body), answer->body.len);
    if (answer->problem == PROBLEM_INVALID_RESPONSE)
        messages_say_clock(answer);
    buf_free(&out);
}

static void say_held(size_t held)
{
    cli_say(T("%zu kept, signed; `burgerpanel sync` offers it again, `burgerpanel status` says why it waits.",
              "%zu ondertekend bewaard; `burgerpanel sync` biedt het opnieuw aan, `burgerpanel status` zegt waarom het "
              "wacht."),
            held);
}

int outcome_tell_rest(enum delivery stopped_by, const struct delivery_count *count, const struct http_answer *answer)
{
    struct buf why;
    buf_init(&why, TEXT_MAX);
    messages_put_reason(&why, answer);
    int exit_code = CLI_DONE;
    if (count->held > 0)
        say_held(count->held);
    switch (stopped_by) {
    case DELIVERY_SENT:
    case DELIVERY_REFUSED:
    case DELIVERY_HELD:
        break;
    case DELIVERY_KEPT:
        cli_say("%s.", buf_text(&why));
        cli_say(T("%zu kept, signed; `burgerpanel sync` sends it later.",
                  "%zu ondertekend bewaard; `burgerpanel sync` verstuurt het later."),
                count->kept);
        break;
    case DELIVERY_BLOCKED:
        exit_code = cli_fail(T("%s (%zu kept, signed)", "%s (%zu ondertekend bewaard)"), buf_text(&why), count->kept);
        break;
    case DELIVERY_UNPROVEN:
        exit_code = cli_fail(
            T("the collector says that it has your response, but its receipt does not hold (%s): not counted as sent",
              "de verzamelaar zegt uw reactie te hebben, maar het ontvangstbewijs klopt niet (%s): niet geteld als "
              "verstuurd"),
            count->unproven.text);
        cli_say(
            T("%zu kept, signed. The answer lies in evidence/ of your folder: show it to the panel office.",
              "%zu ondertekend bewaard. Het antwoord ligt in evidence/ van uw map: laat het aan het panelbureau zien."),
            count->kept);
        break;
    case DELIVERY_FAILED:
        exit_code = cli_fail(T("can't read or keep a response: %s", "kan een reactie niet lezen of bewaren: %s"),
                             error_of_errno(errno));
        break;
    }
    buf_free(&why);
    return exit_code;
}

bool outcome_is_of_context(const struct buf *problem)
{
    struct json *document = json_parse(buf_text(problem), problem->len, NULL);
    const char *type = json_text(json_member(document, "type"));
    bool is_of_context = type && problem_find(type) == PROBLEM_STALE_CONTEXT;
    json_free(document);
    return is_of_context;
}

int64_t outcome_current_revision(const struct buf *problem)
{
    int64_t current = 0;
    struct json *document = json_parse(buf_text(problem), problem->len, NULL);
    const char *type = json_text(json_member(document, "type"));
    if (!type || problem_find(type) != PROBLEM_STALE_REVISION ||
        json_integer(json_member(document, "currentRevision"), &current) < 0 || current < 1)
        current = 0;
    json_free(document);
    return current;
}
