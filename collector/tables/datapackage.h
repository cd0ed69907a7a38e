/* What stands beside exported tables for whoever checks them: a Data Package 2.0 that names each file with its rows,
 * bytes and SHA-256, the round, the disclosure rules, and the log that all was worked out from. Holds no date but the
 * round's: the same log and panel give the same bytes. Pure; any thread. */
#ifndef COLLECTOR_TABLES_DATAPACKAGE_H
#define COLLECTOR_TABLES_DATAPACKAGE_H

#include "base/csv.h"
#include "collector/state/catalogue.h"
#include "collector/tables/columns.h"
#include "crypto/merkle.h"

#define DATAPACKAGE_FILES_MAX ((size_t)2 * TABLE_COUNT)

struct datapackage_file {
    char path[64];
    enum table table;
    bool is_table; /* otherwise the metadata of that table */
    uint64_t rows; /* of a table, the header not counted */
    size_t bytes;
    uint8_t hash[SHA256_BYTES];
};

struct datapackage {
    const struct catalogue *catalogue;
    size_t round; /* index in the panel */
    bool exact;
    const struct csv_format *format;
    struct merkle_head head; /* of the log */
    const char *log_key; /* its verifier key, as text */
    struct datapackage_file files[DATAPACKAGE_FILES_MAX];
    size_t count;
};

/* Notes a file that holds these bytes, as `<table>.csv` or `<table>.csv-metadata.json`. At most
 * DATAPACKAGE_FILES_MAX. */
void datapackage_note(struct datapackage *package, enum table table, bool is_table, uint64_t rows,
                      const struct buf *text);

/* Puts the document. Whether all fitted is said by buf_check(out). */
void datapackage_put(struct buf *out, const struct datapackage *package);

#endif
