/* Access first, so that who may not ask learns nothing of what can be asked. Knows no figure and no store. */
#include "collector/api/table_request.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/number.h"
#include "collector/api/shared.h"
#include <stdio.h>
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

static int read_release_number(const struct http_exchange *x, int64_t *out)
{
    const char *text = http_query(x, "release");
    *out = 0;
    return text ? number_read(text, 1, JSON_INTEGER_MAX, out) : 0;
}

bool table_request_is_released(const struct table_request *request)
{
    return request->table != TABLE_COMMENTS && !request->exact;
}

/* Whether the token may have what is not released. false: the answer has been set. */
static bool check_rights(struct http_exchange *x, struct service *service, struct table_request *out)
{
    unsigned roles = out->table == TABLE_COMMENTS ? TOKENS_OF_TEAMS : TOKENS_OF_TEAMS | TOKENS_OF_ANALYSTS;
    struct access_token token;
    if (!api_is_allowed(x, service, roles, &token))
        return false;
    memcpy(out->token, token.name, sizeof out->token);
    if (out->table == TABLE_COMMENTS || token.exact)
        return true;
    refusal_log_token(&service->refusals, clock_now(), "exact figures", "");
    http_answer_problem(x, PROBLEM_FORBIDDEN, "The access token does not give the right to exact figures.", NULL);
    http_answer_header(x, "WWW-Authenticate", "Bearer realm=\"burgerpanel\", error=\"insufficient_scope\"");
    return false;
}

bool table_request_read(struct http_exchange *x, struct service *service, enum table table, struct table_request *out)
{
    *out = (struct table_request){.table = table};
    int result = read_exact(x, &out->exact);
    if (result == 0 && !table_request_is_released(out) && !check_rights(x, service, out))
        return false;
    if (result == 0 && read_profile(x, &out->profile) == 0 && read_release_number(x, &out->release) == 0 &&
        (out->release == 0 || table_request_is_released(out)) &&
        wanted_read(http_query(x, "action"), &out->actions) == 0)
        return true;
    http_answer_problem(x, PROBLEM_BAD_REQUEST,
                        "profile is rfc4180 or excel-nl; exact is true or false; release is a number from 1, and not "
                        "of what is exact; action is an action's id, or up to 100 with commas between.",
                        NULL);
    return false;
}

static void put_argument(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "%s%s=%s", out->len > 0 ? "&" : "?", name, value);
}

void table_request_put_query(struct buf *out, const struct table_request *request)
{
    struct buf query;
    buf_init(&query, TABLE_QUERY_MAX);
    if (!wanted_is_all(&request->actions))
        put_argument(&query, "action", request->actions.ids);
    if (request->profile)
        put_argument(&query, "profile", request->profile->name);
    if (request->exact)
        put_argument(&query, "exact", "true");
    if (request->release > 0) {
        char number[24];
        snprintf(number, sizeof number, "%lld", (long long)request->release);
        put_argument(&query, "release", number);
    }
    buf_put_text(out, buf_text(&query));
    buf_free(&query);
}
