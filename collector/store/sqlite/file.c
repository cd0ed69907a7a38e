/* Which files, whose, and what has become of them. */
#include "collector/store/sqlite/file.h"
#include "base/error.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/store/sqlite/index.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define CHECKPOINT_FRAMES 2000 /* pages in the log of changes after which they are brought into the database */

static const char *const endings[SQLITE_FILES] = {"", "-wal", "-shm", ".lock"};

/* Names. */

int sqlite_file_name(struct store_sqlite *s, const char *path)
{
    char real[PATH_MAX], name[PATH_MAX + 8];
    if (strcmp(path, ":memory:") == 0)
        return 0;
    if (strlen(path) >= sizeof real)
        return sqlite_refuse(s, error_of_errno(ENAMETOOLONG));
    if (!realpath(path, real))
        memcpy(real, path, strlen(path) + 1); /* there is nothing yet, or nothing that can be reached */
    for (int kind = 0; kind < SQLITE_FILES; kind++) {
        snprintf(name, sizeof name, "%s%s", real, endings[kind]);
        s->names[kind] = mem_copy_text(name, strlen(name));
        if (!s->names[kind]) {
            error_no_memory(&s->store.error);
            return -1;
        }
    }
    return 0;
}

int sqlite_file_create(struct store_sqlite *s)
{
    const char *name = s->names[SQLITE_DATABASE];
    int file = name ? open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    if (!name || (file < 0 && errno == EEXIST))
        return 0;
    int result = file >= 0 ? fchmod(file, 0600) : -1;
    if (result < 0)
        error_set(&s->store.error, ERROR_IO,
                  T("%s: the store can't be made: %s", "%s: de opslag kan niet gemaakt worden: %s"), name,
                  error_of_errno(errno));
    if (file >= 0)
        close(file); /* before SQLite has it open: closing lets go of all locks of the process */
    return result;
}

/* Reading alone. */

static bool may_write_beside(const char *name)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(name, '/');
    size_t len = slash ? (size_t)(slash - name) : 0;
    if (len >= sizeof folder)
        return false;
    memcpy(folder, slash ? name : ".", slash ? len : 1);
    folder[slash ? len : 1] = '\0';
    return access(len > 0 || !slash ? folder : "/", W_OK) == 0;
}

/* Files of another owner are never made beside the store: its collector could not open them. */
enum sqlite_reading sqlite_file_reading(struct store_sqlite *s)
{
    struct stat changes;
    const char *name = s->names[SQLITE_DATABASE];
    if (access(name, W_OK) == 0 && may_write_beside(name))
        return SQLITE_WRITABLE;
    bool has_changes = stat(s->names[SQLITE_CHANGES], &changes) == 0;
    if (has_changes && access(s->names[SQLITE_CHANGES], R_OK) == 0 && access(s->names[SQLITE_INDEX], R_OK) == 0)
        return SQLITE_SHARED;
    if (!has_changes || changes.st_size == 0)
        return SQLITE_UNCHANGING;
    sqlite_refuse(s,
                  T("what -wal beside it holds can't be read by who may write nothing there; copy both into a folder "
                    "of your own, and name that copy with --store",
                    "wat -wal ernaast bevat is niet leesbaar voor wie daar niets mag schrijven; kopieer beide naar "
                    "een eigen map, en noem die kopie met --store"));
    return SQLITE_UNREADABLE;
}

/* Identity. */

