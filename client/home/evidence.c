/* See evidence.h. */
#include "client/home/evidence.h"
#include "base/file.h"
#include "crypto/crypto.h"
#include <errno.h>
#include <stdio.h>

#define HASH_SHOWN 8 /* bytes */

static int put_path(char *out, const char *home, const char *name, const char *ending, const char *hash)
{
    int len = snprintf(out, PATH_MAX, "%s/evidence/%s-%s.%s", home, name, hash, ending);
    if (len >= 0 && len < PATH_MAX)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

static int make_folder(const char *home)
{
    char path[PATH_MAX];
    int len = snprintf(path, PATH_MAX, "%s/evidence", home);
    if (len >= 0 && len < PATH_MAX)
        return file_make_folder(path, 0700);
    errno = ENAMETOOLONG;
    return -1;
}

int evidence_keep(const char *home, const char *name, const char *ending, const struct spool_text *text, char *path)
{
    uint8_t hash[SHA256_BYTES];
    char shown[HASH_SHOWN * 2 + 1];
    crypto_sha256(text->text, text->len, hash);
    for (size_t i = 0; i < HASH_SHOWN; i++)
        snprintf(shown + i * 2, 3, "%02x", hash[i]);
    if (make_folder(home) < 0 || put_path(path, home, name, ending, shown) < 0)
        return -1;
    return file_create(path, text->text, text->len, 0600) < 0 && errno != EEXIST ? -1 : 0;
}

int evidence_keep_answer(const char *home, const struct response_id *id, const struct spool_text *jws,
                         const struct spool_text *answer)
{
    char name[SPOOL_NAME_SIZE] = "enrolment", path[PATH_MAX];
    struct buf record;
    int result = -1;
    buf_init(&record, SPOOL_RECORD_MAX);
    if (id)
        response_id_write(id, name);
    spool_put_record(&record, jws, answer);
    if (buf_check(&record) < 0)
        errno = ENOMEM;
    else
        result = evidence_keep(home, name, "json", &(struct spool_text){record.data, record.len}, path);
    buf_free(&record);
    return result;
}
