/* respond ACTION [QUESTION=VALUE ...]: answers, signs, keeps, sends. What is signed is in the spool before the first
 * try. */
#include "base/clock.h"
#include "base/lang.h"
#include "client/cmd/cmd.h"
#include "client/cmd/draft.h"
#include "client/cmd/erasures.h"
#include "client/cmd/rounds.h"
#include "client/home/begun.h"
#include "client/home/erasing.h"
#include "client/home/held.h"
#include "client/response/compose.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"
#include "client/terminal/outcome.h"
#include "crypto/jws.h"

/* A draft on its way to the collector. */
struct dispatch {
    struct draft *draft;
    struct http *http;
    bool is_renumbered;
};

/* Signing and sending. */

static int sign_and_keep(const struct draft *draft)
{
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    int result = compose_sign(&jws, draft->profile->key, draft->catalogue, &draft->id, &draft->answers);
    if (result < 0)
        failure_no_memory();
    else if ((result = spool_put(draft->profile->home, &draft->id, buf_text(&jws), jws.len)) < 0)
        failure_tell_errno(T("can't keep the response", "kan de reactie niet bewaren"));
    buf_free(&jws);
    if (result == 0 && begun_forget(draft->profile->home, draft->id.round, draft->id.action) < 0)
        failure_tell_errno(draft->profile->home); /* it is signed and kept all the same */
    return result;
}

/* Another device has answered this action under the same number. Since who answers again means to replace, the answers
 * are signed once more under the next number; the refused one is taken away only when this one is kept. Returns the
 * exit code. */
static int number_anew(struct draft *draft, int64_t current)
{
    struct response_id old = draft->id;
    if (response_id_set(&draft->id, old.round, old.action, current + 1) < 0)
        return cli_fail(
            T("the collector gives an impossible number: %lld", "de verzamelaar noemt een onmogelijk nummer: %lld"),
            (long long)current);
    if (sign_and_keep(draft) < 0)
        return CLI_FAILED;
    return spool_remove(draft->profile->home, &old, SPOOL_REFUSED) < 0 ? failure_tell_errno(draft->profile->home)
                                                                       : CLI_DONE;
}

/* Why the draft was refused for good. */
struct draft_refusal {
    int64_t current; /* the number that another response has; 0: for another reason */
    bool is_of_context; /* the questions are not those that were shown */
};

static struct draft_refusal find_refusal(const struct draft *draft)
{
    struct buf answer;
    struct draft_refusal refusal = {.current = 0};
    buf_init(&answer, SPOOL_RECORD_MAX);
    if (spool_read_answer(draft->profile->home, &draft->id, SPOOL_REFUSED, &answer) == 0) {
        refusal.current = outcome_current_revision(&answer);
        refusal.is_of_context = outcome_is_of_context(&answer);
    }
    buf_free(&answer);
    return refusal;
}

static void tell_delivery(void *context, const struct response_id *id, enum delivery delivery,
                          const struct http_answer *answer)
{
    const struct dispatch *dispatch = context;
    /* A number that is stale is mended without troubling anyone, the first time. */
    if (!dispatch->is_renumbered && response_id_equal(id, &dispatch->draft->id) && delivery == DELIVERY_REFUSED &&
        outcome_current_revision(&answer->body) > 0)
        return;
    outcome_tell(NULL, id, delivery, answer);
}

static int send_kept(struct dispatch *dispatch)
{
    const struct delivery_listener listener = {.on_delivered = tell_delivery, .context = dispatch};
    const struct profile *profile = dispatch->draft->profile;
    struct delivery_way way = {profile->home, &profile->pin->key, dispatch->http, profile->key};
    struct delivery_count count;
    struct http_answer answer;
    http_answer_init(&answer);
    enum delivery stopped_by = deliver_all(&way, &answer, &listener, &count);
    int exit_code = outcome_tell_rest(stopped_by, &count, &answer);
    http_answer_free(&answer);
    return exit_code;
}

static int send_draft(struct draft *draft, struct http *http)
{
    struct dispatch dispatch = {.draft = draft, .http = http};
    int exit_code = send_kept(&dispatch);
    int64_t current = find_refusal(draft).current;
    if (current > 0) {
        dispatch.is_renumbered = true;
        exit_code = number_anew(draft, current);
        if (exit_code == CLI_DONE)
            exit_code = send_kept(&dispatch);
    }
    bool turned_away = spool_find(draft->profile->home, &draft->id) == SPOOL_REFUSED ||
                       held_reason(draft->profile->home, &draft->id) != HELD_NOT;
    return turned_away ? CLI_FAILED : exit_code;
}

/* The verb. */

