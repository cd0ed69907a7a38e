#include "base/mem.h"
#include "panel/response.h"
#include "tests/unit/panel/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPENED INT64_C(1767225600)
#define NOW (OPENED + 1000)
#define LABEL ",\"label\":{\"nl\":\"?\"}"
#define OPTION(value) "{\"value\":\"" value "\"" LABEL "}"

/* Four questions in a chain, each asked by the answer to the one before, and two that stand alone. */
static const char chain[] =
    "{\"id\":\"p\",\"title\":{\"nl\":\"P\"},\"questionnaires\":[{\"id\":\"other\",\"questions\":["
    "{\"id\":\"z\",\"type\":\"text\",\"maxLength\":1,\"required\":false" LABEL "}]},{\"id\":\"q\",\"questions\":["
    "{\"id\":\"a\",\"type\":\"choice\",\"required\":true" LABEL ",\"options\":[" OPTION("yes") "," OPTION(
        "no") "]},"
              "{\"id\":\"b\",\"type\":\"scale\",\"min\":-2,\"max\":2,\"required\":false" LABEL
              ",\"when\":{\"question\":\"a\",\"equals\":\"yes\"}},"
              "{\"id\":\"c\",\"type\":\"choice\",\"required\":true" LABEL ",\"options\":[" OPTION("x") "," OPTION(
                  "y") "],"
                       "\"when\":{\"question\":\"b\",\"equals\":-2}},"
                       "{\"id\":\"d\",\"type\":\"text\",\"maxLength\":3,\"required\":true" LABEL
                       ",\"when\":{\"question\":\"c\",\"equals\":\"y\"}},"
                       "{\"id\":\"m\",\"type\":\"multi\",\"required\":false" LABEL
                       ",\"options\":[" OPTION("one") "," OPTION("two") "," OPTION(
                           "three") "]},"
                                    "{\"id\":\"t\",\"type\":\"text\",\"maxLength\":4,\"required\":false" LABEL "}"
                                    "]}],\"rounds\":["
                                    "{\"id\":\"r0\",\"title\":{\"nl\":\"R\"},\"opensAt\":\"2026-01-01T00:00:00Z\","
                                    "\"closesAt\":\"2036-01-01T00:00:00Z\","
                                    "\"questionnaire\":\"other\",\"actions\":\"all\"},"
                                    "{\"id\":\"r1\",\"title\":{\"nl\":\"R\"},\"opensAt\":\"2026-01-01T00:00:00Z\","
                                    "\"closesAt\":\"2036-01-01T00:00:00Z\","
                                    "\"questionnaire\":\"q\",\"actions\":[\"A3\",\"A1\"]}]}";

/* One response checked against that panel. */
struct bench {
    struct panel *panel;
    struct action_list *actions;
    struct buf text;
    struct response response;
    struct ballot ballot;
    struct faults faults;
    int result;
};

static void bench_open(struct bench *b)
{
    memset(b, 0, sizeof *b);
    b->panel = kit_panel_from(chain);
    b->actions = kit_actions_from("id,title,track,lead,related,status\nA2,t,,,,done\nA3,t,,,,done\nA1,t,,,,done\n");
    buf_init(&b->text, PANEL_JSON_MAX);
    faults_init(&b->faults);
}

static void bench_reset(struct bench *b)
{
    response_free(&b->response);
    ballot_free(&b->ballot);
    faults_free(&b->faults);
    buf_reset(&b->text);
}

static void bench_close(struct bench *b)
{
    bench_reset(b);
    buf_free(&b->text);
    panel_free(b->panel);
    action_list_free(b->actions);
}

static void check_claims(struct bench *b, struct response_claims claims, int64_t now)
{
    struct error error = {0};
    bench_reset(b);
    claims.jti = "AAECAwQFBgcICQoLDA0ODw";
    claims.revision = 1;
    response_put_claims(&b->text, &claims);
    cr_assert_eq(buf_check(&b->text), 0);
    cr_assert_eq(response_parse(b->text.data, b->text.len, &b->response, &error), 0, "%s in %s", error.text,
                 b->text.data);
    b->result = response_check(&b->response, b->panel, b->actions, now, &b->ballot, &b->faults);
    cr_assert_eq(b->result != 0, faults_any(&b->faults));
}

static void check(struct bench *b, const char *answers)
{
    struct response_claims claims = {.aud = "p", .round = "r1", .action = "A1", .iat = NOW};
    claims.answers = answers;
    claims.answers_len = strlen(answers);
    check_claims(b, claims, NOW);
}

