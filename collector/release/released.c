/* Rows are read back and written in the other form, one at a time. Knows no rule and no figure. */
#include "collector/release/released.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/state/recorded.h"
#include "collector/tables/csv.h"
#include "collector/tables/json.h"
#include "collector/tables/stored.h"
#include <stdio.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 * 1024)
#define NAME_SIZE 64

struct released {
    struct released_source source;
    struct buf text; /* as kept */
    size_t at; /* of what has been put as it is */
    struct stored_table *stored; /* NULL: it is put as it is */
    struct csv_writer csv;
    struct table_json json;
    uint64_t rows;
    bool begun;
};

/* Finding. */

struct release_search {
    int64_t number;
    struct store_release found; /* number 0: not found */
};

static int compare_release_number(void *context, const struct store_release *release)
{
    struct release_search *search = context;
    if (release->number == search->number)
        search->found = *release;
    return 0;
}

enum store_result released_find(struct store *store, int64_t round, int64_t number, struct store_release *out)
{
    struct release_search search = {.number = number};
    if (number == 0)
        return store_release_last(store, round, out);
    if (store_release_each(store, round, compare_release_number, &search) != STORE_OK)
        return STORE_FAILED;
    *out = search.found;
    return search.found.number != 0 ? STORE_OK : STORE_NONE;
}

/* What the event says of the file of that name; NULL: nothing, or it is another release's. */
static const uint8_t *find_named_hash(const struct event *event, int64_t number, const char *name)
{
    bool is_its = event->kind == EVENT_RELEASE_CREATED && event->number == number;
    for (size_t i = 0; is_its && i < event->file_count; i++)
        if (strcmp(event->files[i].name, name) == 0)
            return event->files[i].sha256;
    return NULL;
}

/* Nothing is given as a release's that the log does not have the hash of; `sha256` NULL: it has none. */
static enum store_result check_kept_file(const struct store_release *release, const char *name, const uint8_t *sha256,
                                         const struct buf *bytes, struct error *error)
{
    uint8_t hash[SHA256_BYTES];
    crypto_sha256(buf_text(bytes), bytes->len, hash);
    if (sha256 && memcmp(hash, sha256, sizeof hash) == 0)
        return STORE_OK;
    error_set(error, ERROR_DAMAGED,
              T("release %lld: %s is not what the log has the hash of; run `audit`",
                "uitgave %lld: %s is niet dat waarvan het logboek de hash heeft; voer `audit` uit"),
              (long long)release->number, name);
    return STORE_FAILED;
}

static enum store_result read_kept_file(struct store *store, const struct store_release *release, const char *name,
                                        struct buf *out, struct error *error)
{
    enum store_result result = store_release_file_read(store, release->round, release->number, name, out);
    if (result == STORE_FAILED)
        store_fail(store, error);
    if (result != STORE_OK || buf_check(out) == 0)
        return result;
    error_no_memory(error);
    return STORE_FAILED;
}

enum store_result released_file_of(struct store *store, const struct store_release *release, const char *name,
                                   const uint8_t sha256[static SHA256_BYTES], struct buf *out, struct error *error)
{
    enum store_result result = read_kept_file(store, release, name, out, error);
    return result == STORE_OK ? check_kept_file(release, name, sha256, out, error) : result;
}

enum store_result released_file(struct store *store, const struct store_release *release, const char *name,
                                struct buf *out, struct error *error)
{
    struct event event;
    enum store_result result = read_kept_file(store, release, name, out, error);
    if (result != STORE_OK)
        return result;
    if (recorded_read(store, release->index, &event, error) < 0)
        return STORE_FAILED;
    result = check_kept_file(release, name, find_named_hash(&event, release->number, name), out, error);
    event_free(&event);
    return result;
}

/* What must be there. */
static int need_file(const struct released_source *source, const char *ending, struct buf *out, struct error *error)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "%s%s", table_name(source->table), ending);
    switch (released_file(source->store, source->release, name, out, error)) {
    case STORE_OK:
        return 0;
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        return error_set(error, ERROR_DAMAGED, T("release %lld has no %s", "uitgave %lld heeft geen %s"),
                         (long long)source->release->number, name);
    case STORE_FAILED:
        break;
    }
    return -1;
}

/* Tables. */

static struct column_source released_columns(const struct released_source *source)
{
    const struct panel *panel = source->catalogue->panel;
    return (struct column_source){.table = source->table,
                                  .questionnaire = round_questionnaire(panel, &panel->rounds[source->round]),
                                  .released = true};
}

