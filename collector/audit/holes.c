/* A list in order, searched by halves. */
#include "collector/audit/holes.h"
#include "base/list.h"
#include "base/mem.h"

void holes_wipe(struct holes *holes)
{
    mem_free(holes->list);
    *holes = (struct holes){0};
}

int holes_add(struct holes *holes, int64_t index)
{
    struct hole *list = list_grow(holes->list, holes->count, &holes->capacity, sizeof *list);
    if (!list)
        return -1;
    holes->list = list;
    list[holes->count++] = (struct hole){.index = index, .erased_by = -1};
    return 0;
}

struct hole *holes_find(const struct holes *holes, int64_t index)
{
    size_t low = 0, high = holes->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (holes->list[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < holes->count && holes->list[low].index == index ? &holes->list[low] : NULL;
}

void holes_cover(struct holes *holes, struct hole *hole, int64_t event, bool is_enrolment)
{
    hole->erased_by = event;
    hole->is_enrolment = is_enrolment;
    holes->enrolments += is_enrolment;
}
