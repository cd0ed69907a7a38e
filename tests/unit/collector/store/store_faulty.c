/* Every verb is the same: count it, fail it or hand it on. */
#include "tests/unit/collector/store/store_faulty.h"
#include "base/mem.h"
#include "collector/store/backend.h"
#include <stdio.h>

struct faulty {
    struct store store;
    struct store *inner;
    unsigned due; /* calls until the failure; 0: none */
    unsigned calls;
    const char *failed;
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
    snprintf(f->store.error, sizeof f->store.error, "%s", STORE_FAULTY_ERROR);
    return true;
}

/* Callers look for the reason in the handle that they have. */
static enum store_result passed(struct faulty *f, enum store_result result)
{
    if (result == STORE_FAILED)
        snprintf(f->store.error, sizeof f->store.error, "%s", f->inner->error);
    return result;
}

/* `arguments` speak of `store`, which is then the inner one. */
#define VERB(name, parameters, arguments)                                                                              \
    static enum store_result name parameters                                                                           \
    {                                                                                                                  \
        struct faulty *f = faulty(store);                                                                              \
        if (is_due(f, #name))                                                                                          \
            return STORE_FAILED;                                                                                       \
        store = f->inner;                                                                                              \
        return passed(f, store_##name arguments);                                                                      \
    }

VERB(begin, (struct store * store), (store))
VERB(begin_reading, (struct store * store), (store))
VERB(commit, (struct store * store), (store))
VERB(changed, (struct store * store, bool *changed), (store, changed))
VERB(entry_append, (struct store * store, int64_t index, const char *jws, size_t len), (store, index, jws, len))
VERB(entry_read, (struct store * store, int64_t index, struct buf *out), (store, index, out))
VERB(entry_count, (struct store * store, int64_t *count), (store, count))
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
VERB(member_each, (struct store * store, store_member_fn *each, void *context), (store, each, context))
VERB(member_revoke, (struct store * store, int64_t number, int64_t when), (store, number, when))
VERB(invitation_add, (struct store * store, int64_t number, const uint8_t hash[static SHA256_BYTES]),
     (store, number, hash))
VERB(invitation_find, (struct store * store, const uint8_t hash[static SHA256_BYTES], struct store_invitation *out),
     (store, hash, out))
VERB(invitation_mark,
     (struct store * store, const uint8_t hash[static SHA256_BYTES], const struct store_invitation *now),
     (store, hash, now))
VERB(invitation_count, (struct store * store, struct invitation_counts *out), (store, out))
VERB(current_read, (struct store * store, int64_t round, int64_t member, int64_t action, struct store_current *out),
     (store, round, member, action, out))
VERB(current_add,
     (struct store * store, int64_t round, int64_t member, int64_t action, const struct store_current *current),
     (store, round, member, action, current))
VERB(current_write,
     (struct store * store, int64_t round, int64_t member, int64_t action, const struct store_current *current),
     (store, round, member, action, current))
VERB(current_each, (struct store * store, int64_t round, store_current_fn *each, void *context),
     (store, round, each, context))
VERB(counts_read, (struct store * store, int64_t round, int64_t action, int64_t *counts, size_t slots),
     (store, round, action, counts, slots))
VERB(counts_write, (struct store * store, int64_t round, int64_t action, const int64_t *counts, size_t slots),
     (store, round, action, counts, slots))
VERB(counts_each, (struct store * store, store_counted_fn *each, void *context), (store, each, context))
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

static void close_both(struct store *store)
{
    store_close(faulty(store)->inner);
    mem_free(store);
}

static void rollback(struct store *store)
{
    store_rollback(faulty(store)->inner);
}

static const struct store_ops faulty_ops = {
    .close = close_both,
    .begin = begin,
    .begin_reading = begin_reading,
    .commit = commit,
    .rollback = rollback,
    .changed = changed,
    .entry_append = entry_append,
    .entry_read = entry_read,
    .entry_count = entry_count,
    .tile_write = tile_write,
    .tile_read = tile_read,
    .log_key_write = log_key_write,
    .log_key_read = log_key_read,
    .member_add = member_add,
    .member_each = member_each,
    .member_revoke = member_revoke,
    .invitation_add = invitation_add,
    .invitation_find = invitation_find,
    .invitation_mark = invitation_mark,
    .invitation_count = invitation_count,
    .current_read = current_read,
    .current_add = current_add,
    .current_write = current_write,
    .current_each = current_each,
    .counts_read = counts_read,
    .counts_write = counts_write,
    .counts_each = counts_each,
    .panel_write = panel_write,
    .panel_read = panel_read,
    .round_add = round_add,
    .round_each = round_each,
    .action_write = action_write,
    .action_each = action_each,
    .token_add = token_add,
    .token_each = token_each,
    .token_revoke = token_revoke,
};

/* Whoever adds a verb to the table adds it here too. */
_Static_assert(sizeof(struct store_ops) == 36 * sizeof(void (*)(void)), "a verb of store.h is not wrapped");

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
