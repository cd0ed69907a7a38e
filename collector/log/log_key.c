/* One key a file, as text, in guarded memory as soon as it is read. The bottom of the log's room beside the checkpoint
 * file: signer.c puts both together. */
#include "collector/log/log_key.h"
#include "base/error.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/store/store.h"
#include "crypto/crypto.h"
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int log_key_path(const char *named, const char *dsn, char path[static LOG_KEY_PATH_SIZE])
{
    const char *store = store_path(dsn);
    int len = named[0] != '\0' ? snprintf(path, LOG_KEY_PATH_SIZE, "%s", named)
                               : snprintf(path, LOG_KEY_PATH_SIZE, "%s.log-key", store ? store : "burgerpanel");
    return len < LOG_KEY_PATH_SIZE ? 0 : -1;
}

int log_key_create(const char *path)
{
    char text[SECRET_KEY_TEXT_SIZE];
    struct secret_key *key = secret_key_new();
    if (!key) {
        errno = ENOMEM;
        return -1;
    }
    secret_key_put_text(key, text);
    secret_key_free(key);
    int result = file_create(path, text, sizeof text - 1, 0600);
    mem_wipe(text, sizeof text);
    return result;
}

/* Who can read the key can sign another history. */
static int check_mode(const char *path, struct error *error)
{
    struct stat status;
    if (stat(path, &status) < 0 || !S_ISREG(status.st_mode) || (status.st_mode & 077) == 0)
        return 0; /* what can't be read is told when it is */
    return error_set(error, ERROR_REFUSED,
                     T("others may read the log's key %s; give `chmod 600 %s`, and think of who has read it",
                       "anderen mogen de sleutel van het logboek %s lezen; geef `chmod 600 %s`, en bedenk wie haar "
                       "gelezen heeft"),
                     path, path);
}

struct secret_key *log_key_read(const char *path, struct error *error)
{
    struct buf text;
    struct secret_key *key = NULL;
    if (check_mode(path, error) < 0)
        return NULL;
    buf_init(&text, SECRET_KEY_TEXT_SIZE);
    if (file_read(path, &text) < 0 && errno != EFBIG)
        error_set(error, errno == ENOMEM ? ERROR_MEMORY : ERROR_IO,
                  T("the log's key %s can't be read: %s; put it back from a copy, or name it with --log-key",
                    "de sleutel van het logboek %s kan niet gelezen worden: %s; zet een kopie terug of noem haar met "
                    "--log-key"),
                  path, error_of_errno(errno));
    else if ((key = secret_key_from_text(buf_text(&text), text.len)) == NULL)
        error_set(error, ERROR_REFUSED, T("%s is no key of a log", "%s is geen sleutel van een logboek"), path);
    buf_wipe(&text);
    return key;
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
    struct secret_key *secret = log_key_read(path, error);
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
        error_set(error, ERROR_REFUSED, "%s",
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
