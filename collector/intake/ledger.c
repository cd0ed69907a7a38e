/* Reads what a batch needs, has each of its submissions decided (decide.h), and writes the outcome. What memory holds
 * beside the store (next index, roster, counters) changes only after the COMMIT that makes it true. */
#include "collector/intake/ledger.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/intake/counters.h"
#include "collector/intake/decide.h"
#include "collector/intake/foresee.h"
#include "collector/log/publisher.h"
#include "collector/log/tree.h"
#include "crypto/jws.h"
#include <string.h>

struct ledger {
    struct store *store;
    struct ledger_shared shared;
    struct catalogue *catalogue; /* in force, held */
    struct publisher *publisher; /* of the log */
    int64_t size; /* of the log */
    struct merkle_hash *leaves; /* appended in this batch */
    size_t leaf_count, leaf_capacity;
    int64_t members;
    int64_t member_changes; /* up to which the roster has been told */
    bool stale; /* what is held here may not be the store's: read it anew */
    struct counters *counters;
    struct store_member *enrolled; /* in this batch, not yet in the roster */
    size_t enrolled_count, enrolled_capacity;
    struct buf entry; /* what a repeated response is compared with */
    struct error error; /* why the batch failed */
};

/* Hands up what the store says. */
static int fail_store(struct ledger *ledger)
{
    return store_fail(ledger->store, &ledger->error);
}

/* One submission. */

static void take_decision(struct submission *s, const struct decision *decision)
{
    s->verdict = decision->verdict;
    s->index = decision->index;
    s->replaced = decision->replaced;
    s->problem = decision->problem;
    s->detail = decision->detail;
    s->current_revision = decision->current_revision;
}

static int reserve_leaves(struct ledger *ledger, size_t count)
{
    if (count <= ledger->leaf_capacity)
        return 0;
    struct merkle_hash *more = mem_resize(ledger->leaves, count, sizeof *more);
    if (!more)
        return error_no_memory(&ledger->error);
    ledger->leaves = more;
    ledger->leaf_capacity = count;
    return 0;
}

static int append_entry(struct ledger *ledger, struct submission *s)
{
    if (store_entry_append(ledger->store, ledger->size, s->jws, s->jws_len) != STORE_OK)
        return fail_store(ledger);
    ledger->leaves[ledger->leaf_count++] = s->leaf;
    s->verdict = VERDICT_ACCEPTED;
    s->index = ledger->size++;
    return 0;
}

/* Whether the stored hash of the entry at `index` is that of this JWS; -1 when it can't be read. */
static int is_leaf(struct ledger *ledger, int64_t index, const struct submission *s)
{
    struct merkle_hash leaf;
    struct tree_reader reader = {ledger->store, &ledger->error};
    if (tree_read(&reader, 0, (uint64_t)index, &leaf) < 0)
        return -1;
    return merkle_equal(&leaf, &s->leaf);
}

/* Whether the entry at `index` is this very JWS; -1 when it can't be read. */
static int is_entry(struct ledger *ledger, int64_t index, const struct submission *s)
{
    buf_reset(&ledger->entry);
    switch (store_entry_read(ledger->store, index, &ledger->entry)) {
    case STORE_OK:
        return ledger->entry.len == s->jws_len && memcmp(ledger->entry.data, s->jws, s->jws_len) == 0;
    case STORE_ERASED:
        return is_leaf(ledger, index, s);
    case STORE_NONE:
        return error_set(&ledger->error, ERROR_DAMAGED,
                         T("entry %lld is missing from the log; run `audit`",
                           "regel %lld ontbreekt in het logboek; voer `audit` uit"),
                         (long long)index);
    case STORE_FAILED:
        break;
    }
    return fail_store(ledger);
}

/* Counters that can't be brought down by what they once counted have been tampered with: that response is not taken,
 * and harms no other of its batch. */
