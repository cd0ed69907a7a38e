/* export: the tables of a round, each file whole or not at all, all of one moment. */
#include "base/lang.h"
#include "collector/cmd.h"
#include "collector/comments.h"
#include "collector/report.h"

struct export
{
    struct store *store;
    struct report report;
    const struct csv_format *format;
    const char *folder;
};

static int export_comments(const struct export *export)
{
    struct buf text;
    struct csv_writer writer;
    buf_init(&text, SIZE_MAX);
    csv_begin(&writer, &text, export->format);
    const struct report *report = &export->report;
    int result = comments_put(&writer, export->store, report->catalogue, report->round) == STORE_OK
                     ? cmd_write_csv(export->folder, "comments", &text)
                     : cmd_store_failed(export->store);
    buf_free(&text);
    return result;
}

static int export_all(struct export *export, const char *round_id, bool comments)
{
    int round = panel_find_round(export->report.catalogue->panel, round_id);
    if (round < 0)
        return cli_fail(T("the panel has no round '%s'; `panel show` lists them",
                          "het panel heeft geen ronde '%s'; `panel show` noemt ze"),
                        round_id);
    export->report.round = (size_t)round;
    int result = cmd_write_tables(&export->report, export->format, export->folder);
    if (comments && result == CLI_DONE)
        result = export_comments(export);
    return result;
}

/* Opens the store, takes one moment of it, exports. */
static int run(struct export *export, const char *round, bool comments)
{
    int result;
    struct store *store = cmd_open(STORE_EXISTING, &result);
    if (store == NULL)
        return result;
    struct catalogue *catalogue = store->ops->begin_reading(store) == STORE_OK ? catalogue_load(store) : NULL;
    export->store = store;
    export->report.counts = report_store_counts;
    export->report.context = store;
    export->report.catalogue = catalogue;
    result = catalogue != NULL ? export_all(export, round, comments) : cmd_store_failed(store);
    catalogue_release(catalogue);
    store->ops->rollback(store);
    store_close(store);
    return result;
}

int cmd_export(const struct cli_verb *verb, int argc, char **argv)
{
    const char *round = NULL, *profile = "rfc4180";
    bool comments = false;
    struct export export = {0};
    const struct cli_option options[] = {
        {"round", "ROUND", &round, NULL, "the round (needed)", "de ronde (verplicht)"},
        {"out", "DIR", &export.folder, NULL, "the folder to write to (needed)", "de map om naar te schrijven (verplicht)"},
        {"exact", NULL, NULL, &export.report.exact, "exact figures, without disclosure control: not for publication",
         "exacte cijfers, zonder onthullingscontrole: niet voor publicatie"},
        {"profile", "PROFILE", &profile, NULL, "rfc4180 (default) or excel-nl", "rfc4180 (standaard) of excel-nl"},
        {"comments", NULL, NULL, &comments, "also comments.csv, with the text answers",
         "ook comments.csv, met de tekstantwoorden"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (result >= 0)
        return result;
    export.format = csv_format_find(profile);
    if (export.format == NULL)
        return cli_misuse(T("--profile must be rfc4180 or excel-nl", "--profile moet rfc4180 of excel-nl zijn"));
    if (round == NULL || export.folder == NULL)
        return cli_misuse(T("--round and --out are needed", "--round en --out zijn verplicht"));
    return run(&export, round, comments);
}
