/* The C library has no functions for these calls yet. Rights that a kernel knows and we don't are not handled by it;
 * those that we know and it doesn't are left out (ABI 1 is Linux 5.13; 2, 5.19: REFER; 3, 6.2: TRUNCATE). */
#include "collector/ops/landlock.h"
#include "base/lang.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (UINT64_C(1) << 14)
#endif

#define RIGHTS_TO_READ_FILE LANDLOCK_ACCESS_FS_READ_FILE
#define RIGHTS_TO_READ (RIGHTS_TO_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define RIGHTS_TO_WRITE_FILE (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define RIGHTS_TO_WRITE (RIGHTS_TO_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG)

/* What nobody needs here, but is given up all the same. */
#define RIGHTS_TO_NOTHING                                                                                              \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_CHAR |                       \
     LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |                       \
     LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

/* All rights that this kernel can take away; 0: it has no Landlock, or it was not started with it. */
static uint64_t ask_known_rights(void)
{
    uint64_t rights = RIGHTS_TO_READ | RIGHTS_TO_WRITE | RIGHTS_TO_NOTHING | LANDLOCK_ACCESS_FS_REFER;
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return 0;
    if (version < 2)
        rights &= ~(uint64_t)LANDLOCK_ACCESS_FS_REFER; /* which it refuses always */
    if (version < 3)
        rights &= ~(uint64_t)LANDLOCK_ACCESS_FS_TRUNCATE;
    return rights;
}

static int tell_landlock_failed(struct error *error, const char *path)
{
    return error_from_errno(error, T("%s can't be given to the sandbox", "%s kan niet aan de zandbak gegeven worden"),
                            path);
}

/* Why a path can't be had that its user could not have opened without a sandbox either. */
static bool is_out_of_reach(int why)
{
    return why == ENOENT || why == ENOTDIR || why == EACCES || why == ELOOP;
}

/* A file takes fewer rights than a folder does. */
static int add_path(int ruleset, const struct landlock_path *path, uint64_t known, struct error *error)
{
    struct stat status;
    int file = open(path->path, O_PATH | O_CLOEXEC);
    if (file < 0 && is_out_of_reach(errno))
        return 0;
    if (file < 0 || fstat(file, &status) < 0) {
        tell_landlock_failed(error, path->path);
        if (file >= 0)
            close(file);
        return -1;
    }
    bool folder = S_ISDIR(status.st_mode);
    uint64_t rights = folder ? RIGHTS_TO_READ : RIGHTS_TO_READ_FILE;
    if (path->writable)
        rights |= folder ? RIGHTS_TO_WRITE : RIGHTS_TO_WRITE_FILE;
    const struct landlock_path_beneath_attr rule = {.allowed_access = rights & known, .parent_fd = file};
    long result = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    if (result < 0)
        tell_landlock_failed(error, path->path);
    close(file);
    return result < 0 ? -1 : 0;
}

/* By a ruleset that is made for it and closed by the caller. */
static int confine_by(int ruleset, const struct landlock_path *paths, size_t count, uint64_t known, struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (add_path(ruleset, &paths[i], known, error) < 0)
            return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0)
        return 0;
    return error_from_errno(error, T("files can't be put out of reach", "bestanden kunnen niet buiten bereik gezet "
                                                                        "worden"));
}

enum landlock_result landlock_confine(const struct landlock_path *paths, size_t count, struct error *error)
{
    const struct landlock_ruleset_attr attributes = {.handled_access_fs = ask_known_rights()};
    if (attributes.handled_access_fs == 0)
        return LANDLOCK_LACKING;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset < 0) {
        error_from_errno(error, T("files can't be put out of reach", "bestanden kunnen niet buiten bereik gezet "
                                                                     "worden"));
        return LANDLOCK_FAILED;
    }
    int result = confine_by(ruleset, paths, count, attributes.handled_access_fs, error);
    close(ruleset);
    return result < 0 ? LANDLOCK_FAILED : LANDLOCK_DONE;
}
