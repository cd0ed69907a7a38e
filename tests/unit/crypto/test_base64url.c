#include "crypto/base64url.h"
#include "tests/unit/crypto/vectors.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(base64url, .init = vectors_start);

static const struct {
    const char *bytes, *text;
} rfc4648[] = {
    {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
    {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"},
};

Test(base64url, encodes_and_decodes_the_examples_of_rfc_4648)
{
    for (size_t i = 0; i < sizeof rfc4648 / sizeof rfc4648[0]; i++) {
        size_t len = strlen(rfc4648[i].bytes), count = 99;
        char text[16], bytes[16];
        cr_assert_eq(BASE64URL_LENGTH(len), strlen(rfc4648[i].text));
        base64url_encode(rfc4648[i].bytes, len, text);
        cr_assert_str_eq(text, rfc4648[i].text);
        cr_assert_eq(base64url_decode(text, strlen(text), bytes, len, &count), 0);
        cr_assert_eq(count, len);
        cr_assert_arr_eq(bytes, rfc4648[i].bytes, len);
        cr_assert_eq(base64url_decode_exactly(text, strlen(text), bytes, len), 0);
    }
}

Test(base64url, puts_what_exactly_fits_and_fails_on_one_more)
{
    struct buf out;
    buf_init(&out, 10);
    base64url_put(&out, "foo", 3);
    base64url_put(&out, "", 0);
    base64url_put(&out, "foob", 4);
    cr_assert_eq(buf_check(&out), 0);
    cr_assert_str_eq(buf_text(&out), "Zm9vZm9vYg");
    base64url_put(&out, "f", 1);
    cr_assert_eq(buf_check(&out), -1);
    cr_assert_eq(out.len, 10);
    buf_free(&out);
}

/* Whether both the decoder and the check without decoding take the text; they must agree. */
static bool is_taken(const char *text, size_t len)
{
    char bytes[64];
    size_t count;
    bool taken = base64url_decode(text, len, bytes, sizeof bytes, &count) == 0;
    cr_assert_eq(base64url_is_valid(text, len), taken, "no agreement on \"%.*s\"", (int)len, text);
    return taken;
}

Test(base64url, takes_64_of_256_bytes_at_each_place)
{
    for (size_t place = 0; place < 4; place++) {
        int taken = 0;
        for (int c = 0; c < 256; c++) {
            char text[4] = {'A', 'A', 'A', 'A'};
            text[place] = (char)c;
            taken += is_taken(text, 4);
        }
        cr_assert_eq(taken, 64);
    }
}

Test(base64url, refuses_unused_bits_that_are_not_zero)
{
    int two = 0, three = 0;
    for (int c = 0; c < 256; c++) {
        const char text[3] = {'A', (char)c, '\0'}, longer[4] = {'A', 'A', (char)c, '\0'};
        two += is_taken(text, 2);
        three += is_taken(longer, 3);
    }
    cr_assert_eq(two, 4);
    cr_assert_eq(three, 16);
    cr_assert_not(is_taken("Zh", 2));
    cr_assert_not(is_taken("Zm9", 3));
}

Test(base64url, refuses_padding_white_space_and_the_other_alphabet)
{
    const char *bad[] = {"Zg==",     "Zg=",  "Zm8=", "Zm9v=", "=",     "Zm9v\n", " Zm9v", "Zm 9v",
                         "Zm9v\r\n", "+__+", "-//-", "Z",     "Zm9vY", "A",      "AAAAA"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert_not(is_taken(bad[i], strlen(bad[i])), "%s", bad[i]);
    cr_assert_not(is_taken("Zm\0v", 4));
    cr_assert_not(is_taken("\0", 1));
    cr_assert_not(is_taken("Zm9v\0", 5));
    cr_assert(is_taken("", 0));
    cr_assert(is_taken(NULL, 0));
}

Test(base64url, decodes_no_more_than_there_is_room_for)
{
    char bytes[8];
    size_t count = 77;
    cr_assert_eq(base64url_decode("Zm9v", 4, bytes, 3, &count), 0);
    cr_assert_eq(count, 3);
    count = 77;
    cr_assert_eq(base64url_decode("Zm9vYg", 6, bytes, 3, &count), -1);
    cr_assert_eq(base64url_decode("Zm9v", 4, bytes, 2, &count), -1);
    cr_assert_eq(count, 77, "written on success only");
}

Test(base64url, decodes_exactly_the_count_asked_for)
{
    char bytes[8];
    cr_assert_eq(base64url_decode_exactly("Zm9v", 4, bytes, 3), 0);
    cr_assert_eq(base64url_decode_exactly("Zm9v", 4, bytes, 4), -1);
    cr_assert_eq(base64url_decode_exactly("Zm9v", 4, bytes, 2), -1);
    cr_assert_eq(base64url_decode_exactly("Zm8", 3, bytes, 3), -1);
    cr_assert_eq(base64url_decode_exactly("", 0, bytes, 0), 0);
}

Test(base64url, gives_back_every_length)
{
    uint8_t bytes[100], back[100];
    char text[BASE64URL_LENGTH(sizeof bytes) + 1];
    for (size_t len = 0; len <= sizeof bytes; len++) {
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)(i * 37 + len * 101);
        base64url_encode(bytes, len, text);
        cr_assert_eq(strlen(text), BASE64URL_LENGTH(len));
        cr_assert_eq(base64url_decode_exactly(text, strlen(text), back, len), 0);
        cr_assert_arr_eq(back, bytes, len);
    }
}
