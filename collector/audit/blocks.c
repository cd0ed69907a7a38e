/* Of each place it is kept which response was current at which sizes: a few stretches of sizes. Each adds to
 * differences along the sizes, and each pair of stretches to differences in a square of sizes by earlier sizes; they
 * are summed up once, when they are asked for. All of that is cells of one spilled list, a block's one after another:
 * first the counters of each size, then the two squares. A stretch that lasts has no difference at its end. */
#include "collector/audit/blocks.h"
#include "base/mem.h"
#include "base/spill.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The response of the place at hand that was current at the sizes from `from` up to `to`. */
struct stretch {
    size_t from, to;
    size_t first, count; /* its slots in the pool */
};

struct block {
    bool is_there; /* somebody has answered */
    bool is_summed;
    uint64_t counts; /* its first cell: by size, a vector */
    uint64_t changed; /* a square: against whose earlier response, or none, it is fresh */
    uint64_t returned; /* the same, of those who had none and whose first one revises another */
};

struct blocks {
    struct scratch *scratch;
    struct spill *cells; /* int64_t */
    int64_t *sizes;
    size_t count, slots;
    bool *is_compared; /* by slot */
    struct block *list; /* by the action's number */
    size_t block_count;

    /* The place at hand. */
    int64_t action;
    bool has_last, begins_revised;
    struct stretch *stretches; /* as many as there are sizes, and one more: the last, which may be current at none */
    size_t stretch_count;
    uint16_t *pool;
    size_t pool_count, pool_capacity;
};

static void note_compared(struct blocks *blocks, const struct questionnaire *questionnaire,
                          const struct tally_layout *layout)
{
    for (size_t q = 0; q < layout->question_count; q++) {
        const struct question *question = &questionnaire->questions[q];
        for (size_t i = 0; question->type != QUESTION_TEXT && i <= question_option_count(question); i++)
            blocks->is_compared[layout->first[q] + i] = true;
    }
}

static int compare_sizes(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Ascending, each once. */
static void sort_sizes(struct blocks *blocks, size_t count)
{
    qsort(blocks->sizes, count, sizeof *blocks->sizes, compare_sizes);
    blocks->count = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || blocks->sizes[i] != blocks->sizes[i - 1])
            blocks->sizes[blocks->count++] = blocks->sizes[i];
}

struct blocks *blocks_new(struct scratch *scratch, size_t memory, const int64_t *sizes, size_t count,
                          const struct questionnaire *questionnaire, const struct tally_layout *layout)
{
    struct blocks *blocks = mem_calloc(1, sizeof *blocks);
    if (!blocks)
        return NULL;
    blocks->scratch = scratch;
    blocks->slots = layout->slots;
    blocks->cells = spill_new(scratch, sizeof(int64_t), memory);
    blocks->sizes = mem_calloc(count, sizeof *blocks->sizes);
    blocks->is_compared = mem_calloc(layout->slots, sizeof *blocks->is_compared);
    blocks->stretches = mem_calloc(count + 1, sizeof *blocks->stretches);
    if (!blocks->cells || !blocks->sizes || !blocks->is_compared || !blocks->stretches) {
        blocks_free(blocks);
        return NULL;
    }
    memcpy(blocks->sizes, sizes, count * sizeof *sizes);
    sort_sizes(blocks, count);
    note_compared(blocks, questionnaire, layout);
    return blocks;
}

void blocks_free(struct blocks *blocks)
{
    if (!blocks)
        return;
    spill_free(blocks->cells);
    mem_free(blocks->list);
    mem_free(blocks->sizes);
    mem_free(blocks->is_compared);
    mem_free(blocks->stretches);
    mem_free(blocks->pool);
    mem_free(blocks);
}

