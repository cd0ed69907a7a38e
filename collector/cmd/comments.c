/* comments export: the text answers of a round, for the programme team alone, in a folder of their own. */
#include "base/lang.h"
#include "collector/cmd/cmd.h"
#include "collector/cmd/noted.h"
#include "collector/tables/sheet.h"

static int write_comments(struct folder *folder)
{
    const struct table_context *context = &folder->package.context;
    const struct sheet_source source = {.store = folder->store,
                                        .catalogue = context->catalogue,
                                        .round = context->round,
                                        .table = TABLE_COMMENTS,
                                        .format = context->format};
    struct error error;
    struct buf text;
    uint64_t rows;
    buf_init(&text, SIZE_MAX);
    int result = sheet_put(&source, &text, &rows, &error) == 0 ? folder_write(folder, TABLE_COMMENTS, true, rows, &text)
                                                               : cli_fail("%s", error.text);
    buf_free(&text);
    return result == CLI_DONE ? folder_write_metadata(folder, TABLE_COMMENTS) : result;
}

/* Of one moment, which the folder's store sees. */
static int export_comments(struct folder *folder, const char *round_id)
{
    struct table_context *context = &folder->package.context;
    struct invitation_counts counts;
    int round = panel_find_round(context->catalogue->panel, round_id);
    if (round < 0)
        return cmd_no_round(round_id);
    context->round = (size_t)round;
    if (store_invitation_count(folder->store, &counts) != STORE_OK)
        return cmd_store_failed(folder->store);
    context_set_participation(context, &counts);
    int result = folder_begin(folder);
    if (result == CLI_DONE)
        result = write_comments(folder);
    return result == CLI_DONE ? folder_finish(folder) : result;
}

int cmd_comments_export(const struct cli_verb *verb, int argc, char **argv)
{
    const char *round = NULL, *profile = "rfc4180";
    struct folder folder = {.tables = 1U << TABLE_COMMENTS, .package.kind = DATAPACKAGE_COMMENTS};
    const struct cli_option options[] = {
        {"round", "ROUND", &round, NULL, "the round (needed)", "de ronde (verplicht)"},
        {"profile", "rfc4180|excel-nl", &profile, NULL, "rfc4180 (default) or excel-nl",
         "rfc4180 (standaard) of excel-nl"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    folder.path = argv[first];
    if (folder_take_profile(&folder, profile) != CLI_DONE)
        return CLI_USAGE;
    if (!round)
        return cli_misuse(T("--round is needed", "--round is verplicht"));
    result = folder_of_moment(&folder, export_comments, round);
    if (result == CLI_DONE)
        cmd_note_export(&folder, "comments", round);
    return result;
}