static int open_released(struct released *released, struct error *error)
{
    const struct released_source *source = &released->source;
    const struct column_source columns = released_columns(source);
    if (need_file(source, ".csv", &released->text, error) < 0)
        return -1;
    if (source->format == &csv_rfc4180 && wanted_is_all(source->actions))
        return 0;
    released->stored = stored_table_new(&columns, buf_text(&released->text), released->text.len, error);
    return released->stored ? 0 : -1;
}

struct released *released_new(const struct released_source *source, struct error *error)
{
    struct released *released = mem_calloc(1, sizeof *released);
    if (!released) {
        error_no_memory(error);
        return NULL;
    }
    released->source = *source;
    buf_init(&released->text, SIZE_MAX);
    if (open_released(released, error) == 0)
        return released;
    released_free(released);
    return NULL;
}

void released_free(struct released *released)
{
    if (!released)
        return;
    stored_table_free(released->stored);
    table_json_wipe(&released->json);
    buf_free(&released->text);
    mem_free(released);
}

static enum store_result put_as_it_is(struct released *released, struct buf *out)
{
    size_t left = released->text.len - released->at, len = left < CHUNK_BYTES ? left : CHUNK_BYTES;
    buf_put(out, released->text.data + released->at, len);
    released->at += len;
    return released->at < released->text.len ? STORE_OK : STORE_NONE;
}

static int begin_other_form(struct released *released, struct buf *out, struct error *error)
{
    const struct column_source columns = released_columns(&released->source);
    int result;
    released->begun = true;
    if (released->source.format) {
        csv_begin(&released->csv, out, released->source.format);
        result = table_csv_header(&released->csv, &columns);
    } else {
        table_json_begin(&released->json, out);
        result = table_json_header(&released->json, &columns);
    }
    return result == 0 ? 0 : error_no_memory(error);
}

/* The next row of an action that is asked for; the second column is the action's. */
static enum stored_result read_wanted_row(struct released *released, const struct cell **cells, size_t *count,
                                          struct error *error)
{
    const struct wanted_actions *wanted = released->source.actions;
    enum stored_result result;
    do
        result = stored_table_next(released->stored, cells, count, error);
    while (result == STORED_ROW && !wanted_is_all(wanted) &&
           ((*cells)[1].type != CELL_TEXT || !wanted_has(wanted, (*cells)[1].text)));
    return result;
}

static enum store_result put_next_row(struct released *released, struct buf *out, struct error *error)
{
    const struct cell *cells;
    size_t count;
    released->csv.out = out;
    released->json.out = out;
    switch (read_wanted_row(released, &cells, &count, error)) {
    case STORED_ROW:
        break;
    case STORED_END:
        if (!released->source.format)
            table_json_end(&released->json);
        return STORE_NONE;
    case STORED_FAILED:
        return STORE_FAILED;
    }
    released->rows++;
    int result = released->source.format ? table_csv_row(&released->csv, cells, count)
                                         : table_json_row(&released->json, cells, count);
    if (result == 0)
        return STORE_OK;
    error_no_memory(error);
    return STORE_FAILED;
}

enum store_result released_put_next(struct released *released, struct buf *out, struct error *error)
{
    if (!released->stored)
        return put_as_it_is(released, out);
    if (!released->begun && begin_other_form(released, out, error) < 0)
        return STORE_FAILED;
    return put_next_row(released, out, error);
}

uint64_t released_rows(const struct released *released)
{
    return released->rows;
}

/* Context. */

static struct json *read_description(const struct released_source *source, struct error *error)
{
    struct buf text;
    struct json_fault fault;
    struct json *document = NULL;
    buf_init(&text, SIZE_MAX);
    if (need_file(source, ".csv-metadata.json", &text, error) == 0 &&
        (document = json_parse(buf_text(&text), text.len, &fault)) == NULL)
        json_fault_error(&fault, error);
    buf_free(&text);
    return document;
}

int released_context_read(struct released_context *out, const struct released_source *source, struct error *error)
{
    const struct store_release *release = source->release;
    *out = (struct released_context){
        .release = {.number = release->number, .is_final = release->is_final, .size = release->size},
        .document = read_description(source, error)};
    if (!out->document)
        return -1;
    out->context = (struct table_context){.catalogue = source->catalogue,
                                          .round = source->round,
                                          .release = &out->release,
                                          .note = json_first(json_member(out->document, "notes"))};
    if (out->context.note)
        return 0;
    released_context_wipe(out);
    return error_set(error, ERROR_DAMAGED,
                     T("release %lld is not as it was made", "uitgave %lld is niet zoals die was"),
                     (long long)release->number);
}

void released_context_wipe(struct released_context *context)
{
    json_free(context->document);
    context->document = NULL;
}