/* Whether the name is where something was mounted: a file under another name than those beside it. */
static bool is_mounted(const char *name)
{
    struct statx status;
    return statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, STATX_INO, &status) == 0 &&
           (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

static int tell_other_name(struct store_sqlite *s)
{
    return sqlite_refuse(
        s, T("this file has another name too, by a link or a mount; who opens it by that one writes beside this one: "
             "remove the other name",
             "dit bestand heeft nog een naam, door een koppeling of een mount; wie het daarmee opent schrijft hier "
             "naast: verwijder die andere naam"));
}

static int note_file(struct store_sqlite *s, enum sqlite_file_kind kind)
{
    struct stat now;
    if (stat(s->names[kind], &now) < 0)
        return sqlite_refuse(s, error_of_errno(errno));
    if (now.st_nlink != 1 || is_mounted(s->names[kind]))
        return tell_other_name(s);
    s->files[kind] = (struct sqlite_file){now.st_dev, now.st_ino, now.st_size};
    if (kind == SQLITE_DATABASE)
        s->written = now.st_mtim;
    return 0;
}

int sqlite_file_note(struct store_sqlite *s)
{
    if (!s->names[SQLITE_DATABASE])
        return 0;
    for (int kind = 0; kind < SQLITE_LOCK; kind++)
        if (note_file(s, (enum sqlite_file_kind)kind) < 0)
            return -1;
    return 0;
}

int sqlite_file_note_unchanging(struct store_sqlite *s)
{
    struct stat now;
    if (stat(s->names[SQLITE_DATABASE], &now) < 0)
        return sqlite_refuse(s, error_of_errno(errno));
    s->files[SQLITE_DATABASE] = (struct sqlite_file){now.st_dev, now.st_ino, now.st_size};
    s->written = now.st_mtim;
    return 0;
}

static const char *text_cut_by_another(void)
{
    return T("the store's file was cut off by another program",
             "het bestand van de opslag is door een ander programma afgekapt");
}

static const char *text_written_by_another(void)
{
    return T("the store's file was written to by another program",
             "er is door een ander programma in het bestand van de opslag geschreven");
}

/* What has become of a file that is not what it was. */
static int tell_lost(struct store_sqlite *s, enum sqlite_file_kind kind, const char *what)
{
    error_set(&s->lost, ERROR_IO, "%s: %s", s->names[kind], what);
    s->store.error = s->lost;
    return -1;
}

static bool is_same_moment(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Who serves empties the log of changes after an erasure. Others see by the index how much of it counts, which is all
 * that has to be there: before the look at its length or after it, for it may be emptied or grow meanwhile. */
static bool is_emptied(const struct store_sqlite *s, enum sqlite_file_kind kind, struct stat *now)
{
    if (kind != SQLITE_CHANGES || s->lock >= 0)
        return false;
    uint64_t before = index_counted_bytes(s->db);
    if (stat(s->names[kind], now) < 0)
        return false;
    return (uint64_t)now->st_size >= before || (uint64_t)now->st_size >= index_counted_bytes(s->db);
}

static int check_file(struct store_sqlite *s, enum sqlite_file_kind kind, struct stat *now)
{
    struct sqlite_file *file = &s->files[kind];
    if (stat(s->names[kind], now) < 0)
        return tell_lost(s, kind,
                         errno == ENOENT ? T("the store's file was removed or moved away; put it back",
                                             "het bestand van de opslag is verwijderd of verplaatst; zet het terug")
                                         : error_of_errno(errno));
    if (now->st_ino != file->inode || now->st_dev != file->device)
        return tell_lost(s, kind,
                         T("the store's file was removed or replaced; put it back",
                           "het bestand van de opslag is verwijderd of vervangen; zet het terug"));
    if (now->st_nlink != 1 && !s->reading)
        return tell_lost(s, kind,
                         T("the store's file has been given another name (a hard link); remove that",
                           "het bestand van de opslag heeft een tweede naam gekregen (een harde koppeling); verwijder "
                           "die"));
    if (now->st_size < file->size && !is_emptied(s, kind, now))
        return tell_lost(s, kind, text_cut_by_another());
    file->size = now->st_size;
    return 0;
}

int sqlite_file_check_length(struct store_sqlite *s)
{
    struct stat now;
    if (s->changes < 0 || fstat(s->changes, &now) < 0 || now.st_size >= s->files[SQLITE_CHANGES].size)
        return 0;
    return tell_lost(s, SQLITE_CHANGES, text_cut_by_another());
}

static bool index_is_kept(const struct store_sqlite *s)
{
    return s->changes < 0 || index_knows(s->db, &s->seen, s->changes);
}

int sqlite_file_check_index(struct store_sqlite *s)
{
    return index_is_kept(s) ? 0 : tell_lost(s, SQLITE_INDEX, text_written_by_another());
}

/* A log of changes that was cut and has grown again has a hole where the cut was; one that was written over holds other
 * bytes than after the last commit, or did when this one came. */
static int check_changes(struct store_sqlite *s)
{
    if (s->changes < 0)
        return 0;
    if (changes_have_hole(s->changes, s->files[SQLITE_CHANGES].size))
        return tell_lost(s, SQLITE_CHANGES, text_cut_by_another());
    if (s->overwritten || !changes_are_kept(&s->seen, s->changes, (size_t)s->page_bytes))
        return tell_lost(s, SQLITE_CHANGES, text_written_by_another());
    return 0;
}

/* What another hand has removed is written into the database while it is still open here, as far as nobody else can
 * have written there. */
static void rescue_changes(struct store_sqlite *s)
{
    struct stat now;
    if (s->lock < 0 || access(s->names[SQLITE_CHANGES], F_OK) == 0 || stat(s->names[SQLITE_DATABASE], &now) < 0 ||
        now.st_ino != s->files[SQLITE_DATABASE].inode || !is_same_moment(&now.st_mtim, &s->written))
        return;
    (void)sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_FULL, NULL, NULL);
}

static int check_written(struct store_sqlite *s, const struct stat *database)
{
    if (is_same_moment(&database->st_mtim, &s->written))
        return 0;
    return tell_lost(s, SQLITE_DATABASE, text_written_by_another());
}

/* Beside what all look at: whether the database was written to by another hand. */
static int check_served(struct store_sqlite *s, const struct stat *database)
{
    struct stat now;
    if (check_written(s, database) < 0)
        return -1;
    return check_changes(s) < 0 ? -1 : check_file(s, SQLITE_LOCK, &now);
}

int sqlite_file_check(struct store_sqlite *s)
{
    struct stat database, other;
    if (s->files[SQLITE_DATABASE].inode == 0)
        return 0;
    if (s->lost.kind != ERROR_NONE) {
        s->store.error = s->lost;
        return -1;
    }
    if (check_file(s, SQLITE_DATABASE, &database) < 0)
        return -1;
    if (s->reading)
        return check_written(s, &database);
    if (check_file(s, SQLITE_CHANGES, &other) < 0 || check_file(s, SQLITE_INDEX, &other) < 0) {
        rescue_changes(s);
        return -1;
    }
    return s->lock >= 0 ? check_served(s, &database) : 0;
}

enum store_result sqlite_file_look(struct store *store)
{
    return sqlite_file_check(sqlite_of(store)) == 0 ? STORE_OK : STORE_FAILED;
}

/* Serving. */

static int note_frames(void *context, sqlite3 *db, const char *name, int frames)
{
    (void)db;
    (void)name;
    struct store_sqlite *s = context;
    s->frames = frames;
    if (!index_is_kept(s) || !changes_are_kept(&s->seen, s->changes, (size_t)s->page_bytes) ||
        changes_note(&s->seen, s->changes, frames, (size_t)s->page_bytes) < 0)
        s->overwritten = true;
    return SQLITE_OK;
}

/* Our own writing to the database is no other hand's. */
static void note_written(struct store_sqlite *s)
{
    struct stat now;
    if (stat(s->names[SQLITE_DATABASE], &now) == 0 && now.st_ino == s->files[SQLITE_DATABASE].inode)
        s->written = now.st_mtim;
}

void sqlite_file_checkpoint(struct store_sqlite *s)
{
    if (s->lock < 0 || s->frames < CHECKPOINT_FRAMES)
        return;
    /* What fails here fails again at the next one, or in the commit that finds no room. */
    (void)sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    note_written(s);
}

static int tell_not_serving(struct store_sqlite *s)
{
    const char *name = s->names[SQLITE_DATABASE];
    if (errno == EWOULDBLOCK)
        return error_set(&s->store.error, ERROR_BUSY,
                         T("another collector is serving %.400s; stop that one first",
                           "een andere verzamelaar bedient %.400s al; stop die eerst"),
                         name);
    return error_set(&s->store.error, ERROR_IO,
                     T("%.400s.lock can't be locked: %s", "%.400s.lock kan niet vergrendeld worden: %s"), name,
                     error_of_errno(errno));
}

static int take_lock(struct store_sqlite *s)
{
    s->lock = file_lock(s->names[SQLITE_LOCK]);
    if (s->lock < 0)
        return tell_not_serving(s);
    s->changes = open(s->names[SQLITE_CHANGES], O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (s->changes < 0)
        return sqlite_refuse(s, error_of_errno(errno));
    if (sqlite_query_number(s, "PRAGMA page_size", &s->page_bytes) < 0)
        return -1;
    sqlite3_wal_hook(s->db, note_frames, s);
    return note_file(s, SQLITE_LOCK);
}

enum store_result sqlite_file_serve(struct store *store)
{
    struct store_sqlite *s = sqlite_of(store);
    if (s->lock >= 0 || !s->names[SQLITE_LOCK])
        return STORE_OK;
    return take_lock(s) == 0 ? STORE_OK : STORE_FAILED;
}

void sqlite_file_leave(struct store_sqlite *s)
{
    if (!s->db || (sqlite_file_check(s) == 0 && index_is_kept(s)))
        return;
    if (s->changes >= 0)
        index_forget(s->db); /* others in this process would close by it, and write by it what is not so */
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

void sqlite_file_close(struct store_sqlite *s)
{
    if (s->changes >= 0)
        close(s->changes);
    if (s->lock >= 0)
        close(s->lock);
    for (int kind = 0; kind < SQLITE_FILES; kind++)
        mem_free(s->names[kind]);
}

/* Settling. */

/* Writes the same bytes once more and syncs them: after a sync that failed, the system may hold for written what never
 * reached the disk, and the next sync then says nothing of it. */
static int write_again(int file)
{
    char bytes[65536];
    off_t at = 0;
    ssize_t len;
    while ((len = pread(file, bytes, sizeof bytes, at)) > 0) {
        if (pwrite(file, bytes, (size_t)len, at) != len)
            return -1;
        at += len;
    }
    return len < 0 ? -1 : fsync(file);
}

/* Under the lock for writing, so that nobody else writes there. */
static int settle_changes(struct store_sqlite *s)
{
    if (s->changes >= 0 && write_again(s->changes) < 0) {
        error_set(&s->store.error, ERROR_IO, "%s: %s", s->names[SQLITE_CHANGES], error_of_errno(errno));
        return -1;
    }
    return sqlite_execute(s, "UPDATE log SET verifier = verifier");
}

enum store_result sqlite_file_settle(struct store *store)
{
    struct store_sqlite *s = sqlite_of(store);
    if (sqlite_execute(s, "BEGIN IMMEDIATE") < 0)
        return STORE_FAILED;
    if (settle_changes(s) == 0 && sqlite_execute(s, "COMMIT") == 0)
        return sqlite_file_look(store);
    struct error kept = store->error;
    if (sqlite3_get_autocommit(s->db) == 0)
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    store->error = kept;
    return STORE_FAILED;
}

/* Erasing. */

/* Waits for no reader: these may be on their way for minutes. */
static int empty_changes(struct store_sqlite *s)
{
    sqlite3_busy_timeout(s->db, 0);
    int code = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_timeout(s->db, SQLITE_BUSY_TIMEOUT_MS);
    return code;
}

/* Wherever a page stood before, it is in the database alone now, where what is deleted is written over. */
enum store_result sqlite_file_settle_erasure(struct store *store)
{
    struct store_sqlite *s = sqlite_of(store);
    if (!s->names[SQLITE_DATABASE])
        return STORE_OK;
    if (s->lock < 0)
        return sqlite_fail(
            s, ERROR_REFUSED,
            T("only who serves this store may empty -wal", "alleen wie deze opslag bedient mag -wal legen"));
    if (sqlite_file_check(s) < 0)
        return STORE_FAILED;
    int code = empty_changes(s);
    if (code == SQLITE_OK) {
        s->files[SQLITE_CHANGES].size = 0;
        s->seen = (struct changes_seen){0};
        s->frames = 0;
    }
    note_written(s);
    if (code == SQLITE_OK)
        return STORE_OK;
    return (code & 0xff) == SQLITE_BUSY ? STORE_NONE : sqlite_failed(s);
}

/* Resting. */

/* In the database alone nothing depends on -wal, whoever removes that in the moment before the process is killed. */
enum store_result sqlite_file_rest(struct store *store)
{
    struct store_sqlite *s = sqlite_of(store);
    int frames = 0, moved = 0;
    if (s->lock < 0)
        return STORE_OK;
    if (sqlite_file_check_index(s) < 0 || sqlite_file_check(s) < 0)
        return STORE_FAILED;
    int code = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &frames, &moved);
    note_written(s);
    return code == SQLITE_OK && frames == moved ? STORE_OK : STORE_NONE;
}

uint64_t sqlite_file_space(const struct store *store)
{
    const struct store_sqlite *s = (const struct store_sqlite *)store;
    struct statvfs disk;
    if (!s->names[SQLITE_DATABASE] || statvfs(s->names[SQLITE_DATABASE], &disk) < 0)
        return UINT64_MAX;
    return (uint64_t)disk.f_bavail * disk.f_frsize;
}
