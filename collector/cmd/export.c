/* export: the tables of a round with what describes them, each file whole or not at all, all of one moment. */
#include "base/error.h"
#include "base/file.h"
#include "base/lang.h"
#include "collector/cmd/cmd.h"
#include "collector/log/tree.h"
#include "collector/tables/csvw.h"
#include "collector/tables/datapackage.h"
#include "collector/tables/sheet.h"
#include "crypto/note.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PACKAGE "datapackage.json"
#define NAME_SIZE 256
#define PATH_SIZE 4096

struct export_run {
    struct store *store;
    const char *folder;
    struct datapackage package; /* what is exported, and has been */
};

/* Writes a file of the package and notes it there. */
static int write_export_file(struct export_run *export, enum table table, bool is_table, uint64_t rows,
                             const struct buf *text)
{
    struct datapackage *package = &export->package;
    datapackage_note(package, table, is_table, rows, text);
    return cmd_write_file(export->folder, package->files[package->count - 1].path, text);
}

/* Makes a sheet whole and writes it. */
static int export_sheet(struct export_run *export, enum table table)
{
    const struct table_context *context = &export->package.context;
    const struct sheet_source source = {.store = export->store,
                                        .catalogue = context->catalogue,
                                        .round = context->round,
                                        .table = table,
                                        .exact = context->exact,
                                        .format = context->format};
    struct error error;
    struct buf text;
    uint64_t rows;
    buf_init(&text, SIZE_MAX);
    int result = sheet_put(&source, &text, &rows, &error) == 0 ? write_export_file(export, table, true, rows, &text)
                                                               : cli_fail("%s", error.text);
    buf_free(&text);
    return result;
}

static int export_metadata(struct export_run *export, enum table table)
{
    const struct csvw_subject subject = {
        .table = table, .context = &export->package.context, .before = "", .after = ".csv"};
    struct buf text;
    buf_init(&text, SIZE_MAX);
    csvw_put(&text, &subject);
    int result = write_export_file(export, table, false, 0, &text);
    buf_free(&text);
    return result;
}

/* Puts the package with the files that have been noted. */
static int put_package(struct export_run *export, struct buf *out)
{
    struct store *store = export->store;
    struct error error;
    struct buf key;
    buf_init(&key, NOTE_MAX);
    int result = CLI_DONE;
    if (tree_head(store, &export->package.head, &error) < 0) {
        result = cli_fail("%s", error.text);
    } else if (store_log_key_read(store, &key) == STORE_FAILED) {
        result = cmd_store_failed(store);
    } else {
        export->package.log_key = buf_text(&key);
        datapackage_put(out, &export->package);
    }
    buf_free(&key);
    return result;
}

/* Last of all, since it names the others. */
static int export_package(struct export_run *export)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    int result = put_package(export, &text);
    if (result == CLI_DONE)
        result = cmd_write_file(export->folder, PACKAGE, &text);
    buf_free(&text);
    return result;
}

/* The folder. */

/* -1: it is too long. */
static int put_path(const struct export_run *export, const char *name, char out[static PATH_SIZE])
{
    int len = snprintf(out, PATH_SIZE, "%s/%s", export->folder, name);
    return len < 0 || len >= PATH_SIZE ? -1 : 0;
}

/* Whether an export of this kind writes a file of that name. */
static bool writes_file(const struct export_run *export, const char *name)
{
    for (int table = 0; table < TABLE_COUNT; table++) {
        const char *of = table_name((enum table)table);
        size_t len = strlen(of);
        if ((table != TABLE_COMMENTS || export->package.comments) && strncmp(name, of, len) == 0 &&
            (strcmp(name + len, ".csv") == 0 || strcmp(name + len, ".csv-metadata.json") == 0))
            return true;
    }
    return strcmp(name, PACKAGE) == 0;
}

struct folder_search {
    const struct export_run *export;
    bool is_same_kind; /* as the export that the folder holds */
    char other[NAME_SIZE]; /* the first file that is not this export's; "" for none */
};

/* What begins with a dot is the system's, or what a power cut left. */
static int note_other_file(void *context, const char *name)
{
    struct folder_search *search = context;
    if (name[0] == '.' || (search->is_same_kind && writes_file(search->export, name)))
        return 0;
    snprintf(search->other, NAME_SIZE, "%s", name);
    return 1;
}

/* Whether the folder holds an export of this kind already. */
static bool holds_same_kind(const struct export_run *export, const char *path)
{
    struct buf text;
    buf_init(&text, DATAPACKAGE_MAX);
    bool same = file_read(path, &text) == 0 && datapackage_is_same_kind(&export->package, buf_text(&text), text.len);
    buf_free(&text);
    return same;
}

/* A folder holds one export and nothing else: exact tables beside those for publication, comments beside tables
 * without, or a file of one's own would be taken for part of it. The same kind of export may come anew, in place of the
 * last. */
static int check_folder(const struct export_run *export)
{
    struct folder_search search = {.export = export};
    char path[PATH_SIZE];
    if (put_path(export, PACKAGE, path) < 0)
        return cli_fail(T("the name of folder %s is too long", "de naam van map %s is te lang"), export->folder);
    search.is_same_kind = holds_same_kind(export, path);
    if (file_each(export->folder, "", note_other_file, &search) < 0)
        return cli_fail(T("folder %s can't be read: %s", "map %s kan niet gelezen worden: %s"), export->folder,
                        error_of_errno(errno));
    if (search.other[0] == '\0')
        return CLI_DONE;
    return cli_fail(
        T("folder %s holds something else than this export, %s among it; name a new folder, or empty this one",
          "map %s bevat iets anders dan deze export, waaronder %s; noem een nieuwe map, of maak deze leeg"),
        export->folder, search.other);
}

