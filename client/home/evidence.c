/* Named by what it holds, so that a collector which says the same each time fills no disk. See evidence.h. */
#include "client/home/evidence.h"
#include "base/file.h"
#include "client/home/path.h"
#include "client/home/spool.h"
#include "crypto/crypto.h"
#include <errno.h>
#include <stdio.h>

#define HASH_SHOWN 8 /* bytes */

int evidence_keep(const char *home, const char *name, const char *ending, const struct slice *text,
                  char path[static PATH_MAX])
{
    uint8_t hash[SHA256_BYTES];
    char shown[HASH_SHOWN * 2 + 1];
    crypto_sha256(text->text, text->len, hash);
    for (size_t i = 0; i < HASH_SHOWN; i++)
        snprintf(shown + i * 2, 3, "%02x", hash[i]);
    if (path_in_home(path, home, "evidence") < 0 || file_make_folder(path) < 0 ||
        path_in_home(path, home, "evidence/%s-%s.%s", name, shown, ending) < 0)
        return -1;
    return file_create(path, text->text, text->len) < 0 && errno != EEXIST ? -1 : 0;
}

int evidence_keep_answer(const char *home, const struct response_id *id, const struct slice *jws,
                         const struct slice *answer)
{
    char name[RESPONSE_ID_TEXT_SIZE] = "enrolment", path[PATH_MAX];
    struct buf record;
    int result = -1;
    buf_init(&record, SPOOL_RECORD_MAX);
    if (id)
        response_id_write(id, name);
    spool_put_record(&record, jws, answer);
    struct slice text = slice_of(&record);
    if (buf_check(&record) < 0)
        errno = ENOMEM;
    else
        result = evidence_keep(home, name, "json", &text, path);
    buf_free(&record);
    return result;
}
