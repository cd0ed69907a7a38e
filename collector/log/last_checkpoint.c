/* The file is made whole and synced when the key is first opened, and from then on overwritten in place, padded with
 * newlines to one sector: what a killed process has written is kept by the kernel, and after a power cut the store
 * itself, which is synced, is never behind it. So no sync is needed here, and a lone response pays none; but for the
 * first, of the empty tree, without which no log that has begun to grow would be taken for ours. */
#include "collector/log/last_checkpoint.h"
#include "base/error.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_TRIES 3

int last_checkpoint_path(const char *key_path, char out[static PATH_MAX], struct error *error)
{
    int len = snprintf(out, PATH_MAX, "%s.checkpoint", key_path);
    if (len >= 0 && len < PATH_MAX)
        return 0;
    return error_set(error, ERROR_REFUSED,
                     T("the path of the log's key is too long", "het pad van de sleutel van het logboek is te lang"));
}

static int tell_unreadable(const char *path, struct error *error)
{
    return error_prefix(
        error, T("the last checkpoint %s can't be read", "het laatste controlepunt %s kan niet gelezen worden"), path);
}

static int tell_unopened(const char *path, struct error *error)
{
    error_set(error, ERROR_IO, "%s", error_of_errno(errno));
    return tell_unreadable(path, error);
}

/* Reads the note from the padded file. -1: it can't be read or believed. */
static int read_note(struct last_checkpoint *last, const struct note_key *key, struct error *error)
{
    char sector[LOG_CHECKPOINT_MAX + 1];
    ssize_t len = pread(last->file, sector, LOG_CHECKPOINT_MAX, 0);
    if (len < 0)
        return error_set(error, ERROR_IO, "%s", error_of_errno(errno));
    while (len > 1 && sector[len - 1] == '\n' && sector[len - 2] == '\n')
        len--;
    if (len == 0 || (len == 1 && sector[0] == '\n'))
        return 0;
    if (checkpoint_open(sector, (size_t)len, key, &last->head, error) < 0)
        return -1;
    buf_put(&last->note, sector, (size_t)len);
    return buf_check(&last->note) == 0 ? 0 : error_no_memory(error);
}

/* Makes the file of a key that has signed nothing yet, so that later there is nothing to make room for. */
static int make_file(const char *path)
{
    char sector[LOG_CHECKPOINT_MAX];
    memset(sector, '\n', sizeof sector);
    return file_create(path, sector, sizeof sector) == 0 || errno == EEXIST ? 0 : -1;
}

static void init_last(struct last_checkpoint *last)
{
    *last = (struct last_checkpoint){.file = -1};
    buf_init(&last->note, LOG_CHECKPOINT_MAX);
}

static int note_identity(struct last_checkpoint *last, const char *path)
{
    struct stat status;
    last->path = mem_copy_text(path, strlen(path));
    if (!last->path || fstat(last->file, &status) < 0)
        return -1;
    last->device = status.st_dev;
    last->inode = status.st_ino;
    return 0;
}

int last_checkpoint_open(struct last_checkpoint *last, const char *key_path, const struct note_key *key,
                         struct error *error)
{
    char path[PATH_MAX];
    init_last(last);
    if (last_checkpoint_path(key_path, path, error) < 0)
        return -1;
    last->file = open(path, O_RDWR | O_CLOEXEC);
    if (last->file < 0 && errno == ENOENT && make_file(path) == 0)
        last->file = open(path, O_RDWR | O_CLOEXEC);
    if (last->file < 0)
        return tell_unopened(path, error);
    if (flock(last->file, LOCK_EX | LOCK_NB) < 0)
        return error_set(error, ERROR_BUSY,
                         T("another collector signs with %s; stop that one first",
                           "een andere verzamelaar tekent met %s; stop die eerst"),
                         key_path);
    if (note_identity(last, path) < 0)
        return tell_unopened(path, error);
    return read_note(last, key, error) < 0 ? tell_unreadable(path, error) : 0;
}

