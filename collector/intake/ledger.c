/* A batch in its transaction: what others changed and asked comes first (ledger_acts.c), then each submission in its
 * turn (ledger_entries.c), and the rounds that are over by then (ledger_events.c). What memory holds beside the store
 * (next index, roster, counters, catalogue) is others' to see only after the COMMIT that makes it true. */
#include "base/clock.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/intake/foresee.h"
#include "collector/intake/ledger_inner.h"
#include "collector/ops/metrics.h"
#include "crypto/jws.h"
#include <stdatomic.h>

#define CLOSING_PATIENCE 5 /* seconds after closesAt in which what came in time may still be on its way to the writer */

/* What others have changed. */

/* After the commit. */
static void show_catalogue(struct ledger *ledger)
{
    if (ledger->catalogue_is_new)
        latest_replace(ledger->shared.catalogues, catalogue_hold(ledger->catalogue));
    ledger->catalogue_is_new = false;
}

/* After the commit. What can't be done now is done at the next start. */
static void settle_operator(struct ledger *ledger)
{
    struct error error = {0};
    if (ledger->shared.operator_key && operator_settle(ledger->shared.operator_key, &error) < 0)
        log_error("operator key: %s", error.text);
}

static int load_log(struct ledger *ledger)
{
    if (publisher_load(ledger->publisher, ledger->store, (uint64_t)ledger->size, &ledger->error) < 0)
        return -1;
    ledger->learnt = true;
    return 0;
}

/* That it is not the log that was signed explains what else can't be read. */
static int explain_by_log(struct ledger *ledger)
{
    struct error why = ledger->error;
    bool is_another = ledger->stale && load_log(ledger) < 0;
    if (!is_another)
        ledger->error = why;
    return -1;
}

/* A store without a panel is of use only where one is asked for. */
static int expect_panel(struct ledger *ledger)
{
    bool asked;
    if (ledger_is_asked(ledger, &asked) < 0)
        return -1;
    return asked ? 0 : catalogue_no_panel(&ledger->error);
}

/* Reads anew what of `what` is kept here. The catalogue comes before the log, so that a store without a panel says
 * so. */
static int reload_kinds(struct ledger *ledger, unsigned what)
{
    if (what & STORE_CHANGED_LOG) {
        if (store_entry_count(ledger->store, &ledger->size) != STORE_OK)
            return ledger_store_failed(ledger);
        metrics_note_stored((uint64_t)ledger->size);
        counters_forget(ledger->counters);
    }
    if (what & STORE_CHANGED_MEMBERS) {
        if (roster_load(ledger->shared.roster, ledger->store, &ledger->member_changes, &ledger->error) < 0)
            return -1;
        ledger->members = (int64_t)roster_count(ledger->shared.roster);
    }
    if (what & STORE_CHANGED_CATALOGUE && ledger_load_catalogue(ledger) < 0)
        return explain_by_log(ledger);
    if (!ledger->catalogue && expect_panel(ledger) < 0)
        return -1;
    if (what & STORE_CHANGED_LOG && (load_log(ledger) < 0 || ledger_load_events(ledger) < 0))
        return -1;
    return ledger_note_rounds(ledger);
}

/* A batch. */

/* What others have changed or asked for, before anything of the batch. Inside its transaction, so that nothing can
 * change between the question and the reading. */
static int take_over_changes(struct ledger *ledger, unsigned what)
{
    if (ledger->stale)
        what = STORE_CHANGED_ALL;
    if (what == 0)
        return 0;
    if (reload_kinds(ledger, what) < 0)
        return -1;
    bool acts = ledger->shared.operator_key != NULL;
    if (acts && (ledger_begin_log(ledger) < 0 || (what & STORE_CHANGED_WISHES && ledger_take_pending(ledger) < 0)))
        return -1;
    return ledger->catalogue ? 0 : catalogue_no_panel(&ledger->error);
}

/* After the commit: each accepted submission gets the proof of its leaf. */
static int show_batch(struct ledger *ledger, struct merkle_batch *batch, struct submission *const *list, size_t count)
{
    struct proofs *proofs = publisher_show(ledger->publisher, batch, &ledger->error);
    if (!proofs)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (list[i]->verdict == VERDICT_ACCEPTED)
            list[i]->proofs = proofs_hold(proofs);
    proofs_release(proofs);
    return 0;
}

/* Writes what the submissions have changed beside their own rows; *batch stays NULL where the log has not grown. */
static int write_folds(struct ledger *ledger, struct merkle_batch **batch)
{
    if (counters_write(ledger->counters, ledger->store, &ledger->error) < 0)
        return -1;
    if (ledger->leaf_count == 0)
        return 0;
    return publisher_extend(ledger->publisher, ledger->store, ledger->leaves, ledger->leaf_count, batch,
                            &ledger->error);
}

/* Begins, and asks for what the batch will read and what others have changed: the answer comes once nobody else
 * writes. */
static int begin_batch(struct ledger *ledger, struct submission *const *list, size_t count, unsigned *what)
{
    if (store_begin(ledger->store) != STORE_OK)
        return ledger_store_failed(ledger);
    if (foresee_batch(ledger->store, list, count, &ledger->error) < 0)
        return -1;
    return store_changed(ledger->store, what) == STORE_OK ? 0 : ledger_store_failed(ledger);
}

