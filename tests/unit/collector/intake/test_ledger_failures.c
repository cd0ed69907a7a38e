/* A batch that fails leaves nothing behind, whichever step it was, and the ledger then does what it would have done:
 * for each n the n-th verb of the store fails, and likewise the n-th allocation. */
#include "base/mem.h"
#include "collector/intake/ledger.h"
#include "tests/unit/capture.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#define SLOTS 24
#define ACTIONS 36
#define OTHER "{\"importance\":1,\"noticed\":\"unknown\",\"channels\":[]}"

TestSuite(ledger_failures, .init = kit_begin, .fini = kit_end, .timeout = 300);

/* A scene: three members, two responses, and a batch of everything that can happen. */

enum { ENROLS, ANSWERS, REPLACES, REPEATS, IS_STALE, ENROLS_LATE, ANSWERS_ALSO, BATCH };

struct scene {
    struct kit kit;
    struct kit_member members[4]; /* the last is invited only */
    struct parcel before[2];
    struct parcel batch[BATCH];
};

static void open_scene(struct scene *scene)
{
    struct kit *kit = &scene->kit;
    struct kit_member *m = scene->members;
    kit_open(kit, store_faulty_new(kit_store_new(kit_dsn(NULL))));
    kit_start(kit);
    kit_join(kit, m, 3, 1);
    kit_member_init(&m[3], 4);
    kit_invite(kit->store, 4, &m[3]);
    parcel_respond(&scene->before[0], kit, &m[0], "WA-1.01", 1, KIT_ANSWERS);
    parcel_respond(&scene->before[1], kit, &m[1], "WA-1.02", 1, KIT_ANSWERS);
    cr_assert_eq(parcels_apply(kit, scene->before, 2), 0);
    parcel_enrol(&scene->batch[ENROLS], kit, &m[3]);
    parcel_respond(&scene->batch[ANSWERS], kit, &m[1], "WA-1.01", 1, KIT_ANSWERS);
    parcel_respond(&scene->batch[REPLACES], kit, &m[0], "WA-1.01", 2, OTHER);
    parcel_again(&scene->batch[REPEATS], kit, &scene->before[1]);
    parcel_respond(&scene->batch[IS_STALE], kit, &m[0], "WA-1.01", 1, OTHER);
    parcel_enrol(&scene->batch[ENROLS_LATE], kit, &m[2]);
    parcel_respond(&scene->batch[ANSWERS_ALSO], kit, &m[2], "WA-1.03", 9, OTHER);
}

static void close_scene(struct scene *scene)
{
    parcels_free(scene->batch, BATCH);
    parcels_free(scene->before, 2);
    for (size_t i = 0; i < 4; i++)
        kit_member_wipe(&scene->members[i]);
    kit_close(&scene->kit);
}

/* Submits the batch's bytes again, as senders do who were told to. */
static void send_again(struct scene *scene)
{
    for (size_t i = 0; i < BATCH; i++) {
        struct parcel again;
        parcel_again(&again, &scene->kit, &scene->batch[i]);
        parcel_free(&scene->batch[i]);
        scene->batch[i] = again;
    }
}

/* What the batch comes to; `committed`: it had been, but was not answered. */
static void assert_outcome(const struct scene *scene, bool committed)
{
    static const struct {
        enum submission_verdict verdict;
        int64_t index, replaced;
    } expected[BATCH] = {[ENROLS] = {VERDICT_ACCEPTED, 5, -1},      [ANSWERS] = {VERDICT_ACCEPTED, 6, -1},
                         [REPLACES] = {VERDICT_ACCEPTED, 7, 3},     [REPEATS] = {VERDICT_REPEATED, 4, -1},
                         [IS_STALE] = {VERDICT_REFUSED, 0, -1},     [ENROLS_LATE] = {VERDICT_REPEATED, 2, -1},
                         [ANSWERS_ALSO] = {VERDICT_ACCEPTED, 8, -1}};
    for (size_t i = 0; i < BATCH; i++) {
        const struct submission *s = scene->batch[i].submission;
        enum submission_verdict verdict = expected[i].verdict;
        if (committed && verdict == VERDICT_ACCEPTED)
            verdict = VERDICT_REPEATED;
        cr_assert_eq(s->verdict, verdict, "%zu: verdict %d, %s", i, s->verdict, s->detail);
        if (verdict == VERDICT_REFUSED)
            continue;
        cr_assert_eq(s->index, expected[i].index, "%zu: index %lld", i, (long long)s->index);
        cr_assert_eq(s->replaced, expected[i].replaced);
    }
}

