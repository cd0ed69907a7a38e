/* A walk along the tables of routes: there are some thirty, so a list is as good as a tree. */
#include "collector/http/routes.h"
#include <string.h>

/* Parts of a path. */
struct span {
    const char *at; /* NULL: the pattern has no such part */
    size_t len;
};

/* Whether the end of a path is the end of a pattern, of which a star stands for one character or more. */
static bool end_fits(const char *pattern, const char *path, struct span *tail)
{
    size_t before = strcspn(pattern, "*");
    if (pattern[before] == '\0')
        return strcmp(pattern, path) == 0;
    if (strncmp(pattern, path, before) != 0)
        return false;
    *tail = (struct span){path + before, strlen(path + before)};
    return tail->len > 0 && tail->len <= HTTP_PARAMETER_MAX;
}

/* Whether `path` is what `pattern` says, and what its {id} and its star stand for. */
static bool pattern_fits(const char *pattern, const char *path, struct span *parameter, struct span *tail)
{
    size_t before = strcspn(pattern, "{");
    *parameter = *tail = (struct span){NULL, 0};
    if (pattern[before] == '\0')
        return end_fits(pattern, path, tail);
    if (strncmp(pattern, path, before) != 0)
        return false;
    *parameter = (struct span){path + before, strcspn(path + before, "/")};
    return parameter->len > 0 && parameter->len <= HTTP_PARAMETER_MAX &&
           end_fits(strchr(pattern, '}') + 1, parameter->at + parameter->len, tail);
}

static bool method_fits(const char *of_route, const char *method)
{
    return strcmp(of_route, method) == 0 || (strcmp(of_route, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

/* What a path takes that takes `allow` (NULL: nothing yet) and this method too; no route has another than GET or
 * POST. */
static const char *allow_also(const char *allow, const char *method)
{
    static const char get[] = "GET, HEAD", post[] = "POST";
    const char *own = strcmp(method, "GET") == 0 ? get : post;
    return !allow || allow == own ? own : "GET, HEAD, POST";
}

static void copy_span(char out[static HTTP_PARAMETER_MAX + 1], struct span span)
{
    if (span.at)
        memcpy(out, span.at, span.len);
}

static void find_in_site(const struct http_site *site, const char *path, const char *method, struct route_match *match)
{
    for (const struct http_route *route = site->routes; route->method; route++) {
        struct span parameter, tail;
        if (!pattern_fits(route->path, path, &parameter, &tail))
            continue;
        if (!method_fits(route->method, method)) {
            match->allow = allow_also(match->allow, route->method);
            continue;
        }
        match->route = route;
        match->context = site->context;
        copy_span(match->parameter, parameter.at ? parameter : tail);
        copy_span(match->tail, tail);
        return;
    }
}

void route_find(const struct http_site *sites, const char *path, const char *method, struct route_match *match)
{
    *match = (struct route_match){.route = NULL};
    for (const struct http_site *site = sites; site->routes && !match->route; site++)
        find_in_site(site, path, method, match);
}
