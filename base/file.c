/* Files whole or not at all: new bytes go to a file beside the old one, which takes its place by a rename. */
#include "base/file.h"
#include "base/list.h"
#include "base/mem.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_again(const char *path, int flags, mode_t mode)
{
    int fd;
    do
        fd = open(path, flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static ssize_t read_again(int fd, void *to, size_t len)
{
    ssize_t got;
    do
        got = read(fd, to, len);
    while (got < 0 && errno == EINTR);
    return got;
}

static int sync_again(int fd)
{
    int result;
    do
        result = fsync(fd);
    while (result < 0 && errno == EINTR);
    return result;
}

/* Closes what nothing hangs on any more, leaving errno to the failure before it. */
static void close_quietly(int fd)
{
    int kept = errno;
    if (fd >= 0)
        close(fd);
    errno = kept;
}

static void unlink_quietly(const char *path)
{
    int kept = errno;
    unlink(path);
    errno = kept;
}

/* Takes room for the whole file at once: a buffer that has to move leaves a copy behind, which may be of a secret. */
static int reserve_for(int fd, struct buf *out)
{
    size_t room = out->max - out->len, wanted = 4096;
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        wanted = (size_t)st.st_size;
        if (wanted > room) {
            errno = EFBIG;
            return -1;
        }
    }
    if (buf_reserve(out, wanted < room ? wanted : room))
        return 0;
    errno = ENOMEM;
    return -1;
}

/* Reads one byte where the buffer is full, so that it only grows when there is more. 1, or 0 at the end, -1 on
 * failure. */
static int read_beyond(int fd, struct buf *out)
{
    char beyond;
    ssize_t got = read_again(fd, &beyond, 1);
    if (got <= 0)
        return (int)got;
    if (out->len == out->max) {
        errno = EFBIG;
        return -1;
    }
    buf_put_char(out, beyond);
    if (buf_check(out) == 0)
        return 1;
    errno = ENOMEM;
    return -1;
}

/* Reads some bytes more: 1, or 0 at the end, -1 on failure. */
static int read_some(int fd, struct buf *out)
{
    size_t room = out->cap - out->len - 1;
    if (room == 0)
        return read_beyond(fd, out);
    ssize_t got = read_again(fd, out->data + out->len, room);
    if (got > 0)
        out->len += (size_t)got;
    return got > 0 ? 1 : (int)got;
}

int file_read(const char *path, struct buf *out)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open_again(path, O_RDONLY, 0);
    if (fd < 0)
        return -1;
    size_t before = out->len;
    int more = reserve_for(fd, out);
    if (more == 0) {
        do
            more = read_some(fd, out);
        while (more > 0);
        if (more < 0)
            out->len = before;
        out->data[out->len] = '\0';
    }
    if (!standard)
        close_quietly(fd);
    return more;
}

int file_append(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len > 0) {
        ssize_t done = write(fd, at, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        at += done;
        len -= (size_t)done;
    }
    return 0;
}

/* The length of the part of the path that names the folder, its last slash included; 0 where there is none. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Opens the folder that holds `path`. */
static int open_folder_of(const char *path)
{
    char folder[PATH_MAX];
    size_t len = folder_length(path);
    if (len >= sizeof folder) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(folder, path, len);
    folder[len] = '\0';
    return open_again(len > 0 ? folder : ".", O_RDONLY | O_DIRECTORY, 0);
}

/* Makes what was done to the folder's names last. Some file systems can't sync a folder and say EINVAL: they are taken
 * as is. */
static int sync_folder(int fd)
{
    return sync_again(fd) == 0 || errno == EINVAL ? 0 : -1;
}

static int sync_folder_of(const char *path)
{
    int fd = open_folder_of(path);
    int result = fd >= 0 ? sync_folder(fd) : -1;
    close_quietly(fd);
    return result;
}

/* Makes an empty file of a new name beside `path`, the name put in `temporary`. Its ending is its own, so that who
 * lists the folder by ending does not take one that a power cut left for the real thing. */
