/* A failure's kind and text: set once, clean, never cut inside a character. */
#include "base/error.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

Test(error, keeps_kind_and_text_and_returns_minus_one)
{
    struct error error = {0};
    cr_assert_eq(error_set(&error, ERROR_DAMAGED, "entry %d is missing", 7), -1);
    cr_assert_eq(error.kind, ERROR_DAMAGED);
    cr_assert_str_eq(error.text, "entry 7 is missing");
}

Test(error, may_be_asked_for_by_nobody)
{
    cr_assert_eq(error_set(NULL, ERROR_IO, "x"), -1);
    cr_assert_eq(error_no_memory(NULL), -1);
    cr_assert_eq(error_from_errno(NULL, "x"), -1);
    cr_assert_eq(error_prefix(NULL, "x"), -1);
}

Test(error, takes_the_kind_from_errno)
{
    struct error error = {0};
    errno = ENOMEM;
    error_from_errno(&error, "%s can't be read", "a.db");
    cr_assert_eq(error.kind, ERROR_MEMORY);
    errno = ENOSPC;
    error_from_errno(&error, "%s can't be written", "a.db");
    cr_assert_eq(error.kind, ERROR_IO);
    cr_assert_str_eq(error.text, "a.db can't be written: No space left on device");
}

/* The language is read once, and each test is a process of its own. */
Test(error, says_in_dutch_what_an_errno_means)
{
    struct error error = {0};
    setenv("LC_ALL", "nl_NL.UTF-8", 1);
    errno = ENOSPC;
    error_from_errno(&error, "a.db");
    cr_assert_str_eq(error.text, "a.db: de schijf is vol");
    cr_assert_str_eq(error_of_errno(ENOENT), "bestaat niet");
    cr_assert_str_eq(error_of_errno(EXDEV), strerror(EXDEV), "what nobody expects keeps the library's words");
}

Test(error, puts_a_prefix_before_its_own_text)
{
    struct error error = {0};
    error_set(&error, ERROR_REFUSED, "no such round");
    cr_assert_eq(error_prefix(&error, "row %d", 3), -1);
    cr_assert_eq(error.kind, ERROR_REFUSED);
    cr_assert_str_eq(error.text, "row 3: no such round");
}

Test(error, cleans_its_text)
{
    struct error error = {0};
    error_set(&error, ERROR_REFUSED, "no action %s",
              "\xc2\x9b"
              "31m\ta\xe2\x80\xae"
              "b\xff");
    cr_assert_str_eq(error.text, "no action ?31m?a?b?");
}

Test(error, cuts_between_characters)
{
    for (size_t lead = 0; lead < 4; lead++) {
        char text[2 * ERROR_TEXT_SIZE] = "aaaa";
        size_t end = lead;
        for (; end < ERROR_TEXT_SIZE + 8; end += 3)
            memcpy(text + end, "\u20ac", 3);
        text[end] = '\0';
        struct error error = {0};
        error_set(&error, ERROR_IO, "%s", text);
        size_t len = strlen(error.text);
        cr_assert(len < ERROR_TEXT_SIZE && len > ERROR_TEXT_SIZE - 4);
        cr_assert_eq((len - lead) % 3, 0);
        cr_assert_eq(strncmp(error.text, text, len), 0);
    }
}
