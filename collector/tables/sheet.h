/* One table of a round as bytes in one format, made a piece at a time from one moment of a store: what `export` writes
 * and the API sends, so that both are the same. */
#ifndef COLLECTOR_TABLES_SHEET_H
#define COLLECTOR_TABLES_SHEET_H

#include "collector/state/catalogue.h"
#include "collector/tables/rows.h"

/* The tables of tables.h, and the comments. */
enum sheet_kind {
    SHEET_SUMMARY = TABLE_SUMMARY,
    SHEET_QUESTIONS = TABLE_QUESTIONS,
    SHEET_OPTIONS = TABLE_OPTIONS,
    SHEET_COMMENTS,
};
#define SHEET_COUNT 4

/* "summary", "questions", "options", "comments". */
const char *sheet_name(enum sheet_kind kind);

struct sheet_source {
    struct store *store; /* within begin_reading */
    const struct catalogue *catalogue; /* read in that same transaction */
    size_t round; /* place in the panel */
    enum sheet_kind kind;
    bool exact; /* says nothing of comments */
    const struct csv_format *format; /* NULL: JSON */
};

struct sheet;

/* What `source` names must last as long. NULL: store_error says why. Free with sheet_free. */
MUST_CHECK struct sheet *sheet_new(const struct sheet_source *source);
void sheet_free(struct sheet *sheet); /* NULL is fine */

/* Puts the next piece, of one action or one comment, into `out`. STORE_OK: there is more; STORE_NONE: with this it is
 * whole; STORE_FAILED: store_error says why. What did not fit is said by buf_check. `out` may be emptied between the
 * calls. */
MUST_CHECK enum store_result sheet_put_next(struct sheet *sheet, struct buf *out);

/* Rows put so far, the header not counted. */
uint64_t sheet_rows(const struct sheet *sheet);

#endif
