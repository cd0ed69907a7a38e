#include "tests/unit/panel/kit.h"
#include "base/file.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The tests know the English phrases, whoever runs them; those about Dutch ask for it before anything is said. */
__attribute__((constructor)) static void speak_english(void)
{
    setenv("LC_ALL", "C", 1);
}

struct buf kit_file(const char *path)
{
    struct buf bytes;
    buf_init(&bytes, PANEL_JSON_MAX);
    cr_assert_eq(file_read(path, &bytes), 0, "%s can't be read; run the tests from the project's folder", path);
    return bytes;
}

static struct panel *read_panel(const char *text, size_t len)
{
    struct faults faults;
    faults_init(&faults);
    struct panel *panel = panel_parse(text, len, &faults);
    cr_assert_not_null(panel, "%s", kit_all_faults(&faults));
    cr_assert_not(faults_any(&faults));
    faults_free(&faults);
    return panel;
}

static struct action_list *read_actions(const char *text, size_t len)
{
    struct faults faults;
    faults_init(&faults);
    struct action_list *actions = actions_parse_csv(text, len, &faults);
    cr_assert_not_null(actions, "%s", kit_all_faults(&faults));
    cr_assert_not(faults_any(&faults));
    faults_free(&faults);
    return actions;
}

struct panel *kit_panel_from(const char *text)
{
    return read_panel(text, strlen(text));
}

struct action_list *kit_actions_from(const char *text)
{
    return read_actions(text, strlen(text));
}

struct panel *kit_panel(void)
{
    struct buf text = kit_file("fixtures/panel.json");
    struct panel *panel = read_panel(text.data, text.len);
    buf_free(&text);
    return panel;
}

struct action_list *kit_actions(void)
{
    struct buf text = kit_file("fixtures/actions.csv");
    struct action_list *actions = read_actions(text.data, text.len);
    buf_free(&text);
    return actions;
}

bool kit_has_fault(const struct faults *faults, const char *where, const char *word)
{
    for (size_t i = 0; i < faults->count; i++)
        if (strcmp(faults->list[i].where, where) == 0 && strstr(faults->list[i].what, word))
            return true;
    return false;
}

const char *kit_all_faults(const struct faults *faults)
{
    static char text[4000];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < faults->count && used + 600 < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "\n%.60s: %.500s", faults->list[i].where,
                                 faults->list[i].what);
    return text;
}
