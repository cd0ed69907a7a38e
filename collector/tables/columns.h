/* What each column of each table is, in English and Dutch: the one place from which the metadata beside an exported
 * table is made, and against which the codebook and the API's description are tested. Knows no format. Pure; any
 * thread. */
#ifndef COLLECTOR_TABLES_COLUMNS_H
#define COLLECTOR_TABLES_COLUMNS_H

#include "collector/tables/sheet.h"

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

/* Takes one column, which lasts for the call only. Other than 0 stops the walk. */
typedef int column_fn(void *context, const struct column *column);

/* Calls `each` for each column in order. Those of a summary depend on the questionnaire. Returns what `each` did; -1
 * when there is no memory. */
MUST_CHECK int columns_each(enum sheet_kind kind, const struct questionnaire *questionnaire, column_fn *each,
                            void *context);

/* How many of the first columns are together the primary key. */
size_t columns_key(enum sheet_kind kind);

/* Title and description of the table itself. */
struct column_text columns_table_title(enum sheet_kind kind);
struct column_text columns_table_description(enum sheet_kind kind);

/* The table whose key begins this one's rows, so that a foreign key leads to it: -1 for none. */
int columns_parent(enum sheet_kind kind);

#endif
