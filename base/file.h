/* Files read whole, and written whole or not at all. Knows no format. Any thread. On failure errno says why. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include <limits.h>
#include <stdbool.h>

/* Appends the file's bytes to `out`. -1: errno; EFBIG when it holds more than `out` may take. "-" is standard input. */
MUST_CHECK int file_read(const char *path, struct buf *out);

/* Writes a new file beside `path`, for its owner alone (0600), syncs it, puts it in place of `path` and syncs the
 * folder: who looks sees the old bytes or the new, also after a power cut. -1: errno, nothing changed, no stray file
 * left; but when only the folder's last sync failed (EIO), the new bytes may be there. What a power cut leaves half
 * done is named `.NAME.HEX.tmp`. A device, a pipe, and what /dev has of what is open, is written into as it stands. */
MUST_CHECK int file_write(const char *path, const void *bytes, size_t len);

/* As file_write, but -1 with EEXIST when `path` is there already; two processes at once can't both succeed. */
MUST_CHECK int file_create(const char *path, const void *bytes, size_t len);

/* A file that is too large to be held at once: written step by step beside its place, and then put there. */
struct file_part {
    int fd; /* for reading and writing */
    char path[PATH_MAX]; /* the file's own, and ".part" */
};

/* Begins with an empty part of mode 0600, for this process alone; what a process that was killed has left of one is
 * taken over. -1: errno, EWOULDBLOCK when another process is writing it, ENOTSUP where `path` is a device or a pipe. */
MUST_CHECK int file_part_begin(struct file_part *part, const char *path);

/* Syncs the part, puts it in the place of `path`, which it was begun for, and syncs the folder. Without `replace` -1
 * with EEXIST when `path` is there already. On failure errno, and the part is gone. */
MUST_CHECK int file_part_finish(struct file_part *part, const char *path, bool replace);

/* Removes it, unfinished. */
void file_part_drop(struct file_part *part);

/* A new file in the folder of `path`, for reading and writing by this user, that has no name and is gone once it is
 * closed. Returns the descriptor; -1: errno. */
MUST_CHECK int file_nameless(const char *path);

/* Whether a file of so many bytes could be made beside `path` now. -1: errno, ENOSPC and its like. */
MUST_CHECK int file_try_room(const char *path, size_t bytes);

/* Writes all the bytes where the descriptor stands. -1: errno; some of them may be written. */
MUST_CHECK int file_append(int fd, const void *bytes, size_t len);

/* Removes a file and syncs its folder. 0 also when it was not there. */
MUST_CHECK int file_remove(const char *path);

/* Makes the folder and those above it that are missing, for their owner alone (0700). 0 also when it was there. */
MUST_CHECK int file_make_folder(const char *path);

bool file_exists(const char *path);

/* Takes an exclusive lock on `path`, made with mode 0600 when missing; the lock lasts until the descriptor is closed or
 * the process ends. Returns the descriptor; -1: errno, EWOULDBLOCK when another process has it. */
MUST_CHECK int file_lock(const char *path);

/* Calls `each` with the name of every plain file in the folder that ends in `ending`, or, where that is NULL, of all
 * that is there, folders and links too, in byte order. Stops when `each` returns other than 0 and returns that; -1 with
 * errno when the folder can't be read; 0 when it is missing. */
MUST_CHECK int file_each(const char *folder, const char *ending, int (*each)(void *context, const char *name),
                         void *context);

#endif
