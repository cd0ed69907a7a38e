/* Which route a path and a method lead to. */
#include "collector/http/routes.h"
#include <criterion/criterion.h>
#include <string.h>

static const struct http_route table[] = {
    {"GET", "/v1/rounds", NULL, 0, NULL, NULL, NULL},
    {"GET", "/v1/rounds/{id}", NULL, 0, NULL, NULL, NULL},
    {"GET", "/v1/rounds/{id}/summary", NULL, 0, NULL, NULL, NULL},
    {"POST", "/v1/members", NULL, 0, NULL, NULL, NULL},
    {"GET", "/v1/actions/{id}/follow-ups", NULL, 0, NULL, NULL, NULL},
    {"POST", "/v1/actions/{id}/follow-ups", NULL, 0, NULL, NULL, NULL},
    {"GET", "/log/tile/*", NULL, 0, NULL, NULL, NULL},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
static const struct http_route pages[] = {
    {"GET", "/", NULL, 0, NULL, NULL, NULL},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};

static int context;
static const struct http_site sites[] = {{table, NULL}, {pages, &context}, {NULL, NULL}};

static struct route_match match;

/* The path of the route that was found, or what Allow says, or "". */
static const char *found(const char *method, const char *path)
{
    route_find(sites, path, method, &match);
    if (match.route)
        return match.route->path;
    return match.allow ? match.allow : "";
}

Test(routes, are_found_by_the_whole_path)
{
    cr_assert_str_eq(found("GET", "/v1/rounds"), "/v1/rounds");
    cr_assert_str_eq(found("GET", "/v1/rounds/"), "");
    cr_assert_str_eq(found("GET", "/v1/round"), "");
    cr_assert_str_eq(found("GET", "/V1/rounds"), "");
    cr_assert_str_eq(found("GET", "v1/rounds"), "");
    cr_assert_str_eq(found("GET", ""), "");
    cr_assert_str_eq(match.parameter, "");
}

Test(routes, take_one_segment_for_an_id)
{
    cr_assert_str_eq(found("GET", "/v1/rounds/round-1"), "/v1/rounds/{id}");
    cr_assert_str_eq(match.parameter, "round-1");
    cr_assert_str_eq(found("GET", "/v1/rounds/round-1/summary"), "/v1/rounds/{id}/summary");
    cr_assert_str_eq(match.parameter, "round-1");
    cr_assert_str_eq(found("GET", "/v1/rounds//summary"), "");
    cr_assert_str_eq(found("GET", "/v1/rounds/a/b/summary"), "");
    cr_assert_str_eq(found("GET", "/v1/rounds/round-1/other"), "");
}

Test(routes, take_all_the_rest_for_a_star)
{
    cr_assert_str_eq(found("GET", "/log/tile/0/x001/067.p/3"), "/log/tile/*");
    cr_assert_str_eq(match.parameter, "0/x001/067.p/3");
    cr_assert_str_eq(found("GET", "/log/tile/"), "");
}

Test(routes, bound_the_length_of_a_parameter)
{
    char path[sizeof "/v1/rounds/" + HTTP_PARAMETER_MAX + 2] = "/v1/rounds/";
    memset(path + strlen("/v1/rounds/"), 'x', HTTP_PARAMETER_MAX);
    cr_assert_str_eq(found("GET", path), "/v1/rounds/{id}");
    cr_assert_eq(strlen(match.parameter), HTTP_PARAMETER_MAX);
    path[strlen(path)] = 'x'; /* the array ends in more than one NUL */
    cr_assert_str_eq(found("GET", path), "");
}

Test(routes, say_which_methods_a_path_takes)
{
    cr_assert_str_eq(found("HEAD", "/v1/rounds"), "/v1/rounds");
    cr_assert_str_eq(found("POST", "/v1/rounds/round-1"), "GET, HEAD");
    cr_assert_str_eq(found("GET", "/v1/members"), "POST");
    cr_assert_str_eq(found("HEAD", "/v1/members"), "POST");
    cr_assert_str_eq(found("PUT", "/v1/actions/a/follow-ups"), "GET, HEAD, POST");
    cr_assert_str_eq(found("POST", "/v1/actions/a/follow-ups"), "/v1/actions/{id}/follow-ups");
    cr_assert_str_eq(match.route->method, "POST");
    cr_assert_str_eq(found("get", "/v1/rounds"), "GET, HEAD");
    cr_assert_str_eq(match.parameter, "");
}

Test(routes, bring_the_context_of_their_site)
{
    cr_assert_str_eq(found("GET", "/v1/rounds"), "/v1/rounds");
    cr_assert_null(match.context);
    cr_assert_str_eq(found("HEAD", "/"), "/");
    cr_assert_eq(match.context, &context);
    cr_assert_str_eq(found("POST", "/"), "GET, HEAD");
    cr_assert_str_eq(found("GET", "/web"), "");
}