static int respond_with(struct draft *draft, struct http *http, const char *round_name, const char *action,
                        const struct answer_words *words)
{
    const struct round *round = rounds_pick(draft->catalogue, round_name, clock_now());
    if (!round || draft_begin(draft, round, action) < 0 || draft_compose(draft, round, words) < 0 ||
        sign_and_keep(draft) < 0)
        return CLI_FAILED;
    return send_draft(draft, http);
}

/* A request to erase that nobody has answered would take along what is answered after it: one for this answer goes
 * first, one for everything is dropped where it was not carried out. Returns the exit code. */
static int settle_erasure(struct profile *profile, struct http *http, const char *action)
{
    bool everything = erasing_asks_for(profile->home, NULL, NULL);
    if (!everything && !erasing_asks_for(profile->home, NULL, action))
        return CLI_DONE;
    int exit_code = (everything ? erasures_settle_other : erasures_settle)(profile, http);
    if (profile->erased)
        return CLI_FAILED;
    if (exit_code == CLI_DONE || !erasing_asks_for(profile->home, NULL, everything ? NULL : action))
        return CLI_DONE;
    cli_say("%s", T("Nothing is signed yet: that request would take the new answer along.",
                    "Er is nog niets ondertekend: dat verzoek zou het nieuwe antwoord meenemen."));
    return exit_code;
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

/* What was given on the command line. */
struct respond_options {
    const char *home, *round, *action;
    bool anew;
    struct answer_words words;
};

/* Fetches what is asked now, asks it, with the answers of `before` (NULL: none) at hand, and sends what comes of it. */
static int respond_once(struct draft *draft, struct http *http, const struct respond_options *options,
                        const struct buf *before)
{
    struct catalogue catalogue;
    if (fetch_questions(draft->profile, http, &catalogue) < 0)
        return CLI_FAILED;
    draft->catalogue = &catalogue;
    draft->given = before;
    int exit_code = respond_with(draft, http, options->round, options->action, &options->words);
    draft->catalogue = NULL;
    catalogue_free(&catalogue);
    return exit_code;
}

/* Who was asked is asked once more where the questions are not those that were shown, as a kept copy had them. */
static int respond_as(const struct profile *profile, struct http *http, const struct respond_options *options)
{
    struct input input = {0};
    struct draft draft = {.profile = profile,
                          .input = &input,
                          .home_option = options->home,
                          .round_option = options->round,
                          .anew = options->anew};
    buf_init(&draft.answers, COMPOSE_ANSWERS_MAX);
    int exit_code = respond_once(&draft, http, options, NULL);
    if (exit_code == CLI_FAILED && options->words.count == 0 && draft.id.revision > 0 &&
        find_refusal(&draft).is_of_context) {
        struct buf before = draft.answers;
        buf_init(&draft.answers, COMPOSE_ANSWERS_MAX);
        input_close(&input);
        input = (struct input){0};
        cli_say("%s", T("These are the questions as they are now; your answers stand with them.",
                        "Dit zijn de vragen zoals ze nu zijn; uw antwoorden staan erbij."));
        exit_code = respond_once(&draft, http, options, &before);
        buf_free(&before);
    }
    input_close(&input);
    buf_free(&draft.answers);
    return exit_code;
}

int cmd_respond(const struct cli_verb *verb, int argc, char **argv)
{
    struct respond_options given = {0};
    bool plain = false;
    const struct cli_option options[] = {
        CMD_OPTION_HOME(&given.home),
        {.name = "round",
         .argument = "ROUND",
         .value = &given.round,
         .english = "the round, where more than one is open",
         .dutch = "de ronde, als er meer dan een open is"},
        {.name = "anew",
         .flag = &given.anew,
         .english = "start without what you answered before",
         .dutch = "begin zonder wat u eerder antwoordde"},
        CMD_OPTION_PLAIN(&plain),
        {0},
    };
    struct profile profile;
    struct http *http;
    int first;
    int exit_code = cli_parse(verb, options, argc, argv, 1, -1, &first);
    if (exit_code != CLI_RUN)
        return exit_code;
    if (plain)
        cmd_make_plain();
    given.action = argv[first];
    given.words = (struct answer_words){argv + first + 1, (size_t)(argc - first - 1)};
    if (cmd_open_member(&profile, given.home, &http) < 0)
        return CLI_FAILED;
    exit_code = cmd_pin_log(&profile, http) < 0 ? CLI_FAILED : settle_erasure(&profile, http, given.action);
    if (exit_code == CLI_DONE)
        exit_code = respond_as(&profile, http, &given);
    http_close(http);
    profile_close(&profile);
    return exit_code;
}
