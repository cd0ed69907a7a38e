/* backup, restore: the store as one file, and back (docs/adr/021). What comes of it is said on standard error. */
#include "collector/backup/backup.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/progress.h"
#include "collector/backup/restore.h"
#include "collector/cmd/cmd.h"

static struct log_key_names names_in(const struct config *config)
{
    return (struct log_key_names){.dsn = config->values[CONFIG_STORE],
                                  .log_key = config->values[CONFIG_LOG_KEY],
                                  .operator_key = config->values[CONFIG_OPERATOR_KEY]};
}

static int show_copied(void *context, size_t done, size_t total)
{
    struct progress *progress = context;
    progress->total = total;
    if (done > progress->done)
        progress_add(progress, done - progress->done);
    return 0;
}

static int back_up(const struct config *config, struct store *store, const char *path)
{
    struct backup_about about;
    struct progress progress;
    struct error error;
    const struct log_key_names names = names_in(config);
    progress_start(&progress, T("copied", "gekopieerd"), 0);
    int result = backup_write(store, &names, path, show_copied, &progress, &about, &error);
    progress_end(&progress);
    if (result < 0)
        return cli_fail("%s", error.text);
    cli_say(
        T("%s: a log of %llu entries, %llu bytes; the keys are not in it: keep copies of them apart",
          "%s: een logboek van %llu regels, %llu bytes; de sleutels zitten er niet in: bewaar daar apart kopieën van"),
        path, (unsigned long long)about.head.size, (unsigned long long)about.bytes);
    return CLI_DONE;
}

int cmd_backup(const struct cli_verb *verb, int argc, char **argv)
{
    struct config config;
    int first, result = cli_parse(verb, NULL, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    struct store *store = cmd_open(STORE_READING, &config, &result);
    if (!store)
        return result;
    result = back_up(&config, store, argv[first]);
    store_close(store);
    return result;
}

static void tell_restored(const struct restored *restored)
{
    char when[CLOCK_TEXT_SIZE];
    clock_format(restored->about.taken_at, when);
    cli_say(
        restored->replaced
            ? T("restored over an older store of the same log: %llu entries, of a backup of %s",
                "teruggezet over een oudere opslag van hetzelfde logboek: %llu regels, van een reservekopie van %s")
            : T("restored: %llu entries, of a backup of %s", "teruggezet: %llu regels, van een reservekopie van %s"),
        (unsigned long long)restored->about.head.size, when);
    if (restored->signed_anew)
        cli_say(
            T("no checkpoint lay beside the log's key, so the backup's does now: what was answered or erased after %s "
              "is not in this store. Members bring it back by `sync --again`; erase anew what was erased since",
              "er lag geen controlepunt naast de sleutel van het logboek, dus nu dat van de reservekopie: wat na %s "
              "beantwoord of gewist is zit niet in deze opslag. Panelleden brengen het terug met `sync --again`; wis "
              "opnieuw wat sindsdien gewist was"),
            when);
    if (restored->no_log_key)
        cli_say("%s", T("the log's key is not here: put it back before the collector starts",
                        "de sleutel van het logboek is hier niet: zet haar terug voordat de verzamelaar start"));
    if (restored->no_operator_key)
        cli_say("%s", T("the operator key is not here: put it back before the collector starts",
                        "de beheerderssleutel is hier niet: zet haar terug voordat de verzamelaar start"));
    cli_say("%s", T("now give `audit`", "geef nu `audit`"));
}

int cmd_restore(const struct cli_verb *verb, int argc, char **argv)
{
    struct config config;
    struct restored restored;
    struct error error;
    int first, result = cli_parse(verb, NULL, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    result = config_read(&config);
    if (result != CLI_DONE)
        return result;
    const struct log_key_names names = names_in(&config);
    if (restore_run(argv[first], &names, &restored, &error) < 0)
        return cli_fail("%s", error.text);
    tell_restored(&restored);
    return CLI_DONE;
}
