/* answers show [ACTION]: what this member has answered, the last response to each action, sent or waiting. Asks nobody:
 * the labels are those of the questions as last fetched. */
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "client/cmd/cmd.h"
#include "client/response/answers.h"
#include "client/response/catalogue.h"
#include "client/response/past.h"
#include "client/terminal/failures.h"
#include "client/terminal/output.h"
#include "client/terminal/questions.h"
#include <string.h>

#define OUTPUT_MAX ((size_t)256 * 1024 * 1024)

struct shown {
    const struct profile *profile;
    struct catalogue catalogue; /* empty where no questions were fetched yet */
    const char *action, *round; /* NULL: all */
    bool as_json;
    struct buf out;
    size_t count;
};

static const struct action *find_shown_action(const struct shown *s, const char *id)
{
    int found = s->catalogue.actions ? action_list_find(s->catalogue.actions, id) : -1;
    return found < 0 ? NULL : &s->catalogue.actions->list[found];
}

static const struct questionnaire *find_shown_questions(const struct shown *s, const char *round)
{
    int found = s->catalogue.panel ? panel_find_round(s->catalogue.panel, round) : -1;
    return found < 0 ? NULL : round_questionnaire(s->catalogue.panel, &s->catalogue.panel->rounds[found]);
}

static void put_past_as_json(struct shown *s, const struct past_response *past)
{
    const struct action *action = find_shown_action(s, past->id.action);
    char signed_at[CLOCK_TEXT_SIZE];
    clock_format(past->signed_at, signed_at);
    buf_put_text(&s->out, s->count ? ",\n {\"round\":" : " {\"round\":");
    json_put_text(&s->out, past->id.round);
    buf_put_text(&s->out, ",\"action\":");
    json_put_text(&s->out, past->id.action);
    buf_put_text(&s->out, ",\"title\":");
    if (action)
        json_put_text(&s->out, action->title);
    else
        buf_put_text(&s->out, "null");
    buf_printf(&s->out,
               ",\"revision\":%lld,\"state\":\"%s\",\"signedAt\":\"%s\",\"answers\":", (long long)past->id.revision,
               past->state == SPOOL_SENT ? "sent" : "spooled", signed_at);
    buf_put(&s->out, buf_text(&past->answers), past->answers.len);
    buf_put_char(&s->out, '}');
}

/* Where the questions are not known: ids and values as they were signed. */
static void put_bare_answers(struct buf *out, const struct buf *answers)
{
    struct json *document = json_parse(buf_text(answers), answers->len, NULL);
    for (const struct json *value = json_first(document); value; value = json_next(value)) {
        struct buf text;
        buf_init(&text, OUTPUT_MAX);
        json_put_value(&text, value);
        buf_printf(out, "  %s: ", json_name(value));
        text_put_clean(out, buf_text(&text), text.len);
        buf_put_char(out, '\n');
        buf_free(&text);
    }
    json_free(document);
}

static int put_labelled_answers(struct buf *out, const struct questionnaire *questionnaire, const struct buf *json)
{
    struct answers answers;
    answers_init(&answers, questionnaire, ',');
    int result = answers_take_json(&answers, json);
    for (size_t i = 0; i < questionnaire->question_count && result == 0; i++) {
        if (!answers.typed[i])
            continue;
        buf_put_text(out, "  ");
        question_put_label(out, &questionnaire->questions[i]);
        buf_put_text(out, "\n    ");
        question_put_answer(out, &questionnaire->questions[i], answers.typed[i], ',', "    ");
        buf_put_char(out, '\n');
    }
    answers_free(&answers);
    return result;
}

