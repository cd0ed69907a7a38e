/* Lists as spreadsheets save them: one list in all its guises, and what is said of those that can't be told. */
#include "base/csv_list.h"
#include "base/mem.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct csv_column columns[] = {{.name = "id"},
                                            {.name = "title", .may_be_empty = true},
                                            {.name = "note", .may_be_empty = true, .may_be_missing = true}};
#define COLUMNS (sizeof columns / sizeof *columns)

static char told[4096]; /* `LINE: what`, a line each */
static size_t told_count;

static void hear_fault(void *context, size_t line, const char *what)
{
    (void)context;
    size_t len = strlen(told);
    snprintf(told + len, sizeof told - len, "%zu: %s\n", line, what);
    told_count++;
}

static const struct csv_listener listener = {hear_fault, NULL};

static struct csv_list *open_list(const char *text, size_t len)
{
    struct error error = {0};
    told[0] = '\0';
    told_count = 0;
    struct csv_list *list = csv_list_open(text, len, columns, COLUMNS, &listener, &error);
    cr_assert_eq(error.kind, list ? ERROR_NONE : ERROR_REFUSED);
    return list;
}

/* All rows as `id|title|note` and a newline; freed by the next call. */
static const char *read_all(const char *text, size_t len)
{
    static struct buf out;
    buf_free(&out);
    buf_init(&out, 65536);
    struct csv_list *list = open_list(text, len);
    if (!list)
        return "refused";
    struct csv_row row;
    while (csv_list_next(list, &row) == CSV_ROW) {
        cr_assert_eq(row.count, csv_list_header(list)->count);
        for (size_t i = 0; i < COLUMNS; i++) {
            size_t place = csv_list_place(list, i);
            buf_printf(&out, "%s%s", i > 0 ? "|" : "", place == SIZE_MAX ? "-" : row.fields[place].text);
        }
        buf_put_char(&out, '\n');
    }
    csv_list_free(list);
    return buf_text(&out);
}

#define READ(text) read_all(text, sizeof text - 1)

Test(csv_list, reads_one_list_in_all_its_guises)
{
    static const char wanted[] = "1|a, b; c|x\n2||\n";
    cr_expect_str_eq(READ("id,title,note\r\n1,\"a, b; c\",x\r\n2,,\r\n"), wanted, "as RFC 4180 has it");
    cr_expect_str_eq(READ("id;title;note\r\n1;\"a, b; c\";x\r\n2;;\r\n"), wanted, "as a Dutch Excel saves it");
    cr_expect_str_eq(READ("\xEF\xBB\xBFid;title;note\r\n1;\"a, b; c\";x\r\n2;;\r\n"), wanted, "with a BOM");
    cr_expect_str_eq(READ("id\ttitle\tnote\n1\ta, b; c\tx\n2\t\t\n"), wanted, "as text with tabs");
    cr_expect_str_eq(READ("sep=;\r\nid;title;note\r\n1;\"a, b; c\";x\r\n2;;\r\n"), wanted, "with sep=");
    cr_expect_str_eq(READ("\xEF\xBB\xBF\"sep=,\"\nid,title,note\n1,\"a, b; c\",x\n2,,\n"), wanted, "with \"sep=\"");
    cr_expect_str_eq(READ("id;title;note\r1;\"a, b; c\";x\r2;;\r"), wanted, "for an old Macintosh");
    cr_expect_str_eq(READ("id;title;note;;;\r\n1;\"a, b; c\";x;;;\r\n2;;;;;\r\n"), wanted, "with empty columns");
    cr_expect_str_eq(READ("id;title;note\r\n1;\"a, b; c\";x\r\n2\r\n"), wanted, "with cells left out at the end");
    cr_expect_str_eq(READ("\r\n;;\r\nid;title;note\r\n;;\r\n1;\"a, b; c\";x\r\n \r\n2;;\r\n;;\r\n;;"), wanted,
                     "with empty rows");
    cr_expect_str_eq(READ(" id ;title\t; note\r\n1;\"a, b; c\";x\r\n2;;\r\n"), wanted, "with blanks round names");
    cr_expect_str_eq(READ("\xC2\xA0id \xC2\xA0;Title;\"NOTE\n\";\xC2\xA0\r\n1;\"a, b; c\";x\r\n2;;\r\n"), wanted,
                     "with names in any case, and blanks that do not break");
    cr_expect_str_eq(READ("note;other;title;id\nx;1;\"a, b; c\";1\n;2;;2\n"), wanted, "in another order");
    cr_expect_eq(told_count, 0, "%s", told);
}

