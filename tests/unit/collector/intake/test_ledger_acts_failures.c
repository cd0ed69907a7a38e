/* Acts of every kind in one batch, of which the n-th verb of the store fails, and likewise the n-th allocation: nothing
 * of any is left then, no event without its act and no act without its event, and the next try does all. */
#include "base/mem.h"
#include "collector/acts/actions.h"
#include "collector/acts/invitations.h"
#include "collector/acts/member.h"
#include "collector/acts/operator.h"
#include "collector/acts/panel.h"
#include "tests/unit/capture.h"
#include "tests/unit/collector/kit_acts.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <string.h>

#define ACTS 5
#define BEFORE 3 /* entries: log-upgraded, two members */
#define CLOSED "2026-05-31T00:00:00Z" /* so that the import closes the round at once */
/* Small, for each of its allocations is failed. */
#define PANEL_UNTIL(closes)                                                                                            \
    "{\"id\":\"wau\",\"title\":{\"nl\":\"P\",\"en\":\"P\"},\"questionnaires\":[{\"id\":\"q\",\"questions\":[{"         \
    "\"id\":\"noticed\",\"type\":\"choice\",\"required\":true,\"label\":{\"nl\":\"L\",\"en\":\"L\"},\"options\":["     \
    "{\"value\":\"yes\",\"label\":{\"nl\":\"J\",\"en\":\"Y\"}},{\"value\":\"no\",\"label\":{\"nl\":\"N\",\"en\":"      \
    "\"N\"}}]}]}],"                                                                                                    \
    "\"rounds\":[{\"id\":\"round-1\",\"title\":{\"nl\":\"R\",\"en\":\"R\"},\"opensAt\":\"2026-01-01T00:00:00Z\","      \
    "\"closesAt\":\"" closes "\",\"questionnaire\":\"q\",\"actions\":\"all\"}],"                                       \
    "\"disclosure\":{\"minRespondents\":10,\"roundTo\":5}}"
#define ACTIONS_OF(status) "id,title,track,lead,related,status\nWA-1.01,Een actie,Een spoor,BZK,," status "\n"

TestSuite(ledger_acts_failures, .init = kit_begin, .fini = kit_end, .timeout = 300);

struct scene {
    struct kit kit;
    struct kit_member members[2];
    int64_t wishes[ACTS];
};

static struct act_wish new_invitations(struct store *store)
{
    struct act_wish wish;
    uint8_t hashes[3][SHA256_BYTES];
    for (unsigned i = 0; i < 3; i++)
        crypto_sha256(&i, sizeof i, hashes[i]);
    (void)kit_prepare_invitations(store, (const uint8_t(*)[SHA256_BYTES])hashes, 3, 0, &wish);
    return wish;
}

/* Asks for one act of each kind; the last is refused, for the first has done it. */
static void ask_all(struct scene *scene)
{
    struct store *store = scene->kit.store;
    struct act_wish wish[ACTS];
    struct store_member member;
    struct error error = {0};
    struct buf csv, panel;
    buf_init(&csv, KIT_TEXT_MAX);
    buf_init(&panel, KIT_TEXT_MAX);
    buf_put_text(&csv, ACTIONS_OF("done"));
    buf_put_text(&panel, PANEL_UNTIL(CLOSED));
    cr_assert_eq(store_member_read(store, 1, &member), STORE_OK);
    cr_assert_eq(act_prepare_revocation(&wish[0], &member, "order", &error), 0);
    cr_assert_eq(act_prepare_actions(&wish[1], &csv), 0);
    wish[2] = new_invitations(store);
    cr_assert_eq(act_prepare_panel(&wish[3], &panel), 0);
    cr_assert_eq(act_prepare_revocation(&wish[4], &member, "order", &error), 0);
    for (size_t i = 0; i < ACTS; i++)
        scene->wishes[i] = kit_ask(store, &wish[i]);
    buf_free(&csv);
    buf_free(&panel);
}

static void open_scene(struct scene *scene)
{
    struct store *store = kit_store_open("sqlite::memory:");
    kit_import_panel(store, PANEL_UNTIL("2036-01-01T00:00:00Z"));
    kit_import_actions(store, ACTIONS_OF("running"));
    kit_open(&scene->kit, store_faulty_new(store));
    kit_give_operator(&scene->kit);
    kit_start(&scene->kit);
    kit_join(&scene->kit, scene->members, 2, 1);
    ask_all(scene);
    ledger_free(scene->kit.ledger);
    scene->kit.ledger = NULL;
}

static void close_scene(struct scene *scene)
{
    for (size_t i = 0; i < 2; i++)
        kit_member_wipe(&scene->members[i]);
    kit_close(&scene->kit);
}

static int put_event(void *context, int64_t index, const char *kind)
{
    buf_printf(context, "%lld %s\n", (long long)index, kind);
    return 0;
}

static int count_wish(void *context, const struct store_wish *wish)
{
    (void)wish;
    ++*(size_t *)context;
    return 0;
}

/* What the store has of acts and events, as text. */
static struct buf state_of(const struct scene *scene)
{
    struct store *store = scene->kit.store;
    struct store_member member;
    struct invitation_counts invitations;
    struct buf out;
    size_t wishes = 0;
    store_faulty_fail_at(store, 0);
    buf_init(&out, KIT_TEXT_MAX);
    cr_assert_eq(store_event_each(store, 0, INT64_MAX, put_event, &out), STORE_OK);
    cr_assert_eq(store_member_read(store, 1, &member), STORE_OK);
    cr_assert_eq(store_invitation_count(store, &invitations), STORE_OK);
    cr_assert_eq(store_wish_each(store, count_wish, &wishes), STORE_OK);
    buf_printf(&out, "%lld entries, revoked %d, %lld unused, %zu wishes\n", (long long)kit_entries(store),
               member.revoked_at != 0, (long long)invitations.unused, wishes);
    buf_put_text(&out, "panel ");
    cr_assert_eq(store_panel_read(store, &out), STORE_OK);
    cr_assert_eq(buf_check(&out), 0);
    return out;
}

