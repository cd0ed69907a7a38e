/* Cells that a spreadsheet would run or change: led by an apostrophe, which one rule takes away again. */
#include "base/csv.h"
#include <criterion/criterion.h>
#include <string.h>

static const struct csv_format *const formats[] = {&csv_rfc4180, &csv_excel_nl};

/* The cell as it stands in the file, and as a reader gives it. */
static void write_and_read(const struct csv_format *format, const char *text, char cell[static 64])
{
    struct buf out;
    struct csv_writer writer;
    struct csv_row row;
    buf_init(&out, 1000);
    csv_begin(&writer, &out, format);
    csv_put_integer(&writer, 1);
    csv_put_text(&writer, text);
    csv_end_row(&writer);
    struct csv_reader *reader = csv_reader_new(buf_text(&out), out.len, format->separator);
    cr_assert_not_null(reader);
    cr_assert_eq(csv_read(reader, &row, NULL), CSV_ROW);
    cr_assert_lt(row.fields[1].len, 64);
    memcpy(cell, row.fields[1].text, row.fields[1].len + 1);
    csv_reader_free(reader);
    buf_free(&out);
}

Test(csv_guard, leads_what_would_be_run_and_what_would_look_so_afterwards)
{
    static const char *const samples[][2] = {
        {"=1", "'=1"},
        {"'=1", "''=1"},
        {"''=1", "'''=1"},
        {"-", "'-"},
        {"'", "'"},
        {"''", "''"},
        {"'s ochtends", "'s ochtends"},
        {"a=1", "a=1"},
        {"'a=1", "'a=1"},
        {"\t1", "'\t1"},
        {"'\r1", "''\r1"},
    };
    for (size_t f = 0; f < 2; f++)
        for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
            char cell[64];
            write_and_read(formats[f], samples[i][0], cell);
            cr_expect_str_eq(cell, samples[i][1], "%s in %s", samples[i][0], formats[f]->name);
            cr_expect_str_eq(csv_unguard(formats[f], cell), samples[i][0]);
        }
}

Test(csv_guard, leads_what_would_be_changed_in_excel_nl_alone)
{
    char cell[64];
    write_and_read(&csv_excel_nl, "007", cell);
    cr_expect_str_eq(cell, "'007");
    write_and_read(&csv_excel_nl, "'007", cell);
    cr_expect_str_eq(cell, "''007");
    write_and_read(&csv_rfc4180, "'007", cell);
    cr_expect_str_eq(cell, "'007");
    cr_expect_str_eq(csv_unguard(&csv_rfc4180, "'007"), "'007");
    cr_expect_str_eq(csv_unguard(&csv_excel_nl, "'007"), "007");
}

/* Texts of few letters, so that guards and apostrophes meet often. */
Test(csv_guard, is_undone_by_one_rule_whatever_the_text)
{
    static const char letters[] = "''=+-@\t\r\"'0713E,;.:/wa \n";
    uint32_t state = 12345;
    for (int n = 0; n < 200000; n++) {
        char text[16], cell[64];
        size_t len = 0, wanted = 1 + (state >> 8) % 8;
        for (; len < wanted; len++) {
            state = state * 1664525 + 1013904223;
            text[len] = letters[(state >> 16) % (sizeof letters - 1)];
        }
        text[len] = '\0';
        const struct csv_format *format = formats[n % 2];
        write_and_read(format, text, cell);
        cr_assert_str_eq(csv_unguard(format, cell), text, "'%s' became '%s' in %s", text, cell, format->name);
    }
}
