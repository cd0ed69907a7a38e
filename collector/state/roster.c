/* An open-addressing table keyed by the thumbprint's bytes. These are SHA-256 values of keys that enrolled with an
 * invitation, so the first eight serve as the hash as they are. One lock for readers and the writer: a look-up holds it
 * for some tens of nanoseconds. */
#include "collector/state/roster.h"
#include "base/mem.h"
#include "crypto/base64url.h"
#include <pthread.h>
#include <string.h>

struct slot {
    uint8_t thumbprint[SHA256_BYTES];
    struct store_member member; /* number 0: an empty slot */
};

struct roster {
    pthread_rwlock_t lock;
    struct slot *slots;
    size_t size; /* a power of two */
    size_t count;
};

#define SMALLEST 1024

struct roster *roster_new(void)
{
    struct roster *roster = mem_calloc(1, sizeof *roster);
    if (!roster)
        return NULL;
    roster->slots = mem_calloc(SMALLEST, sizeof *roster->slots);
    if (!roster->slots || pthread_rwlock_init(&roster->lock, NULL) != 0) {
        mem_free(roster->slots);
        mem_free(roster);
        return NULL;
    }
    roster->size = SMALLEST;
    return roster;
}

void roster_free(struct roster *roster)
{
    if (!roster)
        return;
    pthread_rwlock_destroy(&roster->lock);
    mem_free(roster->slots);
    mem_free(roster);
}

/* The slot that holds this thumbprint, or the empty one where it would go. */
static struct slot *probe(struct slot *slots, size_t size, const uint8_t *thumbprint)
{
    uint64_t hash;
    memcpy(&hash, thumbprint, sizeof hash);
    size_t i = (size_t)hash & (size - 1);
    while (slots[i].member.number != 0 && memcmp(slots[i].thumbprint, thumbprint, SHA256_BYTES) != 0)
        i = (i + 1) & (size - 1);
    return &slots[i];
}

int roster_reserve(struct roster *roster, size_t count)
{
    size_t size = roster->size;
    while ((roster->count + count) * 2 > size)
        size *= 2;
    if (size == roster->size)
        return 0;
    struct slot *slots = mem_calloc(size, sizeof *slots);
    if (!slots)
        return -1;
    for (size_t i = 0; i < roster->size; i++)
        if (roster->slots[i].member.number != 0)
            *probe(slots, size, roster->slots[i].thumbprint) = roster->slots[i];
    pthread_rwlock_wrlock(&roster->lock);
    struct slot *old = roster->slots;
    roster->slots = slots;
    roster->size = size;
    pthread_rwlock_unlock(&roster->lock);
    mem_free(old);
    return 0;
}

void roster_add(struct roster *roster, const struct store_member *member)
{
    char kid[KID_SIZE];
    uint8_t thumbprint[SHA256_BYTES];
    key_thumbprint(member->public_key, kid);
    if (base64url_decode_exactly(kid, KID_LENGTH, thumbprint, sizeof thumbprint) != 0)
        return; /* a thumbprint is always 32 bytes */
    pthread_rwlock_wrlock(&roster->lock);
    struct slot *slot = probe(roster->slots, roster->size, thumbprint);
    if (slot->member.number == 0)
        roster->count++;
    memcpy(slot->thumbprint, thumbprint, sizeof thumbprint);
    slot->member = *member;
    pthread_rwlock_unlock(&roster->lock);
}

bool roster_find(struct roster *roster, const char kid[static KID_SIZE], struct store_member *out)
{
    uint8_t thumbprint[SHA256_BYTES];
    if (base64url_decode_exactly(kid, strlen(kid), thumbprint, sizeof thumbprint) != 0)
        return false;
    pthread_rwlock_rdlock(&roster->lock);
    const struct slot *slot = probe(roster->slots, roster->size, thumbprint);
    bool found = slot->member.number != 0;
    if (found)
        *out = slot->member;
    pthread_rwlock_unlock(&roster->lock);
    return found;
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