/* The marks as text: "a:1" for an option, "a" for answered. */
static void expect_marks(struct bench *b, const char *answers, const char *marks)
{
    char text[300] = "";
    size_t used = 0;
    check(b, answers);
    cr_assert_eq(b->result, 0, "%s:%s", answers, kit_all_faults(&b->faults));
    const struct questionnaire *questionnaire = round_questionnaire(b->panel, &b->panel->rounds[b->ballot.round]);
    for (size_t i = 0; i < b->ballot.mark_count; i++) {
        struct mark mark = b->ballot.marks[i];
        const char *id = questionnaire->questions[mark.question].id;
        if (mark.option == MARK_ANSWERED)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? " " : "", id);
        else
            used += (size_t)snprintf(text + used, sizeof text - used, " %s:%d", id, mark.option);
    }
    cr_expect_str_eq(text, marks, "%s gave '%s', not '%s'", answers, text, marks);
}

static void expect_faults(struct bench *b, const char *answers, size_t count, const char *where, const char *word)
{
    check(b, answers);
    cr_expect_eq(b->result, -1, "%s", answers);
    cr_expect_eq(b->faults.total, count, "%s:%s", answers, kit_all_faults(&b->faults));
    cr_expect(kit_has_fault(&b->faults, where, word), "%s: no '%s' at %s in%s", answers, word, where,
              kit_all_faults(&b->faults));
}

Test(response_check, puts_answers_in_the_panels_terms)
{
    struct bench b;
    bench_open(&b);
    expect_marks(&b, "{\"a\":\"no\"}", "a a:1");
    expect_marks(&b, "{\"a\":\"yes\",\"b\":2}", "a a:0 b b:4");
    expect_marks(&b, "{\"t\":\"abcd\",\"m\":[\"three\",\"one\"],\"d\":\"q\",\"c\":\"y\",\"b\":-2,\"a\":\"yes\"}",
                 "a a:0 b b:0 c c:1 d m m:0 m:2 t");
    expect_marks(&b, "{\"a\":\"no\",\"m\":[]}", "a a:1 m");
    expect_marks(&b, "{\"a\":\"no\",\"m\":[\"two\",\"three\",\"one\"]}", "a a:1 m m:0 m:1 m:2");
    cr_assert_eq(b.ballot.round, 1);
    cr_assert_eq(b.ballot.action, 2);
    bench_close(&b);
}

Test(response_check, takes_no_answers_where_none_is_required)
{
    struct bench b;
    bench_open(&b);
    check_claims(&b,
                 (struct response_claims){
                     .aud = "p", .round = "r0", .action = "A2", .iat = NOW, .answers = "{}", .answers_len = 2},
                 NOW);
    cr_assert_eq(b.result, 0);
    cr_assert_eq(b.ballot.mark_count, 0);
    cr_assert_eq(b.ballot.round, 0);
    cr_assert_eq(b.ballot.action, 0);
    bench_close(&b);
}

Test(response_check, names_an_answer_that_does_not_fit_its_question)
{
    struct bench b;
    bench_open(&b);
    expect_faults(&b, "{\"a\":\"maybe\"}", 1, "/answers/a", "options");
    expect_faults(&b, "{\"a\":1}", 1, "/answers/a", "options");
    expect_faults(&b, "{\"a\":[\"yes\"]}", 1, "/answers/a", "options");
    expect_faults(&b, "{\"a\":\"yes\",\"b\":3}", 1, "/answers/b", "from -2 to 2");
    expect_faults(&b, "{\"a\":\"yes\",\"b\":-3}", 1, "/answers/b", "from -2 to 2");
    expect_faults(&b, "{\"a\":\"yes\",\"b\":9007199254740991}", 1, "/answers/b", "from -2 to 2");
    expect_faults(&b, "{\"a\":\"yes\",\"b\":\"1\"}", 1, "/answers/b", "from -2 to 2");
    expect_faults(&b, "{\"a\":\"no\",\"m\":\"one\"}", 1, "/answers/m", "list");
    expect_faults(&b, "{\"a\":\"no\",\"m\":1}", 1, "/answers/m", "list");
    expect_faults(&b, "{\"a\":\"no\",\"m\":[\"one\",\"four\",\"\"]}", 2, "/answers/m/1", "options");
    expect_faults(&b, "{\"a\":\"no\",\"t\":\"\"}", 1, "/answers/t", "empty");
    expect_faults(&b, "{\"a\":\"no\",\"t\":[]}", 1, "/answers/t", "string");
    expect_faults(&b, "{\"a\":\"no\",\"t\":4}", 1, "/answers/t", "string");
    expect_faults(&b, "{\"a\":\"no\",\"t\":\"12345\"}", 1, "/answers/t", "at most 4");
    bench_close(&b);
}