Test(csv_list, knows_what_the_header_lacks_and_what_it_has_beside)
{
    cr_expect_str_eq(READ("id,title,more\n1,a,b\n"), "1|a|-\n");
    struct csv_list *list = open_list("id;a;title;b\n", 14);
    cr_assert_not_null(list);
    const struct csv_row *header = csv_list_header(list);
    cr_expect_eq(header->count, 4);
    cr_expect_str_eq(header->fields[1].text, "a");
    cr_expect_eq(csv_list_place(list, 1), 2);
    csv_list_free(list);
    csv_list_free(NULL);
}

static void expect_refused(const char *text, size_t len, const char *wanted)
{
    cr_expect_str_eq(read_all(text, len), "refused");
    cr_expect_str_eq(told, wanted);
}

#define REFUSED(text, wanted) expect_refused(text, sizeof text - 1, wanted)

Test(csv_list, says_once_what_to_save_when_it_is_no_such_file)
{
    REFUSED("\xFF\xFEi\0d\0,\0t\0", "1: this is UTF-16; save the list as 'CSV UTF-8'\n");
    REFUSED("i\0d\0,\0t\0i\0t\0l\0e\0\n\0", "1: this is UTF-16; save the list as 'CSV UTF-8'\n");
    REFUSED("PK\x03\x04 whatever", "1: this is a workbook, no CSV; save the list as 'CSV UTF-8'\n");
    REFUSED("\xD0\xCF\x11\xE0 whatever", "1: this is a workbook, no CSV; save the list as 'CSV UTF-8'\n");
    REFUSED("id;title\r\n1;caf\xE9\r\n2;th\xE9\r\n",
            "2: there is a character here that is not UTF-8; save the list as 'CSV UTF-8'\n");
    REFUSED("id;title\r1;a\r2;caf\xE9\r",
            "3: there is a character here that is not UTF-8; save the list as 'CSV UTF-8'\n");
    REFUSED("id;title\r1;\"a\nb\"\r2;c\r",
            "1: the lines end in CR alone, and there are LFs inside cells; save the list "
            "as 'CSV UTF-8'\n");
    REFUSED("sep=|\nid|title\n", "1: its separator is none of , ; and tab; save the list as 'CSV UTF-8'\n");
}

Test(csv_list, says_once_what_the_header_lacks)
{
    REFUSED("id;name\n1;a\n2;b\n", "1: column 'title' is missing; add it\n");
    static const char unsplit[] = "1: no columns 'id', 'title' ... here; the first line must name them, with , ; or "
                                  "tab between; save the list as 'CSV UTF-8'\n";
    REFUSED("a b c\n1 2 3\n", unsplit);
    REFUSED("\"id,title\"\r\n\"1,a\"\r\n", unsplit); /* Excel, of a file with the other separator */
    REFUSED("id|title\n1|a\n", unsplit);
    REFUSED("id,title,note,note\n", "1: column 'note' is there 2 times; keep one\n");
    REFUSED("id,title,id,id\n", "1: column 'id' is there 3 times; keep one\n");
    REFUSED("id,title,ID\n", "1: column 'id' is there 2 times; keep one\n");
    REFUSED("id,title,\xC2\xA0Title\n", "1: column 'title' is there 2 times; keep one\n");
    REFUSED("", "1: no header; the first line must name the columns\n");
    REFUSED(",,\n\r\n", "1: no header; the first line must name the columns\n");
    REFUSED("id,\"title\n", "1: can't be read as CSV: quote never closed\n");
}

Test(csv_list, names_each_row_that_does_not_fit_and_reads_on)
{
    cr_expect_str_eq(READ("title;id;note\n\na;1;x\nb\nc;3;x;;y\nd\"e;4;x\nf;5;x\n"), "1|a|x\n5|f|x\n");
    cr_expect_str_eq(told, "4: has 1 field, the header has 3\n"
                           "5: has 5 fields, the header has 3\n"
                           "6: can't be read as CSV: quote inside an unquoted field\n");
}

Test(csv_list, fails_cleanly_when_any_allocation_does)
{
    static const char text[] = "id;title;note\n1;a;b\n2;c;d\n";
    for (unsigned long n = 1;; n++) {
        struct error error = {0};
        struct csv_row row;
        enum csv_result result = CSV_NO_MEMORY;
        mem_fail_at(n);
        struct csv_list *list = csv_list_open(text, sizeof text - 1, columns, COLUMNS, &listener, &error);
        while (list && (result = csv_list_next(list, &row)) == CSV_ROW)
            continue;
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(failed, list ? result == CSV_NO_MEMORY : error.kind == ERROR_MEMORY, "allocation %lu", n);
        csv_list_free(list);
        if (!failed) {
            cr_assert_gt(n, 5);
            return;
        }
    }
}
