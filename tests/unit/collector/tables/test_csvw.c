/* CSV on the Web: read back as JSON. That it fits its vocabulary, and the tables, is seen end to end. */
#include "base/json.h"
#include "base/mem.h"
#include "collector/tables/csvw.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

static struct store *store;
static struct catalogue *catalogue;
static struct table_context context;
static const struct table_release release = {.number = 1};

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
    catalogue_release(catalogue);
    store_close(store);
    kit_end();
}

TestSuite(csvw, .init = prepare, .fini = finish);

/* The caller frees. */
static struct json *describe(enum table table, const char *before, const char *after)
{
    const struct csvw_subject subject = {.table = table, .context = &context, .before = before, .after = after};
    struct buf text;
    struct json_fault fault = {0};
    buf_init(&text, KIT_TEXT_MAX);
    csvw_put(&text, &subject);
    cr_assert_eq(buf_check(&text), 0);
    struct json *document = json_parse(buf_text(&text), text.len, &fault);
    cr_assert_not_null(document, "byte %zu: %s", fault.offset, fault.what);
    buf_free(&text);
    return document;
}

static const struct json *first_table(const struct json *document)
{
    return json_first(json_member(document, "tables"));
}

static const char *text_of(const struct json *object, const char *name)
{
    return json_text(json_member(object, name));
}

Test(csvw, groups_a_table_with_those_that_its_keys_lead_to)
{
    static const size_t tables[] = {
        [TABLE_SUMMARY] = 1, [TABLE_QUESTIONS] = 2, [TABLE_OPTIONS] = 3, [TABLE_COMMENTS] = 1};
    for (int table = 0; table < TABLE_COUNT; table++) {
        struct json *document = describe((enum table)table, "", ".csv");
        const struct json *described = first_table(document);
        size_t key = json_count(json_member(json_member(described, "tableSchema"), "primaryKey"));
        cr_expect_eq(json_count(json_member(document, "tables")), tables[table]);
        cr_expect_eq(key, table_key((enum table)table));
        cr_expect_eq(json_member(json_member(described, "tableSchema"), "foreignKeys") != NULL,
                     table_parent((enum table)table) >= 0);
        json_free(document);
    }
}

Test(csvw, names_each_table_by_its_url_as_seen_from_the_document)
{
    struct json *document = describe(TABLE_QUESTIONS, "../", "?exact=true");
    const struct json *questions = first_table(document);
    const struct json *key = json_first(json_member(json_member(questions, "tableSchema"), "foreignKeys"));
    cr_expect_str_eq(text_of(questions, "url"), "../questions?exact=true");
    cr_expect_str_eq(text_of(json_next(questions), "url"), "../summary?exact=true");
    cr_expect_str_eq(text_of(json_member(key, "reference"), "resource"), "../summary?exact=true");
    json_free(document);
}

Test(csvw, says_how_cells_are_separated_and_decimals_written)
{
    context.format = &csv_excel_nl;
    struct json *document = describe(TABLE_QUESTIONS, "", ".csv");
    const struct json *column = json_first(json_member(json_member(first_table(document), "tableSchema"), "columns"));
    cr_expect_str_eq(text_of(json_member(first_table(document), "dialect"), "delimiter"), ";");
    while (strcmp(text_of(column, "name"), "mean") != 0)
        column = json_next(column);
    cr_expect_str_eq(text_of(json_member(json_member(column, "datatype"), "format"), "decimalChar"), ",");
    json_free(document);
}

Test(csvw, says_when_figures_are_exact)
{
    struct json *document = describe(TABLE_SUMMARY, "", ".csv");
    cr_expect_str_eq(text_of(json_first(json_member(first_table(document), "dc:title")), "@value"), "Summary");
    json_free(document);
    context.release = NULL;
    document = describe(TABLE_SUMMARY, "", ".csv");
    cr_expect_str_eq(text_of(json_first(json_member(first_table(document), "dc:title")), "@value"),
                     "Summary, exact figures");
    cr_expect_not_null(strstr(text_of(json_first(json_member(first_table(document), "dc:description")), "@value"),
                              "not for publication"));
    json_free(document);
    document = describe(TABLE_COMMENTS, "", ".csv");
    cr_expect_str_eq(text_of(json_first(json_member(first_table(document), "dc:title")), "@value"), "Comments");
    json_free(document);
}

Test(csvw, bears_what_the_table_can_not_be_understood_without)
{
    struct json *document = describe(TABLE_SUMMARY, "", ".csv");
    const struct json *note = json_first(json_member(document, "notes"));
    int64_t invited = 0;
    cr_assert_eq(json_integer(json_member(json_member(note, "participation"), "invited"), &invited), 0);
    cr_expect_eq(invited, 70);
    cr_expect_str_eq(text_of(json_member(note, "questionnaire"), "id"), "standard-1");
    json_free(document);
}

Test(csvw, is_not_whole_when_memory_lacks)
{
    const struct csvw_subject subject = {.table = TABLE_OPTIONS, .context = &context, .before = "", .after = ".csv"};
    for (unsigned long n = 1;; n++) {
        struct buf text;
        buf_init(&text, KIT_TEXT_MAX);
        mem_fail_at(n);
        csvw_put(&text, &subject);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(buf_check(&text) == 0, !failed, "allocation %lu", n);
        buf_free(&text);
        if (!failed) {
            cr_assert_gt(n, 1);
            break;
        }
    }
}
