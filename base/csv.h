/* RFC 4180 in both directions. Reading: UTF-8 with or without BOM, CRLF or LF. Writing: CRLF, quotes only where needed,
 * cells that a spreadsheet would run led by an apostrophe (PROTOCOL 7). Knows no table. One thread at a time. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/buf.h"
#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv_field {
    const char *text; /* NUL-terminated, without its quotes, doubled quotes undone */
    size_t len;
};

struct csv_row {
    const struct csv_field *fields; /* the reader's; valid until its next csv_read */
    size_t count; /* at least 1 */
    size_t line; /* where the row begins, from 1; a quoted newline counts as a line */
};

enum csv_result { CSV_ROW, CSV_END, CSV_BAD, CSV_NO_MEMORY };

struct csv_reader; /* reads one text */

/* A reader of `len` bytes at `text`, which must outlive it; NULL when there is no memory. A BOM is skipped. A field may
 * hold any bytes that are UTF-8 but NUL. Free with csv_reader_free. */
MUST_CHECK struct csv_reader *csv_reader_new(const char *text, size_t len, char separator);
void csv_reader_free(struct csv_reader *reader);

/* From now on a CR alone ends a line, as old spreadsheets for the Macintosh write it. */
void csv_reader_end_lines_at_cr(struct csv_reader *reader);

/* Passes over one line, whatever it holds. */
void csv_reader_skip_line(struct csv_reader *reader);

/* The next row. Empty lines are passed over. CSV_BAD: the row can't be read (a quote inside an unquoted field, text
 * after a closing quote, a quote never closed, a CR without LF other than at the very end, bytes that are no UTF-8,
 * NUL): *error says so in the language of lang.h, and row->line where; reading goes on with the line after that one.
 * CSV_NO_MEMORY: the same row may be asked for again. `error` may be NULL. */
MUST_CHECK enum csv_result csv_read(struct csv_reader *reader, struct csv_row *row, struct error *error);

/* Where the next row begins, in bytes from the text's first; and goes back there, or on. Lines are then counted from
 * that row. */
size_t csv_reader_offset(const struct csv_reader *reader);
void csv_reader_go_to(struct csv_reader *reader, size_t offset);

/* The place of the field whose text is `name`, or -1. */
int csv_find(const struct csv_row *header, const char *name);

struct csv_format {
    const char *name; /* as typed after --profile */
    char separator;
    char decimal;
    bool bom;
    bool guards_text; /* a text that a spreadsheet would take for a number or a date is led by ' too */
};

extern const struct csv_format csv_rfc4180; /* , and . without BOM */
extern const struct csv_format csv_excel_nl; /* ; and , with BOM, texts guarded */

/* The format of that name ("rfc4180", "excel-nl"; "excelNl", as the API once had it, is the same), or NULL. */
const struct csv_format *csv_format_find(const char *name);

struct csv_writer {
    struct buf *out; /* the caller's; whether all fitted is said by buf_check(out) */
    const struct csv_format *format;
    bool in_row;
};

/* Begins a text in `out`: puts the BOM where the format has one. */
void csv_begin(struct csv_writer *w, struct buf *out, const struct csv_format *format);

/* One cell each. Text (UTF-8, NUL-terminated, NULL as empty) is led by ' when what follows any apostrophes of its own
 * begins with = + - @ tab or CR, or is guarded by the format; numbers never are. A decimal has four places, as %.4f
 * gives them in the C locale, with the format's decimal sign; NaN and infinity leave the cell empty. */
void csv_put_text(struct csv_writer *w, const char *text);
void csv_put_integer(struct csv_writer *w, int64_t value);
void csv_put_decimal(struct csv_writer *w, double value);
void csv_put_empty(struct csv_writer *w);

/* The text of a cell that csv_put_text wrote, inside the cell: the one inverse. */
const char *csv_unguard(const struct csv_format *format, const char *cell);

/* Ends the row with CRLF. */
void csv_end_row(struct csv_writer *w);

#endif
