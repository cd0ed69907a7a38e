/* All that can be looked at is looked at before anything is written; then the checkpoint, then the store. */
#include "collector/backup/restore.h"
#include "base/file.h"
#include "base/lang.h"
#include "collector/backup/about.h"
#include "collector/log/log_key.h"
#include "collector/log/tree.h"
#include "crypto/digest.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES 65536

/* A restore under way. */
struct restoring {
    const char *path; /* of the backup */
    const struct log_key_names *names;
    int file; /* the backup */
    char target[PATH_MAX]; /* the store's own file, where links lead to */
    char log_key[LOG_KEY_PATH_SIZE];
    int lock; /* of who serves the store */
    struct store *copy; /* the store in the backup, to be read alone */
    struct store *there; /* the one in whose place it comes; NULL: none */
    struct last_checkpoint last;
    struct restored *out;
    struct error *error;
};

static int tell_unreadable_backup(const struct restoring *r)
{
    return error_from_errno(r->error, T("%s can't be read", "%s kan niet gelezen worden"), r->path);
}

static int tell_changed(const struct restoring *r)
{
    return error_set(r->error, ERROR_DAMAGED,
                     T("%s is not as it was written: its checksum does not hold; use another backup",
                       "%s is niet zoals het geschreven is: de controlesom klopt niet; gebruik een andere "
                       "reservekopie"),
                     r->path);
}

/* The backup. */

/* The next piece of the first `end` bytes, from `at` on, into the digest and, if `to` is not -1, into that file. 0 at
 * the end; -1: errno. */
static ssize_t move_piece(int from, off_t at, off_t end, struct digest *digest, int to)
{
    char bytes[PIECE_BYTES];
    size_t wanted = end - at < PIECE_BYTES ? (size_t)(end - at) : PIECE_BYTES;
    ssize_t len = wanted == 0 ? 0 : pread(from, bytes, wanted, at);
    if (len == 0 && wanted > 0)
        errno = ENODATA; /* it was cut meanwhile */
    if (len <= 0)
        return wanted > 0 ? -1 : 0;
    digest_add(digest, bytes, (size_t)len);
    return to >= 0 && file_append(to, bytes, (size_t)len) < 0 ? -1 : len;
}

/* The hash of all but the last line; the first `bytes` are written to `to` as well, if that is not -1. -1: errno. */
static int sum_backup(int file, off_t bytes, off_t size, int to, uint8_t hash[static SHA256_BYTES])
{
    ssize_t len = 0;
    off_t at = 0;
    struct digest *digest = digest_new();
    if (!digest) {
        errno = ENOMEM;
        return -1;
    }
    while ((len = move_piece(file, at, bytes, digest, to)) > 0)
        at += len;
    while (len == 0 && at < size - ABOUT_SUM_BYTES &&
           (len = move_piece(file, at, size - ABOUT_SUM_BYTES, digest, -1)) > 0) {
        at += len;
        len = 0;
    }
    if (len == 0)
        digest_end(digest, hash);
    digest_free(digest);
    return len == 0 ? 0 : -1;
}

/* 0 where the checksum holds; the store in it is written to `to` as well, if that is not -1. */
static int check_sum(const struct restoring *r, off_t size, int to)
{
    uint8_t hash[SHA256_BYTES];
    char line[ABOUT_SUM_BYTES + 1], there[ABOUT_SUM_BYTES];
    if (sum_backup(r->file, size - ABOUT_BYTES, size, to, hash) < 0)
        return to < 0
                   ? tell_unreadable_backup(r)
                   : error_from_errno(r->error, T("%s can't be written", "%s kan niet geschreven worden"), r->target);
    about_put_sum(hash, line);
    if (pread(r->file, there, sizeof there, size - ABOUT_SUM_BYTES) == (ssize_t)sizeof there &&
        memcmp(line, there, sizeof there) == 0)
        return 0;
    return tell_changed(r);
}

