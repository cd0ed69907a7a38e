/* Sorted by action and member, and of each member in the order of the log, records lie in one list: whatever is asked
 * of an action is one walk over its part of it, member after member. Knows no envelope, no rule and no table. */
#include "collector/release/ballots.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/sorter.h"
#include "base/spill.h"
#include "collector/release/packing.h"
#include <string.h>

#define PACKED_MAX (SPILL_RECORD_MAX - sizeof(struct head))

/* Of a record; followed by the packed answers. */
struct head {
    uint32_t member, index;
};

/* Something that stood below every size from `from` to `to` is erased. */
struct erasure {
    int64_t from, to;
};

struct ballots {
    struct scratch *scratch;
    struct packing packing;
    const struct tally_layout *layout;
    size_t stride; /* bytes of a record */
    struct sorter *sorter; /* until it turns */
    struct spill *records; /* from then on */
    uint64_t *starts; /* by action, its first place in the records; one more, where they end */
    size_t actions;
    struct erasure *erasures;
    size_t erasure_count, erasure_capacity;
};

struct ballots *ballots_new(struct scratch *scratch, size_t memory, const struct questionnaire *questionnaire,
                            const struct tally_layout *layout, size_t actions)
{
    struct ballots *ballots = mem_calloc(1, sizeof *ballots);
    if (!ballots)
        return NULL;
    packing_init(&ballots->packing, questionnaire);
    ballots->scratch = scratch;
    ballots->layout = layout;
    ballots->stride = sizeof(struct head) + ballots->packing.bytes;
    ballots->actions = actions;
    ballots->sorter = sorter_new(scratch, memory / 2);
    ballots->records = spill_new(scratch, ballots->stride, memory / 2);
    ballots->starts = mem_calloc(actions + 1, sizeof *ballots->starts);
    if (ballots->sorter && ballots->records && ballots->starts)
        return ballots;
    ballots_free(ballots);
    return NULL;
}

void ballots_free(struct ballots *ballots)
{
    if (!ballots)
        return;
    sorter_free(ballots->sorter);
    spill_free(ballots->records);
    mem_free(ballots->starts);
    mem_free(ballots->erasures);
    mem_free(ballots);
}

/* Adding. */

int ballots_add(struct ballots *ballots, const struct ballot *ballot, uint32_t member, int64_t revision, int64_t index,
                struct error *error)
{
    uint8_t record[SPILL_RECORD_MAX];
    if (index < 0 || index > UINT32_MAX)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("a release is made of at most 4,294,967,295 entries",
                           "een uitgave wordt van ten hoogste 4.294.967.295 regels gemaakt"));
    const struct head head = {member, (uint32_t)index};
    memcpy(record, &head, sizeof head);
    packing_put(&ballots->packing, ballot, revision > 1, record + sizeof head);
    if (sorter_put(ballots->sorter, (uint64_t)ballot->action << 32 | member, record, ballots->stride) < 0)
        return scratch_check(ballots->scratch, error);
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

/* Turning. */

/* The records in their order, and where each action's begin. */
static int keep_sorted(struct ballots *ballots)
{
    struct sorted sorted;
    size_t action = 0;
    while (sorter_next(ballots->sorter, &sorted)) {
        for (; action < sorted.key >> 32; action++)
            ballots->starts[action + 1] = spill_count(ballots->records);
        void *record = spill_add(ballots->records);
        if (!record)
            return -1;
        memcpy(record, sorted.bytes, ballots->stride);
    }
    for (; action < ballots->actions; action++)
        ballots->starts[action + 1] = spill_count(ballots->records);
    return 0;
}

int ballots_turn(struct ballots *ballots, struct error *error)
{
    if (sorter_turn(ballots->sorter) == 0 && keep_sorted(ballots) == 0) {
        sorter_free(ballots->sorter);
        ballots->sorter = NULL;
    }
    return ballots_check(ballots, error);
}

int ballots_check(const struct ballots *ballots, struct error *error)
{
    return scratch_check(ballots->scratch, error);
}

/* Asking. */

/* What a member had answered at a size. */
struct said {
    bool is_there;
    uint8_t packed[PACKED_MAX];
};

/* A walk over an action's members, and what the one at hand had answered at a size and at an earlier one. */
struct walk {
    uint64_t at, end;
    int64_t size, earlier;
    bool begins_revised; /* the first of their responses that is there revises another */
    struct said now, then;
};

static void begin_walk(const struct ballots *ballots, struct walk *walk, size_t action, int64_t size, int64_t earlier)
{
    walk->at = ballots->starts[action];
    walk->end = ballots->starts[action + 1];
    walk->size = size;
    walk->earlier = earlier;
}

static void hear_ballot(const struct ballots *ballots, struct walk *walk, int64_t index, const uint8_t *packed)
{
    if (index < walk->size) {
        walk->now.is_there = true;
        memcpy(walk->now.packed, packed, ballots->packing.bytes);
    }
    if (index < walk->earlier) {
        walk->then.is_there = true;
        memcpy(walk->then.packed, packed, ballots->packing.bytes);
    }
}

/* The next member; false: there is none any more, or it failed. */
static bool next_member(struct ballots *ballots, struct walk *walk)
{
    const uint64_t first = walk->at;
    uint32_t member = 0;
    walk->now.is_there = walk->then.is_there = false;
    for (; walk->at < walk->end; walk->at++) {
        struct head head;
        const uint8_t *record = spill_at(ballots->records, walk->at);
        if (!record)
            return false;
        memcpy(&head, record, sizeof head);
        if (walk->at == first) {
            member = head.member;
            walk->begins_revised = packing_is_revision(&ballots->packing, record + sizeof head);
        } else if (head.member != member) {
            return true;
        }
        hear_ballot(ballots, walk, head.index, record + sizeof head);
    }
    return walk->at > first;
}

void ballots_count(struct ballots *ballots, size_t action, int64_t size, int64_t *counts)
{
    struct walk walk;
    memset(counts, 0, ballots->layout->slots * sizeof *counts);
    begin_walk(ballots, &walk, action, size, 0);
    while (next_member(ballots, &walk))
        if (walk.now.is_there)
            packing_count(&ballots->packing, ballots->layout, walk.now.packed, counts);
}

/* `erased`: whether something that stood at the earlier size is erased. */
static bool is_fresh(const struct ballots *ballots, const struct walk *walk, bool erased)
{
    if (!walk->now.is_there)
        return false;
    if (walk->then.is_there)
        return memcmp(walk->then.packed, walk->now.packed, ballots->packing.compared) != 0;
    return !erased || !walk->begins_revised;
}

int64_t ballots_fresh(struct ballots *ballots, size_t action, int64_t size, int64_t earlier)
{
    struct walk walk;
    bool erased = ballots_were_erased(ballots, earlier);
    int64_t fresh = 0;
    begin_walk(ballots, &walk, action, size, earlier);
    while (next_member(ballots, &walk))
        fresh += is_fresh(ballots, &walk, erased);
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
