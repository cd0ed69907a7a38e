/* What header fields say, also when they say it strangely. */
#include "collector/http/fields.h"
#include <criterion/criterion.h>

Test(fields, know_a_media_type_by_its_name_alone)
{
    cr_assert(field_is_media_type("application/jose", "application/jose"));
    cr_assert(field_is_media_type("Application/JOSE; charset=x", "application/jose"));
    cr_assert(field_is_media_type("application/jose ", "application/jose"));
    cr_assert_not(field_is_media_type("application/jose+json", "application/jose"));
    cr_assert_not(field_is_media_type("application/jos", "application/jose"));
    cr_assert_not(field_is_media_type("", "application/jose"));
    cr_assert_not(field_is_media_type(NULL, "application/jose"));
}

Test(fields, find_a_tag_in_a_list)
{
    cr_assert(field_has_tag("\"a\"", "\"a\""));
    cr_assert(field_has_tag("\"b\", \"a\"", "\"a\""));
    cr_assert(field_has_tag("\"a\",\"b\"", "\"a\""));
    cr_assert(field_has_tag("W/\"a\"", "\"a\""));
    cr_assert(field_has_tag("*", "\"a\""));
    cr_assert_not(field_has_tag("\"b\"", "\"a\""));
    cr_assert_not(field_has_tag("a", "\"a\""));
    cr_assert_not(field_has_tag("\"a\"x", "\"a\""));
    cr_assert_not(field_has_tag("", "\"a\""));
    cr_assert_not(field_has_tag(NULL, "\"a\""));
}

Test(fields, find_the_preference_for_a_minimal_answer)
{
    cr_assert(field_prefers_minimal("return=minimal"));
    cr_assert(field_prefers_minimal("respond-async, return=\"minimal\""));
    cr_assert(field_prefers_minimal("Return=Minimal; x=1"));
    cr_assert(field_prefers_minimal("return=representation,return=minimal"));
    cr_assert_not(field_prefers_minimal("return=minimally"));
    cr_assert_not(field_prefers_minimal("return=\"minimal"));
    cr_assert_not(field_prefers_minimal("no-return=minimal"));
    cr_assert_not(field_prefers_minimal("return=representation"));
    cr_assert_not(field_prefers_minimal(""));
    cr_assert_not(field_prefers_minimal(NULL));
}

Test(fields, find_the_preference_for_an_answer_at_once)
{
    cr_assert(field_prefers_no_wait("wait=0"));
    cr_assert(field_prefers_no_wait("return=minimal, Wait=\"0\""));
    cr_assert_not(field_prefers_no_wait("wait=01"));
    cr_assert_not(field_prefers_no_wait("wait=10"));
    cr_assert_not(field_prefers_no_wait("await=0"));
    cr_assert_not(field_prefers_no_wait("wait"));
    cr_assert_not(field_prefers_no_wait(NULL));
}
