/* The page by which a backup says what it is: read as it was written, and nothing near it. */
#include "collector/backup/about.h"
#include <criterion/criterion.h>
#include <string.h>

#define NOTE "burgerpanel/wau\n3\nAAAA\n\n\xE2\x80\x94 burgerpanel/wau BBBB\n"

static char page[ABOUT_BYTES];
static struct backup_about about;

static void put_page(void)
{
    struct buf out;
    about = (struct backup_about){.taken_at = 1780272000,
                                  .bytes = 8192,
                                  .head.size = 3,
                                  .verifier = "burgerpanel/wau+00000000+AAAA",
                                  .operator_kid = "kid",
                                  .log_key = "a.log-key\nb",
                                  .operator_key = "a.operator-key",
                                  .checkpoint = NOTE};
    buf_init(&out, ABOUT_BYTES);
    cr_assert_eq(about_put(&out, &about), 0);
    cr_assert_eq(out.len, ABOUT_BYTES - ABOUT_SUM_BYTES);
    memset(page, '\n', sizeof page);
    memcpy(page, out.data, out.len);
    buf_free(&out);
}

Test(backup_about, is_read_as_it_was_written)
{
    struct backup_about read = {0};
    put_page();
    cr_assert_eq(about_read(page, &read, NULL), 0);
    cr_assert(read.taken_at == about.taken_at && read.bytes == about.bytes && read.head.size == about.head.size);
    cr_assert_str_eq(read.verifier, about.verifier);
    cr_assert_str_eq(read.operator_kid, about.operator_kid);
    cr_assert_str_eq(read.checkpoint, NOTE);
}

/* In the checkpoint it was the end of it, and what stood behind it was not looked at. */
Test(backup_about, is_damaged_or_none_with_a_nul_in_it_wherever_that_is)
{
    struct backup_about read;
    struct error error;
    put_page();
    for (size_t i = 0; i < ABOUT_BYTES - ABOUT_SUM_BYTES; i++) {
        char before = page[i];
        page[i] = '\0';
        cr_assert_lt(about_read(page, &read, &error), 0, "at %zu", i);
        page[i] = before;
    }
    cr_assert_eq(about_read(page, &read, &error), 0);
}
