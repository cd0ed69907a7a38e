/* What a table can't be understood without, as JSON beside it: the panel, the round and its dates, how many were
 * invited and enrolled, the disclosure rules, and the questionnaire as imported: the questions' texts in every
 * language, ends and labels of scales, options. Pure; any thread. */
#ifndef COLLECTOR_TABLES_CONTEXT_H
#define COLLECTOR_TABLES_CONTEXT_H

#include "base/csv.h"
#include "base/json.h"
#include "collector/state/catalogue.h"
#include "collector/tables/columns.h"

/* The release that tables are of. */
struct table_release {
    int64_t number; /* from 1 */
    bool is_final;
    int64_t size; /* of the log that it was made of */
};

struct table_context {
    const struct catalogue *catalogue;
    size_t round; /* index in the panel */
    const struct table_release *release; /* that they are of; NULL: exact, as the log is now */
    const struct json *note; /* what context_put said when the release was made; NULL: what there is to say now */
    const struct csv_format *format;
    int64_t invited; /* invitations made and not withdrawn */
    int64_t enrolled; /* members, the revoked among them */
};

/* Sets how many were invited and enrolled, by what the store counts of invitations. */
void context_set_participation(struct table_context *context, const struct invitation_counts *counts);

/* What a table's columns follow from. */
struct column_source context_columns(const struct table_context *context, enum table table);

/* Title and description of a table, which say when its figures are exact. */
struct column_text context_title(const struct table_context *context, enum table table);
struct column_text context_description(const struct table_context *context, enum table table);

/* Puts the members of a JSON object, without its braces: panel, round, release, participation, disclosure,
 * questionnaire. What
 * did not fit, or could not be read for lack of memory, is said by buf_check. */
void context_put(struct buf *out, const struct table_context *context);

#endif
