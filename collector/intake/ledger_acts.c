/* From what an administrator asked to the act and its event: both are written here, one after the other, within the
 * batch's transaction. What an act means is the acts room's. */
#include "base/clock.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/intake/ledger_inner.h"
#include <stdio.h>
#include <string.h>

/* Carrying out. */

static int take_effects(struct ledger *ledger, const struct act_work *work)
{
    for (size_t i = 0; i < work->member_count; i++)
        if (ledger_note_member(ledger, &work->members[i]) < 0)
            return -1;
    if (work->event.kind == EVENT_OPERATOR_CHANGED)
        return operator_follow(ledger->shared.operator_key, work->event.operator_key, &ledger->error);
    if (!work->catalogue_changed)
        return 0;
    if (ledger_load_catalogue(ledger) < 0)
        return -1;
    if (work->event.kind == EVENT_PANEL_IMPORTED)
        closings_take_panel(&ledger->closings, ledger->catalogue->panel);
    return ledger_note_rounds(ledger);
}

static int record_more(struct ledger *ledger, struct act_work *work)
{
    for (size_t i = 0; i < work->more_count; i++)
        if (ledger_record(ledger, &work->more[i], work->panel_id, work->now) < 0)
            return -1;
    return 0;
}

/* Puts the event there, its documents, and for what follows its effects in force. */
static int record_act(struct ledger *ledger, struct act_work *work)
{
    if (!ledger->begun && ledger_open_log(ledger, work->panel_id, work->now) < 0)
        return -1;
    if (ledger_keep_documents(ledger, work) < 0 || ledger_record(ledger, &work->event, work->panel_id, work->now) < 0)
        return -1;
    return record_more(ledger, work) < 0 ? -1 : take_effects(ledger, work);
}

/* ACT_DONE: *index is its event's. ACT_REFUSED: ledger->error says why, and nothing was written. */
static enum act_result carry_out(struct ledger *ledger, enum event_kind kind, struct act_work *work, int64_t *index)
{
    enum act_result result = act_carry_out(work, kind);
    if (result != ACT_DONE)
        ledger->error = work->error;
    else if (record_act(ledger, work) < 0)
        result = ACT_FAILED;
    else
        *index = ledger->size - 1 - (int64_t)work->more_count;
    return result;
}

/* What is asked at this place in the log. No entry at or after a round's closesAt comes before its round-closed. */
static enum act_result carry_out_wish(struct ledger *ledger, enum event_kind kind, const struct json *claims,
                                      const struct store_wish *wish, int64_t *index)
{
    int64_t now = ledger_event_time(ledger);
    if (ledger_close_rounds(ledger, now) < 0)
        return ACT_FAILED;
    now = ledger_event_time(ledger);
    struct act_work work = {.store = ledger->store,
                            .catalogue = ledger->catalogue,
                            .operator_key = ledger->shared.operator_key,
                            .closings = &ledger->closings,
                            .now = now,
                            .index = ledger->size + (ledger->begun ? 0 : 1),
                            .claims = claims,
                            .document = wish->document,
                            .document_len = wish->document_len};
    bool erases = kind == EVENT_ENTRIES_ERASED;
    if (erases && ledger_hand_over_counters(ledger) < 0)
        return ACT_FAILED;
    enum act_result result = carry_out(ledger, kind, &work, index);
    if (erases && result == ACT_DONE) {
        ledger->erased = true;
        ledger->settle_after = 0;
    }
    act_work_wipe(&work);
    return result;
}

static enum act_result refuse_unreadable(struct ledger *ledger)
{
    error_set(&ledger->error, ERROR_REFUSED, "%s",
              T("what was asked can't be read: another version of the program has written it; ask it again",
                "wat gevraagd is, is onleesbaar: een andere versie van het programma heeft het geschreven; vraag het "
                "opnieuw"));
    return ACT_REFUSED;
}

static enum act_result read_and_carry_out(struct ledger *ledger, const struct store_wish *wish, int64_t *index)
{
    enum event_kind kind;
    struct json_fault fault;
    if (act_find(wish->kind, &kind) < 0)
        return refuse_unreadable(ledger);
    struct json *claims = json_parse(wish->claims, wish->claims_len, &fault);
    if (!claims && fault.no_memory) {
        error_no_memory(&ledger->error);
        return ACT_FAILED;
    }
    if (!claims)
        return refuse_unreadable(ledger);
    enum act_result result = carry_out_wish(ledger, kind, claims, wish, index);
    json_free(claims);
    return result;
}

/* What the store keeps of wishes. */

/* A wish, copied: what a walk passes lasts for the call only, and nothing may be written during one. */
struct taken_wish {
    struct store_wish wish;
    char *kind, *claims;
    void *document;
    bool no_memory;
};

static void free_taken(struct taken_wish *taken)
{
    mem_free(taken->kind);
    mem_free(taken->claims);
    mem_free(taken->document);
}

