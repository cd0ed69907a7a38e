/* From signed responses to tables: the example's responses go through submit and ledger, and the tables that come out
 * of the store's counters are, byte for byte, those that another program worked out. */
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "collector/tables/sheet.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define MEMBERS KIT_EXAMPLE_MEMBERS

static struct kit kit;
static struct kit_member members[MEMBERS];

static void setup(void)
{
    kit_begin();
    kit_open(&kit, store_faulty_new(kit_store_new(kit_dsn(NULL))));
    kit_start(&kit);
    kit_join(&kit, members, MEMBERS, 1);
}

static void teardown(void)
{
    for (size_t i = 0; i < MEMBERS; i++)
        kit_member_wipe(&members[i]);
    kit_close(&kit);
    kit_end();
}

TestSuite(sheet, .init = setup, .fini = teardown, .timeout = 120);

static void assert_equals_file(const struct buf *actual, const char *path)
{
    struct buf expected = kit_file(path);
    size_t same = 0, line = 1;
    for (; same < expected.len && same < actual->len && expected.data[same] == actual->data[same]; same++)
        line += expected.data[same] == '\n';
    cr_assert(same == expected.len && same == actual->len, "%s differs at line %zu, byte %zu", path, line, same);
    buf_free(&expected);
}

static struct sheet_source source_of(const struct catalogue *catalogue, enum table table)
{
    return (struct sheet_source){
        .store = kit.store, .catalogue = catalogue, .round = 0, .table = table, .format = &csv_rfc4180};
}

/* The table, whose rows it counts; the caller frees. */
static struct buf put_sheet(const struct sheet_source *source, uint64_t *rows)
{
    struct error error = {0};
    struct buf out;
    buf_init(&out, KIT_TEXT_MAX);
    cr_assert_eq(sheet_put(source, &out, rows, &error), 0, "%s", error.text);
    return out;
}

static void assert_expected(const struct sheet_source *source)
{
    uint64_t rows;
    struct buf out = put_sheet(source, &rows), path;
    buf_init(&path, 200);
    buf_printf(&path, "fixtures/expected/exact/%s.csv", table_name(source->table));
    assert_equals_file(&out, buf_text(&path));
    buf_free(&out);
    buf_free(&path);
}

Test(sheet, gives_the_expected_tables)
{
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    kit_respond_example(&kit, members);
    for (int table = TABLE_SUMMARY; table <= TABLE_OPTIONS; table++) {
        struct sheet_source source = source_of(catalogue, (enum table)table);
        assert_expected(&source);
    }
    catalogue_release(catalogue);
}

/* As an audit gives the counters that it worked out itself. */
Test(sheet, gives_the_same_of_counters_that_the_caller_has)
{
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    size_t actions = catalogue->actions->count, slots = catalogue_layout(catalogue, 0)->slots;
    int64_t *counts = mem_calloc(actions * slots, sizeof *counts);
    const int64_t **by_action = mem_calloc(actions, sizeof *by_action);
    cr_assert(counts && by_action);
    kit_respond_example(&kit, members);
    for (size_t a = 0; a < actions; a++) {
        kit_counts(kit.store, catalogue, a, counts + a * slots, slots);
        by_action[a] = counts[a * slots] > 0 ? counts + a * slots : NULL;
    }
    for (int table = TABLE_SUMMARY; table <= TABLE_OPTIONS; table++) {
        struct sheet_source source = source_of(catalogue, (enum table)table);
        source.store = NULL;
        source.counts = by_action;
        assert_expected(&source);
    }
    mem_free(by_action);
    mem_free(counts);
    catalogue_release(catalogue);
}

Test(sheet, counts_its_rows_without_the_header)
{
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    struct sheet_source source = source_of(catalogue, TABLE_SUMMARY);
    uint64_t rows = 0;
    struct buf out = put_sheet(&source, &rows);
    cr_assert_eq(rows, catalogue->actions->count);
    buf_free(&out);
    source.table = TABLE_COMMENTS;
    out = put_sheet(&source, &rows);
    cr_assert_eq(rows, 0);
    cr_assert_str_eq(buf_text(&out), "round,action,question,index,text,told\r\n");
    buf_free(&out);
    catalogue_release(catalogue);
}

