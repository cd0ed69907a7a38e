/* The file is key_file.c's; here is the name under which its key signs. Stands beside the checkpoint file: signer.c
 * puts both together. */
#include "collector/log/log_key.h"
#include "base/error.h"
#include "base/lang.h"
#include "collector/log/key_file.h"
#include "crypto/crypto.h"
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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

/* By a socket of the abstract namespace (unix(7)), which is nowhere in the file system and gone with its process. It
 * has the name of the key and not of its file. */
int log_key_claim(const struct note_key *key, struct error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    uint8_t hash[SHA256_BYTES];
    char name[sizeof address.sun_path];
    crypto_sha256(key->public_key, KEY_BYTES, hash);
    int len = snprintf(name, sizeof name, "burgerpanel-log-");
    for (size_t i = 0; i < 16; i++)
        len += snprintf(name + len, sizeof name - (size_t)len, "%02x", hash[i]);
    memcpy(address.sun_path + 1, name, (size_t)len);
    int claim = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len);
    if (claim >= 0 && bind(claim, (const struct sockaddr *)&address, size) == 0)
        return claim;
    if (errno == EADDRINUSE)
        error_set(error, ERROR_BUSY, "%s",
                  T("another collector on this machine signs with this log's key, or a copy of it; stop that one first",
                    "een andere verzamelaar op deze machine tekent met de sleutel van dit logboek, of een kopie ervan; "
                    "stop die eerst"));
    else
        error_set(error, ERROR_IO,
                  T("the log's key can't be claimed: %s", "de sleutel van het logboek kan niet "
                                                          "geclaimd worden: %s"),
                  error_of_errno(errno));
    if (claim >= 0)
        close(claim);
    return -1;
}
