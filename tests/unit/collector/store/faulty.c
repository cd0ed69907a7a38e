/* Every verb is the same: count it, fail it or hand it on. */
#include "tests/unit/collector/store/faulty.h"
#include "base/mem.h"
#include "collector/store/backend.h"
#include <stdlib.h>
#include <string.h>

struct faulty {
    struct store store;
    struct store *inner;
    unsigned due; /* calls until the failure; 0: none */
    unsigned calls;
    const char *failed;
    struct store_wanted wanted; /* copies of what the transaction is to ask for */
    bool foreseen; /* the transaction has said so */
    unsigned unforeseen; /* questions that it had not named */
};

static struct faulty *faulty(struct store *store)
{
    return (struct faulty *)store;
}

static bool is_due(struct faulty *f, const char *verb)
{
    f->calls++;
    if (f->due == 0 || --f->due > 0)
        return false;
    f->failed = verb;
    error_set(&f->store.error, ERROR_IO, "%s", STORE_FAULTY_ERROR);
    return true;
}

/* Callers look for the reason in the handle that they have. */
static enum store_result passed(struct faulty *f, enum store_result result)
{
    if (result == STORE_FAILED)
        f->store.error = *store_error(f->inner);
    return result;
}

/* `arguments` speak of `store`, which is then the inner one. */
#define VERB(name, parameters, arguments) CHECKED_VERB(name, parameters, arguments, (void)0)

#define CHECKED_VERB(name, parameters, arguments, check)                                                               \
    static enum store_result name parameters                                                                           \
    {                                                                                                                  \
        struct faulty *f = faulty(store);                                                                              \
        if (is_due(f, #name))                                                                                          \
            return STORE_FAILED;                                                                                       \
        check;                                                                                                         \
        store = f->inner;                                                                                              \
        return passed(f, store_##name arguments);                                                                      \
    }

/* What a transaction asks for. */

static void forget_wanted(struct faulty *f)
{
    free((void *)(uintptr_t)f->wanted.currents);
    free((void *)(uintptr_t)f->wanted.counts);
    free((void *)(uintptr_t)f->wanted.invitations);
    f->wanted = (struct store_wanted){0};
    f->foreseen = false;
}

/* With malloc, so that tests that count allocations count none of these. */
static void *copy_list(const void *list, size_t size)
{
    void *copy = size > 0 ? malloc(size) : NULL;
    if (copy)
        memcpy(copy, list, size);
    return copy;
}

static bool has_key(const struct store_key *list, size_t count, int64_t round, int64_t member, int64_t action)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].round == round && list[i].member == member && list[i].action == action)
            return true;
    return false;
}

static void check_current(struct faulty *f, int64_t round, int64_t member, int64_t action)
{
    f->unforeseen += f->foreseen && !has_key(f->wanted.currents, f->wanted.current_count, round, member, action);
}

static void check_counts(struct faulty *f, int64_t round, int64_t action)
{
    f->unforeseen += f->foreseen && !has_key(f->wanted.counts, f->wanted.counts_count, round, 0, action);
}

static void check_invitation(struct faulty *f, const uint8_t hash[static SHA256_BYTES])
{
    bool named = !f->foreseen;
    for (size_t i = 0; i < f->wanted.invitation_count; i++)
        named = named || memcmp(f->wanted.invitations[i], hash, SHA256_BYTES) == 0;
    f->unforeseen += !named;
}

static enum store_result foresee(struct store *store, const struct store_wanted *wanted)
{
    struct faulty *f = faulty(store);
    if (is_due(f, "foresee"))
        return STORE_FAILED;
    forget_wanted(f);
    f->wanted = *wanted;
    f->wanted.currents = copy_list(wanted->currents, wanted->current_count * sizeof *wanted->currents);
    f->wanted.counts = copy_list(wanted->counts, wanted->counts_count * sizeof *wanted->counts);
    f->wanted.invitations = copy_list(wanted->invitations, wanted->invitation_count * sizeof *wanted->invitations);
    f->foreseen = true;
    return STORE_OK;
}

/* The verbs. */

VERB(serve, (struct store * store), (store))
VERB(serve_alone, (struct store * store), (store))
VERB(has_news, (struct store * store), (store))
VERB(check, (struct store * store), (store))
VERB(settle, (struct store * store), (store))
VERB(settle_erasure, (struct store * store), (store))
VERB(rest, (struct store * store), (store))
VERB(begin, (struct store * store), (store))
VERB(begin_invitations, (struct store * store), (store))
VERB(begin_reading, (struct store * store), (store))
CHECKED_VERB(commit, (struct store * store), (store), forget_wanted(f))
static void be_patient(struct store *store, unsigned seconds)
{
    store_be_patient(faulty(store)->inner, seconds);
}

