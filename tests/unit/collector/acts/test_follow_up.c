/* A follow-up published: its document in the store under the hash that its event names, and what is refused. */
#include "collector/acts/follow_up.h"
#include "collector/state/follow_ups.h"
#include "collector/state/recorded.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct kit kit;

static void start(void)
{
    kit_begin();
    kit_open(&kit, kit_store_new(kit_dsn(NULL)));
    kit_give_operator(&kit);
    kit_start(&kit);
}

static void end(void)
{
    kit_close(&kit);
    kit_end();
}

TestSuite(act_follow_up, .init = start, .fini = end);

static struct act_wish wish_for(const char *action, const char *request)
{
    struct act_wish wish;
    struct follow_up wanted;
    struct faults faults;
    struct error error;
    faults_init(&faults);
    cr_assert_eq(follow_up_read_request(request, strlen(request), action, &wanted, &faults), 0);
    cr_assert_eq(act_prepare_follow_up(&wish, &wanted, &error), 0);
    follow_up_free(&wanted);
    faults_free(&faults);
    return wish;
}

/* Hands a wish to the ledger. The caller frees. */
static struct submission *carry_out(struct act_wish wish)
{
    struct submission *s = submit_act(&wish, KIT_NOW);
    cr_assert_not_null(s);
    cr_assert_eq(ledger_apply(kit.ledger, &s, 1), 0);
    return s;
}

static int64_t publish(const char *action, const char *request)
{
    struct submission *s = carry_out(wish_for(action, request));
    cr_assert_eq(s->verdict, VERDICT_ACCEPTED, "%s", s->detail ? s->detail : "");
    int64_t index = s->index;
    submission_free(s);
    return index;
}

static void assert_refused(struct act_wish wish, const char *why)
{
    int64_t entries = kit_entries(kit.store);
    struct submission *s = carry_out(wish);
    cr_assert_eq(s->verdict, VERDICT_REFUSED);
    cr_assert_not_null(strstr(s->detail, why), "%s", s->detail);
    cr_assert_eq(kit_entries(kit.store), entries);
    submission_free(s);
}

static struct follow_ups *load(void)
{
    struct error error = {0};
    struct follow_ups *follow_ups = follow_ups_load(kit.store, &error);
    cr_assert_not_null(follow_ups, "%s", error.text);
    return follow_ups;
}

Test(act_follow_up, leaves_an_event_that_names_the_document)
{
    int64_t index =
        publish("WA-1.03", "{\"status\":\"doing\",\"round\":\"round-1\",\"text\":{\"nl\":\"Ja.\",\"en\":\"Yes.\"}}");
    static const char expected[] = "{\"action\":\"WA-1.03\",\"round\":\"round-1\",\"status\":\"doing\",\"text\":{"
                                   "\"en\":\"Yes.\",\"nl\":\"Ja.\"}}";
    struct event event;
    struct error error = {0};
    struct buf document;
    uint8_t hash[SHA256_BYTES];
    cr_assert_eq(recorded_read(kit.store, index, &event, &error), 0, "%s", error.text);
    cr_assert_eq(event.kind, EVENT_FOLLOW_UP_PUBLISHED);
    cr_assert_str_eq(event.action, "WA-1.03");
    cr_assert_str_eq(event.round, "round-1");
    cr_assert_eq(event.replaces, -1);
    cr_assert_eq(event.bytes, (int64_t)strlen(expected));
    crypto_sha256(expected, strlen(expected), hash);
    cr_assert_arr_eq(event.document, hash, SHA256_BYTES);
    buf_init(&document, KIT_TEXT_MAX);
    cr_assert_eq(store_document_read(kit.store, hash, &document), STORE_OK);
    cr_assert_str_eq(buf_text(&document), expected);
    buf_free(&document);
    event_free(&event);
}

