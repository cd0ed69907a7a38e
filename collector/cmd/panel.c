/* panel import, panel show; and, with the first panel, the log's key. What an import may change is panel_import.h's. */
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/cmd/cmd.h"
#include "collector/log/last_checkpoint.h"
#include "collector/log/log_key.h"
#include "collector/state/catalogue.h"
#include "collector/state/panel_import.h"
#include "panel/clashes.h"
#include "panel/limits.h"
#include "panel/warnings.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Ids by number - 1; NULL where there is none. */
struct id_list {
    char **ids;
    size_t count, capacity;
};

/* What an import looks at and writes, within one transaction. */
struct panel_import {
    struct config config;
    struct store *store;
    struct panel *before; /* NULL: this is the first */
    struct panel *after;
    struct id_list rounds, actions;
    struct answered_action *answered;
    size_t answered_count, answered_capacity;
};

static int append_id(struct id_list *list, char *id)
{
    char **ids = list_grow(list->ids, list->count, &list->capacity, sizeof *ids);
    if (!ids)
        return -1;
    list->ids = ids;
    list->ids[list->count++] = id;
    return 0;
}

/* Puts a copy of `id` at place number - 1. */
static int keep_id(struct id_list *list, int64_t number, const char *id)
{
    if (number <= 0)
        return -1;
    while (list->count < (size_t)number)
        if (append_id(list, NULL) < 0)
            return -1;
    mem_free(list->ids[number - 1]);
    list->ids[number - 1] = mem_copy_text(id, strlen(id));
    return list->ids[number - 1] ? 0 : -1;
}

static void free_ids(struct id_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        mem_free(list->ids[i]);
    mem_free(list->ids);
}

static int keep_round_id(void *context, int64_t number, const char *id)
{
    struct panel_import *import = context;
    return keep_id(&import->rounds, number, id);
}

static int keep_action_id(void *context, const struct store_action *row)
{
    struct panel_import *import = context;
    return keep_id(&import->actions, row->number, row->action.id);
}

static int keep_answered(void *context, int64_t round, int64_t action)
{
    struct panel_import *import = context;
    if (round <= 0 || action <= 0 || (size_t)round > import->rounds.count || (size_t)action > import->actions.count)
        return -1;
    struct answered_action *answered =
        list_grow(import->answered, import->answered_count, &import->answered_capacity, sizeof *answered);
    if (!answered)
        return -1;
    import->answered = answered;
    answered[import->answered_count++] =
        (struct answered_action){import->rounds.ids[round - 1], import->actions.ids[action - 1]};
    return 0;
}

static void free_import(struct panel_import *import)
{
    free_ids(&import->rounds);
    free_ids(&import->actions);
    mem_free(import->answered);
    panel_free(import->before);
    panel_free(import->after);
}

static enum store_result read_before(struct panel_import *import)
{
    struct buf json;
    struct faults faults;
    buf_init(&json, PANEL_JSON_MAX);
    faults_init(&faults);
    enum store_result result = store_panel_read(import->store, &json);
    if (result == STORE_OK && (import->before = panel_parse(buf_text(&json), json.len, &faults)) == NULL)
        result = STORE_FAILED;
    faults_free(&faults);
    buf_free(&json);
    return result == STORE_NONE ? STORE_OK : result;
}

static enum store_result read_state(struct panel_import *import, int64_t *size)
{
    if (read_before(import) != STORE_OK || store_round_each(import->store, keep_round_id, import) != STORE_OK ||
        store_action_each(import->store, keep_action_id, import) != STORE_OK ||
        store_counts_each(import->store, keep_answered, import) != STORE_OK)
        return STORE_FAILED;
    return store_entry_count(import->store, size);
}

static bool round_is_known(const struct panel_import *import, const char *id)
{
    for (size_t i = 0; i < import->rounds.count; i++)
        if (import->rounds.ids[i] && strcmp(import->rounds.ids[i], id) == 0)
            return true;
    return false;
}