VERB(changed, (struct store * store, unsigned *what), (store, what))
VERB(entry_append, (struct store * store, int64_t index, const char *jws, size_t len), (store, index, jws, len))
VERB(entry_read, (struct store * store, int64_t index, struct buf *out), (store, index, out))
VERB(entry_count, (struct store * store, int64_t *count), (store, count))
VERB(entry_range, (struct store * store, int64_t first, int64_t count, store_entry_fn *each, void *context),
     (store, first, count, each, context))
VERB(entry_each, (struct store * store, const int64_t *indexes, size_t count, store_entry_fn *each, void *context),
     (store, indexes, count, each, context))
VERB(entry_erase, (struct store * store, int64_t index), (store, index))
VERB(tile_write,
     (struct store * store, unsigned level, uint64_t index, const struct merkle_hash *hashes, unsigned width),
     (store, level, index, hashes, width))
VERB(tile_read,
     (struct store * store, unsigned level, uint64_t index, struct merkle_hash hashes[static TILE_WIDTH],
      unsigned *width),
     (store, level, index, hashes, width))
VERB(log_key_write, (struct store * store, const char *verifier), (store, verifier))
VERB(log_key_read, (struct store * store, struct buf *verifier), (store, verifier))
VERB(member_add, (struct store * store, const struct store_member *member), (store, member))
VERB(member_changes, (struct store * store, int64_t *since, store_member_fn *each, void *context),
     (store, since, each, context))
VERB(member_read, (struct store * store, int64_t number, struct store_member *out), (store, number, out))
VERB(member_revoke, (struct store * store, int64_t number, int64_t when), (store, number, when))
VERB(member_erase, (struct store * store, int64_t number, const uint8_t kid_hash[static SHA256_BYTES]),
     (store, number, kid_hash))
VERB(invitation_add, (struct store * store, int64_t number, const uint8_t hash[static SHA256_BYTES]),
     (store, number, hash))
CHECKED_VERB(invitation_find,
             (struct store * store, const uint8_t hash[static SHA256_BYTES], struct store_invitation *out),
             (store, hash, out), check_invitation(f, hash))
CHECKED_VERB(invitation_mark,
             (struct store * store, const uint8_t hash[static SHA256_BYTES], const struct store_invitation *now),
             (store, hash, now), check_invitation(f, hash))
VERB(invitation_count, (struct store * store, struct invitation_counts *out), (store, out))
VERB(invitation_each, (struct store * store, store_invitation_fn *each, void *context), (store, each, context))
VERB(handout_last, (struct store * store, int64_t *last), (store, last))
VERB(handout_begin, (struct store * store, int64_t last, int64_t since), (store, last, since))
VERB(handout_add, (struct store * store, int64_t last, const struct store_numbered *list, size_t count),
     (store, last, list, count))
VERB(handout_open, (struct store * store, int64_t last), (store, last))
VERB(handout_close, (struct store * store, int64_t last), (store, last))
VERB(handout_clear, (struct store * store, int64_t last, unsigned part), (store, last, part))
VERB(handout_end, (struct store * store, int64_t last), (store, last))
VERB(handout_each, (struct store * store, store_handout_fn *each, void *context), (store, each, context))
CHECKED_VERB(current_read,
             (struct store * store, int64_t round, int64_t member, int64_t action, struct store_current *out),
             (store, round, member, action, out), check_current(f, round, member, action))
CHECKED_VERB(current_add,
             (struct store * store, int64_t round, int64_t member, int64_t action, const struct store_current *current),
             (store, round, member, action, current), check_current(f, round, member, action))
CHECKED_VERB(current_write,
             (struct store * store, int64_t round, int64_t member, int64_t action, const struct store_current *current),
             (store, round, member, action, current), check_current(f, round, member, action))
VERB(current_each, (struct store * store, int64_t round, store_current_fn *each, void *context),
     (store, round, each, context))
CHECKED_VERB(current_erase, (struct store * store, int64_t round, int64_t member, int64_t action),
             (store, round, member, action), check_current(f, round, member, action))
CHECKED_VERB(counts_read, (struct store * store, int64_t round, int64_t action, int64_t *counts, size_t slots),
             (store, round, action, counts, slots), check_counts(f, round, action))
CHECKED_VERB(counts_write, (struct store * store, int64_t round, int64_t action, const int64_t *counts, size_t slots),
             (store, round, action, counts, slots), check_counts(f, round, action))
VERB(counts_each, (struct store * store, store_counted_fn *each, void *context), (store, each, context))
VERB(counts_each_in, (struct store * store, int64_t round, store_counts_fn *each, void *context),
     (store, round, each, context))
VERB(panel_write, (struct store * store, const char *json, size_t len, int64_t when), (store, json, len, when))
VERB(panel_read, (struct store * store, struct buf *json), (store, json))
VERB(round_add, (struct store * store, int64_t number, const char *id), (store, number, id))
VERB(round_each, (struct store * store, store_round_fn *each, void *context), (store, each, context))
VERB(action_write, (struct store * store, const struct store_action *action, int64_t position),
     (store, action, position))
