/* Verbs of invitations, each on its way to the backend. */
#include "collector/store/backend.h"

enum store_result store_invitation_add(struct store *store, int64_t number, const uint8_t hash[static SHA256_BYTES])
{
    return store->ops->invitation_add(store, number, hash);
}

enum store_result store_invitation_find(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                        struct store_invitation *out)
{
    return store->ops->invitation_find(store, hash, out);
}

enum store_result store_invitation_mark(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                        const struct store_invitation *now)
{
    return store->ops->invitation_mark(store, hash, now);
}

enum store_result store_invitation_count(struct store *store, struct invitation_counts *out)
{
    return store->ops->invitation_count(store, out);
}

enum store_result store_invitation_each(struct store *store, store_invitation_fn *each, void *context)
{
    return store->ops->invitation_each(store, each, context);
}

enum store_result store_handout_last(struct store *store, int64_t *last)
{
    return store->ops->handout_last(store, last);
}

enum store_result store_handout_begin(struct store *store, int64_t last, int64_t since)
{
    return store->ops->handout_begin(store, last, since);
}

enum store_result store_handout_add(struct store *store, int64_t last, const struct store_numbered *list, size_t count)
{
    return store->ops->handout_add(store, last, list, count);
}

enum store_result store_handout_open(struct store *store, int64_t last)
{
    return store->ops->handout_open(store, last);
}

enum store_result store_handout_close(struct store *store, int64_t last)
{
    return store->ops->handout_close(store, last);
}

enum store_result store_handout_clear(struct store *store, int64_t last, unsigned part)
{
    return store->ops->handout_clear(store, last, part);
}

enum store_result store_handout_end(struct store *store, int64_t last)
{
    return store->ops->handout_end(store, last);
}

enum store_result store_handout_each(struct store *store, store_handout_fn *each, void *context)
{
    return store->ops->handout_each(store, each, context);
}
