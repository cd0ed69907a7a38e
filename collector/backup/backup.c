/* Checkpoint, then store, then what it is; then once through all of it as it lies on disk, for its checksum. */
#include "collector/backup/backup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/lang.h"
#include "collector/backup/about.h"
#include "collector/log/log_key.h"
#include "collector/log/tree.h"
#include "collector/state/recorded.h"
#include "crypto/digest.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The names of the keys' files. */
struct key_paths {
    char log_key[LOG_KEY_PATH_SIZE], operator_key[KEY_FILE_PATH_SIZE];
};

static int name_keys(struct key_paths *paths, const struct log_key_names *names, struct error *error)
{
    if (log_key_path(names->log_key, names->dsn, paths->log_key) == 0 &&
        operator_key_path(names->operator_key, names->dsn, paths->operator_key) == 0)
        return 0;
    return error_set(error, ERROR_REFUSED, "%s",
                     T("the name of a key's file is too long", "de naam van het bestand van een sleutel is te lang"));
}

static int read_verifier(struct store *store, struct backup_about *about, struct error *error)
{
    struct buf verifier;
    buf_init(&verifier, BACKUP_TEXT_SIZE - 1);
    enum store_result found = store_log_key_read(store, &verifier);
    if (found == STORE_OK)
        memcpy(about->verifier, buf_text(&verifier), verifier.len + 1);
    buf_free(&verifier);
    if (found == STORE_NONE)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("this store has no log yet, so there is nothing to keep; `panel import` begins one",
                           "deze opslag heeft nog geen logboek, dus er is niets te bewaren; `panel import` begint er "
                           "een"));
    return found == STORE_OK ? 0 : store_fail(store, error);
}

/* The last that was signed, and the head in it. */
static int read_last_signed(const char *key_path, struct backup_about *about, struct merkle_head *head,
                            struct error *error)
{
    struct buf note;
    buf_init(&note, LOG_CHECKPOINT_MAX);
    enum store_result found = last_checkpoint_read_note(key_path, about->verifier, head, &note, error);
    if (found == STORE_OK)
        memcpy(about->checkpoint, buf_text(&note), note.len + 1);
    buf_free(&note);
    if (found == STORE_NONE)
        return error_set(error, ERROR_REFUSED,
                         T("no checkpoint lies beside the log's key %s; put it back, or name the key with --log-key",
                           "er ligt geen controlepunt naast de sleutel van het logboek %s; zet het terug, of noem de "
                           "sleutel met --log-key"),
                         key_path);
    return found == STORE_OK ? 0 : -1;
}

/* The log at this moment, which must continue what was signed: what doesn't is no copy that anybody wants. */
static int read_log(struct store *store, const struct merkle_head *signed_head, struct backup_about *about,
                    struct error *error)
{
    struct tree_reader reader = {store, error};
    struct recorded_log log;
    struct merkle_hash root;
    if (tree_head(store, &about->head, error) < 0 || recorded_log_read(store, &log, error) < 0)
        return -1;
    if (log.begun)
        key_thumbprint(log.operator_key, about->operator_kid);
    if (about->head.size < signed_head->size)
        return error_set(error, ERROR_REFUSED,
                         T("the store holds a log of size %llu, but one of size %llu was signed: this is an old copy, "
                           "and not worth keeping",
                           "de opslag heeft een logboek van omvang %llu, maar er is er een van %llu getekend: dit is "
                           "een oude kopie, en niet het bewaren waard"),
                         (unsigned long long)about->head.size, (unsigned long long)signed_head->size);
    if (merkle_root_at(signed_head->size, tree_read, &reader, &root) < 0)
        return -1;
    if (merkle_equal(&root, &signed_head->root))
        return 0;
    return error_set(error, ERROR_REFUSED, "%s",
                     T("the store's log is not the one whose checkpoint was signed",
                       "het logboek van de opslag is niet dat waarvan een controlepunt getekend is"));
}

/* Over all that is in the file, as it can be read. */
static int sum_part(int fd, uint8_t hash[static SHA256_BYTES])
{
    char bytes[65536];
    ssize_t len;
    struct digest *digest = digest_new();
    if (!digest) {
        errno = ENOMEM;
        return -1;
    }
    for (off_t at = 0; (len = pread(fd, bytes, sizeof bytes, at)) > 0; at += len)
        digest_add(digest, bytes, (size_t)len);
    if (len == 0)
        digest_end(digest, hash);
    digest_free(digest);
    return len == 0 ? 0 : -1;
}

/* The page behind the store. -1: errno. */
static int append_about(int fd, struct backup_about *about)
{
    struct stat status;
    struct buf page;
    uint8_t hash[SHA256_BYTES];
    char sum[ABOUT_SUM_BYTES + 1];
    if (fstat(fd, &status) < 0 || lseek(fd, 0, SEEK_END) < 0)
        return -1;
    about->bytes = (uint64_t)status.st_size;
    buf_init(&page, ABOUT_BYTES);
    int result = about_put(&page, about);
    if (result < 0)
        errno = ENAMETOOLONG;
    else
        result = file_append(fd, page.data, page.len);
    buf_free(&page);
    if (result < 0 || sum_part(fd, hash) < 0)
        return -1;
    about_put_sum(hash, sum);
    return file_append(fd, sum, ABOUT_SUM_BYTES);
}

/* Tells errno. */
static int tell_not_written(const char *path, struct error *error)
{
    if (errno == EEXIST)
        return error_set(error, ERROR_REFUSED,
                         T("%s is there already; name another file", "%s bestaat al; noem een ander bestand"), path);
    if (errno == EWOULDBLOCK)
        return error_set(error, ERROR_BUSY,
                         T("another process is writing %s", "een ander proces is %s aan het schrijven"), path);
    return error_from_errno(error, T("%s can't be written", "%s kan niet geschreven worden"), path);
}

static int write_part(struct store *store, const char *path, store_copy_fn *each, void *context,
                      struct backup_about *about, struct error *error)
{
    struct file_part part;
    if (file_exists(path)) {
        errno = EEXIST;
        return tell_not_written(path, error);
    }
    if (file_part_begin(&part, path) < 0)
        return tell_not_written(path, error);
    *error = (struct error){.kind = ERROR_NONE};
    if (store_copy(store, part.path, each, context) != STORE_OK)
        store_fail(store, error);
    else if (append_about(part.fd, about) < 0)
        tell_not_written(path, error);
    else
        return file_part_finish(&part, path, false) < 0 ? tell_not_written(path, error) : 0;
    file_part_drop(&part);
    return -1;
}

int backup_write(struct store *store, const struct log_key_names *names, const char *path, store_copy_fn *each,
                 void *context, struct backup_about *about, struct error *error)
{
    struct key_paths paths;
    struct merkle_head head;
    *about = (struct backup_about){.taken_at = clock_now()};
    if (name_keys(&paths, names, error) < 0 || read_verifier(store, about, error) < 0 ||
        read_last_signed(paths.log_key, about, &head, error) < 0)
        return -1;
    about->log_key = paths.log_key;
    about->operator_key = paths.operator_key;
    if (store_begin_reading(store) != STORE_OK)
        return store_fail(store, error);
    int result = read_log(store, &head, about, error);
    if (result == 0)
        result = write_part(store, path, each, context, about, error);
    store_rollback(store);
    about->log_key = about->operator_key = NULL;
    return result;
}
