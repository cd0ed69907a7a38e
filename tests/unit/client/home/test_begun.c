/* Answers that are not signed yet: kept, read, taken away. */
#include "client/home/begun.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static struct buf answers;

static void prepare(void)
{
    kit_begin();
    buf_init(&answers, BEGUN_MAX);
}

static void finish(void)
{
    buf_free(&answers);
    kit_end();
}

TestSuite(begun, .init = prepare, .fini = finish);

static void keep(const char *action, int64_t revision, const char *json)
{
    struct response_id id = kit_id(action, revision);
    buf_reset(&answers);
    buf_put_text(&answers, json);
    cr_assert_eq(begun_keep(kit_folder(), &id, &answers), 0);
}

/* What is kept; NULL where it can't be read. */
static const char *kept(const char *action, int64_t revision)
{
    struct response_id id = kit_id(action, revision);
    buf_reset(&answers);
    return begun_read(kit_folder(), &id, &answers) < 0 ? NULL : buf_text(&answers);
}

Test(begun, keeps_the_latest_of_each_response_for_its_owner_alone)
{
    struct stat file, folder;
    cr_assert_null(kept("A-1", 1));
    cr_assert_eq(errno, ENOENT);
    keep("A-1", 1, "{\"q\":1}");
    keep("A-1", 1, "{\"q\":2}");
    keep("A-2", 3, "{}");
    cr_expect_str_eq(kept("A-1", 1), "{\"q\":2}");
    cr_expect_str_eq(kept("A-2", 3), "{}");
    cr_expect_null(kept("A-2", 4), "another response");
    cr_assert_eq(stat(kit_path("begun"), &folder), 0);
    cr_assert_eq(stat(kit_path("begun/round-1~A-1~0000000000000001.json"), &file), 0);
    cr_expect_eq(folder.st_mode & 0777, 0700);
    cr_expect_eq(file.st_mode & 0777, 0600);
}

Test(begun, does_not_give_what_is_damaged)
{
    static const char *const damaged[] = {"", "{\"q\":", "[1]", "3"};
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        keep("A-1", 1, damaged[i]);
        cr_expect_null(kept("A-1", 1), "%s", damaged[i]);
        cr_expect_eq(errno, EILSEQ);
    }
}

static int count(void *context, const struct response_id *id)
{
    (void)id;
    ++*(int *)context;
    return 0;
}

static int count_begun(void)
{
    int found = 0;
    cr_assert_eq(begun_each(kit_folder(), count, &found), 0);
    return found;
}

Test(begun, forgets_all_of_an_action_or_of_the_member)
{
    cr_expect_eq(begun_forget(kit_folder(), NULL, NULL), 0, "there is none yet");
    keep("A-1", 1, "{}");
    keep("A-1", 2, "{}");
    keep("A-2", 1, "{}");
    keep("A-3", 1, "{}");
    kit_write("begun/something else.json", "{}");
    cr_expect_eq(count_begun(), 4, "what is named otherwise is passed over");
    cr_assert_eq(begun_forget(kit_folder(), kit_id("A-1", 1).round, "A-1"), 0);
    cr_expect_eq(count_begun(), 2);
    cr_expect_not_null(kept("A-2", 1));
    cr_expect(begun_has(kit_folder(), kit_id("A-2", 1).round, "A-2"));
    cr_expect_not(begun_has(kit_folder(), kit_id("A-1", 1).round, "A-1"));
    cr_expect(begun_has(kit_folder(), NULL, "A-2"), "of any round");
    cr_expect_not(begun_has(kit_folder(), NULL, "A-1"));
    cr_assert_eq(begun_forget(kit_folder(), NULL, "A-2"), 0);
    cr_expect_null(kept("A-2", 1));
    cr_expect_not_null(kept("A-3", 1));
    cr_assert_eq(begun_forget(kit_folder(), NULL, NULL), 0);
    cr_expect_eq(count_begun(), 0);
}