Test(response_check, counts_code_points_of_a_text)
{
    struct bench b;
    bench_open(&b);
    expect_marks(&b, "{\"a\":\"no\",\"t\":\"é€😀e\"}", "a a:1 t");
    expect_faults(&b, "{\"a\":\"no\",\"t\":\"é€😀ee\"}", 1, "/answers/t", "at most 4");
    expect_marks(&b, "{\"a\":\"no\",\"t\":\"\\ud83d\\ude00\\ud83d\\ude00\\n \"}", "a a:1 t");
    bench_close(&b);
}

Test(response_check, asks_what_must_be_asked_and_nothing_else)
{
    struct bench b;
    bench_open(&b);
    expect_faults(&b, "{}", 1, "/answers/a", "required");
    expect_faults(&b, "{\"a\":\"no\",\"b\":1}", 1, "/answers/b", "not asked");
    expect_faults(&b, "{\"b\":1}", 2, "/answers/b", "not asked");
    expect_faults(&b, "{\"a\":\"yes\",\"b\":-2}", 1, "/answers/c", "required");
    expect_faults(&b, "{\"a\":\"yes\",\"b\":-2,\"c\":\"y\"}", 1, "/answers/d", "required");
    expect_faults(&b, "{\"a\":\"yes\",\"b\":-2,\"c\":\"x\",\"d\":\"q\"}", 1, "/answers/d", "not asked");
    expect_faults(&b, "{\"a\":\"yes\",\"c\":\"y\"}", 1, "/answers/c", "not asked");
    bench_close(&b);
}

Test(response_check, asks_only_after_a_question_that_is_itself_asked)
{
    struct bench b;
    bench_open(&b);
    /* b and c have the answers that ask on, but were not to be answered: c and d are no more asked than they. */
    expect_faults(&b, "{\"a\":\"no\",\"b\":-2}", 1, "/answers/b", "not asked");
    expect_faults(&b, "{\"a\":\"no\",\"b\":-2,\"c\":\"y\",\"d\":\"q\"}", 3, "/answers/d", "not asked");
    bench_close(&b);
}

Test(response_check, holds_a_wrong_answer_against_that_question_alone)
{
    struct bench b;
    bench_open(&b);
    expect_faults(&b, "{\"a\":\"maybe\",\"b\":1}", 1, "/answers/a", "options");
    expect_faults(&b, "{\"a\":\"maybe\",\"b\":7}", 2, "/answers/b", "from -2 to 2");
    expect_faults(&b, "{\"a\":\"maybe\",\"b\":-2,\"c\":\"x\",\"d\":\"q\"}", 2, "/answers/d", "not asked");
    bench_close(&b);
}

Test(response_check, names_every_fault_and_escapes_unknown_names)
{
    struct bench b;
    bench_open(&b);
    expect_faults(&b, "{\"a\":\"no\",\"\":1,\"x/y~z\":[],\"A\":\"\",\"t\":\"\"}", 4, "/answers/x~1y~0z",
                  "not a question");
    cr_assert(kit_has_fault(&b.faults, "/answers/", "not a question"));
    cr_assert(kit_has_fault(&b.faults, "/answers/A", "not a question"));
    cr_assert(kit_has_fault(&b.faults, "/answers/t", "empty"));
    bench_close(&b);
}

Test(response_check, tells_only_of_audience_round_and_action_when_one_is_wrong)
{
    static const struct {
        const char *aud, *round, *action;
        size_t count;
        const char *where;
    } wrong[] = {
        {"q", "r1", "A1", 1, "/aud"},    {"p", "r2", "A1", 1, "/round"}, {"p", "r1", "A9", 1, "/action"},
        {"p", "r1", "A2", 1, "/action"}, {"", "", "", 3, "/round"},
    };
    struct bench b;
    bench_open(&b);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct response_claims claims = {.aud = wrong[i].aud, .round = wrong[i].round, .action = wrong[i].action};
        claims.answers = "{\"nonsense\":1}";
        claims.answers_len = strlen(claims.answers);
        check_claims(&b, claims, NOW);
        cr_expect_eq(b.result, -1);
        cr_expect_eq(b.faults.total, wrong[i].count, "%zu:%s", i, kit_all_faults(&b.faults));
        cr_expect(kit_has_fault(&b.faults, wrong[i].where, "is "), "%zu:%s", i, kit_all_faults(&b.faults));
    }
    bench_close(&b);
}

