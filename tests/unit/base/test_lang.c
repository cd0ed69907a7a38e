/* The reader's language. It is read once, so each case is a test, which Criterion runs in a process of its own. */
#include "base/lang.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static void set(const char *all, const char *messages, const char *lang)
{
    setenv("LC_ALL", all, 1);
    setenv("LC_MESSAGES", messages, 1);
    setenv("LANG", lang, 1);
}

Test(lang, is_dutch_when_lang_says_so)
{
    set("", "", "nl_NL.UTF-8");
    cr_assert(lang_is_dutch());
    cr_assert_str_eq(T("yes", "ja"), "ja");
}

Test(lang, is_english_when_nothing_is_set)
{
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    unsetenv("LANG");
    cr_assert_not(lang_is_dutch());
    cr_assert_str_eq(T("yes", "ja"), "yes");
}

Test(lang, follows_messages_before_lang)
{
    set("", "nl_BE", "en_GB.UTF-8");
    cr_assert(lang_is_dutch());
}

Test(lang, follows_all_before_messages)
{
    set("C", "nl_NL", "nl_NL");
    cr_assert_not(lang_is_dutch());
}

Test(lang, stays_as_it_was_first_read)
{
    set("nl", "", "");
    cr_assert(lang_is_dutch());
    set("en", "", "");
    cr_assert(lang_is_dutch());
}
