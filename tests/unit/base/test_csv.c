/* RFC 4180, read and written. */
#include "base/csv.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SPECTRUM "tests/vectors/csv-spectrum"

/* Reads the whole text and shows it as `line:field|field;` for each row, `line!why;` for each bad one. */
static const char *shown(const char *text, size_t len, char separator)
{
    static char result[4096];
    struct csv_reader *reader = csv_reader_new(text, len, separator);
    struct csv_row row;
    struct error error = {0};
    enum csv_result got;
    struct buf out;

    buf_init(&out, sizeof result - 1);
    cr_assert_not_null(reader);
    while ((got = csv_read(reader, &row, &error)) != CSV_END) {
        cr_assert_neq(got, CSV_NO_MEMORY);
        if (got == CSV_BAD) {
            buf_printf(&out, "%zu!%s;", row.line, error.text);
            continue;
        }
        buf_printf(&out, "%zu:", row.line);
        for (size_t i = 0; i < row.count; i++) {
            cr_assert_eq(strlen(row.fields[i].text), row.fields[i].len);
            buf_printf(&out, "%s%s", i > 0 ? "|" : "", row.fields[i].text);
        }
        buf_put_char(&out, ';');
    }
    csv_reader_free(reader);
    cr_assert_eq(buf_check(&out), 0);
    memcpy(result, buf_text(&out), out.len + 1);
    buf_free(&out);
    return result;
}

static void reads(const char *text, const char *wanted)
{
    cr_assert_str_eq(shown(text, strlen(text), ','), wanted);
}

Test(csv, reads_rows_of_every_shape)
{
    reads("", "");
    reads("\n\r\n\n", "");
    reads("a,b\n1,2\n", "1:a|b;2:1|2;");
    reads("a,b\r\n1,2", "1:a|b;2:1|2;");
    reads("a\n\n\r\nb\n", "1:a;4:b;");
    reads(",\n", "1:|;");
    reads("a,", "1:a|;");
    reads("a,b\r", "1:a|b;");
    reads("\"a\"\r", "1:a;");
    reads("\"\"\n\"\"", "1:;2:;");
    reads(" a , b \n", "1: a | b ;");
    reads("\"a,b\",\"c\"\"d\"\n", "1:a,b|c\"d;");
    reads("\"\"\"\"\"\",x", "1:\"\"|x;");
    reads("\"a\nb\r\nc\",d\ne\n", "1:a\nb\r\nc|d;4:e;");
    reads("\"a\rb\"", "1:a\rb;");
    reads("\xEF\xBB\xBF\"a\",b\n", "1:a|b;");
    reads("caf\xC3\xA9,\xF0\x9F\x98\x80", "1:caf\xC3\xA9|\xF0\x9F\x98\x80;");
}

Test(csv, takes_another_separator)
{
    cr_assert_str_eq(shown("a;b,c\n\"d;e\";f", 13, ';'), "1:a|b,c;2:d;e|f;");
}

Test(csv, names_each_bad_row_and_goes_on)
{
    reads("a\nb\"c,d\ne", "1:a;2!quote inside an unquoted field;3:e;");
    reads("a\n\"b\"c,d\r\ne", "1:a;2!text after a closing quote;3:e;");
    reads("a\nb\rc\nd", "1:a;2!carriage return without line feed;3:d;");
    reads("a\r\r", "1!carriage return without line feed;");
    reads("a\n\xFF,b\nc", "1:a;2!not UTF-8;3:c;");
    reads("a\n\"\xC0\x80\",b\nc", "1:a;2!not UTF-8;3:c;");
    reads("\"a", "1!quote never closed;");
    reads("\"", "1!quote never closed;");
    cr_assert_str_eq(shown("a\nb\0c\nd", 7, ','), "1:a;2!NUL character;3:d;");
    cr_assert_str_eq(shown("\"\0\"\nd", 5, ','), "1!NUL character;2:d;");
}

Test(csv, loses_only_the_line_of_a_forgotten_quote)
{
    reads("a,b\n\"c,d\ne,f\n", "1:a|b;2!quote never closed;3:e|f;");
    reads("a,b\n\"c,d\ne,\"f\"\ng,h\n", "1:a|b;2!text after a closing quote;3:e|f;4:g|h;");
}

Test(csv, finds_a_column_by_name)
{
    struct csv_reader *reader = csv_reader_new("id,title,id", 11, ',');
    struct csv_row row;
    struct error error = {0};

    cr_assert_eq(csv_read(reader, &row, &error), CSV_ROW);
    cr_assert_eq(csv_find(&row, "title"), 1);
    cr_assert_eq(csv_find(&row, "id"), 0);
    cr_assert_eq(csv_find(&row, "Title"), -1);
    csv_reader_free(reader);
    csv_reader_free(NULL);
}

