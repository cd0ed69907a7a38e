#include "tests/unit/collector/store/lying.h"
#include "collector/store/backend.h"
#include <criterion/criterion.h>
#include <string.h>

#define MAX 64 /* bytes or counters that are lied about */

static struct store_ops honest, lying;

static enum store_result forget_token(struct store *store, const struct store_token *token)
{
    (void)store, (void)token;
    return STORE_OK;
}

static enum store_result write_another_current(struct store *store, int64_t round, int64_t member, int64_t action,
                                               const struct store_current *current)
{
    struct store_current another = *current;
    another.replaced++;
    return honest.current_write(store, round, member, action, &another);
}

static enum store_result write_other_counts(struct store *store, int64_t round, int64_t action, const int64_t *counts,
                                            size_t slots)
{
    int64_t others[MAX];
    cr_assert(slots >= 2 && slots <= MAX);
    memcpy(others, counts, slots * sizeof *others);
    others[1]++;
    return honest.counts_write(store, round, action, others, slots);
}

/* The same bytes, but for the last. */
static void spoil_bytes(char out[static MAX], const void *bytes, size_t len)
{
    cr_assert(len > 0 && len <= MAX);
    memcpy(out, bytes, len);
    out[len - 1] ^= 1;
}

static enum store_result write_another_file(struct store *store, int64_t round, int64_t number, const char *name,
                                            const void *bytes, size_t len)
{
    char others[MAX];
    spoil_bytes(others, bytes, len);
    return honest.release_file_add(store, round, number, name, others, len);
}

static enum store_result append_another(struct store *store, int64_t index, const char *jws, size_t len)
{
    char others[MAX];
    if (len == 0)
        return honest.entry_append(store, index, jws, len); /* of an erased one there is nothing to lie about */
    spoil_bytes(others, jws, len);
    return honest.entry_append(store, index, others, len);
}

static enum store_result spoil_tile(struct store *store, unsigned level, uint64_t index,
                                    const struct merkle_hash *hashes, unsigned width)
{
    struct merkle_hash others[TILE_WIDTH];
    cr_assert(width > 0 && width <= TILE_WIDTH);
    memcpy(others, hashes, width * sizeof *others);
    others[0].bytes[31] ^= 1;
    return honest.tile_write(store, level, index, others, width);
}

static enum store_result write_other_leaves(struct store *store, unsigned level, uint64_t index,
                                            const struct merkle_hash *hashes, unsigned width)
{
    return level == 0 && index == 0 ? spoil_tile(store, level, index, hashes, width)
                                    : honest.tile_write(store, level, index, hashes, width);
}

static enum store_result write_another_inner_tile(struct store *store, unsigned level, uint64_t index,
                                                  const struct merkle_hash *hashes, unsigned width)
{
    return level == 1 ? spoil_tile(store, level, index, hashes, width)
                      : honest.tile_write(store, level, index, hashes, width);
}

static enum store_result write_another_key(struct store *store, const char *verifier)
{
    char other[MAX] = "";
    spoil_bytes(other, verifier, strlen(verifier));
    return honest.log_key_write(store, other);
}

static enum store_result erase_by_another(struct store *store, int64_t index, int64_t event)
{
    return honest.erased_add(store, index, event + 1);
}

static enum store_result write_another_panel(struct store *store, const char *json, size_t len, int64_t when)
{
    char other[MAX];
    spoil_bytes(other, json, len);
    return honest.panel_write(store, other, len, when);
}

static enum store_result add_another_round(struct store *store, int64_t number, const char *id)
{
    char other[MAX] = "";
    spoil_bytes(other, id, strlen(id));
    return honest.round_add(store, number, other);
}

static enum store_result write_another_action(struct store *store, const struct store_action *action, int64_t position)
{
    char title[MAX] = "";
    struct store_action other = *action;
    spoil_bytes(title, action->action.title, strlen(action->action.title));
    other.action.title = title;
    return honest.action_write(store, &other, position);
}

