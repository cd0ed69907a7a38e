/* export: the tables of a round with what describes them, each file whole or not at all, all of one moment. */
#include "base/lang.h"
#include "collector/cmd/cmd.h"
#include "collector/cmd/folder.h"
#include "collector/tables/sheet.h"

/* Makes a sheet whole and writes it. */
static int export_sheet(struct folder *folder, enum table table)
{
    const struct table_context *context = &folder->package.context;
    const struct sheet_source source = {.store = folder->store,
                                        .catalogue = context->catalogue,
                                        .round = context->round,
                                        .table = table,
                                        .exact = context->exact,
                                        .format = context->format};
    struct error error;
    struct buf text;
    uint64_t rows;
    buf_init(&text, SIZE_MAX);
    int result = sheet_put(&source, &text, &rows, &error) == 0 ? folder_write(folder, table, true, rows, &text)
                                                               : cli_fail("%s", error.text);
    buf_free(&text);
    return result;
}

/* All of it. */

static enum store_result count_participants(struct folder *folder)
{
    struct invitation_counts counts;
    enum store_result result = store_invitation_count(folder->store, &counts);
    if (result == STORE_OK)
        context_set_participation(&folder->package.context, &counts);
    return result;
}

static int write_all_sheets(struct folder *folder)
{
    int result = CLI_DONE;
    for (int table = 0; table < TABLE_COUNT && result == CLI_DONE; table++) {
        if ((folder->tables & 1U << table) == 0)
            continue;
        result = export_sheet(folder, (enum table)table);
        if (result == CLI_DONE)
            result = folder_write_metadata(folder, (enum table)table);
    }
    return result;
}

static int export_all(struct folder *folder, const char *round_id)
{
    int round = panel_find_round(folder->package.context.catalogue->panel, round_id);
    if (round < 0)
        return cmd_no_round(round_id);
    folder->package.context.round = (size_t)round;
    if (count_participants(folder) != STORE_OK)
        return cmd_store_failed(folder->store);
    int result = folder_begin(folder);
    if (result == CLI_DONE)
        result = write_all_sheets(folder);
    return result == CLI_DONE ? folder_finish(folder) : result;
}

int cmd_export(const struct cli_verb *verb, int argc, char **argv)
{
    const char *round = NULL, *profile = "rfc4180";
    struct folder folder = {.tables = 1 << TABLE_SUMMARY | 1 << TABLE_QUESTIONS | 1 << TABLE_OPTIONS};
    const struct cli_option options[] = {
        {"round", "ROUND", &round, NULL, "the round (needed)", "de ronde (verplicht)"},
        {"out", "DIR", &folder.path, NULL, "the folder to write to (needed)",
         "de map om naar te schrijven (verplicht)"},
        {"exact", NULL, NULL, &folder.package.context.exact,
         "exact figures, without disclosure control: not for publication",
         "exacte cijfers, zonder onthullingscontrole: niet voor publicatie"},
        {"profile", "PROFILE", &profile, NULL, "rfc4180 (default) or excel-nl", "rfc4180 (standaard) of excel-nl"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (result != CLI_RUN)
        return result;
    folder.package.context.format = csv_format_find(profile);
    if (!folder.package.context.format)
        return cli_misuse(T("--profile must be rfc4180 or excel-nl", "--profile moet rfc4180 of excel-nl zijn"));
    if (!round || !folder.path)
        return cli_misuse(T("--round and --out are needed", "--round en --out zijn verplicht"));
    return folder_of_moment(&folder, export_all, round);
}