static void load(struct buf *out, const char *format, const char *name)
{
    char path[512];

    cr_assert_gt(snprintf(path, sizeof path, SPECTRUM "/%s/%s.%s", format[0] == 'c' ? "csvs" : "json", name, format),
                 0);
    cr_assert_eq(file_read(path, out), 0, "%s", path);
}

/* Compares each row with the object of the same number: every column's text is the member of that name. */
static void compare_rows(struct csv_reader *reader, const struct json *expected, const char *name)
{
    char *columns[16] = {0};
    size_t count = 0;
    struct csv_row row;
    struct error error = {0};

    cr_assert_eq(csv_read(reader, &row, &error), CSV_ROW);
    for (; count < row.count; count++)
        columns[count] = mem_copy_text(row.fields[count].text, row.fields[count].len);
    for (const struct json *object = json_first(expected); object; object = json_next(object)) {
        cr_assert_eq(csv_read(reader, &row, &error), CSV_ROW, "%s: %s", name, error.text);
        cr_assert_eq(row.count, count, "%s", name);
        cr_assert_eq(json_count(object), count, "%s", name);
        for (size_t i = 0; i < count; i++)
            cr_assert_str_eq(row.fields[i].text, json_text(json_member(object, columns[i])), "%s", name);
    }
    cr_assert_eq(csv_read(reader, &row, &error), CSV_END);
    for (size_t i = 0; i < count; i++)
        mem_free(columns[i]);
}

static int try_spectrum_file(void *context, const char *file)
{
    struct buf text, json;
    struct csv_reader *reader;
    struct json *expected;
    char name[256];

    snprintf(name, sizeof name, "%.*s", (int)(strlen(file) - 4), file);
    buf_init(&text, 1 << 16);
    buf_init(&json, 1 << 16);
    load(&text, "csv", name);
    load(&json, "json", name);
    expected = json_parse(buf_text(&json), json.len, NULL);
    if (strcmp(name, "location_coordinates") == 0) {
        cr_assert_not_null(strstr(shown(buf_text(&text), text.len, ','), ";2!quote inside an unquoted field;"));
    } else {
        cr_assert_not_null(expected, "%s", name);
        reader = csv_reader_new(buf_text(&text), text.len, ',');
        compare_rows(reader, expected, name);
        csv_reader_free(reader);
    }
    json_free(expected);
    buf_free(&json);
    buf_free(&text);
    ++*(int *)context;
    return 0;
}

Test(csv, reads_the_public_test_suite)
{
    int files = 0;

    cr_assert_eq(file_each(SPECTRUM "/csvs", ".csv", try_spectrum_file, &files), 0);
    cr_assert_eq(files, 12);
}

Test(csv, quotes_only_where_needed)
{
    struct csv_writer w;
    struct buf out;

    buf_init(&out, 1000);
    csv_begin(&w, &out, &csv_rfc4180);
    csv_put_text(&w, "a b");
    csv_put_text(&w, "a;b");
    csv_put_text(&w, "a,b");
    csv_put_text(&w, "\"a\"");
    csv_put_text(&w, "a\nb");
    csv_put_text(&w, "a\rb");
    csv_put_text(&w, "");
    csv_put_text(&w, NULL);
    csv_end_row(&w);
    csv_put_empty(&w);
    csv_put_integer(&w, INT64_MIN);
    csv_put_empty(&w);
    csv_end_row(&w);
    cr_assert_str_eq(buf_text(&out), "a b,a;b,\"a,b\",\"\"\"a\"\"\",\"a\nb\",\"a\rb\",,\r\n,-9223372036854775808,\r\n");
    buf_free(&out);
}

Test(csv, leads_formulas_with_an_apostrophe_but_no_number)
{
    static const char *const cells[] = {"=1+1", "+31", "-x", "@a", "\tb", "\rc", "=\"a\"", "a=b", "'"};
    struct csv_writer w;
    struct buf out;

    buf_init(&out, 1000);
    csv_begin(&w, &out, &csv_rfc4180);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        csv_put_text(&w, cells[i]);
    csv_put_integer(&w, -5);
    csv_put_decimal(&w, -0.5);
    csv_end_row(&w);
    cr_assert_str_eq(buf_text(&out), "'=1+1,'+31,'-x,'@a,'\tb,\"'\rc\",\"'=\"\"a\"\"\",a=b,',-5,-0.5000\r\n");
    buf_free(&out);
}

Test(csv, writes_what_a_dutch_spreadsheet_reads)
{
    struct csv_writer w;
    struct buf out;

    buf_init(&out, 1000);
    csv_begin(&w, &out, &csv_excel_nl);
    csv_put_text(&w, "a,b");
    csv_put_text(&w, "a;b");
    csv_put_decimal(&w, 1234.56785);
    csv_end_row(&w);
    cr_assert_str_eq(buf_text(&out), "\xEF\xBB\xBF"
                                     "a,b;\"a;b\";1234,5678\r\n");
    buf_free(&out);
}

