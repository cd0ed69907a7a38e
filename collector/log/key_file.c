/* One key a file, as text, in guarded memory as soon as it is read. The bottom of the log's room. */
#include "collector/log/key_file.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/store/store.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

int key_file_path(const char *named, const char *dsn, const char *suffix, char path[static KEY_FILE_PATH_SIZE])
{
    const char *store = store_path(dsn);
    int len = named[0] != '\0' ? snprintf(path, KEY_FILE_PATH_SIZE, "%s", named)
                               : snprintf(path, KEY_FILE_PATH_SIZE, "%s%s", store ? store : "burgerpanel", suffix);
    return len < KEY_FILE_PATH_SIZE ? 0 : -1;
}

int key_file_create(const char *path)
{
    char text[SECRET_KEY_TEXT_SIZE];
    struct secret_key *key = secret_key_new();
    if (!key) {
        errno = ENOMEM;
        return -1;
    }
    secret_key_put_text(key, text);
    secret_key_free(key);
    int result = file_create(path, text, sizeof text - 1);
    mem_wipe(text, sizeof text);
    return result;
}

/* Who can read the key can sign with it. */
static int check_mode(const char *path, const struct key_file_words *words, struct error *error)
{
    struct stat status;
    if (stat(path, &status) < 0 || !S_ISREG(status.st_mode) || (status.st_mode & 077) == 0)
        return 0; /* what can't be read is told when it is */
    return error_set(error, ERROR_REFUSED,
                     T("others may read %s %s; give `chmod 600 %s`, and think of who has read it",
                       "anderen mogen %s %s lezen; geef `chmod 600 %s`, en bedenk wie haar gelezen heeft"),
                     words->name, path, path);
}

struct secret_key *key_file_read(const char *path, const struct key_file_words *words, struct error *error)
{
    struct buf text;
    struct secret_key *key = NULL;
    if (check_mode(path, words, error) < 0)
        return NULL;
    buf_init(&text, SECRET_KEY_TEXT_SIZE);
    if (file_read(path, &text) < 0 && errno != EFBIG)
        error_set(error, errno == ENOMEM ? ERROR_MEMORY : ERROR_IO,
                  T("%s %s can't be read: %s; put it back from a copy, or name it with %s",
                    "%s %s kan niet gelezen worden: %s; zet een kopie terug of noem haar met %s"),
                  words->name, path, error_of_errno(errno), words->flag);
    else if ((key = secret_key_from_text(buf_text(&text), text.len)) == NULL)
        error_set(error, ERROR_REFUSED, T("%s is no %s", "%s is geen %s"), path, words->none);
    buf_wipe(&text);
    return key;
}
