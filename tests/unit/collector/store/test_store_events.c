/* Documents, events, and what administrators wait for. */
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct store *store;
static char dsn[300];

static void setup(void)
{
    kit_begin();
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("panel.db"));
    store = kit_store_open(dsn);
}

static void teardown(void)
{
    store_close(store);
    kit_end();
}

TestSuite(store_events, .init = setup, .fini = teardown);

/* What visitors were shown, in words. */
static char seen[1000];

static void note(int64_t number, const char *text, const char *more)
{
    size_t len = strlen(seen);
    snprintf(seen + len, sizeof seen - len, "%lld %s%s;", (long long)number, text, more);
}

/* Documents. */

static void assert_document(const char *expected)
{
    struct buf bytes;
    uint8_t hash[SHA256_BYTES];
    size_t len;
    buf_init(&bytes, KIT_TEXT_MAX);
    crypto_sha256(expected, strlen(expected), hash);
    cr_assert_eq(store_document_size(store, hash, &len), STORE_OK);
    cr_assert_eq(len, strlen(expected));
    cr_assert_eq(store_document_read(store, hash, &bytes), STORE_OK);
    cr_assert_str_eq(buf_text(&bytes), expected);
    buf_free(&bytes);
}

static void add_document(const char *text)
{
    uint8_t hash[SHA256_BYTES];
    crypto_sha256(text, strlen(text), hash);
    cr_assert_eq(store_document_add(store, hash, text, strlen(text)), STORE_OK, "%s", store_error(store)->text);
}

Test(store_events, takes_away_a_document_that_nothing_names)
{
    uint8_t hash[SHA256_BYTES];
    size_t len;
    add_document("some text");
    add_document("other text");
    crypto_sha256("some text", 9, hash);
    cr_assert_eq(store_document_remove(store, hash), STORE_OK);
    cr_assert_eq(store_document_size(store, hash, &len), STORE_NONE);
    cr_assert_eq(store_document_remove(store, hash), STORE_NONE);
    assert_document("other text");
}

Test(store_events, keep_documents_by_their_hash)
{
    struct buf bytes;
    add_document("one");
    add_document("two");
    add_document("one");
    add_document("");
    assert_document("one");
    assert_document("two");
    assert_document("");
    buf_init(&bytes, KIT_TEXT_MAX);
    size_t len = 7;
    cr_assert_eq(store_document_read(store, (const uint8_t[SHA256_BYTES]){1}, &bytes), STORE_NONE);
    cr_assert_eq(store_document_size(store, (const uint8_t[SHA256_BYTES]){1}, &len), STORE_NONE);
    cr_assert_eq(bytes.len, 0);
    cr_assert_eq(len, 7);
    buf_free(&bytes);
}

/* Events. */

static int note_event(void *context, int64_t index, const char *kind)
{
    note(index, kind, "");
    return context ? -1 : 0;
}

Test(store_events, tell_which_entries_are_events)
{
    int64_t index = 99;
    cr_assert_eq(store_event_last(store, "panel-imported", &index), STORE_NONE);
    cr_assert_eq(store_event_add(store, 0, "log-opened"), STORE_OK);
    cr_assert_eq(store_event_add(store, 7, "panel-imported"), STORE_OK);
    cr_assert_eq(store_event_add(store, 3, "panel-imported"), STORE_OK);
    cr_assert_eq(store_event_add(store, 300, "round-closed"), STORE_OK);
    cr_assert_eq(store_event_add(store, 3, "round-closed"), STORE_FAILED, "an entry is one event");
    cr_assert_eq(store_event_last(store, "panel-imported", &index), STORE_OK);
    cr_assert_eq(index, 7);
    cr_assert_eq(store_event_last(store, "actions-imported", &index), STORE_NONE);
    cr_assert_eq(index, 7);
    cr_assert_eq(store_event_each(store, 1, 2, note_event, NULL), STORE_OK);
    cr_assert_str_eq(seen, "3 panel-imported;7 panel-imported;");
    cr_assert_eq(store_event_each(store, 8, 100, note_event, NULL), STORE_OK);
    cr_assert_str_eq(seen, "3 panel-imported;7 panel-imported;300 round-closed;");
    cr_assert_eq(store_event_each(store, 0, 100, note_event, seen), STORE_FAILED, "the visitor stops it");
}

/* Wishes. */

static int64_t wish(const char *claims, const char *document)
{
    int64_t id = 0;
    struct store_wish asked = {.kind = "panel-imported",
                               .claims = claims,
                               .claims_len = strlen(claims),
                               .document = document,
                               .document_len = document ? strlen(document) : 0,
                               .asked_at = KIT_NOW};
    cr_assert_eq(store_wish_add(store, &asked, &id), STORE_OK, "%s", store_error(store)->text);
    return id;
}

