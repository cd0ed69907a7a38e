/* What libpq and the C library read to reach a server. https://www.postgresql.org/docs/current/libpq-connect.html */
#include "collector/store/postgres/open.h"
#include <libpq-fe.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names of hosts and of users, and the system's certificates. */
static const char *const system_files[] = {"/etc/hosts",         "/etc/host.conf", "/etc/resolv.conf",
                                           "/etc/nsswitch.conf", "/etc/gai.conf",  "/etc/services",
                                           "/etc/passwd",        "/etc/ssl",       "/run/systemd/resolve"};

static bool names_file(const char *keyword)
{
    static const char *const keywords[] = {"passfile", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslcrldir"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(keyword, keywords[i]) == 0)
            return true;
    return false;
}

/* Those of the environment stand in for what the DSN does not say, which is what libpq fills in. */
static void tell_named(const char *dsn, void (*each)(void *context, const char *path), void *context)
{
    PQconninfoOption *options = PQconninfoParse(dsn, NULL);
    for (const PQconninfoOption *option = options; option && option->keyword; option++) {
        const char *value = option->val ? option->val : option->envvar ? getenv(option->envvar) : NULL;
        if (names_file(option->keyword) && value && value[0] == '/')
            each(context, value);
    }
    PQconninfoFree(options);
}

void postgres_reached_by(const char *dsn, void (*each)(void *context, const char *path), void *context)
{
    const char *home = getenv("HOME");
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof system_files / sizeof *system_files; i++)
        each(context, system_files[i]);
    tell_named(dsn, each, context);
    if (!home)
        return;
    if (snprintf(path, sizeof path, "%s/.pgpass", home) < PATH_MAX)
        each(context, path);
    if (snprintf(path, sizeof path, "%s/.postgresql", home) < PATH_MAX)
        each(context, path);
}
