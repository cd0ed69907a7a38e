/* A run is sorted by its keys' bytes, the lowest first (a stable radix sort): a byte that is the same in all keys costs
 * nothing, and neither do the records, which stay where they are. Merging is by a heap of runs. Knows no record. */
#include "base/sorter.h"
#include "base/list.h"
#include "base/mem.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define WINDOW_MIN ((size_t)4096)
#define WINDOW_MAX ((size_t)256 * 1024)

struct item {
    uint64_t key;
    uint32_t at, len; /* where in the bytes its record is */
};

/* Before each record in a run. */
struct record_head {
    uint64_t key;
    uint64_t len;
};

/* A run in the file, and the part of it that is in memory. */
struct run {
    uint64_t next, end; /* offsets: of what has not been read */
    uint8_t *window;
    size_t capacity, filled, at;
    struct sorted first; /* its next record */
};

struct sorter {
    struct scratch *scratch;
    size_t memory;
    uint8_t *bytes;
    size_t used, bytes_capacity;
    struct item *items;
    size_t count, item_capacity, next;
    int fd; /* -1 as long as all is held */
    uint64_t written;
    struct run *runs;
    size_t run_count, run_capacity;
    size_t *heap; /* runs that have a record left, the least first */
    size_t heap_count;
    bool is_begun; /* the heap's first has been given out */
};

struct sorter *sorter_new(struct scratch *scratch, size_t memory)
{
    struct sorter *sorter = mem_calloc(1, sizeof *sorter);
    if (!sorter)
        return NULL;
    sorter->scratch = scratch;
    sorter->memory = memory < UINT32_MAX ? memory : UINT32_MAX;
    sorter->fd = -1;
    return sorter;
}

static void drop_items(struct sorter *sorter)
{
    mem_free(sorter->bytes);
    mem_free(sorter->items);
    sorter->bytes = NULL;
    sorter->items = NULL;
    sorter->used = sorter->bytes_capacity = sorter->count = sorter->item_capacity = 0;
}

void sorter_free(struct sorter *sorter)
{
    if (!sorter)
        return;
    for (size_t i = 0; i < sorter->run_count; i++)
        mem_free(sorter->runs[i].window);
    if (sorter->fd >= 0)
        (void)close(sorter->fd);
    drop_items(sorter);
    mem_free(sorter->runs);
    mem_free(sorter->heap);
    mem_free(sorter);
}

/* Sorting. */

static void sort_by_byte(const struct item *from, struct item *to, size_t count, unsigned shift, size_t *starts)
{
    for (size_t i = 0, start = 0; i < 256; i++) {
        size_t here = starts[i];
        starts[i] = start;
        start += here;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[from[i].key >> shift & 0xff]++] = from[i];
}

/* How many keys have each value of that byte. Whether there is more than one value. */
static bool count_by_byte(const struct item *items, size_t count, unsigned shift, size_t counts[static 256])
{
    memset(counts, 0, 256 * sizeof *counts);
    for (size_t i = 0; i < count; i++)
        counts[items[i].key >> shift & 0xff]++;
    return counts[items[0].key >> shift & 0xff] < count;
}

static int sort_items(struct sorter *sorter)
{
    size_t counts[256];
    if (sorter->count < 2)
        return 0;
    struct item *other = mem_calloc(sorter->count, sizeof *other);
    if (!other)
        return scratch_fail(sorter->scratch, ENOMEM);
    for (unsigned shift = 0; shift < 64; shift += 8) {
        if (!count_by_byte(sorter->items, sorter->count, shift, counts))
            continue;
        sort_by_byte(sorter->items, other, sorter->count, shift, counts);
        struct item *sorted = other;
        other = sorter->items;
        sorter->items = sorted;
        sorter->item_capacity = sorter->count;
    }
    mem_free(other);
    return 0;
}

/* Runs. */

/* What is written goes through one window. */
struct output {
    struct sorter *sorter;
    uint8_t *window;
    size_t filled;
};

static int flush_output(struct output *out)
{
    if (scratch_write(out->sorter->scratch, out->sorter->fd, out->sorter->written, out->window, out->filled) < 0)
        return -1;
    out->sorter->written += out->filled;
    out->filled = 0;
    return 0;
}