void last_checkpoint_close(struct last_checkpoint *last)
{
    if (last->file >= 0) {
        (void)fsync(last->file);
        close(last->file);
    }
    buf_free(&last->note);
    mem_free(last->path);
    last->path = NULL;
    last->file = -1;
}

static bool is_same_file(const struct last_checkpoint *last)
{
    struct stat now;
    return stat(last->path, &now) == 0 && now.st_ino == last->inode && now.st_dev == last->device && now.st_nlink == 1;
}

static int tell_unwritten(struct error *error)
{
    return error_set(error, ERROR_IO,
                     T("the checkpoint can't be written beside the log's key: %s",
                       "het controlepunt kan niet naast de sleutel van het logboek geschreven worden: %s"),
                     error_of_errno(errno));
}

int last_checkpoint_sync(const struct last_checkpoint *last, struct error *error)
{
    return fdatasync(last->file) == 0 ? 0 : tell_unwritten(error);
}

int last_checkpoint_write(struct last_checkpoint *last, const struct merkle_head *head, struct buf *note,
                          struct error *error)
{
    char sector[LOG_CHECKPOINT_MAX];
    buf_free(&last->note);
    last->note = *note;
    last->head = *head;
    memset(sector, '\n', sizeof sector);
    memcpy(sector, note->data, note->len);
    ssize_t written = pwrite(last->file, sector, sizeof sector, 0);
    if (written >= 0 && written != (ssize_t)sizeof sector)
        errno = ENOSPC;
    if (written != (ssize_t)sizeof sector)
        return tell_unwritten(error);
    if (is_same_file(last))
        return 0;
    return error_set(
        error, ERROR_IO,
        T("the last checkpoint %s was removed, replaced or linked elsewhere; put it back and start the collector again",
          "het laatste controlepunt %s is verwijderd, vervangen of elders gekoppeld; zet het terug en start de "
          "verzamelaar opnieuw"),
        last->path);
}

/* Who signs meanwhile may be seen halfway through a write; not three times. */
static int read_note_beside_writer(struct last_checkpoint *last, const struct note_key *key, struct error *error)
{
    int result = -1;
    for (int i = 0; i < READ_TRIES && result < 0; i++) {
        buf_reset(&last->note);
        result = read_note(last, key, error);
    }
    return result;
}

enum store_result last_checkpoint_read_note(const char *key_path, const char *verifier, struct merkle_head *head,
                                            struct buf *note, struct error *error)
{
    struct last_checkpoint last;
    struct note_key key;
    char path[PATH_MAX];
    enum store_result result = STORE_FAILED;
    init_last(&last);
    if (note_key_parse(verifier, strlen(verifier), &key, error) < 0)
        error_prefix(error, T("the store's verifier key can't be read",
                              "de controlesleutel van de opslag kan niet gelezen worden"));
    else if (last_checkpoint_path(key_path, path, error) < 0)
        result = STORE_FAILED;
    else if ((last.file = open(path, O_RDONLY | O_CLOEXEC)) < 0 && errno == ENOENT)
        result = STORE_NONE;
    else if (last.file < 0)
        tell_unopened(path, error);
    else if (read_note_beside_writer(&last, &key, error) < 0)
        tell_unreadable(path, error);
    else
        result = last.note.len > 0 ? STORE_OK : STORE_NONE;
    if (result == STORE_OK) {
        *head = last.head;
        buf_put(note, last.note.data, last.note.len);
    }
    if (last.file >= 0)
        close(last.file);
    buf_free(&last.note);
    return result;
}

enum store_result last_checkpoint_read(const char *key_path, const char *verifier, struct merkle_head *head,
                                       struct error *error)
{
    struct buf note;
    buf_init(&note, LOG_CHECKPOINT_MAX);
    enum store_result result = last_checkpoint_read_note(key_path, verifier, head, &note, error);
    buf_free(&note);
    return result;
}