static int note_wish(void *context, const struct store_wish *asked)
{
    char claims[100], document[100] = " none";
    (void)context;
    cr_assert_str_eq(asked->kind, "panel-imported");
    cr_assert_eq(asked->asked_at, KIT_NOW);
    snprintf(claims, sizeof claims, "%.*s", (int)asked->claims_len, asked->claims);
    if (asked->document)
        snprintf(document, sizeof document, " %.*s", (int)asked->document_len, (const char *)asked->document);
    note(asked->id, claims, document);
    return 0;
}

static void assert_wishes(const char *expected)
{
    seen[0] = '\0';
    cr_assert_eq(store_wish_each(store, note_wish, NULL), STORE_OK);
    cr_assert_str_eq(seen, expected);
}

static void assert_outcome(int64_t id, int64_t expected_entry, const char *expected)
{
    int64_t entry = 99;
    struct buf outcome;
    buf_init(&outcome, KIT_TEXT_MAX);
    cr_assert_eq(store_wish_outcome(store, id, &entry, &outcome), STORE_OK, "%s", store_error(store)->text);
    cr_assert_eq(entry, expected_entry);
    cr_assert_str_eq(buf_text(&outcome), expected);
    buf_free(&outcome);
}

static void assert_no_outcome(int64_t id)
{
    int64_t entry = 99;
    struct buf outcome;
    buf_init(&outcome, KIT_TEXT_MAX);
    cr_assert_eq(store_wish_outcome(store, id, &entry, &outcome), STORE_NONE);
    cr_assert(entry == 99 && outcome.len == 0);
    buf_free(&outcome);
}

Test(store_events, carry_wishes_to_who_serves_and_outcomes_back)
{
    int64_t first = wish("{\"a\":1}", "the file"), second = wish("{}", NULL), third = wish("", "");
    assert_wishes("1 {\"a\":1} the file;2 {} none;3  ;");
    assert_no_outcome(first);
    cr_assert_eq(store_wish_done(store, first, 41, "", KIT_NOW), STORE_OK);
    cr_assert_eq(store_wish_done(store, second, -1, "it does not fit", KIT_NOW + 1), STORE_OK);
    cr_assert_eq(store_wish_done(store, second, 42, "", KIT_NOW), STORE_NONE, "it is done already");
    assert_wishes("3  ;");
    assert_outcome(first, 41, "");
    assert_no_outcome(first);
    assert_outcome(second, -1, "it does not fit");
    cr_assert_eq(store_wish_withdraw(store, third), STORE_OK);
    assert_wishes("");
    assert_no_outcome(third);
}

Test(store_events, number_wishes_anew_for_each)
{
    cr_assert_eq(wish("{}", NULL), 1);
    cr_assert_eq(store_wish_withdraw(store, 1), STORE_OK);
    cr_assert_eq(wish("{}", NULL), 2, "an outcome is never another's");
    cr_assert_eq(store_wish_done(store, 2, 5, "", KIT_NOW), STORE_OK);
    cr_assert_eq(store_wish_withdraw(store, 2), STORE_NONE, "it has been carried out");
    cr_assert_eq(store_wish_done(store, 1, 5, "", KIT_NOW), STORE_NONE, "it was withdrawn");
}

Test(store_events, forget_an_outcome_that_nobody_has_read_for_an_hour)
{
    cr_assert_eq(wish("{}", NULL), 1);
    cr_assert_eq(wish("{}", NULL), 2);
    cr_assert_eq(wish("{}", NULL), 3);
    cr_assert_eq(store_wish_done(store, 1, 5, "", KIT_NOW), STORE_OK);
    cr_assert_eq(store_wish_done(store, 2, 6, "", KIT_NOW + 1), STORE_OK);
    cr_assert_eq(store_wish_done(store, 3, 7, "", KIT_NOW + 3601), STORE_OK);
    assert_no_outcome(1);
    assert_outcome(2, 6, "");
    assert_outcome(3, 7, "");
}

Test(store_events, are_noticed_by_who_serves_when_somebody_wishes)
{
    unsigned what;
    struct store *server = kit_store_open(dsn);
    cr_assert_eq(store_changed(server, &what), STORE_OK);
    cr_assert_eq(store_changed(server, &what), STORE_OK);
    cr_assert_eq(what, 0);
    (void)wish("{}", NULL);
    cr_assert_eq(store_changed(server, &what), STORE_OK);
    cr_assert_eq(what, STORE_CHANGED_WISHES);
    store_close(server);
}
