/* A list as people keep it in a spreadsheet and save it as CSV: what Excel and LibreOffice, in Dutch or English, make
 * of it is read where it can mean one thing alone, and otherwise refused with one fault that says what to save. Read
 * are `,` `;` and tab as separator, told apart by the header or named by a first line `sep=;`; UTF-8 with or without
 * BOM; line ends CRLF, LF or, where there is no LF at all, CR; empty rows; empty columns at the end; and cells that are
 * left out at the end of a row, where they may be empty; names of columns in any case, with blanks around them, those
 * that do not break among these. Knows no list. One thread at a time. */
#ifndef BASE_CSV_LIST_H
#define BASE_CSV_LIST_H

#include "base/csv.h"
#include "base/error.h"

/* A column that is read by name, which is in the header once, in any case: no two names differ by case alone. */
struct csv_column {
    const char *name;
    bool may_be_empty; /* a cell of it, and so left out at the end of a row */
    bool may_be_missing; /* from the header */
};

/* Hears of each fault: its line, from 1, and a phrase in the language of lang.h. */
struct csv_listener {
    void (*on_fault)(void *context, size_t line, const char *what);
    void *context;
};

struct csv_list;

/* Reads the header of `len` bytes at `text`; these and `columns`, of which there are `count`, must outlive the list.
 * NULL: *error is ERROR_MEMORY, or ERROR_REFUSED and `listener` has heard why. Free with csv_list_free. */
MUST_CHECK struct csv_list *csv_list_open(const char *text, size_t len, const struct csv_column *columns, size_t count,
                                          const struct csv_listener *listener, struct error *error);
void csv_list_free(struct csv_list *list);

/* The header: names without blanks around them, those of `columns` spelled as there, no empty ones at the end. The
 * list's. */
const struct csv_row *csv_list_header(const struct csv_list *list);

/* Which field of a row is that of columns[i]; SIZE_MAX where the header lacks it. */
size_t csv_list_place(const struct csv_list *list, size_t i);

/* The next row, with as many fields as the header has. CSV_ROW, CSV_END, or CSV_NO_MEMORY, after which the same row may
 * be asked for again. Rows that can't be read become faults and are passed over. */
MUST_CHECK enum csv_result csv_list_next(struct csv_list *list, struct csv_row *row);

#endif
