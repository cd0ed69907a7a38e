/* A secret key as a file outside the database: the log's own (log_key.h) and the operator's (operator.h) are kept the
 * same way. Inside of the log's room. Any thread. */
#ifndef COLLECTOR_LOG_KEY_FILE_H
#define COLLECTOR_LOG_KEY_FILE_H

#include "base/error.h"
#include "crypto/key.h"

#define KEY_FILE_PATH_SIZE 1040 /* of a path with its NUL */

/* What messages call a key, in the language of lang.h. */
struct key_file_words {
    const char *name; /* with its article: "the log's key" */
    const char *none; /* what a file is not that holds none: "key of a log" */
    const char *flag; /* that names another file: "--log-key" */
};

/* The file of a key: `named` if it is not "", else beside the store at `dsn`, its path and `suffix`. -1: that is too
 * long. */
MUST_CHECK int key_file_path(const char *named, const char *dsn, const char *suffix,
                             char path[static KEY_FILE_PATH_SIZE]);

/* Makes a key in a new file of mode 0600. -1: errno, EEXIST when the file is there. */
MUST_CHECK int key_file_create(const char *path);

/* Reads a key; free with secret_key_free. NULL: *error says why, also when others than its owner may read the file. */
MUST_CHECK struct secret_key *key_file_read(const char *path, const struct key_file_words *words, struct error *error);

#endif
