/* The name of a response as a text and back, and what is none. */
#include "client/home/response_id.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <string.h>

Test(response_id, reads_back_the_id_that_it_wrote)
{
    char name[RESPONSE_ID_TEXT_SIZE];
    struct response_id id = kit_id("WA-1.03", 12), back;
    response_id_write(&id, name);
    cr_expect_str_eq(name, "round-1~WA-1.03~0000000000000012");
    cr_assert_eq(response_id_read(name, &back), 0);
    cr_expect_str_eq(back.round, "round-1");
    cr_expect_str_eq(back.action, "WA-1.03");
    cr_expect_eq(back.revision, 12);
}

Test(response_id, refuses_a_name_that_is_none)
{
    static const char *const names[] = {"",
                                        "a",
                                        "a~b",
                                        "~b~0000000000000001",
                                        "a~~0000000000000001",
                                        "a~b~1",
                                        "a~b~000000000000000x",
                                        "a~b~00000000000000011",
                                        "a~b~0000000000000000",
                                        "a~b~9999999999999999",
                                        "a~b~-000000000000001"};
    struct response_id id;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_expect_eq(response_id_read(names[i], &id), -1, "%s", names[i]);
    cr_expect_eq(response_id_set(&id, "round-1", "../x", 1), -1);
    cr_expect_eq(response_id_set(&id, "round-1", "a", 0), -1);
    char longer[66];
    memset(longer, 'a', 65);
    longer[65] = '\0';
    cr_expect_eq(response_id_set(&id, longer, "a", 1), -1);
    cr_expect_eq(response_id_set(&id, longer + 1, "a", 1), 0);
}

Test(response_id, is_the_same_only_when_all_three_are)
{
    struct response_id id = kit_id("WA-1.03", 12), other = id;
    cr_expect(response_id_equal(&id, &other));
    other.revision = 13;
    cr_expect_not(response_id_equal(&id, &other));
    other = kit_id("WA-1.04", 12);
    cr_expect_not(response_id_equal(&id, &other));
    cr_assert_eq(response_id_set(&other, "round-2", "WA-1.03", 12), 0);
    cr_expect_not(response_id_equal(&id, &other));
}
