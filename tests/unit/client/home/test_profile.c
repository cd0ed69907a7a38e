/* A member's folder: the key, the lock, the enrolment. */
#include "base/file.h"
#include "base/mem.h"
#include "client/home/profile.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(profile, .init = kit_begin, .fini = kit_end);

static struct buf text_of(const char *text)
{
    struct buf b;
    buf_init(&b, 4096);
    buf_put_text(&b, text);
    return b;
}

Test(profile, keeps_the_key_for_its_owner_alone)
{
    struct profile profile;
    struct stat about;
    char kid[KID_SIZE];
    cr_assert_eq(profile_open(&profile, kit_path("m"), true), PROFILE_OPEN);
    cr_expect_not(profile_is_enrolled(&profile));
    cr_expect_str_eq(profile.kid, "");
    cr_assert_eq(profile_make_key(&profile), 0);
    memcpy(kid, profile.kid, sizeof kid);
    profile_close(&profile);
    cr_assert_eq(stat(kit_path("m/key"), &about), 0);
    cr_expect_eq(about.st_mode & 0777, 0600);
    cr_assert_eq(stat(kit_path("m"), &about), 0);
    cr_expect_eq(about.st_mode & 0777, 0700);
    cr_assert_eq(profile_open(&profile, kit_path("m"), false), PROFILE_OPEN);
    cr_expect_str_eq(profile.kid, kid);
    cr_expect_eq(profile_make_key(&profile), 0, "the key that is there stays");
    cr_expect_str_eq(profile.kid, kid);
    profile_close(&profile);
}

Test(profile, remembers_the_enrolment)
{
    struct profile profile;
    struct buf answer = text_of("{\"index\":41,\"kid\":\"x\",\"receipt\":\"r\"}");
    cr_assert_eq(profile_open(&profile, kit_path("m"), true), PROFILE_OPEN);
    cr_assert_eq(profile_make_key(&profile), 0);
    cr_assert_eq(profile_set_enrolled(&profile, "http://h", "wau", "a.b.c", &answer), 0);
    profile_close(&profile);
    cr_assert_eq(profile_open(&profile, kit_path("m"), false), PROFILE_OPEN);
    cr_expect(profile_is_enrolled(&profile));
    cr_expect_str_eq(profile.url, "http://h");
    cr_expect_str_eq(profile.panel, "wau");
    cr_expect_eq(profile.index, 41);
    profile_close(&profile);
    buf_free(&answer);
}

Test(profile, notes_no_enrolment_when_the_answer_is_none)
{
    struct profile profile;
    struct buf answer = text_of("<html>");
    cr_assert_eq(profile_open(&profile, kit_path("m"), true), PROFILE_OPEN);
    cr_assert_eq(profile_make_key(&profile), 0);
    cr_expect_eq(profile_set_enrolled(&profile, "http://h", "wau", "a.b.c", &answer), -1);
    cr_expect_eq(errno, EILSEQ);
    cr_expect_not(profile_is_enrolled(&profile));
    cr_expect_not(file_exists(kit_path("m/member.json")));
    profile_close(&profile);
    buf_free(&answer);
}

Test(profile, is_missing_when_it_was_never_made)
{
    struct profile profile;
    cr_expect_eq(profile_open(&profile, kit_path("m"), false), PROFILE_MISSING);
    cr_expect_not(file_exists(kit_path("m")));
}

Test(profile, is_busy_when_another_process_has_it)
{
    struct profile profile;
    cr_assert_eq(profile_open(&profile, kit_path("m"), true), PROFILE_OPEN);
    pid_t child = fork();
    if (child == 0) {
        struct profile other;
        _exit(profile_open(&other, kit_path("m"), true) == PROFILE_BUSY ? 0 : 1);
    }
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    profile_close(&profile);
    cr_assert_eq(profile_open(&profile, kit_path("m"), true), PROFILE_OPEN);
    profile_close(&profile);
}

Test(profile, is_damaged_when_the_key_is_no_key)
{
    static const char *const keys[] = {"",
                                       "\n",
                                       "AAAA\n",
                                       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n",
                                       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nmore"};
    struct profile profile;
    cr_assert_eq(mkdir(kit_path("m"), 0700), 0);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        kit_write("m/key", keys[i]);
        cr_expect_eq(profile_open(&profile, kit_path("m"), true), PROFILE_DAMAGED, "%zu", i);
    }
}

Test(profile, is_damaged_when_the_membership_is_of_another_key)
{
    struct profile profile;
    cr_assert_eq(profile_open(&profile, kit_path("m"), true), PROFILE_OPEN);
    cr_assert_eq(profile_make_key(&profile), 0);
    profile_close(&profile);
    kit_write("m/member.json",
              "{\"url\":\"http://h\",\"panel\":\"wau\",\"kid\":\"x\",\"jws\":\"a\",\"answer\":{\"index\":1}}");
    cr_expect_eq(profile_open(&profile, kit_path("m"), true), PROFILE_DAMAGED);
    kit_write("m/member.json", "{");
    cr_expect_eq(profile_open(&profile, kit_path("m"), true), PROFILE_DAMAGED);
}

Test(profile, goes_where_the_environment_says)
{
    struct buf home;
    buf_init(&home, 4096);
    setenv("XDG_DATA_HOME", "/x", 1);
    setenv("HOME", "/h", 1);
    cr_assert_eq(profile_default_home(&home), 0);
    cr_expect_str_eq(buf_text(&home), "/x/burgerpanel");
    setenv("XDG_DATA_HOME", "relative", 1);
    buf_reset(&home);
    cr_assert_eq(profile_default_home(&home), 0);
    cr_expect_str_eq(buf_text(&home), "/h/.local/share/burgerpanel");
    unsetenv("HOME");
    cr_expect_eq(profile_default_home(&home), -1);
    buf_free(&home);
}

/* Wherever memory runs out: no half profile, and no lock left behind. */
Test(profile, opens_later_when_memory_ran_out)
{
    struct profile profile;
    struct buf answer = text_of("{\"index\":41}");
    cr_assert_eq(profile_open(&profile, kit_path("m"), true), PROFILE_OPEN);
    cr_assert_eq(profile_make_key(&profile), 0);
    cr_assert_eq(profile_set_enrolled(&profile, "http://h", "wau", "a.b.c", &answer), 0);
    profile_close(&profile);
    for (unsigned long n = 1;; n++) {
        mem_fail_at(n);
        enum profile_result result = profile_open(&profile, kit_path("m"), false);
        int failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(result, failed ? PROFILE_FAILED : PROFILE_OPEN, "allocation %lu", n);
        if (result == PROFILE_OPEN)
            profile_close(&profile);
        if (!failed) {
            cr_assert_gt(n, 1);
            break;
        }
    }
    cr_expect_eq(profile_open(&profile, kit_path("m"), false), PROFILE_OPEN);
    profile_close(&profile);
    buf_free(&answer);
}
