/* The fold over the log, a batch at a time (PROTOCOL 4 and 5, checks 8 to 10). What memory holds beside the store (next
 * index, roster, counters) changes only after the COMMIT that makes it true. */
#include "collector/intake/ledger.h"
#include "base/buf.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/intake/counters.h"
#include "collector/log/tree.h"
#include "crypto/jws.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct ledger {
    struct store *store;
    struct ledger_surroundings around;
    struct catalogue *catalogue; /* in force, held */
    struct tree *tree; /* over the log */
    int64_t size; /* of the log */
    struct merkle_hash *leaves; /* appended in this batch */
    size_t leaf_count, leaf_cap;
    int64_t members;
    bool stale; /* what is held here may not be the store's: read it anew */
    struct counters *counters;
    struct store_member *enrolled; /* in this batch, not yet in the roster */
    size_t enrolled_count, enrolled_cap;
    struct buf entry; /* what a repeated response is compared with */
};

/* A failure that is not the store's own is told in its place, so that it is logged, or handed up, once. */
static int fail(struct ledger *ledger, const char *what)
{
    snprintf(ledger->store->error, sizeof ledger->store->error, "%s", what);
    return -1;
}

static int fail_memory(struct ledger *ledger)
{
    return fail(ledger, T("out of memory", "te weinig geheugen"));
}

/* One submission. */

static void refuse(struct submission *s, enum problem problem, const char *detail)
{
    s->verdict = VERDICT_REFUSED;
    s->problem = problem;
    s->detail = detail;
}

/* Check 9. */
static void refuse_closed(struct submission *s)
{
    refuse(s, PROBLEM_ROUND_NOT_OPEN, "This round is closed; its answers can no longer be given or changed.");
}

static void repeat(struct submission *s, int64_t index, int64_t replaced)
{
    s->verdict = VERDICT_REPEATED;
    s->index = index;
    s->replaced = replaced;
}

static int reserve_leaves(struct ledger *ledger, size_t count)
{
    if (count <= ledger->leaf_cap)
        return 0;
    struct merkle_hash *more = mem_resize(ledger->leaves, count, sizeof *more);
    if (!more)
        return fail_memory(ledger);
    ledger->leaves = more;
    ledger->leaf_cap = count;
    return 0;
}

static int append(struct ledger *ledger, struct submission *s)
{
    if (store_entry_append(ledger->store, ledger->size, s->jws, s->jws_len) != STORE_OK)
        return -1;
    ledger->leaves[ledger->leaf_count++] = s->leaf;
    s->verdict = VERDICT_ACCEPTED;
    s->index = ledger->size++;
    return 0;
}

/* Whether the entry at `index` is this very JWS; -1 when it can't be read. */
static int is_entry(struct ledger *ledger, int64_t index, const struct submission *s)
{
    buf_reset(&ledger->entry);
    if (store_entry_read(ledger->store, index, &ledger->entry) != STORE_OK)
        return -1;
    return ledger->entry.len == s->jws_len && memcmp(ledger->entry.data, s->jws, s->jws_len) == 0;
}

/* Counters that can't be brought down by what they once counted have been tampered with: that response is not taken,
 * and harms no other of its batch. */
static int count_response(struct ledger *ledger, struct submission *s, const struct store_current *before)
{
    const struct tally_layout *layout = catalogue_layout(ledger->catalogue, s->round_place);
    int64_t *counts = counters_take(ledger->counters, ledger->store, s->round, s->action, layout);
    if (!counts)
        return -1;
    if (before && tally_add(layout, counts, before->slots, before->slot_count, -1)) {
        log_error("ledger: the counters of action %s do not fit its responses; run `audit`",
                  s->catalogue->actions->list[s->action_place].id);
        s->verdict = VERDICT_UNAVAILABLE;
        return 0;
    }
    if (tally_add(layout, counts, s->slots, s->slot_count, 1))
        return fail(ledger, "a response counts where its questionnaire has no counter");
    return 0;
}

