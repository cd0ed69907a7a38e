/* Answers for one response: the earlier ones, the new ones, and what is wrong with both together. */
#include "client/cmd/draft.h"
#include "base/cli.h"
#include "base/error.h"
#include "base/lang.h"
#include "client/home/begun.h"
#include "client/response/answers.h"
#include "client/response/compose.h"
#include "client/response/past.h"
#include "client/terminal/dialogue.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"
#include "client/terminal/output.h"
#include <errno.h>
#include <string.h>

#define NAMES_MAX ((size_t)32 * 1024) /* of questions */
#define COMMAND_MAX ((size_t)7 * 1024) /* with the path of a folder; a farewell takes no more */
#define SHOWN_MAX ((size_t)64 * 1024) /* of an action */

/* What it is that is answered about. */
static void say_action(const struct catalogue *catalogue, const struct response_id *id)
{
    const struct action *action = &catalogue->actions->list[action_list_find(catalogue->actions, id->action)];
    struct buf text;
    buf_init(&text, SHOWN_MAX);
    buf_printf(&text, "%s  %s\n", action->id, action->title);
    if (*action->lead)
        buf_printf(&text, T("  lead: %s; status: %s\n", "  trekker: %s; status: %s\n"), action->lead,
                   messages_action_status(action->status));
    else
        buf_printf(&text, "  status: %s\n", messages_action_status(action->status));
    output_say_lines(&text);
    buf_free(&text);
}

int draft_begin(struct draft *draft, const struct round *round, const char *action)
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
    say_action(draft->catalogue, &draft->id);
    return 0;
}

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

/* An option of the command line, where it was given, as a shell takes it. */
static void put_option(struct buf *out, const char *name, const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
    if (!value)
        return;
    buf_printf(out, " %s ", name);
    if (*value && !value[strspn(value, plain)]) {
        buf_put_text(out, value);
        return;
    }
    buf_put_char(out, '\'');
    for (; *value; value++)
        if (*value == '\'')
            buf_put_text(out, "'\\''");
        else
            buf_put_char(out, *value);
    buf_put_char(out, '\'');
}

/* What to say to who is cut off: the command that goes on. */
static void set_farewell(const struct draft *draft)
{
    struct buf command, farewell;
    buf_init(&command, COMMAND_MAX);
    buf_init(&farewell, COMMAND_MAX + 256);
    buf_printf(&command, "burgerpanel respond %s", draft->id.action);
    put_option(&command, "--round", draft->round_option);
    put_option(&command, "--home", draft->home_option);
    buf_printf(&farewell,
               T("Nothing was sent; `%s` goes on with your answers so far.",
                 "Er is niets verstuurd; `%s` gaat verder met uw antwoorden tot nu toe."),
               buf_text(&command));
    if (buf_check(&command) == 0 && buf_check(&farewell) == 0)
        input_set_farewell(draft->input, buf_text(&farewell));
    buf_free(&farewell);
    buf_free(&command);
}

/* What does not fit its question, as an earlier answer may not once the questions have changed, is left out. -1:
 * errno. */
static int write_begun(const struct draft *draft, const struct answers *answers)
{
    struct faults faults;
    struct buf json;
    faults_init(&faults);
    buf_init(&json, BEGUN_MAX);
    bool lacks_memory = answers_put_json(&json, answers, &faults) < 0 && faults.no_memory;
    int result = lacks_memory ? -1 : begun_keep(draft->profile->home, &draft->id, &json);
    int why = lacks_memory ? ENOMEM : errno;
    buf_free(&json);
    faults_free(&faults);
    errno = why;
    return result;
}

/* Keeps what was answered so far, as well as it can: who is cut off goes on there. A dialogue's `answered`. */
static void keep_begun(void *context, const struct answers *answers)
{
    const struct draft *draft = context;
    if (write_begun(draft, answers) < 0)
        cli_say(T("  (these answers can't be kept, should you be cut off: %s)",
                  "  (deze antwoorden kunnen niet bewaard worden voor als u wordt afgebroken: %s)"),
                error_of_errno(errno));
    else
        set_farewell(draft);
}

