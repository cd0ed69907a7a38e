/* The rows of the earlier table are found by their keys; each row of the later one is held against its own, and what is
 * left has gone. What a row is a version of says whether it was told anew, so figures are compared as they were told
 * and no rule of disclosure is needed. Knows no store and no rule. */
#include "collector/tables/changes.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/tables/csv.h"
#include "collector/tables/json.h"
#include "collector/tables/stored.h"
#include "crypto/crypto.h"
#include <string.h>

#define KEY_MAX ((size_t)1024) /* ids of an action, a question and an option */
#define CELLS 9

/* A row of the earlier table. */
struct earlier_row {
    char *key; /* its cells behind the round's, each with a NUL */
    size_t len, offset;
    bool seen;
};

/* One of the tables, on both sides. */
struct comparison {
    enum table table;
    const struct changes_source *source;
    struct stored_table *from, *to;
    struct hash index; /* of `rows`, by their keys */
    struct earlier_row *rows;
    size_t count, capacity;
    int version, first, end; /* the cell that says the release; those that are compared */
    table_row_fn *row;
    void *context;
    struct error *error;
};

/* Keys. */

static void put_key_cell(struct buf *out, const struct cell *cell)
{
    if (cell->type == CELL_INTEGER)
        buf_put_integer(out, cell->integer);
    else if (cell->type == CELL_TEXT)
        buf_put_text(out, cell->text);
    buf_put_char(out, '\0');
}

static int put_row_key(struct buf *out, const struct comparison *c, const struct cell *cells)
{
    buf_reset(out);
    for (size_t i = 1; i < table_key(c->table); i++)
        put_key_cell(out, &cells[i]);
    return buf_check(out) < 0 ? error_no_memory(c->error) : 0;
}

static uint64_t hash_of_key(const struct buf *key)
{
    uint8_t hash[SHA256_BYTES];
    crypto_sha256(key->data, key->len, hash);
    return hash_digest(hash);
}

static bool has_key(const void *context, uint32_t number, const void *key)
{
    const struct comparison *c = context;
    const struct earlier_row *row = &c->rows[number - 1];
    const struct buf *wanted = key;
    return row->len == wanted->len && memcmp(row->key, wanted->data, wanted->len) == 0;
}

static int add_earlier_row(struct comparison *c, const struct buf *key, size_t offset)
{
    struct earlier_row *rows = list_grow(c->rows, c->count, &c->capacity, sizeof *rows);
    if (!rows)
        return error_no_memory(c->error);
    c->rows = rows;
    struct earlier_row row = {mem_copy_text(key->data, key->len), key->len, offset, false};
    if (!row.key || hash_reserve(&c->index, 1) < 0) {
        mem_free(row.key);
        return error_no_memory(c->error);
    }
    c->rows[c->count++] = row;
    hash_put(&c->index, hash_of_key(key), (uint32_t)c->count);
    return 0;
}

static bool is_asked_for(const struct comparison *c, const struct cell *cells)
{
    return wanted_is_all(c->source->actions) ||
           (cells[1].type == CELL_TEXT && wanted_has(c->source->actions, cells[1].text));
}

static int index_earlier(struct comparison *c, struct buf *key)
{
    const struct cell *cells;
    size_t count;
    for (;;) {
        size_t offset = stored_table_offset(c->from);
        switch (stored_table_next(c->from, &cells, &count, c->error)) {
        case STORED_ROW:
            if (is_asked_for(c, cells) && (put_row_key(key, c, cells) < 0 || add_earlier_row(c, key, offset) < 0))
                return -1;
            break;
        case STORED_END:
            return 0;
        case STORED_FAILED:
            return -1;
        }
    }
}

/* One row. */

static bool is_same_cell(const struct cell *a, const struct cell *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case CELL_EMPTY:
        return true;
    case CELL_TEXT:
        return strcmp(a->text, b->text) == 0;
    case CELL_INTEGER:
        return a->integer == b->integer;
    case CELL_DECIMAL:
        return a->decimal >= b->decimal && a->decimal <= b->decimal; /* both are four places read back */
    }
    return false;
}

/* By what both are versions of; NULL where the row is not there. */
static const char *name_change(const struct comparison *c, const struct cell *from, const struct cell *to)
{
    bool told_before = from && from[c->version].type == CELL_INTEGER;
    bool told_now = to && to[c->version].type == CELL_INTEGER;
    if (!told_before || !told_now)
        return told_now ? "new" : told_before ? "gone" : "untold";
    return from[c->version].integer == to[c->version].integer ? "stands" : "renewed";
}

static struct cell text_cell(const char *text)
{
    return (struct cell){.type = text && *text ? CELL_TEXT : CELL_EMPTY, .text = text};
}

/* One figure of a row on both sides. */
static int put_figure(const struct comparison *c, const struct cell *from, const struct cell *to, int place)
{
    static const struct cell nothing = {.type = CELL_EMPTY};
    const struct cell *either = to ? to : from;
    size_t key = table_key(c->table);
    const struct cell cells[CELLS] = {
        either[0],
        text_cell(table_name(c->table)),
        either[1],
        key > 2 ? either[2] : nothing,
        key > 3 ? either[3] : nothing,
        text_cell(name_change(c, from, to)),
        text_cell(stored_table_column(c->to, place)),
        from ? from[place] : nothing,
        to ? to[place] : nothing,
    };
    return c->row(c->context, cells, CELLS) < 0 ? error_no_memory(c->error) : 0;
}

