/* Ids are numbered as they are first seen, and keep their number whatever is imported later. */
#include "collector/audit/history.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include <string.h>

/* Ids in the order in which they came. */
struct names {
    char **list;
    size_t count, capacity;
    struct hash by_id; /* places in `list`, from 1 */
};

/* A pair of documents that was in force. */
struct pair {
    uint8_t context[SHA256_BYTES];
    int64_t until; /* INT64_MAX: it still is */
};

struct closing {
    int64_t index; /* of the event; -1: the round is not closed */
    int64_t when;
};

struct history {
    struct law *law;
    struct names rounds, actions;
    struct closing *closings; /* by number of round - 1 */
    size_t closing_count, closing_capacity;
    struct pair *pairs;
    size_t pair_count, pair_capacity;
};

/* Names. */

static void wipe_names(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        mem_free(names->list[i]);
    mem_free(names->list);
    hash_wipe(&names->by_id);
}

static uint64_t hash_id(const char *id)
{
    uint8_t digest[SHA256_BYTES];
    crypto_sha256(id, strlen(id), digest);
    return hash_digest(digest);
}

static bool has_id(const void *context, uint32_t number, const void *key)
{
    const struct names *names = context;
    return strcmp(names->list[number - 1], key) == 0;
}

static uint32_t find_name(const struct names *names, const char *id)
{
    return hash_find(&names->by_id, hash_id(id), has_id, names, id);
}

/* Its number, also when it is new; 0: no memory. */
static uint32_t number_name(struct names *names, const char *id)
{
    uint32_t known = find_name(names, id);
    if (known != 0)
        return known;
    char **list = list_grow(names->list, names->count, &names->capacity, sizeof *list);
    if (!list)
        return 0;
    names->list = list;
    if (hash_reserve(&names->by_id, 1) < 0 || (list[names->count] = mem_copy_text(id, strlen(id))) == NULL)
        return 0;
    hash_put(&names->by_id, hash_id(id), (uint32_t)++names->count);
    return (uint32_t)names->count;
}

static const char *name_of(const struct names *names, int64_t number)
{
    return number >= 1 && (uint64_t)number <= names->count ? names->list[number - 1] : NULL;
}

/* Laws. */

static void destroy_law(void *value)
{
    struct law *law = value;
    catalogue_release(law->catalogue);
    mem_free(law->rounds);
    mem_free(law->actions);
    mem_free(law);
}

struct law *law_hold(struct law *law)
{
    return counted_hold(law);
}

void law_release(struct law *law)
{
    counted_release(law);
}

static int number_law(struct history *history, struct law *law)
{
    const struct panel *panel = law->catalogue->panel;
    const struct action_list *actions = law->catalogue->actions;
    law->rounds = mem_calloc(panel->round_count, sizeof *law->rounds);
    law->actions = mem_calloc(actions->count, sizeof *law->actions);
    if (!law->rounds || !law->actions)
        return -1;
    for (size_t i = 0; i < panel->round_count; i++)
        if ((law->rounds[i] = number_name(&history->rounds, panel->rounds[i].id)) == 0)
            return -1;
    for (size_t i = 0; i < actions->count; i++)
        if ((law->actions[i] = number_name(&history->actions, actions->list[i].id)) == 0)
            return -1;
    return 0;
}

static struct law *make_law(struct history *history, const struct enactment *next)
{
    struct catalogue *catalogue = catalogue_new(next->panel, next->actions);
    struct law *law = catalogue ? mem_calloc(1, sizeof *law) : NULL;
    if (!law) {
        catalogue_release(catalogue);
        return NULL;
    }
    counted_init(&law->counted, destroy_law);
    buf_put(&catalogue->definition, buf_text(next->definition), next->definition->len);
    law->catalogue = catalogue;
    law->is_older = next->is_older;
    law->has_list = next->list_hash != NULL;
    memcpy(law->panel, next->panel_hash, SHA256_BYTES);
    if (law->has_list)
        memcpy(law->list, next->list_hash, SHA256_BYTES);
    if (buf_check(&catalogue->definition) == 0 && number_law(history, law) == 0)
        return law;
    law_release(law);
    return NULL;
}

/* The history. */

struct history *history_new(void)
{
    struct history *history = mem_calloc(1, sizeof *history);
    if (!history)
        return NULL;
    hash_init(&history->rounds.by_id);
    hash_init(&history->actions.by_id);
    return history;
}

void history_free(struct history *history)
{
    if (!history)
        return;
    law_release(history->law);
    wipe_names(&history->rounds);
    wipe_names(&history->actions);
    mem_free(history->closings);
    mem_free(history->pairs);
    mem_free(history);
}

static int reserve_closings(struct history *history)
{
    while (history->closing_count < history->rounds.count) {
        struct closing *closings =
            list_grow(history->closings, history->closing_count, &history->closing_capacity, sizeof *closings);
        if (!closings)
            return -1;
        history->closings = closings;
        closings[history->closing_count++] = (struct closing){.index = -1};
    }
    return 0;
}

static int begin_pair(struct history *history, const struct law *law, int64_t when)
{
    struct pair *pairs = list_grow(history->pairs, history->pair_count, &history->pair_capacity, sizeof *pairs);
    uint8_t both[2 * SHA256_BYTES];
    if (!pairs)
        return -1;
    history->pairs = pairs;
    if (history->pair_count > 0 && pairs[history->pair_count - 1].until == INT64_MAX)
        pairs[history->pair_count - 1].until = when;
    if (!law->has_list)
        return 0;
    struct pair *pair = &pairs[history->pair_count++];
    memcpy(both, law->panel, SHA256_BYTES);
    memcpy(both + SHA256_BYTES, law->list, SHA256_BYTES);
    crypto_sha256(both, sizeof both, pair->context);
    pair->until = INT64_MAX;
    return 0;
}

int history_enact(struct history *history, const struct enactment *next)
{
    struct law *law = make_law(history, next);
    if (!law)
        return -1;
    if (reserve_closings(history) < 0 || begin_pair(history, law, next->when) < 0) {
        law_release(law);
        return -1;
    }
    law_release(history->law);
    history->law = law;
    return 0;
}

struct law *history_law(const struct history *history)
{
    return history->law;
}

bool history_had(const struct history *history, const uint8_t context[static SHA256_BYTES], int64_t since)
{
    for (size_t i = history->pair_count; i-- > 0;)
        if (history->pairs[i].until >= since && memcmp(history->pairs[i].context, context, SHA256_BYTES) == 0)
            return true;
    return false;
}

int64_t history_closed_by(const struct history *history, uint32_t round)
{
    return history->closings[round - 1].index;
}

void history_close(struct history *history, uint32_t round, int64_t index, int64_t when)
{
    history->closings[round - 1] = (struct closing){index, when};
}

bool history_reopen(struct history *history, uint32_t round, int64_t closes_at)
{
    struct closing *closing = &history->closings[round - 1];
    if (closing->index < 0 || closes_at <= closing->when)
        return false;
    closing->index = -1;
    return true;
}

uint32_t history_find_round(const struct history *history, const char *id)
{
    return find_name(&history->rounds, id);
}

uint32_t history_find_action(const struct history *history, const char *id)
{
    return find_name(&history->actions, id);
}

const char *history_round_id(const struct history *history, int64_t number)
{
    return name_of(&history->rounds, number);
}

const char *history_action_id(const struct history *history, int64_t number)
{
    return name_of(&history->actions, number);
}

uint32_t history_round_count(const struct history *history)
{
    return (uint32_t)history->rounds.count;
}

uint32_t history_action_count(const struct history *history)
{
    return (uint32_t)history->actions.count;
}