VERB(action_each, (struct store * store, store_action_fn *each, void *context), (store, each, context))
VERB(token_add, (struct store * store, const struct store_token *token), (store, token))
VERB(token_each, (struct store * store, store_token_fn *each, void *context), (store, each, context))
VERB(token_revoke, (struct store * store, const char *name, int64_t when), (store, name, when))
VERB(document_add, (struct store * store, const uint8_t hash[static SHA256_BYTES], const void *bytes, size_t len),
     (store, hash, bytes, len))
VERB(document_read, (struct store * store, const uint8_t hash[static SHA256_BYTES], struct buf *out),
     (store, hash, out))
VERB(document_remove, (struct store * store, const uint8_t hash[static SHA256_BYTES]), (store, hash))
VERB(document_size, (struct store * store, const uint8_t hash[static SHA256_BYTES], size_t *len), (store, hash, len))
VERB(event_add, (struct store * store, int64_t index, const char *kind), (store, index, kind))
VERB(event_each, (struct store * store, int64_t from, int64_t max, store_event_fn *each, void *context),
     (store, from, max, each, context))
VERB(event_last, (struct store * store, const char *kind, int64_t *index), (store, kind, index))
VERB(wish_add, (struct store * store, const struct store_wish *wish, int64_t *id), (store, wish, id))
VERB(wish_each, (struct store * store, store_wish_fn *each, void *context), (store, each, context))
VERB(wish_done, (struct store * store, int64_t id, int64_t entry, const char *outcome, int64_t when),
     (store, id, entry, outcome, when))
VERB(wish_outcome, (struct store * store, int64_t id, int64_t *entry, struct buf *outcome), (store, id, entry, outcome))
VERB(wish_withdraw, (struct store * store, int64_t id), (store, id))
VERB(erased_add, (struct store * store, int64_t index, int64_t event), (store, index, event))
VERB(erased_by, (struct store * store, int64_t index, int64_t *event), (store, index, event))
VERB(erased_range, (struct store * store, int64_t first, int64_t count, store_erased_fn *each, void *context),
     (store, first, count, each, context))
VERB(erasure_add, (struct store * store, const struct store_erasure *erasure), (store, erasure))
VERB(erasure_find, (struct store * store, const struct merkle_hash *leaf, struct store_erasure *out),
     (store, leaf, out))
VERB(erasure_each, (struct store * store, int64_t member, store_erasure_fn *each, void *context),
     (store, member, each, context))
VERB(current_each_of, (struct store * store, int64_t round, int64_t member, store_current_fn *each, void *context),
     (store, round, member, each, context))
VERB(current_forget, (struct store * store, int64_t round, int64_t member), (store, round, member))
VERB(revision_add, (struct store * store, int64_t index, int64_t before), (store, index, before))
VERB(revision_before, (struct store * store, int64_t index, int64_t *before), (store, index, before))
VERB(revisions_before,
     (struct store * store, const int64_t *indexes, size_t count, store_before_fn *each, void *context),
     (store, indexes, count, each, context))
VERB(panel_each, (struct store * store, store_panel_fn *each, void *context), (store, each, context))
VERB(document_each, (struct store * store, store_document_fn *each, void *context), (store, each, context))
VERB(request_each, (struct store * store, store_request_fn *each, void *context), (store, each, context))
VERB(revision_each, (struct store * store, store_revision_fn *each, void *context), (store, each, context))
VERB(mark_filling, (struct store * store, bool filling), (store, filling))
VERB(release_add, (struct store * store, const struct store_release *release), (store, release))
VERB(release_each, (struct store * store, int64_t round, store_release_fn *each, void *context),
     (store, round, each, context))
VERB(release_last, (struct store * store, int64_t round, struct store_release *out), (store, round, out))
VERB(release_file_add,
     (struct store * store, int64_t round, int64_t number, const char *name, const void *bytes, size_t len),
     (store, round, number, name, bytes, len))
VERB(release_file_read, (struct store * store, int64_t round, int64_t number, const char *name, struct buf *out),
     (store, round, number, name, out))
VERB(release_file_each,
     (struct store * store, int64_t round, int64_t number, store_release_file_fn *each, void *context),
     (store, round, number, each, context))
VERB(access_add, (struct store * store, const struct store_access *access), (store, access))
VERB(access_each, (struct store * store, store_access_fn *each, void *context), (store, each, context))
VERB(access_purge, (struct store * store, int64_t before), (store, before))

VERB(copy, (struct store * store, const char *path, store_copy_fn *each, void *context), (store, path, each, context))

static uint64_t space(const struct store *store)
{
    return store_space(((const struct faulty *)store)->inner);
}

