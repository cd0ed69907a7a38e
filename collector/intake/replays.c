/* A ring in the order of arrival, from which the oldest goes when its time is over, looked through from end to end:
 * these requests are few, and a look at each of thousands is microseconds. */
#include "collector/intake/replays.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 16

struct remembered {
    uint8_t name[NAME_BYTES];
    int64_t until;
};

struct replays {
    pthread_mutex_t lock;
    int64_t seconds;
    size_t most, first, count;
    struct remembered ring[];
};

struct replays *replays_new(size_t most, int64_t seconds)
{
    struct replays *replays = mem_calloc(1, sizeof *replays + most * sizeof replays->ring[0]);
    if (!replays || pthread_mutex_init(&replays->lock, NULL) != 0) {
        mem_free(replays);
        return NULL;
    }
    replays->most = most;
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

static void name_request(const char *kid, const char *jti, uint8_t name[static NAME_BYTES])
{
    char text[128];
    uint8_t hash[SHA256_BYTES];
    int len = snprintf(text, sizeof text, "%s %s", kid, jti);
    crypto_sha256(text, len < 0 ? 0 : strlen(text), hash);
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

static bool is_remembered(struct replays *replays, const uint8_t name[static NAME_BYTES])
{
    for (size_t i = 0; i < replays->count; i++)
        if (memcmp(remembered_at(replays, i)->name, name, NAME_BYTES) == 0)
            return true;
    return false;
}

/* With the lock held. */
static enum replay note_name(struct replays *replays, const uint8_t name[static NAME_BYTES], int64_t now)
{
    forget_old(replays, now);
    if (is_remembered(replays, name))
        return REPLAY_SEEN;
    if (replays->count == replays->most)
        return REPLAY_FULL;
    struct remembered *place = remembered_at(replays, replays->count++);
    memcpy(place->name, name, NAME_BYTES);
    place->until = now + replays->seconds;
    return REPLAY_NEW;
}

enum replay replays_note(struct replays *replays, const char *kid, const char *jti, int64_t now)
{
    uint8_t name[NAME_BYTES];
    name_request(kid, jti, name);
    pthread_mutex_lock(&replays->lock);
    enum replay result = note_name(replays, name, now);
    pthread_mutex_unlock(&replays->lock);
    return result;
}
