/* What is pinned of a log, and what is kept of it. */
#include "base/file.h"
#include "base/mem.h"
#include "client/home/pin.h"
#include "client/home/profile.h"
#include "tests/unit/client/fake_log.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static struct fake_log ours, theirs;

static void prepare(void)
{
    kit_begin();
    fake_log_init(&ours, "burgerpanel/wau");
    fake_log_init(&theirs, "burgerpanel/wau");
    fake_log_fill(&ours, "entry", 7);
    fake_log_fill(&theirs, "entry", 7);
}

static void finish(void)
{
    fake_log_wipe(&ours);
    fake_log_wipe(&theirs);
    kit_end();
}

TestSuite(pin, .init = prepare, .fini = finish);

Test(pin, comes_back_as_it_was_written_for_its_owner_alone)
{
    struct pin *pin = fake_log_pin(&ours, 5), *back = NULL;
    struct stat about;
    cr_assert_eq(pin_write(pin, kit_folder()), 0);
    cr_assert_eq(stat(kit_path("log.json"), &about), 0);
    cr_expect_eq(about.st_mode & 0777, 0600);
    cr_assert_eq(pin_read(kit_folder(), &back), 0);
    cr_assert_not_null(back);
    cr_expect(pin_has_key(back, &pin->key));
    cr_expect_eq(back->head.size, 5);
    cr_expect(merkle_equal(&back->head.root, &pin->head.root));
    cr_expect_str_eq(back->checkpoint, pin->checkpoint);
    pin_free(pin);
    pin_free(back);
}

Test(pin, is_none_where_nothing_was_written)
{
    struct pin *pin = (struct pin *)&ours;
    cr_assert_eq(pin_read(kit_folder(), &pin), 0);
    cr_expect_null(pin);
}

Test(pin, may_be_of_the_log_without_entries)
{
    struct pin *pin = fake_log_pin(&ours, 0), *back = NULL;
    cr_assert_eq(pin_write(pin, kit_folder()), 0);
    cr_assert_eq(pin_read(kit_folder(), &back), 0);
    cr_expect_eq(back->head.size, 0);
    pin_free(pin);
    pin_free(back);
}

Test(pin, takes_no_checkpoint_of_another_key)
{
    struct buf checkpoint;
    struct error why = {0};
    struct pin *pin = fake_log_pin(&ours, 5);
    buf_init(&checkpoint, NOTE_MAX);
    fake_log_put_checkpoint(&checkpoint, &theirs, 6);
    cr_expect_null(pin_advance(pin, &checkpoint, &why));
    cr_expect_eq(why.kind, ERROR_REFUSED);
    cr_expect_str_neq(why.text, "");
    cr_expect_not(pin_has_key(pin, &theirs.key));
    buf_reset(&checkpoint);
    fake_log_put_checkpoint(&checkpoint, &ours, 6);
    struct pin *next = pin_advance(pin, &checkpoint, &why);
    cr_assert_not_null(next);
    cr_expect_eq(next->head.size, 6);
    pin_free(pin);
    pin_free(next);
    buf_free(&checkpoint);
}

Test(pin, is_damaged_when_the_file_is_not_as_written)
{
    static const char *const texts[] = {
        "", "{", "{}", "[]", "{\"key\":\"x\",\"checkpoint\":\"y\"}", "{\"key\":7,\"checkpoint\":null}"};
    struct pin *pin;
    struct profile profile;
    cr_assert_eq(mkdir(kit_path("m"), 0700), 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        kit_write("m/log.json", texts[i]);
        cr_expect_eq(pin_read(kit_path("m"), &pin), -1, "%zu", i);
        cr_expect_eq(errno, EILSEQ, "%zu", i);
        cr_expect_eq(profile_open(&profile, kit_path("m"), false), PROFILE_DAMAGED, "%zu", i);
    }
}

/* A checkpoint in the file that the key in the file did not sign has been tampered with. */
Test(pin, is_damaged_when_its_halves_don_t_belong_together)
{
    struct pin *one = fake_log_pin(&ours, 5), *other = fake_log_pin(&theirs, 5), *back;
    struct pin mixed = *one;
    mixed.key = other->key;
    cr_assert_eq(pin_write(&mixed, kit_folder()), 0);
    cr_expect_eq(pin_read(kit_folder(), &back), -1);
    cr_expect_eq(errno, EILSEQ);
    pin_free(one);
    pin_free(other);
}

Test(pin, of_a_profile_is_replaced_whole_or_not_at_all)
{
    struct profile profile;
    cr_assert_eq(profile_open(&profile, kit_path("m"), true), PROFILE_OPEN);
    cr_expect_null(profile.pin);
    cr_assert_eq(profile_set_pin(&profile, fake_log_pin(&ours, 5)), 0);
    for (unsigned long n = 1;; n++) {
        struct pin *next = fake_log_pin(&ours, 6);
        mem_fail_at(n);
        int result = profile_set_pin(&profile, next);
        int failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(result, failed ? -1 : 0, "allocation %lu", n);
        cr_assert_eq(profile.pin->head.size, failed ? 5 : 6);
        if (!failed) {
            cr_assert_gt(n, 1);
            break;
        }
        pin_free(next);
    }
    profile_close(&profile);
    cr_assert_eq(profile_open(&profile, kit_path("m"), false), PROFILE_OPEN);
    cr_expect_eq(profile.pin->head.size, 6);
    profile_close(&profile);
}
