/* respond ACTION [QUESTION=VALUE ...]: answers, signs, keeps, sends. What is signed is in the spool before the first
 * try. */
#include "base/clock.h"
#include "base/lang.h"
#include "client/cmd/cmd.h"
#include "client/cmd/rounds.h"
#include "client/home/held.h"
#include "client/response/answers.h"
#include "client/response/catalogue.h"
#include "client/response/compose.h"
#include "client/response/past.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"
#include "client/terminal/outcome.h"
#include "client/terminal/prompt.h"
#include "crypto/jws.h"
#include <string.h>

#define NAMES_MAX ((size_t)32 * 1024) /* of questions */

/* What a response is made from, gathered before anything is signed. */
struct draft {
    const struct profile *profile;
    struct http *http;
    const struct catalogue *catalogue;
    struct response_id id;
    struct buf answers; /* JSON */
    struct input *input; /* for asking; opened then */
    bool anew; /* without what was answered before */
    bool is_renumbered;
};

/* QUESTION=VALUE, as on the command line; none: the questions are asked. */
struct answer_words {
    char **list;
    size_t count;
};

/* Answers. */

static int tell_faults(const struct faults *faults)
{
    failure_say_faults("  ", faults);
    cli_fail("%s", T("nothing was signed or sent; mend this and try again",
                     "er is niets ondertekend of verstuurd; verbeter dit en probeer het opnieuw"));
    return -1;
}

static void add_question_name(struct buf *list, const struct questionnaire *questionnaire, size_t question)
{
    buf_printf(list, "%s%s", list->len > 0 ? ", " : "", questionnaire->questions[question].id);
}

/* What was taken over from the earlier response, and what was not, since by the new answers it is not asked any
 * more. */
static void tell_kept(const struct answers *given, const struct answers *answers, const struct answers *earlier)
{
    struct buf kept, dropped;
    buf_init(&kept, NAMES_MAX);
    buf_init(&dropped, NAMES_MAX);
    for (size_t i = 0; i < answers->questionnaire->question_count; i++)
        if (earlier->typed[i] && !given->typed[i])
            add_question_name(answers->typed[i] ? &kept : &dropped, answers->questionnaire, i);
    if (kept.len > 0)
        cli_say(T("As you answered before: %s.", "Zoals u eerder antwoordde: %s."), buf_text(&kept));
    if (dropped.len > 0)
        cli_say(T("Not asked any more, and left out: %s.", "Niet meer gevraagd, en weggelaten: %s."),
                buf_text(&dropped));
    buf_free(&kept);
    buf_free(&dropped);
}

static int take_given_words(struct answers *answers, const struct answers *earlier, const struct answer_words *words,
                            struct faults *faults)
{
    struct answers given;
    answers_init(&given, answers->questionnaire, answers->separator);
    int result = answers_take_words(answers, words->list, words->count, faults) < 0 && faults->no_memory ? -1 : 0;
    if (result == 0)
        result = answers_keep(&given, answers);
    if (result == 0)
        result = answers_keep(answers, earlier);
    if (result == 0)
        tell_kept(&given, answers, earlier);
    else
        faults->no_memory = true;
    answers_free(&given);
    return result;
}

static int ask_all(const struct draft *draft, struct answers *answers, const struct answers *earlier,
                   struct faults *faults)
{
    struct prompt prompt = {draft->input, earlier, compose_room(draft->catalogue, &draft->id)};
    input_open(draft->input);
    switch (prompt_all(&prompt, answers)) {
    case PROMPT_DONE:
        return 0;
    case PROMPT_ENDED:
        faults_add(faults, T("answers", "antwoorden"), "%s",
                   T("the input ended before the last question", "de invoer hield op voor de laatste vraag"));
        return -1;
    case PROMPT_FAILED:
        break;
    }
    faults->no_memory = true;
    return -1;
}

/* What this member answered before, waiting or sent, unless that is not wanted: nothing is an empty one. */
static int load_earlier(const struct draft *draft, struct answers *earlier)
{
    struct history history;
    struct past_response past;
    struct error error;
    int result = 0;
    if (draft->anew)
        return 0;
    if (history_load(&history, draft->profile->home) < 0) {
        failure_tell_errno(draft->profile->home);
        return -1;
    }
    const struct history_line *line = history_find(&history, draft->id.round, draft->id.action);
    if (line && past_read(&past, draft->profile->home, line, &error) < 0) {
        cli_fail(T("%s; with --anew it is left alone", "%s; met --anew blijft die buiten beschouwing"), error.text);
        result = -1;
    } else if (line) {
        result = answers_take_json(earlier, &past.answers);
        if (result < 0)
            failure_no_memory();
        past_free(&past);
    }
    history_free(&history);
    return result;
}

