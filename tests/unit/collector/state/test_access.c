/* Tokens and what they let through. */
#include "base/mem.h"
#include "collector/state/access.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define ANALYST TOKENS_OF_ANALYSTS
#define TEAM TOKENS_OF_TEAMS
#define AUDITOR TOKENS_OF_AUDITORS

enum { IS_ANALYST, IS_TEAM, IS_AUDITOR, IS_REVOKED, EXPIRES, TOKENS };

static struct store *store;
static struct access_list list;
static char texts[TOKENS][TOKEN_TEXT_SIZE];

static const struct store_token tokens[TOKENS] = {
    [IS_ANALYST] = {.name = "analyst", .role = "analyst", .exact = true},
    [IS_TEAM] = {.name = "team", .role = "team", .publish = true},
    [IS_AUDITOR] = {.name = "auditor", .role = "auditor"},
    [IS_REVOKED] = {.name = "revoked", .role = "auditor", .revoked_at = KIT_NOW - 1},
    [EXPIRES] = {.name = "expires", .role = "auditor", .expires_at = KIT_NOW},
};

static void setup(void)
{
    kit_begin();
    store = store_faulty_new(kit_store_open(kit_dsn(NULL)));
    cr_assert_not_null(store);
    for (int i = 0; i < TOKENS; i++) {
        struct store_token token = tokens[i];
        token_new(texts[i]);
        token_hash(texts[i], token.hash);
        token.created_at = KIT_NOW - 100;
        cr_assert_eq(store_token_add(store, &token), STORE_OK);
    }
    cr_assert_eq(access_load(&list, store, NULL), 0);
    cr_assert_eq(list.count, TOKENS);
}

static void teardown(void)
{
    access_free(&list);
    store_close(store);
    kit_end();
}

TestSuite(access, .init = setup, .fini = teardown);

static const struct access_token *named;

static enum access_answer ask(const char *scheme, const char *text, unsigned roles, int64_t now)
{
    char header[256];
    snprintf(header, sizeof header, "%s%s", scheme, text);
    return access_check(&list, header, roles, now, &named);
}

Test(access, is_granted_to_a_role_that_reaches)
{
    static const unsigned roles[] = {[IS_ANALYST] = ANALYST, [IS_TEAM] = TEAM, [IS_AUDITOR] = AUDITOR};
    for (int who = IS_ANALYST; who <= IS_AUDITOR; who++)
        for (unsigned asked = 0; asked < 8; asked++) {
            enum access_answer expected = (asked & roles[who]) != 0 ? ACCESS_GRANTED : ACCESS_DENIED;
            cr_assert_eq(ask("Bearer ", texts[who], asked, KIT_NOW), expected, "token %d, roles %u", who, asked);
            cr_assert_not_null(named);
            cr_assert_str_eq(named->name, tokens[who].name);
            cr_assert_eq(named->exact, tokens[who].exact);
            cr_assert_eq(named->publish, tokens[who].publish);
        }
}

Test(access, takes_the_scheme_in_any_case_and_no_other)
{
    cr_assert_eq(ask("bearer ", texts[IS_TEAM], TEAM, KIT_NOW), ACCESS_GRANTED);
    cr_assert_eq(ask("BEARER ", texts[IS_TEAM], TEAM, KIT_NOW), ACCESS_GRANTED);
    cr_assert_eq(access_check(&list, NULL, TEAM, KIT_NOW, &named), ACCESS_MISSING);
    static const char *const others[] = {"", "Basic ", "Bearer", "Bearer\t", "Token "};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        cr_assert_eq(ask(others[i], texts[IS_TEAM], TEAM, KIT_NOW), ACCESS_MISSING, "'%s'", others[i]);
        cr_assert_null(named);
    }
}

Test(access, knows_no_token_but_the_very_same)
{
    char text[TOKEN_TEXT_SIZE + 1];
    cr_assert_eq(ask("Bearer ", "", TEAM, KIT_NOW), ACCESS_UNKNOWN);
    cr_assert_null(named);
    cr_assert_eq(ask("Bearer  ", "", TEAM, KIT_NOW), ACCESS_UNKNOWN);
    cr_assert_eq(ask("Bearer  ", texts[IS_TEAM], TEAM, KIT_NOW), ACCESS_GRANTED, "one blank or more (RFC 9110)");
    for (size_t i = 0; i < strlen(texts[IS_TEAM]); i++) {
        memcpy(text, texts[IS_TEAM], TOKEN_TEXT_SIZE);
        text[i] ^= 1;
        cr_assert_eq(ask("Bearer ", text, TEAM, KIT_NOW), ACCESS_UNKNOWN, "character %zu", i);
        memcpy(text, texts[IS_TEAM], TOKEN_TEXT_SIZE);
        text[i] = '\0';
        cr_assert_eq(ask("Bearer ", text, TEAM, KIT_NOW), ACCESS_UNKNOWN, "cut at %zu", i);
    }
    snprintf(text, sizeof text, "%sA", texts[IS_TEAM]);
    cr_assert_eq(ask("Bearer ", text, TEAM, KIT_NOW), ACCESS_UNKNOWN);
}

Test(access, ends_when_a_token_is_revoked_or_has_expired)
{
    cr_assert_eq(ask("Bearer ", texts[IS_REVOKED], AUDITOR, KIT_NOW), ACCESS_UNKNOWN);
    cr_assert_eq(ask("Bearer ", texts[IS_REVOKED], AUDITOR, KIT_NOW - 1000), ACCESS_UNKNOWN);
    cr_assert_null(named);
    cr_assert_eq(ask("Bearer ", texts[EXPIRES], AUDITOR, KIT_NOW - 1), ACCESS_GRANTED);
    cr_assert_eq(ask("Bearer ", texts[EXPIRES], AUDITOR, KIT_NOW), ACCESS_UNKNOWN);
    cr_assert_null(named);
    cr_assert_eq(ask("Bearer ", texts[EXPIRES], TEAM, INT64_MAX), ACCESS_UNKNOWN);
}

Test(access, is_nobodys_without_tokens)
{
    struct access_list none = {NULL, 0, 0};
    cr_assert_eq(access_check(&none, "Bearer x", AUDITOR, KIT_NOW, &named), ACCESS_UNKNOWN);
    access_free(&none);
}

Test(access, says_when_tokens_can_not_be_read)
{
    struct access_list other = {NULL, 0, 0};
    struct error error = {0};
    mem_fail_at(1);
    cr_assert_eq(access_load(&other, store, &error), -1);
    mem_fail_at(0);
    cr_assert_eq(error.kind, ERROR_MEMORY);
    access_free(&other);
    store_faulty_fail_at(store, 1);
    cr_assert_eq(access_load(&other, store, &error), -1);
    cr_assert_str_eq(error.text, STORE_FAULTY_ERROR);
    access_free(&other);
    struct store_token odd = {.name = "odd", .role = "king"};
    cr_assert_eq(store_token_add(store, &odd), STORE_OK);
    cr_assert_eq(access_load(&other, store, &error), -1);
    cr_assert_not_null(strstr(error.text, "odd"));
    access_free(&other);
}
