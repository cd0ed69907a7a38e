/* A walk along the tables of routes: there are some thirty, so a list is as good as a tree. */
#include "collector/http/routes.h"
#include <string.h>

/* Whether `path` is what `pattern` says; *parameter is where {id} or the star begins in it, NULL without one. */
static bool pattern_fits(const char *pattern, const char *path, const char **parameter, size_t *len)
{
    size_t before = strcspn(pattern, "{*");
    *parameter = NULL;
    if (pattern[before] == '\0')
        return strcmp(pattern, path) == 0;
    if (strncmp(pattern, path, before) != 0)
        return false;
    bool all = pattern[before] == '*';
    const char *rest = all ? "" : strchr(pattern, '}') + 1;
    *parameter = path + before;
    *len = all ? strlen(*parameter) : strcspn(*parameter, "/");
    return *len > 0 && *len <= HTTP_PARAMETER_MAX && strcmp(*parameter + *len, rest) == 0;
}

static bool method_fits(const char *of_route, const char *method)
{
    return strcmp(of_route, method) == 0 || (strcmp(of_route, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

/* What a path takes that takes `allow` (NULL: nothing yet) and this method too; no route has another than GET or POST. */
static const char *allow_also(const char *allow, const char *method)
{
    static const char get[] = "GET, HEAD", post[] = "POST";
    const char *own = strcmp(method, "GET") == 0 ? get : post;
    return !allow || allow == own ? own : "GET, HEAD, POST";
}

static void find_in_site(const struct http_site *site, const char *path, const char *method, struct route_match *match)
{
    for (const struct http_route *route = site->routes; route->method; route++) {
        const char *parameter;
        size_t len = 0;
        if (!pattern_fits(route->path, path, &parameter, &len))
            continue;
        if (!method_fits(route->method, method)) {
            match->allow = allow_also(match->allow, route->method);
            continue;
        }
        match->route = route;
        match->context = site->context;
        if (parameter)
            memcpy(match->parameter, parameter, len);
        return;
    }
}

void route_find(const struct http_site *sites, const char *path, const char *method, struct route_match *match)
{
    *match = (struct route_match){.route = NULL};
    for (const struct http_site *site = sites; site->routes && !match->route; site++)
        find_in_site(site, path, method, match);
}
