/* What came of a request to erase, in words. */
#include "client/cmd/erasures.h"
#include "base/cli.h"
#include "base/json.h"
#include "base/lang.h"
#include "client/net/erase.h"
#include "client/terminal/failures.h"

static void tell_done(const struct profile *profile, const struct http_answer *answer)
{
    int64_t index = -1;
    struct json *document = json_parse(buf_text(&answer->body), answer->body.len, NULL);
    size_t count = json_count(json_member(document, "erased"));
    if (json_integer(json_member(document, "index"), &index) < 0)
        index = -1;
    json_free(document);
    cli_say(count == 1
                ? T("Erased: %zu entry of the log. Your request is entry %lld, and its receipt holds.",
                    "Gewist: %zu regel van het logboek. Uw verzoek is regel %lld, en het ontvangstbewijs klopt.")
                : T("Erased: %zu entries of the log. Your request is entry %lld, and its receipt holds.",
                    "Gewist: %zu regels van het logboek. Uw verzoek is regel %lld, en het ontvangstbewijs klopt."),
            count, (long long)index);
    if (profile->erased)
        cli_say("%s", T("You are no member any more; your key is gone from this folder.",
                        "U bent geen panellid meer; uw sleutel is weg uit deze map."));
}

static int tell_unproven(const struct profile *profile, const struct error *error)
{
    cli_fail(T("the collector says that it is erased, but its receipt does not hold: %s",
               "de verzamelaar zegt dat het gewist is, maar het ontvangstbewijs klopt niet: %s"),
             error->text);
    cli_say(T("Its answer lies in %s/evidence. Nothing was taken away here; `burgerpanel sync` asks again.",
              "Het antwoord ligt in %s/evidence. Hier is niets weggehaald; `burgerpanel sync` vraagt het opnieuw."),
            profile->home);
    return CLI_FAILED;
}

static int tell_erasure(const struct profile *profile, enum erase_result result, const struct http_answer *answer,
                        const struct error *error)
{
    switch (result) {
    case ERASE_NONE:
        return CLI_DONE;
    case ERASE_DONE:
        tell_done(profile, answer);
        return CLI_DONE;
    case ERASE_DROPPED:
        cli_say(
            "%s",
            T("An earlier request to erase something else did not arrive, and is dropped: nothing of it is erased.",
              "Een eerder verzoek om iets anders te wissen is niet aangekomen, en vervalt: daarvan is niets gewist."));
        return CLI_DONE;
    case ERASE_LATER:
        failure_tell_answer(T("not erased yet", "nog niet gewist"), answer);
        cli_say("%s", T("Your request is signed and kept: `burgerpanel sync` sends it again.",
                        "Uw verzoek is ondertekend en bewaard: `burgerpanel sync` verstuurt het opnieuw."));
        return CLI_FAILED;
    case ERASE_REFUSED:
        return failure_tell_answer(T("not erased", "niet gewist"), answer);
    case ERASE_UNPROVEN:
        return tell_unproven(profile, error);
    case ERASE_FAILED:
        break;
    }
    return failure_tell_errno(profile->home);
}

int erasures_ask(struct profile *profile, struct http *http, const char *round, const char *action)
{
    struct http_answer answer;
    struct error error = {0};
    http_answer_init(&answer);
    enum erase_result result = erase_ask(profile, http, round, action, &answer, &error);
    int exit_code = tell_erasure(profile, result, &answer, &error);
    http_answer_free(&answer);
    return exit_code;
}

static int settle_by(enum erase_result (*settle)(struct profile *profile, struct http *http, struct http_answer *answer,
                                                 struct error *error),
                     struct profile *profile, struct http *http)
{
    struct http_answer answer;
    struct error error = {0};
    http_answer_init(&answer);
    enum erase_result result = settle(profile, http, &answer, &error);
    int exit_code = tell_erasure(profile, result, &answer, &error);
    http_answer_free(&answer);
    return exit_code;
}

int erasures_settle(struct profile *profile, struct http *http)
{
    return settle_by(erase_pending, profile, http);
}

int erasures_settle_other(struct profile *profile, struct http *http)
{
    return settle_by(erase_settle_other, profile, http);
}
