/* Data packages: read back as JSON, and told from those of another kind. That they fit the standard's schemas is seen
 * end to end. */
#include "base/json.h"
#include "collector/tables/datapackage.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

static struct store *store;
static struct catalogue *catalogue;
static struct datapackage package;
static struct buf text;
static const struct table_release release = {.number = 4};

static void prepare(void)
{
    kit_begin();
    store = kit_store_new(kit_dsn(NULL));
    catalogue = catalogue_load(store, NULL);
    package = (struct datapackage){
        .context = {.catalogue = catalogue, .release = &release, .format = &csv_rfc4180, .invited = 70, .enrolled = 61},
        .log_key = "burgerpanel/wau+00000000+key"};
    cr_assert_not_null(catalogue);
    buf_init(&text, KIT_TEXT_MAX);
}

static void finish(void)
{
    buf_free(&text);
    catalogue_release(catalogue);
    store_close(store);
    kit_end();
}

TestSuite(datapackage, .init = prepare, .fini = finish);

static void put_package(void)
{
    buf_reset(&text);
    datapackage_put(&text, &package);
    cr_assert_eq(buf_check(&text), 0);
}

Test(datapackage, names_each_file_with_its_bytes_and_hash)
{
    struct buf file;
    buf_init(&file, 100);
    buf_put_text(&file, "abc");
    datapackage_note(&package, TABLE_OPTIONS, true, 7, &file);
    datapackage_note(&package, TABLE_OPTIONS, false, 0, &file);
    put_package();
    struct json *document = json_parse(buf_text(&text), text.len, NULL);
    const struct json *resource = json_first(json_member(document, "resources"));
    int64_t bytes = 0, rows = 0;
    cr_assert_eq(json_count(json_member(document, "resources")), 2);
    cr_expect_str_eq(json_text(json_member(resource, "path")), "options.csv");
    cr_assert_eq(json_integer(json_member(resource, "bytes"), &bytes), 0);
    cr_assert_eq(json_integer(json_member(resource, "rowCount"), &rows), 0);
    cr_expect(bytes == 3 && rows == 7);
    cr_expect_str_eq(json_text(json_member(resource, "hash")),
                     "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    cr_expect_str_eq(json_text(json_member(json_next(resource), "path")), "options.csv-metadata.json");
    json_free(document);
    buf_free(&file);
}

Test(datapackage, notes_no_more_files_than_there_can_be)
{
    struct buf file;
    buf_init(&file, 100);
    for (size_t i = 0; i < DATAPACKAGE_FILES_MAX + 3; i++)
        datapackage_note(&package, TABLE_SUMMARY, true, 0, &file);
    cr_assert_eq(package.count, DATAPACKAGE_FILES_MAX);
}

Test(datapackage, has_a_name_and_texts_of_its_own_with_exact_figures)
{
    put_package();
    struct json *document = json_parse(buf_text(&text), text.len, NULL);
    cr_expect_str_eq(json_text(json_member(document, "name")), "wau-round-1-release-4");
    cr_expect_null(strstr(json_text(json_member(document, "description")), "not for publication"));
    json_free(document);
    package.context.release = NULL;
    put_package();
    document = json_parse(buf_text(&text), text.len, NULL);
    cr_expect_str_eq(json_text(json_member(document, "name")), "wau-round-1-exact");
    cr_expect_not_null(strstr(json_text(json_member(document, "description")), "not for publication"));
    json_free(document);
}

static bool is_same_kind(void)
{
    return datapackage_is_same_kind(&package, buf_text(&text), text.len);
}

Test(datapackage, is_of_the_same_kind_whatever_is_counted_in_it)
{
    put_package();
    cr_expect(is_same_kind());
    package.context.invited = 1000;
    package.head.size = 5;
    cr_expect(is_same_kind());
}

Test(datapackage, is_of_another_kind_when_exact_or_in_another_profile_or_of_comments)
{
    put_package();
    package.context.release = NULL;
    cr_expect_not(is_same_kind());
    package.context.release = &release;
    package.context.format = &csv_excel_nl;
    cr_expect_not(is_same_kind());
    package.context.format = &csv_rfc4180;
    package.kind = DATAPACKAGE_COMMENTS;
    cr_expect_not(is_same_kind());
    package.kind = DATAPACKAGE_TABLES;
    cr_expect(is_same_kind());
}

Test(datapackage, is_of_no_kind_when_it_is_another_s_or_none)
{
    static const char *const texts[] = {"", "{", "[]", "{\"name\":\"wau-round-1\"}",
                                        "{\"burgerpanel\":{\"panel\":\"wau\"}}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect_not(datapackage_is_same_kind(&package, texts[i], strlen(texts[i])), "%s", texts[i]);
}
