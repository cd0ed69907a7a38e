/* Pages of some eight kilobytes in frames, of which the one that has not been asked for since the hand last came by is
 * given up (the clock). Knows no record. */
#include "base/spill.h"
#include "base/mem.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define PAGE_MAX ((size_t)8192)

struct frame {
    uint8_t *bytes;
    uint64_t page;
    bool is_changed, is_used;
};

struct spill {
    struct scratch *scratch;
    size_t size, page_bytes;
    unsigned shift; /* a page has 1 << shift records */
    uint64_t count;
    uint32_t *frame_of; /* by page, its frame + 1; 0: it is not held */
    size_t pages, page_capacity;
    struct frame *frames;
    size_t frame_count, frame_max, hand;
    uint64_t stored; /* pages from here on were never written */
    int fd; /* -1 as long as all is held */
};

struct spill *spill_new(struct scratch *scratch, size_t size, size_t memory)
{
    struct spill *spill = mem_calloc(1, sizeof *spill);
    if (!spill)
        return NULL;
    spill->scratch = scratch;
    spill->size = size;
    while (size << (spill->shift + 1) <= PAGE_MAX)
        spill->shift++;
    spill->page_bytes = size << spill->shift;
    spill->frame_max = memory / spill->page_bytes > 2 ? memory / spill->page_bytes : 2;
    spill->fd = -1;
    return spill;
}

void spill_free(struct spill *spill)
{
    if (!spill)
        return;
    for (size_t i = 0; i < spill->frame_count; i++)
        mem_free(spill->frames[i].bytes);
    if (spill->fd >= 0)
        (void)close(spill->fd);
    mem_free(spill->frames);
    mem_free(spill->frame_of);
    mem_free(spill);
}

uint64_t spill_count(const struct spill *spill)
{
    return spill->count;
}

/* Frames. */

/* One more frame, while there may be; NULL: no memory. */
static struct frame *make_frame(struct spill *spill)
{
    if ((spill->frame_count & (spill->frame_count - 1)) == 0) {
        size_t room = spill->frame_count > 0 ? 2 * spill->frame_count : 1;
        struct frame *frames = mem_resize(spill->frames, room, sizeof *frames);
        if (!frames)
            return NULL;
        spill->frames = frames;
    }
    uint8_t *bytes = mem_alloc(spill->page_bytes);
    if (!bytes)
        return NULL;
    struct frame *frame = &spill->frames[spill->frame_count++];
    *frame = (struct frame){.bytes = bytes};
    return frame;
}

static int write_frame(struct spill *spill, const struct frame *frame)
{
    if (spill->fd < 0 && (spill->fd = scratch_open(spill->scratch)) < 0)
        return -1;
    if (spill->stored <= frame->page)
        spill->stored = frame->page + 1;
    return scratch_write(spill->scratch, spill->fd, frame->page * spill->page_bytes, frame->bytes, spill->page_bytes);
}

/* A frame that is nobody's any more; NULL: it failed. */
static struct frame *give_up_page(struct spill *spill)
{
    struct frame *frame;
    for (;; frame->is_used = false) {
        frame = &spill->frames[spill->hand];
        spill->hand = spill->hand + 1 < spill->frame_count ? spill->hand + 1 : 0;
        if (!frame->is_used)
            break;
    }
    if (frame->is_changed && write_frame(spill, frame) < 0)
        return NULL;
    spill->frame_of[frame->page] = 0;
    return frame;
}

static struct frame *find_frame(struct spill *spill)
{
    if (spill->frame_count == spill->frame_max)
        return give_up_page(spill);
    struct frame *frame = make_frame(spill);
    if (!frame)
        (void)scratch_fail(spill->scratch, ENOMEM);
    return frame;
}

static struct frame *load_page(struct spill *spill, uint64_t page)
{
    struct frame *frame = find_frame(spill);
    if (!frame)
        return NULL;
    if (page >= spill->stored)
        memset(frame->bytes, 0, spill->page_bytes);
    else if (scratch_read(spill->scratch, spill->fd, page * spill->page_bytes, frame->bytes, spill->page_bytes) < 0)
        return NULL;
    frame->page = page;
    frame->is_changed = false;
    spill->frame_of[page] = (uint32_t)(frame - spill->frames) + 1;
    return frame;
}

/* Records. */

static void *find_record(struct spill *spill, uint64_t place, bool to_change)
{
    uint64_t page = place >> spill->shift;
    if (spill->scratch->why != 0)
        return NULL;
    uint32_t number = spill->frame_of[page];
    struct frame *frame = number != 0 ? &spill->frames[number - 1] : load_page(spill, page);
    if (!frame)
        return NULL;
    frame->is_used = true;
    frame->is_changed |= to_change;
    return frame->bytes + (place - (page << spill->shift)) * spill->size;
}

const void *spill_at(struct spill *spill, uint64_t place)
{
    return find_record(spill, place, false);
}

void *spill_change(struct spill *spill, uint64_t place)
{
    return find_record(spill, place, true);
}

int spill_widen(struct spill *spill, uint64_t count)
{
    uint64_t pages = (count + (UINT64_C(1) << spill->shift) - 1) >> spill->shift;
    if (pages > UINT32_MAX)
        return scratch_fail(spill->scratch, EFBIG);
    if (pages > spill->page_capacity) {
        size_t room = 2 * (size_t)pages;
        uint32_t *frame_of = mem_resize(spill->frame_of, room, sizeof *frame_of);
        if (!frame_of)
            return scratch_fail(spill->scratch, ENOMEM);
        memset(frame_of + spill->page_capacity, 0, (room - spill->page_capacity) * sizeof *frame_of);
        spill->frame_of = frame_of;
        spill->page_capacity = room;
    }
    spill->count = count;
    return 0;
}

void *spill_add(struct spill *spill)
{
    if (spill_widen(spill, spill->count + 1) < 0)
        return NULL;
    return find_record(spill, spill->count - 1, true);
}