static enum store_result write_panel(struct panel_import *import, const struct buf *json)
{
    int64_t number = (int64_t)import->rounds.count;
    for (size_t i = 0; i < import->after->round_count; i++)
        if (!round_is_known(import, import->after->rounds[i].id) &&
            store_round_add(import->store, ++number, import->after->rounds[i].id) != STORE_OK)
            return STORE_FAILED;
    if (store_panel_write(import->store, buf_text(json), json->len, clock_now()) != STORE_OK)
        return STORE_FAILED;
    return store_commit(import->store);
}

/* The log's key is made with the first panel: from then on the store belongs to it. A key that has signed before is
 * another log's. */
static int make_log_key(const struct panel_import *import)
{
    const struct config *config = &import->config;
    char path[LOG_KEY_PATH_SIZE], checkpoint[PATH_MAX], origin[CONFIG_VALUE_SIZE + 16];
    struct error error;
    struct buf verifier;
    const char *set = config->values[CONFIG_ORIGIN];
    if (log_key_path(config->values[CONFIG_LOG_KEY], config->values[CONFIG_STORE], path) < 0)
        return cli_fail(
            T("the name of the log's key is too long", "de naam van de sleutel van het logboek is te lang"));
    snprintf(origin, sizeof origin, "%s%s", set[0] != '\0' ? "" : "burgerpanel/",
             set[0] != '\0' ? set : import->after->id);
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
    else if (store_log_key_write(import->store, buf_text(&verifier)) != STORE_OK)
        result = cmd_store_failed(import->store);
    buf_free(&verifier);
    return result;
}

static int ensure_log_key(const struct panel_import *import)
{
    struct buf verifier;
    buf_init(&verifier, NOTE_MAX);
    enum store_result found = store_log_key_read(import->store, &verifier);
    buf_free(&verifier);
    if (found == STORE_FAILED)
        return cmd_store_failed(import->store);
    return found == STORE_OK ? CLI_DONE : make_log_key(import);
}

static int import_panel(struct panel_import *import, const char *file, const struct buf *json)
{
    struct faults faults;
    int64_t size = 0;
    int result = CLI_DONE;
    faults_init(&faults);
    if (store_begin(import->store) != STORE_OK)
        return cmd_store_failed(import->store);
    if (read_state(import, &size) != STORE_OK)
        result = cmd_store_failed(import->store);
    else {
        clashes_check(import->after, import->before, &faults);
        limits_check(import->after, &faults);
    }
    if (result == CLI_DONE && import->before)
        panel_import_check(import->before, import->after, import->answered, import->answered_count, size == 0, &faults);
    if (result == CLI_DONE && faults_any(&faults))
        result = cmd_tell_faults(file, &faults);
    if (result == CLI_DONE)
        result = ensure_log_key(import);
    if (result == CLI_DONE && write_panel(import, json) != STORE_OK)
        result = cmd_store_failed(import->store);
    if (result != CLI_DONE)
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
static void tell_panel_warnings(const struct panel_import *import, const char *file)
{
    struct faults warnings;
    struct catalogue *catalogue = catalogue_load(import->store, NULL);
    faults_init(&warnings);
    warnings_of_panel(import->after, &warnings);
    if (catalogue)
        warnings_of_references(import->after, catalogue->actions, &warnings);
    cmd_tell_warnings(file, &warnings);
    faults_free(&warnings);
    catalogue_release(catalogue);
}

int cmd_panel_import(const struct cli_verb *verb, int argc, char **argv)
{
    struct panel_import import = {0};
    struct faults faults;
    struct buf json;
    int first, result = cli_parse(verb, NULL, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    const char *file = argv[first];
    faults_init(&faults);
    buf_init(&json, PANEL_JSON_MAX);
    result = cmd_read_file(file, &json);
    if (result == CLI_DONE && (import.after = panel_parse(buf_text(&json), json.len, &faults)) == NULL)
        result = cmd_tell_faults(file, &faults);
    if (result == CLI_DONE && (import.store = cmd_open(STORE_CREATE, &import.config, &result)) != NULL)
        result = import_panel(&import, file, &json);
    if (result == CLI_DONE) {
        result = tell_panel_changes(&import);
        tell_panel_warnings(&import, file);
    }
    store_close(import.store);
    free_import(&import);
    faults_free(&faults);
    buf_free(&json);
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
