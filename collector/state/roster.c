/* Members in chunks that never move, found by their thumbprint through an index. A thumbprint is the SHA-256 of a key
 * that enrolled with an invitation, so it serves as the hash as it is. It is kept: to work it out from the key that may
 * be the one takes longer than all the rest of a look-up. One lock for readers and the writer, which the writer holds
 * for moments: what is large is made aside. */
#include "collector/state/roster.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/mem.h"
#include "crypto/base64url.h"
#include <pthread.h>
#include <string.h>

#define CHUNK_MEMBERS 1024

struct entry {
    uint8_t thumbprint[SHA256_BYTES]; /* of who was erased: its hash */
    bool erased;
    struct roster_member member;
};

struct chunk {
    struct entry entries[CHUNK_MEMBERS];
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
static struct entry *entry_at(const struct roster *roster, size_t number)
{
    return &roster->chunks[(number - 1) / CHUNK_MEMBERS]->entries[(number - 1) % CHUNK_MEMBERS];
}

static bool entry_has_thumbprint(const void *roster, uint32_t number, const void *thumbprint)
{
    return memcmp(entry_at(roster, number)->thumbprint, thumbprint, SHA256_BYTES) == 0;
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

/* Takes a member's place, which later ones count on, or wipes what is in it. What it was found by is found no more; it
 * is entered anew under the hash of its kid, by which it is known that it was there. */
static void put_erased_member(struct roster *roster, const struct store_member *member)
{
    struct entry erased = {.member = {.number = member->number, .index = member->index}, .erased = true};
    memcpy(erased.thumbprint, member->kid_hash, SHA256_BYTES);
    pthread_rwlock_wrlock(&roster->lock);
    size_t place = (size_t)member->number;
    if (place > roster->count)
        place = ++roster->count;
    bool is_known = entry_at(roster, place)->erased;
    *entry_at(roster, place) = erased;
    if (!is_known)
        hash_put(&roster->index, hash_digest(erased.thumbprint), (uint32_t)place);
    pthread_rwlock_unlock(&roster->lock);
}

void roster_add(struct roster *roster, const struct store_member *member)
{
    if (member->erased) {
        put_erased_member(roster, member);
        return;
    }
    char kid[KID_SIZE];
    uint8_t thumbprint[SHA256_BYTES];
    key_thumbprint(member->public_key, kid);
    if (base64url_decode_exactly(kid, KID_LENGTH, thumbprint, sizeof thumbprint) < 0)
        return; /* a thumbprint is always 32 bytes */
    uint64_t hash = hash_digest(thumbprint);
    pthread_rwlock_wrlock(&roster->lock);
    uint32_t number = hash_find(&roster->index, hash, entry_has_thumbprint, roster, thumbprint);
    if (number == 0) {
        number = (uint32_t)++roster->count;
        hash_put(&roster->index, hash, number);
        struct entry *new = entry_at(roster, number);
        memcpy(new->thumbprint, thumbprint, sizeof thumbprint);
        new->member.number = member->number;
        new->member.index = member->index;
        memcpy(new->member.public_key, member->public_key, KEY_BYTES);
    }
    entry_at(roster, number)->member.revoked = member->revoked_at != 0;
    pthread_rwlock_unlock(&roster->lock);
}

/* The place of the entry under these 32 bytes, which was erased or not; 0: there is none. With the lock held. */
static uint32_t find_entry(const struct roster *roster, const uint8_t key[static SHA256_BYTES], bool erased)
{
    uint32_t number = hash_find(&roster->index, hash_digest(key), entry_has_thumbprint, roster, key);
    return number != 0 && entry_at(roster, number)->erased == erased ? number : 0;
}

bool roster_find(struct roster *roster, const char kid[static KID_SIZE], struct roster_member *out)
{
    uint8_t thumbprint[SHA256_BYTES];
    if (base64url_decode_exactly(kid, strlen(kid), thumbprint, sizeof thumbprint) < 0)
        return false;
    pthread_rwlock_rdlock(&roster->lock);
    uint32_t number = find_entry(roster, thumbprint, false);
    if (number != 0)
        *out = entry_at(roster, number)->member;
    pthread_rwlock_unlock(&roster->lock);
    return number != 0;
}

bool roster_was_erased(struct roster *roster, const char kid[static KID_SIZE])
{
    uint8_t hash[SHA256_BYTES];
    crypto_sha256(kid, strlen(kid), hash);
    pthread_rwlock_rdlock(&roster->lock);
    bool was = find_entry(roster, hash, true) != 0;
    pthread_rwlock_unlock(&roster->lock);
    return was;
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
