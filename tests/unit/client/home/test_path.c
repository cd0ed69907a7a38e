/* Paths in a member's folder: as asked for, and never cut. */
#include "client/home/path.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* However the place is named, from wherever. */
Test(path, is_known_to_lie_in_a_folder_or_beside_it)
{
    char root[] = "/tmp/path-test-XXXXXX";
    cr_assert(mkdtemp(root) && chdir(root) == 0);
    cr_assert(mkdir("homes", 0700) == 0 && mkdir("homes/1", 0700) == 0 && symlink("homes/1", "link") == 0);
    cr_expect(path_is_in_home("homes/1/key", "homes/1"));
    cr_expect(path_is_in_home("link/key", "homes/1"));
    cr_expect_not(path_is_in_home("homes/key", "homes/1"));
    cr_expect_not(path_is_in_home("homes/2/key", "homes/2"), "it is not there");
    cr_expect(path_is_in_one_of("homes/1/key", "homes"));
    cr_expect(path_is_in_one_of("link/key", "homes"));
    cr_expect(path_is_in_one_of("homes/../homes/1/key", "homes"));
    cr_expect_not(path_is_in_one_of("homes/report.csv", "homes"));
    cr_expect_not(path_is_in_one_of("report.csv", "homes"));
    cr_assert_eq(chdir("homes"), 0);
    cr_expect_not(path_is_in_one_of("report.csv", "."));
    cr_assert_eq(chdir("1"), 0);
    cr_expect(path_is_in_one_of("key", ".."));
    cr_expect(path_is_in_home("key", "."));
    cr_assert_eq(chdir(root), 0);
    cr_expect(unlink("link") == 0 && rmdir("homes/1") == 0 && rmdir("homes") == 0 && rmdir(root) == 0);
}