/* The whole state as text. */

static int put_member(void *context, const struct store_member *member)
{
    buf_printf(context, "member %d %d %d\n", (int)member->number, (int)member->index, (int)member->revoked_at);
    return 0;
}

static int put_current(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    buf_printf(context, "current %d %d: %d %d %d", (int)member, (int)action, (int)current->revision,
               (int)current->index, (int)current->replaced);
    for (size_t i = 0; i < current->slot_count; i++)
        buf_printf(context, " %u", current->slots[i]);
    buf_put_char(context, '\n');
    return 0;
}

static void put_counts(struct buf *out, struct store *store)
{
    for (int64_t action = 1; action <= ACTIONS; action++) {
        int64_t counts[SLOTS];
        enum store_result result = store_counts_read(store, 1, action, counts, SLOTS);
        cr_assert_neq(result, STORE_FAILED);
        for (size_t i = 0; result == STORE_OK && i < SLOTS; i++)
            buf_printf(out, "%s%d", i == 0 ? "counts" : " ", (int)counts[i]);
        buf_put_char(out, '\n');
    }
}

static void put_tiles(struct buf *out, struct store *store)
{
    struct merkle_hash hashes[256];
    unsigned width = 0;
    cr_assert_neq(store_tile_read(store, 0, 0, hashes, &width), STORE_FAILED);
    for (unsigned i = 0; i < width; i++)
        buf_printf(out, "leaf %02x%02x\n", hashes[i].bytes[0], hashes[i].bytes[31]);
}

static struct buf state_of(const struct scene *scene)
{
    struct store *store = scene->kit.store;
    struct invitation_counts invitations;
    struct buf out;
    buf_init(&out, KIT_TEXT_MAX);
    store_faulty_fail_at(store, 0);
    for (int64_t i = 0; i < kit_entries(store); i++) {
        cr_assert_eq(store_entry_read(store, i, &out), STORE_OK);
        buf_put_char(&out, '\n');
    }
    cr_assert_eq(store_member_each(store, put_member, &out), STORE_OK);
    cr_assert_eq(store_current_each(store, 1, put_current, &out), STORE_OK);
    cr_assert_eq(store_invitation_count(store, &invitations), STORE_OK);
    buf_printf(&out, "invitations %d %d\n", (int)invitations.unused, (int)invitations.used);
    put_counts(&out, store);
    put_tiles(&out, store);
    cr_assert_eq(buf_check(&out), 0);
    return out;
}

static struct buf state_without_failure(void)
{
    static struct scene scene;
    open_scene(&scene);
    cr_assert_eq(parcels_apply(&scene.kit, scene.batch, BATCH), 0);
    assert_outcome(&scene, false);
    struct buf state = state_of(&scene);
    close_scene(&scene);
    return state;
}

static void assert_nothing_known(const struct scene *scene, const struct proofs *proofs)
{
    struct proofs *now = proofs_now(scene->kit.shared.proofs);
    for (size_t i = 0; i < BATCH; i++) {
        cr_assert_eq(scene->batch[i].submission->verdict, VERDICT_UNAVAILABLE);
        cr_assert_null(scene->batch[i].submission->proofs);
    }
    cr_assert_eq(now, proofs);
    cr_assert_eq(roster_count(scene->kit.shared.roster), 3);
    cr_assert_eq(ledger_size(scene->kit.ledger), 5);
    proofs_release(now);
}

static void assert_same(const struct buf *state, const struct buf *expected, const char *when)
{
    cr_assert_str_eq(buf_text(state), buf_text(expected), "%s", when);
}

/* Applies the batch, which has just failed, anew, and compares with what it would have come to. */
static void assert_goes_on(struct scene *scene, const struct buf *expected, bool committed, const char *when)
{
    cr_assert_eq(ledger_refresh(scene->kit.ledger), 0, "%s", when);
    send_again(scene);
    cr_assert_eq(parcels_apply(&scene->kit, scene->batch, BATCH), 0, "%s", when);
    assert_outcome(scene, committed);
    cr_assert_eq(roster_count(scene->kit.shared.roster), 4);
    cr_assert_eq(ledger_size(scene->kit.ledger), 9);
    struct buf state = state_of(scene);
    assert_same(&state, expected, when);
    buf_free(&state);
}