static int put_output(struct output *out, const void *bytes, size_t len)
{
    while (len > 0) {
        size_t part = len < WINDOW_MAX - out->filled ? len : WINDOW_MAX - out->filled;
        memcpy(out->window + out->filled, bytes, part);
        out->filled += part;
        bytes = (const uint8_t *)bytes + part;
        len -= part;
        if (out->filled == WINDOW_MAX && flush_output(out) < 0)
            return -1;
    }
    return 0;
}

static int put_run(struct output *out)
{
    const struct sorter *sorter = out->sorter;
    for (size_t i = 0; i < sorter->count; i++) {
        const struct item *item = &sorter->items[i];
        const struct record_head head = {item->key, item->len};
        if (put_output(out, &head, sizeof head) < 0 || put_output(out, sorter->bytes + item->at, item->len) < 0)
            return -1;
    }
    return flush_output(out);
}

/* Sorts what is held, writes it as one more run, and holds nothing any more. */
static int write_run(struct sorter *sorter)
{
    struct output out = {.sorter = sorter};
    struct run *runs = list_grow(sorter->runs, sorter->run_count, &sorter->run_capacity, sizeof *runs);
    if (!runs)
        return scratch_fail(sorter->scratch, ENOMEM);
    sorter->runs = runs;
    if (sort_items(sorter) < 0 || (sorter->fd < 0 && (sorter->fd = scratch_open(sorter->scratch)) < 0))
        return -1;
    out.window = mem_alloc(WINDOW_MAX);
    if (!out.window)
        return scratch_fail(sorter->scratch, ENOMEM);
    runs[sorter->run_count] = (struct run){.next = sorter->written};
    int result = put_run(&out);
    mem_free(out.window);
    if (result < 0)
        return -1;
    runs[sorter->run_count++].end = sorter->written;
    sorter->used = sorter->count = 0;
    return 0;
}

/* Putting. */

static int reserve_bytes(struct sorter *sorter, size_t len)
{
    if (len <= sorter->bytes_capacity - sorter->used)
        return 0;
    size_t room = 2 * (sorter->used + len);
    uint8_t *bytes = mem_resize(sorter->bytes, room, 1);
    if (!bytes)
        return -1;
    sorter->bytes = bytes;
    sorter->bytes_capacity = room;
    return 0;
}

/* Items are there twice while they are sorted, and lists are larger than what is in them. */
static bool would_not_fit(const struct sorter *sorter, size_t len)
{
    return 2 * (sorter->used + len) + 4 * (sorter->count + 1) * sizeof(struct item) > sorter->memory;
}

int sorter_put(struct sorter *sorter, uint64_t key, const void *bytes, size_t len)
{
    if (sorter->scratch->why != 0)
        return -1;
    if (len > SORTER_RECORD_MAX)
        return scratch_fail(sorter->scratch, EFBIG);
    if (sorter->count > 0 && would_not_fit(sorter, len) && write_run(sorter) < 0)
        return -1;
    struct item *items = list_grow(sorter->items, sorter->count, &sorter->item_capacity, sizeof *items);
    if (!items)
        return scratch_fail(sorter->scratch, ENOMEM);
    sorter->items = items;
    if (reserve_bytes(sorter, len) < 0)
        return scratch_fail(sorter->scratch, ENOMEM);
    memcpy(sorter->bytes + sorter->used, bytes, len);
    items[sorter->count++] = (struct item){key, (uint32_t)sorter->used, (uint32_t)len};
    sorter->used += len;
    return 0;
}

/* Merging. */

/* At least so many unread bytes in the window, or all that the run has left. */
static int fill_window(struct sorter *sorter, struct run *run, size_t wanted)
{
    size_t left = run->filled - run->at;
    if (left >= wanted)
        return 0;
    if (wanted > run->capacity) {
        uint8_t *window = mem_resize(run->window, wanted, 1);
        if (!window)
            return scratch_fail(sorter->scratch, ENOMEM);
        run->window = window;
        run->capacity = wanted;
    }
    memmove(run->window, run->window + run->at, left);
    size_t more = run->end - run->next < run->capacity - left ? (size_t)(run->end - run->next) : run->capacity - left;
    if (scratch_read(sorter->scratch, sorter->fd, run->next, run->window + left, more) < 0)
        return -1;
    run->next += more;
    run->at = 0;
    run->filled = left + more;
    return 0;
}

