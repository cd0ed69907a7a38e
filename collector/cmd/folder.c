/* Knows no table's rows. */
#include "collector/cmd/folder.h"
#include "base/error.h"
#include "base/file.h"
#include "base/lang.h"
#include "collector/cmd/cmd.h"
#include "collector/log/tree.h"
#include "collector/tables/csvw.h"
#include "crypto/note.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NAME_SIZE 256
#define PATH_SIZE 4096

/* Puts the package with the files that have been noted. */
static int put_package(struct folder *folder, struct buf *out)
{
    struct store *store = folder->store;
    struct error error;
    struct buf key;
    buf_init(&key, NOTE_MAX);
    int result = CLI_DONE;
    if (!folder->package.context.release && tree_head(store, &folder->package.head, &error) < 0) {
        result = cli_fail("%s", error.text);
    } else if (store_log_key_read(store, &key) == STORE_FAILED) {
        result = cmd_store_failed(store);
    } else {
        folder->package.log_key = buf_text(&key);
        datapackage_put(out, &folder->package);
        folder->package.log_key = NULL;
    }
    buf_free(&key);
    return result;
}

/* Beginning. */

/* -1: it is too long. */
static int put_path(const struct folder *folder, const char *name, char out[static PATH_SIZE])
{
    int len = snprintf(out, PATH_SIZE, "%s/%s", folder->path, name);
    return len < 0 || len >= PATH_SIZE ? -1 : 0;
}

/* Whether an export of this kind writes a file of that name. */
static bool writes_file(const struct folder *folder, const char *name)
{
    for (int table = 0; table < TABLE_KINDS; table++) {
        const char *of = table_name((enum table)table);
        size_t len = strlen(of);
        if ((folder->tables & 1U << table) != 0 && strncmp(name, of, len) == 0 &&
            (strcmp(name + len, ".csv") == 0 || strcmp(name + len, ".csv-metadata.json") == 0))
            return true;
    }
    return strcmp(name, FOLDER_PACKAGE) == 0 ||
           (folder->package.context.release && (strcmp(name, FOLDER_ENTRY) == 0 || strcmp(name, FOLDER_PROOF) == 0));
}

struct folder_search {
    const struct folder *folder;
    bool is_same_kind; /* as the export that the folder holds */
    char other[NAME_SIZE]; /* the first file that is not this export's; "" for none */
};

/* What begins with a dot is the system's, or what a power cut left. */
static int note_other_file(void *context, const char *name)
{
    struct folder_search *search = context;
    if (name[0] == '.' || (search->is_same_kind && writes_file(search->folder, name)))
        return 0;
    snprintf(search->other, NAME_SIZE, "%s", name);
    return 1;
}

/* Whether the folder holds an export of this kind already. */
static bool holds_same_kind(const struct folder *folder, const char *path)
{
    struct buf text;
    buf_init(&text, DATAPACKAGE_MAX);
    bool same = cmd_is_plain(path) && file_read(path, &text) == 0 &&
                datapackage_is_same_kind(&folder->package, buf_text(&text), text.len);
    buf_free(&text);
    return same;
}

/* The same kind of package may come anew, in place of the last. */
static int check_folder(const struct folder *folder)
{
    struct folder_search search = {.folder = folder};
    char path[PATH_SIZE];
    if (put_path(folder, FOLDER_PACKAGE, path) < 0)
        return cli_fail(T("the name of folder %s is too long", "de naam van map %s is te lang"), folder->path);
    search.is_same_kind = holds_same_kind(folder, path);
    if (file_each(folder->path, NULL, note_other_file, &search) < 0)
        return cli_fail(T("folder %s can't be read: %s", "map %s kan niet gelezen worden: %s"), folder->path,
                        error_of_errno(errno));
    if (search.other[0] == '\0')
        return CLI_DONE;
    return cli_fail(
        T("folder %s holds something else than this export, %s among it; name a new folder, or empty this one",
          "map %s bevat iets anders dan deze export, waaronder %s; noem een nieuwe map, of maak deze leeg"),
        folder->path, search.other);
}

