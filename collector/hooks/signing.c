/* A file with a seed, as the log's own key has one. */
#include "collector/hooks/signing.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/mem.h"
#include "crypto/line.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SIGNED_MAX ((size_t)16 * 1024)

static struct secret_key *make_key(const char *path, struct error *error)
{
    char text[SECRET_KEY_TEXT_SIZE];
    struct secret_key *key = secret_key_new();
    if (!key) {
        error_no_memory(error);
        return NULL;
    }
    secret_key_put_text(key, text);
    int result = file_create(path, text, strlen(text));
    mem_wipe(text, sizeof text);
    if (result == 0)
        return key;
    error_from_errno(error, "%s", path);
    secret_key_free(key);
    return NULL;
}

static struct secret_key *read_key(const char *path, struct error *error)
{
    struct buf text;
    struct stat status;
    struct secret_key *key = NULL;
    buf_init(&text, SECRET_KEY_TEXT_SIZE);
    if (stat(path, &status) != 0 || file_read(path, &text) < 0)
        error_from_errno(error, "%s", path);
    else if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        error_set(error, ERROR_REFUSED,
                  T("%s may be read by others than its owner: chmod 600 %s",
                    "%s kan door anderen dan de eigenaar gelezen worden: chmod 600 %s"),
                  path, path);
    else if (!(key = secret_key_from_text(buf_text(&text), text.len)))
        error_set(error, ERROR_DAMAGED, T("%s holds no key", "%s bevat geen sleutel"), path);
    buf_wipe(&text);
    return key;
}

struct secret_key *signing_key(const char *folder, struct error *error)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/key", folder) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        error_from_errno(error, "%s", folder);
        return NULL;
    }
    return file_exists(path) ? read_key(path, error) : make_key(path, error);
}

void signing_put_public(struct buf *out, const struct secret_key *key)
{
    uint8_t public_key[KEY_BYTES];
    secret_key_public(key, public_key);
    buf_put_text(out, "whpk_");
    line_put_base64(out, public_key, sizeof public_key);
}

int signing_put_signature(struct buf *out, const struct secret_key *key, const char *id, int64_t time,
                          const struct buf *body)
{
    struct buf text;
    uint8_t signature[SIGNATURE_BYTES];
    buf_init(&text, SIGNED_MAX);
    buf_printf(&text, "%s.%lld.", id, (long long)time);
    buf_put(&text, body->data, body->len);
    int result = buf_check(&text);
    if (result == 0) {
        secret_key_sign(key, text.data, text.len, signature);
        buf_put_text(out, "v1a,");
        line_put_base64(out, signature, sizeof signature);
    }
    buf_free(&text);
    return result < 0 ? -1 : buf_check(out);
}
