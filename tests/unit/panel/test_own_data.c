/* Requests to erase and for access: those of an independent program are read, those that it means to be refused for
 * their claims are, and what is written is read as the same. */
#include "base/file.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/own_data.h"
#include <criterion/criterion.h>
#include <string.h>

#define MAX ((size_t)64 * 1024)

static void start(void)
{
    cr_assert_eq(crypto_start(), 0);
}

TestSuite(own_data, .init = start);

static struct json *load_vectors(void)
{
    struct buf text;
    buf_init(&text, 1024 * 1024);
    cr_assert_eq(file_read("tests/vectors/protocol2/erasure.json", &text), 0);
    struct json *vectors = json_parse(buf_text(&text), text.len, NULL);
    cr_assert_not_null(vectors);
    buf_free(&text);
    return vectors;
}

/* The payload, whoever signed it; -1 when the envelope is not of that type, or its own key does not verify it. */
static int open_request(const char *text, const char *typ, struct buf *payload)
{
    struct jws jws;
    buf_init(payload, MAX);
    if (jws_parse(text, strlen(text), typ, &jws, NULL) < 0)
        return -1;
    return jws_decode_payload(&jws, payload);
}

Test(own_data, erasures_of_an_independent_program_are_read)
{
    struct json *vectors = load_vectors();
    const struct json *sample = json_first(json_member(vectors, "good"));
    struct buf payload;
    struct own_data_request request;
    cr_assert_eq(open_request(json_text(json_member(sample, "jws")), ERASURE_TYP, &payload), 0);
    cr_assert_eq(own_data_parse_erasure(buf_text(&payload), payload.len, &request, NULL), 0);
    cr_assert_str_eq(request.aud, "wau");
    cr_assert_str_eq(request.round, "round-1");
    cr_assert_str_eq(request.action, "A-1");
    cr_assert_eq(request.iat, 1790001620);
    own_data_free(&request);
    buf_free(&payload);
    sample = json_next(sample);
    cr_assert_eq(open_request(json_text(json_member(sample, "jws")), ERASURE_TYP, &payload), 0);
    cr_assert_eq(own_data_parse_erasure(buf_text(&payload), payload.len, &request, NULL), 0);
    cr_assert(!request.round && !request.action);
    own_data_free(&request);
    buf_free(&payload);
    json_free(vectors);
}

/* Of the refused ones, those are refused here that are so for the claims themselves. The rest is for who knows the
 * panel, the clock and the members. */
Test(own_data, erasures_with_wrong_claims_are_refused)
{
    static const char *const for_their_claims[] = {"no jwk", "a scope of more members", "an unknown word"};
    struct json *vectors = load_vectors();
    size_t refused = 0;
    for (const struct json *bad = json_first(json_member(vectors, "refused")); bad; bad = json_next(bad)) {
        struct buf payload;
        struct own_data_request request;
        const char *what = json_text(json_member(bad, "what"));
        if (open_request(json_text(json_member(bad, "jws")), ERASURE_TYP, &payload) < 0) {
            cr_assert_str_eq(what, "typ of a response");
            buf_free(&payload);
            continue;
        }
        struct error error = {0};
        bool expected = false;
        for (size_t i = 0; i < 3; i++)
            expected = expected || strcmp(what, for_their_claims[i]) == 0;
        int result = own_data_parse_erasure(buf_text(&payload), payload.len, &request, &error);
        cr_assert_eq(result, expected ? -1 : 0, "%s", what);
        refused += expected;
        if (result == 0)
            own_data_free(&request);
        else
            cr_assert(error.kind == ERROR_REFUSED && error.text[0] != '\0');
        buf_free(&payload);
    }
    cr_assert_eq(refused, 3);
    json_free(vectors);
}

Test(own_data, access_is_read_and_takes_no_scope)
{
    struct json *vectors = load_vectors();
    struct buf payload;
    struct own_data_request request;
    cr_assert_eq(open_request(json_text(json_member(vectors, "access")), ACCESS_TYP, &payload), 0);
    cr_assert_eq(own_data_parse_access(buf_text(&payload), payload.len, &request, NULL), 0);
    cr_assert(!request.round);
    cr_assert_eq(own_data_parse_erasure(buf_text(&payload), payload.len, &request, NULL), -1);
    own_data_free(&request);
    buf_free(&payload);
    json_free(vectors);
}

static void compare_written(const struct own_data_request *request, bool erasure)
{
    struct buf out;
    struct own_data_request read;
    buf_init(&out, MAX);
    (erasure ? own_data_put_erasure : own_data_put_access)(&out, request);
    cr_assert_eq((erasure ? own_data_parse_erasure : own_data_parse_access)(buf_text(&out), out.len, &read, NULL), 0);
    cr_assert_str_eq(read.aud, request->aud);
    cr_assert_str_eq(read.jti, request->jti);
    cr_assert_eq(read.iat, request->iat);
    cr_assert_arr_eq(read.public_key, request->public_key, KEY_BYTES);
    cr_assert_eq(!read.round, !request->round);
    if (read.round) {
        cr_assert_str_eq(read.round, request->round);
        cr_assert_str_eq(read.action, request->action);
    }
    own_data_free(&read);
    buf_free(&out);
}

Test(own_data, is_read_as_it_was_written)
{
    struct own_data_request request = {.aud = "p", .jti = "AAECAwQFBgcICQoLDA0ODw", .iat = 9};
    memset(request.public_key, 7, KEY_BYTES);
    compare_written(&request, false);
    compare_written(&request, true);
    request.round = "r";
    request.action = "a";
    compare_written(&request, true);
}