static enum store_result add_another_document(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                              const void *bytes, size_t len)
{
    char others[MAX];
    spoil_bytes(others, bytes, len);
    return honest.document_add(store, hash, others, len);
}

static enum store_result add_another_event(struct store *store, int64_t index, const char *kind)
{
    char other[MAX] = "";
    spoil_bytes(other, kind, strlen(kind));
    return honest.event_add(store, index, other);
}

static enum store_result add_another_member(struct store *store, const struct store_member *member)
{
    struct store_member other = *member;
    other.public_key[0] ^= 1;
    return honest.member_add(store, &other);
}

static enum store_result add_another_invitation(struct store *store, int64_t number,
                                                const uint8_t hash[static SHA256_BYTES])
{
    return honest.invitation_add(store, number + 1, hash);
}

static enum store_result add_another_revision(struct store *store, int64_t index, int64_t before)
{
    return honest.revision_add(store, index, before + 1);
}

static enum store_result add_another_request(struct store *store, const struct store_erasure *erasure)
{
    struct store_erasure other = *erasure;
    other.leaf.bytes[31] ^= 1;
    return honest.erasure_add(store, &other);
}

static enum store_result add_another_release(struct store *store, const struct store_release *release)
{
    struct store_release other = *release;
    other.root[0] ^= 1;
    return honest.release_add(store, &other);
}

static enum store_result add_another_wish(struct store *store, const struct store_wish *wish, int64_t *id)
{
    struct store_wish other = *wish;
    other.asked_at++;
    return honest.wish_add(store, &other, id);
}

static enum store_result add_another_read(struct store *store, const struct store_access *access)
{
    struct store_access other = *access;
    other.rows++;
    return honest.access_add(store, &other);
}

void store_lie(struct store *store, enum lie about)
{
    honest = lying = *store->ops;
    switch (about) {
    case LIE_TOKEN:
        lying.token_add = forget_token;
        break;
    case LIE_CURRENT:
        lying.current_write = write_another_current;
        break;
    case LIE_COUNTS:
        lying.counts_write = write_other_counts;
        break;
    case LIE_FILE:
        lying.release_file_add = write_another_file;
        break;
    case LIE_ENTRY:
        lying.entry_append = append_another;
        break;
    case LIE_LEAVES:
        lying.tile_write = write_other_leaves;
        break;
    case LIE_INNER_TILE:
        lying.tile_write = write_another_inner_tile;
        break;
    case LIE_KEY:
        lying.log_key_write = write_another_key;
        break;
    case LIE_ERASED:
        lying.erased_add = erase_by_another;
        break;
    case LIE_PANEL:
        lying.panel_write = write_another_panel;
        break;
    case LIE_ROUND:
        lying.round_add = add_another_round;
        break;
    case LIE_ACTION:
        lying.action_write = write_another_action;
        break;
    case LIE_DOCUMENT:
        lying.document_add = add_another_document;
        break;
    case LIE_EVENT:
        lying.event_add = add_another_event;
        break;
    case LIE_MEMBER:
        lying.member_add = add_another_member;
        break;
    case LIE_INVITATION:
        lying.invitation_add = add_another_invitation;
        break;
    case LIE_REVISION:
        lying.revision_add = add_another_revision;
        break;
    case LIE_REQUEST:
        lying.erasure_add = add_another_request;
        break;
    case LIE_RELEASE:
        lying.release_add = add_another_release;
        break;
    case LIE_WISH:
        lying.wish_add = add_another_wish;
        break;
    case LIE_READ:
        lying.access_add = add_another_read;
        break;
    case LIES:
        break;
    }
    store->ops = &lying;
}

static enum store_result note_nothing(struct store *store, int64_t id, int64_t entry, const char *outcome, int64_t when)
{
    (void)store, (void)id, (void)entry, (void)outcome, (void)when;
    return STORE_NONE;
}

void store_find_withdrawn(struct store *store, bool withdrawn)
{
    static const struct store_ops *before;
    if (withdrawn) {
        before = store->ops;
        lying = *before;
        lying.wish_done = note_nothing;
    }
    store->ops = withdrawn ? &lying : before;
}
