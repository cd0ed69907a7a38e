/* What a collector signed and should not have: kept word for word, once, for its owner alone. */
#include "base/file.h"
#include "base/json.h"
#include "client/home/evidence.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

TestSuite(evidence, .init = kit_begin, .fini = kit_end);

static int count_name(void *context, const char *name)
{
    (void)name;
    ++*(size_t *)context;
    return 0;
}

static size_t count_kept(void)
{
    size_t count = 0;
    cr_assert_eq(file_each(kit_path("evidence"), "", count_name, &count), 0);
    return count;
}

static void read_text(const char *path, struct buf *out)
{
    buf_reset(out);
    cr_assert_eq(file_read(path, out), 0, "%s", path);
}

Test(evidence, is_kept_word_for_word_for_its_owner_alone)
{
    struct slice text = {"signed\n", 7};
    struct stat about;
    struct buf back;
    char path[PATH_MAX];
    buf_init(&back, 100);
    cr_assert_eq(evidence_keep(kit_folder(), "checkpoint", "txt", &text, path), 0);
    read_text(path, &back);
    cr_expect_str_eq(buf_text(&back), "signed\n");
    cr_assert_eq(stat(path, &about), 0);
    cr_expect_eq(about.st_mode & 0777, 0600);
    cr_expect_str_eq(path, kit_path("evidence/checkpoint-ad093de033f89b59.txt"), "%s", path);
    buf_free(&back);
}

Test(evidence, is_kept_once_however_often_it_comes)
{
    struct slice text = {"signed", 6}, other = {"Signed", 6};
    char first[PATH_MAX], again[PATH_MAX];
    cr_assert_eq(evidence_keep(kit_folder(), "key", "txt", &text, first), 0);
    cr_assert_eq(evidence_keep(kit_folder(), "key", "txt", &text, again), 0);
    cr_expect_str_eq(first, again);
    cr_expect_eq(count_kept(), 1);
    cr_assert_eq(evidence_keep(kit_folder(), "key", "txt", &other, again), 0);
    cr_expect_eq(count_kept(), 2);
}

Test(evidence, of_an_answer_holds_what_was_signed_and_what_came_back)
{
    struct slice jws = {"a.b.c", 5}, answer = {"{\"index\":7}", 11};
    struct response_id id = kit_id("WA-1.03", 1);
    cr_assert_eq(evidence_keep_answer(kit_folder(), &id, &jws, &answer), 0);
    cr_assert_eq(evidence_keep_answer(kit_folder(), NULL, &jws, &answer), 0);
    cr_expect_eq(count_kept(), 2, "one named after the response, one after the enrolment");
    struct buf back;
    char path[PATH_MAX];
    struct slice record = {.text = "{\"jws\":\"a.b.c\",\"answer\":{\"index\":7}}\n"};
    record.len = strlen(record.text);
    buf_init(&back, 100);
    cr_assert_eq(evidence_keep(kit_folder(), "round-1~WA-1.03~0000000000000001", "json", &record, path), 0);
    cr_expect_eq(count_kept(), 2, "and this is the first of them");
    read_text(path, &back);
    cr_expect_str_eq(buf_text(&back), record.text);
    buf_free(&back);
}

Test(evidence, that_can_not_be_kept_is_said_to_be_so)
{
    struct slice text = {"signed", 6};
    char path[PATH_MAX];
    kit_write("evidence", "a file where the folder should be");
    cr_expect_eq(evidence_keep(kit_folder(), "key", "txt", &text, path), -1);
    cr_expect_neq(errno, 0);
}
