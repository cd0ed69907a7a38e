/* The front of every store: hands each verb on to the backend that the handle is of. Knows no SQL. */
#include "collector/store/store.h"
#include "collector/store/backend.h"

void store_close(struct store *store)
{
    if (store)
        store->ops->close(store);
}

void store_schema(const struct store *store, struct store_schema *out)
{
    *out = store->schema;
}

const struct error *store_error(const struct store *store)
{
    return &store->error;
}

int store_fail(const struct store *store, struct error *error)
{
    if (error && store->error.kind != ERROR_NONE)
        *error = store->error;
    return -1;
}

/* The verbs. */

enum store_result store_serve(struct store *store)
{
    return store->ops->serve(store);
}

enum store_result store_serve_alone(struct store *store)
{
    return store->ops->serve_alone(store);
}

void store_be_patient(struct store *store, unsigned seconds)
{
    if (store->ops->be_patient)
        store->ops->be_patient(store, seconds);
}

bool store_is_cut(const struct store *store)
{
    return store->ops->is_cut && store->ops->is_cut(store);
}

enum store_result store_has_news(struct store *store)
{
    return store->ops->has_news ? store->ops->has_news(store) : STORE_OK;
}

enum store_result store_check(struct store *store)
{
    return store->ops->check(store);
}

bool store_is_lost(const struct store *store)
{
    return store->ops->is_lost(store);
}

enum store_result store_settle(struct store *store)
{
    return store->ops->settle(store);
}

enum store_result store_settle_erasure(struct store *store)
{
    return store->ops->settle_erasure(store);
}

enum store_result store_rest(struct store *store)
{
    return store->ops->rest ? store->ops->rest(store) : STORE_OK;
}

uint64_t store_space(const struct store *store)
{
    return store->ops->space(store);
}

enum store_result store_copy(struct store *store, const char *path, store_copy_fn *each, void *context)
{
    return store->ops->copy(store, path, each, context);
}

enum store_result store_begin(struct store *store)
{
    return store->ops->begin(store);
}

enum store_result store_begin_invitations(struct store *store)
{
    return store->ops->begin_invitations(store);
}

enum store_result store_begin_reading(struct store *store)
{
    return store->ops->begin_reading(store);
}

enum store_result store_commit(struct store *store)
{
    return store->ops->commit(store);
}

void store_rollback(struct store *store)
{
    store->ops->rollback(store);
}

enum store_result store_changed(struct store *store, unsigned *what)
{
    return store->ops->changed(store, what);
}

bool store_foresees(const struct store *store)
{
    return store->ops->foresee != NULL;
}

enum store_result store_foresee(struct store *store, const struct store_wanted *wanted)
{
    return store->ops->foresee ? store->ops->foresee(store, wanted) : STORE_OK;
}

enum store_result store_entry_append(struct store *store, int64_t index, const char *jws, size_t len)
{
    return store->ops->entry_append(store, index, jws, len);
}

enum store_result store_entry_read(struct store *store, int64_t index, struct buf *out)
{
    return store->ops->entry_read(store, index, out);
}

enum store_result store_entry_count(struct store *store, int64_t *count)
{
    return store->ops->entry_count(store, count);
}

enum store_result store_entry_range(struct store *store, int64_t first, int64_t count, store_entry_fn *each,
                                    void *context)
{
    return store->ops->entry_range(store, first, count, each, context);
}

enum store_result store_entry_each(struct store *store, const int64_t *indexes, size_t count, store_entry_fn *each,
                                   void *context)
{
    return store->ops->entry_each(store, indexes, count, each, context);
}

enum store_result store_entry_erase(struct store *store, int64_t index)
{
    return store->ops->entry_erase(store, index);
}

enum store_result store_tile_write(struct store *store, unsigned level, uint64_t index,
                                   const struct merkle_hash *hashes, unsigned width)
{
    return store->ops->tile_write(store, level, index, hashes, width);
}

enum store_result store_tile_read(struct store *store, unsigned level, uint64_t index,
                                  struct merkle_hash hashes[static TILE_WIDTH], unsigned *width)
{
    return store->ops->tile_read(store, level, index, hashes, width);
}

enum store_result store_log_key_write(struct store *store, const char *verifier)
{
    return store->ops->log_key_write(store, verifier);
}

enum store_result store_log_key_read(struct store *store, struct buf *verifier)
{
    return store->ops->log_key_read(store, verifier);
}