static int compose_from(struct draft *draft, const struct answers *earlier, const struct answer_words *words)
{
    struct answers answers;
    struct faults faults;
    faults_init(&faults);
    answers_init(&answers, earlier->questionnaire, earlier->separator);
    int result = words->count > 0 ? take_given_words(&answers, earlier, words, &faults)
                                  : ask_all(draft, &answers, earlier, &faults);
    if (result == 0)
        result = compose_answers(&draft->answers, draft->catalogue, &draft->id, &answers, &faults);
    if (result == 0)
        result = compose_check_length(draft->catalogue, &draft->id, &answers, &draft->answers, &faults);
    if (result < 0 || faults_any(&faults))
        result = tell_faults(&faults);
    answers_free(&answers);
    faults_free(&faults);
    return result;
}

static int compose_draft(struct draft *draft, const struct round *round, const struct answer_words *words)
{
    struct answers earlier;
    answers_init(&earlier, round_questionnaire(draft->catalogue->panel, round), ',');
    int result = load_earlier(draft, &earlier);
    if (result == 0)
        result = compose_from(draft, &earlier, words);
    answers_free(&earlier);
    return result;
}

/* Signing and sending. */

static int sign_and_keep(const struct draft *draft)
{
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    int result = compose_sign(&jws, draft->profile->key, draft->profile->panel, &draft->id, &draft->answers);
    if (result < 0)
        failure_no_memory();
    else if ((result = spool_put(draft->profile->home, &draft->id, buf_text(&jws), jws.len)) < 0)
        failure_tell_errno(T("can't keep the response", "kan de reactie niet bewaren"));
    buf_free(&jws);
    return result;
}

/* Another device has answered this action under the same number. Since who answers again means to replace, the answers
 * are signed once more under the next number; the refused one is taken away only when this one is kept. */
static int number_anew(struct draft *draft, int64_t current)
{
    struct response_id old = draft->id;
    if (response_id_set(&draft->id, old.round, old.action, current + 1) < 0 || sign_and_keep(draft) < 0)
        return -1;
    return spool_remove(draft->profile->home, &old, SPOOL_REFUSED);
}

static int64_t refused_for(const struct draft *draft)
{
    struct buf answer;
    buf_init(&answer, SPOOL_RECORD_MAX);
    int64_t current = 0;
    if (spool_read_answer(draft->profile->home, &draft->id, SPOOL_REFUSED, &answer) == 0)
        current = outcome_current_revision(&answer);
    buf_free(&answer);
    return current;
}

static void tell_delivery(void *context, const struct response_id *id, enum delivery delivery,
                          const struct http_answer *answer)
{
    const struct draft *draft = context;
    /* A number that is stale is mended without troubling anyone, the first time. */
    if (!draft->is_renumbered && response_id_equal(id, &draft->id) && delivery == DELIVERY_REFUSED &&
        outcome_current_revision(&answer->body) > 0)
        return;
    outcome_tell(NULL, id, delivery, answer);
}

static int send_kept(struct draft *draft)
{
    const struct delivery_listener listener = {.on_delivered = tell_delivery, .context = draft};
    struct delivery_way way = {draft->profile->home, &draft->profile->pin->key, draft->http, draft->profile->key};
    struct delivery_count count;
    struct http_answer answer;
    http_answer_init(&answer);
    enum delivery stopped_by = deliver_all(&way, &answer, &listener, &count);
    int exit_code = outcome_tell_rest(stopped_by, &count, &answer);
    http_answer_free(&answer);
    return exit_code;
}

static int send_draft(struct draft *draft)
{
    int exit_code = send_kept(draft);
    int64_t current = refused_for(draft);
    if (current > 0) {
        draft->is_renumbered = true;
        exit_code = number_anew(draft, current) < 0 ? CLI_FAILED : send_kept(draft);
    }
    bool turned_away = spool_find(draft->profile->home, &draft->id) == SPOOL_REFUSED ||
                       held_reason(draft->profile->home, &draft->id) != HELD_NOT;
    return turned_away ? CLI_FAILED : exit_code;
}

