/* Numbers to people and back. */
#include "tests/bench/crowd.h"
#include "crypto/crypto.h"
#include "tests/bench/kit.h"
#include <stdio.h>
#include <stdlib.h>

static size_t sittings_of_one(const struct crowd *crowd)
{
    return (crowd->actions + CROWD_SITTING - 1) / CROWD_SITTING;
}

size_t crowd_sittings(const struct crowd *crowd)
{
    return crowd->members * sittings_of_one(crowd);
}

struct sitting crowd_sitting(const struct crowd *crowd, size_t number)
{
    size_t each = sittings_of_one(crowd), first = number % each * CROWD_SITTING, left = crowd->actions - first;
    return (struct sitting){
        .member = number / each, .first = first, .count = left < CROWD_SITTING ? left : CROWD_SITTING};
}

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint32_t *crowd_shuffle(size_t count, uint64_t seed)
{
    uint32_t *list = calloc(count, sizeof *list);
    if (!list || count > UINT32_MAX)
        bench_give_up("memory");
    for (size_t i = 0; i < count; i++) {
        size_t j = (size_t)(next_random(&seed) % (i + 1));
        list[i] = list[j];
        list[j] = (uint32_t)i;
    }
    return list;
}

struct secret_key *crowd_key(size_t member)
{
    uint8_t seed[SHA256_BYTES];
    crypto_sha256(&member, sizeof member, seed);
    struct secret_key *key = secret_key_from_seed(seed);
    if (!key)
        bench_give_up("guarded memory for a key");
    return key;
}

static void action_id(size_t action, char id[static 32])
{
    snprintf(id, 32, "A-%05zu", 1 + action);
}

void crowd_put_response(struct buf *out, const struct secret_key *key, size_t member, size_t action, int64_t revision)
{
    char id[32];
    uint64_t mixed = member * UINT64_C(65536) + action + ((uint64_t)revision << 48);
    action_id(action, id);
    bench_put_response_to(out, key, id, revision, (unsigned)(next_random(&mixed) >> 32));
}

void crowd_put_actions(struct buf *out, const struct crowd *crowd)
{
    buf_put_text(out, "id,title,track,lead,related,status\n");
    for (size_t i = 0; i < crowd->actions; i++) {
        char id[32];
        action_id(i, id);
        buf_printf(out, "%s,Brieven en formulieren begrijpelijk maken (%zu),%zu Toegang,BZK,,running\n", id, 1 + i,
                   1 + i % 6);
    }
}
