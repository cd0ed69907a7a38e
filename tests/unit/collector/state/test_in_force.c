/* Which documents are in force, and which pairs of them were, by the events of a log. */
#include "base/mem.h"
#include "collector/state/in_force.h"
#include "panel/event.h"
#include "panel/response.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

static struct store *store;
static struct kit_member operator;
static struct in_force in_force;
static int64_t size;

static void setup(void)
{
    kit_begin();
    store = kit_store_open(kit_dsn(NULL));
    kit_member_init(&operator, 1);
    in_force = (struct in_force){.count = 0};
    size = 0;
}

static void teardown(void)
{
    in_force_wipe(&in_force);
    kit_member_wipe(&operator);
    store_close(store);
    kit_end();
}

TestSuite(documents_in_force, .init = setup, .fini = teardown);

static void append(const struct event *event)
{
    struct buf claims;
    buf_init(&claims, KIT_TEXT_MAX);
    event_put_claims(&claims, event);
    struct buf jws = kit_sign(&operator, EVENT_TYP, buf_text(&claims));
    cr_assert_eq(store_entry_append(store, size, buf_text(&jws), jws.len), STORE_OK);
    cr_assert_eq(store_event_add(store, size++, event_name(event->kind)), STORE_OK);
    buf_free(&jws);
    buf_free(&claims);
}

/* Documents are named by a number, which fills their hash. */
static void import_panel(uint8_t name, int64_t iat)
{
    struct event event = {.kind = EVENT_PANEL_IMPORTED, .aud = "wau", .iat = iat, .bytes = 1};
    memset(event.panel, name, sizeof event.panel);
    append(&event);
}

static void import_actions(uint8_t name, int64_t iat)
{
    struct event event = {.kind = EVENT_ACTIONS_IMPORTED, .aud = "wau", .iat = iat, .bytes = 1};
    memset(event.actions, name, sizeof event.actions);
    append(&event);
}

static void close_round(int64_t iat)
{
    append(&(struct event){.kind = EVENT_ROUND_CLOSED, .aud = "wau", .iat = iat, .round = "r"});
}

static void load(void)
{
    struct error error = {0};
    in_force_wipe(&in_force);
    cr_assert_eq(in_force_load(&in_force, store, &error), 0, "%s", error.text);
}

static bool had(uint8_t panel, uint8_t actions, int64_t since)
{
    uint8_t panel_hash[SHA256_BYTES], actions_hash[SHA256_BYTES], context[SHA256_BYTES];
    memset(panel_hash, panel, sizeof panel_hash);
    memset(actions_hash, actions, sizeof actions_hash);
    response_context(panel_hash, actions_hash, context);
    return in_force_had(&in_force, context, since);
}

Test(documents_in_force, knows_nothing_of_a_log_that_tells_nothing)
{
    load();
    cr_assert(!in_force.panel.told && !in_force.actions.told);
    cr_assert_not(had(1, 1, 0));
    import_panel(1, 10);
    load();
    cr_assert(in_force.panel.told && in_force.panel.index == 0 && in_force.panel.hash[5] == 1);
    cr_assert(!in_force.actions.told);
    cr_assert_eq(in_force.count, 0, "a definition alone is no pair");
}

Test(documents_in_force, names_the_newest_document_of_each_and_the_event_that_put_it_there)
{
    import_panel(1, 10);
    import_actions(2, 20);
    close_round(30);
    import_actions(3, 40);
    load();
    cr_assert(in_force.panel.index == 0 && in_force.panel.hash[0] == 1);
    cr_assert(in_force.actions.index == 3 && in_force.actions.hash[0] == 3);
}

Test(documents_in_force, knows_each_pair_until_another_takes_its_place)
{
    import_panel(1, 10);
    import_actions(2, 20);
    import_actions(3, 40);
    import_panel(4, 40);
    import_actions(2, 60);
    load();
    cr_assert(had(1, 2, 40) && !had(1, 2, 41));
    cr_assert(had(1, 3, 40) && !had(1, 3, 41), "for a moment");
    cr_assert(had(4, 3, 60) && !had(4, 3, 61));
    cr_assert(had(4, 2, 60) && had(4, 2, INT64_MAX), "is in force");
    cr_assert_not(had(4, 1, 0));
    cr_assert_not(had(2, 1, 0), "the definition comes first");
}

Test(documents_in_force, knows_a_pair_again_that_comes_back)
{
    import_panel(1, 10);
    import_actions(2, 10);
    import_panel(3, 20);
    import_panel(1, 30);
    load();
    cr_assert(had(1, 2, 25) && had(1, 2, 31));
    cr_assert(had(3, 2, 30) && !had(3, 2, 31));
}

Test(documents_in_force, begins_with_what_an_older_log_had_when_it_was_upgraded)
{
    struct event event = {
        .kind = EVENT_LOG_UPGRADED, .aud = "wau", .iat = 10, .protocol = 2, .origin = "burgerpanel/wau"};
    memcpy(event.operator_key, operator.public_key, KEY_BYTES);
    memset(event.panel, 1, sizeof event.panel);
    memset(event.actions, 2, sizeof event.actions);
    append(&event);
    load();
    cr_assert(had(1, 2, 10));
    cr_assert(in_force.panel.told && in_force.actions.told && in_force.actions.index == 0);
}

Test(documents_in_force, fails_where_an_event_is_none)
{
    struct error error = {0};
    import_panel(1, 10);
    cr_assert_eq(store_entry_append(store, size, "x.y.z", 5), STORE_OK);
    cr_assert_eq(store_event_add(store, size, "panel-imported"), STORE_OK);
    cr_assert_eq(in_force_load(&in_force, store, &error), -1);
    cr_assert_eq(error.kind, ERROR_DAMAGED);
    cr_assert_not_null(strstr(error.text, "entry 1 "), "%s", error.text);
}

Test(documents_in_force, fails_cleanly_when_any_allocation_does)
{
    struct error error = {0};
    unsigned n = 1;
    import_panel(1, 10);
    import_actions(2, 20);
    import_actions(3, 30);
    for (int result = -1; result < 0; n++) {
        in_force_wipe(&in_force);
        mem_fail_at(n);
        result = in_force_load(&in_force, store, &error);
        mem_fail_at(0);
        cr_assert(result == 0 || strstr(error.text, "out of memory"), "allocation %u: %s", n, error.text);
    }
    cr_assert_gt(n, 3);
    cr_assert(had(1, 3, 30));
}
