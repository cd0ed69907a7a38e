/* Members in chunks that never move, found by their thumbprint through an index. A thumbprint is the SHA-256 of a key
 * that enrolled with an invitation, so it serves as the hash as it is; it is not kept, but worked out from the key that
 * may be the one. One lock for readers and the writer, which the writer holds for moments: what is large is made
 * aside. */
#include "collector/state/roster.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/mem.h"
#include "crypto/base64url.h"
#include <pthread.h>
#include <string.h>

#define CHUNK_MEMBERS 1024

struct chunk {
    struct roster_member members[CHUNK_MEMBERS];
};

struct roster {
    pthread_rwlock_t lock;
    struct hash index; /* of the members, by thumbprint */
    struct chunk **chunks;
    size_t chunk_count, chunk_capacity;
    size_t count;
};

struct roster *roster_new(void)
{
    struct roster *roster = mem_calloc(1, sizeof *roster);
    if (!roster || pthread_rwlock_init(&roster->lock, NULL) != 0) {
        mem_free(roster);
        return NULL;
    }
    hash_init(&roster->index);
    return roster;
}

void roster_free(struct roster *roster)
{
    if (!roster)
        return;
    while (roster->chunk_count > 0)
        mem_free(roster->chunks[--roster->chunk_count]);
    mem_free(roster->chunks);
    hash_wipe(&roster->index);
    pthread_rwlock_destroy(&roster->lock);
    mem_free(roster);
}

/* The member in place `number` - 1, in the order in which they were added. */
static struct roster_member *member_at(const struct roster *roster, size_t number)
{
    return &roster->chunks[(number - 1) / CHUNK_MEMBERS]->members[(number - 1) % CHUNK_MEMBERS];
}

static bool has_key(const void *roster, uint32_t number, const void *key)
{
    return memcmp(member_at(roster, number)->public_key, key, KEY_BYTES) == 0;
}

static bool has_kid(const void *roster, uint32_t number, const void *kid)
{
    char own[KID_SIZE];
    key_thumbprint(member_at(roster, number)->public_key, own);
    return memcmp(own, kid, KID_LENGTH) == 0;
}

/* Making room. */

/* One chunk more. The list of them may move, so the lock is held for that. */
static int add_chunk(struct roster *roster)
{
    struct chunk *chunk = mem_calloc(1, sizeof *chunk);
    if (!chunk)
        return -1;
    pthread_rwlock_wrlock(&roster->lock);
    struct chunk **chunks =
        list_grow(roster->chunks, roster->chunk_count, &roster->chunk_capacity, sizeof(struct chunk *));
    if (chunks) {
        roster->chunks = chunks;
        chunks[roster->chunk_count++] = chunk;
    }
    pthread_rwlock_unlock(&roster->lock);
    if (!chunks)
        mem_free(chunk);
    return chunks ? 0 : -1;
}

/* A larger index, made beside the one that is being read. */
static int grow_index(struct roster *roster, size_t count)
{
    struct hash larger;
    if (hash_copy(&roster->index, count, &larger) < 0)
        return -1;
    pthread_rwlock_wrlock(&roster->lock);
    struct hash old = roster->index;
    roster->index = larger;
    pthread_rwlock_unlock(&roster->lock);
    hash_wipe(&old);
    return 0;
}

int roster_reserve(struct roster *roster, size_t count)
{
    while (roster->chunk_count * CHUNK_MEMBERS < roster->count + count)
        if (add_chunk(roster) < 0)
            return -1;
    return hash_has_room(&roster->index, count) ? 0 : grow_index(roster, count);
}

/* From outside. */

void roster_add(struct roster *roster, const struct store_member *member)
{
    char kid[KID_SIZE];
    uint8_t thumbprint[SHA256_BYTES];
    key_thumbprint(member->public_key, kid);
    if (base64url_decode_exactly(kid, KID_LENGTH, thumbprint, sizeof thumbprint) < 0)
        return; /* a thumbprint is always 32 bytes */
    uint64_t hash = hash_digest(thumbprint);
    pthread_rwlock_wrlock(&roster->lock);
    uint32_t number = hash_find(&roster->index, hash, has_key, roster, member->public_key);
    if (number == 0) {
        number = (uint32_t)++roster->count;
        hash_put(&roster->index, hash, number);
        struct roster_member *new = member_at(roster, number);
        new->number = member->number;
        new->index = member->index;
        memcpy(new->public_key, member->public_key, KEY_BYTES);
    }
    member_at(roster, number)->revoked = member->revoked_at != 0;
    pthread_rwlock_unlock(&roster->lock);
}

bool roster_find(struct roster *roster, const char kid[static KID_SIZE], struct roster_member *out)
{
    uint8_t thumbprint[SHA256_BYTES];
    if (base64url_decode_exactly(kid, strlen(kid), thumbprint, sizeof thumbprint) < 0)
        return false;
    pthread_rwlock_rdlock(&roster->lock);
    uint32_t number = hash_find(&roster->index, hash_digest(thumbprint), has_kid, roster, kid);
    if (number != 0)
        *out = *member_at(roster, number);
    pthread_rwlock_unlock(&roster->lock);
    return number != 0;
}

struct loading {
    struct roster *roster;
    struct error *error;
};

static int load_member(void *context, const struct store_member *member)
{
    const struct loading *loading = context;
    if (roster_reserve(loading->roster, 1) < 0)
        return error_no_memory(loading->error);
    roster_add(loading->roster, member);
    return 0;
}

int roster_load(struct roster *roster, struct store *store, int64_t *since, struct error *error)
{
    struct loading loading = {roster, error};
    return store_member_changes(store, since, load_member, &loading) == STORE_OK ? 0 : store_fail(store, error);
}

size_t roster_count(struct roster *roster)
{
    pthread_rwlock_rdlock(&roster->lock);
    size_t count = roster->count;
    pthread_rwlock_unlock(&roster->lock);
    return count;
}
