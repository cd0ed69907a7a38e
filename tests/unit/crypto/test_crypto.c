#include "crypto/base64url.h"
#include "crypto/crypto.h"
#include "crypto/digest.h"
#include "tests/unit/crypto/vectors.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(crypto, .init = vectors_start);

Test(crypto, starts_again_without_harm)
{
    cr_assert_eq(crypto_start(), 0);
    cr_assert_eq(crypto_start(), 0);
}

Test(crypto, hashes_the_examples_of_fips_180)
{
    uint8_t want[SHA256_BYTES], got[SHA256_BYTES];
    vectors_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", want, sizeof want);
    crypto_sha256("", 0, got);
    cr_assert_arr_eq(got, want, sizeof want);
    vectors_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", want, sizeof want);
    crypto_sha256("abc", 3, got);
    cr_assert_arr_eq(got, want, sizeof want);
}

Test(crypto, gives_a_new_id_of_22_characters_each_time)
{
    char first[RANDOM_ID_SIZE], second[RANDOM_ID_SIZE];
    uint8_t bytes[16];
    crypto_random_id(first);
    crypto_random_id(second);
    cr_assert_eq(strlen(first), RANDOM_ID_SIZE - 1);
    cr_assert_eq(base64url_decode_exactly(first, strlen(first), bytes, sizeof bytes), 0);
    cr_assert_str_neq(first, second);
}

Test(crypto, fills_every_byte_with_randomness)
{
    uint8_t seen[32] = {0}, bytes[32];
    for (int i = 0; i < 64; i++) {
        crypto_random(bytes, sizeof bytes);
        for (size_t k = 0; k < sizeof bytes; k++)
            seen[k] |= bytes[k];
    }
    for (size_t k = 0; k < sizeof seen; k++)
        cr_assert_neq(seen[k], 0);
}

Test(crypto, compares_whole_lengths)
{
    cr_assert(crypto_equal("abcd", "abcd", 4));
    cr_assert_not(crypto_equal("abcd", "abce", 4));
    cr_assert_not(crypto_equal("abcd", "bbcd", 4));
    cr_assert(crypto_equal("abcd", "abce", 3));
    cr_assert(crypto_equal("a", "b", 0));
}

Test(digest, of_pieces_is_that_of_the_whole)
{
    uint8_t bytes[1000], whole[SHA256_BYTES], pieces[SHA256_BYTES];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    crypto_sha256(bytes, sizeof bytes, whole);
    for (size_t step = 1; step < sizeof bytes; step += 61) {
        struct digest *digest = digest_new();
        cr_assert_not_null(digest);
        for (size_t at = 0; at < sizeof bytes; at += step)
            digest_add(digest, bytes + at, at + step < sizeof bytes ? step : sizeof bytes - at);
        digest_end(digest, pieces);
        digest_free(digest);
        cr_assert_arr_eq(pieces, whole, sizeof whole);
    }
}
