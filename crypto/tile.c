/* Tiles: how the store keeps the tree and how anyone fetches it. */
#include "crypto/tile.h"
#include "crypto/line.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define GROUP 1000 /* N is written in groups of three digits */
#define LEVEL_MAX 63 /* of a path */

/* Takes three digits from the front of `rest` as one more group of `number`. */
static int take_group(struct line *rest, uint64_t *number)
{
    unsigned group = 0;
    if (rest->len < 3)
        return -1;
    for (int i = 0; i < 3; i++, rest->text++, rest->len--) {
        if (*rest->text < '0' || *rest->text > '9')
            return -1;
        group = group * 10 + (unsigned)(*rest->text - '0');
    }
    if (__builtin_mul_overflow(*number, GROUP, number) || __builtin_add_overflow(*number, group, number))
        return -1;
    return 0;
}

/* All groups but the last stand as x123/. None of these begins the number with x000, which would be a second way to
 * write it. */
static int parse_index(struct line rest, uint64_t *out)
{
    uint64_t number = 0;
    while (line_skip(&rest, "x")) {
        if (take_group(&rest, &number) < 0 || number == 0 || !line_skip(&rest, "/"))
            return -1;
    }
    if (take_group(&rest, &number) < 0 || rest.len != 0)
        return -1;
    *out = number;
    return 0;
}

/* Takes what stands before `mark`, and the mark, from the front of `rest`; all of it, and *found false, where there is
 * none. */
static struct line take_until(const char **rest, const char *mark, bool *found)
{
    const char *end = strstr(*rest, mark);
    struct line taken = {*rest, !end ? strlen(*rest) : (size_t)(end - *rest)};
    *found = end != NULL;
    *rest += taken.len + (*found ? strlen(mark) : 0);
    return taken;
}

int tile_parse(const char *path, struct tile *out)
{
    bool is_path, partial;
    uint64_t level, index, width = TILE_WIDTH;
    if (strncmp(path, "tile/", strlen("tile/")) != 0)
        return -1;
    const char *rest = path + strlen("tile/");
    struct line level_text = take_until(&rest, "/", &is_path);
    struct line index_text = take_until(&rest, ".p/", &partial);
    struct line width_text = {rest, strlen(rest)};
    if (!is_path || line_number(&level_text, &level) < 0 || level > LEVEL_MAX)
        return -1;
    if (parse_index(index_text, &index) < 0)
        return -1;
    if (partial && (line_number(&width_text, &width) < 0 || width == 0 || width >= TILE_WIDTH))
        return -1;
    *out = (struct tile){(unsigned)level, index, (unsigned)width};
    return 0;
}

void tile_format(const struct tile *tile, char path[static TILE_PATH_SIZE])
{
    uint64_t scale = 1;
    while (tile->index / scale >= GROUP)
        scale *= GROUP;
    int len = snprintf(path, TILE_PATH_SIZE, "tile/%u/", tile->level);
    for (; scale > 0; scale /= GROUP)
        len += snprintf(path + len, (size_t)(TILE_PATH_SIZE - len), scale > 1 ? "x%03u/" : "%03u",
                        (unsigned)(tile->index / scale % GROUP));
    if (tile->width < TILE_WIDTH)
        snprintf(path + len, (size_t)(TILE_PATH_SIZE - len), ".p/%u", tile->width);
}

unsigned tile_width_at(unsigned level, uint64_t index, uint64_t size)
{
    if (level >= TILE_LEVELS)
        return 0;
    uint64_t hashes = size >> (TILE_HEIGHT * level);
    if (index > hashes / TILE_WIDTH)
        return 0;
    uint64_t rest = hashes - index * TILE_WIDTH;
    return rest < TILE_WIDTH ? (unsigned)rest : TILE_WIDTH;
}

/* How a stored hash lies in its tile: the root over `count` hashes from `first` on. */
struct place {
    unsigned first, count;
};

static struct place place_of(unsigned level, uint64_t index)
{
    unsigned height = level % TILE_HEIGHT;
    unsigned slot = (unsigned)index & ((1U << (TILE_HEIGHT - height)) - 1);
    return (struct place){slot << height, 1U << height};
}

void tile_locate(unsigned level, uint64_t index, struct tile *out)
{
    struct place place = place_of(level, index);
    out->level = level / TILE_HEIGHT;
    out->index = index >> (TILE_HEIGHT - level % TILE_HEIGHT);
    out->width = place.first + place.count;
}

int tile_hash(const struct tile *tile, const struct merkle_hash *hashes, unsigned level, uint64_t index,
              struct merkle_hash *out)
{
    struct tile want;
    if (level >= MERKLE_LEVELS)
        return -1;
    tile_locate(level, index, &want);
    if (want.level != tile->level || want.index != tile->index || want.width > tile->width)
        return -1;
    struct place place = place_of(level, index);
    merkle_root(hashes + place.first, place.count, out);
    return 0;
}
