/* RFC 4180, read and written. The reader leaves the text as it is and sets out one row at a time in a room of its own,
 * as large as the text, so a field never moves. A bad row costs its first line alone: reading goes on with the second,
 * so that one forgotten quote does not hide what is wrong further on. */
#include "base/csv.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/spreadsheet.h"
#include "base/utf8.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct csv_reader {
    const char *text;
    size_t len;
    size_t at; /* the next byte to read */
    size_t line; /* the line of that byte */
    char separator;
    bool cr_ends; /* a CR alone ends a line */
    char *room; /* the row's fields, each with its NUL: no longer than the text and one byte */
    size_t used;
    struct csv_field *fields;
    size_t count, capacity;
};

struct csv_reader *csv_reader_new(const char *text, size_t len, char separator)
{
    struct csv_reader *reader = mem_calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    *reader = (struct csv_reader){.text = text, .len = len, .line = 1, .separator = separator};
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        reader->at = 3;
    reader->room = len < SIZE_MAX ? mem_alloc(len + 1) : NULL;
    if (!reader->room) {
        csv_reader_free(reader);
        return NULL;
    }
    return reader;
}

void csv_reader_free(struct csv_reader *reader)
{
    if (!reader)
        return;
    mem_free(reader->fields);
    mem_free(reader->room);
    mem_free(reader);
}

size_t csv_reader_offset(const struct csv_reader *reader)
{
    return reader->at;
}

void csv_reader_go_to(struct csv_reader *reader, size_t offset)
{
    reader->at = offset;
    reader->line = 1;
}

/* The length of the line end at byte `at`: 1 or 2; 0 where there is none. A CR that ends the text is a CRLF cut
 * short. */
static size_t line_end(const struct csv_reader *reader, size_t at)
{
    size_t left = reader->len - at;
    if (left >= 1 && reader->text[at] == '\n')
        return 1;
    if (left < 1 || reader->text[at] != '\r')
        return 0;
    if (left > 1 && reader->text[at + 1] == '\n')
        return 2;
    return left == 1 || reader->cr_ends ? 1 : 0;
}

static int refuse_row(struct error *error, const char *why)
{
    return error_set(error, ERROR_REFUSED, "%s", why);
}

/* Sets the next character out in the room. */
static int take_character(struct csv_reader *reader, struct error *error)
{
    size_t step = utf8_step(reader->text + reader->at, reader->len - reader->at);
    if (step == 0)
        return refuse_row(error, T("not UTF-8", "geen UTF-8"));
    if (reader->text[reader->at] == '\0')
        return refuse_row(error, T("NUL character", "NUL-teken"));
    if (reader->text[reader->at] == (reader->cr_ends ? '\r' : '\n'))
        reader->line++;
    memcpy(reader->room + reader->used, reader->text + reader->at, step);
    reader->used += step;
    reader->at += step;
    return 0;
}

static bool at_field_end(const struct csv_reader *reader)
{
    return reader->at == reader->len || reader->text[reader->at] == reader->separator ||
           line_end(reader, reader->at) > 0;
}

static int take_quoted(struct csv_reader *reader, struct error *error)
{
    reader->at++;
    while (reader->at < reader->len) {
        if (reader->text[reader->at] == '"') {
            reader->at++;
            if (at_field_end(reader))
                return 0;
            if (reader->text[reader->at] != '"')
                return refuse_row(error, T("text after a closing quote", "tekst na een sluitend aanhalingsteken"));
        }
        if (take_character(reader, error) < 0)
            return -1;
    }
    return refuse_row(error, T("quote never closed", "aanhalingsteken dat nooit gesloten wordt"));
}

static int take_plain(struct csv_reader *reader, struct error *error)
{
    while (!at_field_end(reader)) {
        if (reader->text[reader->at] == '"')
            return refuse_row(
                error, T("quote inside an unquoted field", "aanhalingsteken in een veld dat er niet mee begint"));
        if (reader->text[reader->at] == '\r')
            return refuse_row(error, T("carriage return without line feed", "carriage return zonder line feed"));
        if (take_character(reader, error) < 0)
            return -1;
    }
    return 0;
}

static int add_field(struct csv_reader *reader, const char *text, size_t len)
{
    struct csv_field *fields = list_grow(reader->fields, reader->count, &reader->capacity, sizeof *fields);
    if (!fields)
        return -1;
    reader->fields = fields;
    reader->fields[reader->count++] = (struct csv_field){.text = text, .len = len};
    return 0;
}

/* Takes fields until the row ends. */
static enum csv_result take_row(struct csv_reader *reader, struct error *error)
{
    reader->used = 0;
    reader->count = 0;
    for (;;) {
        char *field = reader->room + reader->used;
        bool quoted = reader->at < reader->len && reader->text[reader->at] == '"';
        if ((quoted ? take_quoted(reader, error) : take_plain(reader, error)) < 0)
            return CSV_BAD;
        if (add_field(reader, field, (size_t)(reader->room + reader->used - field)) < 0)
            return CSV_NO_MEMORY;
        reader->room[reader->used++] = '\0';
        if (reader->at == reader->len || reader->text[reader->at] != reader->separator)
            break;
        reader->at++;
    }
    if (reader->at < reader->len) {
        reader->at += line_end(reader, reader->at);
        reader->line++;
    }
    return CSV_ROW;
}

