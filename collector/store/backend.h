/* What a database must be able to do to be a store: a table of the verbs, one for each front in store.h, whose
 * contracts these are. Inside of collector/store alone, and of the tests that wrap a store; everybody else calls the
 * fronts. */
#ifndef COLLECTOR_STORE_BACKEND_H
#define COLLECTOR_STORE_BACKEND_H

#include "collector/store/moving.h"

/* What every backend's handle begins with. */
struct store {
    const struct store_ops *ops;
    struct error error; /* of the last verb that failed: the backend's alone to write */
    struct store_schema schema; /* likewise, when it is opened */
};

struct store_ops {
    void (*close)(struct store *store);
    enum store_result (*serve)(struct store *store);
    enum store_result (*serve_alone)(struct store *store);
    void (*be_patient)(struct store *store, unsigned seconds); /* NULL: there is nothing to wait for */
    bool (*is_cut)(const struct store *store); /* NULL: there is no connection */
    enum store_result (*check)(struct store *store);
    bool (*is_lost)(const struct store *store);
    enum store_result (*settle)(struct store *store);
    enum store_result (*settle_erasure)(struct store *store);
    enum store_result (*rest)(struct store *store); /* NULL: that is the database's affair */
    uint64_t (*space)(const struct store *store);
    enum store_result (*copy)(struct store *store, const char *path, store_copy_fn *each, void *context);
    enum store_result (*begin)(struct store *store);
    enum store_result (*begin_invitations)(struct store *store);
    enum store_result (*begin_reading)(struct store *store);
    enum store_result (*commit)(struct store *store);
    void (*rollback)(struct store *store);
    enum store_result (*changed)(struct store *store, unsigned *what);
    enum store_result (*has_news)(struct store *store); /* NULL: it can't tell */
    enum store_result (*foresee)(struct store *store, const struct store_wanted *wanted); /* NULL: needs not be told */
    enum store_result (*entry_append)(struct store *store, int64_t index, const char *jws, size_t len);
    enum store_result (*entry_read)(struct store *store, int64_t index, struct buf *out);
    enum store_result (*entry_count)(struct store *store, int64_t *count);
    enum store_result (*entry_range)(struct store *store, int64_t first, int64_t count, store_entry_fn *each,
                                     void *context);
    enum store_result (*entry_each)(struct store *store, const int64_t *indexes, size_t count, store_entry_fn *each,
                                    void *context);
    enum store_result (*entry_erase)(struct store *store, int64_t index);
    enum store_result (*tile_write)(struct store *store, unsigned level, uint64_t index,
                                    const struct merkle_hash *hashes, unsigned width);
    enum store_result (*tile_read)(struct store *store, unsigned level, uint64_t index,
                                   struct merkle_hash hashes[static TILE_WIDTH], unsigned *width);
    enum store_result (*log_key_write)(struct store *store, const char *verifier);
    enum store_result (*log_key_read)(struct store *store, struct buf *verifier);

    enum store_result (*member_add)(struct store *store, const struct store_member *member);
    enum store_result (*member_changes)(struct store *store, int64_t *since, store_member_fn *each, void *context);
    enum store_result (*member_read)(struct store *store, int64_t number, struct store_member *out);
    enum store_result (*member_revoke)(struct store *store, int64_t number, int64_t when);
    enum store_result (*member_erase)(struct store *store, int64_t number, const uint8_t kid_hash[static SHA256_BYTES]);