/* Takes the first, and stops the walk. */
static int take_first_wish(void *context, const struct store_wish *wish)
{
    struct taken_wish *taken = context;
    taken->wish = *wish;
    taken->kind = mem_copy_text(wish->kind, strlen(wish->kind));
    taken->claims = mem_copy_text(wish->claims, wish->claims_len);
    taken->document = wish->document ? mem_copy_text(wish->document, wish->document_len) : NULL;
    taken->no_memory = !taken->kind || !taken->claims || (wish->document && !taken->document);
    taken->wish.kind = taken->kind;
    taken->wish.claims = taken->claims;
    taken->wish.document = taken->document;
    return 1;
}

/* Who asked has been told that it won't be done; the transaction is rolled back. */
static int fail_withdrawn(struct ledger *ledger)
{
    return error_set(&ledger->error, ERROR_BUSY, "%s",
                     T("what was asked was withdrawn while it was carried out",
                       "wat gevraagd was is ingetrokken terwijl het uitgevoerd werd"));
}

/* Tells who asked. */
static int note_outcome(struct ledger *ledger, const struct store_wish *wish, enum act_result result, int64_t index)
{
    int64_t entry = result == ACT_DONE ? index : -1;
    const char *text = result == ACT_DONE ? "" : ledger->error.text;
    enum store_result noted = store_wish_done(ledger->store, wish->id, entry, text, ledger_event_time(ledger));
    if (noted == STORE_NONE)
        return fail_withdrawn(ledger);
    if (noted != STORE_OK)
        return ledger_store_failed(ledger);
    if (result == ACT_DONE)
        log_info("act: %s, entry %lld", wish->kind, (long long)index);
    else
        log_info("act: %s refused", wish->kind);
    ledger->error.kind = ERROR_NONE;
    return 0;
}

static int carry_out_taken(struct ledger *ledger, const struct taken_wish *taken)
{
    int64_t index = -1;
    if (taken->no_memory)
        return error_no_memory(&ledger->error);
    ledger->failed_wish = taken->wish.id;
    enum act_result result = read_and_carry_out(ledger, &taken->wish, &index);
    if (result == ACT_FAILED || note_outcome(ledger, &taken->wish, result, index) < 0)
        return -1;
    ledger->failed_wish = 0;
    return 0;
}

bool ledger_refuse_failed(struct ledger *ledger)
{
    if (ledger->failed_wish == 0 || ledger->error.kind == ERROR_IO || store_is_lost(ledger->store))
        return false;
    bool refused =
        store_begin(ledger->store) == STORE_OK &&
        store_wish_done(ledger->store, ledger->failed_wish, -1, ledger->error.text, clock_now()) == STORE_OK &&
        store_commit(ledger->store) == STORE_OK;
    if (!refused)
        store_rollback(ledger->store);
    ledger->failed_wish = 0;
    return refused;
}

int ledger_take_pending(struct ledger *ledger)
{
    for (;;) {
        struct taken_wish taken = {.kind = NULL};
        enum store_result walked = store_wish_each(ledger->store, take_first_wish, &taken);
        if (walked == STORE_FAILED && taken.wish.id == 0)
            return ledger_store_failed(ledger);
        if (taken.wish.id == 0)
            return 0;
        int result = carry_out_taken(ledger, &taken);
        free_taken(&taken);
        if (result < 0)
            return -1;
    }
}

static int see_wish(void *context, const struct store_wish *wish)
{
    (void)wish;
    *(bool *)context = true;
    return 1;
}

int ledger_is_asked(struct ledger *ledger, bool *out)
{
    bool asked = false;
    if (store_wish_each(ledger->store, see_wish, &asked) == STORE_FAILED && !asked)
        return ledger_store_failed(ledger);
    *out = asked;
    return 0;
}

/* What comes with a request. */

/* Whose act it was, where it has been carried out: in the same commit, so that the line says what is so. */
static int note_asker(struct ledger *ledger, const struct submission *s)
{
    const struct act_request *request = s->act;
    const struct store_access access = {
        .at = s->received_at, .token = request->token, .what = request->what, .rows = 1};
    return *request->token == '\0' || store_access_add(ledger->store, &access) == STORE_OK
               ? 0
               : ledger_store_failed(ledger);
}

int ledger_apply_act(struct ledger *ledger, struct submission *s)
{
    struct act_request *request = s->act;
    const struct store_wish wish = {.kind = event_name(request->wish.kind),
                                    .claims = buf_text(&request->wish.claims),
                                    .claims_len = request->wish.claims.len,
                                    .document = request->wish.document.len > 0 ? request->wish.document.data : NULL,
                                    .document_len = request->wish.document.len};
    switch (read_and_carry_out(ledger, &wish, &s->index)) {
    case ACT_DONE:
        s->verdict = VERDICT_ACCEPTED;
        return note_asker(ledger, s);
    case ACT_REFUSED:
        s->verdict = VERDICT_REFUSED;
        request->why = ledger->error;
        s->detail = request->detail ? request->detail : request->why.text;
        ledger->error.kind = ERROR_NONE;
        return 0;
    case ACT_FAILED:
        break;
    }
    return -1;
}
