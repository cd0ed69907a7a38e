/* The log's key as a file outside the database. Knows no log. Any thread. */
#ifndef COLLECTOR_LOG_LOG_KEY_H
#define COLLECTOR_LOG_LOG_KEY_H

#include "base/buf.h"
#include "base/error.h"
#include "collector/log/key_file.h"
#include "crypto/note.h"

#define LOG_KEY_ORIGIN_MAX 172 /* bytes of the name under which a key signs */

#define LOG_KEY_PATH_SIZE KEY_FILE_PATH_SIZE

/* The file of the log's key: `named` if it is not "", else beside the store at `dsn`, its path and ".log-key". -1: that
 * is too long. */
MUST_CHECK int log_key_path(const char *named, const char *dsn, char path[static LOG_KEY_PATH_SIZE]);

/* Makes a key in a new file of mode 0600. -1: errno, EEXIST when the file is there. */
MUST_CHECK int log_key_create(const char *path);

/* Reads a key; free with secret_key_free. NULL: *error says why, also when others than its owner may read the file. */
MUST_CHECK struct secret_key *log_key_load(const char *path, struct error *error);

/* The public half of `secret` under that name. -1: a key can't bear it. */
MUST_CHECK int log_key_public(const struct secret_key *secret, const char *origin, struct note_key *out);

/* The verifier key of the key in the file under the name `origin`, appended to `out`. -1: *error says why. */
MUST_CHECK int log_key_verifier(const char *path, const char *origin, struct buf *out, struct error *error);

#endif