static int open_beside(const char *path, char temporary[static PATH_MAX])
{
    size_t folder = folder_length(path);
    int fd = -1;
    do {
        uint64_t token;
        if (getrandom(&token, sizeof token, 0) != (ssize_t)sizeof token)
            return -1;
        int len = snprintf(temporary, PATH_MAX, "%.*s.%s.%016llx.tmp", (int)folder, path, path + folder,
                           (unsigned long long)token);
        if (len < 0 || len >= PATH_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        fd = open_again(temporary, O_RDWR | O_CREAT | O_EXCL, 0600);
    } while (fd < 0 && errno == EEXIST);
    return fd;
}

/* Writes and syncs a new file beside `path`; nothing is left of it on failure. */
static int write_beside(const char *path, const void *bytes, size_t len, char temporary[static PATH_MAX])
{
    int fd = open_beside(path, temporary);
    if (fd < 0)
        return -1;
    if (file_append(fd, bytes, len) < 0 || sync_again(fd) < 0) {
        close_quietly(fd);
        unlink_quietly(temporary);
        return -1;
    }
    close_quietly(fd); /* synced: there is nothing left that closing could lose */
    return 0;
}

int file_nameless(const char *path)
{
    char temporary[PATH_MAX];
    int fd = open_beside(path, temporary);
    if (fd >= 0)
        unlink_quietly(temporary);
    return fd;
}

int file_try_room(const char *path, size_t bytes)
{
    int fd = file_nameless(path);
    if (fd < 0)
        return -1;
    int why = posix_fallocate(fd, 0, (off_t)bytes);
    close_quietly(fd);
    errno = why;
    return why == 0 ? 0 : -1;
}

/* Renames where `to` must not be there. Not every file system can do that in one step; a hard link is as safe. */
static int rename_to_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (link(from, to) < 0)
        return -1;
    return unlink(from);
}

/* Both ways of putting a file in place. The folder is opened first, so that after the rename only its sync can fail. */
static int put_in_place(const char *path, const void *bytes, size_t len, int (*give_name)(const char *, const char *))
{
    int folder = open_folder_of(path);
    if (folder < 0)
        return -1;
    char temporary[PATH_MAX];
    int result = -1;
    if (write_beside(path, bytes, len, temporary) == 0) {
        if (give_name(temporary, path) == 0)
            result = sync_folder(folder);
        else
            unlink_quietly(temporary);
    }
    close_quietly(folder);
    return result;
}

