/* What moved from one release of a round to a later one (PROTOCOL 8b): the tables of both as they are kept, row by row
 * and figure by figure. It holds nothing that the two did not tell. Pure; any thread. */
#ifndef COLLECTOR_TABLES_CHANGES_H
#define COLLECTOR_TABLES_CHANGES_H

#include "base/csv.h"
#include "base/error.h"
#include "collector/tables/rows.h"
#include "panel/wanted.h"

#define CHANGES_TABLES 3 /* TABLE_SUMMARY to TABLE_OPTIONS */

struct changes_source {
    const struct questionnaire *questionnaire;
    const struct buf *from, *to; /* CHANGES_TABLES of each, CSV of profile rfc4180 */
    const struct wanted_actions *actions; /* NULL: all */
};

/* Puts the table, as CSV or with `format` NULL as JSON, and gives its rows. -1: *error, also when `out` could not take
 * it all. */
MUST_CHECK int changes_put(const struct changes_source *source, const struct csv_format *format, struct buf *out,
                           uint64_t *rows, struct error *error);

#endif
