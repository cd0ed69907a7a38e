/* Codes, as they are written, as they are typed, and what is said of those that are none. */
#include "crypto/crypto.h"
#include "panel/invitation.h"
#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>

static void expect_code(const uint8_t code[static INVITATION_BYTES], const char *text)
{
    char written[INVITATION_TEXT_SIZE];
    uint8_t read[INVITATION_BYTES];
    invitation_write(code, written);
    cr_assert_str_eq(written, text);
    cr_assert_eq(invitation_read(written, read, NULL), 0);
    cr_assert_arr_eq(read, code, INVITATION_BYTES);
}

Test(invitation, is_written_highest_bit_first_in_groups)
{
    uint8_t code[INVITATION_BYTES] = {0};
    expect_code(code, "0000000-0000000-0000000-00000");
    code[0] = 0x80;
    expect_code(code, "G000000-0000000-0000000-00000");
    code[0] = 0;
    code[15] = 1;
    expect_code(code, "0000000-0000000-0000000-00004");
    memset(code, 0xFF, sizeof code);
    expect_code(code, "ZZZZZZZ-ZZZZZZZ-ZZZZZZZ-ZZZZW");
    for (size_t i = 0; i < sizeof code; i++)
        code[i] = (uint8_t)(0x01 + 0x22 * i);
    expect_code(code, "04HMASW-9NF6YY4-9KANVSK-EYXZW");
}

Test(invitation, comes_back_whatever_its_bits)
{
    cr_assert_eq(crypto_start(), 0);
    for (int i = 0; i < 1000; i++) {
        uint8_t code[INVITATION_BYTES], read[INVITATION_BYTES];
        char text[INVITATION_TEXT_SIZE];
        crypto_random(code, sizeof code);
        invitation_write(code, text);
        cr_assert_eq(strlen(text), INVITATION_TEXT_SIZE - 1);
        for (char *c = text; i % 2 == 1 && *c != '\0'; c++)
            *c = (char)tolower((unsigned char)*c);
        cr_assert_eq(invitation_read(text, read, NULL), 0);
        cr_assert_arr_eq(read, code, sizeof code);
    }
}

Test(invitation, is_read_as_people_type_it)
{
    const char *const same[] = {
        "10AB0CD-EFGH1JK-MNPQRST-VWXY0",
        "10ab0cdefgh1jkmnpqrstvwxy0",
        "loABoCD-EFGHiJK-MNPQRST-VWXYo",
        "I0AB0CD-EFGHLJK-MNPQRST-VWXYO",
        "  10AB0CD-EFGH1JK-MNPQRST-VWXY0\n",
        "-1-0-A-B-0-C-D-E-F-G-H-1-J-K-M-N-P-Q-R-S-T-V-W-X-Y-0-",
        "10AB0CD EFGH1JK MNPQRST VWXY0",
        "10AB0CD-EFGH1JK-MNP\r\n> QRST-VWXY0",
        "10AB0CD–EFGH1JK—MNPQRST−VWXY0",
        "„10AB0CD_EFGH1JK.MNPQRST/VWXY0”!",
        "\xEF\xBB\xBF"
        "10AB0CD\xC2\xA0"
        "EFGH1JK\xE2\x80\x91"
        "MNPQRST\xC2\xAD"
        "VWXY0",
    };
    uint8_t first[INVITATION_BYTES], read[INVITATION_BYTES];
    cr_assert_eq(invitation_read(same[0], first, NULL), 0);
    for (size_t i = 1; i < sizeof same / sizeof same[0]; i++) {
        cr_assert_eq(invitation_read(same[i], read, NULL), 0, "%s", same[i]);
        cr_assert_arr_eq(read, first, sizeof first);
    }
}

Test(invitation, says_what_is_wrong_with_one)
{
    static const struct {
        const char *typed, *wrong;
    } samples[] = {
        {"", "it is empty"},
        {"-", "it is empty"},
        {" \xE2\x80\x93\n", "it is empty"},
        {"0", "it has 1 letter or digit, and a code has 26"},
        {"0000000-0000000-0000000-0000", "it has 25 letters and digits, and a code has 26"},
        {"0000000-0000000-0000000-000000", "it has 27 letters and digits, and a code has 26"},
        {"0000000-0000000-0000000-00001", "one of its characters must be another"},
        {"0000000-0000000-0000000-00002", "one of its characters must be another"},
        {"0000000-0000000-0000000-00003", "one of its characters must be another"},
        {"0000000-0000000-0000000-0000Z", "one of its characters must be another"},
        {"U000000-0000000-0000000-00000", "'U' is in no code"},
        {"u000000", "'u' is in no code"},
        {"0000000-0000000-0000000-0000é", "'é' is in no code"},
        {"0000000-0000000-0000000-0000\xEF\xBC\x91", "'\xEF\xBC\x91' is in no code"},
        {"0000000-0000000-0000000-0000\xE9", "'?' is in no code"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        uint8_t code[INVITATION_BYTES], before[INVITATION_BYTES];
        struct error error = {0};
        memset(code, 0x77, sizeof code);
        memset(before, 0x77, sizeof before);
        cr_expect_eq(invitation_read(samples[i].typed, code, &error), -1, "%s", samples[i].typed);
        cr_expect_arr_eq(code, before, sizeof code, "%s was written", samples[i].typed);
        cr_expect_eq(error.kind, ERROR_REFUSED);
        cr_expect_str_eq(error.text, samples[i].wrong, "%s: %s", samples[i].typed, error.text);
    }
}

Test(invitation, counts_what_is_a_letter_or_digit)
{
    cr_expect_eq(invitation_count(""), 0);
    cr_expect_eq(invitation_count(" -–\n"), 0);
    cr_expect_eq(invitation_count("a 1-é\xE9"), 4);
    cr_expect_eq(invitation_count("0000000-0000000-0000000-00000"), INVITATION_CHARACTERS);
}
