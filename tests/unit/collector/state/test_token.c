/* Access tokens: their form, their hash, the names of their roles. */
#include "collector/state/token.h"
#include "crypto/base64url.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(token, .init = kit_begin, .fini = kit_end);

Test(token, is_32_random_bytes_after_its_prefix)
{
    char one[TOKEN_TEXT_SIZE], two[TOKEN_TEXT_SIZE];
    uint8_t bytes[32];
    token_new(one);
    token_new(two);
    cr_assert_eq(strlen(one), TOKEN_TEXT_SIZE - 1);
    cr_assert_eq(strncmp(one, "bp_", 3), 0);
    cr_assert_eq(base64url_decode_exactly(one + 3, strlen(one + 3), bytes, sizeof bytes), 0);
    cr_assert_str_neq(one, two);
}

Test(token, is_kept_as_the_hash_of_its_text)
{
    uint8_t hash[SHA256_BYTES], expected[SHA256_BYTES];
    token_hash("bp_abc", hash);
    crypto_sha256("bp_abc", 6, expected);
    cr_assert_eq(memcmp(hash, expected, sizeof hash), 0);
    token_hash("bp_abd", hash);
    cr_assert_neq(memcmp(hash, expected, sizeof hash), 0);
}

Test(token, has_a_role_by_name)
{
    static const char *const names[] = {"analyst", "team", "auditor"};
    enum token_role role;
    for (int i = TOKEN_ANALYST; i <= TOKEN_AUDITOR; i++) {
        cr_assert_str_eq(token_role_name((enum token_role)i), names[i]);
        cr_assert_eq(token_role_find(names[i], &role), 0);
        cr_assert_eq((int)role, i);
    }
    cr_assert_eq(token_role_find("Analyst", &role), -1);
    cr_assert_eq(token_role_find("teams", &role), -1);
    cr_assert_eq(token_role_find("", &role), -1);
    cr_assert_eq(role, TOKEN_AUDITOR);
}