/* What file_write left half done of a file of ours when it was killed: `.NAME.HEX.tmp`. */
static int remove_remnant(void *context, const char *name)
{
    static const char *const others[] = {"." FOLDER_PACKAGE ".", "." FOLDER_ENTRY ".", "." FOLDER_PROOF "."};
    const struct folder *folder = context;
    char path[PATH_SIZE];
    bool ours = false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ours |= strncmp(name, others[i], strlen(others[i])) == 0;
    for (int table = 0; table < TABLE_KINDS; table++) {
        const char *of = table_name((enum table)table);
        ours |= name[0] == '.' && strncmp(name + 1, of, strlen(of)) == 0 &&
                strncmp(name + 1 + strlen(of), ".csv", strlen(".csv")) == 0;
    }
    return ours && put_path(folder, name, path) == 0 ? file_remove(path) : 0;
}

static int write_marker(struct folder *folder, const struct buf *text)
{
    char path[PATH_SIZE];
    if (buf_check(text) < 0)
        return cmd_no_memory();
    if (put_path(folder, FOLDER_PACKAGE, path) == 0 && file_write(path, text->data, text->len) == 0 &&
        file_each(folder->path, ".tmp", remove_remnant, folder) == 0)
        return CLI_DONE;
    return cli_fail(T("folder %s can't be written to: %s", "in map %s kan niet geschreven worden: %s"), folder->path,
                    error_of_errno(errno));
}

int folder_begin(struct folder *folder)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    int result = check_folder(folder);
    if (result == CLI_DONE)
        result = cmd_make_folder(folder->path);
    if (result == CLI_DONE)
        result = put_package(folder, &text);
    if (result == CLI_DONE)
        result = write_marker(folder, &text);
    buf_free(&text);
    return result;
}

/* Writing. */

int folder_write(struct folder *folder, enum table table, bool is_table, uint64_t rows, const struct buf *text)
{
    struct datapackage *package = &folder->package;
    datapackage_note(package, table, is_table, rows, text);
    return cmd_write_file(folder->path, package->files[package->count - 1].path, text);
}

int folder_write_metadata(struct folder *folder, enum table table)
{
    const struct csvw_subject subject = {
        .table = table, .context = &folder->package.context, .before = "", .after = ".csv"};
    struct buf text;
    buf_init(&text, SIZE_MAX);
    csvw_put(&text, &subject);
    int result = folder_write(folder, table, false, 0, &text);
    buf_free(&text);
    return result;
}

int folder_finish(struct folder *folder)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    int result = put_package(folder, &text);
    if (result == CLI_DONE)
        result = cmd_write_file(folder->path, FOLDER_PACKAGE, &text);
    buf_free(&text);
    return result;
}

/* The moment. */

int folder_take_profile(struct folder *folder, const char *profile)
{
    folder->package.context.format = csv_format_find(profile);
    if (folder->package.context.format)
        return CLI_DONE;
    return cli_misuse(T("--profile must be rfc4180 or excel-nl", "--profile moet rfc4180 of excel-nl zijn"));
}

int folder_of_moment(struct folder *folder, int (*write)(struct folder *folder, const char *round), const char *round)
{
    int result;
    struct store *store = cmd_open_walk(NULL, &result);
    if (!store)
        return result;
    struct error error;
    struct catalogue *catalogue = NULL;
    if (store_begin_reading(store) == STORE_OK)
        catalogue = catalogue_load(store, &error);
    else
        store_fail(store, &error);
    folder->store = store;
    folder->package.context.catalogue = catalogue;
    result = catalogue ? write(folder, round) : cli_fail("%s", error.text);
    catalogue_release(catalogue);
    store_rollback(store);
    store_close(store);
    return result;
}
