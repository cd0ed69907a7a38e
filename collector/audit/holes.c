/* A list in order, searched by halves; but what an event names mostly lies side by side. */
#include "collector/audit/holes.h"
#include "base/mem.h"
#include "base/spill.h"

struct holes {
    struct spill *list; /* ascending by index */
    uint64_t near; /* where one was found last */
    size_t enrolments;
};

struct holes *holes_new(struct scratch *scratch, size_t memory)
{
    struct holes *holes = mem_calloc(1, sizeof *holes);
    if (!holes)
        return NULL;
    holes->list = spill_new(scratch, sizeof(struct hole), memory);
    if (holes->list)
        return holes;
    holes_free(holes);
    return NULL;
}

void holes_free(struct holes *holes)
{
    if (!holes)
        return;
    spill_free(holes->list);
    mem_free(holes);
}

size_t holes_count(const struct holes *holes)
{
    return (size_t)spill_count(holes->list);
}

size_t holes_enrolments(const struct holes *holes)
{
    return holes->enrolments;
}

int holes_add(struct holes *holes, int64_t index, int64_t told)
{
    struct hole *hole = spill_add(holes->list);
    if (!hole)
        return -1;
    *hole = (struct hole){.index = index, .erased_by = -1, .told = told};
    return 0;
}

const struct hole *holes_at(struct holes *holes, size_t i)
{
    return spill_at(holes->list, i);
}

/* The first that is not below that index, or how many there are. */
static uint64_t search_halves(const struct holes *holes, int64_t index)
{
    uint64_t low = 0, high = spill_count(holes->list);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const struct hole *hole = spill_at(holes->list, middle);
        if (!hole)
            return high;
        if (hole->index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct holes *holes, uint64_t place, int64_t index)
{
    const struct hole *hole = place < spill_count(holes->list) ? spill_at(holes->list, place) : NULL;
    return hole && hole->index == index;
}

const struct hole *holes_find(struct holes *holes, int64_t index)
{
    uint64_t place = holes->near;
    if (!is_at(holes, place, index) && !is_at(holes, ++place, index)) {
        place = search_halves(holes, index);
        if (!is_at(holes, place, index))
            return NULL;
    }
    holes->near = place;
    return spill_at(holes->list, place);
}

void holes_cover(struct holes *holes, int64_t index, int64_t event, bool is_enrolment)
{
    struct hole *hole = holes_find(holes, index) ? spill_change(holes->list, holes->near) : NULL;
    if (!hole)
        return;
    hole->erased_by = event;
    hole->is_enrolment = is_enrolment;
    holes->enrolments += is_enrolment;
}
