/* Each cell by what its column holds. A scale's option is a number, as rows.c gives it. Knows no release. */
#include "collector/tables/stored.h"
#include "base/csv.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/number.h"
#include <string.h>

#define DECIMALS 10000 /* four places */
#define WHOLE_MAX (INT64_MAX / DECIMALS - 1)

struct stored_column {
    char *name;
    enum column_type type;
    int at; /* in the rows of the text; -1: nowhere */
};

struct stored_table {
    struct column_source source;
    struct csv_reader *reader;
    struct stored_column *columns;
    struct cell *cells; /* as many */
    size_t count, capacity;
};

static int refuse_table(struct error *error)
{
    return error_set(error, ERROR_DAMAGED, "%s",
                     T("a table of an earlier release is not as it was written",
                       "een tabel van een eerdere uitgave is niet zoals die is geschreven"));
}

/* Opening. */

static int add_stored_column(void *context, const struct column *column)
{
    struct stored_table *table = context;
    struct stored_column *columns = list_grow(table->columns, table->count, &table->capacity, sizeof *columns);
    if (!columns)
        return -1;
    table->columns = columns;
    char *name = mem_copy_text(column->name, strlen(column->name));
    if (!name)
        return -1;
    columns[table->count++] = (struct stored_column){.name = name, .type = column->type};
    return 0;
}

static bool stands_at(const struct csv_row *header, size_t place, const char *name)
{
    return place < header->count && strcmp(header->fields[place].text, name) == 0;
}

static int read_stored_header(struct stored_table *table, struct error *error)
{
    struct csv_row header;
    enum csv_result result = csv_read(table->reader, &header, error);
    if (result == CSV_NO_MEMORY)
        return error_no_memory(error);
    if (result != CSV_ROW || !stands_at(&header, 0, "round") || !stands_at(&header, 1, "action"))
        return refuse_table(error);
    for (size_t i = 0; i < table->count; i++)
        table->columns[i].at = csv_find(&header, table->columns[i].name);
    return 0;
}

static int open_stored(struct stored_table *table, const char *text, size_t len, struct error *error)
{
    table->reader = csv_reader_new(text, len, csv_rfc4180.separator);
    if (!table->reader || columns_each(&table->source, add_stored_column, table) < 0)
        return error_no_memory(error);
    table->cells = mem_calloc(table->count, sizeof *table->cells);
    return table->cells ? read_stored_header(table, error) : error_no_memory(error);
}

struct stored_table *stored_table_new(const struct column_source *columns, const char *text, size_t len,
                                      struct error *error)
{
    struct stored_table *table = mem_calloc(1, sizeof *table);
    if (!table) {
        error_no_memory(error);
        return NULL;
    }
    table->source = *columns;
    if (open_stored(table, text, len, error) == 0)
        return table;
    stored_table_free(table);
    return NULL;
}

void stored_table_free(struct stored_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->count; i++)
        mem_free(table->columns[i].name);
    mem_free(table->columns);
    mem_free(table->cells);
    csv_reader_free(table->reader);
    mem_free(table);
}

/* Cells. */

static int read_stored_integer(const char *text, struct cell *out)
{
    out->type = CELL_INTEGER;
    return number_read(text, INT64_MIN, INT64_MAX, &out->integer);
}

/* As %.4f wrote it, whatever the locale: the nearest double to it is what was written. */
static int read_stored_decimal(const char *text, struct cell *out)
{
    int64_t whole = 0, places = 0;
    bool negative = *text == '-';
    const char *point = strchr(text, '.');
    char digits[32];
    size_t len = point ? (size_t)(point - text) - negative : sizeof digits;
    if (len >= sizeof digits || strlen(point + 1) != 4)
        return -1;
    memcpy(digits, text + negative, len);
    digits[len] = '\0';
    /* A digit before them, so that noughts may lead. */
    char four[] = {'1', point[1], point[2], point[3], point[4], '\0'};
    if (number_read(digits, 0, WHOLE_MAX, &whole) < 0 || number_read(four, DECIMALS, 2 * DECIMALS - 1, &places) < 0)
        return -1;
    double value = (double)(whole * DECIMALS + places - DECIMALS) / DECIMALS;
    *out = (struct cell){.type = CELL_DECIMAL, .decimal = negative ? -value : value};
    return 0;
}

static int read_stored_cell(enum column_type type, const char *text, struct cell *out)
{
    *out = (struct cell){.type = CELL_EMPTY};
    if (*text == '\0')
        return 0;
    switch (type) {
    case COLUMN_TEXT:
        *out = (struct cell){.type = CELL_TEXT, .text = csv_unguard(&csv_rfc4180, text)};
        return 0;
    case COLUMN_COUNT:
        return read_stored_integer(text, out);
    case COLUMN_SHARE:
    case COLUMN_BALANCE:
    case COLUMN_FIGURE:
        return read_stored_decimal(text, out);
    }
    return -1;
}

/* The fourth cell of an options row is a number where the question, the third, is a scale. */
static int mend_option(const struct stored_table *table, const struct csv_row *row)
{
    struct cell *option = &table->cells[3];
    if (table->source.table != TABLE_OPTIONS || table->cells[2].type != CELL_TEXT)
        return 0;
    int question = questionnaire_find(table->source.questionnaire, table->cells[2].text);
    if (question < 0 || question_counting(&table->source.questionnaire->questions[question]) != COUNTED_ON_SCALE)
        return 0;
    return row->count > 3 ? read_stored_integer(row->fields[3].text, option) : -1;
}

enum stored_result stored_table_next(struct stored_table *table, const struct cell **cells, size_t *count,
                                     struct error *error)
{
    struct csv_row row;
    switch (csv_read(table->reader, &row, error)) {
    case CSV_ROW:
        break;
    case CSV_END:
        return STORED_END;
    case CSV_BAD:
        refuse_table(error);
        return STORED_FAILED;
    case CSV_NO_MEMORY:
        error_no_memory(error);
        return STORED_FAILED;
    }
    int result = 0;
    for (size_t i = 0; i < table->count && result == 0; i++) {
        int at = table->columns[i].at;
        const char *text = at >= 0 && (size_t)at < row.count ? row.fields[at].text : "";
        result = read_stored_cell(table->columns[i].type, text, &table->cells[i]);
    }
    if (result < 0 || mend_option(table, &row) < 0) {
        refuse_table(error);
        return STORED_FAILED;
    }
    *cells = table->cells;
    *count = table->count;
    return STORED_ROW;
}

size_t stored_table_offset(const struct stored_table *table)
{
    return csv_reader_offset(table->reader);
}

void stored_table_go_to(struct stored_table *table, size_t offset)
{
    csv_reader_go_to(table->reader, offset);
}

int stored_table_find(const struct stored_table *table, const char *column)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->columns[i].name, column) == 0)
            return (int)i;
    return -1;
}

const char *stored_table_column(const struct stored_table *table, int place)
{
    return table->columns[place].name;
}