/* Telephone numbers, ids and dates that Excel would make something else of. */
Test(csv, guards_what_a_dutch_spreadsheet_would_change)
{
    static const char *const texts[] = {"0612345678", "1E5", "3-4", "007", "mei 5", "12", "WA-1.01", "nee"};
    struct csv_writer w;
    struct buf out;

    buf_init(&out, 1000);
    csv_begin(&w, &out, &csv_excel_nl);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        csv_put_text(&w, texts[i]);
    csv_put_integer(&w, 12);
    csv_end_row(&w);
    cr_expect_str_eq(buf_text(&out), "\xEF\xBB\xBF'0612345678;'1E5;'3-4;'007;'mei 5;12;WA-1.01;nee;12\r\n");
    buf_reset(&out);
    csv_begin(&w, &out, &csv_rfc4180);
    csv_put_text(&w, texts[0]);
    cr_expect_str_eq(buf_text(&out), "0612345678");
    buf_free(&out);
}

Test(csv, writes_decimals_as_c_does)
{
    static const double values[] = {0,        -0.0,     1,    0.5,     0.00005,  0.00015,
                                    -0.00001, 12.34565, 1e15, DBL_MAX, -DBL_MAX, DBL_MIN};
    struct csv_writer w;
    struct buf out;

    buf_init(&out, 1000);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char wanted[400];

        buf_reset(&out);
        csv_begin(&w, &out, &csv_rfc4180);
        csv_put_decimal(&w, values[i]);
        snprintf(wanted, sizeof wanted, "%.4f", values[i]);
        cr_assert_str_eq(buf_text(&out), wanted);
    }
    buf_reset(&out);
    csv_begin(&w, &out, &csv_rfc4180);
    csv_put_decimal(&w, (double)NAN);
    csv_put_decimal(&w, (double)INFINITY);
    csv_end_row(&w);
    cr_assert_str_eq(buf_text(&out), ",\r\n");
    buf_free(&out);
}

Test(csv, finds_its_formats_by_name)
{
    cr_assert_eq(csv_format_find("rfc4180"), &csv_rfc4180);
    cr_assert_eq(csv_format_find("excel-nl"), &csv_excel_nl);
    cr_assert_eq(csv_format_find("excelNl"), &csv_excel_nl);
    cr_assert_null(csv_format_find("excel"));
}

Test(csv, reads_back_what_it_writes)
{
    static const char *const cells[] = {"", "a", "\"", "\"\"", ",", ";", "\n", "x\r\n", "a\"b,c;d\ne", " ", "\xC3\xA9"};
    const struct csv_format *const formats[] = {&csv_rfc4180, &csv_excel_nl};

    for (size_t f = 0; f < 2; f++) {
        struct csv_reader *reader;
        struct csv_writer w;
        struct csv_row row;
        struct buf out;
        struct error error = {0};

        buf_init(&out, 1000);
        csv_begin(&w, &out, formats[f]);
        for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
            csv_put_text(&w, cells[i]);
        csv_end_row(&w);
        reader = csv_reader_new(buf_text(&out), out.len, formats[f]->separator);
        cr_assert_eq(csv_read(reader, &row, &error), CSV_ROW);
        cr_assert_eq(row.count, sizeof cells / sizeof *cells);
        for (size_t i = 0; i < row.count; i++)
            cr_assert_str_eq(row.fields[i].text, cells[i]);
        cr_assert_eq(csv_read(reader, &row, &error), CSV_END);
        csv_reader_free(reader);
        buf_free(&out);
    }
}

/* Counts the fields of all rows, asking again for a row that found no memory; -1 when there is no reader. */
static int count_fields(const char *text, size_t len)
{
    struct csv_reader *reader = csv_reader_new(text, len, ',');
    struct csv_row row;
    struct error error = {0};
    enum csv_result got;
    int count = 0;

    if (!reader)
        return -1;
    while ((got = csv_read(reader, &row, &error)) != CSV_END) {
        cr_assert_neq(got, CSV_BAD);
        if (got == CSV_ROW)
            count += (int)row.count;
    }
    csv_reader_free(reader);
    return count;
}

Test(csv, reads_whole_rows_when_any_allocation_fails)
{
    static const char text[] = "a,b,\"c\nd\"\n1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20\nz\n";
    unsigned long n = 0;
    bool failed;

    do {
        int count;

        mem_fail_at(++n);
        count = count_fields(text, sizeof text - 1);
        failed = mem_has_failed();
        cr_assert(count == 24 || (count == -1 && failed), "%lu: %d", n, count);
    } while (failed);
    mem_fail_at(0);
    cr_assert_gt(n, 4);
}
