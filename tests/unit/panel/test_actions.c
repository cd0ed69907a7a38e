#include "base/mem.h"
#include "tests/unit/panel/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER "id,title,track,lead,related,status\n"

/* Literal text that may stand in a struct action, whose texts are not const. */
#define S(text) ((char[]){text})

static const struct action plain = {S("WA-1"), S("Titel"), S("Spoor"), S("BZK"), S(""), ACTION_RUNNING};

Test(actions, reads_the_example)
{
    struct action_list *actions = kit_actions();
    cr_assert_eq(actions->count, 36);
    cr_assert_str_eq(actions->list[0].id, "WA-1.01");
    cr_assert_str_eq(actions->list[0].lead, "Programma WaU");
    cr_assert_eq(actions->list[0].status, ACTION_PLANNED);
    cr_assert_str_eq(actions->list[3].title, "Eén herkenbaar overheidsloket rond levensgebeurtenissen");
    for (size_t i = 0; i < actions->count; i++)
        cr_assert_eq(action_list_find(actions, actions->list[i].id), (int)i);
    cr_assert_eq(action_list_find(actions, "WA-9.99"), -1);
    cr_assert_eq(action_list_find(actions, ""), -1);
    action_list_free(actions);
}

Test(actions, reads_columns_by_name_with_bom_and_crlf)
{
    struct action_list *actions = kit_actions_from("\xEF\xBB\xBFstatus,remark,related,lead,id,track,title\r\n"
                                                   "done,!,R,L,b,T,\"Een, \"\"twee\"\"\nregels\"\r\n"
                                                   "stopped,,,,a,,x\ty\r\n");
    const struct action first = {S("b"), S("Een, \"twee\"\nregels"), S("T"), S("L"), S("R"), ACTION_DONE};
    const struct action second = {S("a"), S("x\ty"), S(""), S(""), S(""), ACTION_STOPPED};
    cr_assert_eq(actions->count, 2);
    cr_assert(action_equal(&actions->list[0], &first));
    cr_assert(action_equal(&actions->list[1], &second));
    cr_assert_eq(action_list_find(actions, "a"), 1);
    cr_assert_eq(action_list_find(actions, "b"), 0);
    action_list_free(actions);
}

Test(actions, names_lines_in_dutch)
{
    struct faults faults;
    setenv("LC_ALL", "nl_NL.UTF-8", 1);
    faults_init(&faults);
    const char text[] = HEADER "a,t,,,,busy\n";
    cr_assert_null(actions_parse_csv(text, strlen(text), &faults));
    cr_assert(kit_has_fault(&faults, "regel 2", "status 'busy' moet"));
    faults_free(&faults);
}

/* Lines "aN,t,,,,done" until there are `count`. */
static void compose_many(struct buf *text, size_t count)
{
    buf_put_text(text, HEADER);
    for (size_t i = 0; i < count; i++)
        buf_printf(text, "a%zu,t,,,,done\n", i);
    cr_assert_eq(buf_check(text), 0);
}

Test(actions, takes_as_many_as_allowed_and_no_more)
{
    struct buf text;
    struct faults faults;
    buf_init(&text, ACTIONS_CSV_MAX);
    compose_many(&text, ACTIONS_MAX);
    struct action_list *actions = kit_actions_from(text.data);
    cr_assert_eq(actions->count, ACTIONS_MAX);
    cr_assert_eq(action_list_find(actions, "a65534"), 65534);
    cr_assert_neq(action_list_add(actions, &plain), 0);
    action_list_free(actions);
    buf_put_text(&text, "one-more,t,,,,done\n");
    faults_init(&faults);
    cr_assert_null(actions_parse_csv(text.data, text.len, &faults));
    cr_assert(kit_has_fault(&faults, "line 65537", "more than 65535"), "%s", kit_all_faults(&faults));
    cr_assert_eq(faults.total, 1);
    faults_free(&faults);
    buf_free(&text);
}

Test(actions, refuses_what_is_too_large_to_read)
{
    struct faults faults;
    char *text = mem_calloc(1, ACTIONS_CSV_MAX + 1);
    faults_init(&faults);
    cr_assert_null(actions_parse_csv(text, ACTIONS_CSV_MAX + 1, &faults));
    cr_assert(kit_has_fault(&faults, "line 1", "16 MiB"));
    faults_free(&faults);
    mem_free(text);
}

Test(actions, are_added_as_copies)
{
    char id[] = "a";
    struct action_list *actions = action_list_new();
    struct action action = plain;
    action.id = id;
    cr_assert_eq(action_list_add(actions, &action), 0);
    id[0] = 'b';
    cr_assert_eq(action_list_index(actions), 0);
    cr_assert_eq(action_list_find(actions, "a"), 0);
    cr_assert_eq(action_list_find(actions, "b"), -1);
    cr_assert_not(action_equal(&actions->list[0], &action));
    action_list_free(actions);
}

Test(actions, find_nothing_in_an_empty_list)
{
    struct action_list *actions = action_list_new();
    cr_assert_eq(action_list_index(actions), 0);
    cr_assert_eq(action_list_find(actions, "a"), -1);
    action_list_free(actions);
    action_list_free(NULL);
}

Test(actions, differ_by_any_field)
{
    cr_assert(action_equal(&plain, &plain));
    struct action other[6];
    for (size_t i = 0; i < 6; i++)
        other[i] = plain;
    other[0].id = S("x");
    other[1].title = S("x");
    other[2].track = S("x");
    other[3].lead = S("x");
    other[4].related = S("x");
    other[5].status = ACTION_DONE;
    for (size_t i = 0; i < 6; i++)
        cr_expect_not(action_equal(&plain, &other[i]), "%zu", i);
}

