/* What the collector serves and what is kept of it. */
#include "base/clock.h"
#include "client/response/catalogue.h"
#include "tests/unit/client/kit.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(catalogue, .init = kit_begin, .fini = kit_end);

#define DEFINITION(open)                                                                                               \
    "{\"id\":\"wau\",\"title\":{\"nl\":\"W\"},\"questionnaires\":[{\"id\":\"q\",\"questions\":[{\"id\":\"a\","         \
    "\"type\":\"scale\",\"min\":1,\"max\":5,\"required\":true,\"label\":{\"nl\":\"A\"}}]}],\"rounds\":[{\"id\":\"r\"," \
    "\"title\":{\"nl\":\"R\"},\"opensAt\":\"2026-01-01T00:00:00Z\",\"closesAt\":\"2027-01-01T00:00:00Z\","             \
    "\"questionnaire\":\"q\",\"actions\":\"all\"" open "}],\"disclosure\":{\"minRespondents\":10,\"roundTo\":5}}"
#define PANEL DEFINITION(",\"open\":true")
#define ACTIONS                                                                                                        \
    "{\"actions\":[{\"id\":\"A-1\",\"title\":\"T\",\"track\":\"\",\"lead\":\"\",\"related\":\"\",\"status\":"          \
    "\"planned\"}]"                                                                                                    \
    "}"

static struct http *http;
static struct http_answer answer;

static enum catalogue_result get(struct catalogue *catalogue, const char *url)
{
    http_answer_init(&answer);
    http = http_open(url, &retry_never);
    cr_assert_not_null(http);
    enum catalogue_result result = catalogue_get(catalogue, kit_folder(), url, http, &answer);
    http_close(http);
    return result;
}

static void expect_ours(struct catalogue *catalogue)
{
    cr_expect_str_eq(catalogue->panel->id, "wau");
    cr_expect_eq(catalogue->actions->count, 1);
    catalogue_free(catalogue);
    http_answer_free(&answer);
}

Test(catalogue, is_kept_and_asked_for_by_its_tag)
{
    const char *answers[] = {fake_answer(200, "ETag: \"p\"\r\n", PANEL), fake_answer(200, "ETag: \"a\"\r\n", ACTIONS),
                             fake_answer(304, "", ""), fake_answer(304, "", "")};
    struct catalogue catalogue;
    fake_start(answers, 4);
    cr_assert_eq(get(&catalogue, fake_url()), CATALOGUE_FRESH);
    expect_ours(&catalogue);
    cr_assert_eq(get(&catalogue, fake_url()), CATALOGUE_FRESH);
    cr_expect_not_null(strstr(fake_last(), "If-None-Match: \"a\"\r\n"));
    expect_ours(&catalogue);
    fake_stop();
}

/* SHA-256 of DEFINITION(""), of that and a line feed, of the list in ACTIONS; and of the hash of either of the first
 * and that of the last. Worked out by another program. */
#define HASH_P "W0XRk-PbBxcJ6fHywj9oX7bJipVzjYiIlenv9Co8pqw"
#define HASH_Q "2xOJGpal0iZB6hNwFfm5PAgpKQkr_W3imZHJqtY-J60"
#define HASH_A "4DF_V8705Zhssc5X6CPrJEsvIvKbEBWNTt8kAS-kgY0"
#define CONTEXT_P "nJ4PZ-97Ts_-Mh43cftU49UR38EIjnNIykY30EuThgs"
#define CONTEXT_Q "hahOsTH6C6BrrIxMU_Ip7mdlCujKLUCuQcB7l2pHW68"

static void expect_context(const char *url, enum catalogue_result result, const char *context)
{
    struct catalogue catalogue;
    cr_assert_eq(get(&catalogue, url), result);
    cr_expect_str_eq(catalogue.context, context);
    expect_ours(&catalogue);
}

