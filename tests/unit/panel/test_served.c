/* What a collector serves, back to what it means. */
#include "base/mem.h"
#include "panel/served.h"
#include "tests/unit/panel/kit.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(served);

static void expect_definition(const char *served, const char *definition)
{
    struct buf out;
    struct json *document = json_parse(served, strlen(served), NULL);
    cr_assert_not_null(document);
    buf_init(&out, 4096);
    served_put_definition(&out, document);
    cr_expect_str_eq(buf_text(&out), definition);
    json_free(document);
    buf_free(&out);
}

Test(served, leaves_open_out_of_each_round_and_nothing_else)
{
    expect_definition(
        "{\"id\":\"a\",\"open\":1,\"rounds\":[{\"open\":true,\"id\":\"r\"},{\"id\":\"s\",\"open\":false},"
        "{\"x\":{\"open\":2},\"open\":true,\"y\":1.5}],\"z\":[]}",
        "{\"id\":\"a\",\"open\":1,\"rounds\":[{\"id\":\"r\"},{\"id\":\"s\"},{\"x\":{\"open\":2},\"y\":1.5}],\"z\":[]}");
    expect_definition("{\"rounds\":[]}", "{\"rounds\":[]}");
    expect_definition("{\"rounds\":[1,{}]}", "{\"rounds\":[1,{}]}");
    expect_definition("{\"rounds\":7}", "{\"rounds\":7}");
    expect_definition("[{\"open\":1}]", "[{\"open\":1}]");
    expect_definition("{}", "{}");
}

static int compare_definition(const char *document, const char *meant)
{
    struct buf one, other;
    buf_init(&one, 4096);
    buf_init(&other, 4096);
    buf_put_text(&one, document);
    buf_put_text(&other, meant);
    int result = served_is_definition(&one, &other);
    buf_free(&one);
    buf_free(&other);
    return result;
}

Test(served, tells_which_document_a_definition_is)
{
    const char *document = "{ \"id\": \"a\",\n \"rounds\": [{\"id\":\"r\"}] }",
               *meant = "{\"id\":\"a\",\"rounds\":[{\"id\":\"r\"}]}";
    cr_expect_eq(compare_definition(document, meant), 1);
    cr_expect_eq(compare_definition(document, "{\"id\":\"b\",\"rounds\":[{\"id\":\"r\"}]}"), 0);
    cr_expect_eq(compare_definition("<h1>no</h1>", meant), 0);
    bool failed = true;
    for (unsigned n = 3; failed; n++) { /* the first two are of this test */
        mem_fail_at(n);
        int result = compare_definition(document, meant);
        failed = mem_has_failed();
        mem_fail_at(0);
        cr_expect_eq(result, failed ? -1 : 1, "allocation %u", n);
    }
}

static void expect_actions(const char *served, const char *list)
{
    struct buf out;
    struct json *document = json_parse(served, strlen(served), NULL);
    cr_assert_not_null(document);
    buf_init(&out, 4096);
    served_put_actions(&out, document);
    cr_expect_str_eq(buf_text(&out), list);
    json_free(document);
    buf_free(&out);
}

Test(served, takes_the_list_of_actions_out_of_its_object)
{
    expect_actions("{\"actions\":[{\"id\":\"a\"}],\"more\":1}", "[{\"id\":\"a\"}]");
    expect_actions("{\"actions\":[]}", "[]");
    expect_actions("{}", "");
    expect_actions("[1]", "");
}

/* The example, as the collector serves it: `open` in each round, first or last. */
static struct buf served_example(const char *before, const char *after)
{
    struct buf file = kit_file("fixtures/panel.json"), out;
    buf_init(&out, SERVED_PANEL_MAX);
    struct json *panel = json_parse(buf_text(&file), file.len, NULL);
    cr_assert_not_null(panel);
    buf_put_char(&out, '{');
    for (const struct json *m = json_first(panel); m; m = json_next(m)) {
        json_put_text(&out, json_name(m));
        buf_put_char(&out, ':');
        json_put_value(&out, m);
        buf_put_text(&out, json_next(m) ? "," : "}");
    }
    json_free(panel);
    buf_free(&file);
    char *round = strstr(out.data, "\"opensAt\"");
    cr_assert_not_null(round);
    struct buf whole;
    buf_init(&whole, SERVED_PANEL_MAX);
    buf_put(&whole, out.data, (size_t)(round - out.data));
    buf_printf(&whole, "%s%s%s", before, round, after);
    buf_free(&out);
    return whole;
}

/* What is served of a panel, read as a definition; NULL when it is none. The caller frees. */
static struct panel *read_served(const char *text, size_t len)
{
    struct json *served = json_parse(text, len, NULL);
    if (!served)
        return NULL;
    struct buf definition;
    struct faults faults;
    buf_init(&definition, PANEL_JSON_MAX);
    faults_init(&faults);
    served_put_definition(&definition, served);
    struct panel *panel = panel_parse(buf_text(&definition), definition.len, &faults);
    faults_free(&faults);
    buf_free(&definition);
    json_free(served);
    return panel;
}

Test(served, reads_the_example_as_it_was_imported)
{
    struct buf text = served_example("\"open\":true,", "");
    struct panel *served = read_served(buf_text(&text), text.len), *imported = kit_panel();
    cr_assert_not_null(served);
    cr_expect_str_eq(served->id, imported->id);
    cr_expect_eq(served->round_count, imported->round_count);
    cr_expect_eq(served->rounds[0].opens_at, imported->rounds[0].opens_at);
    cr_expect(questionnaire_equal(&served->questionnaires[0], &imported->questionnaires[0]));
    panel_free(served);
    panel_free(imported);
    buf_free(&text);
}

Test(served, refuses_what_is_no_panel_or_no_list)
{
    static const char *const texts[] = {
        "", "<html>", "{}", "[]", "7", "{\"rounds\":[{\"open\":true}]}", "{\"actions\":7}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cr_expect_null(read_served(texts[i], strlen(texts[i])), "%s", texts[i]);
        cr_expect_null(served_actions_parse(texts[i], strlen(texts[i])), "%s", texts[i]);
    }
    struct buf text = served_example("\"opened\":true,", "");
    cr_expect_null(read_served(buf_text(&text), text.len));
    buf_free(&text);
    static const char list[] =
        "{\"actions\":[{\"id\":\"a\",\"title\":\"A\",\"track\":\"\",\"lead\":\"\",\"related\":\"\","
        "\"status\":\"done\"}]}";
    struct action_list *actions = served_actions_parse(list, strlen(list));
    cr_assert_not_null(actions);
    cr_expect_eq(actions->count, 1);
    action_list_free(actions);
}