/* Check 8: whether `before` is this very response. */
static int is_repeated(struct ledger *ledger, const struct submission *s, const struct store_current *before)
{
    return before->revision == s->revision ? is_entry(ledger, before->index, s) : 0;
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

/* Checks 8 to 10 against what this member said before. */
static int apply_later_response(struct ledger *ledger, struct submission *s, const struct store_current *before)
{
    int repeated = is_repeated(ledger, s, before);
    if (repeated < 0)
        return -1;
    if (repeated) {
        repeat(s, before->index, before->replaced);
        return 0;
    }
    if (!s->round_open) {
        refuse_closed(s);
        return 0;
    }
    if (s->revision <= before->revision) {
        refuse(s, PROBLEM_STALE_REVISION, "A response with this revision or a higher one is there already.");
        s->current_revision = before->revision;
        return 0;
    }
    if (count_response(ledger, s, before))
        return -1;
    if (s->verdict == VERDICT_UNAVAILABLE)
        return 0;
    struct store_current now = as_current(ledger, s, before->index);
    s->replaced = before->index;
    if (append(ledger, s))
        return -1;
    return store_current_write(ledger->store, s->round, s->member, s->action, &now) == STORE_OK ? 0 : -1;
}

/* Most responses are the first of their member to this action: these are written without being looked up before. */
static int apply_response(struct ledger *ledger, struct submission *s)
{
    struct store_current current = as_current(ledger, s, -1);
    enum store_result added =
        s->round_open ? store_current_add(ledger->store, s->round, s->member, s->action, &current) : STORE_NONE;
    if (added == STORE_OK)
        return count_response(ledger, s, NULL) || append(ledger, s) ? -1 : 0;
    enum store_result found = added == STORE_NONE
                                  ? store_current_read(ledger->store, s->round, s->member, s->action, &current)
                                  : STORE_FAILED;
    switch (found) {
    case STORE_OK:
        return apply_later_response(ledger, s, &current);
    case STORE_NONE:
        refuse_closed(s);
        return 0;
    case STORE_FAILED:
        break;
    }
    return -1;
}

/* A member by key, those of this batch included. */
static bool find_member(const struct ledger *ledger, const struct submission *s, struct store_member *out)
{
    for (size_t i = 0; i < ledger->enrolled_count; i++)
        if (memcmp(ledger->enrolled[i].public_key, s->public_key, KEY_BYTES) == 0) {
            *out = ledger->enrolled[i];
            return true;
        }
    return roster_find(ledger->around.roster, s->kid, out);
}

/* Makes room for one more member in all that must not fail after the commit. */
static int reserve_member(struct ledger *ledger)
{
    if (ledger->enrolled_count == ledger->enrolled_cap) {
        size_t cap = ledger->enrolled_cap * 2 + 16;
        struct store_member *more = mem_resize(ledger->enrolled, cap, sizeof *more);
        if (!more)
            return -1;
        ledger->enrolled = more;
        ledger->enrolled_cap = cap;
    }
    return roster_reserve(ledger->around.roster, ledger->enrolled_count + 1);
}

static int add_member(struct ledger *ledger, struct submission *s)
{
    if (reserve_member(ledger))
        return fail_memory(ledger);
    struct store_member member = {.number = ledger->members + 1, .enrolled_at = s->received_at};
    memcpy(member.public_key, s->public_key, KEY_BYTES);
    struct store_invitation used = {.state = INVITATION_USED, .member = member.number};
    if (append(ledger, s))
        return -1;
    member.index = s->index;
    if (store_member_add(ledger->store, &member) != STORE_OK ||
        store_invitation_mark(ledger->store, s->invitation, &used) != STORE_OK)
        return -1;
    ledger->members++;
    ledger->enrolled[ledger->enrolled_count++] = member;
    return 0;
}

/* PROTOCOL 4: what enrolled once is answered so again, however late. One answer for an invitation that is unknown,
 * withdrawn or used by another key. A member with another invitation is refused too: it would otherwise take the place
 * of whoever that was meant for. */
static int apply_enrolment(struct ledger *ledger, struct submission *s)
{
    struct store_invitation invitation;
    struct store_member member;
    enum store_result found = store_invitation_find(ledger->store, s->invitation, &invitation);
    if (found == STORE_FAILED)
        return -1;
    bool is_member = find_member(ledger, s, &member);
    if (found == STORE_OK && is_member && invitation.state == INVITATION_USED && invitation.member == member.number) {
        repeat(s, member.index, -1);
        return 0;
    }
    if (!s->iat_fits) {
        refuse(s, PROBLEM_INVALID_CLAIMS,
               "iat is more than 300 seconds from the collector's clock; set the sender's clock right.");
        return 0;
    }
    if (found == STORE_NONE || is_member || invitation.state != INVITATION_UNUSED) {
        refuse(s, PROBLEM_INVITATION_REFUSED, "This invitation code can't be used; ask the panel office for another.");
        return 0;
    }
    return add_member(ledger, s);
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

/* The log's face. */

/* Signs the tree as it now lies on disk and shows it; `batch` is taken over. */
static struct proofs *sign(struct ledger *ledger, const struct merkle_head *head, struct merkle_batch *batch)
{
    if (signer_sign(ledger->around.log_key, head)) {
        snprintf(ledger->store->error, sizeof ledger->store->error,
                 T("the checkpoint can't be written beside the log's key: %s",
                   "het controlepunt kan niet naast de sleutel van het logboek geschreven worden: %s"),
                 strerror(errno));
        merkle_batch_free(batch);
        return NULL;
    }
    struct proofs *proofs = proofs_new(head, signer_checkpoint(ledger->around.log_key), batch);
    if (!proofs)
        fail_memory(ledger);
    return proofs;
}

/* Takes over the tree from the store, which must continue the last one signed, and shows it signed. */
static int load_log(struct ledger *ledger)
{
    struct store *store = ledger->store;
    struct signer *key = ledger->around.log_key;
    struct merkle_head head = {.size = (uint64_t)ledger->size};
    if (tree_load(ledger->tree, store, head.size) != STORE_OK ||
        signer_check(key, head.size, tree_read, store, store->error) ||
        merkle_root_at(head.size, tree_read, store, &head.root))
        return -1;
    struct proofs *proofs = sign(ledger, &head, NULL);
    if (!proofs)
        return -1;
    latest_replace(ledger->around.proofs, proofs);
    return 0;
}

/* After the commit: the batch's leaves are in the tree; each accepted submission gets its proof. */
static int show_batch(struct ledger *ledger, struct merkle_batch *batch, struct submission *const *list, size_t count)
{
    struct merkle_head head = {.size = (uint64_t)ledger->size};
    merkle_batch_root(batch, &head.root);
    tree_accept(ledger->tree, batch);
    struct proofs *proofs = sign(ledger, &head, batch);
    if (!proofs)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (list[i]->verdict == VERDICT_ACCEPTED)
            list[i]->proofs = proofs_hold(proofs);
    latest_replace(ledger->around.proofs, proofs);
    return 0;
}

/* Reads size, roster and catalogue anew. */
static int reload(struct ledger *ledger)
{
    struct store *store = ledger->store;
    if (store_entry_count(store, &ledger->size) != STORE_OK || roster_load(ledger->around.roster, store) != STORE_OK)
        return -1;
    struct catalogue *next = catalogue_load(store);
    if (!next)
        return -1;
    if (ledger->stale && load_log(ledger)) {
        catalogue_release(next);
        return -1;
    }
    /* Also after a new start on the same place: requests may still hold the catalogue before. */
    struct catalogue *before = catalogue_now(ledger->around.catalogues);
    catalogue_succeed(next, before);
    catalogue_release(before);
    counters_forget(ledger->counters);
    ledger->members = (int64_t)roster_count(ledger->around.roster);
    catalogue_release(ledger->catalogue);
    ledger->catalogue = catalogue_hold(next);
    latest_replace(ledger->around.catalogues, next);
    return 0;
}

/* A batch. */

/* Inside a transaction, so that nothing can change between the question and the reading. */
static int take_over_changes(struct ledger *ledger)
{
    bool changed = false;
    if (store_changed(ledger->store, &changed) != STORE_OK)
        return -1;
    return changed || ledger->stale ? reload(ledger) : 0;
}

static int apply_all(struct ledger *ledger, struct submission *const *list, size_t count)
{
    struct merkle_batch *batch = NULL;
    ledger->leaf_count = 0;
    if (take_over_changes(ledger) || reserve_leaves(ledger, count))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (apply_one(ledger, list[i]))
            return -1;
    if (counters_write(ledger->counters, ledger->store) != STORE_OK)
        return -1;
    if (ledger->leaf_count > 0 &&
        tree_extend(ledger->tree, ledger->store, ledger->leaves, ledger->leaf_count, &batch) != STORE_OK)
        return -1;
    if (store_commit(ledger->store) != STORE_OK) {
        merkle_batch_free(batch);
        return -1;
    }
    return batch ? show_batch(ledger, batch, list, count) : 0;
}

static int apply(struct ledger *ledger, struct submission *const *list, size_t count)
{
    int64_t size = ledger->size, members = ledger->members;
    ledger->enrolled_count = 0;
    if (store_begin(ledger->store) == STORE_OK) {
        if (apply_all(ledger, list, count) == 0) {
            for (size_t i = 0; i < ledger->enrolled_count; i++)
                roster_add(ledger->around.roster, &ledger->enrolled[i]);
            ledger->stale = false;
            return 0;
        }
        store_rollback(ledger->store);
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
    int result = apply(ledger, list, count);
    if (result)
        log_error("store: %s", store_error(ledger->store));
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

struct ledger *ledger_new(struct store *store, const struct ledger_surroundings *surroundings)
{
    struct ledger *ledger = mem_calloc(1, sizeof *ledger);
    if (!ledger || (ledger->tree = tree_new()) == NULL || (ledger->counters = counters_new()) == NULL) {
        ledger_free(ledger);
        snprintf(store->error, sizeof store->error, "out of memory");
        return NULL;
    }
    ledger->store = store;
    ledger->around = *surroundings;
    ledger->stale = true;
    buf_init(&ledger->entry, JWS_MAX);
    if (apply(ledger, NULL, 0)) {
        ledger_free(ledger);
        return NULL;
    }
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    if (!ledger)
        return;
    counters_free(ledger->counters);
    catalogue_release(ledger->catalogue);
    buf_free(&ledger->entry);
    tree_free(ledger->tree);
    mem_free(ledger->leaves);
    mem_free(ledger->enrolled);
    mem_free(ledger);
}