static int enter_lane(struct ledger *ledger, struct submission *const *list, size_t count, unsigned *what)
{
    int64_t begun = clock_monotonic_us();
    int result = begin_batch(ledger, list, count, what);
    if (count > 0)
        metrics_note_lane(clock_monotonic_us() - begun);
    return result;
}

static int commit_batch(struct ledger *ledger)
{
    if (store_commit(ledger->store) == STORE_OK)
        return 0;
    metrics_note_failed_commit();
    return ledger_store_failed(ledger);
}

static int apply_all(struct ledger *ledger, struct submission *const *list, size_t count)
{
    struct merkle_batch *batch = NULL;
    unsigned what = 0;
    ledger->leaf_count = 0;
    if (enter_lane(ledger, list, count, &what) < 0 || take_over_changes(ledger, what) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (ledger_apply_one(ledger, list[i]) < 0)
            return -1;
    if (ledger_close_rounds(ledger, clock_now() - CLOSING_PATIENCE) < 0 || write_folds(ledger, &batch) < 0)
        return -1;
    if (commit_batch(ledger) < 0) {
        merkle_batch_free(batch);
        return -1;
    }
    if (batch)
        return show_batch(ledger, batch, list, count);
    return ledger->learnt ? publisher_show_loaded(ledger->publisher, &ledger->error) : 0;
}

static int apply_in_transaction(struct ledger *ledger, struct submission *const *list, size_t count)
{
    if (apply_all(ledger, list, count) == 0)
        return 0;
    store_rollback(ledger->store);
    return store_is_lost(ledger->store) ? ledger_store_failed(ledger) /* which explains the rest */ : -1;
}

static int apply_batch(struct ledger *ledger, struct submission *const *list, size_t count)
{
    int64_t size = ledger->size, members = ledger->members;
    ledger->changed_count = 0;
    ledger->failed_wish = 0;
    ledger->learnt = false;
    ledger->error.kind = ERROR_NONE;
    if (apply_in_transaction(ledger, list, count) == 0) {
        for (size_t i = 0; i < ledger->changed_count; i++)
            roster_add(ledger->shared.roster, &ledger->changed[i]);
        show_catalogue(ledger);
        if (ledger->shared.log_time)
            atomic_store(ledger->shared.log_time, ledger->last_iat);
        settle_operator(ledger);
        metrics_note_stored((uint64_t)ledger->size);
        ledger->stale = false;
        ledger_settle_erasure(ledger);
        return 0;
    }
    ledger->size = size;
    ledger->members = members;
    ledger->stale = true;
    counters_forget(ledger->counters);
    for (size_t i = 0; i < count; i++) {
        list[i]->verdict = VERDICT_UNAVAILABLE;
        ledger_take_back_quota(ledger, list[i]);
    }
    return -1;
}

int ledger_apply(struct ledger *ledger, struct submission *const *list, size_t count)
{
    int result = apply_batch(ledger, list, count);
    if (result < 0) {
        log_error("store: %s", ledger->error.text);
        (void)ledger_refuse_failed(ledger);
    }
    return result;
}

int ledger_refresh(struct ledger *ledger)
{
    return ledger_apply(ledger, NULL, 0);
}

int ledger_look(struct ledger *ledger)
{
    bool due = clock_now() - CLOSING_PATIENCE >= ledger->next_closing;
    bool still = !ledger->stale && !due && store_has_news(ledger->store) == STORE_NONE;
    return still ? 0 : ledger_refresh(ledger);
}

int64_t ledger_size(const struct ledger *ledger)
{
    return ledger->size;
}

struct ledger *ledger_new(struct store *store, const struct ledger_shared *shared, struct error *error)
{
    struct ledger *ledger = mem_calloc(1, sizeof *ledger);
    if (!ledger || (ledger->publisher = publisher_new(shared->signer, shared->proofs)) == NULL ||
        (ledger->counters = counters_new()) == NULL) {
        ledger_free(ledger);
        error_no_memory(error);
        return NULL;
    }
    ledger->store = store;
    ledger->shared = *shared;
    ledger->stale = true;
    ledger->member_changes = -1;
    buf_init(&ledger->entry, JWS_MAX);
    closings_init(&ledger->closings);
    bool begun = !shared->peers || peers_ask(shared->peers, shared->signer, &ledger->error) == 0;
    while (begun && apply_batch(ledger, NULL, 0) < 0)
        begun = ledger_refuse_failed(ledger);
    if (begun)
        return ledger;
    if (error)
        *error = ledger->error;
    ledger_free(ledger);
    return NULL;
}

void ledger_free(struct ledger *ledger)
{
    if (!ledger)
        return;
    counters_free(ledger->counters);
    catalogue_release(ledger->catalogue);
    buf_free(&ledger->entry);
    publisher_free(ledger->publisher);
    mem_free(ledger->leaves);
    mem_free(ledger->changed);
    closings_wipe(&ledger->closings);
    mem_free(ledger->closed);
    mem_free(ledger);
}