static bool run_has_more(const struct run *run)
{
    return run->at < run->filled || run->next < run->end;
}

static int read_next_record(struct sorter *sorter, struct run *run)
{
    struct record_head head;
    if (fill_window(sorter, run, sizeof head) < 0)
        return -1;
    memcpy(&head, run->window + run->at, sizeof head);
    if (fill_window(sorter, run, sizeof head + (size_t)head.len) < 0)
        return -1;
    run->first = (struct sorted){head.key, run->window + run->at + sizeof head, (size_t)head.len};
    run->at += sizeof head + (size_t)head.len;
    return 0;
}

/* Of one key the earlier run's come first. */
static bool is_before(const struct sorter *sorter, size_t a, size_t b)
{
    uint64_t x = sorter->runs[a].first.key, y = sorter->runs[b].first.key;
    return x != y ? x < y : a < b;
}

static void sift_down(struct sorter *sorter, size_t i)
{
    size_t *heap = sorter->heap, moved = heap[i];
    for (size_t child; (child = 2 * i + 1) < sorter->heap_count; i = child) {
        if (child + 1 < sorter->heap_count && is_before(sorter, heap[child + 1], heap[child]))
            child++;
        if (!is_before(sorter, heap[child], moved))
            break;
        heap[i] = heap[child];
    }
    heap[i] = moved;
}

static int open_window(struct sorter *sorter, struct run *run)
{
    size_t share = sorter->memory / sorter->run_count;
    run->capacity = share < WINDOW_MIN ? WINDOW_MIN : share > WINDOW_MAX ? WINDOW_MAX : share;
    run->window = mem_alloc(run->capacity);
    return run->window ? read_next_record(sorter, run) : scratch_fail(sorter->scratch, ENOMEM);
}

int sorter_turn(struct sorter *sorter)
{
    if (sorter->scratch->why != 0)
        return -1;
    if (sorter->run_count == 0)
        return sort_items(sorter);
    if (sorter->count > 0 && write_run(sorter) < 0)
        return -1;
    drop_items(sorter);
    sorter->heap = mem_calloc(sorter->run_count, sizeof *sorter->heap);
    if (!sorter->heap)
        return scratch_fail(sorter->scratch, ENOMEM);
    for (size_t i = 0; i < sorter->run_count; i++) {
        if (open_window(sorter, &sorter->runs[i]) < 0)
            return -1;
        sorter->heap[sorter->heap_count++] = i;
    }
    for (size_t i = sorter->heap_count; i-- > 0;)
        sift_down(sorter, i);
    return 0;
}

static bool next_held(struct sorter *sorter, struct sorted *out)
{
    if (sorter->next >= sorter->count)
        return false;
    const struct item *item = &sorter->items[sorter->next++];
    *out = (struct sorted){item->key, sorter->bytes + item->at, item->len};
    return true;
}

/* The run whose first was given out last goes on to its next. */
static int advance_run(struct sorter *sorter)
{
    struct run *run = &sorter->runs[sorter->heap[0]];
    if (!run_has_more(run))
        sorter->heap[0] = sorter->heap[--sorter->heap_count];
    else if (read_next_record(sorter, run) < 0)
        return -1;
    if (sorter->heap_count > 0)
        sift_down(sorter, 0);
    return 0;
}

bool sorter_next(struct sorter *sorter, struct sorted *out)
{
    if (sorter->scratch->why != 0)
        return false;
    if (sorter->run_count == 0)
        return next_held(sorter, out);
    if (sorter->is_begun && sorter->heap_count > 0 && advance_run(sorter) < 0)
        return false;
    sorter->is_begun = true;
    if (sorter->heap_count == 0)
        return false;
    *out = sorter->runs[sorter->heap[0]].first;
    return true;
}
