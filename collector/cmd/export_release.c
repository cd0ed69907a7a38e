/* Knows no live figure. */
#include "collector/cmd/export_release.h"
#include "base/lang.h"
#include "collector/cmd/cmd.h"
#include "collector/log/log_key.h"
#include "collector/log/proofs.h"
#include "collector/log/tree.h"
#include "collector/release/release.h"
#include "crypto/note.h"
#include <string.h>

/* Finding. */

void export_read_checkpoint(struct export_release *release, struct store *store, const struct config *config)
{
    char path[LOG_KEY_PATH_SIZE];
    struct buf verifier;
    buf_init(&verifier, NOTE_MAX);
    buf_reset(&release->checkpoint);
    enum store_result key = store_log_key_read(store, &verifier);
    if (log_key_path(config->values[CONFIG_LOG_KEY], config->values[CONFIG_STORE], path) < 0)
        error_set(&release->why, ERROR_REFUSED, "%s",
                  T("the name of the log's key is too long", "de naam van de sleutel van het logboek is te lang"));
    else if (key == STORE_FAILED)
        store_fail(store, &release->why);
    else if (key != STORE_OK)
        error_set(&release->why, ERROR_DAMAGED, "%s",
                  T("the store names no log key", "de opslag noemt geen sleutel van het logboek"));
    else if (last_checkpoint_read_note(path, buf_text(&verifier), &release->head, &release->checkpoint,
                                       &release->why) == STORE_NONE)
        error_set(&release->why, ERROR_IO, "%s",
                  T("there is no checkpoint beside the log's key",
                    "er is geen controlepunt naast de sleutel van het logboek"));
    buf_free(&verifier);
}

static int fail_without_release(const char *round)
{
    return cli_fail(
        T("nothing has been released of round %s; `release create %s` makes a release, `export --exact` writes what "
          "the "
          "log has now, not for publication",
          "van ronde %s is nog niets uitgegeven; `release create %s` maakt een uitgave, `export --exact` schrijft wat "
          "het logboek nu heeft, niet voor publicatie"),
        round, round);
}

/* What was so when it was made becomes the folder's context. */
static int take_context(struct folder *folder, struct export_release *release)
{
    struct table_context *context = &folder->package.context;
    const struct csv_format *format = context->format;
    const struct released_source source = {.store = folder->store,
                                           .catalogue = context->catalogue,
                                           .round = context->round,
                                           .release = &release->found,
                                           .table = TABLE_SUMMARY};
    struct error error;
    if (released_context_read(&release->context, &source, &error) < 0)
        return cli_fail("%s", error.text);
    *context = release->context.context;
    context->format = format;
    folder->package.head.size = (uint64_t)release->found.size;
    memcpy(folder->package.head.root.bytes, release->found.root, SHA256_BYTES);
    return CLI_DONE;
}

int export_find_release(struct folder *folder, struct export_release *release)
{
    const struct table_context *context = &folder->package.context;
    const struct catalogue *catalogue = context->catalogue;
    switch (released_find(folder->store, catalogue->round_numbers[context->round], 0, &release->found)) {
    case STORE_OK:
        return take_context(folder, release);
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        return fail_without_release(catalogue->panel->rounds[context->round].id);
    case STORE_FAILED:
        break;
    }
    return cmd_store_failed(folder->store);
}

bool export_awaits_checkpoint(const struct export_release *release)
{
    return release->checkpoint.len > 0 && (uint64_t)release->found.index >= release->head.size;
}

/* In another profile. */

int export_put_released(const struct folder *folder, const struct export_release *release, enum table table,
                        struct buf *out, uint64_t *rows, struct error *error)
{
    const struct table_context *context = &folder->package.context;
    const struct released_source source = {.store = folder->store,
                                           .catalogue = context->catalogue,
                                           .round = context->round,
                                           .release = &release->found,
                                           .table = table,
                                           .format = context->format};
    struct released *released = released_new(&source, error);
    enum store_result result = released ? STORE_OK : STORE_FAILED;
    while (result == STORE_OK)
        result = released_put_next(released, out, error);
    if (result == STORE_NONE)
        *rows = released_rows(released);
    released_free(released);
    return result == STORE_NONE ? 0 : -1;
}

/* As it is kept. */

static int write_kept_file(const struct folder *folder, const struct export_release *release, const char *name)
{
    struct error error;
    struct buf text;
    buf_init(&text, SIZE_MAX);
    enum store_result found = released_file(folder->store, &release->found, name, &text, &error);
    if (found == STORE_NONE)
        error_set(&error, ERROR_DAMAGED, T("release %lld has no %s", "uitgave %lld heeft geen %s"),
                  (long long)release->found.number, name);
    int result = found == STORE_OK ? cmd_write_file(folder->path, name, &text) : cli_fail("%s", error.text);
    buf_free(&text);
    return result;
}

static int write_entry(const struct folder *folder, const struct export_release *release)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    int result = store_entry_read(folder->store, release->found.index, &text) == STORE_OK
                     ? cmd_write_file(folder->path, FOLDER_ENTRY, &text)
                     : cmd_store_failed(folder->store);
    buf_free(&text);
    return result;
}

static int put_proof(const struct folder *folder, const struct export_release *release, struct buf *out,
                     struct error *error)
{
    struct tree_reader reader = {folder->store, error};
    struct proofs *proofs = proofs_new(&release->head, buf_text(&release->checkpoint), NULL);
    error_no_memory(error); /* unless the tree says otherwise */
    int result =
        proofs ? proofs_put_any_receipt(out, proofs, (uint64_t)release->found.index, RECEIPT_TEXT, tree_read, &reader)
               : -1;
    proofs_release(proofs);
    return result;
}

/* Where the log's checkpoint is not at hand, as with a copy of the store elsewhere, the folder is written without. */
static int write_proof(const struct folder *folder, const struct export_release *release)
{
    struct error error = release->why;
    struct buf text;
    int result = CLI_DONE;
    buf_init(&text, SIZE_MAX);
    if (release->checkpoint.len > 0 && put_proof(folder, release, &text, &error) == 0)
        result = cmd_write_file(folder->path, FOLDER_PROOF, &text);
    else
        cli_say(T("%s is left out, so that the folder can't be verified: %s",
                  "%s ontbreekt, zodat de map niet te controleren is: %s"),
                FOLDER_PROOF, error.text);
    buf_free(&text);
    return result;
}

int export_write_kept(const struct folder *folder, const struct export_release *release)
{
    int result = write_entry(folder, release);
    if (result == CLI_DONE)
        result = write_proof(folder, release);
    for (size_t i = 0; i < RELEASE_FILES && result == CLI_DONE; i++)
        if (strcmp(release_file_name(i), FOLDER_PACKAGE) != 0)
            result = write_kept_file(folder, release, release_file_name(i));
    return result == CLI_DONE ? write_kept_file(folder, release, FOLDER_PACKAGE) : result;
}