/* Whether the backup is itself the file that would be replaced. */
static bool is_in_place(const struct restoring *r, const struct stat *backup)
{
    struct stat there;
    return stat(r->target, &there) == 0 && there.st_dev == backup->st_dev && there.st_ino == backup->st_ino;
}

static int read_backup(struct restoring *r)
{
    char page[ABOUT_BYTES];
    struct stat status;
    struct backup_about *about = &r->out->about;
    r->file = open(r->path, O_RDONLY | O_CLOEXEC);
    if (r->file < 0 || fstat(r->file, &status) < 0)
        return tell_unreadable_backup(r);
    if (!S_ISREG(status.st_mode) || status.st_size <= ABOUT_BYTES ||
        pread(r->file, page, sizeof page, status.st_size - ABOUT_BYTES) != (ssize_t)sizeof page)
        return error_set(r->error, ERROR_REFUSED,
                         T("%s is no backup of a collector, or it was cut off",
                           "%s is geen reservekopie van een verzamelaar, of het is afgekapt"),
                         r->path);
    if (about_read(page, about, r->error) < 0)
        return error_prefix(r->error, "%s", r->path);
    if (is_in_place(r, &status))
        return error_set(r->error, ERROR_REFUSED,
                         T("%s lies where the store is to come, and would be a backup no more; copy it, and name the "
                           "copy",
                           "%s ligt waar de opslag komt, en zou dan geen reservekopie meer zijn; maak er een kopie van "
                           "en noem die"),
                         r->path);
    return about->bytes == (uint64_t)(status.st_size - ABOUT_BYTES) ? check_sum(r, status.st_size, -1)
                                                                    : tell_changed(r);
}

/* The tree of the backup is what it says, and begins with all that `head` has. 1: so it does; 0: not; -1: the error. */
static int backup_begins_with(struct restoring *r, const struct merkle_head *head)
{
    struct tree_reader reader = {r->copy, r->error};
    struct merkle_hash root;
    if (head->size > r->out->about.head.size)
        return 0;
    if (head->size == 0)
        return 1;
    return merkle_root_at(head->size, tree_read, &reader, &root) < 0 ? -1 : merkle_equal(&root, &head->root);
}

static int open_copy(struct restoring *r)
{
    char dsn[PATH_MAX + 16];
    struct merkle_head head;
    snprintf(dsn, sizeof dsn, "sqlite:%s", r->path);
    r->copy = store_open(dsn, STORE_ALONE, r->error);
    if (!r->copy || tree_head(r->copy, &head, r->error) < 0)
        return -1;
    return head.size == r->out->about.head.size && merkle_equal(&head.root, &r->out->about.head.root) ? 0
                                                                                                      : tell_changed(r);
}

/* What is there already. */

static int name_files(struct restoring *r)
{
    const char *path = store_path(r->names->dsn);
    if (!path)
        return error_set(r->error, ERROR_REFUSED, "%s",
                         T("--store must name a file: sqlite:PATH", "--store moet een bestand noemen: sqlite:PAD"));
    if (log_key_path(r->names->log_key, r->names->dsn, r->log_key) < 0 || strlen(path) + 8 >= sizeof r->target)
        return error_set(r->error, ERROR_REFUSED, "%s", error_of_errno(ENAMETOOLONG));
    if (!realpath(path, r->target))
        memcpy(r->target, path, strlen(path) + 1);
    return 0;
}

static int lock_store(struct restoring *r)
{
    char name[PATH_MAX + 8];
    snprintf(name, sizeof name, "%s.lock", r->target);
    r->lock = file_lock(name);
    if (r->lock >= 0)
        return 0;
    if (errno == EWOULDBLOCK)
        return error_set(r->error, ERROR_BUSY,
                         T("a collector is serving %s; stop it first", "een verzamelaar bedient %s; stop die eerst"),
                         r->target);
    return error_from_errno(r->error, T("%s can't be locked", "%s kan niet vergrendeld worden"), name);
}