enum store_result store_member_add(struct store *store, const struct store_member *member)
{
    return store->ops->member_add(store, member);
}

enum store_result store_member_each(struct store *store, store_member_fn *each, void *context)
{
    int64_t since = -1;
    return store->ops->member_changes(store, &since, each, context);
}

enum store_result store_member_changes(struct store *store, int64_t *since, store_member_fn *each, void *context)
{
    return store->ops->member_changes(store, since, each, context);
}

enum store_result store_member_read(struct store *store, int64_t number, struct store_member *out)
{
    return store->ops->member_read(store, number, out);
}

enum store_result store_member_revoke(struct store *store, int64_t number, int64_t when)
{
    return store->ops->member_revoke(store, number, when);
}

enum store_result store_member_erase(struct store *store, int64_t number, const uint8_t kid_hash[static SHA256_BYTES])
{
    return store->ops->member_erase(store, number, kid_hash);
}

enum store_result store_current_read(struct store *store, int64_t round, int64_t member, int64_t action,
                                     struct store_current *out)
{
    return store->ops->current_read(store, round, member, action, out);
}

enum store_result store_current_add(struct store *store, int64_t round, int64_t member, int64_t action,
                                    const struct store_current *current)
{
    return store->ops->current_add(store, round, member, action, current);
}

enum store_result store_current_write(struct store *store, int64_t round, int64_t member, int64_t action,
                                      const struct store_current *current)
{
    return store->ops->current_write(store, round, member, action, current);
}

enum store_result store_current_each(struct store *store, int64_t round, store_current_fn *each, void *context)
{
    return store->ops->current_each(store, round, each, context);
}

enum store_result store_current_erase(struct store *store, int64_t round, int64_t member, int64_t action)
{
    return store->ops->current_erase(store, round, member, action);
}

enum store_result store_counts_read(struct store *store, int64_t round, int64_t action, int64_t *counts, size_t slots)
{
    return store->ops->counts_read(store, round, action, counts, slots);
}

enum store_result store_counts_write(struct store *store, int64_t round, int64_t action, const int64_t *counts,
                                     size_t slots)
{
    return store->ops->counts_write(store, round, action, counts, slots);
}

enum store_result store_counts_each(struct store *store, store_counted_fn *each, void *context)
{
    return store->ops->counts_each(store, each, context);
}

enum store_result store_counts_each_in(struct store *store, int64_t round, store_counts_fn *each, void *context)
{
    return store->ops->counts_each_in(store, round, each, context);
}

enum store_result store_panel_write(struct store *store, const char *json, size_t len, int64_t when)
{
    return store->ops->panel_write(store, json, len, when);
}

enum store_result store_panel_read(struct store *store, struct buf *json)
{
    return store->ops->panel_read(store, json);
}

enum store_result store_round_add(struct store *store, int64_t number, const char *id)
{
    return store->ops->round_add(store, number, id);
}

enum store_result store_round_each(struct store *store, store_round_fn *each, void *context)
{
    return store->ops->round_each(store, each, context);
}

enum store_result store_action_write(struct store *store, const struct store_action *action, int64_t position)
{
    return store->ops->action_write(store, action, position);
}

enum store_result store_action_each(struct store *store, store_action_fn *each, void *context)
{
    return store->ops->action_each(store, each, context);
}

enum store_result store_token_add(struct store *store, const struct store_token *token)
{
    return store->ops->token_add(store, token);
}

enum store_result store_token_each(struct store *store, store_token_fn *each, void *context)
{
    return store->ops->token_each(store, each, context);
}

enum store_result store_token_revoke(struct store *store, const char *name, int64_t when)
{
    return store->ops->token_revoke(store, name, when);
}

enum store_result store_document_add(struct store *store, const uint8_t hash[static SHA256_BYTES], const void *bytes,
                                     size_t len)
{
    return store->ops->document_add(store, hash, bytes, len);
}

enum store_result store_document_read(struct store *store, const uint8_t hash[static SHA256_BYTES], struct buf *out)
{
    return store->ops->document_read(store, hash, out);
}

enum store_result store_document_remove(struct store *store, const uint8_t hash[static SHA256_BYTES])
{
    return store->ops->document_remove(store, hash);
}

enum store_result store_document_size(struct store *store, const uint8_t hash[static SHA256_BYTES], size_t *len)
{
    return store->ops->document_size(store, hash, len);
}

