/* First the file as a whole: whether it is text at all, and in which encoding. Then its separator, by trying each on
 * the header. Then row by row. */
#include "base/csv_list.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WHAT_SIZE 512
#define NO_BREAK_SPACE "\xC2\xA0"
#define SAVE_AS T("save the list as 'CSV UTF-8'", "sla de lijst op als 'CSV UTF-8'")

struct csv_list {
    struct csv_reader *reader;
    const struct csv_listener *listener;
    const struct csv_column *columns;
    size_t column_count;
    size_t *places; /* of each of `columns` in the header */
    struct csv_row header;
    char **names; /* what its fields point to */
    struct csv_field *header_fields, *fields; /* the header's; a row's, as many */
};

PRINTF_LIKE(3, 4)
static void tell_fault(const struct csv_listener *listener, size_t line, const char *format, ...)
{
    char what[WHAT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(what, sizeof what, format, arguments) < 0)
        what[0] = '\0';
    va_end(arguments);
    listener->on_fault(listener->context, line, what);
}

/* The file as a whole. */

static bool begins_with(const char *text, size_t len, const char *start, size_t start_len)
{
    return len >= start_len && memcmp(text, start, start_len) == 0;
}

/* With a byte order mark, or with NULs as UTF-16 has them beside letters. */
static bool is_utf16(const char *text, size_t len)
{
    size_t looked_at = len < 64 ? len : 64, nuls = 0;
    if (begins_with(text, len, "\xFF\xFE", 2) || begins_with(text, len, "\xFE\xFF", 2))
        return true;
    for (size_t i = 0; i < looked_at; i++)
        nuls += text[i] == '\0';
    return nuls >= 4 && nuls >= looked_at / 4;
}

static bool is_workbook(const char *text, size_t len)
{
    return begins_with(text, len, "PK\x03\x04", 4) || begins_with(text, len, "\xD0\xCF\x11\xE0", 4);
}

/* Line ends before byte `at`. */
static size_t line_at(const char *text, size_t at, char newline)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += text[i] == newline;
    return line;
}

static size_t find_malformed(const char *text, size_t len)
{
    size_t at = 0;
    for (size_t step; at < len && (step = utf8_step(text + at, len - at)) > 0; at += step)
        continue;
    return at;
}

/* Whether CR alone ends the lines of a text that holds an LF: all of these are inside quotes. */
static bool ends_lines_at_cr(const char *text, size_t len)
{
    bool is_quoted = false, any = false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            is_quoted = !is_quoted;
        if (text[i] == '\n' && !is_quoted)
            return false;
        any = any || (text[i] == '\r' && !is_quoted);
    }
    return any;
}

static int check_encoding(const char *text, size_t len, char newline, const struct csv_listener *listener)
{
    if (is_workbook(text, len))
        tell_fault(listener, 1, T("this is a workbook, no CSV; %s", "dit is een werkmap, geen CSV; %s"), SAVE_AS);
    else if (is_utf16(text, len))
        tell_fault(listener, 1, T("this is UTF-16; %s", "dit is UTF-16; %s"), SAVE_AS);
    else if (find_malformed(text, len) < len)
        tell_fault(listener, line_at(text, find_malformed(text, len), newline),
                   T("there is a character here that is not UTF-8; %s", "hier staat een teken dat geen UTF-8 is; %s"),
                   SAVE_AS);
    else if (newline == '\n' && ends_lines_at_cr(text, len))
        tell_fault(listener, 1,
                   T("the lines end in CR alone, and there are LFs inside cells; %s",
                     "de regels eindigen op alleen CR, en er staan LF's in cellen; %s"),
                   SAVE_AS);
    else
        return 0;
    return -1;
}

/* The separator. */

/* What a first line `sep=;` names; '\0' when there is no such line. Excel writes it, and reads it before all else. */
static char named_separator(const char *text, size_t len)
{
    if (begins_with(text, len, "\xEF\xBB\xBF", 3)) {
        text += 3;
        len -= 3;
    }
    size_t quote = len > 0 && text[0] == '"';
    if (!begins_with(text + quote, len - quote, "sep=", 4) || len < quote + 5 + quote)
        return '\0';
    const char *end = text + quote + 5 + quote;
    return (size_t)(end - text) == len || *end == '\r' || *end == '\n' ? text[quote + 4] : '\0';
}

struct guess {
    char separator;
    size_t found, width; /* columns of those that are read; fields */
};

static bool is_blank_cell(const struct csv_field *field)
{
    return field->text[strspn(field->text, " \t\r\n")] == '\0';
}

/* Also of the separators that were not taken for one. */
static bool is_empty_row(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->fields[i].text[strspn(row->fields[i].text, " \t\r\n,;")] != '\0')
            return false;
    return true;
}

/* Bytes of the blank that `text` begins with, of `len` bytes; 0 where it begins with none. */
static size_t blank_step(const char *text, size_t len)
{
    if (begins_with(text, len, NO_BREAK_SPACE, strlen(NO_BREAK_SPACE)))
        return strlen(NO_BREAK_SPACE);
    return len > 0 && strchr(" \t\r\n", *text) ? 1 : 0;
}

