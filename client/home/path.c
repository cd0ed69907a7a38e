/* One way to a path in a member's folder, so that one that is too long fails everywhere in the same way and is never
 * cut. See path.h. */
#include "client/home/path.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int path_in_home(char out[static PATH_MAX], const char *home, const char *format, ...)
{
    va_list arguments;
    int before = snprintf(out, PATH_MAX, "%s/", home);
    if (before < 0 || before >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    va_start(arguments, format);
    int len = vsnprintf(out + before, PATH_MAX - (size_t)before, format, arguments);
    va_end(arguments);
    if (len >= 0 && len < PATH_MAX - before)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

/* The folder of a file that need not be there, without links. -1: there is none. */
static int real_folder_of(const char *file, char out[static PATH_MAX])
{
    char folder[PATH_MAX];
    const char *slash = strrchr(file, '/');
    if (!slash)
        return realpath(".", out) ? 0 : -1;
    int len = snprintf(folder, sizeof folder, "%.*s/", (int)(slash - file), file);
    return len < PATH_MAX && realpath(folder, out) ? 0 : -1;
}

/* What follows `home` in the folder of the file, which is put in `folder`: "" where it is home itself. NULL: it lies
 * elsewhere. */
static const char *place_in_home(const char *file, const char *home, char folder[static PATH_MAX])
{
    char real_home[PATH_MAX];
    if (!realpath(home, real_home) || real_folder_of(file, folder) < 0)
        return NULL;
    size_t len = strlen(real_home);
    bool within = strncmp(folder, real_home, len) == 0 && (folder[len] == '\0' || folder[len] == '/');
    return within ? folder + len : NULL;
}

bool path_is_in_home(const char *file, const char *home)
{
    char folder[PATH_MAX];
    return place_in_home(file, home, folder) != NULL;
}

bool path_is_in_one_of(const char *file, const char *homes)
{
    char folder[PATH_MAX];
    const char *place = place_in_home(file, homes, folder);
    return place && place[0] != '\0';
}
