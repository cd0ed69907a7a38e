/* Which tables there are, and what each column of each is, in English and Dutch: the one place from which headers and
 * the metadata beside an exported table are made, and against which the codebook and the API's description are tested.
 * Knows no format. Pure; any thread.
 *
 * The room: a round's counters leave it as tables (PROTOCOL 7, 8, 9), and nothing in it writes to a store.
 *
 *     columns      which tables and columns there are
 *     disclosure   exact counts -> counts that may be told
 *     statistics   counts -> figures
 *     rows         an action's counts -> rows of cells, through the two before
 *     comments     text answers -> rows of cells
 *     trends       what the newest releases of all rounds told -> rows of cells
 *     changes      what two releases of a round told -> rows of cells where they differ
 *     csv, json    cells -> bytes
 *     sheet        the one way to a table: store -> bytes, an action at a time
 *     context      what a table can't be understood without: round, questions, participation, rules
 *     csvw, datapackage   what stands beside the tables, for machines, with that in it */
#ifndef COLLECTOR_TABLES_COLUMNS_H
#define COLLECTOR_TABLES_COLUMNS_H

#include "panel/definition.h"

enum table { TABLE_SUMMARY, TABLE_QUESTIONS, TABLE_OPTIONS, TABLE_COMMENTS, TABLE_TRENDS, TABLE_CHANGES };
#define TABLE_COUNT 4 /* of a round: all but the last two, which are over all rounds and over two releases */
#define TABLE_KINDS 6

enum column_type {
    COLUMN_TEXT,
    COLUMN_COUNT, /* an integer from 0 */
    COLUMN_SHARE, /* a decimal from 0 to 1 */
    COLUMN_BALANCE, /* a decimal from -1 to 1 */
    COLUMN_FIGURE, /* any decimal */
};

/* A text in both languages. */
struct column_text {
    const char *english, *dutch;
};

struct column {
    const char *name;
    enum column_type type;
    bool required; /* never empty */
    struct column_text title;
    struct column_text description;
};

/* "summary", "questions", "options", "comments", "trends", "changes": of files, resources and metadata. */
const char *table_name(enum table table);

/* What it is; and what it is with exact figures, which comments don't have. */
struct column_text table_title(enum table table);
struct column_text table_description(enum table table);
struct column_text table_exact_title(enum table table);
struct column_text table_exact_description(enum table table);

/* How many of the first columns are together the primary key. */
size_t table_key(enum table table);

/* The table whose key begins this one's rows, so that a foreign key leads to it: -1 for none. */
int table_parent(enum table table);

/* Takes one column, which lasts for the call only. Other than 0 stops the walk. */
typedef int column_fn(void *context, const struct column *column);

/* What the columns of a table follow from. */
struct column_source {
    enum table table;
    const struct questionnaire *questionnaire; /* those of a summary are of its questions */
    bool released; /* of a release: with a last column that says of which one each row is a version */
};

/* Calls `each` for each column in order. Returns what `each` did; -1 when there is no memory. */
MUST_CHECK int columns_each(const struct column_source *source, column_fn *each, void *context);

#endif
