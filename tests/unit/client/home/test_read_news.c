/* How far the news has been read, log by log. */
#include "client/home/read_news.h"
#include "tests/unit/client/fake_log.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>

static struct fake_log ours, theirs;

static void prepare(void)
{
    kit_begin();
    fake_log_init(&ours, "burgerpanel/wau");
    fake_log_init(&theirs, "burgerpanel/wau");
}

static void finish(void)
{
    fake_log_wipe(&ours);
    fake_log_wipe(&theirs);
    kit_end();
}

TestSuite(read_news, .init = prepare, .fini = finish);

static int64_t seen_of(const struct pin *pin)
{
    int64_t seen = -2;
    cr_assert_eq(read_news_load(kit_folder(), pin, &seen), 0);
    return seen;
}

Test(read_news, is_kept_for_the_log_that_it_is_of)
{
    struct pin *pin = fake_log_pin(&ours, 0), *other = fake_log_pin(&theirs, 0);
    cr_expect_eq(seen_of(pin), -1, "nothing yet");
    cr_assert_eq(read_news_store(kit_folder(), pin, 12), 0);
    cr_expect_eq(seen_of(pin), 12);
    cr_expect_eq(seen_of(other), -1, "another log has other indexes");
    cr_assert_eq(read_news_store(kit_folder(), other, 3), 0);
    cr_expect_eq(seen_of(other), 3);
    pin_free(pin);
    pin_free(other);
}

Test(read_news, is_none_where_the_file_is_damaged)
{
    struct pin *pin = fake_log_pin(&ours, 0);
    cr_assert_eq(read_news_store(kit_folder(), pin, 12), 0);
    kit_write("follow-ups.json", "{\"log\":");
    cr_expect_eq(seen_of(pin), -1);
    pin_free(pin);
}
