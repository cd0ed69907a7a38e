/* A list found by its places. */
#include "collector/store/postgres/placed.h"
#include "base/list.h"
#include "base/mem.h"

struct placed_counts {
    int64_t place, size;
};

static void forget_tiles(struct placed *placed)
{
    for (int level = 0; level < TILE_LEVELS; level++)
        placed->tiles[level] = (struct last_tile){.index = -1};
}

void placed_init(struct placed *placed)
{
    *placed = (struct placed){0};
    hash_init(&placed->index);
    forget_tiles(placed);
}

void placed_forget(struct placed *placed)
{
    mem_free(placed->list);
    hash_wipe(&placed->index);
    placed_init(placed);
}

static bool is_of_place(const void *context, uint32_t number, const void *place)
{
    const struct placed *placed = context;
    return placed->list[number - 1].place == *(const int64_t *)place;
}

static uint32_t pg_find_place(const struct placed *placed, int64_t place)
{
    return hash_find(&placed->index, hash_integers(place, 0, 0), is_of_place, placed, &place);
}

int placed_note(struct placed *placed, int64_t place, int64_t size)
{
    uint32_t number = pg_find_place(placed, place);
    if (number != 0) {
        placed->list[number - 1].size = size;
        return 0;
    }
    struct placed_counts *list = list_grow(placed->list, placed->count, &placed->capacity, sizeof *list);
    if (!list)
        return -1;
    placed->list = list;
    if (hash_reserve(&placed->index, 1) < 0)
        return -1;
    list[placed->count++] = (struct placed_counts){place, size};
    hash_put(&placed->index, hash_integers(place, 0, 0), (uint32_t)placed->count);
    return 0;
}

int64_t placed_size(const struct placed *placed, int64_t place)
{
    uint32_t number = pg_find_place(placed, place);
    return number != 0 ? placed->list[number - 1].size : -1;
}
