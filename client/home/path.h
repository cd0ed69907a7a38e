/* Paths in the folder of a member, for all that is kept there. Knows no file by name. Any thread. */
#ifndef CLIENT_HOME_PATH_H
#define CLIENT_HOME_PATH_H

#include "base/compiler.h"
#include <limits.h>
#include <stdbool.h>

/* Writes "HOME/", then what the format gives, as by printf. -1 with ENAMETOOLONG when that is PATH_MAX or longer. */
MUST_CHECK int path_in_home(char out[static PATH_MAX], const char *home, const char *format, ...) PRINTF_LIKE(3, 4);

/* Whether a file written at `file` would lie in the folder `home` or one of its own, wherever links lead. false where
 * either folder is not there. */
bool path_is_in_home(const char *file, const char *home);

/* The same of the folders that `homes` holds: beside them it may lie. */
bool path_is_in_one_of(const char *file, const char *homes);

#endif
