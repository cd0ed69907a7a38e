/* What there is to say of each problem. */
#include "panel/problem.h"
#include "base/json.h"
#include "base/lang.h"
#include <string.h>

struct problem_row {
    const char *name;
    unsigned status;
    const char *title;
    bool is_final;
    const char *detail;
    const char *english, *dutch; /* for a member; NULL for none */
};

// clang-format off
static const struct problem_row problems[PROBLEMS] = {
    [PROBLEM_NONE] = {"", 0, "", false, "", NULL, NULL},
    [PROBLEM_TOO_LARGE] = {"too-large", 413, "The body is too large", true,
        "The body is larger than this path takes.", NULL, NULL},
    [PROBLEM_UNSUPPORTED_MEDIA_TYPE] = {"unsupported-media-type", 415, "The media type is not supported", false,
        "The body's Content-Type is not the one that this path takes.", NULL, NULL},
    [PROBLEM_MALFORMED_ENVELOPE] = {"malformed-envelope", 400, "The signed envelope is malformed", true,
        "", NULL, NULL},
    [PROBLEM_NOT_VERIFIED] = {"not-verified", 401, "The signature could not be verified", false, "",
        "the collector does not know this key (any more)", "de verzamelaar kent deze sleutel niet (meer)"},
    [PROBLEM_INVALID_CLAIMS] = {"invalid-claims", 400, "The claims are not what they must be", true, "", NULL, NULL},
    [PROBLEM_INVALID_RESPONSE] = {"invalid-response", 400, "The response does not fit the panel", true, "",
        "the answers don't fit the questions", "de antwoorden passen niet bij de vragen"},
    [PROBLEM_INVITATION_REFUSED] = {"invitation-refused", 403, "The invitation is refused", false, "",
        "the invitation is unknown, withdrawn or already used with another key",
        "de uitnodiging is onbekend, ingetrokken of al met een andere sleutel gebruikt"},
    [PROBLEM_ROUND_NOT_OPEN] = {"round-not-open", 409, "The round is not open", false, "",
        "the round is not open", "de ronde is niet open"},
    [PROBLEM_STALE_REVISION] = {"stale-revision", 409, "A response of this or a higher revision is there already", true,
        "", "a later response to this action is already known", "er is al een latere reactie op deze actie"},
    [PROBLEM_UNAVAILABLE] = {"unavailable", 503, "The collector can't accept this now", false,
        "The collector is busy; send the same again later.",
        "the collector can't take it just now", "de verzamelaar kan nu even niets aannemen"},
    [PROBLEM_TOO_MANY] = {"too-many", 429, "This is more than one member may send for now", false, "",
        "this is more than one member may send for now; it will be sent later",
        "dit is meer dan één panellid nu mag sturen; het wordt later verstuurd"},
    [PROBLEM_BAD_REQUEST] = {"bad-request", 400, "The request is not understood", false,
        "The query has an argument that this path does not take, one without a value, or one twice.", NULL, NULL},
    [PROBLEM_UNAUTHORIZED] = {"unauthorized", 401, "A valid token is needed", false, "", NULL, NULL},
    [PROBLEM_FORBIDDEN] = {"forbidden", 403, "The token does not give this right", false, "", NULL, NULL},
    [PROBLEM_NOT_FOUND] = {"not-found", 404, "There is nothing here", false,
        "There is nothing at this path; a path never ends in a slash.", NULL, NULL},
    [PROBLEM_METHOD_NOT_ALLOWED] = {"method-not-allowed", 405, "The method is not allowed here", false,
        "This path takes another method; the Allow header says which.", NULL, NULL},
    [PROBLEM_NOT_ACCEPTABLE] = {"not-acceptable", 406, "None of the accepted media types can be given", false,
        "", NULL, NULL},
    [PROBLEM_INTERNAL] = {"internal", 500, "Something went wrong in the collector", false, "", NULL, NULL},
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
