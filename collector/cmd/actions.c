/* actions import, actions list. Knows not what an action means to a round. */
#include "base/csv.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/cmd/cmd.h"
#include "collector/state/catalogue.h"
#include "panel/warnings.h"

/* The stored list beside the imported one. */
struct actions_import {
    struct store *store;
    struct action_list *before; /* in its stored order */
    int64_t *numbers; /* of `before` */
    size_t capacity; /* of `numbers` */
    int64_t last_number;
    struct action_list *after;
    size_t added, changed, stopped;
};

static int keep_stored_action(void *context, const struct store_action *row)
{
    struct actions_import *import = context;
    int64_t *numbers = list_grow(import->numbers, import->before->count, &import->capacity, sizeof *numbers);
    if (!numbers)
        return -1;
    import->numbers = numbers;
    numbers[import->before->count] = row->number;
    if (row->number > import->last_number)
        import->last_number = row->number;
    return action_list_add(import->before, &row->action);
}

/* What looks wrong but may be meant. */

/* Rounds may name what this list lacks: perhaps a typing error, perhaps a list that is not whole. */
static void warn_of_references(const struct actions_import *import, struct faults *warnings)
{
    struct catalogue *catalogue = catalogue_load(import->store, NULL);
    if (catalogue)
        warnings_of_references(catalogue->panel, import->after, warnings);
    catalogue_release(catalogue);
}

static void tell_action_warnings(const struct actions_import *import, const char *file)
{
    struct faults warnings;
    faults_init(&warnings);
    warnings_of_actions(import->after, &warnings);
    warn_of_references(import, &warnings);
    cmd_tell_warnings(file, &warnings);
    faults_free(&warnings);
}

/* Writing. */

/* Writes what the file holds, in its order. */
static enum store_result write_imported(struct actions_import *import)
{
    for (size_t i = 0; i < import->after->count; i++) {
        const struct action *now = &import->after->list[i];
        int old = action_list_find(import->before, now->id);
        struct store_action row = {.number = old >= 0 ? import->numbers[old] : ++import->last_number, .action = *now};
        if (old < 0)
            import->added++;
        else if (!action_equal(&import->before->list[old], now))
            import->changed++;
        if (store_action_write(import->store, &row, (int64_t)i) != STORE_OK)
            return STORE_FAILED;
    }
    return STORE_OK;
}

/* What the file no longer holds stays, stopped, after what it holds. */
static enum store_result stop_missing(struct actions_import *import)
{
    int64_t position = (int64_t)import->after->count;
    for (size_t i = 0; i < import->before->count; i++) {
        struct store_action row = {.number = import->numbers[i], .action = import->before->list[i]};
        if (action_list_find(import->after, row.action.id) >= 0)
            continue;
        if (row.action.status != ACTION_STOPPED)
            import->stopped++;
        row.action.status = ACTION_STOPPED;
        if (store_action_write(import->store, &row, position++) != STORE_OK)
            return STORE_FAILED;
    }
    return STORE_OK;
}

static int read_stored_actions(struct actions_import *import)
{
    import->before = action_list_new();
    import->numbers = list_grow(NULL, 0, &import->capacity, sizeof *import->numbers);
    if (!import->before || !import->numbers)
        return cmd_no_memory();
    if (store_action_each(import->store, keep_stored_action, import) != STORE_OK)
        return cmd_store_failed(import->store);
    return action_list_index(import->before) == 0 ? CLI_DONE : cmd_no_memory();
}

static int import_actions(struct actions_import *import)
{
    if (store_begin(import->store) != STORE_OK)
        return cmd_store_failed(import->store);
    int result = read_stored_actions(import);
    if (result == CLI_DONE && (write_imported(import) != STORE_OK || stop_missing(import) != STORE_OK ||
                               store_commit(import->store) != STORE_OK))
        result = cmd_store_failed(import->store);
    if (result != CLI_DONE)
        store_rollback(import->store);
    return result;
}

static int tell_action_changes(const struct actions_import *import)
{
    size_t count = import->after->count;
    struct buf text;
    buf_init(&text, SIZE_MAX);
    buf_printf(
        &text,
        T("%zu %s: %zu added, %zu changed, %zu stopped\n", "%zu %s: %zu toegevoegd, %zu gewijzigd, %zu gestopt\n"),
        count, count == 1 ? T("action", "actie") : T("actions", "acties"), import->added, import->changed,
        import->stopped);
    return cmd_print(&text, CLI_TEXT);
}

/* From the file's bytes to what was told of them. Returns the exit code. */
static int import_csv(struct actions_import *import, const char *file, const struct buf *csv, struct faults *faults)
{
    int result = CLI_DONE;
    import->after = actions_parse_csv(buf_text(csv), csv->len, faults);
    if (!import->after)
        return cmd_tell_faults(file, faults);
    import->store = cmd_open(STORE_EXISTING, NULL, &result);
    if (!import->store)
        return result;
    result = import_actions(import);
    if (result != CLI_DONE)
        return result;
    tell_action_warnings(import, file);
    return tell_action_changes(import);
}

int cmd_actions_import(const struct cli_verb *verb, int argc, char **argv)
{
    struct actions_import import = {0};
    struct faults faults;
    struct buf csv;
    int first, result = cli_parse(verb, NULL, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    faults_init(&faults);
    buf_init(&csv, ACTIONS_CSV_MAX);
    result = cmd_read_file(argv[first], &csv);
    if (result == CLI_DONE)
        result = import_csv(&import, argv[first], &csv, &faults);
    store_close(import.store);
    action_list_free(import.before);
    action_list_free(import.after);
    mem_free(import.numbers);
    faults_free(&faults);
    buf_free(&csv);
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
