/* A disk that fails as it is told, and remembers what it really holds: preloaded into a program (LD_PRELOAD), it stands
 * between it and pwrite(2), fsync(2) and their like, for files whose name ends in what FAULTS_FILES says, two endings
 * parted by a colon. Beside each it keeps NAME.durable, what would be there after a power cut: what was written goes in
 * when a sync succeeds. A sync that fails forgets what it was about, as Linux does: the next one knows nothing of it.
 *
 * The file FAULTS_CONTROL holds a line "CALL ERRNO COUNT ENDING SKIP": once SKIP calls (fsync, pwrite, ftruncate, or
 * short, which is a pwrite that writes the half) on such a file have gone well, COUNT fail with that number; then, or
 * when it is empty, all goes well. Test code: what goes wrong in here ends the program. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES_MAX 4
#define RANGES_MAX 65536

struct range {
    off_t at;
    size_t len;
};

struct watched {
    char name[4096];
    int durable;
    struct range *dirty;
    size_t count;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct watched files[FILES_MAX];
static size_t file_count;

static bool ends_in(const char *name, const char *ending, size_t len)
{
    size_t whole = strlen(name);
    return len > 0 && whole >= len && strncmp(name + whole - len, ending, len) == 0;
}

static bool is_watched(const char *name)
{
    const char *endings = getenv("FAULTS_FILES"), *second = endings ? strchr(endings, ':') : NULL;
    if (!endings)
        return false;
    return ends_in(name, endings, second ? (size_t)(second - endings) : strlen(endings)) ||
           (second && ends_in(name, second + 1, strlen(second + 1)));
}

static void copy_range(int from, int to, off_t at, size_t len)
{
    char bytes[65536];
    while (len > 0) {
        long got = syscall(SYS_pread64, from, bytes, len < sizeof bytes ? len : sizeof bytes, at);
        if (got <= 0)
            return;
        if (syscall(SYS_pwrite64, to, bytes, (size_t)got, at) != got)
            abort();
        at += got;
        len -= (size_t)got;
    }
}

/* The file behind a descriptor, if it is one of those; with the lock held. Begins with all that it holds as durable. */
static struct watched *find_watched(int fd)
{
    char link[64], name[4096], durable[4112];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, name, sizeof name - 1);
    if (len <= 0)
        return NULL;
    name[len] = '\0';
    for (size_t i = 0; i < file_count; i++)
        if (strcmp(files[i].name, name) == 0)
            return &files[i];
    if (!is_watched(name) || file_count == FILES_MAX)
        return NULL;
    struct watched *file = &files[file_count++];
    memcpy(file->name, name, (size_t)len + 1);
    snprintf(durable, sizeof durable, "%s.durable", name);
    file->durable = open(durable, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    file->dirty = calloc(RANGES_MAX, sizeof *file->dirty);
    struct stat status;
    if (file->durable < 0 || !file->dirty || fstat(fd, &status) < 0)
        abort();
    copy_range(fd, file->durable, 0, (size_t)status.st_size);
    return file;
}

/* Whether this call is to fail; errno is set then. With the lock held. */
static bool is_due(const char *call, const char *name)
{
    const char *path = getenv("FAULTS_CONTROL");
    char text[256] = "", which[16], ending[64];
    int number, count, skip = 0, control = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (control < 0)
        return false;
    bool meant = syscall(SYS_pread64, control, text, sizeof text - 1, 0) > 0 &&
                 sscanf(text, "%15s %d %d %63s %d", which, &number, &count, ending, &skip) >= 4 && count > 0 &&
                 strcmp(which, call) == 0 && ends_in(name, ending, strlen(ending));
    bool due = meant && skip == 0;
    if (meant) {
        int len = snprintf(text, sizeof text, "%s %d %d %s %d\n", which, number, due ? count - 1 : count, ending,
                           due ? 0 : skip - 1);
        if (syscall(SYS_ftruncate, control, 0L) < 0 || syscall(SYS_pwrite64, control, text, (size_t)len, 0L) != len)
            abort();
        if (due)
            errno = number;
    }
    int kept = errno;
    close(control);
    errno = kept;
    return due;
}

static int sync_file(int fd, long call)
{
    pthread_mutex_lock(&lock);
    struct watched *file = find_watched(fd);
    bool due = file && is_due("fsync", file->name);
    int result = due ? -1 : (int)syscall(call, fd);
    int kept = errno;
    for (size_t i = 0; file && result == 0 && i < file->count; i++)
        copy_range(fd, file->durable, file->dirty[i].at, file->dirty[i].len);
    if (file)
        file->count = 0;
    errno = kept;
    pthread_mutex_unlock(&lock);
    return result;
}

int fsync(int fd)
{
    return sync_file(fd, SYS_fsync);
}

int fdatasync(int fd)
{
    return sync_file(fd, SYS_fdatasync);
}

static ssize_t write_file(int fd, const void *bytes, size_t len, off_t at)
{
    pthread_mutex_lock(&lock);
    struct watched *file = find_watched(fd);
    if (file && len > 1 && is_due("short", file->name))
        len /= 2;
    ssize_t result = file && is_due("pwrite", file->name) ? -1 : (ssize_t)syscall(SYS_pwrite64, fd, bytes, len, at);
    int kept = errno;
    if (file && result > 0) {
        if (file->count == RANGES_MAX)
            abort();
        file->dirty[file->count++] = (struct range){at, (size_t)result};
    }
    errno = kept;
    pthread_mutex_unlock(&lock);
    return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return write_file(fd, bytes, len, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t at)
{
    return write_file(fd, bytes, len, at);
}

int ftruncate(int fd, off_t len)
{
    pthread_mutex_lock(&lock);
    struct watched *file = find_watched(fd);
    int result = file && is_due("ftruncate", file->name) ? -1 : (int)syscall(SYS_ftruncate, fd, len);
    int kept = errno;
    if (file && result == 0 && syscall(SYS_ftruncate, file->durable, len) < 0)
        abort();
    errno = kept;
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate64(int fd, off_t len)
{
    return ftruncate(fd, len);
}
