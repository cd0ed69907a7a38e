/* What the collector says in the log of its own accord: how the log began, and that a round is closed; and how any
 * event is put there. Knows no submission. */
#include "base/clock.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/acts/linking.h"
#include "collector/acts/opening.h"
#include "collector/intake/ledger_inner.h"
#include "collector/state/recorded.h"
#include "crypto/jws.h"

int64_t ledger_event_time(const struct ledger *ledger)
{
    int64_t now = clock_now();
    return now > ledger->last_iat ? now : ledger->last_iat;
}

int ledger_note_rounds(struct ledger *ledger)
{
    ledger->next_closing = INT64_MAX; /* where nobody signs events, it stays so */
    if (!ledger->catalogue)
        return 0;
    const struct panel *panel = ledger->catalogue->panel;
    if (panel->round_count > ledger->closed_capacity) {
        bool *closed = mem_resize(ledger->closed, panel->round_count, sizeof *closed);
        if (!closed)
            return error_no_memory(&ledger->error);
        ledger->closed = closed;
        ledger->closed_capacity = panel->round_count;
    }
    for (size_t i = 0; i < panel->round_count; i++)
        ledger->closed[i] = closings_have(&ledger->closings, panel->rounds[i].id);
    int next = closings_next(&ledger->closings, panel);
    if (next >= 0 && ledger->shared.operator_key)
        ledger->next_closing = panel->rounds[next].closes_at;
    return 0;
}

/* Who served before may have been killed between the commit of an erasure and the emptying of -wal. */
static int load_erased(struct ledger *ledger)
{
    int64_t index;
    enum store_result found = store_event_last(ledger->store, event_name(EVENT_ENTRIES_ERASED), &index);
    if (found == STORE_FAILED)
        return ledger_store_failed(ledger);
    ledger->erased = ledger->erased || found == STORE_OK;
    return 0;
}

int ledger_load_events(struct ledger *ledger)
{
    struct recorded_log log;
    if (recorded_log_read(ledger->store, &log, &ledger->error) < 0 ||
        closings_load(&ledger->closings, ledger->store, &ledger->error) < 0)
        return -1;
    if (log.begun && ledger->shared.operator_key &&
        operator_expect(ledger->shared.operator_key, log.operator_key, &ledger->error) < 0)
        return -1;
    ledger->begun = log.begun;
    ledger->last_iat = log.last_iat;
    return load_erased(ledger);
}

/* Putting an event there. */

static int append_event(struct ledger *ledger, const struct event *event, const struct buf *jws)
{
    struct merkle_hash leaf;
    int64_t index;
    merkle_leaf(jws->data, jws->len, &leaf);
    if (ledger_append(ledger, jws->data, jws->len, &leaf, &index) < 0)
        return -1;
    if (store_event_add(ledger->store, index, event_name(event->kind)) != STORE_OK)
        return ledger_store_failed(ledger);
    ledger->last_iat = event->iat;
    return 0;
}

int ledger_record(struct ledger *ledger, struct event *event, const char *panel_id, int64_t iat)
{
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    event->aud = panel_id;
    event->iat = iat;
    int result = -1;
    if (operator_sign(ledger->shared.operator_key, event, &jws) == 0)
        result = append_event(ledger, event, &jws);
    else
        error_set(&ledger->error, ERROR_REFUSED,
                  T("the event %s can't be signed: it is too long, or memory lacks",
                    "de gebeurtenis %s kan niet getekend worden: ze is te lang, of er is te weinig geheugen"),
                  event_name(event->kind));
    buf_free(&jws);
    return result;
}

int ledger_keep_documents(struct ledger *ledger, const struct act_work *work)
{
    for (size_t i = 0; i < work->document_count; i++) {
        const struct act_document *document = &work->documents[i];
        if (store_document_add(ledger->store, document->hash, document->bytes.data, document->bytes.len) != STORE_OK)
            return ledger_store_failed(ledger);
    }
    return 0;
}

/* How a log begins. */

int ledger_open_log(struct ledger *ledger, const char *panel_id, int64_t iat)
{
    struct event event = {
        .kind = EVENT_LOG_OPENED, .protocol = EVENT_PROTOCOL, .origin = signer_public(ledger->shared.signer)->name};
    operator_public(ledger->shared.operator_key, event.operator_key);
    if (ledger_record(ledger, &event, panel_id, iat) < 0)
        return -1;
    ledger->begun = true;
    return 0;
}

int ledger_begin_log(struct ledger *ledger)
{
    if (ledger->begun || !ledger->catalogue)
        return 0;
    if (linking_make(ledger->store, ledger->catalogue, &ledger->error) < 0)
        return -1;
    struct act_work work = {.store = ledger->store,
                            .catalogue = ledger->catalogue,
                            .closings = &ledger->closings,
                            .now = ledger_event_time(ledger),
                            .index = ledger->size};
    work.event.origin = signer_public(ledger->shared.signer)->name;
    operator_public(ledger->shared.operator_key, work.event.operator_key);
    int result = opening_upgrade(&work);
    if (result < 0)
        ledger->error = work.error;
    else if ((result = ledger_keep_documents(ledger, &work)) == 0)
        result = ledger_record(ledger, &work.event, ledger->catalogue->panel->id, work.now);
    opening_wipe(&work);
    ledger->begun = result == 0;
    return result == 0 ? ledger_load_catalogue(ledger) : -1; /* which now knows what is in force */
}

/* Closing. */

static int record_closing(struct ledger *ledger, const struct round *round)
{
    struct event event = {.kind = EVENT_ROUND_CLOSED, .round = round->id};
    int64_t now = ledger_event_time(ledger), iat = now > round->closes_at ? now : round->closes_at;
    if (ledger_record(ledger, &event, ledger->catalogue->panel->id, iat) < 0)
        return -1;
    return closings_close(&ledger->closings, round->id, iat) == 0 ? 0 : error_no_memory(&ledger->error);
}

int ledger_close_rounds(struct ledger *ledger, int64_t moment)
{
    while (moment >= ledger->next_closing) {
        const struct panel *panel = ledger->catalogue->panel;
        int next = closings_next(&ledger->closings, panel);
        if (record_closing(ledger, &panel->rounds[next]) < 0 || ledger_note_rounds(ledger) < 0)
            return -1;
    }
    return 0;
}