    enum store_result (*invitation_add)(struct store *store, int64_t number, const uint8_t hash[static SHA256_BYTES]);
    enum store_result (*invitation_find)(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                         struct store_invitation *out);
    enum store_result (*invitation_mark)(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                         const struct store_invitation *now);
    enum store_result (*invitation_count)(struct store *store, struct invitation_counts *out);
    enum store_result (*invitation_each)(struct store *store, store_invitation_fn *each, void *context);
    enum store_result (*handout_last)(struct store *store, int64_t *last);
    enum store_result (*handout_begin)(struct store *store, int64_t last, int64_t since);
    enum store_result (*handout_add)(struct store *store, int64_t last, const struct store_numbered *list,
                                     size_t count);
    enum store_result (*handout_open)(struct store *store, int64_t last);
    enum store_result (*handout_close)(struct store *store, int64_t last);
    enum store_result (*handout_clear)(struct store *store, int64_t last, unsigned part);
    enum store_result (*handout_end)(struct store *store, int64_t last);
    enum store_result (*handout_each)(struct store *store, store_handout_fn *each, void *context);
    enum store_result (*current_read)(struct store *store, int64_t round, int64_t member, int64_t action,
                                      struct store_current *out);
    enum store_result (*current_add)(struct store *store, int64_t round, int64_t member, int64_t action,
                                     const struct store_current *current);
    enum store_result (*current_write)(struct store *store, int64_t round, int64_t member, int64_t action,
                                       const struct store_current *current);
    enum store_result (*current_each)(struct store *store, int64_t round, store_current_fn *each, void *context);
    enum store_result (*current_erase)(struct store *store, int64_t round, int64_t member, int64_t action);
    enum store_result (*counts_read)(struct store *store, int64_t round, int64_t action, int64_t *counts, size_t slots);
    enum store_result (*counts_write)(struct store *store, int64_t round, int64_t action, const int64_t *counts,
                                      size_t slots);
    enum store_result (*counts_each)(struct store *store, store_counted_fn *each, void *context);
    enum store_result (*counts_each_in)(struct store *store, int64_t round, store_counts_fn *each, void *context);
    enum store_result (*panel_write)(struct store *store, const char *json, size_t len, int64_t when);
    enum store_result (*panel_read)(struct store *store, struct buf *json);
    enum store_result (*round_add)(struct store *store, int64_t number, const char *id);
    enum store_result (*round_each)(struct store *store, store_round_fn *each, void *context);
    enum store_result (*action_write)(struct store *store, const struct store_action *action, int64_t position);
    enum store_result (*action_each)(struct store *store, store_action_fn *each, void *context);
    enum store_result (*token_add)(struct store *store, const struct store_token *token);
    enum store_result (*token_each)(struct store *store, store_token_fn *each, void *context);
    enum store_result (*token_revoke)(struct store *store, const char *name, int64_t when);
    enum store_result (*document_add)(struct store *store, const uint8_t hash[static SHA256_BYTES], const void *bytes,
                                      size_t len);
    enum store_result (*document_read)(struct store *store, const uint8_t hash[static SHA256_BYTES], struct buf *out);
    enum store_result (*document_remove)(struct store *store, const uint8_t hash[static SHA256_BYTES]);
    enum store_result (*document_size)(struct store *store, const uint8_t hash[static SHA256_BYTES], size_t *len);
    enum store_result (*event_add)(struct store *store, int64_t index, const char *kind);
    enum store_result (*event_each)(struct store *store, int64_t from, int64_t max, store_event_fn *each,
                                    void *context);
    enum store_result (*event_last)(struct store *store, const char *kind, int64_t *index);
    enum store_result (*wish_add)(struct store *store, const struct store_wish *wish, int64_t *id);
    enum store_result (*wish_each)(struct store *store, store_wish_fn *each, void *context);
    enum store_result (*wish_done)(struct store *store, int64_t id, int64_t entry, const char *outcome, int64_t when);
    enum store_result (*wish_outcome)(struct store *store, int64_t id, int64_t *entry, struct buf *outcome);
    enum store_result (*wish_withdraw)(struct store *store, int64_t id);
    enum store_result (*release_add)(struct store *store, const struct store_release *release);
    enum store_result (*release_each)(struct store *store, int64_t round, store_release_fn *each, void *context);
    enum store_result (*release_last)(struct store *store, int64_t round, struct store_release *out);
    enum store_result (*release_file_add)(struct store *store, int64_t round, int64_t number, const char *name,
                                          const void *bytes, size_t len);
    enum store_result (*release_file_read)(struct store *store, int64_t round, int64_t number, const char *name,
                                           struct buf *out);
    enum store_result (*release_file_each)(struct store *store, int64_t round, int64_t number,
                                           store_release_file_fn *each, void *context);
    enum store_result (*access_add)(struct store *store, const struct store_access *access);
    enum store_result (*access_each)(struct store *store, store_access_fn *each, void *context);
    enum store_result (*access_purge)(struct store *store, int64_t before);
    enum store_result (*erased_add)(struct store *store, int64_t index, int64_t event);
    enum store_result (*erased_by)(struct store *store, int64_t index, int64_t *event);
    enum store_result (*erased_range)(struct store *store, int64_t first, int64_t count, store_erased_fn *each,
                                      void *context);
    enum store_result (*erasure_add)(struct store *store, const struct store_erasure *erasure);
    enum store_result (*erasure_find)(struct store *store, const struct merkle_hash *leaf, struct store_erasure *out);
    enum store_result (*erasure_each)(struct store *store, int64_t member, store_erasure_fn *each, void *context);
    enum store_result (*current_each_of)(struct store *store, int64_t round, int64_t member, store_current_fn *each,
                                         void *context);
    enum store_result (*current_forget)(struct store *store, int64_t round, int64_t member);
    enum store_result (*revision_add)(struct store *store, int64_t index, int64_t before);
    enum store_result (*revision_before)(struct store *store, int64_t index, int64_t *before);
    enum store_result (*revisions_before)(struct store *store, const int64_t *indexes, size_t count,
                                          store_before_fn *each, void *context);
    enum store_result (*panel_each)(struct store *store, store_panel_fn *each, void *context);
    enum store_result (*document_each)(struct store *store, store_document_fn *each, void *context);
    enum store_result (*request_each)(struct store *store, store_request_fn *each, void *context);
    enum store_result (*revision_each)(struct store *store, store_revision_fn *each, void *context);
    enum store_result (*mark_filling)(struct store *store, bool filling);
};

/* What a backend's function for a row needs to call the visitor that a walk was given. */
struct visit {
    union {
        store_member_fn *on_member;
        store_action_fn *on_action;
        store_round_fn *on_round;
        store_token_fn *on_token;
        store_counted_fn *on_counted;
        store_counts_fn *on_counts;
        store_entry_fn *on_entry;
        store_invitation_fn *on_invitation;
        store_handout_fn *on_handout;
        store_current_fn *on_current;
        store_erasure_fn *on_erasure;
        store_erased_fn *on_erased;
        store_before_fn *on_before;
        store_event_fn *on_event;
        store_wish_fn *on_wish;
        store_release_fn *on_release;
        store_release_file_fn *on_file;
        store_access_fn *on_access;
        store_panel_fn *on_panel;
        store_document_fn *on_document;
        store_request_fn *on_request;
        store_revision_fn *on_revision;
    } each;
    void *context;
};

#endif
