/* One submission in its turn: what is stored is read, decide.h says what becomes of it, and the outcome is written.
 * Knows no batch. */
#include "base/clock.h"
#include "base/hash.h"
#include "base/lang.h"
#include "base/trouble.h"
#include "collector/intake/check.h"
#include "collector/intake/decide.h"
#include "collector/intake/ledger_inner.h"
#include "collector/log/tree.h"
#include <string.h>

static void take_decision(struct submission *s, const struct decision *decision)
{
    s->verdict = decision->verdict;
    s->index = decision->index;
    s->replaced = decision->replaced;
    s->problem = decision->problem;
    s->detail = decision->detail;
    s->current_revision = decision->current_revision;
}

static int append_entry(struct ledger *ledger, struct submission *s)
{
    if (ledger_append(ledger, s->jws, s->jws_len, &s->leaf, &s->index) < 0)
        return -1;
    s->verdict = VERDICT_ACCEPTED;
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
    return ledger_store_failed(ledger);
}

static struct trouble unfit = TROUBLE("ledger", LOG_ERROR); /* any member may have it found, again and again */

/* Counters that can't be brought down by what they once counted have been tampered with: that response is not taken,
 * and harms no other of its batch. */
static int count_answers(struct ledger *ledger, struct submission *s, const struct store_current *before)
{
    const struct tally_layout *layout = catalogue_layout(ledger->catalogue, s->round_index);
    int64_t *counts = counters_take(ledger->counters, ledger->store, s->round, s->action, layout, &ledger->error);
    if (!counts)
        return -1;
    if (before && tally_add(layout, counts, before->slots, before->slot_count, -1) < 0) {
        trouble_met(&unfit, clock_monotonic_us(), "the counters of action %s do not fit its responses; run `audit`",
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

/* At once, since what follows in the batch is bounded by it. */
static void note_quota(struct ledger *ledger, struct submission *s, bool revises)
{
    quota_note(ledger->shared.responses, (uint64_t)s->member, s->received_at);
    if (revises)
        quota_note(ledger->shared.revisions, revision_key(s), s->received_at);
    s->noted = true;
    s->noted_revision = revises;
}

void ledger_take_back_quota(struct ledger *ledger, struct submission *s)
{
    if (s->noted)
        quota_take_back(ledger->shared.responses, (uint64_t)s->member);
    if (s->noted_revision)
        quota_take_back(ledger->shared.revisions, revision_key(s));
    s->noted = s->noted_revision = false;
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
    if (count_answers(ledger, s, before) < 0)
        return -1;
    if (s->verdict == VERDICT_UNAVAILABLE)
        return 0;
    struct store_current now = as_current(ledger, s, s->replaced);
    if (append_entry(ledger, s) < 0)
        return -1;
    note_quota(ledger, s, before != NULL);
    if (before && before->replaced >= 0 &&
        store_revision_add(ledger->store, before->index, before->replaced) != STORE_OK)
        return ledger_store_failed(ledger);
    if (store_current_write(ledger->store, s->round, s->member, s->action, &now) != STORE_OK)
        return ledger_store_failed(ledger);
    return 0;
}

/* What is not a member's first response to an action, or comes too late to be. */
static int apply_later_response(struct ledger *ledger, struct submission *s)
{
    struct store_current before;
    enum store_result found = store_current_read(ledger->store, s->round, s->member, s->action, &before);
    if (found == STORE_FAILED)
        return ledger_store_failed(ledger);
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

/* Whether the member is in force where the response comes, after what this batch has changed. */
static bool author_is_in_force(const struct ledger *ledger, const struct submission *s)
{
    for (size_t i = ledger->changed_count; i-- > 0;)
        if (ledger->changed[i].number == s->member)
            return ledger->changed[i].revoked_at == 0 && !ledger->changed[i].erased;
    return roster_is_in_force(ledger->shared.roster, s->member);
}

static void refuse_member(struct submission *s)
{
    s->verdict = VERDICT_REFUSED;
    s->problem = PROBLEM_NOT_VERIFIED;
    s->detail = CHECK_SIGNATURE_DETAIL;
}

/* Most responses are the first of their member to this action: these are written without being looked up before. */
static int apply_response(struct ledger *ledger, struct submission *s)
{
    if (!author_is_in_force(ledger, s)) {
        refuse_member(s);
        return 0;
    }
    s->round_open = s->round_open && !ledger->closed[s->round_index]; /* by the log, whatever the clock says */
    struct store_current first = as_current(ledger, s, -1);
    bool may = s->round_open && wait_for_quota(ledger, s, false) == 0;
    enum store_result added =
        may ? store_current_add(ledger->store, s->round, s->member, s->action, &first) : STORE_NONE;
    if (added == STORE_FAILED)
        return ledger_store_failed(ledger);
    if (added != STORE_OK)
        return apply_later_response(ledger, s);
    struct decision decision = decide_response(s, NULL, false);
    take_decision(s, &decision);
    note_quota(ledger, s, false);
    return count_answers(ledger, s, NULL) == 0 ? append_entry(ledger, s) : -1;
}

/* A member by key, those of this batch included. */
static bool find_member(const struct ledger *ledger, const struct submission *s, struct roster_member *out)
{
    for (size_t i = 0; i < ledger->changed_count; i++) {
        const struct store_member *member = &ledger->changed[i];
        if (memcmp(member->public_key, s->public_key, KEY_BYTES) == 0) {
            *out = (struct roster_member){.number = member->number, .index = member->index};
            return true;
        }
    }
    return roster_find(ledger->shared.roster, s->kid, out);
}

static int add_member(struct ledger *ledger, struct submission *s)
{
    struct store_member member = {.number = ledger->members + 1, .enrolled_at = s->received_at};
    memcpy(member.public_key, s->public_key, KEY_BYTES);
    struct store_invitation used = {.state = INVITATION_USED, .member = member.number};
    if (append_entry(ledger, s) < 0)
        return -1;
    member.index = s->index;
    if (store_member_add(ledger->store, &member) != STORE_OK ||
        store_invitation_mark(ledger->store, s->invitation, &used) != STORE_OK)
        return ledger_store_failed(ledger);
    ledger->members++;
    return ledger_note_member(ledger, &member);
}

/* Whether the key was a member's who has erased everything, before this batch or in it. */
static bool key_was_erased(const struct ledger *ledger, const struct submission *s)
{
    uint8_t hash[SHA256_BYTES];
    crypto_sha256(s->kid, KID_LENGTH, hash);
    for (size_t i = 0; i < ledger->changed_count; i++)
        if (ledger->changed[i].erased && memcmp(ledger->changed[i].kid_hash, hash, sizeof hash) == 0)
            return true;
    return roster_was_erased(ledger->shared.roster, s->kid);
}

static int apply_enrolment(struct ledger *ledger, struct submission *s)
{
    struct store_invitation invitation;
    struct roster_member member;
    if (key_was_erased(ledger, s)) {
        refuse_member(s);
        return 0;
    }
    enum store_result found = store_invitation_find(ledger->store, s->invitation, &invitation);
    if (found == STORE_FAILED)
        return ledger_store_failed(ledger);
    bool is_member = find_member(ledger, s, &member);
    struct decision decision = decide_enrolment(s, found == STORE_OK ? &invitation : NULL, is_member ? &member : NULL);
    take_decision(s, &decision);
    return s->verdict == VERDICT_ACCEPTED ? add_member(ledger, s) : 0;
}

/* Whether panel, actions or members may be others than those it was checked against: sending it again has it checked
 * anew. */
static bool is_outdated(const struct ledger *ledger, const struct submission *s)
{
    bool names_member = s->kind == SUBMISSION_RESPONSE || s->kind == SUBMISSION_ERASURE;
    if (s->kind != SUBMISSION_ACT && s->catalogue->edition != ledger->catalogue->edition)
        return true;
    return names_member && s->roster_edition != roster_edition(ledger->shared.roster);
}

int ledger_apply_one(struct ledger *ledger, struct submission *s)
{
    s->replaced = -1;
    if (is_outdated(ledger, s)) {
        s->verdict = VERDICT_UNAVAILABLE;
        return 0;
    }
    /* A response that was in time is late once an event after closesAt stands before it. */
    if (ledger_close_rounds(ledger, s->received_at > ledger->last_iat ? s->received_at : ledger->last_iat) < 0)
        return -1;
    switch (s->kind) {
    case SUBMISSION_RESPONSE:
        return apply_response(ledger, s);
    case SUBMISSION_ENROLMENT:
        return apply_enrolment(ledger, s);
    case SUBMISSION_ACT:
        return ledger_apply_act(ledger, s);
    case SUBMISSION_ERASURE:
        return ledger_apply_erasure(ledger, s);
    }
    return -1;
}