Test(sheet, tells_zeros_where_nobody_has_answered)
{
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    struct sheet_source source = source_of(catalogue, TABLE_OPTIONS);
    uint64_t rows;
    struct buf out = put_sheet(&source, &rows);
    cr_assert_not_null(strstr(buf_text(&out), "\r\nround-1,WA-1.01,importance,1,0,0,,,,ok\r\n"));
    buf_free(&out);
    catalogue_release(catalogue);
}

Test(sheet, gives_the_same_rows_in_json)
{
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    struct sheet_source source = source_of(catalogue, TABLE_QUESTIONS);
    uint64_t rows, objects = 0;
    struct buf out = put_sheet(&source, &rows);
    buf_free(&out);
    source.format = NULL;
    out = put_sheet(&source, &rows);
    struct json *document = json_parse(buf_text(&out), out.len, NULL);
    for (const struct json *row = json_first(document); row; row = json_next(row))
        objects += json_count(row) == 12;
    cr_assert(rows > 0 && objects == rows);
    json_free(document);
    buf_free(&out);
    catalogue_release(catalogue);
}

Test(sheet, can_be_emptied_into_piece_by_piece)
{
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    struct sheet_source source = source_of(catalogue, TABLE_SUMMARY);
    uint64_t rows;
    struct buf whole = put_sheet(&source, &rows), piece, all;
    struct error error = {0};
    struct sheet *sheet = sheet_new(&source, &error);
    enum store_result result = STORE_OK;
    cr_assert_not_null(sheet);
    buf_init(&piece, KIT_TEXT_MAX);
    buf_init(&all, KIT_TEXT_MAX);
    while (result == STORE_OK) {
        result = sheet_put_next(sheet, &piece, &error);
        buf_put(&all, buf_text(&piece), piece.len);
        buf_reset(&piece);
    }
    cr_assert_eq(result, STORE_NONE);
    cr_assert_str_eq(buf_text(&all), buf_text(&whole));
    sheet_free(sheet);
    buf_free(&whole);
    buf_free(&piece);
    buf_free(&all);
    catalogue_release(catalogue);
}

Test(sheet, fails_when_any_verb_fails)
{
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    struct sheet_source source = source_of(catalogue, TABLE_SUMMARY);
    unsigned n = 1;
    for (;; n++) {
        struct error error = {0};
        struct buf out;
        uint64_t rows;
        buf_init(&out, KIT_TEXT_MAX);
        store_faulty_fail_at(kit.store, n);
        int result = sheet_put(&source, &out, &rows, &error);
        buf_free(&out);
        if (!store_faulty_verb(kit.store))
            break;
        cr_assert_eq(result, -1);
        cr_assert_str_eq(error.text, STORE_FAULTY_ERROR);
    }
    cr_assert_eq(n - 1, 36, "the counters of each action are read");
    catalogue_release(catalogue);
}

Test(sheet, says_so_when_memory_lacks)
{
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    unsigned long told = 0;
    for (int i = 0; i < 2 * TABLE_COUNT; i++) {
        struct sheet_source source = source_of(catalogue, (enum table)(i / 2));
        if (i % 2 == 1)
            source.format = NULL;
        for (unsigned long n = 1;; n++) {
            struct error error = {0};
            struct buf out;
            uint64_t rows;
            buf_init(&out, KIT_TEXT_MAX);
            mem_fail_at(n);
            int result = sheet_put(&source, &out, &rows, &error);
            bool failed = mem_has_failed();
            mem_fail_at(0);
            buf_free(&out);
            if (!failed)
                break;
            cr_assert_eq(result, -1, "%s, allocation %lu", table_name(source.table), n);
            cr_assert_neq(error.text[0], '\0');
            told++;
        }
    }
    cr_assert_gt(told, 50);
    sheet_free(NULL);
    catalogue_release(catalogue);
}