/* What file_write left half done of a file of ours when it was killed: `.NAME.HEX.tmp`. */
static int remove_remnant(void *context, const char *name)
{
    const struct export_run *export = context;
    char path[PATH_SIZE];
    bool ours = strncmp(name, "." PACKAGE ".", strlen("." PACKAGE ".")) == 0;
    for (int table = 0; table < TABLE_COUNT; table++) {
        const char *of = table_name((enum table)table);
        ours |= name[0] == '.' && strncmp(name + 1, of, strlen(of)) == 0 &&
                strncmp(name + 1 + strlen(of), ".csv", strlen(".csv")) == 0;
    }
    return ours && put_path(export, name, path) == 0 ? file_remove(path) : 0;
}

static int write_marker(struct export_run *export, const struct buf *text)
{
    char path[PATH_SIZE];
    if (buf_check(text) < 0)
        return cmd_no_memory();
    if (put_path(export, PACKAGE, path) == 0 && file_write(path, text->data, text->len, 0600) == 0 &&
        file_each(export->folder, ".tmp", remove_remnant, export) == 0)
        return CLI_DONE;
    return cli_fail(T("folder %s can't be written to: %s", "in map %s kan niet geschreven worden: %s"), export->folder,
                    error_of_errno(errno));
}

/* Before the first table, a package that names none: where the run is broken off, it tells whose files these are, and
 * the next one of the same kind replaces them. */
static int begin_folder(struct export_run *export)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    int result = cmd_make_folder(export->folder);
    if (result == CLI_DONE)
        result = put_package(export, &text);
    if (result == CLI_DONE)
        result = write_marker(export, &text);
    buf_free(&text);
    return result;
}

/* All of it. */

static enum store_result count_participants(struct export_run *export)
{
    struct invitation_counts counts;
    enum store_result result = store_invitation_count(export->store, &counts);
    if (result == STORE_OK)
        context_set_participation(&export->package.context, &counts);
    return result;
}

static int write_all_sheets(struct export_run *export)
{
    int result = CLI_DONE;
    for (int table = 0; table < TABLE_COUNT && result == CLI_DONE; table++) {
        if (table == TABLE_COMMENTS && !export->package.comments)
            continue;
        result = export_sheet(export, (enum table)table);
        if (result == CLI_DONE)
            result = export_metadata(export, (enum table)table);
    }
    return result;
}

static int export_all(struct export_run *export, const char *round_id)
{
    int round = panel_find_round(export->package.context.catalogue->panel, round_id);
    if (round < 0)
        return cmd_no_round(round_id);
    export->package.context.round = (size_t)round;
    if (count_participants(export) != STORE_OK)
        return cmd_store_failed(export->store);
    int result = check_folder(export);
    if (result == CLI_DONE)
        result = begin_folder(export);
    if (result == CLI_DONE)
        result = write_all_sheets(export);
    return result == CLI_DONE ? export_package(export) : result;
}

/* Opens the store, takes one moment of it, exports. */
static int export_round(struct export_run *export, const char *round)
{
    int result;
    struct store *store = cmd_open(STORE_READING, NULL, &result);
    if (!store)
        return result;
    struct error error;
    struct catalogue *catalogue = NULL;
    if (store_begin_reading(store) == STORE_OK)
        catalogue = catalogue_load(store, &error);
    else
        store_fail(store, &error);
    export->store = store;
    export->package.context.catalogue = catalogue;
    result = catalogue ? export_all(export, round) : cli_fail("%s", error.text);
    catalogue_release(catalogue);
    store_rollback(store);
    store_close(store);
    return result;
}

int cmd_export(const struct cli_verb *verb, int argc, char **argv)
{
    const char *round = NULL, *profile = "rfc4180";
    struct export_run export = {0};
    const struct cli_option options[] = {
        {"round", "ROUND", &round, NULL, "the round (needed)", "de ronde (verplicht)"},
        {"out", "DIR", &export.folder, NULL, "the folder to write to (needed)",
         "de map om naar te schrijven (verplicht)"},
        {"exact", NULL, NULL, &export.package.context.exact,
         "exact figures, without disclosure control: not for publication",
         "exacte cijfers, zonder onthullingscontrole: niet voor publicatie"},
        {"profile", "PROFILE", &profile, NULL, "rfc4180 (default) or excel-nl", "rfc4180 (standaard) of excel-nl"},
        {"comments", NULL, NULL, &export.package.comments, "also comments.csv, with the text answers",
         "ook comments.csv, met de tekstantwoorden"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (result != CLI_RUN)
        return result;
    export.package.context.format = csv_format_find(profile);
    if (!export.package.context.format)
        return cli_misuse(T("--profile must be rfc4180 or excel-nl", "--profile moet rfc4180 of excel-nl zijn"));
    if (!round || !export.folder)
        return cli_misuse(T("--round and --out are needed", "--round en --out zijn verplicht"));
    return export_round(&export, round);
}
