/* Which columns there are; that rows have them is seen in test_rows.c. */
#include "collector/tables/columns.h"
#include "panel/clashes.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(columns, .init = kit_begin, .fini = kit_end);

struct names {
    char list[64][140];
    size_t count;
};

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

static void read_names(enum table table, struct names *names)
{
    struct store *store = kit_store_new(kit_dsn(NULL));
    struct catalogue *catalogue = catalogue_load(store, NULL);
    cr_assert_not_null(catalogue);
    names->count = 0;
    const struct column_source columns = {.table = table, .questionnaire = &catalogue->panel->questionnaires[0]};
    cr_assert_eq(columns_each(&columns, note_column, names), 0);
    catalogue_release(catalogue);
    store_close(store);
}

Test(columns, have_names_of_their_own)
{
    for (int table = 0; table < TABLE_KINDS; table++) {
        static struct names names;
        read_names((enum table)table, &names);
        for (size_t i = 0; i < names.count; i++)
            for (size_t j = 0; j < i; j++)
                cr_expect_str_neq(names.list[i], names.list[j], "%s", table_name((enum table)table));
        cr_assert_leq(table_key((enum table)table), names.count);
    }
}

Test(columns, begin_with_the_key_of_the_parent)
{
    cr_assert_eq(table_parent(TABLE_SUMMARY), -1);
    for (int table = TABLE_QUESTIONS; table <= TABLE_OPTIONS; table++) {
        static struct names own, parents;
        int parent = table_parent((enum table)table);
        cr_assert_geq(parent, 0);
        cr_assert_gt(table_key((enum table)table), table_key((enum table)parent));
        read_names((enum table)table, &own);
        read_names((enum table)parent, &parents);
        for (size_t i = 0; i < table_key((enum table)parent); i++)
            cr_expect_str_eq(own.list[i], parents.list[i]);
    }
}

Test(columns, belong_to_tables_of_six_names)
{
    cr_assert_str_eq(table_name(TABLE_SUMMARY), "summary");
    cr_assert_str_eq(table_name(TABLE_QUESTIONS), "questions");
    cr_assert_str_eq(table_name(TABLE_OPTIONS), "options");
    cr_assert_str_eq(table_name(TABLE_COMMENTS), "comments");
    cr_assert_str_eq(table_name(TABLE_TRENDS), "trends");
    cr_assert_str_eq(table_name(TABLE_CHANGES), "changes");
}

static int stop_at_third(void *context, const struct column *column)
{
    size_t *count = context;
    (void)column;
    return ++*count == 3 ? 7 : 0;
}

Test(columns, end_when_told_to)
{
    struct store *store = kit_store_new(kit_dsn(NULL));
    struct catalogue *catalogue = catalogue_load(store, NULL);
    for (int table = 0; table < TABLE_COUNT; table++) {
        size_t count = 0;
        const struct column_source columns = {.table = (enum table)table,
                                              .questionnaire = &catalogue->panel->questionnaires[0]};
        cr_assert_eq(columns_each(&columns, stop_at_third, &count), 7);
        cr_assert_eq(count, 3);
    }
    catalogue_release(catalogue);
    store_close(store);
}

/* A panel that asks `first` as it is given, and then a multi question of this id and first option. */
static struct panel *panel_with(const char *first, const char *id, const char *option)
{
    char json[1000];
    struct faults faults;
    faults_init(&faults);
    int len =
        snprintf(json, sizeof json,
                 "{\"id\":\"p\",\"title\":{\"nl\":\"P\"},\"questionnaires\":[{\"id\":\"q\",\"questions\":[%s,{\"id\":"
                 "\"%s\",\"type\":\"multi\",\"label\":{\"nl\":\"M\"},\"required\":false,\"options\":[{\"value\":"
                 "\"%s\",\"label\":{\"nl\":\"1\"}},{\"value\":\"z\",\"label\":{\"nl\":\"2\"}}]}]}],\"rounds\":[]}",
                 first, id, option);
    struct panel *panel = panel_parse(json, (size_t)len, &faults);
    cr_assert_not_null(panel, "%s", faults.count > 0 ? faults.list[0].what : "");
    faults_free(&faults);
    return panel;
}

static size_t count_clashes(const char *first, const char *option)
{
    struct faults faults;
    struct panel *panel = panel_with(first, "a", option);
    faults_init(&faults);
    clashes_check(panel, NULL, &faults);
    size_t count = faults.total;
    faults_free(&faults);
    panel_free(panel);
    return count;
}

/* panel/clashes.c has a list of its own, a floor below: whatever column this one has of a question, no option may make
 * another of that name. */
Test(columns, of_each_question_are_those_that_clash)
{
    static const char *const firsts[] = {
        "{\"id\":\"a_b\",\"type\":\"scale\",\"label\":{\"nl\":\"S\"},\"required\":false,\"min\":1,\"max\":2}",
        "{\"id\":\"a_b\",\"type\":\"text\",\"label\":{\"nl\":\"T\"},\"required\":false,\"maxLength\":9}"};
    static const size_t expected[] = {7, 1};
    for (size_t i = 0; i < 2; i++) {
        static struct names names;
        size_t found = 0;
        struct panel *panel = panel_with(firsts[i], "other", "x");
        const struct column_source source = {.table = TABLE_SUMMARY, .questionnaire = &panel->questionnaires[0]};
        names.count = 0;
        cr_assert_eq(columns_each(&source, note_column, &names), 0);
        for (size_t c = 0; c < names.count; c++) {
            if (strncmp(names.list[c], "a_b_", 4) != 0)
                continue;
            cr_expect_eq(count_clashes(firsts[i], names.list[c] + 2), 1, "%s", names.list[c]);
            found++;
        }
        cr_assert_eq(found, expected[i]);
        cr_assert_eq(count_clashes(firsts[i], "b_other"), 0);
        panel_free(panel);
    }
}
