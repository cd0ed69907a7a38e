/* What stands beside an exported table for machines: CSV on the Web (W3C, Metadata Vocabulary for Tabular Data), as
 * `<table>.csv-metadata.json`. Pure; any thread. */
#ifndef COLLECTOR_TABLES_CSVW_H
#define COLLECTOR_TABLES_CSVW_H

#include "base/csv.h"
#include "collector/tables/columns.h"

struct csvw_subject {
    enum table table;
    const struct questionnaire *questionnaire;
    const struct csv_format *format;
};

/* Puts the document: a group of the table and of those that its foreign keys lead to, each with dialect, columns
 * (datatype, null, titles and descriptions in English and Dutch) and keys. Whether all fitted is said by
 * buf_check(out). */
void csvw_put(struct buf *out, const struct csvw_subject *subject);

#endif