/* The verb. */

static int set_id(struct draft *draft, const struct round *round, const char *action)
{
    int64_t last;
    if (action_list_find(draft->catalogue->actions, action) < 0 || !round_has_action(round, action)) {
        cli_fail(T("there is no action '%s' in round '%s'; `burgerpanel actions` lists them",
                   "er is geen actie '%s' in ronde '%s'; `burgerpanel actions` noemt ze"),
                 action, round->id);
        return -1;
    }
    if (spool_last_revision(draft->profile->home, round->id, action, &last) < 0 ||
        response_id_set(&draft->id, round->id, action, last + 1) < 0) {
        failure_tell_errno(draft->profile->home);
        return -1;
    }
    return 0;
}

/* What it is that is answered about. */
static void say_action(const struct catalogue *catalogue, const struct response_id *id)
{
    const struct action *action = &catalogue->actions->list[action_list_find(catalogue->actions, id->action)];
    cli_say("%s  %s", action->id, action->title);
    if (*action->lead)
        cli_say(T("  lead: %s; status: %s", "  trekker: %s; status: %s"), action->lead,
                messages_action_status(action->status));
    else
        cli_say("  %s: %s", T("status", "status"), messages_action_status(action->status));
}

static int respond_with(struct draft *draft, const char *round_name, const char *action,
                        const struct answer_words *words)
{
    const struct round *round = rounds_pick(draft->catalogue, round_name, clock_now());
    if (!round || set_id(draft, round, action) < 0)
        return CLI_FAILED;
    say_action(draft->catalogue, &draft->id);
    if (compose_draft(draft, round, words) < 0 || sign_and_keep(draft) < 0)
        return CLI_FAILED;
    return send_draft(draft);
}

/* Fetches the questions, or takes the kept ones: answering needs no connection. */
static int fetch_questions(const struct profile *profile, struct http *http, struct catalogue *catalogue)
{
    struct http_answer answer;
    http_answer_init(&answer);
    http_set_policy(http, &retry_never);
    enum catalogue_result got = catalogue_get(catalogue, profile->home, profile->url, http, &answer);
    http_set_policy(http, &retry_for_person);
    int result = got == CATALOGUE_FRESH || got == CATALOGUE_KEPT ? 0 : -1;
    if (result < 0)
        rounds_explain(got, &answer);
    else if (got == CATALOGUE_FRESH)
        messages_say_clock(&answer); /* which rounds are open is judged by it, and so will the response be */
    http_answer_free(&answer);
    return result;
}

int cmd_respond(const struct cli_verb *verb, int argc, char **argv)
{
    const char *home = NULL, *round_name = NULL;
    bool anew = false;
    const struct cli_option options[] = {
        CMD_OPTION_HOME(&home),
        {.name = "round",
         .argument = "ROUND",
         .value = &round_name,
         .english = "the round, where more than one is open",
         .dutch = "de ronde, als er meer dan een open is"},
        {.name = "anew",
         .flag = &anew,
         .english = "start without what you answered before",
         .dutch = "begin zonder wat u eerder antwoordde"},
        {0},
    };
    struct profile profile;
    struct http *http;
    struct catalogue catalogue;
    int first;
    int exit_code = cli_parse(verb, options, argc, argv, 1, -1, &first);
    if (exit_code != CLI_RUN)
        return exit_code;
    if (cmd_open_member(&profile, home, &http) < 0)
        return CLI_FAILED;
    exit_code = CLI_FAILED;
    if (cmd_pin_log(&profile, http) == 0 && fetch_questions(&profile, http, &catalogue) == 0) {
        struct input input = {0};
        struct draft draft = {
            .profile = &profile, .http = http, .catalogue = &catalogue, .input = &input, .anew = anew};
        struct answer_words words = {argv + first + 1, (size_t)(argc - first - 1)};
        buf_init(&draft.answers, COMPOSE_ANSWERS_MAX);
        exit_code = respond_with(&draft, round_name, argv[first], &words);
        input_close(&input);
        buf_free(&draft.answers);
        catalogue_free(&catalogue);
    }
    http_close(http);
    profile_close(&profile);
    return exit_code;
}
