/* What became of actions, worked out from lists that events name; these are put into the store by hand. */
#include "base/mem.h"
#include "collector/state/action_history.h"
#include "panel/event.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

#define ACTION(id, title, status)                                                                                      \
    "{\"id\":\"" id "\",\"title\":\"" title "\",\"track\":\"\",\"lead\":\"L\",\"related\":\"\",\"status\":\"" status   \
    "\"}"

static struct store *store;
static struct kit_member signer;

static void start(void)
{
    kit_begin();
    store = kit_store_open(kit_dsn(NULL));
    kit_member_init(&signer, 1);
}

static void end(void)
{
    kit_member_wipe(&signer);
    store_close(store);
    kit_end();
}

TestSuite(action_history, .init = start, .fini = end);

/* An event that names the list, at the next index. */
static void import_list(const char *list, int64_t iat)
{
    int64_t index = kit_entries(store);
    struct event event = {.kind = EVENT_ACTIONS_IMPORTED, .aud = "wau", .iat = iat, .bytes = (int64_t)strlen(list)};
    struct buf claims;
    crypto_sha256(list, strlen(list), event.actions);
    buf_init(&claims, KIT_TEXT_MAX);
    event_put_claims(&claims, &event);
    struct buf jws = kit_sign(&signer, EVENT_TYP, buf_text(&claims));
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_entry_append(store, index, jws.data, jws.len), STORE_OK);
    cr_assert_eq(store_event_add(store, index, event_name(event.kind)), STORE_OK);
    cr_assert_eq(store_document_add(store, event.actions, list, strlen(list)), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK);
    buf_free(&jws);
    buf_free(&claims);
}

static struct action_history *load(void)
{
    struct error error = {0};
    struct action_history *history = action_history_load(store, &error);
    cr_assert_not_null(history, "%s", error.text);
    return history;
}

static void assert_history(const struct action_history *history, const char *action, const char *expected)
{
    struct buf text;
    buf_init(&text, KIT_TEXT_MAX);
    action_history_put_json(&text, history, action);
    cr_assert_str_eq(buf_text(&text), expected);
    buf_free(&text);
}

Test(action_history, tells_what_each_import_changed_of_an_action)
{
    import_list("[" ACTION("A-1", "One", "planned") "," ACTION("A-2", "Two", "running") "]", KIT_NOW);
    import_list("[" ACTION("A-2", "Two", "running") "," ACTION("A-1", "One", "planned") "]", KIT_NOW + 1);
    import_list("[" ACTION("A-1", "Een", "done") "," ACTION("A-2", "Two", "running") "]", KIT_NOW + 2);
    import_list("[" ACTION("A-1", "Een", "done") "]", KIT_NOW + 3);
    struct action_history *history = load();
    assert_history(history, "A-1",
                   "[{\"index\":0,\"at\":\"2026-06-01T00:00:00Z\",\"changes\":["
                   "{\"field\":\"title\",\"from\":null,\"to\":\"One\"},{\"field\":\"track\",\"from\":null,\"to\":\"\"},"
                   "{\"field\":\"lead\",\"from\":null,\"to\":\"L\"},{\"field\":\"related\",\"from\":null,\"to\":\"\"},"
                   "{\"field\":\"status\",\"from\":null,\"to\":\"planned\"}]},\n"
                   "{\"index\":2,\"at\":\"2026-06-01T00:00:02Z\",\"changes\":["
                   "{\"field\":\"title\",\"from\":\"One\",\"to\":\"Een\"},"
                   "{\"field\":\"status\",\"from\":\"planned\",\"to\":\"done\"}]}]");
    cr_assert(action_history_knows(history, "A-2"), "also of what is gone");
    cr_assert_not(action_history_knows(history, "A-3"));
    assert_history(history, "A-3", "[]");
    counted_release(history);
}

Test(action_history, tells_that_an_action_is_gone)
{
    import_list("[" ACTION("A-1", "One", "planned") "," ACTION("A-2", "Two", "running") "]", KIT_NOW);
    import_list("[" ACTION("A-1", "One", "planned") "]", KIT_NOW + 1);
    struct action_history *history = load();
    cr_assert_eq(history->count, 3);
    cr_assert_str_eq(history->list[2].action, "A-2");
    cr_assert_not_null(strstr(history->list[2].fields, "{\"field\":\"status\",\"from\":\"running\",\"to\":null}"));
    counted_release(history);
}

Test(action_history, is_read_anew_when_another_list_was_imported)
{
    bool current;
    import_list("[" ACTION("A-1", "One", "planned") "]", KIT_NOW);
    struct action_history *history = load();
    cr_assert_eq(action_history_is_current(history, store, &current), 0);
    cr_assert(current);
    import_list("[" ACTION("A-1", "One", "done") "]", KIT_NOW);
    cr_assert_eq(action_history_is_current(history, store, &current), 0);
    cr_assert_not(current);
    counted_release(history);
}

Test(action_history, is_empty_of_a_log_that_names_no_list)
{
    bool current;
    struct action_history *history = load();
    cr_assert_eq(history->count, 0);
    cr_assert_eq(action_history_is_current(history, store, &current), 0);
    cr_assert(current);
    counted_release(history);
}

Test(action_history, says_which_list_is_damaged)
{
    struct error error = {0};
    import_list("[" ACTION("A-1", "One", "planned") "]", KIT_NOW);
    import_list("[{\"id\":\"A-1\"}]", KIT_NOW);
    cr_assert_null(action_history_load(store, &error));
    cr_assert_eq(error.kind, ERROR_DAMAGED);
    cr_assert_not_null(strstr(error.text, "entry 1 "), "%s", error.text);
}

Test(action_history, says_so_when_memory_lacks)
{
    unsigned long n = 1;
    import_list("[" ACTION("A-1", "One", "planned") "]", KIT_NOW);
    import_list("[" ACTION("A-1", "One", "done") "]", KIT_NOW);
    for (;; n++) {
        struct error error = {0};
        mem_fail_at(n);
        struct action_history *history = action_history_load(store, &error);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        if (!failed) {
            counted_release(history);
            break;
        }
        cr_assert_null(history, "allocation %lu", n);
        cr_assert_neq(error.kind, ERROR_NONE, "allocation %lu", n);
    }
    cr_assert_gt(n, 20);
}