static int count_response(struct ledger *ledger, struct submission *s, const struct store_current *before)
{
    const struct tally_layout *layout = catalogue_layout(ledger->catalogue, s->round_index);
    int64_t *counts = counters_take(ledger->counters, ledger->store, s->round, s->action, layout, &ledger->error);
    if (!counts)
        return -1;
    if (before && tally_add(layout, counts, before->slots, before->slot_count, -1) < 0) {
        log_error("ledger: the counters of action %s do not fit its responses; run `audit`",
                  s->catalogue->actions->list[s->action_index].id);
        s->verdict = VERDICT_UNAVAILABLE;
        return 0;
    }
    if (tally_add(layout, counts, s->slots, s->slot_count, 1) < 0)
        return error_set(&ledger->error, ERROR_DAMAGED, "%s",
                         T("a response counts where its questionnaire has no counter",
                           "een reactie telt mee waar haar vragenlijst geen teller heeft"));
    return 0;
}

/* The entry that follows, as this member's current response. */
static struct store_current as_current(const struct ledger *ledger, const struct submission *s, int64_t replaced)
{
    return (struct store_current){.revision = s->revision,
                                  .index = ledger->size,
                                  .replaced = replaced,
                                  .slots = s->slots,
                                  .slot_count = s->slot_count};
}

/* What a member may send. */

static uint64_t revision_key(const struct submission *s)
{
    return (uint64_t)hash_integers(s->round, s->member, s->action);
}

/* Seconds until the response may be taken; `revises`: in place of another. */
static int64_t wait_for_quota(const struct ledger *ledger, const struct submission *s, bool revises)
{
    int64_t wait = quota_wait(ledger->shared.responses, (uint64_t)s->member, s->received_at);
    if (wait > 0 || !revises)
        return wait;
    return quota_wait(ledger->shared.revisions, revision_key(s), s->received_at);
}

static void note_quota(struct ledger *ledger, const struct submission *s, bool revises)
{
    quota_note(ledger->shared.responses, (uint64_t)s->member, s->received_at);
    if (revises)
        quota_note(ledger->shared.revisions, revision_key(s), s->received_at);
}

static void refuse_too_many(struct submission *s, int64_t wait)
{
    s->verdict = VERDICT_REFUSED;
    s->problem = PROBLEM_TOO_MANY;
    s->detail = "This member has sent as much as one may for now; send the same again later.";
    s->replaced = -1;
    s->retry_after = wait;
}

/* Counts and appends what follows on `before`. */
static int write_revision(struct ledger *ledger, struct submission *s, const struct store_current *before)
{
    if (count_response(ledger, s, before) < 0)
        return -1;
    if (s->verdict == VERDICT_UNAVAILABLE)
        return 0;
    struct store_current now = as_current(ledger, s, s->replaced);
    if (append_entry(ledger, s) < 0)
        return -1;
    note_quota(ledger, s, before != NULL);
    if (before && before->replaced >= 0 &&
        store_revision_add(ledger->store, before->index, before->replaced) != STORE_OK)
        return fail_store(ledger);
    if (store_current_write(ledger->store, s->round, s->member, s->action, &now) != STORE_OK)
        return fail_store(ledger);
    return 0;
}

/* What is not a member's first response to an action, or comes too late to be. */
static int apply_later_response(struct ledger *ledger, struct submission *s)
{
    struct store_current before;
    enum store_result found = store_current_read(ledger->store, s->round, s->member, s->action, &before);
    if (found == STORE_FAILED)
        return fail_store(ledger);
    bool is_known = found == STORE_OK;
    bool is_kept = is_known && before.index >= 0; /* what was erased is no answer to the same sent again */
    int same = is_kept && before.revision == s->revision ? is_entry(ledger, before.index, s) : 0;
    if (same < 0)
        return -1;
    struct decision decision = decide_response(s, is_known ? &before : NULL, same);
    take_decision(s, &decision);
    if (s->verdict != VERDICT_ACCEPTED)
        return 0;
    int64_t wait = wait_for_quota(ledger, s, is_known);
    if (wait == 0)
        return write_revision(ledger, s, is_known ? &before : NULL);
    refuse_too_many(s, wait);
    return 0;
}

