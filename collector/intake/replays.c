/* A ring, looked through from end to end: these requests are few, and a look at each of thousands is microseconds. One
 * that was taken back leaves its place to the next, so it is in the order of arrival but for those: what is over counts
 * for nothing wherever it stands, and goes when it is at the beginning. */
#include "collector/intake/replays.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#define NAME_BYTES 16
#define NOBODY 0 /* members are numbered from 1 */

struct remembered {
    uint8_t name[NAME_BYTES];
    int64_t member, until;
};

struct replays {
    pthread_mutex_t lock;
    int64_t seconds;
    size_t most, most_each, first, count;
    struct remembered ring[];
};

struct replays *replays_new(size_t most, size_t most_each, int64_t seconds)
{
    struct replays *replays = mem_calloc(1, sizeof *replays + most * sizeof replays->ring[0]);
    if (!replays || pthread_mutex_init(&replays->lock, NULL) != 0) {
        mem_free(replays);
        return NULL;
    }
    replays->most = most;
    replays->most_each = most_each;
    replays->seconds = seconds;
    return replays;
}

void replays_free(struct replays *replays)
{
    if (!replays)
        return;
    pthread_mutex_destroy(&replays->lock);
    mem_free(replays);
}

static void name_request(const char *jti, uint8_t name[static NAME_BYTES])
{
    uint8_t hash[SHA256_BYTES];
    crypto_sha256(jti, strlen(jti), hash);
    memcpy(name, hash, NAME_BYTES);
}

static struct remembered *remembered_at(struct replays *replays, size_t place)
{
    return &replays->ring[(replays->first + place) % replays->most];
}

static void forget_old(struct replays *replays, int64_t now)
{
    while (replays->count > 0 && remembered_at(replays, 0)->until <= now) {
        replays->first = (replays->first + 1) % replays->most;
        replays->count--;
    }
}

/* What there is of the member's: whether this request is among it, and how many there are. */
static bool is_remembered(struct replays *replays, int64_t member, const uint8_t name[static NAME_BYTES], int64_t now,
                          size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < replays->count; i++) {
        const struct remembered *one = remembered_at(replays, i);
        if (one->member != member || one->until <= now)
            continue;
        ++*count;
        if (memcmp(one->name, name, NAME_BYTES) == 0)
            return true;
    }
    return false;
}

/* The place of one that was taken back or is over, or else the next of the ring; NULL: there is no room. */
static struct remembered *find_room(struct replays *replays, int64_t now)
{
    for (size_t i = 0; i < replays->count; i++) {
        struct remembered *one = remembered_at(replays, i);
        if (one->member == NOBODY || one->until <= now)
            return one;
    }
    return replays->count < replays->most ? remembered_at(replays, replays->count++) : NULL;
}

/* With the lock held. */
static enum replay note_name(struct replays *replays, int64_t member, const uint8_t name[static NAME_BYTES],
                             int64_t now)
{
    size_t count;
    forget_old(replays, now);
    if (is_remembered(replays, member, name, now, &count))
        return REPLAY_SEEN;
    if (count >= replays->most_each)
        return REPLAY_TOO_MANY;
    struct remembered *place = find_room(replays, now);
    if (!place)
        return REPLAY_FULL;
    memcpy(place->name, name, NAME_BYTES);
    place->member = member;
    place->until = now + replays->seconds;
    return REPLAY_NEW;
}

void replays_take_back(struct replays *replays, int64_t member, const char *jti)
{
    uint8_t name[NAME_BYTES];
    name_request(jti, name);
    pthread_mutex_lock(&replays->lock);
    for (size_t i = 0; i < replays->count; i++) {
        struct remembered *one = remembered_at(replays, i);
        if (one->member == member && memcmp(one->name, name, NAME_BYTES) == 0)
            one->member = NOBODY;
    }
    pthread_mutex_unlock(&replays->lock);
}

enum replay replays_note(struct replays *replays, int64_t member, const char *jti, int64_t now)
{
    uint8_t name[NAME_BYTES];
    name_request(jti, name);
    pthread_mutex_lock(&replays->lock);
    enum replay result = note_name(replays, member, name, now);
    pthread_mutex_unlock(&replays->lock);
    return result;
}
