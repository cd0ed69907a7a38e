/* Files that are written step by step. Each test works in a folder of its own and leaves none behind. */
#include "base/file.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/file-part-test-XXXXXX";

static void enter(void)
{
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
}

static void leave(void)
{
    (void)remove("large");
    (void)remove("large.part");
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(rmdir(folder), 0);
}

TestSuite(file_part, .init = enter, .fini = leave);

static void put_part(struct file_part *part, const char *text)
{
    cr_assert_eq(file_append(part->fd, text, strlen(text)), 0);
}

static void assert_holds(const char *path, const char *text)
{
    struct buf found;
    buf_init(&found, 1000);
    cr_assert_eq(file_read(path, &found), 0);
    cr_assert_str_eq(buf_text(&found), text);
    buf_free(&found);
}

Test(file_part, is_in_its_place_when_it_is_finished_and_not_before)
{
    struct file_part part;
    struct stat status;
    cr_assert_eq(file_part_begin(&part, "large"), 0);
    put_part(&part, "een");
    cr_assert(!file_exists("large"));
    cr_assert_eq(file_part_finish(&part, "large", false), 0);
    assert_holds("large", "een");
    cr_assert(!file_exists("large.part"));
    cr_assert_eq(stat("large", &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0600);
}

Test(file_part, replaces_only_when_asked_to)
{
    struct file_part part;
    cr_assert_eq(file_create("large", "een", 3), 0);
    cr_assert_eq(file_part_begin(&part, "large"), 0);
    put_part(&part, "twee");
    cr_assert_eq(file_part_finish(&part, "large", false), -1);
    cr_assert_eq(errno, EEXIST);
    assert_holds("large", "een");
    cr_assert(!file_exists("large.part"));
    cr_assert_eq(file_part_begin(&part, "large"), 0);
    put_part(&part, "twee");
    cr_assert_eq(file_part_finish(&part, "large", true), 0);
    assert_holds("large", "twee");
}

Test(file_part, takes_the_place_of_no_device_or_pipe)
{
    struct file_part part;
    cr_assert_eq(mkfifo("pipe", 0600), 0);
    cr_assert_eq(file_part_begin(&part, "pipe"), -1);
    cr_assert_eq(errno, ENOTSUP);
    cr_assert(!file_exists("pipe.part"));
    cr_assert_eq(unlink("pipe"), 0);
}

Test(file_part, takes_over_what_was_left_and_not_what_is_being_written)
{
    struct file_part part, second;
    cr_assert_eq(file_create("large.part", "half of one that was killed", 27), 0);
    cr_assert_eq(file_part_begin(&part, "large"), 0);
    put_part(&part, "whole");
    cr_assert_eq(file_part_begin(&second, "large"), -1);
    cr_assert_eq(errno, EWOULDBLOCK);
    cr_assert_eq(file_part_finish(&part, "large", false), 0);
    assert_holds("large", "whole");
    cr_assert_eq(file_part_begin(&part, "large"), 0);
    file_part_drop(&part);
    cr_assert(!file_exists("large.part"));
    assert_holds("large", "whole");
}
