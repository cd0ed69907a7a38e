#include "base/mem.h"
#include "panel/faults.h"
#include "tests/unit/panel/kit.h"
#include <criterion/criterion.h>
#include <string.h>

Test(faults, keeps_place_and_phrase)
{
    struct faults faults;
    faults_init(&faults);
    cr_assert_not(faults_any(&faults));
    char where[] = "/rounds/0";
    faults_add(&faults, where, "%s is %d", "this", 3);
    where[0] = '!';
    cr_assert(faults_any(&faults));
    cr_assert_eq(faults.count, 1);
    cr_assert_str_eq(faults.list[0].where, "/rounds/0");
    cr_assert_str_eq(faults.list[0].what, "this is 3");
    faults_free(&faults);
    cr_assert_not(faults_any(&faults));
}

Test(faults, only_counts_what_comes_after_the_first_hundred)
{
    struct faults faults;
    faults_init(&faults);
    for (int i = 0; i < 250; i++)
        faults_add(&faults, "/", "fault %d", i);
    cr_assert_eq(faults.count, FAULTS_MAX);
    cr_assert_eq(faults.total, 250);
    cr_assert_str_eq(faults.list[FAULTS_MAX - 1].what, "fault 99");
    faults_free(&faults);
}

Test(faults, cuts_a_long_phrase_between_two_characters)
{
    char text[2000] = "";
    struct faults faults;
    faults_init(&faults);
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'x', shift);
        for (size_t i = 0; i < 500; i++)
            memcpy(text + shift + i * 3, "€", 4);
        faults_add(&faults, "/", "%s", text);
        size_t len = strlen(faults.list[shift].what);
        cr_assert_gt(len, 500);
        cr_assert_lt(len, 512);
        cr_assert_eq((len - shift) % 3, 0, "cut inside a character");
    }
    faults_free(&faults);
}

Test(faults, shows_nothing_that_moves_a_terminal)
{
    struct faults faults;
    faults_init(&faults);
    faults_add(&faults, "/", "%s",
               "a\033[2Jb\nc\177d \xC2\x9B"
               "e\xE2\x80\xAE é");
    cr_assert_str_eq(faults.list[0].what, "a?[2Jb?c?d ?e? é");
    faults_free(&faults);
}

Test(faults, says_when_a_fault_could_not_be_kept)
{
    for (unsigned long n = 1; n <= 3; n++) {
        struct faults faults;
        faults_init(&faults);
        mem_fail_at(n);
        faults_add(&faults, "/", "lost");
        cr_assert(mem_has_failed());
        mem_fail_at(0);
        cr_assert(faults.no_memory);
        cr_assert(faults_any(&faults));
        cr_assert_eq(faults.count, 0);
        faults_free(&faults);
    }
}