/* The store that is there must be what the backup goes on from. */
static int check_store_there(struct restoring *r)
{
    struct merkle_head head;
    struct buf verifier;
    if (!file_exists(r->target))
        return 0;
    r->there = store_open(r->names->dsn, STORE_EXISTING, r->error);
    if (!r->there)
        return error_prefix(r->error, "%s",
                            T("the store that is there can't be looked at, so it is kept; move it away first",
                              "de opslag die er is kan niet bekeken worden, dus zij blijft; zet haar "
                              "eerst opzij"));
    buf_init(&verifier, BACKUP_TEXT_SIZE);
    enum store_result found = store_log_key_read(r->there, &verifier);
    bool same = found == STORE_OK && strcmp(buf_text(&verifier), r->out->about.verifier) == 0;
    buf_free(&verifier);
    if (found == STORE_FAILED)
        return store_fail(r->there, r->error);
    if (same && tree_head(r->there, &head, r->error) < 0)
        return -1;
    int begins = same ? backup_begins_with(r, &head) : 0;
    r->out->replaced = true;
    if (begins != 0)
        return begins > 0 ? 0 : -1;
    if (same && head.size > r->out->about.head.size)
        return error_set(r->error, ERROR_REFUSED,
                         T("the store %s holds %llu entries more than the backup; it is kept. Move it away first where "
                           "it is beyond repair",
                           "de opslag %s heeft %llu regels meer dan de reservekopie; zij blijft. Zet haar eerst opzij "
                           "als zij niet meer te herstellen is"),
                         r->target, (unsigned long long)(head.size - r->out->about.head.size));
    return error_set(r->error, ERROR_REFUSED,
                     T("the store %s holds another log than the backup; it is kept. Name another with --store",
                       "de opslag %s heeft een ander logboek dan de reservekopie; zij blijft. Noem een andere met "
                       "--store"),
                     r->target);
}

static int tell_roll_back(const struct restoring *r)
{
    uint64_t size = r->last.head.size, ours = r->out->about.head.size;
    if (size <= ours)
        return error_set(r->error, ERROR_REFUSED,
                         T("the checkpoint %s is of another history than the backup",
                           "het controlepunt %s is van een andere geschiedenis dan de reservekopie"),
                         r->last.path);
    return error_set(r->error, ERROR_REFUSED,
                     T("the checkpoint %s is of %llu entries more than the backup has: members hold receipts for them. "
                       "Restore a newer backup; where there is none, do as OPERATING says under "
                       "'An older copy is put back'",
                       "het controlepunt %s is van %llu regels meer dan de reservekopie heeft: panelleden hebben daar "
                       "ontvangstbewijzen van. Zet een nieuwere reservekopie terug; is die er niet, doe dan wat "
                       "OPERATING zegt onder 'An older copy is put back'"),
                     r->last.path, (unsigned long long)(size - ours));
}

/* Nobody else signs with that key meanwhile, and what it has signed is in the backup. */
static int check_signed(struct restoring *r)
{
    struct note_key key;
    if (note_key_parse(r->out->about.verifier, strlen(r->out->about.verifier), &key, r->error) < 0 ||
        last_checkpoint_open(&r->last, r->log_key, &key, r->error) < 0)
        return -1;
    int begins = backup_begins_with(r, &r->last.head);
    if (begins == 0)
        return tell_roll_back(r);
    return begins > 0 ? 0 : -1;
}

