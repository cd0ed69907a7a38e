/* panel import, panel show; and, before the first panel, the log's key. What an import may change is the act's. */
#include "collector/acts/panel.h"
#include "base/error.h"
#include "base/file.h"
#include "base/lang.h"
#include "collector/cmd/act.h"
#include "collector/cmd/cmd.h"
#include "collector/log/last_checkpoint.h"
#include "collector/log/log_key.h"
#include "collector/state/catalogue.h"
#include "collector/state/panel_import.h"
#include "panel/warnings.h"
#include <errno.h>
#include <stdio.h>

struct panel_import {
    struct config config;
    struct store *store;
    const char *file;
    struct buf json;
    struct panel *before; /* NULL: this is the first */
    struct panel *after;
};

/* The log's key is made for the first panel: from then on the store belongs to it. A key that has signed before is
 * another log's. */
static int make_log_key(const struct config *config, struct store *store, const struct panel *panel)
{
    char path[LOG_KEY_PATH_SIZE], checkpoint[PATH_MAX], origin[CONFIG_VALUE_SIZE + 16];
    struct error error;
    struct buf verifier;
    const char *set = config->values[CONFIG_ORIGIN];
    if (log_key_path(config->values[CONFIG_LOG_KEY], config->values[CONFIG_STORE], path) < 0)
        return cli_fail(
            T("the name of the log's key is too long", "de naam van de sleutel van het logboek is te lang"));
    snprintf(origin, sizeof origin, "%s%s", set[0] != '\0' ? "" : "burgerpanel/", set[0] != '\0' ? set : panel->id);
    if (last_checkpoint_path(path, checkpoint, &error) < 0)
        return cli_fail("%s", error.text);
    if (file_exists(checkpoint))
        return cli_fail(T("%s belongs to another log; name a new file with --log-key",
                          "%s hoort bij een ander logboek; noem een nieuw bestand met --log-key"),
                        path);
    if (log_key_create(path) < 0 && errno != EEXIST)
        return cli_fail(
            T("the log's key %s can't be made: %s", "de sleutel van het logboek %s kan niet gemaakt worden: %s"), path,
            error_of_errno(errno));
    buf_init(&verifier, NOTE_MAX);
    int result = CLI_DONE;
    if (log_key_verifier(path, origin, &verifier, &error) < 0)
        result = cli_fail("%s", error.text);
    else if (store_log_key_write(store, buf_text(&verifier)) != STORE_OK)
        result = cmd_store_failed(store);
    buf_free(&verifier);
    return result;
}

/* In a transaction, so that two first imports at once make one key. */
static int ensure_log_key(const struct config *config, struct store *store, const struct panel *panel)
{
    struct buf verifier;
    if (store_begin(store) != STORE_OK)
        return cmd_store_failed(store);
    buf_init(&verifier, NOTE_MAX);
    enum store_result found = store_log_key_read(store, &verifier);
    int result = found == STORE_FAILED ? cmd_store_failed(store) : CLI_DONE;
    buf_free(&verifier);
    if (found == STORE_NONE)
        result = make_log_key(config, store, panel);
    if (result == CLI_DONE && store_commit(store) != STORE_OK)
        result = cmd_store_failed(store);
    if (result != CLI_DONE)
        store_rollback(store);
    return result;
}

/* Importing. */

static int compare_panels(struct panel_import *import)
{
    struct faults faults;
    struct error error = {0};
    faults_init(&faults);
    if (store_begin_reading(import->store) != STORE_OK)
        return cmd_store_failed(import->store);
    int result = CLI_DONE;
    if (act_check_panel(import->store, import->after, &import->before, &faults, &error) < 0)
        result = faults_any(&faults) ? cmd_tell_faults(import->file, &faults) : cli_fail("%s", error.text);
    store_rollback(import->store);
    faults_free(&faults);
    return result;
}

static int tell_panel_changes(const struct panel_import *import)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    panel_import_put_changes(&text, import->before, import->after);
    return cmd_print(&text, CLI_TEXT);
}

/* What looks wrong but may be meant; the action list may come after the panel. */
static void tell_panel_warnings(const struct panel_import *import)
{
    struct faults warnings;
    struct catalogue *catalogue = catalogue_load(import->store, NULL);
    faults_init(&warnings);
    warnings_of_panel(import->after, &warnings);
    if (catalogue)
        warnings_of_references(import->after, catalogue->actions, &warnings);
    cmd_tell_warnings(import->file, &warnings);
    faults_free(&warnings);
    catalogue_release(catalogue);
}

static int ask_for_definition(struct panel_import *import)
{
    struct act_wish wish;
    int result = compare_panels(import);
    if (result == CLI_DONE)
        result = ensure_log_key(&import->config, import->store, import->after);
    if (result != CLI_DONE)
        return result;
    if (act_prepare_panel(&wish, &import->json) < 0)
        return cmd_no_memory();
    result = cmd_act(&import->config, import->store, &wish, NULL);
    if (result != CLI_DONE)
        return result;
    tell_panel_warnings(import);
    return tell_panel_changes(import);
}

/* From the file to a definition by itself. */
static int read_definition(struct panel_import *import)
{
    struct faults faults;
    int result = cmd_read_file(import->file, &import->json);
    if (result != CLI_DONE)
        return result;
    faults_init(&faults);
    import->after = panel_parse(buf_text(&import->json), import->json.len, &faults);
    if (!import->after)
        result = cmd_tell_faults(import->file, &faults);
    faults_free(&faults);
    return result;
}

int cmd_panel_import(const struct cli_verb *verb, int argc, char **argv)
{
    struct panel_import import = {.store = NULL};
    int first, result = cli_parse(verb, NULL, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    import.file = argv[first];
    buf_init(&import.json, PANEL_JSON_MAX);
    result = read_definition(&import);
    if (result == CLI_DONE && (import.store = cmd_open(STORE_CREATE, &import.config, &result)) != NULL)
        result = ask_for_definition(&import);
    store_close(import.store);
    panel_free(import.before);
    panel_free(import.after);
    buf_free(&import.json);
    return result;
}

int cmd_panel_show(const struct cli_verb *verb, int argc, char **argv)
{
    int first, result = CLI_DONE;
    struct store *store = cmd_begin(verb, argc, argv, 0, &first, &result);
    if (!store)
        return result;
    struct error error;
    struct catalogue *catalogue = catalogue_load(store, &error);
    if (!catalogue) {
        result = cli_fail("%s", error.text);
    } else {
        struct buf text;
        buf_init(&text, SIZE_MAX);
        buf_put(&text, catalogue->definition.data, catalogue->definition.len);
        result = cmd_print(&text, CLI_DOCUMENT);
    }
    catalogue_release(catalogue);
    store_close(store);
    return result;
}