static void skip_empty_lines(struct csv_reader *reader)
{
    size_t step;
    while ((step = line_end(reader, reader->at)) > 0) {
        reader->at += step;
        reader->line++;
    }
}

/* Goes to the line after the one that holds byte `at`. */
static void go_past_line(struct csv_reader *reader, size_t at, size_t line)
{
    const char *newline = memchr(reader->text + at, reader->cr_ends ? '\r' : '\n', reader->len - at);
    reader->at = newline ? (size_t)(newline - reader->text) + 1 : reader->len;
    reader->line = line + 1;
}

void csv_reader_end_lines_at_cr(struct csv_reader *reader)
{
    reader->cr_ends = true;
}

void csv_reader_skip_line(struct csv_reader *reader)
{
    go_past_line(reader, reader->at, reader->line);
}

enum csv_result csv_read(struct csv_reader *reader, struct csv_row *row, struct error *error)
{
    skip_empty_lines(reader);
    if (reader->at == reader->len)
        return CSV_END;
    size_t at = reader->at, line = reader->line;
    enum csv_result result = take_row(reader, error);
    if (result == CSV_ROW) {
        *row = (struct csv_row){.fields = reader->fields, .count = reader->count, .line = line};
    } else if (result == CSV_BAD) {
        *row = (struct csv_row){.line = line};
        go_past_line(reader, at, line);
    } else {
        reader->at = at; /* so that the row can be asked for again */
        reader->line = line;
    }
    return result;
}

int csv_find(const struct csv_row *header, const char *name)
{
    for (size_t i = 0; i < header->count; i++)
        if (strcmp(header->fields[i].text, name) == 0)
            return (int)i;
    return -1;
}

const struct csv_format csv_rfc4180 = {.name = "rfc4180", .separator = ',', .decimal = '.', .bom = false};
const struct csv_format csv_excel_nl = {
    .name = "excel-nl", .separator = ';', .decimal = ',', .bom = true, .guards_text = true};

const struct csv_format *csv_format_find(const char *name)
{
    if (strcmp(name, csv_rfc4180.name) == 0)
        return &csv_rfc4180;
    if (strcmp(name, csv_excel_nl.name) == 0 || strcmp(name, "excelNl") == 0)
        return &csv_excel_nl;
    return NULL;
}

void csv_begin(struct csv_writer *w, struct buf *out, const struct csv_format *format)
{
    *w = (struct csv_writer){.out = out, .format = format};
    if (format->bom)
        buf_put_text(out, "\xEF\xBB\xBF");
}

static void put_separator(struct csv_writer *w)
{
    if (w->in_row)
        buf_put_char(w->out, w->format->separator);
    w->in_row = true;
}

static void put_doubling_quotes(struct buf *out, const char *text)
{
    for (;;) {
        size_t run = strcspn(text, "\"");
        buf_put(out, text, run);
        if (text[run] == '\0')
            return;
        buf_put_text(out, "\"\"");
        text += run + 1;
    }
}

/* Apostrophes that the text has of its own are looked past: what is led by one and what has one of its own then never
 * come out alike. */
static bool needs_guard(const struct csv_format *format, const char *text)
{
    text += strspn(text, "'");
    if (*text == '\0')
        return false;
    return strchr("=+-@\t\r", *text) || (format->guards_text && spreadsheet_changes(text));
}

const char *csv_unguard(const struct csv_format *format, const char *cell)
{
    return *cell == '\'' && needs_guard(format, cell) ? cell + 1 : cell;
}

void csv_put_text(struct csv_writer *w, const char *text)
{
    const char special[] = {'"', '\r', '\n', w->format->separator, '\0'};
    put_separator(w);
    if (!text || *text == '\0')
        return;
    bool quoted = text[strcspn(text, special)] != '\0';
    if (quoted)
        buf_put_char(w->out, '"');
    if (needs_guard(w->format, text))
        buf_put_char(w->out, '\'');
    put_doubling_quotes(w->out, text); /* without quotes there are none to double */
    if (quoted)
        buf_put_char(w->out, '"');
}

void csv_put_integer(struct csv_writer *w, int64_t value)
{
    put_separator(w);
    buf_printf(w->out, "%lld", (long long)value);
}

void csv_put_decimal(struct csv_writer *w, double value)
{
    char text[336]; /* the largest double has 309 digits before the point */
    size_t len;
    if (!isfinite(value)) { /* a figure that does not exist */
        csv_put_empty(w);
        return;
    }
    put_separator(w);
    snprintf(text, sizeof text, "%.4f", value);
    /* Whatever sign the locale put between them, the digits before it and the last four are the number. */
    len = strlen(text);
    buf_put(w->out, text, strspn(text, "-0123456789"));
    buf_put_char(w->out, w->format->decimal);
    buf_put(w->out, text + len - 4, 4);
}

void csv_put_empty(struct csv_writer *w)
{
    put_separator(w);
}

void csv_end_row(struct csv_writer *w)
{
    buf_put_text(w->out, "\r\n");
    w->in_row = false;
}