/* A key that is there is the right one. */
static int check_key(struct restoring *r)
{
    struct note_key key;
    struct buf verifier;
    r->out->no_log_key = !file_exists(r->log_key);
    if (r->out->no_log_key)
        return 0;
    buf_init(&verifier, BACKUP_TEXT_SIZE);
    int result = note_key_parse(r->out->about.verifier, strlen(r->out->about.verifier), &key, r->error);
    if (result == 0)
        result = log_key_verifier(r->log_key, key.name, &verifier, r->error);
    if (result == 0 && strcmp(buf_text(&verifier), r->out->about.verifier) != 0)
        result = error_set(r->error, ERROR_REFUSED,
                           T("%s is the key of another log than the backup's; name the right one with --log-key",
                             "%s is de sleutel van een ander logboek dan dat van de reservekopie; noem de juiste met "
                             "--log-key"),
                           r->log_key);
    buf_free(&verifier);
    return result;
}

/* Putting in place. */

/* Before the store, which would not be served without one. */
static int sign_as_backup(struct restoring *r)
{
    struct merkle_head head;
    struct note_key key;
    struct buf note;
    const char *checkpoint = r->out->about.checkpoint;
    if (r->last.note.len > 0)
        return 0;
    if (note_key_parse(r->out->about.verifier, strlen(r->out->about.verifier), &key, r->error) < 0 ||
        checkpoint_open(checkpoint, strlen(checkpoint), &key, &head, r->error) < 0)
        return -1;
    buf_init(&note, LOG_CHECKPOINT_MAX);
    buf_put_text(&note, checkpoint);
    if (buf_check(&note) < 0) {
        buf_free(&note);
        return error_no_memory(r->error);
    }
    r->out->signed_anew = true;
    return last_checkpoint_write(&r->last, &head, &note, r->error);
}

/* What the old store's changes would do to the new one is not to be thought of. */
static int remove_changes(const struct restoring *r)
{
    static const char *const endings[] = {"-wal", "-shm"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char name[PATH_MAX + 8];
        snprintf(name, sizeof name, "%s%s", r->target, endings[i]);
        if (file_remove(name) < 0)
            return error_from_errno(r->error, T("%s can't be removed", "%s kan niet verwijderd worden"), name);
    }
    return 0;
}

static int put_store(struct restoring *r)
{
    struct file_part part;
    if (file_part_begin(&part, r->target) < 0)
        return error_from_errno(r->error, T("%s can't be written", "%s kan niet geschreven worden"), r->target);
    if (check_sum(r, (off_t)r->out->about.bytes + ABOUT_BYTES, part.fd) < 0 || sign_as_backup(r) < 0) {
        file_part_drop(&part);
        return -1;
    }
    store_close(r->there); /* brings its changes in, so that it is whole until the very last */
    r->there = NULL;
    if (remove_changes(r) < 0) {
        file_part_drop(&part);
        return -1;
    }
    if (file_part_finish(&part, r->target, r->out->replaced) < 0)
        return error_from_errno(r->error, T("%s can't be put in its place", "%s kan niet op zijn plaats gezet worden"),
                                r->target);
    return 0;
}

static int restore_all(struct restoring *r)
{
    char operator_path[KEY_FILE_PATH_SIZE];
    if (name_files(r) < 0 || read_backup(r) < 0 || open_copy(r) < 0 || check_key(r) < 0 || lock_store(r) < 0 ||
        check_store_there(r) < 0 || check_signed(r) < 0)
        return -1;
    r->out->no_operator_key =
        operator_key_path(r->names->operator_key, r->names->dsn, operator_path) < 0 || !file_exists(operator_path);
    return put_store(r);
}

int restore_run(const char *path, const struct log_key_names *names, struct restored *out, struct error *error)
{
    struct restored found = {.replaced = false};
    struct restoring r = {.path = path, .names = names, .file = -1, .lock = -1, .out = &found, .error = error};
    r.last.file = -1;
    int result = restore_all(&r);
    last_checkpoint_close(&r.last);
    store_close(r.there);
    store_close(r.copy);
    if (r.lock >= 0)
        close(r.lock);
    if (r.file >= 0)
        close(r.file);
    if (result == 0)
        *out = found;
    return result;
}