/* A name without the blanks around it. */
static struct csv_field trim_name(struct csv_field name)
{
    size_t step, end = 0;
    while ((step = blank_step(name.text, name.len)) > 0) {
        name.text += step;
        name.len -= step;
    }
    for (size_t at = 0; at<name.len; at += step> 0 ? step : 1) {
        step = blank_step(name.text + at, name.len - at);
        if (step == 0)
            end = at + 1;
    }
    name.len = end;
    return name;
}

static bool is_name(const struct csv_field *field, const char *name)
{
    return field->len == strlen(name) && strncasecmp(field->text, name, field->len) == 0;
}

static size_t count_name(const struct csv_row *header, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < header->count; i++) {
        struct csv_field field = trim_name(header->fields[i]);
        count += is_name(&field, name);
    }
    return count;
}

/* The first row that is not empty. */
static enum csv_result read_first(struct csv_reader *reader, struct csv_row *row, struct error *error)
{
    enum csv_result result;
    do
        result = csv_read(reader, row, error);
    while (result == CSV_ROW && is_empty_row(row));
    return result;
}

static struct csv_reader *new_reader(const char *text, size_t len, char separator, char newline)
{
    struct csv_reader *reader = csv_reader_new(text, len, separator);
    if (reader && newline == '\r')
        csv_reader_end_lines_at_cr(reader);
    if (reader && named_separator(text, len) != '\0')
        csv_reader_skip_line(reader);
    return reader;
}

static int try_separator(const struct csv_list *list, const char *text, size_t len, char newline, struct guess *guess)
{
    struct csv_reader *reader = new_reader(text, len, guess->separator, newline);
    if (!reader)
        return -1;
    struct csv_row row;
    enum csv_result result = read_first(reader, &row, NULL);
    if (result == CSV_ROW) {
        guess->width = row.count;
        for (size_t i = 0; i < list->column_count; i++)
            guess->found += count_name(&row, list->columns[i].name) > 0;
    }
    csv_reader_free(reader);
    return result == CSV_NO_MEMORY ? -1 : 0;
}

/* The separator by which most columns are found, and of such the one that makes most fields. '\0': no memory. */
static char guess_separator(const struct csv_list *list, const char *text, size_t len, char newline)
{
    static const char separators[] = {',', ';', '\t'};
    struct guess best = {.separator = ','};
    for (size_t i = 0; i < sizeof separators; i++) {
        struct guess guess = {.separator = separators[i]};
        if (try_separator(list, text, len, newline, &guess) < 0)
            return '\0';
        if (guess.found > best.found || (guess.found == best.found && guess.width > best.width))
            best = guess;
    }
    return best.separator;
}

/* The header. */

/* The name of the column that a field of the header names, as it is spelled in `columns`; any other as it is. */
static struct csv_field spell_name(const struct csv_list *list, struct csv_field name)
{
    name = trim_name(name);
    for (size_t i = 0; i < list->column_count; i++)
        if (is_name(&name, list->columns[i].name))
            return (struct csv_field){list->columns[i].name, name.len};
    return name;
}

static int keep_header(struct csv_list *list, const struct csv_row *row)
{
    size_t width = row->count;
    while (width > 0 && trim_name(row->fields[width - 1]).len == 0)
        width--;
    list->names = mem_calloc(width, sizeof *list->names);
    list->header_fields = mem_calloc(width, sizeof *list->header_fields);
    list->fields = mem_calloc(width, sizeof *list->fields);
    list->header = (struct csv_row){.fields = list->header_fields, .line = row->line};
    if (!list->names || !list->header_fields || !list->fields)
        return -1;
    for (size_t i = 0; i < width; i++) {
        struct csv_field name = spell_name(list, row->fields[i]);
        list->names[i] = mem_copy_text(name.text, name.len);
        if (!list->names[i])
            return -1;
        list->header_fields[i] = (struct csv_field){list->names[i], name.len};
        list->header.count++;
    }
    return 0;
}

/* Whether any of the columns is in the header. Where none is, it is no header, or not split where it should be. */
static bool is_header(const struct csv_list *list)
{
    for (size_t i = 0; i < list->column_count; i++)
        if (count_name(&list->header, list->columns[i].name) > 0)
            return true;
    tell_fault(list->listener, list->header.line,
               T("no columns '%s', '%s' ... here; the first line must name them, with , ; or tab between; %s",
                 "hier geen kolommen '%s', '%s' ...; de eerste regel moet ze noemen, met , ; of tab ertussen; %s"),
               list->columns[0].name, list->columns[list->column_count > 1].name, SAVE_AS);
    return false;
}

/* Whether all columns are there, once each; a fault for each that is not. */
static bool find_columns(struct csv_list *list)
{
    bool fine = is_header(list);
    if (!fine)
        return false;
    for (size_t i = 0; i < list->column_count; i++) {
        const char *name = list->columns[i].name;
        size_t count = count_name(&list->header, name);
        list->places[i] = count == 1 ? (size_t)csv_find(&list->header, name) : SIZE_MAX;
        if (count == 0 && !list->columns[i].may_be_missing)
            tell_fault(list->listener, list->header.line,
                       T("column '%s' is missing; add it", "kolom '%s' ontbreekt; voeg die toe"), name);
        else if (count > 1)
            tell_fault(list->listener, list->header.line,
                       T("column '%s' is there %zu times; keep one", "kolom '%s' staat er %zu keer; houd er een over"),
                       name, count);
        fine = fine && (count == 1 || (count == 0 && list->columns[i].may_be_missing));
    }
    return fine;
}

