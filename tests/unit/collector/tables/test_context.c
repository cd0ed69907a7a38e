/* What a table can't be understood without: read back as JSON. */
#include "base/json.h"
#include "collector/tables/context.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

static struct store *store;
static struct catalogue *catalogue;
static struct table_context context;
static const struct table_release release = {.number = 3, .is_final = true, .size = 1234};
static struct json *document;

static void prepare(void)
{
    kit_begin();
    store = kit_store_new(kit_dsn(NULL));
    catalogue = catalogue_load(store, NULL);
    context = (struct table_context){
        .catalogue = catalogue, .release = &release, .format = &csv_rfc4180, .invited = 70, .enrolled = 61};
    cr_assert_not_null(catalogue);
}

static void finish(void)
{
    json_free(document);
    catalogue_release(catalogue);
    store_close(store);
    kit_end();
}

TestSuite(context, .init = prepare, .fini = finish);

static void put_document(void)
{
    struct buf text;
    buf_init(&text, KIT_TEXT_MAX);
    buf_put_char(&text, '{');
    context_put(&text, &context);
    buf_put_char(&text, '}');
    cr_assert_eq(buf_check(&text), 0);
    document = json_parse(buf_text(&text), text.len, NULL);
    cr_assert_not_null(document, "%s", buf_text(&text));
    buf_free(&text);
}

static const char *text_at(const struct json *object, const char *name)
{
    return json_text(json_member(object, name));
}

static int64_t integer_at(const struct json *object, const char *name)
{
    int64_t value = -1;
    cr_assert_eq(json_integer(json_member(object, name), &value), 0, "%s", name);
    return value;
}

Test(context, has_the_round_with_its_dates_in_every_language)
{
    put_document();
    const struct json *round = json_member(document, "round");
    cr_expect_str_eq(text_at(document, "panel"), "wau");
    cr_expect_str_eq(text_at(round, "id"), "round-1");
    cr_expect_str_eq(text_at(round, "opensAt"), "2026-01-01T00:00:00Z");
    cr_expect_str_eq(text_at(round, "closesAt"), "2036-01-01T00:00:00Z");
    cr_expect_eq(json_count(json_member(round, "titles")), 2);
}

Test(context, has_how_many_were_invited_and_enrolled)
{
    put_document();
    cr_expect_eq(integer_at(json_member(document, "participation"), "invited"), 70);
    cr_expect_eq(integer_at(json_member(document, "participation"), "enrolled"), 61);
}

Test(context, has_the_rules_that_the_figures_went_through)
{
    bool exact = true;
    put_document();
    const struct json *rules = json_member(document, "disclosure");
    cr_assert_eq(json_bool(json_member(rules, "exact"), &exact), 0);
    cr_expect_not(exact);
    cr_expect_eq(integer_at(rules, "minRespondents"), 10);
    cr_expect_eq(integer_at(rules, "rule"), 2);
    cr_expect_eq(integer_at(rules, "roundTo"), 5);
    cr_expect_eq(integer_at(rules, "minChanged"), 10);
    cr_expect_eq(integer_at(json_member(document, "release"), "number"), 3);
    cr_expect_eq(integer_at(json_member(document, "release"), "size"), 1234);
    json_free(document);
    context.release = NULL;
    put_document();
    cr_assert_eq(json_bool(json_member(json_member(document, "disclosure"), "exact"), &exact), 0);
    cr_expect(exact);
    cr_expect_eq(json_count(json_member(document, "disclosure")), 1);
    cr_expect_null(json_member(document, "release"));
}

Test(context, repeats_what_was_so_when_a_release_was_made)
{
    struct buf before, after;
    buf_init(&before, KIT_TEXT_MAX);
    buf_init(&after, KIT_TEXT_MAX);
    buf_put_char(&before, '{');
    context_put(&before, &context);
    buf_put_char(&before, '}');
    document = json_parse(buf_text(&before), before.len, NULL);
    context.note = document;
    context.invited = 1;
    context.release = NULL;
    buf_put_char(&after, '{');
    context_put(&after, &context);
    buf_put_char(&after, '}');
    cr_assert_str_eq(buf_text(&before), buf_text(&after));
    buf_free(&before);
    buf_free(&after);
}

Test(context, has_the_questions_as_they_were_imported)
{
    put_document();
    struct buf panel = kit_file("fixtures/panel.json");
    struct json *imported = json_parse(panel.data, panel.len, NULL);
    const struct json *questionnaire = json_first(json_member(imported, "questionnaires"));
    cr_assert(json_equal(json_member(document, "questionnaire"), questionnaire));
    const struct json *scale = json_first(json_member(questionnaire, "questions"));
    cr_expect_str_eq(text_at(json_member(json_member(scale, "ends"), "max"), "en"), "very important");
    json_free(imported);
    buf_free(&panel);
}

Test(context, says_in_both_languages_when_figures_are_exact)
{
    cr_expect_str_eq(context_title(&context, TABLE_OPTIONS).dutch, "Opties");
    context.release = NULL;
    cr_expect_str_eq(context_title(&context, TABLE_OPTIONS).english, "Options, exact figures");
    cr_expect_str_eq(context_title(&context, TABLE_OPTIONS).dutch, "Opties, exacte cijfers");
    cr_expect_not_null(strstr(context_description(&context, TABLE_OPTIONS).dutch, "niet voor publicatie"));
    cr_expect_str_eq(context_title(&context, TABLE_COMMENTS).dutch, "Toelichtingen");
}