/* The store fails. */

/* Whether there was an n-th verb to fail. */
static bool fail_verb(unsigned n, const struct buf *expected)
{
    static struct scene scene;
    open_scene(&scene);
    struct buf before = state_of(&scene);
    struct proofs *proofs = proofs_now(scene.kit.shared.proofs);
    store_faulty_fail_at(scene.kit.store, n);
    capture_begin(2);
    int result = parcels_apply(&scene.kit, scene.batch, BATCH);
    const char *heard = capture_end(2), *verb = store_faulty_verb(scene.kit.store);
    if (verb) {
        cr_assert_eq(result, -1, "%s", verb);
        cr_assert_not_null(strstr(heard, STORE_FAULTY_ERROR), "%s: %s", verb, heard);
        assert_nothing_known(&scene, proofs);
        struct buf after = state_of(&scene);
        assert_same(&after, &before, verb);
        assert_goes_on(&scene, expected, false, verb);
        buf_free(&after);
    }
    proofs_release(proofs);
    buf_free(&before);
    close_scene(&scene);
    return verb != NULL;
}

Test(ledger_failures, leave_nothing_behind_whichever_verb_fails)
{
    struct buf expected = state_without_failure();
    unsigned n = 1;
    while (fail_verb(n, &expected))
        n++;
    cr_assert_gt(n, 15, "begin, reads, writes and commit: %u", n);
    buf_free(&expected);
}

Test(ledger_failures, are_as_harmless_one_after_the_other)
{
    static struct scene scene;
    struct buf expected = state_without_failure();
    open_scene(&scene);
    capture_begin(2);
    for (unsigned n = 1;; n++) {
        send_again(&scene);
        store_faulty_fail_at(scene.kit.store, n);
        int result = parcels_apply(&scene.kit, scene.batch, BATCH);
        cr_assert_eq(result, !store_faulty_verb(scene.kit.store) ? 0 : -1);
        if (result == 0)
            break;
    }
    (void)capture_end(2);
    assert_outcome(&scene, false);
    struct buf state = state_of(&scene);
    assert_same(&state, &expected, "after all of them");
    close_scene(&scene);
    buf_free(&state);
    buf_free(&expected);
}

Test(ledger_failures, do_not_let_a_ledger_begin)
{
    static struct scene scene;
    open_scene(&scene);
    ledger_free(scene.kit.ledger);
    scene.kit.ledger = NULL;
    for (unsigned n = 1;; n++) {
        store_faulty_fail_at(scene.kit.store, n);
        struct error error = {0};
        scene.kit.ledger = ledger_new(scene.kit.store, &scene.kit.shared, &error);
        if (!store_faulty_verb(scene.kit.store))
            break;
        cr_assert_null(scene.kit.ledger);
        cr_assert_str_eq(error.text, STORE_FAULTY_ERROR);
    }
    cr_assert_not_null(scene.kit.ledger);
    cr_assert_eq(ledger_size(scene.kit.ledger), 5);
    close_scene(&scene);
}

Test(ledger_failures, none_is_asked_of_a_store_that_has_not_been_told)
{
    static struct scene scene;
    open_scene(&scene);
    cr_assert_eq(parcels_apply(&scene.kit, scene.batch, BATCH), 0);
    cr_assert_eq(store_faulty_unforeseen(scene.kit.store), 0);
    struct store_current found;
    cr_assert_eq(store_begin(scene.kit.store), STORE_OK);
    cr_assert_eq(store_foresee(scene.kit.store, &(struct store_wanted){0}), STORE_OK);
    cr_assert_neq(store_current_read(scene.kit.store, 1, 1, 1, &found), STORE_FAILED);
    cr_assert_eq(store_faulty_unforeseen(scene.kit.store), 1, "what is not named is noticed");
    store_rollback(scene.kit.store);
    close_scene(&scene);
}

