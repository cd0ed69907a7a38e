/* Paths in a member's folder: as asked for, and never cut. */
#include "client/home/path.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

Test(path, joins_the_folder_and_what_is_in_it)
{
    char path[PATH_MAX];
    cr_assert_eq(path_in_home(path, "/home/a", "%s/%s.json", "sent", "x"), 0);
    cr_expect_str_eq(path, "/home/a/sent/x.json");
}

/* Whether "HOME/x" of `total` characters in all can be had. */
static int join_to_length(size_t total)
{
    char home[PATH_MAX + 8], path[PATH_MAX];
    memset(home, 'h', sizeof home);
    home[total - 2] = '\0';
    errno = 0;
    return path_in_home(path, home, "x");
}

Test(path, is_refused_rather_than_cut)
{
    cr_expect_eq(join_to_length(PATH_MAX - 1), 0);
    cr_expect_eq(join_to_length(PATH_MAX), -1);
    cr_expect_eq(errno, ENAMETOOLONG);
    cr_expect_eq(join_to_length(PATH_MAX + 1), -1, "when the folder alone is too long already");
    cr_expect_eq(errno, ENAMETOOLONG);
}
