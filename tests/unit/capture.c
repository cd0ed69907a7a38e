/* A memory file in the place of a standard descriptor. */
#include "tests/unit/capture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static int kept[3];
static char texts[3][65536];

void capture_begin(int fd)
{
    int file = memfd_create("capture", 0);

    fflush(NULL);
    kept[fd] = dup(fd);
    cr_assert(file >= 0 && kept[fd] >= 0 && dup2(file, fd) == fd);
    close(file);
}

const char *capture_end(int fd)
{
    ssize_t len;

    fflush(NULL);
    len = pread(fd, texts[fd], sizeof texts[fd] - 1, 0);
    dup2(kept[fd], fd);
    close(kept[fd]);
    cr_assert_geq(len, 0);
    texts[fd][len] = '\0';
    return texts[fd];
}
