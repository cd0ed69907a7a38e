/* What the releases of a round have told until now, as far as the next one asks: which of them newly told which action,
 * and the rows of the last, where a block that stands is taken from to the byte. Fed with tables as they are kept or as
 * the audit has made them anew. Pure. One thread. */
#ifndef COLLECTOR_RELEASE_EARLIER_H
#define COLLECTOR_RELEASE_EARLIER_H

#include "collector/release/versions.h"
#include "collector/tables/stored.h"

#define RELEASE_TABLES 3 /* summary, questions, options: TABLE_SUMMARY to TABLE_OPTIONS */

struct earlier;

/* Of no release yet. The list has each action that was ever told in the round; both must last as long. NULL when there
 * is no memory. Free with earlier_free. */
MUST_CHECK struct earlier *earlier_new(const struct questionnaire *questionnaire, const struct action_list *actions);
void earlier_free(struct earlier *earlier);

/* One more release, later than those before: its number and size, and its tables, RELEASE_TABLES of them as CSV, of
 * which all but the summary may be empty where another release follows. Copies nothing: the texts must last until the
 * next is added, those of the last as long as `earlier`. -1: *error. */
MUST_CHECK int earlier_add(struct earlier *earlier, struct version version, const struct buf *tables,
                           struct error *error);

const struct versions *earlier_versions(const struct earlier *earlier);

/* Calls `row` for each row of an action in a table of the last release; of a summary with what `action` says now of
 * title, track, lead, related and status. 0; what `row` did; -1: *error. */
MUST_CHECK int earlier_rows(struct earlier *earlier, enum table table, size_t action, table_row_fn *row, void *context,
                            struct error *error);

#endif