static void assert_done(const struct scene *scene)
{
    static const enum event_kind kinds[] = {EVENT_MEMBER_REVOKED, EVENT_ACTIONS_IMPORTED, EVENT_INVITATIONS_CREATED,
                                            EVENT_PANEL_IMPORTED, EVENT_ROUND_CLOSED};
    struct roster_member found;
    for (int64_t i = 0; i < 5; i++) {
        struct event event = kit_event(scene->kit.store, BEFORE + i);
        cr_assert_eq(event.kind, kinds[i], "%lld: %s", (long long)i, event_name(event.kind));
        event_free(&event);
    }
    for (size_t i = 0; i < ACTS; i++) {
        struct buf text;
        cr_assert_eq(kit_outcome(scene->kit.store, scene->wishes[i], &text), i + 1 < ACTS ? BEFORE + (int64_t)i : -1);
        buf_free(&text);
    }
    cr_assert(roster_find(scene->kit.shared.roster, scene->members[0].kid, &found) && found.revoked);
    cr_assert_eq(kit_entries(scene->kit.store), BEFORE + 5);
}

Test(ledger_acts_failures, leave_nothing_behind_whichever_verb_fails)
{
    static struct scene scene;
    unsigned n = 1;
    open_scene(&scene);
    struct buf before = state_of(&scene);
    for (;; n++) {
        struct error error = {0};
        store_faulty_fail_at(scene.kit.store, n);
        scene.kit.ledger = ledger_new(scene.kit.store, &scene.kit.shared, &error);
        if (scene.kit.ledger)
            break;
        cr_assert_str_eq(error.text, STORE_FAULTY_ERROR);
        struct buf after = state_of(&scene);
        cr_assert_str_eq(buf_text(&after), buf_text(&before), "%u", n);
        buf_free(&after);
    }
    store_faulty_fail_at(scene.kit.store, 0);
    cr_assert_gt(n, 60, "%u", n);
    assert_done(&scene);
    buf_free(&before);
    close_scene(&scene);
}

/* A wish for which memory lacked may have been refused. Those that were done have left their event and their effect,
 * and the others neither. */
static void assert_whole(const struct scene *scene)
{
    static const enum event_kind kinds[ACTS] = {EVENT_MEMBER_REVOKED, EVENT_ACTIONS_IMPORTED, EVENT_INVITATIONS_CREATED,
                                                EVENT_PANEL_IMPORTED, EVENT_MEMBER_REVOKED};
    struct store_member member;
    struct invitation_counts invitations;
    bool done[ACTS];
    struct buf panel;
    for (size_t i = 0; i < ACTS; i++) {
        struct buf text;
        int64_t entry = kit_outcome(scene->kit.store, scene->wishes[i], &text);
        done[i] = entry >= 0;
        cr_assert(done[i] || text.len > 0);
        buf_free(&text);
        if (!done[i])
            continue;
        struct event event = kit_event(scene->kit.store, entry);
        cr_assert_eq(event.kind, kinds[i]);
        event_free(&event);
    }
    buf_init(&panel, KIT_TEXT_MAX);
    cr_assert_eq(store_member_read(scene->kit.store, 1, &member), STORE_OK);
    cr_assert_eq(store_invitation_count(scene->kit.store, &invitations), STORE_OK);
    cr_assert_eq(store_panel_read(scene->kit.store, &panel), STORE_OK);
    cr_assert_eq(member.revoked_at != 0, done[0] || done[4]);
    cr_assert_eq(invitations.unused, done[2] ? 3 : 0);
    cr_assert_eq(strstr(buf_text(&panel), CLOSED) != NULL, done[3]);
    buf_free(&panel);
}

/* Whether there was an n-th allocation to fail. */
static bool fail_allocation(unsigned long n)
{
    static struct scene scene;
    struct error error = {0};
    open_scene(&scene);
    mem_fail_at(n);
    scene.kit.ledger = ledger_new(scene.kit.store, &scene.kit.shared, &error);
    bool failed = mem_has_failed();
    mem_fail_at(0);
    if (!scene.kit.ledger)
        kit_start(&scene.kit);
    if (failed)
        assert_whole(&scene);
    else
        assert_done(&scene);
    close_scene(&scene);
    return failed;
}

Test(ledger_acts_failures, leave_nothing_behind_whichever_allocation_fails)
{
    unsigned long n = 1;
    while (fail_allocation(n))
        n++;
    cr_assert_gt(n, 60, "%lu", n);
}

/* What is damaged stays so, and must not keep the collector from everything else. */
Test(ledger_acts_failures, refuse_what_would_fail_each_time)
{
    static struct scene scene;
    struct buf text;
    const int64_t odd[] = {1};
    open_scene(&scene);
    cr_assert_eq(store_counts_write(scene.kit.store, 1, 999, odd, 1), STORE_OK, "counters of no action");
    kit_start(&scene.kit);
    cr_assert_eq(kit_outcome(scene.kit.store, scene.wishes[3], &text), -1);
    cr_assert_not_null(strstr(buf_text(&text), "there are counters of a round or an action that there is not"));
    buf_free(&text);
    cr_assert_eq(kit_outcome(scene.kit.store, scene.wishes[2], &text), BEFORE + 2, "and the others are done");
    buf_free(&text);
    close_scene(&scene);
}
