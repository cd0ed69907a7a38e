#include "tests/unit/collector/kit_acts.h"
#include "collector/acts/invitations.h"
#include "collector/state/recorded.h"
#include <criterion/criterion.h>
#include <string.h>

int64_t kit_ask(struct store *store, struct act_wish *wish)
{
    int64_t id;
    const struct store_wish asked = {.kind = event_name(wish->kind),
                                     .claims = buf_text(&wish->claims),
                                     .claims_len = wish->claims.len,
                                     .document = wish->document.len > 0 ? wish->document.data : NULL,
                                     .document_len = wish->document.len,
                                     .asked_at = KIT_NOW};
    cr_assert_eq(store_wish_add(store, &asked, &id), STORE_OK);
    act_wish_wipe(wish);
    return id;
}

int64_t kit_outcome(struct store *store, int64_t id, struct buf *text)
{
    int64_t entry;
    buf_init(text, KIT_TEXT_MAX);
    cr_assert_eq(store_wish_outcome(store, id, &entry, text), STORE_OK);
    return entry;
}

struct event kit_event(struct store *store, int64_t index)
{
    struct event event;
    struct error error = {0};
    cr_assert_eq(recorded_read(store, index, &event, &error), 0, "%s", error.text);
    return event;
}

struct buf kit_panel_until(const char *closes_at)
{
    static const char closes[] = "\"closesAt\": \"";
    struct buf json = kit_file("fixtures/panel.json"), changed;
    const char *at = strstr(buf_text(&json), closes);
    cr_assert_not_null(at);
    at += sizeof closes - 1;
    const char *end = strchr(at, '"');
    buf_init(&changed, KIT_TEXT_MAX);
    buf_put(&changed, json.data, (size_t)(at - json.data));
    buf_put_text(&changed, closes_at);
    buf_put_text(&changed, end);
    cr_assert_eq(buf_check(&changed), 0);
    buf_free(&json);
    return changed;
}

int64_t kit_prepare_invitations(struct store *store, const uint8_t (*hashes)[SHA256_BYTES], size_t count,
                                int64_t replaces, struct act_wish *wish)
{
    struct act_invitations wanted = {.hashes = hashes, .count = count, .replaces = replaces};
    struct error error = {0};
    struct buf codes;
    buf_init(&codes, ACT_DOCUMENT_MAX);
    cr_assert_eq(act_set_aside(store, count, KIT_NOW, &wanted.first, &error), 0, "%s", error.text);
    cr_assert_eq(act_stage_invitations(store, &wanted, &codes, &error), 0, "%s", error.text);
    cr_assert_eq(act_prepare_invitations(wish, store, &wanted, &codes, &error), 0, "%s", error.text);
    buf_free(&codes);
    return wanted.first;
}