Test(catalogue, knows_which_documents_it_is_made_of_also_when_only_these_have_changed)
{
    const char *answers[] = {fake_answer(200, "ETag: \"p\"\r\nDocument: " HASH_P "\r\n", PANEL),
                             fake_answer(200, "", DEFINITION("")),
                             fake_answer(200, "ETag: \"a\"\r\ndocument: " HASH_A "\r\n", ACTIONS),
                             fake_answer(304, "Document: " HASH_P "\r\n", ""),
                             fake_answer(304, "Document: " HASH_A "\r\n", ""),
                             fake_answer(304, "Document: " HASH_Q "\r\n", ""),
                             fake_answer(200, "", DEFINITION("") "\n"),
                             fake_answer(304, "Document: " HASH_A "\r\n", ""),
                             ""};
    fake_start(answers, 9);
    expect_context(fake_url(), CATALOGUE_FRESH, CONTEXT_P);
    expect_context(fake_url(), CATALOGUE_FRESH, CONTEXT_P);
    expect_context(fake_url(), CATALOGUE_FRESH, CONTEXT_Q);
    expect_context(fake_url(), CATALOGUE_KEPT, CONTEXT_Q);
    fake_stop();
}

Test(catalogue, claims_nothing_of_documents_of_which_the_collector_does_not_tell)
{
    const char *answers[] = {fake_answer(200, "Document: " HASH_P "\r\n", PANEL), fake_answer(200, "", DEFINITION("")),
                             fake_answer(200, "", ACTIONS), fake_answer(200, "Document: " HASH_P "=\r\n", PANEL),
                             fake_answer(200, "Document: " HASH_A "\r\n", ACTIONS)};
    fake_start(answers, 5);
    expect_context(fake_url(), CATALOGUE_FRESH, "");
    expect_context(fake_url(), CATALOGUE_FRESH, "");
    fake_stop();
}

#define NOT_FOUND(name)                                                                                                \
    fake_answer(404, "Content-Type: application/problem+json\r\n",                                                     \
                "{\"type\":\"urn:burgerpanel:problem:" name "\",\"title\":\"x\",\"status\":404}")

/* What is shown, and the answer to who asks for the document that is named: of it nothing is taken. */
static void expect_false(const char *panel, const char *document, const char *actions)
{
    const char *answers[] = {fake_answer(200, "Document: " HASH_P "\r\n", panel), document,
                             *actions ? fake_answer(200, "Document: " HASH_A "\r\n", actions) : "", "", ""};
    struct catalogue catalogue;
    fake_start(answers, 5);
    cr_expect_eq(get(&catalogue, fake_url()), CATALOGUE_FALSE);
    http_answer_free(&answer);
    cr_expect_eq(get(&catalogue, fake_url()), CATALOGUE_NONE);
    http_answer_free(&answer);
    fake_stop();
}

Test(catalogue, is_not_taken_where_the_definition_is_another_than_the_one_that_is_named)
{
    expect_false(DEFINITION(",\"label\":1"), fake_answer(200, "", DEFINITION("")), "");
}

Test(catalogue, is_not_taken_where_the_collector_has_no_document_as_it_names)
{
    expect_false(PANEL, NOT_FOUND("not-found"), "");
}

Test(catalogue, is_not_taken_where_an_action_is_called_otherwise_than_in_the_list_that_is_named)
{
    expect_false(PANEL, fake_answer(200, "", DEFINITION("")),
                 "{\"actions\":[{\"id\":\"A-1\",\"title\":\"Not T\",\"track\":\"\",\"lead\":\"\",\"related\":\"\","
                 "\"status\":\"planned\"}]}");
}

