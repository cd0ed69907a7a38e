/* What there is to say of each problem. */
#include "panel/problem.h"
#include "base/json.h"
#include "base/lang.h"
#include <string.h>

struct problem_row {
    const char *name;
    unsigned status;
    bool is_final;
    const char *title;
    const char *detail;
    const char *english, *dutch; /* for a member; NULL for none */
};

// clang-format off
static const struct problem_row problems[PROBLEMS] = {
    [PROBLEM_NONE] = {"", 0, false, "", "", NULL, NULL},
    [PROBLEM_TOO_LARGE] = {"too-large", 413, true, "The body is too large",
        "The body is larger than this path takes.", NULL, NULL},
    [PROBLEM_UNSUPPORTED_MEDIA_TYPE] = {"unsupported-media-type", 415, false, "The media type is not supported",
        "The body's Content-Type is not the one that this path takes.", NULL, NULL},
    [PROBLEM_MALFORMED_ENVELOPE] = {"malformed-envelope", 400, true, "The signed envelope is malformed",
        "", NULL, NULL},
    [PROBLEM_NOT_VERIFIED] = {"not-verified", 401, false, "The signature could not be verified", "",
        "the collector does not know this key (any more)", "de verzamelaar kent deze sleutel niet (meer)"},
    [PROBLEM_INVALID_CLAIMS] = {"invalid-claims", 400, true, "The claims are not what they must be", "", NULL, NULL},
    [PROBLEM_INVALID_RESPONSE] = {"invalid-response", 400, true, "The response does not fit the panel", "",
        "the answers don't fit the questions", "de antwoorden passen niet bij de vragen"},
    [PROBLEM_INVALID_FOLLOW_UP] = {"invalid-follow-up", 400, true, "The follow-up is not as it must be", "",
        NULL, NULL},
    [PROBLEM_INVITATION_REFUSED] = {"invitation-refused", 403, false, "The invitation is refused", "",
        "the invitation is unknown, withdrawn or already used with another key",
        "de uitnodiging is onbekend, ingetrokken of al met een andere sleutel gebruikt"},
    [PROBLEM_ROUND_NOT_OPEN] = {"round-not-open", 409, false, "The round is not open", "",
        "the round is not open", "de ronde is niet open"},
    [PROBLEM_STALE_REVISION] = {"stale-revision", 409, true, "A response of this or a higher revision is there already",
        "", "a later response to this action is already known", "er is al een latere reactie op deze actie"},
    [PROBLEM_STALE_CONTEXT] = {"stale-context", 409, true, "The questions have changed since they were shown", "",
        "the questions have changed since they were shown to you; `burgerpanel respond ACTION` shows them as they are",
        "de vragen zijn gewijzigd sinds u ze zag; `burgerpanel respond ACTIE` toont ze zoals ze nu zijn"},
    [PROBLEM_NOTHING_TO_ERASE] = {"nothing-to-erase", 404, false, "There is nothing to erase", "",
        "the collector holds nothing of yours there that is not erased",
        "de verzamelaar bewaart daar niets van u dat niet gewist is"},
    [PROBLEM_REPLAYED] = {"replayed", 409, false, "This request was answered already", "",
        "this very request was answered already", "precies dit verzoek is al beantwoord"},
    [PROBLEM_UNAVAILABLE] = {"unavailable", 503, false, "The collector can't accept this now",
        "The collector is busy; send the same again later.",
        "the collector can't take it just now", "de verzamelaar kan nu even niets aannemen"},
    [PROBLEM_TOO_MANY] = {"too-many", 429, false, "This is more than may be sent for now", "",
        "this is more than may be sent for now; it will be sent later",
        "dit is meer dan er nu gestuurd mag worden; het wordt later verstuurd"},
    [PROBLEM_BAD_REQUEST] = {"bad-request", 400, false, "The request is not understood",
        "The query has an argument that this path does not take, one without a value, or one twice.", NULL, NULL},
    [PROBLEM_UNAUTHORIZED] = {"unauthorized", 401, false, "A valid token is needed", "", NULL, NULL},
    [PROBLEM_FORBIDDEN] = {"forbidden", 403, false, "The token does not give this right", "", NULL, NULL},
    [PROBLEM_NOT_FOUND] = {"not-found", 404, false, "There is nothing here",
        "There is nothing at this path; a path never ends in a slash.", NULL, NULL},
    [PROBLEM_NO_RELEASE] = {"no-release", 404, false, "There is no such release",
        "Nothing has been released of this round yet, or not under this number.", NULL, NULL},
    [PROBLEM_METHOD_NOT_ALLOWED] = {"method-not-allowed", 405, false, "The method is not allowed here",
        "This path takes another method; the Allow header says which.", NULL, NULL},
    [PROBLEM_NOT_ACCEPTABLE] = {"not-acceptable", 406, false, "None of the accepted media types can be given",
        "", NULL, NULL},
    [PROBLEM_INTERNAL] = {"internal", 500, false, "Something went wrong in the collector", "", NULL, NULL},
};
// clang-format on

const char *problem_name(enum problem problem)
{
    return problems[problem].name;
}

unsigned problem_status(enum problem problem)
{
    return problems[problem].status;
}

const char *problem_title(enum problem problem)
{
    return problems[problem].title;
}

bool problem_is_final(enum problem problem)
{
    return problems[problem].is_final;
}

const char *problem_detail(enum problem problem)
{
    return problems[problem].detail;
}

const char *problem_tell(enum problem problem)
{
    const struct problem_row *row = &problems[problem];
    return row->english ? T(row->english, row->dutch) : "";
}

void problem_put(struct buf *out, enum problem problem, const char *detail, const char *members)
{
    buf_printf(out, "{\"type\":\"%s%s\",\"title\":\"%s\",\"status\":%u,\"detail\":", PROBLEM_URN, problem_name(problem),
               problem_title(problem), problem_status(problem));
    json_put_text(out, detail);
    buf_put_text(out, members ? members : "");
    buf_put_char(out, '}');
}

enum problem problem_find(const char *type)
{
    size_t led = strlen(PROBLEM_URN);
    if (strncmp(type, PROBLEM_URN, led) != 0)
        return PROBLEM_NONE;
    for (enum problem problem = PROBLEM_NONE + 1; problem < PROBLEMS; problem++)
        if (strcmp(type + led, problems[problem].name) == 0)
            return problem;
    return PROBLEM_NONE;
}
