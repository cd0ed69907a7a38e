/* Access first, so that who may not ask learns nothing of what can be asked. Knows no figure and no store. */
#include "collector/api/table_request.h"
#include "base/clock.h"
#include "collector/api/shared.h"
#include <string.h>

static int read_exact(const struct http_exchange *x, bool *out)
{
    const char *text = http_query(x, "exact");
    if (text && strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return -1;
    *out = text && strcmp(text, "true") == 0;
    return 0;
}

static int read_profile(const struct http_exchange *x, const struct csv_format **out)
{
    const char *text = http_query(x, "profile");
    *out = text ? csv_format_find(text) : NULL;
    return !text || *out ? 0 : -1;
}

bool table_request_read(struct http_exchange *x, struct service *service, enum table table, struct table_request *out)
{
    unsigned roles = table == TABLE_COMMENTS ? TOKENS_OF_TEAMS : TOKENS_OF_TEAMS | TOKENS_OF_ANALYSTS;
    struct access_token token;
    *out = (struct table_request){.table = table};
    if (!api_is_allowed(x, service, roles, &token))
        return false;
    memcpy(out->token, token.name, sizeof out->token);
    if (read_profile(x, &out->profile) < 0 || read_exact(x, &out->exact) < 0) {
        http_answer_problem(x, PROBLEM_BAD_REQUEST, "profile is rfc4180 or excel-nl; exact is true or false.", NULL);
        return false;
    }
    if (!out->exact || token.exact)
        return true;
    refusal_log_token(&service->refusals, clock_now(), "exact figures", "");
    http_answer_problem(x, PROBLEM_FORBIDDEN, "The access token does not give the right to exact figures.", NULL);
    http_answer_header(x, "WWW-Authenticate", "Bearer realm=\"burgerpanel\", error=\"insufficient_scope\"");
    return false;
}

void table_request_put_query(struct buf *out, const struct table_request *request)
{
    if (request->profile)
        buf_printf(out, "?profile=%s", request->profile->name);
    if (request->exact)
        buf_printf(out, "%sexact=true", request->profile ? "&" : "?");
}
