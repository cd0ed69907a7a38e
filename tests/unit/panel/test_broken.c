/* fixtures/broken/: every file must be refused with exactly the faults of expected.txt, a line each: file, place, a
 * word of what is said there, parted by tabs. The place "byte" stands for any byte. */
#include "base/mem.h"
#include "panel/clashes.h"
#include "panel/languages.h"
#include "panel/limits.h"
#include "panel/moments.h"
#include "tests/unit/panel/kit.h"
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define FOLDER "fixtures/broken"

struct expected {
    char *file, *where, *word;
};

struct expectations {
    struct buf text;
    struct expected list[200];
    size_t count;
};

static void read_expectations(struct expectations *e)
{
    e->text = kit_file(FOLDER "/expected.txt");
    e->count = 0;
    char *rest = e->text.data, *line;
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (line[0] == '\0')
            continue;
        cr_assert_lt(e->count, sizeof e->list / sizeof e->list[0]);
        struct expected *expected = &e->list[e->count++];
        expected->file = strsep(&line, "\t");
        expected->where = strsep(&line, "\t");
        expected->word = line;
        cr_assert_not_null(expected->word, "%s", expected->file);
    }
}

static bool is_as_expected(const struct fault *fault, const struct expected *expected)
{
    bool is_any_byte = strcmp(expected->where, "byte") == 0 && strncmp(fault->where, "byte ", 5) == 0;
    return (is_any_byte || strcmp(fault->where, expected->where) == 0) && strstr(fault->what, expected->word);
}

static void expect_faults(const struct expectations *e, const char *file, const struct faults *faults)
{
    size_t wanted = 0;
    for (size_t i = 0; i < e->count; i++) {
        if (strcmp(e->list[i].file, file) != 0)
            continue;
        bool found = false;
        for (size_t k = 0; k < faults->count && !found; k++)
            found = is_as_expected(&faults->list[k], &e->list[i]);
        cr_expect(found, "%s: no '%s' at %s among:%s", file, e->list[i].word, e->list[i].where, kit_all_faults(faults));
        wanted++;
    }
    cr_expect_gt(wanted, 0, "%s is not in expected.txt", file);
    cr_expect_eq(faults->total, wanted, "%s: %zu expected:%s", file, wanted, kit_all_faults(faults));
    cr_expect_not(faults->no_memory);
}

static void expect_refused(const struct expectations *e, const char *file)
{
    char path[300];
    struct faults faults;
    snprintf(path, sizeof path, FOLDER "/%s", file);
    struct buf text = kit_file(path);
    faults_init(&faults);
    if (strncmp(file, "panel-", 6) == 0) {
        struct panel *panel = panel_parse(buf_text(&text), text.len, &faults);
        if (panel) {
            clashes_check(panel, NULL, &faults);
            languages_check(panel, NULL, &faults);
            limits_check(panel, &faults);
            moments_check(panel, &faults);
        }
        panel_free(panel);
    } else {
        cr_expect_null(actions_parse_csv(buf_text(&text), text.len, &faults), "%s", file);
    }
    expect_faults(e, file, &faults);
    faults_free(&faults);
    buf_free(&text);
}

static size_t expect_all_refused(const char *led)
{
    static struct expectations e;
    size_t files = 0;
    read_expectations(&e);
    DIR *folder = opendir(FOLDER);
    cr_assert_not_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (strncmp(entry->d_name, led, strlen(led)) != 0)
            continue;
        expect_refused(&e, entry->d_name);
        files++;
    }
    closedir(folder);
    buf_free(&e.text);
    return files;
}

Test(broken, panels_are_refused_with_every_fault_named)
{
    cr_assert_geq(expect_all_refused("panel-"), 25);
}

Test(broken, action_lists_are_refused_with_every_fault_named)
{
    cr_assert_geq(expect_all_refused("actions-"), 12);
}