Test(act_follow_up, is_followed_and_replaced_and_all_of_it_stays)
{
    int64_t first = publish("WA-1.03", "{\"status\":\"considered\",\"text\":{\"nl\":\"een\"}}");
    int64_t other = publish("WA-1.04", "{\"status\":\"notDone\",\"text\":{\"nl\":\"twee\"}}");
    char request[128];
    snprintf(request, sizeof request, "{\"status\":\"doing\",\"text\":{\"nl\":\"drie\"},\"replaces\":%d}", (int)first);
    int64_t second = publish("WA-1.03", request);
    struct follow_ups *all = load();
    cr_assert_eq(all->count, 3);
    cr_assert(all->list[0].index == first && all->list[1].index == other && all->list[2].index == second);
    cr_assert_eq(all->list[2].said.replaces, first);
    cr_assert_eq(all->list[0].published_at, KIT_NOW);
    cr_assert_str_eq(labels_text(&all->list[1].said.text, "nl"), "twee");
    counted_release(all);
}

Test(act_follow_up, is_not_said_twice_unless_it_was_replaced_or_differs)
{
    static const char said[] = "{\"status\":\"doing\",\"round\":\"round-1\",\"text\":{\"nl\":\"Ja.\",\"en\":\"Yes.\"}}";
    int64_t first = publish("WA-1.03", said);
    char why[64], request[160];
    snprintf(why, sizeof why, "entry %d says the very same", (int)first);
    assert_refused(wish_for("WA-1.03", said), why);
    publish("WA-1.04", said);
    publish("WA-1.03", "{\"status\":\"done\",\"round\":\"round-1\",\"text\":{\"nl\":\"Ja.\",\"en\":\"Yes.\"}}");
    publish("WA-1.03", "{\"status\":\"doing\",\"text\":{\"nl\":\"Ja.\",\"en\":\"Yes.\"}}");
    publish("WA-1.03", "{\"status\":\"doing\",\"round\":\"round-1\",\"text\":{\"nl\":\"Ja.\"}}");
    snprintf(request, sizeof request, "{\"status\":\"doing\",\"text\":{\"nl\":\"Toch niet.\"},\"replaces\":%d}",
             (int)first);
    publish("WA-1.03", request);
    publish("WA-1.03", said);
}

Test(act_follow_up, is_refused_for_what_is_not_there)
{
    assert_refused(wish_for("WA-9", "{\"status\":\"done\",\"text\":{\"nl\":\"x\"}}"), "no action WA-9");
    assert_refused(wish_for("WA-1.03", "{\"status\":\"done\",\"text\":{\"nl\":\"x\"},\"round\":\"round-9\"}"),
                   "/round: the panel has no such round");
    assert_refused(wish_for("WA-1.03", "{\"status\":\"done\",\"text\":{\"nl\":\"x\"},\"replaces\":0}"), "/replaces");
    int64_t first = publish("WA-1.03", "{\"status\":\"done\",\"text\":{\"nl\":\"x\"}}");
    char request[128];
    snprintf(request, sizeof request, "{\"status\":\"done\",\"text\":{\"nl\":\"y\"},\"replaces\":%d}", (int)first);
    assert_refused(wish_for("WA-1.04", request), "about the same action");
    publish("WA-1.03", request);
    assert_refused(wish_for("WA-1.03", request), "stands in for already");
}

/* Claims and document are of one making; a wish of another program's may differ. */
Test(act_follow_up, is_refused_when_its_document_says_otherwise)
{
    struct act_wish wish = wish_for("WA-1.03", "{\"status\":\"done\",\"text\":{\"nl\":\"x\"}}");
    buf_reset(&wish.claims);
    buf_put_text(&wish.claims, "{\"action\":\"WA-1.04\"}");
    assert_refused(wish, "can't be read");
    wish = wish_for("WA-1.03", "{\"status\":\"done\",\"text\":{\"nl\":\"x\"}}");
    buf_put_char(&wish.document, ' ');
    assert_refused(wish, "can't be read");
    wish = wish_for("WA-1.03", "{\"status\":\"done\",\"text\":{\"nl\":\"x\"}}");
    buf_reset(&wish.document);
    assert_refused(wish, "can't be read");
}

Test(act_follow_up, list_knows_whether_it_is_current)
{
    bool current;
    struct follow_ups *none = load();
    cr_assert_eq(none->count, 0);
    cr_assert_eq(follow_ups_are_current(none, kit.store, &current), 0);
    cr_assert(current);
    publish("WA-1.03", "{\"status\":\"done\",\"text\":{\"nl\":\"x\"}}");
    cr_assert_eq(follow_ups_are_current(none, kit.store, &current), 0);
    cr_assert_not(current);
    counted_release(none);
}
