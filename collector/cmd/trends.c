/* trends export: what the newest releases of all rounds tell of each scale, in a folder of its own. */
#include "base/json.h"
#include "base/lang.h"
#include "collector/cmd/cmd.h"
#include "collector/cmd/folder.h"
#include "collector/release/newest.h"

static int write_trends(struct folder *folder, const struct newest *newest)
{
    static const struct trends_wish everything = {0};
    struct buf text;
    uint64_t rows;
    buf_init(&text, SIZE_MAX);
    int put = trends_put(newest->trends, &everything, folder->package.context.format, &text, &rows);
    int result =
        put == 0 && buf_check(&text) == 0 ? folder_write(folder, TABLE_TRENDS, true, rows, &text) : cmd_no_memory();
    buf_free(&text);
    return result == CLI_DONE ? folder_write_metadata(folder, TABLE_TRENDS) : result;
}

/* With what explains them in place of a round's. */
static int write_explained(struct folder *folder, const struct newest *newest)
{
    static const struct table_release told = {0}; /* no exact figures, whichever release they are of */
    struct buf text;
    buf_init(&text, SIZE_MAX);
    struct json *note = newest_put_note(&text, newest) == 0 ? json_parse(buf_text(&text), text.len, NULL) : NULL;
    folder->package.context.release = &told;
    folder->package.context.note = note;
    int result = note ? folder_begin(folder) : cmd_no_memory();
    if (result == CLI_DONE)
        result = write_trends(folder, newest);
    if (result == CLI_DONE)
        result = folder_finish(folder);
    json_free(note);
    buf_free(&text);
    return result;
}

/* Of one moment, which the folder's store sees. */
static int export_trends(struct folder *folder, const char *round)
{
    (void)round; /* all */
    struct error error;
    struct newest *newest = newest_read(folder->store, &error);
    if (!newest)
        return cli_fail("%s", error.text);
    int result = write_explained(folder, newest);
    counted_release(newest);
    return result;
}

int cmd_trends_export(const struct cli_verb *verb, int argc, char **argv)
{
    const char *profile = "rfc4180";
    struct folder folder = {.tables = 1U << TABLE_TRENDS, .package.kind = DATAPACKAGE_TRENDS};
    const struct cli_option options[] = {
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
    return folder_of_moment(&folder, export_trends, NULL);
}
