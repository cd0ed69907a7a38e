/* For each key one moment: when all that it has taken will have been made good. Each that is taken moves it by the time
 * in which one is made good; it may be one window ahead. */
#include "collector/http/limiter.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include <pthread.h>
#include <string.h>

#define SET_SLOTS 8
#define SECOND_US INT64_C(1000000)
#define LINE_BYTES 8 /* of an IPv6 address: a /64 */
#define SITE_BYTES 6 /* a /48 */
#define SITE_TIMES 8 /* as many as a line */

struct slot {
    uint64_t key;
    int64_t good_at; /* microseconds; in the past: as if it had never been there */
};

struct limiter {
    pthread_mutex_t lock;
    uint8_t key[KEYED_HASH_KEY_BYTES];
    int64_t window; /* microseconds; so for `each` */
    int64_t each; /* in which one is made good */
    size_t sets; /* a power of two */
    struct slot slots[];
};

/* What an address counts as: itself, or its line and its site. */
struct bounds {
    size_t count;
    struct {
        uint64_t key;
        int64_t each;
    } list[2];
};

struct limiter *limiter_new(unsigned most, unsigned seconds, size_t addresses)
{
    size_t sets = 1;
    while (sets * SET_SLOTS < addresses)
        sets *= 2;
    struct limiter *limiter = mem_calloc(1, sizeof *limiter + sets * SET_SLOTS * sizeof limiter->slots[0]);
    if (!limiter)
        return NULL;
    pthread_mutex_init(&limiter->lock, NULL);
    crypto_random(limiter->key, sizeof limiter->key);
    limiter->window = seconds * SECOND_US;
    limiter->each = limiter->window / most;
    limiter->sets = sets;
    return limiter;
}

void limiter_free(struct limiter *limiter)
{
    if (limiter)
        pthread_mutex_destroy(&limiter->lock);
    mem_free(limiter);
}

static struct bounds bounds_of(const struct limiter *limiter, const struct address *address)
{
    struct bounds bounds = {.count = 2};
    bounds.list[0].each = limiter->each;
    if (address_is_v4(address)) {
        bounds.count = 1;
        bounds.list[0].key = crypto_keyed_hash(limiter->key, address->bytes, ADDRESS_BYTES);
        return bounds;
    }
    bounds.list[0].key = crypto_keyed_hash(limiter->key, address->bytes, LINE_BYTES);
    bounds.list[1].key = crypto_keyed_hash(limiter->key, address->bytes, SITE_BYTES);
    bounds.list[1].each = limiter->each / SITE_TIMES;
    return bounds;
}

/* The key's own slot, or of its set the one that is made good first. */
static struct slot *find_address_slot(struct limiter *limiter, uint64_t key)
{
    struct slot *set = &limiter->slots[((size_t)key & (limiter->sets - 1)) * SET_SLOTS], *best = set;
    for (size_t i = 0; i < SET_SLOTS; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].good_at < best->good_at)
            best = &set[i];
    }
    return best;
}

/* When it will be good, were one more taken now. A clock that went back holds nobody for longer than a window. */
static int64_t good_after(const struct limiter *limiter, const struct slot *slot, uint64_t key, int64_t each,
                          int64_t now)
{
    int64_t good = slot->key == key && slot->good_at > now ? slot->good_at : now;
    int64_t most = now + limiter->window;
    return (good < most ? good : most) + each;
}

static int64_t take_all(struct limiter *limiter, const struct bounds *bounds, int64_t now)
{
    int64_t wait = 0;
    for (size_t i = 0; i < bounds->count; i++) {
        uint64_t key = bounds->list[i].key;
        int64_t over = good_after(limiter, find_address_slot(limiter, key), key, bounds->list[i].each, now) - now;
        if (over - limiter->window > wait)
            wait = over - limiter->window;
    }
    for (size_t i = 0; i < bounds->count && wait == 0; i++) {
        uint64_t key = bounds->list[i].key;
        struct slot *slot = find_address_slot(limiter, key);
        *slot = (struct slot){key, good_after(limiter, slot, key, bounds->list[i].each, now)};
    }
    return (wait + SECOND_US - 1) / SECOND_US;
}

int64_t limiter_take(struct limiter *limiter, const struct address *address, int64_t now)
{
    if (!limiter)
        return 0;
    const struct bounds bounds = bounds_of(limiter, address);
    pthread_mutex_lock(&limiter->lock);
    int64_t wait = take_all(limiter, &bounds, now);
    pthread_mutex_unlock(&limiter->lock);
    return wait;
}

void limiter_give_back(struct limiter *limiter, const struct address *address)
{
    if (!limiter)
        return;
    const struct bounds bounds = bounds_of(limiter, address);
    pthread_mutex_lock(&limiter->lock);
    for (size_t i = 0; i < bounds.count; i++) {
        struct slot *slot = find_address_slot(limiter, bounds.list[i].key);
        if (slot->key == bounds.list[i].key)
            slot->good_at -= bounds.list[i].each;
    }
    pthread_mutex_unlock(&limiter->lock);
}