Test(actions, have_a_status_by_name)
{
    const char *const names[] = {"planned", "started", "running", "done", "stopped"};
    for (enum action_status status = ACTION_PLANNED; status <= ACTION_STOPPED; status++) {
        enum action_status found;
        cr_assert_str_eq(action_status_name(status), names[status]);
        cr_assert_eq(action_status_find(names[status], &found), 0);
        cr_assert_eq(found, status);
    }
    enum action_status untouched = ACTION_DONE;
    cr_assert_eq(action_status_find("Planned", &untouched), -1);
    cr_assert_eq(action_status_find("", &untouched), -1);
    cr_assert_eq(untouched, ACTION_DONE);
}

Test(actions, judge_ids)
{
    char text[66];
    memset(text, 'Z', 65);
    text[65] = '\0';
    cr_expect_not(action_id_is_valid(text));
    text[64] = '\0';
    cr_expect(action_id_is_valid(text));
    cr_expect(action_id_is_valid(".-_09azAZ"));
    cr_expect_not(action_id_is_valid(""));
    cr_expect_not(action_id_is_valid("a b"));
    cr_expect_not(action_id_is_valid("a/b"));
    cr_expect_not(action_id_is_valid("é"));
}

Test(actions, come_back_from_json_as_they_went)
{
    struct action_list *actions =
        kit_actions_from(HEADER "b,\"Een \"\"titel\"\"\nmet é\",T,L,R,started\na,x,,,,done\n");
    struct buf json;
    buf_init(&json, 10000);
    action_list_put_json(&json, actions);
    cr_assert_eq(buf_check(&json), 0);
    cr_assert_not_null(strstr(json.data, "{\"id\":\"a\",\"title\":\"x\",\"track\":\"\",\"lead\":\"\",\"related\":\"\","
                                         "\"status\":\"done\"}]"));
    struct action_list *back = actions_parse_json(json.data, json.len, NULL);
    cr_assert_not_null(back);
    cr_assert_eq(back->count, 2);
    for (size_t i = 0; i < 2; i++)
        cr_assert(action_equal(&actions->list[i], &back->list[i]));
    cr_assert_eq(action_list_find(back, "a"), 1);
    action_list_free(back);
    action_list_free(actions);
    buf_free(&json);
}

#define JSON(id, status, more)                                                                                         \
    "{\"id\":\"" id "\",\"title\":\"t\",\"track\":\"\",\"lead\":\"\",\"related\":\"\",\"status\":" status more "}"

Test(actions, are_not_read_from_other_json)
{
    const char *const others[] = {
        "",
        "{}",
        "null",
        "[1]",
        "[{}]",
        "[" JSON("a", "\"done\"", ",\"more\":1") "]",
        "[" JSON("a", "\"busy\"", "") "]",
        "[" JSON("a", "1", "") "]",
        "[" JSON("a b", "\"done\"", "") "]",
        "[" JSON("a", "\"done\"", "") "," JSON("b", "\"done\"", "") "," JSON("a", "\"done\"", "") "]",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct error error = {0};
        cr_expect_null(actions_parse_json(others[i], strlen(others[i]), &error), "%s", others[i]);
        cr_expect_eq(error.kind, ERROR_REFUSED, "%s", others[i]);
    }
    struct action_list *none = actions_parse_json("[]", 2, NULL);
    cr_assert_not_null(none);
    cr_assert_eq(none->count, 0);
    action_list_free(none);
}

static bool parse_csv_fails_at(unsigned long n, const struct buf *text)
{
    struct faults faults;
    faults_init(&faults);
    mem_fail_at(n);
    struct action_list *actions = actions_parse_csv(text->data, text->len, &faults);
    bool failed = mem_has_failed();
    mem_fail_at(0);
    if (failed) {
        cr_assert_null(actions, "allocation %lu", n);
        cr_assert(faults.no_memory, "allocation %lu", n);
    }
    action_list_free(actions);
    faults_free(&faults);
    return failed;
}

static void fail_each_allocation_of(const char *path)
{
    struct buf text = kit_file(path);
    unsigned long n = 1;
    while (parse_csv_fails_at(n, &text))
        n++;
    cr_assert_gt(n, 1);
    buf_free(&text);
}

Test(actions, fail_cleanly_when_any_allocation_does)
{
    fail_each_allocation_of("fixtures/actions.csv");
}

Test(actions, fail_cleanly_when_any_allocation_does_amid_faults)
{
    fail_each_allocation_of("fixtures/broken/actions-all-of-a-line.csv");
}

static bool parse_json_fails_at(unsigned long n, const char *text)
{
    struct error error = {0};
    mem_fail_at(n);
    struct action_list *actions = actions_parse_json(text, strlen(text), &error);
    bool failed = mem_has_failed();
    mem_fail_at(0);
    cr_assert_eq(!actions, failed, "allocation %lu", n);
    cr_assert_eq(error.kind, failed ? ERROR_MEMORY : ERROR_NONE, "allocation %lu", n);
    action_list_free(actions);
    return failed;
}

Test(actions, fail_cleanly_from_json_when_any_allocation_does)
{
    unsigned long n = 1;
    while (parse_json_fails_at(n, "[" JSON("a", "\"done\"", "") "," JSON("b", "\"done\"", "") "]"))
        n++;
    cr_assert_gt(n, 10);
}