/* Whether a device, a pipe or a socket has that name, or what is open elsewhere: nothing may take its place. */
static bool is_no_file(const char *path)
{
    struct stat st;
    if (strncmp(path, "/dev/", 5) == 0 && lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
        return true;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int write_into(const char *path, const void *bytes, size_t len)
{
    int fd = open_again(path, O_WRONLY, 0);
    int result = fd >= 0 ? file_append(fd, bytes, len) : -1;
    close_quietly(fd);
    return result;
}

int file_write(const char *path, const void *bytes, size_t len)
{
    if (is_no_file(path))
        return write_into(path, bytes, len);
    return put_in_place(path, bytes, len, rename);
}

int file_create(const char *path, const void *bytes, size_t len)
{
    /* Spares the writing in the common case; what decides between two at once is the rename. */
    if (file_exists(path)) {
        errno = EEXIST;
        return -1;
    }
    return put_in_place(path, bytes, len, rename_to_new);
}

/* Whether the name still leads to the open file: who finished it meanwhile has given it another. */
static bool is_still_named(int fd, const char *path)
{
    struct stat open, named;
    return fstat(fd, &open) == 0 && stat(path, &named) == 0 && open.st_ino == named.st_ino &&
           open.st_dev == named.st_dev;
}

int file_part_begin(struct file_part *part, const char *path)
{
    int len = snprintf(part->path, sizeof part->path, "%s.part", path);
    if (len < 0 || (size_t)len >= sizeof part->path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (is_no_file(path)) {
        errno = ENOTSUP;
        return -1;
    }
    part->fd = file_lock(part->path);
    if (part->fd < 0)
        return -1;
    if (is_still_named(part->fd, part->path)) {
        if (fchmod(part->fd, 0600) == 0 && ftruncate(part->fd, 0) == 0)
            return 0;
    } else {
        errno = EWOULDBLOCK;
    }
    close_quietly(part->fd);
    return -1;
}

void file_part_drop(struct file_part *part)
{
    unlink_quietly(part->path);
    close_quietly(part->fd);
}

int file_part_finish(struct file_part *part, const char *path, bool replace)
{
    if (sync_again(part->fd) < 0 || (replace ? rename : rename_to_new)(part->path, path) < 0) {
        file_part_drop(part);
        return -1;
    }
    close_quietly(part->fd);
    return sync_folder_of(path);
}

int file_remove(const char *path)
{
    if (unlink(path) < 0)
        return errno == ENOENT ? 0 : -1;
    return sync_folder_of(path);
}

/* Makes one folder whose parent is there, and syncs the parent: a file is not safe while its folder's name is not. */
static int make_one_folder(const char *path)
{
    if (mkdir(path, 0700) == 0)
        return sync_folder_of(path);
    if (errno != EEXIST)
        return -1;
    struct stat st;
    if (stat(path, &st) < 0)
        return -1;
    if (!S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        return -1;
    }
    return 0;
}

int file_make_folder(const char *path)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    if (len >= sizeof part) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(part, path, len + 1);
    while (len > 1 && part[len - 1] == '/')
        part[--len] = '\0';
    for (size_t i = 1; i < len; i++) {
        if (part[i] != '/' || part[i - 1] == '/')
            continue;
        part[i] = '\0';
        if (make_one_folder(part) < 0)
            return -1;
        part[i] = '/';
    }
    return make_one_folder(part);
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

int file_lock(const char *path)
{
    int fd = open_again(path, O_RDWR | O_CREAT, 0600);
    if (fd < 0)
        return -1;
    int result;
    do
        result = flock(fd, LOCK_EX | LOCK_NB);
    while (result < 0 && errno == EINTR);
    if (result < 0) {
        close_quietly(fd);
        return -1;
    }
    return fd;
}

/* Names that grow one by one. */
struct names {
    char **list;
    size_t count, capacity;
};

static void names_free(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        mem_free(names->list[i]);
    mem_free(names->list);
}

static int names_add(struct names *names, const char *name)
{
    char **list = list_grow(names->list, names->count, &names->capacity, sizeof *list);
    char *copy = list ? mem_copy_text(name, strlen(name)) : NULL;
    if (list)
        names->list = list;
    if (!copy) {
        errno = ENOMEM;
        return -1;
    }
    names->list[names->count++] = copy;
    return 0;
}

static int compare_file_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_plain(DIR *folder, const struct dirent *entry)
{
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_REG;
    struct stat st;
    return fstatat(dirfd(folder), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static bool is_listed(DIR *folder, const struct dirent *entry, const char *ending)
{
    const char *name = entry->d_name;
    if (!ending)
        return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
    size_t len = strlen(name), tail = strlen(ending);
    return len >= tail && strcmp(name + len - tail, ending) == 0 && is_plain(folder, entry);
}

/* Gathers all names first, so that `each` may add and remove files without the listing being disturbed. */
static int list_folder(DIR *folder, const char *ending, struct names *names)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry)
            return errno == 0 ? 0 : -1;
        if (is_listed(folder, entry, ending) && names_add(names, entry->d_name) < 0)
            return -1;
    }
}

int file_each(const char *folder, const char *ending, int (*each)(void *context, const char *name), void *context)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return errno == ENOENT ? 0 : -1;
    struct names names = {0};
    int result = list_folder(dir, ending, &names);
    int kept = errno;
    closedir(dir);
    if (result == 0 && names.count > 1)
        qsort(names.list, names.count, sizeof *names.list, compare_file_names);
    for (size_t i = 0; i < names.count && result == 0; i++) {
        result = each(context, names.list[i]);
        kept = errno;
    }
    names_free(&names);
    errno = kept;
    return result;
}
