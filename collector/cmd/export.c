/* export: the tables of a round with what describes them, each file whole or not at all, all of one moment: of the
 * newest release, or exact, as the log is now. A release in profile rfc4180 is written as it is kept, with what
 * verifies it; in another profile, and exact, what is written is made here. */
#include "base/clock.h"
#include "base/lang.h"
#include "collector/cmd/cmd.h"
#include "collector/cmd/export_release.h"
#include "collector/cmd/noted.h"
#include "collector/tables/sheet.h"
#include <string.h>

#define TRIES 100 /* for the checkpoint of a release of this very moment */
#define STEP_MS 20

struct export_run {
    struct folder folder;
    bool exact;
    struct export_release release; /* where it is not exact */
};

/* Made here. */

/* -1: *error. */
static int put_live_table(const struct folder *folder, enum table table, struct buf *out, uint64_t *rows,
                          struct error *error)
{
    const struct table_context *context = &folder->package.context;
    const struct sheet_source source = {.store = folder->store,
                                        .catalogue = context->catalogue,
                                        .round = context->round,
                                        .table = table,
                                        .format = context->format};
    return sheet_put(&source, out, rows, error);
}

static int export_table(struct export_run *export, enum table table)
{
    struct error error;
    struct buf text;
    uint64_t rows;
    buf_init(&text, SIZE_MAX);
    int put = export->exact ? put_live_table(&export->folder, table, &text, &rows, &error)
                            : export_put_released(&export->folder, &export->release, table, &text, &rows, &error);
    int result = put == 0 ? folder_write(&export->folder, table, true, rows, &text) : cli_fail("%s", error.text);
    buf_free(&text);
    return result;
}

static int write_made_files(struct export_run *export)
{
    int result = CLI_DONE;
    for (int table = 0; table < TABLE_COUNT && result == CLI_DONE; table++) {
        if ((export->folder.tables & 1U << table) == 0)
            continue;
        result = export_table(export, (enum table)table);
        if (result == CLI_DONE)
            result = folder_write_metadata(&export->folder, (enum table)table);
    }
    return result == CLI_DONE ? folder_finish(&export->folder) : result;
}

/* All of it. */

static int count_participants(struct folder *folder)
{
    struct invitation_counts counts;
    if (store_invitation_count(folder->store, &counts) != STORE_OK)
        return cmd_store_failed(folder->store);
    context_set_participation(&folder->package.context, &counts);
    return CLI_DONE;
}

/* Finds what is exported: the round, and of it the newest release or the log as it is. */
static int find_exported(struct export_run *export, const char *round_id)
{
    struct folder *folder = &export->folder;
    int round = panel_find_round(folder->package.context.catalogue->panel, round_id);
    if (round < 0)
        return cmd_no_round(round_id);
    folder->package.context.round = (size_t)round;
    return export->exact ? count_participants(folder) : export_find_release(folder, &export->release);
}

static int write_everything(struct export_run *export)
{
    struct folder *folder = &export->folder;
    int result = folder_begin(folder);
    if (result != CLI_DONE)
        return result;
    if (!export->exact && folder->package.context.format == &csv_rfc4180)
        return export_write_kept(folder, &export->release);
    return write_made_files(export);
}

/* Takes one moment of the store. *again: a release of this very moment has no checkpoint yet. */
static int export_moment(struct export_run *export, const char *round, bool *again)
{
    struct folder *folder = &export->folder;
    struct error error;
    struct catalogue *catalogue = NULL;
    bool may_wait = *again;
    *again = false;
    if (store_begin_reading(folder->store) == STORE_OK)
        catalogue = catalogue_load(folder->store, &error);
    else
        store_fail(folder->store, &error);
    folder->package.context.catalogue = catalogue;
    int result = catalogue ? find_exported(export, round) : cli_fail("%s", error.text);
    if (result == CLI_DONE && !export->exact)
        *again = may_wait && export_awaits_checkpoint(&export->release);
    if (result == CLI_DONE && !*again)
        result = write_everything(export);
    released_context_wipe(&export->release.context);
    catalogue_release(catalogue);
    store_rollback(folder->store);
    return result;
}

static int export_round(struct export_run *export, const char *round)
{
    struct config config;
    bool again = true;
    int result;
    export->folder.store = cmd_open_walk(&config, &result);
    buf_init(&export->release.checkpoint, LOG_CHECKPOINT_MAX);
    for (int i = 0; export->folder.store && again; i++) {
        if (i > 0)
            clock_sleep_ms(STEP_MS);
        if (!export->exact)
            export_read_checkpoint(&export->release, export->folder.store, &config);
        again = i < TRIES;
        result = export_moment(export, round, &again);
    }
    buf_free(&export->release.checkpoint);
    store_close(export->folder.store);
    if (result == CLI_DONE && export->exact)
        cmd_note_export(&export->folder, "exact tables", round);
    return result;
}

int cmd_export(const struct cli_verb *verb, int argc, char **argv)
{
    const char *round = NULL, *profile = "rfc4180";
    struct export_run export = {.folder.tables = 1 << TABLE_SUMMARY | 1 << TABLE_QUESTIONS | 1 << TABLE_OPTIONS};
    struct folder *folder = &export.folder;
    const struct cli_option options[] = {
        {"round", "ROUND", &round, NULL, "the round (needed)", "de ronde (verplicht)"},
        {"out", "DIR", &folder->path, NULL, "the folder to write to (needed)",
         "de map om naar te schrijven (verplicht)"},
        {"exact", NULL, NULL, &export.exact, "exact figures, as the log is now: not for publication",
         "exacte cijfers, zoals het logboek nu is: niet voor publicatie"},
        {"profile", "rfc4180|excel-nl", &profile, NULL, "rfc4180 (default) or excel-nl",
         "rfc4180 (standaard) of excel-nl"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (result != CLI_RUN)
        return result;
    if (folder_take_profile(folder, profile) != CLI_DONE)
        return CLI_USAGE;
    if (!round || !folder->path)
        return cli_misuse(T("--round and --out are needed", "--round en --out zijn verplicht"));
    return export_round(&export, round);
}