enum store_result store_event_add(struct store *store, int64_t index, const char *kind)
{
    return store->ops->event_add(store, index, kind);
}

enum store_result store_event_each(struct store *store, int64_t from, int64_t max, store_event_fn *each, void *context)
{
    return store->ops->event_each(store, from, max, each, context);
}

enum store_result store_event_last(struct store *store, const char *kind, int64_t *index)
{
    return store->ops->event_last(store, kind, index);
}

enum store_result store_wish_add(struct store *store, const struct store_wish *wish, int64_t *id)
{
    return store->ops->wish_add(store, wish, id);
}

enum store_result store_wish_each(struct store *store, store_wish_fn *each, void *context)
{
    return store->ops->wish_each(store, each, context);
}

enum store_result store_wish_done(struct store *store, int64_t id, int64_t entry, const char *outcome, int64_t when)
{
    return store->ops->wish_done(store, id, entry, outcome, when);
}

enum store_result store_wish_outcome(struct store *store, int64_t id, int64_t *entry, struct buf *outcome)
{
    return store->ops->wish_outcome(store, id, entry, outcome);
}

enum store_result store_wish_withdraw(struct store *store, int64_t id)
{
    return store->ops->wish_withdraw(store, id);
}

enum store_result store_erased_add(struct store *store, int64_t index, int64_t event)
{
    return store->ops->erased_add(store, index, event);
}

enum store_result store_erased_by(struct store *store, int64_t index, int64_t *event)
{
    return store->ops->erased_by(store, index, event);
}

enum store_result store_erased_range(struct store *store, int64_t first, int64_t count, store_erased_fn *each,
                                     void *context)
{
    return store->ops->erased_range(store, first, count, each, context);
}

enum store_result store_erasure_add(struct store *store, const struct store_erasure *erasure)
{
    return store->ops->erasure_add(store, erasure);
}

enum store_result store_erasure_find(struct store *store, const struct merkle_hash *leaf, struct store_erasure *out)
{
    return store->ops->erasure_find(store, leaf, out);
}

enum store_result store_erasure_each(struct store *store, int64_t member, store_erasure_fn *each, void *context)
{
    return store->ops->erasure_each(store, member, each, context);
}

enum store_result store_current_each_of(struct store *store, int64_t round, int64_t member, store_current_fn *each,
                                        void *context)
{
    return store->ops->current_each_of(store, round, member, each, context);
}

enum store_result store_current_forget(struct store *store, int64_t round, int64_t member)
{
    return store->ops->current_forget(store, round, member);
}

enum store_result store_revision_add(struct store *store, int64_t index, int64_t before)
{
    return store->ops->revision_add(store, index, before);
}

enum store_result store_revision_before(struct store *store, int64_t index, int64_t *before)
{
    return store->ops->revision_before(store, index, before);
}

enum store_result store_revisions_before(struct store *store, const int64_t *indexes, size_t count,
                                         store_before_fn *each, void *context)
{
    return store->ops->revisions_before(store, indexes, count, each, context);
}

enum store_result store_release_add(struct store *store, const struct store_release *release)
{
    return store->ops->release_add(store, release);
}

enum store_result store_release_each(struct store *store, int64_t round, store_release_fn *each, void *context)
{
    return store->ops->release_each(store, round, each, context);
}

enum store_result store_release_last(struct store *store, int64_t round, struct store_release *out)
{
    return store->ops->release_last(store, round, out);
}

enum store_result store_release_file_add(struct store *store, int64_t round, int64_t number, const char *name,
                                         const void *bytes, size_t len)
{
    return store->ops->release_file_add(store, round, number, name, bytes, len);
}

enum store_result store_release_file_read(struct store *store, int64_t round, int64_t number, const char *name,
                                          struct buf *out)
{
    return store->ops->release_file_read(store, round, number, name, out);
}

enum store_result store_release_file_each(struct store *store, int64_t round, int64_t number,
                                          store_release_file_fn *each, void *context)
{
    return store->ops->release_file_each(store, round, number, each, context);
}

enum store_result store_access_add(struct store *store, const struct store_access *access)
{
    return store->ops->access_add(store, access);
}

enum store_result store_access_each(struct store *store, store_access_fn *each, void *context)
{
    return store->ops->access_each(store, each, context);
}

enum store_result store_access_purge(struct store *store, int64_t before)
{
    return store->ops->access_purge(store, before);
}