/* Most responses are the first of their member to this action: these are written without being looked up before. */
static int apply_response(struct ledger *ledger, struct submission *s)
{
    struct store_current first = as_current(ledger, s, -1);
    bool may = s->round_open && wait_for_quota(ledger, s, false) == 0;
    enum store_result added =
        may ? store_current_add(ledger->store, s->round, s->member, s->action, &first) : STORE_NONE;
    if (added == STORE_FAILED)
        return fail_store(ledger);
    if (added != STORE_OK)
        return apply_later_response(ledger, s);
    struct decision decision = decide_response(s, NULL, false);
    take_decision(s, &decision);
    note_quota(ledger, s, false);
    return count_response(ledger, s, NULL) == 0 ? append_entry(ledger, s) : -1;
}

/* A member by key, those of this batch included. */
static bool find_member(const struct ledger *ledger, const struct submission *s, struct roster_member *out)
{
    for (size_t i = 0; i < ledger->enrolled_count; i++) {
        const struct store_member *member = &ledger->enrolled[i];
        if (memcmp(member->public_key, s->public_key, KEY_BYTES) == 0) {
            *out = (struct roster_member){.number = member->number, .index = member->index};
            return true;
        }
    }
    return roster_find(ledger->shared.roster, s->kid, out);
}

/* Makes room for one more member in all that must not fail after the commit. */
static int reserve_member(struct ledger *ledger)
{
    struct store_member *enrolled =
        list_grow(ledger->enrolled, ledger->enrolled_count, &ledger->enrolled_capacity, sizeof *enrolled);
    if (!enrolled)
        return -1;
    ledger->enrolled = enrolled;
    return roster_reserve(ledger->shared.roster, ledger->enrolled_count + 1);
}

static int add_member(struct ledger *ledger, struct submission *s)
{
    if (reserve_member(ledger) < 0)
        return error_no_memory(&ledger->error);
    struct store_member member = {.number = ledger->members + 1, .enrolled_at = s->received_at};
    memcpy(member.public_key, s->public_key, KEY_BYTES);
    struct store_invitation used = {.state = INVITATION_USED, .member = member.number};
    if (append_entry(ledger, s) < 0)
        return -1;
    member.index = s->index;
    if (store_member_add(ledger->store, &member) != STORE_OK ||
        store_invitation_mark(ledger->store, s->invitation, &used) != STORE_OK)
        return fail_store(ledger);
    ledger->members++;
    ledger->enrolled[ledger->enrolled_count++] = member;
    return 0;
}

static int apply_enrolment(struct ledger *ledger, struct submission *s)
{
    struct store_invitation invitation;
    struct roster_member member;
    enum store_result found = store_invitation_find(ledger->store, s->invitation, &invitation);
    if (found == STORE_FAILED)
        return fail_store(ledger);
    bool is_member = find_member(ledger, s, &member);
    struct decision decision = decide_enrolment(s, found == STORE_OK ? &invitation : NULL, is_member ? &member : NULL);
    take_decision(s, &decision);
    return s->verdict == VERDICT_ACCEPTED ? add_member(ledger, s) : 0;
}

static int apply_one(struct ledger *ledger, struct submission *s)
{
    s->replaced = -1;
    if (s->catalogue->edition != ledger->catalogue->edition) {
        s->verdict = VERDICT_UNAVAILABLE;
        return 0;
    }
    switch (s->kind) {
    case SUBMISSION_RESPONSE:
        return apply_response(ledger, s);
    case SUBMISSION_ENROLMENT:
        return apply_enrolment(ledger, s);
    }
    return -1;
}

/* What others have changed. */

/* Puts `next`, which is taken over, in force. Also after a new start with the same surroundings, where requests may
 * still hold the catalogue before. */
static void replace_catalogue(struct ledger *ledger, struct catalogue *next)
{
    struct catalogue *before = catalogue_now(ledger->shared.catalogues);
    catalogue_set_edition(next, before);
    catalogue_release(before);
    counters_forget(ledger->counters); /* these point into the one before */
    catalogue_release(ledger->catalogue);
    ledger->catalogue = catalogue_hold(next);
    latest_replace(ledger->shared.catalogues, next);
}

