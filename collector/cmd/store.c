/* store copy: a whole store moved into another. store upgrade: its tables made those of this program. */
#include "base/lang.h"
#include "base/progress.h"
#include "collector/backup/moving.h"
#include "collector/cmd/cmd.h"
#include "collector/log/log_key.h"
#include <string.h>

static int show_moved(void *context, size_t done, size_t total)
{
    struct progress *progress = context;
    progress->total = total;
    if (done > progress->done)
        progress_add(progress, done - progress->done);
    return 0;
}

/* Opens one of the two, and keeps others from serving it; `other` is the one that is open already, or NULL. NULL: a
 * line has been written. */
static struct store *open_served(const char *dsn, enum store_mode mode, const char *other)
{
    struct error error = {0};
    struct store *store = store_open(dsn, mode, &error);
    if (store && store_serve(store) == STORE_OK)
        return store;
    if (store)
        store_fail(store, &error);
    store_close(store);
    if (other && error.kind == ERROR_BUSY)
        (void)cli_fail(T("%s; or it is %s by another name", "%s; of het is %s onder een andere naam"), error.text,
                       other);
    else
        (void)cli_fail("%s", error.text);
    return NULL;
}

/* Keys stay where they are; by default they lie beside the store, which is another now. */
static void tell_keys(const struct config *config, const char *from)
{
    char path[LOG_KEY_PATH_SIZE];
    if (log_key_path(config->values[CONFIG_LOG_KEY], from, path) == 0)
        cli_say(T("its keys and its checkpoint are those of before: go on with log_key = %s, and the same operator_key",
                  "de sleutels en het controlepunt zijn die van voorheen: ga door met log_key = %s, en dezelfde "
                  "operator_key"),
                path);
    cli_say("%s", T("now give `audit` on it; never serve both", "geef er nu `audit` op; bedien ze nooit allebei"));
}

static int copy_store(struct store *from, struct store *to, struct moved *moved)
{
    struct progress progress;
    struct error error;
    progress_start(&progress, T("copied", "gekopieerd"), 0);
    int result = moving_run(from, to, show_moved, &progress, moved, &error);
    progress_end(&progress);
    return result < 0 ? cli_fail("%s", error.text) : CLI_DONE;
}

int cmd_store_copy(const struct cli_verb *verb, int argc, char **argv)
{
    struct config config;
    struct moved moved;
    int first, result = cli_parse(verb, NULL, argc, argv, 2, 2, &first);
    if (result != CLI_RUN || (result = config_read(&config)) != CLI_DONE)
        return result;
    const char *source = argv[first], *target = argv[first + 1];
    if (strcmp(source, target) == 0)
        return cli_misuse("%s", T("FROM and TO are the same store", "VAN en NAAR zijn dezelfde opslag"));
    struct store *from = open_served(source, STORE_EXISTING, NULL);
    struct store *to = from ? open_served(target, STORE_CREATE, source) : NULL;
    result = to ? copy_store(from, to, &moved) : CLI_FAILED;
    store_close(to);
    store_close(from);
    if (result != CLI_DONE)
        return result;
    cli_say(T("%s: a log of %llu entries, %lld members, %lld current responses",
              "%s: een logboek van %llu regels, %lld panelleden, %lld huidige reacties"),
            target, (unsigned long long)moved.head.size, (long long)moved.members, (long long)moved.currents);
    tell_keys(&config, source);
    return CLI_DONE;
}

/* Opening is all of it. */
int cmd_store_upgrade(const struct cli_verb *verb, int argc, char **argv)
{
    struct config config;
    struct store_schema schema;
    int first, result = cli_parse(verb, NULL, argc, argv, 0, 0, &first);
    if (result != CLI_RUN)
        return result;
    struct store *store = cmd_open(STORE_UPGRADE, &config, &result);
    if (!store)
        return result;
    store_schema(store, &schema);
    store_close(store);
    if (schema.found == schema.now)
        cli_say(T("%s is up to date: version %lld", "%s is bij: versie %lld"), config.values[CONFIG_STORE],
                (long long)schema.now);
    else
        cli_say(T("%s has been brought from version %lld to %lld", "%s is van versie %lld naar %lld bijgewerkt"),
                config.values[CONFIG_STORE], (long long)schema.found, (long long)schema.now);
    return CLI_DONE;
}
