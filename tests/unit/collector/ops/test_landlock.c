/* What is named and can't be had costs nobody the sandbox. In children, since what is given up stays given up. */
#include "collector/ops/landlock.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(landlock, .init = kit_begin, .fini = kit_end);

#define NO_ROOT 65534

static int confine_and_look(const char *closed)
{
    char within[200];
    struct error error;
    snprintf(within, sizeof within, "%s/key", closed);
    const struct landlock_path paths[] = {
        {"/dev/null/key", true}, {within, true}, {"/nowhere/key", true}, {"/dev/null", false}};
    if (geteuid() == 0 && setresuid(NO_ROOT, NO_ROOT, NO_ROOT) != 0)
        return 1;
    if (open(within, O_PATH | O_CLOEXEC) >= 0 || errno != EACCES)
        return 2;
    switch (landlock_confine(paths, sizeof paths / sizeof *paths, &error)) {
    case LANDLOCK_FAILED:
        return 3;
    case LANDLOCK_LACKING:
        return 0;
    case LANDLOCK_DONE:
        break;
    }
    if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
        return 4;
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES ? 0 : 5;
}

Test(landlock, passes_over_what_can_not_be_come_to)
{
    int status;
    const char *closed = kit_path("closed");
    cr_assert_eq(mkdir(closed, 0), 0);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0)
        _exit(confine_and_look(closed));
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status));
    cr_assert_eq(WEXITSTATUS(status), 0, "%d", WEXITSTATUS(status));
}
