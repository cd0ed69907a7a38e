#include "collector/tables/columns.h"

#include "collector/tables/comments.h"
#include "collector/tables/report.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(columns, .init = kit_begin, .fini = kit_end);

struct names {
    char list[64][140];
    size_t count;
};

static int note_header(void *context, const struct cell *cells, size_t count)
{
    struct names *names = context;
    for (size_t i = 0; i < count; i++)
        snprintf(names->list[names->count++], sizeof names->list[0], "%s", cells[i].text);
    return 0;
}

static int note_column(void *context, const struct column *column)
{
    struct names *names = context;
    cr_assert_neq(column->title.english[0], '\0', "%s", column->name);
    cr_assert_neq(column->title.dutch[0], '\0', "%s", column->name);
    cr_assert_neq(column->description.english[0], '\0', "%s", column->name);
    cr_assert_neq(column->description.dutch[0], '\0', "%s", column->name);
    snprintf(names->list[names->count++], sizeof names->list[0], "%s", column->name);
    return 0;
}

static void read_header(const struct catalogue *catalogue, enum sheet_kind kind, struct names *names)
{
    struct report report = {.catalogue = catalogue};
    struct report_walk walk;
    if (kind == SHEET_COMMENTS) {
        cr_assert_eq(comments_header(note_header, names), 0);
        return;
    }
    cr_assert_eq(report_walk_init(&walk, &report, (enum table)kind), 0);
    cr_assert_eq(report_walk_header(&walk, note_header, names), 0);
    report_walk_wipe(&walk);
}

Test(columns, are_those_of_the_tables_in_their_order)
{
    struct store *store = kit_store_new("sqlite::memory:");
    struct catalogue *catalogue = catalogue_load(store);
    cr_assert_not_null(catalogue);
    for (int kind = 0; kind < SHEET_COUNT; kind++) {
        static struct names header, described;
        header.count = described.count = 0;
        read_header(catalogue, (enum sheet_kind)kind, &header);
        cr_assert_eq(columns_each((enum sheet_kind)kind, &catalogue->panel->questionnaires[0], note_column, &described),
                     0);
        cr_assert_eq(header.count, described.count, "%s", sheet_name((enum sheet_kind)kind));
        for (size_t i = 0; i < header.count; i++)
            cr_expect_str_eq(header.list[i], described.list[i]);
        cr_assert_leq(columns_key((enum sheet_kind)kind), header.count);
    }
    catalogue_release(catalogue);
    store_close(store);
}

static int stop_at_third(void *context, const struct column *column)
{
    size_t *count = context;
    (void)column;
    return ++*count == 3 ? 7 : 0;
}

Test(columns, end_when_told_to)
{
    struct store *store = kit_store_new("sqlite::memory:");
    struct catalogue *catalogue = catalogue_load(store);
    for (int kind = 0; kind < SHEET_COUNT; kind++) {
        size_t count = 0;
        cr_assert_eq(columns_each((enum sheet_kind)kind, &catalogue->panel->questionnaires[0], stop_at_third, &count),
                     7);
        cr_assert_eq(count, 3);
    }
    catalogue_release(catalogue);
    store_close(store);
}

Test(columns, lead_to_a_parent_whose_key_they_begin_with)
{
    cr_assert_eq(columns_parent(SHEET_SUMMARY), -1);
    for (int kind = SHEET_QUESTIONS; kind < SHEET_COUNT; kind++) {
        int parent = columns_parent((enum sheet_kind)kind);
        cr_assert_geq(parent, 0);
        cr_assert_gt(columns_key((enum sheet_kind)kind), columns_key((enum sheet_kind)parent));
    }
}
