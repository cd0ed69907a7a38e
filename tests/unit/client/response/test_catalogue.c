/* What the collector serves and what is kept of it. */
#include "base/clock.h"
#include "client/response/catalogue.h"
#include "tests/unit/client/kit.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(catalogue, .init = kit_begin, .fini = kit_end);

#define PANEL                                                                                                          \
    "{\"id\":\"wau\",\"title\":{\"nl\":\"W\"},\"questionnaires\":[{\"id\":\"q\",\"questions\":[{\"id\":\"a\","         \
    "\"type\":\"scale\",\"min\":1,\"max\":5,\"required\":true,\"label\":{\"nl\":\"A\"}}]}],\"rounds\":[{\"id\":\"r\"," \
    "\"title\":{\"nl\":\"R\"},\"opensAt\":\"2026-01-01T00:00:00Z\",\"closesAt\":\"2027-01-01T00:00:00Z\","             \
    "\"questionnaire\":\"q\",\"actions\":\"all\",\"open\":true}],\"disclosure\":{\"minRespondents\":10,\"roundTo\":5}" \
    "}"
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

/* SHA-256 over 32 bytes of 0 and 32 of 1, and over 32 of 2 and 32 of 1; worked out by another program. */
#define HASH_0 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define HASH_1 "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
#define HASH_2 "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"
#define CONTEXT_0_1 "XIWVX3CSg-zOK3TxsVUpGIGfOQkRgW57tGaAWjirh_M"
#define CONTEXT_2_1 "xX1PWclhsT5AbNmRsPNC7HnlcdwsFBX_csZVBkWjsZg"

static void expect_context(const char *url, enum catalogue_result result, const char *context)
{
    struct catalogue catalogue;
    cr_assert_eq(get(&catalogue, url), result);
    cr_expect_str_eq(catalogue.context, context);
    expect_ours(&catalogue);
}

Test(catalogue, knows_which_documents_it_is_made_of_also_when_only_these_have_changed)
{
    const char *answers[] = {fake_answer(200, "ETag: \"p\"\r\nDocument: " HASH_0 "\r\n", PANEL),
                             fake_answer(200, "ETag: \"a\"\r\ndocument: " HASH_1 "\r\n", ACTIONS),
                             fake_answer(304, "Document: " HASH_2 "\r\n", ""),
                             fake_answer(304, "Document: " HASH_1 "\r\n", ""), ""};
    fake_start(answers, 5);
    expect_context(fake_url(), CATALOGUE_FRESH, CONTEXT_0_1);
    expect_context(fake_url(), CATALOGUE_FRESH, CONTEXT_2_1);
    expect_context(fake_url(), CATALOGUE_KEPT, CONTEXT_2_1);
    fake_stop();
}

Test(catalogue, claims_nothing_of_documents_of_which_the_collector_does_not_tell)
{
    const char *answers[] = {fake_answer(200, "Document: " HASH_0 "\r\n", PANEL), fake_answer(200, "", ACTIONS),
                             fake_answer(200, "Document: " HASH_0 "=\r\n", PANEL),
                             fake_answer(200, "Document: " HASH_1 "\r\n", ACTIONS)};
    fake_start(answers, 4);
    expect_context(fake_url(), CATALOGUE_FRESH, "");
    expect_context(fake_url(), CATALOGUE_FRESH, "");
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
