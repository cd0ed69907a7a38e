/* Recovery codes, against the vectors that the page's module is held to as well. */
#include "base/file.h"
#include "base/json.h"
#include "crypto/crypto.h"
#include "panel/recovery.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void begin(void)
{
    cr_assert_eq(crypto_start(), 0);
}

TestSuite(recovery, .init = begin);

static struct json *load_codes(void)
{
    struct buf text;
    buf_init(&text, (size_t)64 * 1024);
    cr_assert_eq(file_read("tests/vectors/protocol2/recovery.json", &text), 0);
    struct json *vectors = json_parse(buf_text(&text), text.len, NULL);
    cr_assert_not_null(vectors);
    buf_free(&text);
    return vectors;
}

static const char *text_of(const struct json *sample, const char *name)
{
    const char *text = json_text(json_member(sample, name));
    cr_assert_not_null(text, "%s", name);
    return text;
}

static void read_hex(const char *hex, uint8_t *out, size_t len)
{
    cr_assert_eq(strlen(hex), 2 * len);
    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        cr_assert_eq(sscanf(hex + 2 * i, "%2x", &byte), 1);
        out[i] = (uint8_t)byte;
    }
}

Test(recovery, codes_and_keys_are_those_of_the_vectors)
{
    struct json *vectors = load_codes();
    size_t seen = 0;
    for (const struct json *s = json_first(json_member(vectors, "good")); s; s = json_next(s), seen++) {
        uint8_t secret[RECOVERY_BYTES], read[RECOVERY_BYTES], public_key[KEY_BYTES];
        char code[RECOVERY_TEXT_SIZE], kid[KID_SIZE];
        read_hex(text_of(s, "secret"), secret, sizeof secret);
        recovery_write(secret, code);
        cr_assert_str_eq(code, text_of(s, "code"));
        cr_assert_eq(recovery_read(code, read, NULL), 0);
        cr_assert_arr_eq(read, secret, sizeof secret);
        struct secret_key *key = recovery_key(secret, text_of(s, "panel"));
        secret_key_public(key, public_key);
        key_thumbprint(public_key, kid);
        cr_assert_str_eq(kid, text_of(s, "kid"));
        secret_key_free(key);
    }
    cr_assert_gt(seen, 3);
    json_free(vectors);
}

Test(recovery, codes_are_read_as_people_type_them)
{
    struct json *vectors = load_codes();
    size_t seen = 0;
    for (const struct json *s = json_first(json_member(vectors, "typed")); s; s = json_next(s), seen++) {
        uint8_t secret[RECOVERY_BYTES], read[RECOVERY_BYTES];
        read_hex(text_of(s, "secret"), secret, sizeof secret);
        cr_assert_eq(recovery_read(text_of(s, "typed"), read, NULL), 0, "%s", text_of(s, "typed"));
        cr_assert_arr_eq(read, secret, sizeof secret);
    }
    cr_assert_gt(seen, 3);
    json_free(vectors);
}

Test(recovery, a_slip_is_told_as_one_and_never_repeats_the_code)
{
    struct json *vectors = load_codes();
    size_t seen = 0;
    for (const struct json *s = json_first(json_member(vectors, "refused")); s; s = json_next(s), seen++) {
        uint8_t read[RECOVERY_BYTES];
        struct error error = {0};
        const char *typed = text_of(s, "typed");
        cr_assert_lt(recovery_read(typed, read, &error), 0, "%s", typed);
        cr_assert_neq(error.text[0], '\0');
        cr_assert(typed[0] == '\0' || strlen(typed) < 5 || !strstr(error.text, typed));
    }
    cr_assert_gt(seen, 20);
    json_free(vectors);
}

Test(recovery, an_invitation_is_not_taken_for_one)
{
    uint8_t read[RECOVERY_BYTES];
    struct error error;
    cr_assert_lt(recovery_read("10AB0CD-EFGH1JK-MNPQRST-VWXY0", read, &error), 0);
    cr_assert_str_eq(error.text, "it has 26 letters and digits, and a code has 28");
}
