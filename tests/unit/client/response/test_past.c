/* Responses signed before, read back from the spool. */
#include "base/file.h"
#include "client/response/compose.h"
#include "client/response/past.h"
#include "crypto/jws.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct secret_key *key;

static void prepare(void)
{
    kit_begin();
    key = secret_key_new();
    cr_assert_not_null(key);
    cr_assert_eq(spool_prepare(kit_folder()), 0);
}

static void finish(void)
{
    secret_key_free(key);
    kit_end();
}

TestSuite(past, .init = prepare, .fini = finish);

static struct history_line keep_response(int64_t revision, const char *answers)
{
    char name[] = "wau";
    struct panel panel = {.id = name};
    struct catalogue catalogue = {.panel = &panel};
    struct history_line line = {.id = kit_id("A-1", revision), .state = SPOOL_WAITING};
    struct buf json, jws;
    buf_init(&json, JWS_MAX);
    buf_init(&jws, JWS_MAX);
    buf_put_text(&json, answers);
    cr_assert_eq(compose_sign(&jws, key, &catalogue, &line.id, &json), 0);
    cr_assert_eq(spool_put(kit_folder(), &line.id, buf_text(&jws), jws.len), 0);
    buf_free(&json);
    buf_free(&jws);
    return line;
}

Test(past, gives_back_the_answers_and_when_they_were_signed)
{
    struct past_response past;
    struct error error = {0};
    struct history_line line = keep_response(2, "{\"a\":1,\"b\":\"x\\ny\"}");
    cr_assert_eq(past_read(&past, kit_folder(), &line, &error), 0, "%s", error.text);
    cr_expect_str_eq(buf_text(&past.answers), "{\"a\":1,\"b\":\"x\\ny\"}");
    cr_expect_eq(past.id.revision, 2);
    cr_expect_eq(past.state, SPOOL_WAITING);
    cr_expect_gt(past.signed_at, 1700000000);
    past_free(&past);
}

Test(past, says_which_response_is_damaged_or_gone)
{
    struct past_response past;
    struct error error = {0};
    struct history_line line = keep_response(2, "{}");
    kit_write("spool/round-1~A-1~0000000000000002.jws", "no JWS");
    cr_expect_eq(past_read(&past, kit_folder(), &line, &error), -1);
    cr_expect_eq(error.kind, ERROR_DAMAGED);
    cr_expect_not_null(strstr(error.text, "A-1, revision 2, is damaged"), "%s", error.text);
    line.id.revision = 3;
    cr_expect_eq(past_read(&past, kit_folder(), &line, &error), -1);
    cr_expect_eq(error.kind, ERROR_IO);
    cr_expect_not_null(strstr(error.text, "A-1"), "%s", error.text);
}