/* The first of the sizes that is above `index`. */
static size_t first_above(const struct blocks *blocks, int64_t index)
{
    size_t low = 0, high = blocks->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (blocks->sizes[middle] <= index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Taking. */

/* The last response is current up to that size: where that is at none, it is dropped. */
static void end_last(struct blocks *blocks, size_t to)
{
    struct stretch *last = &blocks->stretches[blocks->stretch_count];
    if (!blocks->has_last)
        return;
    last->to = to;
    if (last->from < to)
        blocks->stretch_count++;
    else
        blocks->pool_count = last->first;
    blocks->has_last = false;
}

static int reserve_pool(struct blocks *blocks, size_t more)
{
    size_t wanted = blocks->pool_count + more;
    if (wanted <= blocks->pool_capacity)
        return 0;
    uint16_t *pool = mem_resize(blocks->pool, 2 * wanted, sizeof *pool);
    if (!pool)
        return scratch_fail(blocks->scratch, ENOMEM);
    blocks->pool = pool;
    blocks->pool_capacity = 2 * wanted;
    return 0;
}

int blocks_take(struct blocks *blocks, const struct fold_current *response)
{
    size_t from = first_above(blocks, response->index);
    if (response->replaced < 0)
        blocks->begins_revised = response->revision > 1;
    end_last(blocks, from);
    if (reserve_pool(blocks, response->slot_count) < 0)
        return -1;
    blocks->action = response->action;
    blocks->stretches[blocks->stretch_count] =
        (struct stretch){.from = from, .first = blocks->pool_count, .count = response->slot_count};
    memcpy(blocks->pool + blocks->pool_count, response->slots, response->slot_count * sizeof *response->slots);
    blocks->pool_count += response->slot_count;
    blocks->has_last = true;
    return 0;
}

/* Leaving. */

/* So that each action up to that one has a block. */
static int reserve_blocks(struct blocks *blocks, size_t action)
{
    if (action < blocks->block_count)
        return 0;
    size_t room = 2 * (action + 1);
    struct block *list = mem_resize(blocks->list, room, sizeof *list);
    if (!list)
        return scratch_fail(blocks->scratch, ENOMEM);
    memset(list + blocks->block_count, 0, (room - blocks->block_count) * sizeof *list);
    blocks->list = list;
    blocks->block_count = room;
    return 0;
}

/* NULL: it failed. */
static const struct block *need_block(struct blocks *blocks, size_t action)
{
    if (reserve_blocks(blocks, action) < 0)
        return NULL;
    struct block *block = &blocks->list[action];
    if (block->is_there)
        return block;
    uint64_t square = (uint64_t)blocks->count * blocks->count;
    block->counts = spill_count(blocks->cells);
    block->changed = block->counts + (uint64_t)blocks->count * blocks->slots;
    block->returned = block->changed + square;
    block->is_there = spill_widen(blocks->cells, block->returned + square) == 0;
    return block->is_there ? block : NULL;
}

/* What fails, here and below, is kept by the scratch. */
static void add_to_cell(const struct blocks *blocks, uint64_t cell, int64_t by)
{
    int64_t *number = spill_change(blocks->cells, cell);
    if (number)
        *number += by;
}

static int64_t read_cell(const struct blocks *blocks, uint64_t cell)
{
    const int64_t *number = spill_at(blocks->cells, cell);
    return number ? *number : 0;
}

static void count_stretch(const struct blocks *blocks, const struct block *block, const struct stretch *stretch)
{
    for (size_t i = 0; i < stretch->count; i++) {
        size_t slot = blocks->pool[stretch->first + i];
        add_to_cell(blocks, block->counts + stretch->from * blocks->slots + slot, 1);
        if (stretch->to < blocks->count)
            add_to_cell(blocks, block->counts + stretch->to * blocks->slots + slot, -1);
    }
}

/* The next compared slot of a stretch from *at on; UINT16_MAX behind the last, which no slot is. */
static uint16_t next_compared(const struct blocks *blocks, const struct stretch *stretch, size_t *at)
{
    while (*at < stretch->count) {
        uint16_t slot = blocks->pool[stretch->first + (*at)++];
        if (blocks->is_compared[slot])
            return slot;
    }
    return UINT16_MAX;
}

static bool same_answers(const struct blocks *blocks, const struct stretch *a, const struct stretch *b)
{
    size_t at = 0, other = 0;
    for (;;) {
        uint16_t slot = next_compared(blocks, a, &at);
        if (slot != next_compared(blocks, b, &other))
            return false;
        if (slot == UINT16_MAX)
            return true;
    }
}

/* One more fresh member at each of the sizes from `from` to `to` against each of the earlier ones. */
static void add_fresh(const struct blocks *blocks, uint64_t square, size_t from, size_t to, size_t earlier_from,
                      size_t earlier_to)
{
    const size_t width = blocks->count;
    add_to_cell(blocks, square + from * width + earlier_from, 1);
    if (earlier_to < width)
        add_to_cell(blocks, square + from * width + earlier_to, -1);
    if (to < width)
        add_to_cell(blocks, square + to * width + earlier_from, -1);
    if (to < width && earlier_to < width)
        add_to_cell(blocks, square + to * width + earlier_to, 1);
}

static void compare_stretches(const struct blocks *blocks, const struct block *block)
{
    const struct stretch *list = blocks->stretches;
    add_fresh(blocks, blocks->begins_revised ? block->returned : block->changed, list[0].from, blocks->count, 0,
              list[0].from);
    for (size_t later = 1; later < blocks->stretch_count; later++)
        for (size_t before = 0; before < later; before++)
            if (!same_answers(blocks, &list[before], &list[later]))
                add_fresh(blocks, block->changed, list[later].from, list[later].to, list[before].from, list[before].to);
}

int blocks_leave(struct blocks *blocks)
{
    end_last(blocks, blocks->count);
    if (blocks->stretch_count > 0) {
        const struct block *block = need_block(blocks, (size_t)blocks->action);
        for (size_t i = 0; block && i < blocks->stretch_count; i++)
            count_stretch(blocks, block, &blocks->stretches[i]);
        if (block)
            compare_stretches(blocks, block);
    }
    blocks->stretch_count = blocks->pool_count = 0;
    return blocks->scratch->why == 0 ? 0 : -1;
}

/* Asking. */

/* Adds up a table of `rows` rows along its columns. */
static void sum_rows(const struct blocks *blocks, uint64_t table, size_t rows, size_t width)
{
    for (size_t i = width; i < rows * width; i++)
        add_to_cell(blocks, table + i, read_cell(blocks, table + i - width));
}

static void sum_square(const struct blocks *blocks, uint64_t square)
{
    const size_t width = blocks->count;
    sum_rows(blocks, square, width, width);
    for (size_t i = 0; i < width * width; i++)
        if (i % width > 0)
            add_to_cell(blocks, square + i, read_cell(blocks, square + i - 1));
}

/* NULL: nobody has answered. */
static const struct block *ask_block(const struct blocks *blocks, int64_t action)
{
    struct block *block = action >= 0 && (uint64_t)action < blocks->block_count ? &blocks->list[action] : NULL;
    if (!block || !block->is_there)
        return NULL;
    if (!block->is_summed) {
        sum_rows(blocks, block->counts, blocks->count, blocks->slots);
        sum_square(blocks, block->changed);
        sum_square(blocks, block->returned);
        block->is_summed = true;
    }
    return block;
}

/* The place of one of the sizes. */
static size_t place_of_size(const struct blocks *blocks, int64_t size)
{
    size_t place = first_above(blocks, size - 1);
    return place < blocks->count ? place : blocks->count - 1;
}

void blocks_count(struct blocks *blocks, int64_t action, int64_t size, int64_t *counts)
{
    const struct block *block = ask_block(blocks, action);
    const size_t at = place_of_size(blocks, size) * blocks->slots;
    for (size_t i = 0; i < blocks->slots; i++)
        counts[i] = block ? read_cell(blocks, block->counts + at + i) : 0;
}

int64_t blocks_fresh(struct blocks *blocks, int64_t action, int64_t size, int64_t earlier, bool was_erased)
{
    const struct block *block = ask_block(blocks, action);
    const size_t at = place_of_size(blocks, size) * blocks->count + place_of_size(blocks, earlier);
    if (!block)
        return 0;
    return read_cell(blocks, block->changed + at) + (was_erased ? 0 : read_cell(blocks, block->returned + at));
}