/* The release, which every row that is or was told has a line of, and then each figure that differs. NULL: the row is
 * not there. */
static int put_row_changes(const struct comparison *c, const struct cell *from, const struct cell *to)
{
    static const struct cell nothing = {.type = CELL_EMPTY};
    if (strcmp(name_change(c, from, to), "untold") != 0 && put_figure(c, from, to, c->version) < 0)
        return -1;
    for (int i = c->first; i < c->end; i++)
        if (!is_same_cell(from ? &from[i] : &nothing, to ? &to[i] : &nothing) && put_figure(c, from, to, i) < 0)
            return -1;
    return 0;
}

/* All rows. */

/* Holds a row of the later table against its own in the earlier. */
static int compare_row(struct comparison *c, struct buf *key, const struct cell *to)
{
    const struct cell *from = NULL;
    size_t count;
    if (put_row_key(key, c, to) < 0)
        return -1;
    uint32_t number = hash_find(&c->index, hash_of_key(key), has_key, c, key);
    if (number > 0) {
        c->rows[number - 1].seen = true;
        stored_table_go_to(c->from, c->rows[number - 1].offset);
        if (stored_table_next(c->from, &from, &count, c->error) != STORED_ROW)
            return -1;
    }
    return put_row_changes(c, from, to);
}

static int compare_later(struct comparison *c, struct buf *key)
{
    const struct cell *to;
    size_t count;
    enum stored_result result;
    while ((result = stored_table_next(c->to, &to, &count, c->error)) == STORED_ROW)
        if (is_asked_for(c, to) && compare_row(c, key, to) < 0)
            return -1;
    return result == STORED_END ? 0 : -1;
}

static int put_gone(struct comparison *c)
{
    const struct cell *from;
    size_t count;
    for (size_t i = 0; i < c->count; i++) {
        if (c->rows[i].seen)
            continue;
        stored_table_go_to(c->from, c->rows[i].offset);
        if (stored_table_next(c->from, &from, &count, c->error) != STORED_ROW || put_row_changes(c, from, NULL) < 0)
            return -1;
    }
    return 0;
}

/* A summary's figures of questions stand in the other tables; a question's type never changes. */
static void find_compared(struct comparison *c)
{
    int type = stored_table_find(c->to, "type");
    c->version = stored_table_find(c->to, "release");
    c->first = type >= 0 ? type + 1 : (int)table_key(c->table);
    c->end = stored_table_find(c->to, "disclosure") + 1;
}

static int compare_tables(struct comparison *c)
{
    const struct column_source columns = {c->table, c->source->questionnaire, true};
    const struct buf *from = &c->source->from[c->table], *to = &c->source->to[c->table];
    struct buf key;
    int result = -1;
    buf_init(&key, KEY_MAX);
    hash_init(&c->index);
    c->from = stored_table_new(&columns, buf_text(from), from->len, c->error);
    c->to = c->from ? stored_table_new(&columns, buf_text(to), to->len, c->error) : NULL;
    if (c->to) {
        find_compared(c);
        result = index_earlier(c, &key) < 0 || compare_later(c, &key) < 0 || put_gone(c) < 0 ? -1 : 0;
    }
    for (size_t i = 0; i < c->count; i++)
        mem_free(c->rows[i].key);
    mem_free(c->rows);
    hash_wipe(&c->index);
    stored_table_free(c->from);
    stored_table_free(c->to);
    buf_free(&key);
    return result;
}

/* Writing. */

struct writing {
    const struct csv_format *format; /* NULL: JSON */
    struct csv_writer csv;
    struct table_json json;
    uint64_t rows;
};

static int write_change(void *context, const struct cell *cells, size_t count)
{
    struct writing *w = context;
    w->rows++;
    return w->format ? table_csv_row(&w->csv, cells, count) : table_json_row(&w->json, cells, count);
}

static int begin_changes(struct writing *w, struct buf *out)
{
    const struct column_source columns = {.table = TABLE_CHANGES};
    if (w->format) {
        csv_begin(&w->csv, out, w->format);
        return table_csv_header(&w->csv, &columns);
    }
    table_json_begin(&w->json, out);
    return table_json_header(&w->json, &columns);
}

int changes_put(const struct changes_source *source, const struct csv_format *format, struct buf *out, uint64_t *rows,
                struct error *error)
{
    struct writing w = {.format = format};
    int result = begin_changes(&w, out) < 0 ? error_no_memory(error) : 0;
    for (int table = TABLE_SUMMARY; table <= TABLE_OPTIONS && result == 0; table++)
        result = compare_tables(&(struct comparison){
            .table = (enum table)table, .source = source, .row = write_change, .context = &w, .error = error});
    if (result == 0 && !format)
        table_json_end(&w.json);
    table_json_wipe(&w.json);
    *rows = w.rows;
    return result == 0 && buf_check(out) < 0 ? error_no_memory(error) : result;
}