static int put_past_as_text(struct shown *s, const struct past_response *past)
{
    const struct action *action = find_shown_action(s, past->id.action);
    const struct questionnaire *questionnaire = find_shown_questions(s, past->id.round);
    char signed_at[OUTPUT_TIME_SIZE];
    output_local_time(past->signed_at, signed_at);
    buf_printf(&s->out, "%s%s  ", s->count ? "\n" : "", past->id.action);
    if (action)
        text_put_clean(&s->out, action->title, strlen(action->title));
    buf_printf(&s->out, T("\n  %s, revision %lld, signed %s, %s\n", "\n  %s, herziening %lld, ondertekend %s, %s\n"),
               past->id.round, (long long)past->id.revision, signed_at,
               past->state == SPOOL_SENT ? T("sent", "verstuurd") : T("waiting", "wacht"));
    if (questionnaire)
        return put_labelled_answers(&s->out, questionnaire, &past->answers);
    put_bare_answers(&s->out, &past->answers);
    return 0;
}

static int show_past(struct shown *s, const struct history_line *line)
{
    struct past_response past;
    struct error error;
    int result = 0;
    if (past_read(&past, s->profile->home, line, &error) < 0) {
        cli_fail("%s", error.text);
        return -1;
    }
    if (s->as_json)
        put_past_as_json(s, &past);
    else
        result = put_past_as_text(s, &past);
    s->count++;
    past_free(&past);
    if (result < 0)
        failure_no_memory();
    return result;
}

static bool is_wanted(const struct shown *s, const struct history *history, const struct history_line *line)
{
    return (!s->action || strcmp(s->action, line->id.action) == 0) &&
           (!s->round || strcmp(s->round, line->id.round) == 0) &&
           history_find(history, line->id.round, line->id.action) == line;
}

static int show_history(struct shown *s)
{
    struct history history;
    if (history_load(&history, s->profile->home) < 0)
        return failure_tell_errno(s->profile->home);
    int result = 0;
    for (size_t i = 0; i < history.count && result == 0; i++)
        if (is_wanted(s, &history, &history.list[i]))
            result = show_past(s, &history.list[i]);
    history_free(&history);
    if (result < 0)
        return CLI_FAILED;
    if (s->count > 0 || s->as_json)
        return CLI_DONE;
    if (s->action)
        return cli_fail(T("you have not answered '%s'", "u hebt '%s' niet beantwoord"), s->action);
    if (s->round)
        return cli_fail(T("you have not answered anything in round '%s'", "u hebt niets beantwoord in ronde '%s'"),
                        s->round);
    cli_say("%s", T("You have not answered anything yet.", "U hebt nog niets beantwoord."));
    return CLI_DONE;
}

static int show_answers(struct shown *s)
{
    struct http_answer answer;
    http_answer_init(&answer);
    if (!s->profile->url ||
        catalogue_get(&s->catalogue, s->profile->home, s->profile->url, NULL, &answer) != CATALOGUE_KEPT)
        s->catalogue = (struct catalogue){0};
    buf_init(&s->out, OUTPUT_MAX);
    buf_put_text(&s->out, s->as_json ? "[\n" : "");
    int exit_code = show_history(s);
    buf_put_text(&s->out, s->as_json ? "\n]\n" : "");
    if (exit_code == CLI_DONE && cli_print(&s->out, s->as_json ? CLI_JSON : CLI_TEXT) != CLI_DONE)
        exit_code = CLI_FAILED;
    buf_free(&s->out);
    catalogue_free(&s->catalogue);
    http_answer_free(&answer);
    return exit_code;
}

int cmd_answers_show(const struct cli_verb *verb, int argc, char **argv)
{
    struct shown shown = {0};
    const char *home = NULL;
    const struct cli_option options[] = {
        CMD_OPTION_HOME(&home),
        {.name = "round",
         .argument = "ROUND",
         .value = &shown.round,
         .english = "of this round alone",
         .dutch = "alleen van deze ronde"},
        CMD_OPTION_JSON(&shown.as_json),
        {0},
    };
    struct profile profile;
    int first;
    int exit_code = cli_parse(verb, options, argc, argv, 0, 1, &first);
    if (exit_code != CLI_RUN)
        return exit_code;
    if (cmd_open_home(&profile, home, false) < 0)
        return CLI_FAILED;
    shown.profile = &profile;
    shown.action = first < argc ? argv[first] : NULL;
    exit_code = show_answers(&shown);
    profile_close(&profile);
    return exit_code;
}