static void fault_unreadable(const struct csv_list *list, size_t line, const char *why)
{
    tell_fault(list->listener, line, T("can't be read as CSV: %s", "kan niet als CSV worden gelezen: %s"), why);
}

static int read_header(struct csv_list *list, struct error *error)
{
    struct csv_row row;
    struct error why;
    switch (read_first(list->reader, &row, &why)) {
    case CSV_ROW:
        if (keep_header(list, &row) < 0)
            return error_no_memory(error);
        if (find_columns(list))
            return 0;
        break;
    case CSV_END:
        tell_fault(list->listener, 1,
                   T("no header; the first line must name the columns",
                     "geen kopregel; de eerste regel moet de kolommen noemen"));
        break;
    case CSV_BAD:
        fault_unreadable(list, row.line, why.text);
        break;
    case CSV_NO_MEMORY:
        return error_no_memory(error);
    }
    return error_set(error, ERROR_REFUSED, "%s", T("the list can't be read", "de lijst kan niet gelezen worden"));
}

static int begin_list(struct csv_list *list, const char *text, size_t len, struct error *error)
{
    char newline = memchr(text, '\n', len) || !memchr(text, '\r', len) ? '\n' : '\r';
    char separator = named_separator(text, len);
    if (check_encoding(text, len, newline, list->listener) < 0)
        return error_set(error, ERROR_REFUSED, "%s", SAVE_AS);
    if (separator != '\0' && !strchr(",;\t", separator)) {
        tell_fault(list->listener, 1,
                   T("its separator is none of , ; and tab; %s", "het scheidingsteken is geen , ; of tab; %s"),
                   SAVE_AS);
        return error_set(error, ERROR_REFUSED, "%s", SAVE_AS);
    }
    list->places = mem_calloc(list->column_count, sizeof *list->places);
    if (separator == '\0')
        separator = guess_separator(list, text, len, newline);
    list->reader = separator != '\0' ? new_reader(text, len, separator, newline) : NULL;
    return list->places && list->reader ? read_header(list, error) : error_no_memory(error);
}

struct csv_list *csv_list_open(const char *text, size_t len, const struct csv_column *columns, size_t count,
                               const struct csv_listener *listener, struct error *error)
{
    struct csv_list *list = mem_calloc(1, sizeof *list);
    if (!list) {
        error_no_memory(error);
        return NULL;
    }
    list->listener = listener;
    list->columns = columns;
    list->column_count = count;
    if (begin_list(list, text, len, error) == 0)
        return list;
    csv_list_free(list);
    return NULL;
}

void csv_list_free(struct csv_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->header.count; i++)
        mem_free(list->names[i]);
    mem_free(list->names);
    mem_free(list->header_fields);
    mem_free(list->fields);
    mem_free(list->places);
    csv_reader_free(list->reader);
    mem_free(list);
}

const struct csv_row *csv_list_header(const struct csv_list *list)
{
    return &list->header;
}

size_t csv_list_place(const struct csv_list *list, size_t i)
{
    return list->places[i];
}

/* Rows. */

/* Whether nothing but empty fields is beyond the header, and nothing that must not be empty is left out. */
static bool fits_header(const struct csv_list *list, const struct csv_row *row)
{
    for (size_t i = list->header.count; i < row->count; i++)
        if (!is_blank_cell(&row->fields[i]))
            return false;
    for (size_t i = 0; i < list->column_count; i++)
        if (list->places[i] != SIZE_MAX && list->places[i] >= row->count && !list->columns[i].may_be_empty)
            return false;
    return true;
}

static void fill_row(struct csv_list *list, struct csv_row *row)
{
    for (size_t i = 0; i < list->header.count; i++)
        list->fields[i] = i < row->count ? row->fields[i] : (struct csv_field){"", 0};
    row->fields = list->fields;
    row->count = list->header.count;
}

enum csv_result csv_list_next(struct csv_list *list, struct csv_row *row)
{
    struct csv_row read;
    struct error why;
    for (;;) {
        enum csv_result result = csv_read(list->reader, &read, &why);
        if (result == CSV_END || result == CSV_NO_MEMORY)
            return result;
        if (result == CSV_BAD) {
            fault_unreadable(list, read.line, why.text);
        } else if (is_empty_row(&read)) {
            continue;
        } else if (!fits_header(list, &read)) {
            tell_fault(list->listener, read.line,
                       read.count == 1 ? T("has %zu field, the header has %zu", "heeft %zu veld, de kopregel %zu")
                                       : T("has %zu fields, the header has %zu", "heeft %zu velden, de kopregel %zu"),
                       read.count, list->header.count);
        } else {
            fill_row(list, &read);
            *row = read;
            return CSV_ROW;
        }
    }
}
