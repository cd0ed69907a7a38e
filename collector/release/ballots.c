/* A list an action of (member, index, packed answers), and three tables by member for whichever action is asked about:
 * where each one's first response is, the last below one size, and the last below another. Knows no envelope, no rule
 * and no table. */
#include "collector/release/ballots.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/release/packing.h"
#include <string.h>

/* Followed by the packed answers. */
struct head {
    uint32_t member, index;
};

/* Something that stood below every size from `from` to `to` is erased. */
struct erasure {
    int64_t from, to;
};

struct block {
    uint8_t *records; /* of ballots->stride bytes */
    size_t count, capacity;
};

struct ballots {
    struct packing packing;
    const struct tally_layout *layout;
    size_t stride;
    struct block *blocks; /* by action */
    size_t block_count;
    /* By member, a place in the block's records + 1, 0 for none: the first, the last at a size, the last at another. */
    uint32_t *first, *now, *then;
    size_t members; /* room for numbers below this */
    struct erasure *erasures;
    size_t erasure_count, erasure_capacity;
};

struct ballots *ballots_new(const struct questionnaire *questionnaire, const struct tally_layout *layout,
                            size_t actions)
{
    struct ballots *ballots = mem_calloc(1, sizeof *ballots);
    if (!ballots)
        return NULL;
    packing_init(&ballots->packing, questionnaire);
    ballots->layout = layout;
    ballots->stride = sizeof(struct head) + ballots->packing.bytes;
    ballots->block_count = actions;
    ballots->blocks = mem_calloc(actions > 0 ? actions : 1, sizeof *ballots->blocks);
    if (ballots->blocks)
        return ballots;
    ballots_free(ballots);
    return NULL;
}

void ballots_free(struct ballots *ballots)
{
    if (!ballots)
        return;
    for (size_t i = 0; ballots->blocks && i < ballots->block_count; i++)
        mem_free(ballots->blocks[i].records);
    mem_free(ballots->blocks);
    mem_free(ballots->first);
    mem_free(ballots->now);
    mem_free(ballots->then);
    mem_free(ballots->erasures);
    mem_free(ballots);
}

/* Adding. */

/* Makes a table anew for numbers below `wanted`; what was in it is looked up anew at each question. */
static int widen_table(uint32_t **table, size_t wanted)
{
    uint32_t *wider = mem_calloc(wanted, sizeof *wider);
    if (!wider)
        return -1;
    mem_free(*table);
    *table = wider;
    return 0;
}

static int know_member(struct ballots *ballots, uint32_t member)
{
    if (member < ballots->members)
        return 0;
    size_t wanted = 2 * ((size_t)member + 1);
    if (widen_table(&ballots->first, wanted) < 0 || widen_table(&ballots->now, wanted) < 0 ||
        widen_table(&ballots->then, wanted) < 0)
        return -1;
    ballots->members = wanted;
    return 0;
}

int ballots_add(struct ballots *ballots, const struct ballot *ballot, uint32_t member, int64_t revision, int64_t index,
                struct error *error)
{
    struct block *block = &ballots->blocks[ballot->action];
    if (index < 0 || index > UINT32_MAX || block->count >= UINT32_MAX)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("a release is made of at most 4,294,967,295 entries",
                           "een uitgave wordt van ten hoogste 4.294.967.295 regels gemaakt"));
    uint8_t *records = list_grow(block->records, block->count, &block->capacity, ballots->stride);
    if (!records)
        return error_no_memory(error);
    block->records = records;
    if (know_member(ballots, member) < 0)
        return error_no_memory(error);
    const struct head head = {member, (uint32_t)index};
    uint8_t *record = records + block->count++ * ballots->stride;
    memcpy(record, &head, sizeof head);
    packing_put(&ballots->packing, ballot, revision > 1, record + sizeof head);
    return 0;
}

