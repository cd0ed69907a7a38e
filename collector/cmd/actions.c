/* actions import, actions list. Knows not what an action means to a round. */
#include "collector/acts/actions.h"
#include "base/csv.h"
#include "base/lang.h"
#include "collector/cmd/act.h"
#include "collector/cmd/cmd.h"
#include "collector/state/catalogue.h"
#include "panel/warnings.h"

struct actions_import {
    struct config config;
    struct store *store;
    const char *file;
    struct buf csv;
    struct action_list *after;
    struct actions_change change;
};

/* What looks wrong but may be meant. */

/* Rounds may name what this list lacks: perhaps a typing error, perhaps a list that is not whole. */
static void warn_of_references(const struct actions_import *import, struct faults *warnings)
{
    struct catalogue *catalogue = catalogue_load(import->store, NULL);
    if (catalogue)
        warnings_of_references(catalogue->panel, import->after, warnings);
    catalogue_release(catalogue);
}

static void tell_action_warnings(const struct actions_import *import)
{
    struct faults warnings;
    faults_init(&warnings);
    warnings_of_actions(import->after, &warnings);
    warn_of_references(import, &warnings);
    cmd_tell_warnings(import->file, &warnings);
    faults_free(&warnings);
}

static int tell_action_changes(const struct actions_import *import)
{
    size_t count = import->after->count;
    const struct actions_change *change = &import->change;
    struct buf text;
    buf_init(&text, SIZE_MAX);
    buf_printf(
        &text,
        T("%zu %s: %zu added, %zu changed, %zu stopped\n", "%zu %s: %zu toegevoegd, %zu gewijzigd, %zu gestopt\n"),
        count, count == 1 ? T("action", "actie") : T("actions", "acties"), change->added, change->changed,
        change->stopped);
    return cmd_print(&text, CLI_TEXT);
}

/* Importing. */

static int compare_actions(struct actions_import *import)
{
    struct error error = {0};
    if (store_begin_reading(import->store) != STORE_OK)
        return cmd_store_failed(import->store);
    int result = act_compare_actions(import->store, import->after, &import->change, &error);
    store_rollback(import->store);
    return result == 0 ? CLI_DONE : cli_fail("%s", error.text);
}

static int ask_for_import(struct actions_import *import)
{
    struct act_wish wish;
    int result = compare_actions(import);
    if (result != CLI_DONE)
        return result;
    if (act_prepare_actions(&wish, &import->csv) < 0)
        return cmd_no_memory();
    result = cmd_act(&import->config, import->store, &wish, NULL);
    if (result != CLI_DONE)
        return result;
    tell_action_warnings(import);
    return tell_action_changes(import);
}

/* From the file to a list by itself. */
static int read_list_by_itself(struct actions_import *import)
{
    struct faults faults;
    int result = cmd_read_file(import->file, &import->csv);
    if (result != CLI_DONE)
        return result;
    faults_init(&faults);
    import->after = actions_parse_csv(buf_text(&import->csv), import->csv.len, &faults);
    if (!import->after)
        result = cmd_tell_faults(import->file, &faults);
    faults_free(&faults);
    return result;
}

int cmd_actions_import(const struct cli_verb *verb, int argc, char **argv)
{
    struct actions_import import = {.store = NULL};
    int first, result = cli_parse(verb, NULL, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    import.file = argv[first];
    buf_init(&import.csv, ACTIONS_CSV_MAX);
    result = read_list_by_itself(&import);
    if (result == CLI_DONE && (import.store = cmd_open(STORE_EXISTING, &import.config, &result)) != NULL)
        result = ask_for_import(&import);
    store_close(import.store);
    action_list_free(import.after);
    buf_free(&import.csv);
    return result;
}

static int put_action_row(void *context, const struct store_action *row)
{
    struct csv_writer *writer = context;
    csv_put_text(writer, row->action.id);
    csv_put_text(writer, row->action.title);
    csv_put_text(writer, row->action.track);
    csv_put_text(writer, row->action.lead);
    csv_put_text(writer, row->action.related);
    csv_put_text(writer, action_status_name(row->action.status));
    csv_end_row(writer);
    return 0;
}

static enum store_result put_action_rows(struct store *store, struct csv_writer *writer)
{
    return store_action_each(store, put_action_row, writer);
}

int cmd_actions_list(const struct cli_verb *verb, int argc, char **argv)
{
    return cmd_list(verb, argc, argv, "id,title,track,lead,related,status\r\n", put_action_rows);
}