/* What says nothing of the document that is named: the kept copy is taken; where there is none the answer says why. */
static void expect_kept(const char *document, unsigned status)
{
    const char *first = fake_answer(200, "Document: " HASH_P "\r\n", PANEL);
    const char *answers[] = {first,
                             document,
                             first,
                             fake_answer(200, "", DEFINITION("")),
                             fake_answer(200, "Document: " HASH_A "\r\n", ACTIONS),
                             fake_answer(200, "Document: " HASH_Q "\r\n", PANEL),
                             document};
    struct catalogue catalogue;
    fake_start(answers, 7);
    cr_expect_eq(get(&catalogue, fake_url()), CATALOGUE_NONE);
    cr_expect_eq(answer.status, status);
    http_answer_free(&answer);
    expect_context(fake_url(), CATALOGUE_FRESH, CONTEXT_P);
    cr_assert_eq(get(&catalogue, fake_url()), CATALOGUE_KEPT);
    cr_expect_str_eq(catalogue.context, CONTEXT_P);
    cr_expect_eq(answer.status, status);
    expect_ours(&catalogue);
    fake_stop();
}

Test(catalogue, is_the_kept_one_where_the_document_is_not_reached)
{
    expect_kept(fake_answer(503, "", ""), 503);
}

Test(catalogue, is_the_kept_one_where_what_comes_for_the_document_is_none_of_that_name)
{
    expect_kept(fake_answer(200, "", "<html>log in</html>"), 200);
}

Test(catalogue, is_the_kept_one_where_another_than_the_collector_says_that_there_is_no_document)
{
    expect_kept(fake_answer(404, "", "not here"), 404);
}

Test(catalogue, is_the_kept_one_where_the_document_may_not_be_had)
{
    expect_kept(NOT_FOUND("not-verified"), 404);
}

/* Of the answer to the document nothing is kept. */
Test(catalogue, is_asked_for_by_its_own_tag_and_not_by_that_of_its_document)
{
    const char *answers[] = {fake_answer(200, "ETag: \"p\"\r\nDocument: " HASH_P "\r\n", PANEL),
                             fake_answer(200, "ETag: \"document\"\r\n", DEFINITION("")),
                             fake_answer(200, "ETag: \"a\"\r\nDocument: " HASH_A "\r\n", ACTIONS), ""};
    fake_start(answers, 4);
    expect_context(fake_url(), CATALOGUE_FRESH, CONTEXT_P);
    expect_context(fake_url(), CATALOGUE_KEPT, CONTEXT_P);
    cr_expect_not_null(strstr(fake_last(), "If-None-Match: \"p\"\r\n"));
    fake_stop();
}

Test(catalogue, is_the_kept_one_when_the_collector_is_not_reached_or_a_portal_answers)
{
    const char *answers[] = {fake_answer(200, "", PANEL), fake_answer(200, "", ACTIONS),
                             fake_answer(200, "", "<html>log in</html>"), ""};
    struct catalogue catalogue;
    fake_start(answers, 4);
    cr_assert_eq(get(&catalogue, fake_url()), CATALOGUE_FRESH);
    expect_ours(&catalogue);
    cr_assert_eq(get(&catalogue, fake_url()), CATALOGUE_KEPT);
    expect_ours(&catalogue);
    cr_assert_eq(get(&catalogue, fake_url()), CATALOGUE_KEPT);
    expect_ours(&catalogue);
    cr_expect_eq(get(&catalogue, "http://127.0.0.1:1"), CATALOGUE_NONE, "a copy from elsewhere is none");
    http_answer_free(&answer);
    fake_stop();
}

Test(catalogue, keeps_what_it_has_when_the_new_one_is_not_understood)
{
    const char *answers[] = {fake_answer(200, "", PANEL), fake_answer(200, "", ACTIONS),
                             fake_answer(200, "", "{\"id\":1}"), fake_answer(200, "", ACTIONS), ""};
    struct catalogue catalogue;
    fake_start(answers, 5);
    cr_assert_eq(get(&catalogue, fake_url()), CATALOGUE_FRESH);
    expect_ours(&catalogue);
    cr_expect_eq(get(&catalogue, fake_url()), CATALOGUE_BAD);
    http_answer_free(&answer);
    cr_assert_eq(get(&catalogue, fake_url()), CATALOGUE_KEPT);
    expect_ours(&catalogue);
    fake_stop();
}