/* What was begun of this very response and fits the questions as they are. 1: something, 0: nothing, -1: no memory. */
static int load_begun(const struct draft *draft, struct answers *begun)
{
    struct faults faults;
    struct buf kept, fitting;
    faults_init(&faults);
    buf_init(&kept, BEGUN_MAX);
    buf_init(&fitting, BEGUN_MAX);
    int result = 0;
    if (!draft->anew && begun_read(draft->profile->home, &draft->id, &kept) == 0) {
        result = answers_take_json(begun, &kept);
        if (result == 0 && answers_put_json(&fitting, begun, &faults) < 0)
            cli_say("%s", T("Of what you began, some does not fit the questions any more.",
                            "Van wat u begon, past een deel niet meer bij de vragen."));
        answers_free(begun);
        if (result == 0)
            result =
                buf_check(&fitting) < 0 || answers_take_json(begun, &fitting) < 0 ? -1 : fitting.len > strlen("{}");
    }
    buf_free(&kept);
    buf_free(&fitting);
    faults_free(&faults);
    return result;
}

/* What became of it, where it did not end in agreement. */
static int tell_dialogue(const struct draft *draft, enum dialogue_result result)
{
    switch (result) {
    case DIALOGUE_AGREED:
        return 0;
    case DIALOGUE_LEFT:
        cli_fail("%s",
                 draft->anew
                     ? T("nothing was signed or sent; the same again without --anew goes on with your answers",
                         "er is niets ondertekend of verstuurd; hetzelfde nog eens zonder --anew gaat verder met uw "
                         "antwoorden")
                     : T("nothing was signed or sent; the same again goes on with your answers, --anew starts from "
                         "nothing",
                         "er is niets ondertekend of verstuurd; hetzelfde nog eens gaat verder met uw antwoorden, "
                         "--anew begint met niets"));
        return -1;
    case DIALOGUE_ENDED:
        cli_fail("%s", draft->input->is_terminal
                           ? T("the input ended before you agreed; nothing was signed or sent",
                               "de invoer hield op voordat u akkoord was; er is niets ondertekend of verstuurd")
                           : T("the input ended before the last question; nothing was signed or sent",
                               "de invoer hield op voor de laatste vraag; er is niets ondertekend of verstuurd"));
        return -1;
    case DIALOGUE_FAILED:
        break;
    }
    failure_no_memory();
    return -1;
}

static int ask_all(struct draft *draft, struct answers *answers, const struct answers *earlier)
{
    struct answers begun;
    struct dialogue dialogue = {.input = draft->input,
                                .earlier = earlier,
                                .room = compose_room(draft->catalogue, &draft->id),
                                .context = draft};
    answers_init(&begun, answers->questionnaire, answers->separator);
    input_open(draft->input);
    int loaded = draft->input->is_terminal ? load_begun(draft, &begun) : 0;
    if (draft->input->is_terminal)
        dialogue.answered = keep_begun;
    if (loaded > 0) {
        dialogue.begun = &begun;
        cli_say("%s", T("You began this before: it goes on where that was. --anew starts from nothing.",
                        "U bent hier eerder aan begonnen: het gaat verder waar dat was. --anew begint met niets."));
    }
    int result = tell_dialogue(draft, loaded < 0 ? DIALOGUE_FAILED : dialogue_run(&dialogue, answers));
    answers_free(&begun);
    return result;
}

/* What this member answered before, waiting or sent, unless that is not wanted: nothing is an empty one. */
static int load_earlier(const struct draft *draft, struct answers *earlier)
{
    struct history history;
    struct past_response past;
    struct error error;
    int result = 0;
    if (draft->given && (result = answers_take_json(earlier, draft->given)) < 0)
        failure_no_memory();
    if (draft->anew || draft->given)
        return result;
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
    int result =
        words->count > 0 ? take_given_words(&answers, earlier, words, &faults) : ask_all(draft, &answers, earlier);
    if (result == 0)
        result = compose_answers(&draft->answers, draft->catalogue, &draft->id, &answers, &faults);
    if (result == 0)
        result = compose_check_length(draft->catalogue, &draft->id, &answers, &draft->answers, &faults);
    if (faults_any(&faults))
        result = tell_faults(&faults);
    answers_free(&answers);
    faults_free(&faults);
    return result;
}

int draft_compose(struct draft *draft, const struct round *round, const struct answer_words *words)
{
    struct answers earlier;
    answers_init(&earlier, round_questionnaire(draft->catalogue->panel, round), ',');
    int result = load_earlier(draft, &earlier);
    if (result == 0)
        result = compose_from(draft, &earlier, words);
    answers_free(&earlier);
    return result;
}