static bool is_cut(const struct store *store)
{
    return store_is_cut(((const struct faulty *)store)->inner);
}

static bool is_lost(const struct store *store)
{
    return store_is_lost(((const struct faulty *)store)->inner);
}

static void close_both(struct store *store)
{
    forget_wanted(faulty(store));
    store_close(faulty(store)->inner);
    mem_free(store);
}

static void rollback(struct store *store)
{
    forget_wanted(faulty(store));
    store_rollback(faulty(store)->inner);
}

static const struct store_ops faulty_ops = {
    .close = close_both,
    .serve = serve,
    .serve_alone = serve_alone,
    .be_patient = be_patient,
    .is_cut = is_cut,
    .has_news = has_news,
    .check = check,
    .is_lost = is_lost,
    .settle = settle,
    .settle_erasure = settle_erasure,
    .rest = rest,
    .space = space,
    .copy = copy,
    .begin = begin,
    .begin_invitations = begin_invitations,
    .begin_reading = begin_reading,
    .commit = commit,
    .rollback = rollback,
    .changed = changed,
    .foresee = foresee,
    .entry_append = entry_append,
    .entry_read = entry_read,
    .entry_count = entry_count,
    .entry_range = entry_range,
    .entry_each = entry_each,
    .entry_erase = entry_erase,
    .tile_write = tile_write,
    .tile_read = tile_read,
    .log_key_write = log_key_write,
    .log_key_read = log_key_read,
    .member_add = member_add,
    .member_changes = member_changes,
    .member_read = member_read,
    .member_revoke = member_revoke,
    .member_erase = member_erase,
    .invitation_add = invitation_add,
    .invitation_find = invitation_find,
    .invitation_mark = invitation_mark,
    .invitation_count = invitation_count,
    .invitation_each = invitation_each,
    .handout_last = handout_last,
    .handout_begin = handout_begin,
    .handout_add = handout_add,
    .handout_open = handout_open,
    .handout_close = handout_close,
    .handout_clear = handout_clear,
    .handout_end = handout_end,
    .handout_each = handout_each,
    .current_read = current_read,
    .current_add = current_add,
    .current_write = current_write,
    .current_each = current_each,
    .current_erase = current_erase,
    .counts_read = counts_read,
    .counts_write = counts_write,
    .counts_each = counts_each,
    .counts_each_in = counts_each_in,
    .panel_write = panel_write,
    .panel_read = panel_read,
    .round_add = round_add,
    .round_each = round_each,
    .action_write = action_write,
    .action_each = action_each,
    .token_add = token_add,
    .token_each = token_each,
    .token_revoke = token_revoke,
    .document_add = document_add,
    .document_read = document_read,
    .document_remove = document_remove,
    .document_size = document_size,
    .event_add = event_add,
    .event_each = event_each,
    .event_last = event_last,
    .wish_add = wish_add,
    .wish_each = wish_each,
    .wish_done = wish_done,
    .wish_outcome = wish_outcome,
    .wish_withdraw = wish_withdraw,
    .erased_add = erased_add,
    .erased_by = erased_by,
    .erased_range = erased_range,
    .erasure_add = erasure_add,
    .erasure_find = erasure_find,
    .erasure_each = erasure_each,
    .current_each_of = current_each_of,
    .current_forget = current_forget,
    .revision_add = revision_add,
    .revision_before = revision_before,
    .revisions_before = revisions_before,
    .panel_each = panel_each,
    .document_each = document_each,
    .request_each = request_each,
    .revision_each = revision_each,
    .mark_filling = mark_filling,
    .release_add = release_add,
    .release_each = release_each,
    .release_last = release_last,
    .release_file_add = release_file_add,
    .release_file_read = release_file_read,
    .release_file_each = release_file_each,
    .access_add = access_add,
    .access_each = access_each,
    .access_purge = access_purge,
};

/* Whoever adds a verb to the table adds it here too. */
_Static_assert(sizeof(struct store_ops) == 103 * sizeof(void (*)(void)), "a verb of store.h is not wrapped");

struct store *store_faulty_new(struct store *inner)
{
    struct faulty *f = mem_calloc(1, sizeof *f);
    if (!f)
        return NULL;
    f->store.ops = &faulty_ops;
    f->inner = inner;
    return &f->store;
}

void store_faulty_fail_at(struct store *store, unsigned n)
{
    faulty(store)->due = n;
    faulty(store)->calls = 0;
    faulty(store)->failed = NULL;
}

const char *store_faulty_verb(const struct store *store)
{
    return ((const struct faulty *)store)->failed;
}

unsigned store_faulty_calls(const struct store *store)
{
    return ((const struct faulty *)store)->calls;
}

unsigned store_faulty_unforeseen(const struct store *store)
{
    return ((const struct faulty *)store)->unforeseen;
}
