/* After the folder is whole: that is what was taken. */
#include "collector/cmd/noted.h"
#include "base/clock.h"
#include "base/lang.h"
#include "collector/cmd/cmd.h"
#include <stdio.h>

static int64_t count_rows(const struct datapackage *package)
{
    int64_t rows = 0;
    for (size_t i = 0; i < package->count; i++)
        rows += (int64_t)package->files[i].rows;
    return rows;
}

static int add_line(const struct store_access *access)
{
    int result;
    struct store *store = cmd_open(STORE_EXISTING, NULL, &result);
    if (!store)
        return -1;
    bool noted = store_access_add(store, access) == STORE_OK;
    if (!noted)
        cmd_store_failed(store);
    store_close(store);
    return noted ? 0 : -1;
}

void cmd_note_export(const struct folder *folder, const char *what, const char *round)
{
    char text[ACCESS_WHAT_SIZE];
    snprintf(text, sizeof text, "%s of %s", what, round);
    const struct store_access access = {
        .at = clock_now(), .token = NOTED_TOKEN, .what = text, .rows = count_rows(&folder->package)};
    if (add_line(&access) < 0)
        cli_say("%s",
                T("The access log has no line of this export.", "Het leeslogboek heeft geen regel over deze export."));
}
