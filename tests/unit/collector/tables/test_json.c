#include "collector/tables/json.h"

#include "base/mem.h"
#include <criterion/criterion.h>
#include <math.h>

static void begin(struct table_json *json, struct buf *out)
{
    buf_init(out, SIZE_MAX);
    table_json_begin(json, out);
    cr_assert_eq(table_json_header(json, &(struct column_source){.table = TABLE_COMMENTS}), 0);
}

static void end(struct table_json *json, struct buf *out, const char *expected)
{
    table_json_end(json);
    cr_assert_eq(buf_check(out), 0);
    cr_assert_str_eq(buf_text(out), expected);
    table_json_wipe(json);
    buf_free(out);
}

Test(table_json, is_an_empty_array_without_rows)
{
    struct table_json json;
    struct buf out;
    begin(&json, &out);
    end(&json, &out, "[\n]\n");
}

Test(table_json, gives_numbers_the_digits_of_the_csv_and_null_for_nothing)
{
    struct table_json json;
    struct buf out;
    begin(&json, &out);
    cr_assert_eq(table_json_row(&json,
                                (const struct cell[]){{.type = CELL_INTEGER, .integer = -5},
                                                      {.type = CELL_DECIMAL, .decimal = 2.0 / 3},
                                                      {.type = CELL_EMPTY}},
                                3),
                 0);
    cr_assert_eq(table_json_row(&json,
                                (const struct cell[]){{.type = CELL_DECIMAL, .decimal = NAN},
                                                      {.type = CELL_TEXT, .text = ""},
                                                      {.type = CELL_TEXT, .text = NULL}},
                                3),
                 0);
    end(&json, &out,
        "[\n{\"round\":-5,\"action\":0.6667,\"question\":null},\n{\"round\":null,\"action\":null,\"question\":null}\n]"
        "\n");
}

Test(table_json, leaves_text_as_it_is)
{
    struct table_json json;
    struct buf out;
    begin(&json, &out);
    cr_assert_eq(table_json_row(&json,
                                (const struct cell[]){{.type = CELL_TEXT, .text = "=1+1"},
                                                      {.type = CELL_TEXT, .text = "a\"b\\\n"},
                                                      {.type = CELL_TEXT, .text = "\xF0\x9F\x8F\x9B"}},
                                3),
                 0);
    end(&json, &out, "[\n{\"round\":\"=1+1\",\"action\":\"a\\\"b\\\\\\n\",\"question\":\"\xF0\x9F\x8F\x9B\"}\n]\n");
}

Test(table_json, takes_no_names_when_memory_lacks)
{
    struct table_json json;
    struct buf out;
    buf_init(&out, SIZE_MAX);
    table_json_begin(&json, &out);
    mem_fail_at(1);
    cr_assert_eq(table_json_header(&json, &(struct column_source){.table = TABLE_COMMENTS}), -1);
    mem_fail_at(0);
    table_json_wipe(&json);
    buf_free(&out);
}