/* Reads anew what of `what` is kept here. The catalogue comes before the log, so that a store without a panel says
 * so. */
static int reload_kinds(struct ledger *ledger, unsigned what)
{
    if (what & STORE_CHANGED_LOG) {
        if (store_entry_count(ledger->store, &ledger->size) != STORE_OK)
            return fail_store(ledger);
        counters_forget(ledger->counters);
    }
    if (what & STORE_CHANGED_MEMBERS) {
        if (roster_load(ledger->shared.roster, ledger->store, &ledger->member_changes, &ledger->error) < 0)
            return -1;
        ledger->members = (int64_t)roster_count(ledger->shared.roster);
    }
    struct catalogue *next = NULL;
    if (what & STORE_CHANGED_CATALOGUE && (next = catalogue_load(ledger->store, &ledger->error)) == NULL)
        return -1;
    if (ledger->stale && publisher_load(ledger->publisher, ledger->store, (uint64_t)ledger->size, &ledger->error) < 0) {
        catalogue_release(next);
        return -1;
    }
    if (next)
        replace_catalogue(ledger, next);
    return 0;
}

/* A batch. */

/* Inside a transaction, so that nothing can change between the question and the reading. */
static int take_over_changes(struct ledger *ledger)
{
    unsigned what = 0;
    if (store_changed(ledger->store, &what) != STORE_OK)
        return fail_store(ledger);
    if (ledger->stale)
        what = STORE_CHANGED_ALL;
    return what != 0 ? reload_kinds(ledger, what) : 0;
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

static int apply_all(struct ledger *ledger, struct submission *const *list, size_t count)
{
    struct merkle_batch *batch = NULL;
    ledger->leaf_count = 0;
    if (foresee_batch(ledger->store, list, count, &ledger->error) < 0 || take_over_changes(ledger) < 0 ||
        reserve_leaves(ledger, count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (apply_one(ledger, list[i]) < 0)
            return -1;
    if (write_folds(ledger, &batch) < 0)
        return -1;
    if (store_commit(ledger->store) != STORE_OK) {
        merkle_batch_free(batch);
        return fail_store(ledger);
    }
    return batch ? show_batch(ledger, batch, list, count) : 0;
}

static int apply_in_transaction(struct ledger *ledger, struct submission *const *list, size_t count)
{
    if (store_begin(ledger->store) != STORE_OK)
        return fail_store(ledger);
    if (apply_all(ledger, list, count) == 0)
        return 0;
    store_rollback(ledger->store);
    return store_is_lost(ledger->store) ? fail_store(ledger) /* which explains the rest */ : -1;
}

static int apply_batch(struct ledger *ledger, struct submission *const *list, size_t count)
{
    int64_t size = ledger->size, members = ledger->members;
    ledger->enrolled_count = 0;
    ledger->error.kind = ERROR_NONE;
    if (apply_in_transaction(ledger, list, count) == 0) {
        for (size_t i = 0; i < ledger->enrolled_count; i++)
            roster_add(ledger->shared.roster, &ledger->enrolled[i]);
        ledger->stale = false;
        return 0;
    }
    ledger->size = size;
    ledger->members = members;
    ledger->stale = true;
    counters_forget(ledger->counters);
    for (size_t i = 0; i < count; i++)
        list[i]->verdict = VERDICT_UNAVAILABLE;
    return -1;
}

int ledger_apply(struct ledger *ledger, struct submission *const *list, size_t count)
{
    int result = apply_batch(ledger, list, count);
    if (result < 0)
        log_error("store: %s", ledger->error.text);
    return result;
}

int ledger_refresh(struct ledger *ledger)
{
    return ledger_apply(ledger, NULL, 0);
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
    if (apply_batch(ledger, NULL, 0) == 0)
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
    mem_free(ledger->enrolled);
    mem_free(ledger);
}
