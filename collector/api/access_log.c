/* Through a handle of its own, so that nobody who reads waits for what is written. Knows no resource. */
#include "collector/api/access_log.h"
#include "base/clock.h"
#include "base/lang.h"
#include <stdarg.h>
#include <stdio.h>

int access_log_note(struct service *service, const char *token, int64_t rows, struct error *error, const char *format,
                    ...)
{
    char what[ACCESS_WHAT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    const struct store_access access = {.at = clock_now(), .token = token, .what = what, .rows = rows};
    struct store *store = reader_take(service->access_log);
    if (!store)
        return error_set(error, ERROR_IO, "%s",
                         T("the store has to be opened again", "de opslag moet opnieuw geopend worden"));
    int result = store_access_add(store, &access) == STORE_OK ? 0 : store_fail(store, error);
    reader_give_back(service->access_log);
    return result;
}
