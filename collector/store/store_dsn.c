/* From a DSN to the backend that it names, and what can be said of a store by its DSN alone. Knows no verb. */
#include "base/lang.h"
#include "collector/store/postgres/open.h"
#include "collector/store/sqlite/open.h"
#include <string.h>

#define SQLITE_SCHEME "sqlite:"
#define POSTGRES_SCHEME "postgresql:"

/* What follows `scheme` in a DSN that begins with it and names something; NULL otherwise. */
static const char *after_scheme(const char *dsn, const char *scheme)
{
    size_t len = strlen(scheme);
    return strncmp(dsn, scheme, len) == 0 && dsn[len] != '\0' ? dsn + len : NULL;
}

struct store *store_open(const char *dsn, enum store_mode mode, struct error *error)
{
    const char *path = after_scheme(dsn, SQLITE_SCHEME);
    if (path)
        return sqlite_open(path, mode, error);
    if (after_scheme(dsn, POSTGRES_SCHEME))
        return postgres_open(dsn, mode, error); /* which libpq reads whole */
    error_set(error, ERROR_REFUSED,
              T("'%s' names no store; write sqlite:PATH or postgresql://ROLE@HOST/DATABASE",
                "'%s' noemt geen opslag; schrijf sqlite:PAD of postgresql://ROL@HOST/DATABASE"),
              dsn);
    return NULL;
}

const char *store_path(const char *dsn)
{
    const char *path = after_scheme(dsn, SQLITE_SCHEME);
    return path && strcmp(path, ":memory:") != 0 ? path : NULL;
}

bool store_is_remote(const char *dsn)
{
    return after_scheme(dsn, POSTGRES_SCHEME) != NULL;
}

void store_reached_by(const char *dsn, void (*each)(void *context, const char *path), void *context)
{
    if (store_is_remote(dsn))
        postgres_reached_by(dsn, each, context);
}
