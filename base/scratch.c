/* Plain files, whole reads and writes. Knows nothing of what is in them. */
#include "base/scratch.h"
#include "base/file.h"
#include "base/lang.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *scratch_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && folder[0] != '\0' ? folder : "/var/tmp";
}

int scratch_fail(struct scratch *scratch, int why)
{
    if (scratch->why == 0)
        scratch->why = why;
    return -1;
}

int scratch_check(const struct scratch *scratch, struct error *error)
{
    if (scratch->why == 0)
        return 0;
    errno = scratch->why;
    return error_from_errno(error, T("temporary files in %s", "tijdelijke bestanden in %s"), scratch->folder);
}

int scratch_open(struct scratch *scratch)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/burgerpanel", scratch->folder) >= (int)sizeof path)
        return scratch_fail(scratch, ENAMETOOLONG);
    int fd = file_nameless(path);
    return fd < 0 ? scratch_fail(scratch, errno) : fd;
}

int scratch_write(struct scratch *scratch, int fd, uint64_t offset, const void *bytes, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t wrote = pwrite(fd, (const char *)bytes + done, len - done, (off_t)(offset + done));
        if (wrote < 0 && errno != EINTR)
            return scratch_fail(scratch, errno);
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    return 0;
}

int scratch_read(struct scratch *scratch, int fd, uint64_t offset, void *bytes, size_t len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t got = pread(fd, (char *)bytes + done, len - done, (off_t)(offset + done));
        if (got < 0 && errno != EINTR)
            return scratch_fail(scratch, errno);
        if (got == 0)
            break;
        done += got > 0 ? (size_t)got : 0;
    }
    memset((char *)bytes + done, 0, len - done);
    return 0;
}
