/* See problem.h. */
#include "panel/problem.h"
#include "base/json.h"
#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    unsigned status;
    const char *title;
} problems[] = {
    [PROBLEM_NONE] = {"", 0, ""},
    [PROBLEM_TOO_LARGE] = {"too-large", 413, "The body is too large"},
    [PROBLEM_UNSUPPORTED_MEDIA_TYPE] = {"unsupported-media-type", 415, "The media type is not supported"},
    [PROBLEM_MALFORMED_ENVELOPE] = {"malformed-envelope", 400, "The signed envelope is malformed"},
    [PROBLEM_NOT_VERIFIED] = {"not-verified", 401, "The signature could not be verified"},
    [PROBLEM_INVALID_CLAIMS] = {"invalid-claims", 400, "The claims are not what they must be"},
    [PROBLEM_INVALID_RESPONSE] = {"invalid-response", 400, "The response does not fit the panel"},
    [PROBLEM_INVITATION_REFUSED] = {"invitation-refused", 403, "The invitation is refused"},
    [PROBLEM_ROUND_NOT_OPEN] = {"round-not-open", 409, "The round is not open"},
    [PROBLEM_STALE_REVISION] = {"stale-revision", 409, "A response of this or a higher revision is there already"},
    [PROBLEM_UNAVAILABLE] = {"unavailable", 503, "The collector can't accept this now"},
    [PROBLEM_BAD_REQUEST] = {"bad-request", 400, "The request is not understood"},
    [PROBLEM_UNAUTHORIZED] = {"unauthorized", 401, "A valid token is needed"},
    [PROBLEM_FORBIDDEN] = {"forbidden", 403, "The token does not give this right"},
    [PROBLEM_NOT_FOUND] = {"not-found", 404, "There is nothing here"},
    [PROBLEM_METHOD_NOT_ALLOWED] = {"method-not-allowed", 405, "The method is not allowed here"},
    [PROBLEM_NOT_ACCEPTABLE] = {"not-acceptable", 406, "None of the accepted media types can be given"},
    [PROBLEM_INTERNAL] = {"internal", 500, "Something went wrong in the collector"},
};

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
    for (enum problem problem = PROBLEM_TOO_LARGE; problem <= PROBLEM_INTERNAL; problem++)
        if (strcmp(type + led, problems[problem].name) == 0)
            return problem;
    return PROBLEM_NONE;
}
