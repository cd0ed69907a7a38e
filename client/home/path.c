/* One way to a path in a member's folder, so that one that is too long fails everywhere in the same way and is never
 * cut. See path.h. */
#include "client/home/path.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

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
