/* What stands beside exported tables for whoever checks them: a Data Package 2.0 that names each file with its rows,
 * bytes and SHA-256, the context of the tables, and the log that all was worked out from. Holds no date but the
 * round's: the same log, panel and invitations give the same bytes. Pure; any thread. */
#ifndef COLLECTOR_TABLES_DATAPACKAGE_H
#define COLLECTOR_TABLES_DATAPACKAGE_H

#include "collector/tables/context.h"
#include "crypto/merkle.h"

#define DATAPACKAGE_MAX ((size_t)64 * 1024 * 1024) /* bytes that are read of one */
#define DATAPACKAGE_FILES_MAX ((size_t)2 * TABLE_COUNT)

struct datapackage_file {
    char path[64];
    enum table table;
    bool is_table; /* otherwise the metadata of that table */
    uint64_t rows; /* of a table, the header not counted */
    size_t bytes;
    uint8_t hash[SHA256_BYTES];
};

/* What a package holds, and nothing of another kind. */
enum datapackage_kind { DATAPACKAGE_TABLES, DATAPACKAGE_COMMENTS, DATAPACKAGE_TRENDS };

struct datapackage {
    struct table_context context;
    enum datapackage_kind kind;
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

/* Whether `len` bytes are the document of a package of the same kind: of the same panel and round, as exact, in the
 * same profile. false also for what is no such document, or when there is no memory. */
bool datapackage_is_same_kind(const struct datapackage *package, const char *text, size_t len);

#endif