static int check_at(struct bench *b, int64_t iat, int64_t now)
{
    check_claims(b,
                 (struct response_claims){
                     .aud = "p", .round = "r0", .action = "A1", .iat = iat, .answers = "{}", .answers_len = 2},
                 now);
    if (b->result != 0)
        cr_assert(kit_has_fault(&b->faults, "/iat", "is "), "%s", kit_all_faults(&b->faults));
    return b->result;
}

Test(response_check, judges_iat_by_the_clock_and_the_rounds_start)
{
    struct bench b;
    bench_open(&b);
    cr_expect_eq(check_at(&b, NOW + 300, NOW), 0);
    cr_expect_eq(check_at(&b, NOW + 301, NOW), -1);
    cr_expect_eq(check_at(&b, OPENED, NOW), 0);
    cr_expect_eq(check_at(&b, OPENED - 1, NOW), -1);
    cr_expect(kit_has_fault(&b.faults, "/iat", "2026-01-01T00:00:00Z"));
    cr_expect_eq(check_at(&b, OPENED, NOW + 400000000), 0);
    cr_expect_eq(check_at(&b, -9007199254740991, NOW), -1);
    cr_expect_eq(check_at(&b, 9007199254740991, NOW), -1);
    bench_close(&b);
}

Test(response_check, tells_of_iat_together_with_the_answers)
{
    struct bench b;
    bench_open(&b);
    check_claims(&b,
                 (struct response_claims){
                     .aud = "p", .round = "r1", .action = "A1", .iat = 5, .answers = "{}", .answers_len = 2},
                 NOW);
    cr_assert_eq(b.faults.total, 2);
    cr_assert(kit_has_fault(&b.faults, "/iat", "opened"));
    cr_assert(kit_has_fault(&b.faults, "/answers/a", "required"));
    bench_close(&b);
}

Test(response_check, stops_looking_once_enough_is_wrong)
{
    struct bench b;
    struct buf answers;
    bench_open(&b);
    buf_init(&answers, 1000000);
    buf_put_text(&answers, "{\"m\":[\"0\"");
    for (int i = 1; i < 5000; i++)
        buf_printf(&answers, ",\"%d\"", i);
    buf_put_text(&answers, "]");
    for (int i = 0; i < 5000; i++)
        buf_printf(&answers, ",\"%d\":1", i);
    buf_put_text(&answers, ",\"a\":\"no\"}");
    check(&b, answers.data);
    cr_assert_eq(b.faults.count, FAULTS_MAX);
    cr_assert_lt(b.faults.total, 2 * FAULTS_MAX);
    buf_free(&answers);
    bench_close(&b);
}

/* Whether allocation number n was reached. */
static bool fails_cleanly_at(struct bench *b, unsigned long n, bool is_right)
{
    struct ballot ballot;
    struct faults faults;
    faults_init(&faults);
    mem_fail_at(n);
    int result = response_check(&b->response, b->panel, b->actions, NOW, &ballot, &faults);
    bool failed = mem_has_failed();
    mem_fail_at(0);
    if (failed) {
        cr_assert_eq(result, -1, "allocation %lu", n);
        cr_assert(faults.no_memory, "allocation %lu", n);
    } else {
        cr_assert_eq(result == 0, is_right);
    }
    if (result == 0)
        ballot_free(&ballot);
    faults_free(&faults);
    return failed;
}

Test(response_check, fails_cleanly_when_any_allocation_does)
{
    static const char *const answers[] = {"{\"a\":\"yes\",\"b\":1,\"m\":[\"one\"],\"t\":\"x\"}",
                                          "{\"a\":\"maybe\",\"nonsense\":1,\"m\":[\"four\"],\"t\":\"\"}"};
    struct bench b;
    bench_open(&b);
    for (size_t i = 0; i < 2; i++) {
        unsigned long n = 1;
        check(&b, answers[i]);
        while (fails_cleanly_at(&b, n, i == 0))
            n++;
        cr_assert_gt(n, 1);
    }
    bench_close(&b);
}

Test(response_check, says_faults_to_a_person_in_dutch_and_over_the_wire_in_english)
{
    struct bench b;
    setenv("LC_ALL", "nl_NL.UTF-8", 1);
    bench_open(&b);
    check(&b, "{}");
    cr_assert_gt(b.faults.count, 0);
    cr_expect_str_eq(b.faults.list[0].what, "moet beantwoord worden");
    faults_free(&b.faults);
    b.faults.cross_wire = true;
    cr_assert_eq(response_check(&b.response, b.panel, b.actions, NOW, &b.ballot, &b.faults), -1);
    cr_expect_str_eq(b.faults.list[0].what, "is required");
    bench_close(&b);
}