/* As often as a member may send: who is told that nothing is kept has not been counted for it. */
Test(ledger_failures, count_for_nobody_what_came_to_nothing)
{
    struct kit kit;
    struct kit_member member;
    struct parcel batch[2], again, more;
    unsigned n = 1;
    kit_open(&kit, store_faulty_new(kit_store_new("sqlite::memory:")));
    kit.shared.responses = quota_new(2, 60, 8);
    kit.shared.revisions = quota_new(1, 60, 8);
    kit_start(&kit);
    kit_join(&kit, &member, 1, 1);
    for (int64_t i = 0; i < 2; i++)
        parcel_respond(&batch[i], &kit, &member, "WA-1.01", i + 1, KIT_ANSWERS);
    capture_begin(2);
    for (;; n++) {
        store_faulty_fail_at(kit.store, n);
        if (parcels_apply(&kit, batch, 2) == 0)
            break;
        for (size_t i = 0; i < 2; i++) {
            parcel_again(&again, &kit, &batch[i]);
            parcel_free(&batch[i]);
            batch[i] = again;
        }
    }
    (void)capture_end(2);
    store_faulty_fail_at(kit.store, 0);
    cr_assert_gt(n, 10, "%u", n);
    for (size_t i = 0; i < 2; i++)
        cr_assert_eq(batch[i].submission->verdict, VERDICT_ACCEPTED, "%s", batch[i].submission->detail);
    parcel_respond(&more, &kit, &member, "WA-1.02", 1, KIT_ANSWERS);
    cr_assert_eq(parcels_apply(&kit, &more, 1), 0);
    cr_assert_eq(more.submission->problem, PROBLEM_TOO_MANY, "what is kept counts");
    parcel_free(&more);
    parcels_free(batch, 2);
    kit_member_wipe(&member);
    quota_free(kit.shared.responses);
    quota_free(kit.shared.revisions);
    kit_close(&kit);
}

/* Memory lacks. */

/* Whether there was an n-th allocation to fail. After the COMMIT a failure leaves the entries, unanswered: then they
 * are there when sent again. */
static bool fail_allocation(unsigned long n, const struct buf *expected)
{
    static struct scene scene;
    open_scene(&scene);
    struct buf before = state_of(&scene);
    capture_begin(2);
    mem_fail_at(n);
    int result = parcels_apply(&scene.kit, scene.batch, BATCH);
    bool failed = mem_has_failed();
    mem_fail_at(0);
    (void)capture_end(2);
    if (result == 0) {
        assert_outcome(&scene, false);
    } else {
        struct buf after = state_of(&scene);
        bool committed = kit_entries(scene.kit.store) == 9;
        cr_assert(failed);
        assert_same(&after, committed ? expected : &before, "memory");
        for (size_t i = 0; i < BATCH; i++)
            cr_assert_eq(scene.batch[i].submission->verdict, VERDICT_UNAVAILABLE);
        assert_goes_on(&scene, expected, committed, "memory");
        buf_free(&after);
    }
    buf_free(&before);
    close_scene(&scene);
    return failed;
}

Test(ledger_failures, leave_nothing_behind_whichever_allocation_fails)
{
    struct buf expected = state_without_failure();
    unsigned long n = 1;
    while (fail_allocation(n, &expected))
        n++;
    cr_assert_gt(n, 3);
    buf_free(&expected);
}

/* In one store, as the verbs above: what a failure has left, if anything, is there when it is sent again. */
Test(ledger_failures, are_as_harmless_one_allocation_after_the_other)
{
    static struct scene scene;
    struct buf expected = state_without_failure();
    unsigned long n = 1;
    open_scene(&scene);
    capture_begin(2);
    for (;; n++) {
        cr_assert_eq(ledger_refresh(scene.kit.ledger), 0);
        send_again(&scene);
        mem_fail_at(n);
        int result = parcels_apply(&scene.kit, scene.batch, BATCH);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert(result == 0 || failed);
        if (!failed)
            break;
    }
    (void)capture_end(2);
    cr_assert_gt(n, 3);
    struct buf state = state_of(&scene);
    assert_same(&state, &expected, "after all of them");
    close_scene(&scene);
    buf_free(&state);
    buf_free(&expected);
}

/* The checkpoint can't be written. */

Test(ledger_failures, answer_nothing_that_no_checkpoint_covers)
{
    static struct scene scene;
    struct rlimit kept, none;
    struct buf expected = state_without_failure();
    open_scene(&scene);
    struct proofs *proofs = proofs_now(scene.kit.shared.proofs);
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &kept), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = kept.rlim_max};
    capture_begin(2);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    int result = parcels_apply(&scene.kit, scene.batch, BATCH);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &kept), 0);
    (void)capture_end(2);
    cr_assert_eq(result, -1);
    assert_nothing_known(&scene, proofs);
    assert_goes_on(&scene, &expected, true, "checkpoint");
    proofs_release(proofs);
    buf_free(&expected);
    close_scene(&scene);
}
