/* What describes a table for machines: CSV on the Web (W3C, Metadata Vocabulary for Tabular Data); beside an exported
 * table `<table>.csv-metadata.json`, over HTTP a resource that the table links to. Pure; any thread. */
#ifndef COLLECTOR_TABLES_CSVW_H
#define COLLECTOR_TABLES_CSVW_H

#include "collector/tables/context.h"

struct csvw_subject {
    enum table table;
    const struct table_context *context;
    const char *before, *after; /* what a table's name stands between in its URL, seen from the document */
};

/* Puts the document: a group of the table and of those that its foreign keys lead to, each with dialect, columns
 * (datatype, null, titles and descriptions in English and Dutch) and keys; and with the context as the group's `notes`.
 * Whether all fitted is said by buf_check(out). */
void csvw_put(struct buf *out, const struct csvw_subject *subject);

#endif