int ballots_note_erasure(struct ballots *ballots, int64_t lowest, int64_t at)
{
    struct erasure *erasures =
        list_grow(ballots->erasures, ballots->erasure_count, &ballots->erasure_capacity, sizeof *erasures);
    if (!erasures)
        return -1;
    ballots->erasures = erasures;
    erasures[ballots->erasure_count++] = (struct erasure){lowest + 1, at};
    return 0;
}

bool ballots_were_erased(const struct ballots *ballots, int64_t size)
{
    for (size_t i = 0; i < ballots->erasure_count; i++)
        if (ballots->erasures[i].from <= size && size <= ballots->erasures[i].to)
            return true;
    return false;
}

/* Asking. */

static struct head head_at(const struct ballots *ballots, const struct block *block, size_t i)
{
    struct head head;
    memcpy(&head, block->records + i * ballots->stride, sizeof head);
    return head;
}

/* The packed answers at a place in a table: one more than the record's. */
static const uint8_t *answers_at(const struct ballots *ballots, const struct block *block, uint32_t place)
{
    return block->records + (place - 1) * ballots->stride + sizeof(struct head);
}

/* Enters where each of the block's members has the last response below `size`; 0 where there is none. */
static void find_last_ones(const struct ballots *ballots, const struct block *block, int64_t size, uint32_t *last)
{
    for (size_t i = 0; i < block->count; i++)
        last[head_at(ballots, block, i).member] = 0;
    for (size_t i = 0; i < block->count && head_at(ballots, block, i).index < size; i++)
        last[head_at(ballots, block, i).member] = (uint32_t)i + 1;
}

static void find_first_ones(const struct ballots *ballots, const struct block *block, uint32_t *first)
{
    for (size_t i = block->count; i-- > 0;)
        first[head_at(ballots, block, i).member] = (uint32_t)i + 1;
}

void ballots_count(struct ballots *ballots, size_t action, int64_t size, int64_t *counts)
{
    const struct block *block = &ballots->blocks[action];
    memset(counts, 0, ballots->layout->slots * sizeof *counts);
    find_last_ones(ballots, block, size, ballots->now);
    for (size_t i = 0; i < block->count; i++)
        if (ballots->now[head_at(ballots, block, i).member] == i + 1)
            packing_count(&ballots->packing, ballots->layout, answers_at(ballots, block, (uint32_t)i + 1), counts);
}

/* `erased`: whether something that stood there then is erased. */
static bool member_is_fresh(const struct ballots *ballots, const struct block *block, uint32_t member, bool erased)
{
    const uint8_t *now = answers_at(ballots, block, ballots->now[member]);
    if (ballots->then[member] != 0)
        return memcmp(answers_at(ballots, block, ballots->then[member]), now, ballots->packing.compared) != 0;
    const uint8_t *first = answers_at(ballots, block, ballots->first[member]);
    return !erased || !packing_is_revision(&ballots->packing, first);
}

int64_t ballots_fresh(struct ballots *ballots, size_t action, int64_t size, int64_t earlier)
{
    const struct block *block = &ballots->blocks[action];
    bool erased = ballots_were_erased(ballots, earlier);
    int64_t fresh = 0;
    find_first_ones(ballots, block, ballots->first);
    find_last_ones(ballots, block, size, ballots->now);
    find_last_ones(ballots, block, earlier, ballots->then);
    for (size_t i = 0; i < block->count; i++) {
        uint32_t member = head_at(ballots, block, i).member;
        if (ballots->now[member] == i + 1 && member_is_fresh(ballots, block, member, erased))
            fresh++;
    }
    return fresh;
}

static void count_asked(void *context, size_t action, int64_t size, int64_t *counts)
{
    ballots_count(context, action, size, counts);
}

static int64_t count_fresh(void *context, size_t action, int64_t size, int64_t earlier)
{
    return ballots_fresh(context, action, size, earlier);
}

struct ballot_counts ballots_counts(struct ballots *ballots)
{
    return (struct ballot_counts){.count = count_asked, .fresh = count_fresh, .context = ballots};
}
