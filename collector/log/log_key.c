/* The file is key_file.c's; here is the name under which its key signs. Stands beside the checkpoint file: signer.c
 * puts both together. */
#include "collector/log/log_key.h"
#include "base/error.h"
#include "base/lang.h"
#include "collector/log/key_file.h"
#include <string.h>

/* In the language of the moment. */
static struct key_file_words words_of_log_key(void)
{
    return (struct key_file_words){.name = T("the log's key", "de sleutel van het logboek"),
                                   .none = T("key of a log", "sleutel van een logboek"),
                                   .flag = "--log-key"};
}

int log_key_path(const char *named, const char *dsn, char path[static LOG_KEY_PATH_SIZE])
{
    return key_file_path(named, dsn, ".log-key", path);
}

int log_key_create(const char *path)
{
    return key_file_create(path);
}

struct secret_key *log_key_load(const char *path, struct error *error)
{
    struct key_file_words words = words_of_log_key();
    return key_file_read(path, &words, error);
}

int log_key_public(const struct secret_key *secret, const char *origin, struct note_key *out)
{
    uint8_t public_key[KEY_BYTES];
    if (strlen(origin) > LOG_KEY_ORIGIN_MAX)
        return -1;
    secret_key_public(secret, public_key);
    return note_key_make(out, origin, public_key);
}

int log_key_verifier(const char *path, const char *origin, struct buf *out, struct error *error)
{
    struct note_key public;
    struct secret_key *secret = log_key_load(path, error);
    if (!secret)
        return -1;
    int result = log_key_public(secret, origin, &public);
    secret_key_free(secret);
    if (result < 0)
        return error_set(error, ERROR_REFUSED,
                         T("'%s' can't be the origin of a log", "'%s' kan niet de oorsprong van een logboek zijn"),
                         origin);
    note_key_put(out, &public);
    return buf_check(out) == 0 ? 0 : error_no_memory(error);
}
