/* Each verb of the store, with its error handed on. Entries are read ahead, and with them what has erased any, since a
 * database far away is to be asked for many at once; what is missing or too long, and why nothing could be read, is
 * asked for by itself. */
#include "collector/audit/stored.h"
#include "collector/audit/holes.h"
#include "crypto/jws.h"

static enum store_result hand_on(const struct stored *stored, enum store_result result, struct error *error)
{
    if (result == STORE_FAILED)
        store_fail(stored->store, error);
    return result;
}

/* Of an erased entry the leaf is left, in the tree, unless that lacks it. Entries come in order, so mostly the tile is
 * at hand. -1: *error. */
static int put_stored_leaf(struct stored *stored, int64_t index, struct buf *out, struct error *error)
{
    uint64_t tile = (uint64_t)index / TILE_WIDTH;
    unsigned place = (unsigned)(index % TILE_WIDTH);
    if (stored->tile != tile) {
        enum store_result found = store_tile_read(stored->store, 0, tile, stored->hashes, &stored->width);
        if (found == STORE_FAILED)
            return store_fail(stored->store, error);
        if (found != STORE_OK)
            stored->width = 0;
        stored->tile = tile;
    }
    if (place < stored->width)
        buf_put(out, stored->hashes[place].bytes, sizeof stored->hashes[place].bytes);
    return 0;
}

void stored_init(struct stored *stored, struct store *store, const struct catalogue *catalogue)
{
    *stored = (struct stored){.store = store, .catalogue = catalogue, .tile = UINT64_MAX};
    buf_init(&stored->ahead, STORED_AHEAD * JWS_MAX);
}

void stored_wipe(struct stored *stored)
{
    buf_free(&stored->ahead);
}

static int keep_ahead(void *context, int64_t index, const char *jws, size_t len)
{
    struct stored *stored = context;
    if (len > JWS_MAX || stored->count == STORED_AHEAD)
        return 0;
    stored->listed[stored->count].index = index;
    stored->listed[stored->count].at = stored->ahead.len;
    stored->listed[stored->count].len = len;
    stored->listed[stored->count].erased_by = HOLE_OF_NONE;
    stored->erased = stored->erased || len == 0;
    stored->count++;
    buf_put(&stored->ahead, jws, len);
    return buf_check(&stored->ahead);
}

/* Both are in order. */
static int note_eraser(void *context, int64_t index, int64_t event)
{
    struct stored *stored = context;
    while (stored->place < stored->count && stored->listed[stored->place].index < index)
        stored->place++;
    if (stored->place < stored->count && stored->listed[stored->place].index == index)
        stored->listed[stored->place].erased_by = event;
    return 0;
}

static void look_ahead(struct stored *stored, int64_t first)
{
    buf_reset(&stored->ahead);
    stored->count = stored->place = 0;
    stored->erased = false;
    stored->end = first + STORED_AHEAD;
    if (store_entry_range(stored->store, first, STORED_AHEAD, keep_ahead, stored) != STORE_OK ||
        (stored->erased && store_erased_range(stored->store, first, STORED_AHEAD, note_eraser, stored) != STORE_OK))
        stored->count = 0;
    stored->place = 0;
}

/* The entry where it was read ahead, or NULL. */
static const struct stored_entry *find_ahead(struct stored *stored, int64_t index)
{
    if (index >= stored->end)
        look_ahead(stored, index);
    while (stored->place < stored->count && stored->listed[stored->place].index < index)
        stored->place++;
    const struct stored_entry *found = &stored->listed[stored->place];
    return stored->place < stored->count && found->index == index ? found : NULL;
}

static enum store_result give_ahead(struct stored *stored, const struct stored_entry *entry, struct buf *out,
                                    int64_t *erased_by, struct error *error)
{
    if (entry->len == 0) {
        *erased_by = entry->erased_by;
        return put_stored_leaf(stored, entry->index, out, error) < 0 ? STORE_FAILED : STORE_ERASED;
    }
    buf_put(out, stored->ahead.data + entry->at, entry->len);
    if (buf_check(out) == 0)
        return STORE_OK;
    error_no_memory(error);
    return STORE_FAILED;
}

enum store_result stored_entry(void *context, int64_t index, struct buf *out, int64_t *erased_by, struct error *error)
{
    struct stored *stored = context;
    const struct stored_entry *ahead = find_ahead(stored, index);
    if (ahead)
        return give_ahead(stored, ahead, out, erased_by, error);
    enum store_result result = store_entry_read(stored->store, index, out);
    if (result != STORE_ERASED)
        return hand_on(stored, result, error);
    if (put_stored_leaf(stored, index, out, error) < 0)
        return STORE_FAILED;
    enum store_result told = store_erased_by(stored->store, index, erased_by);
    if (told == STORE_NONE)
        *erased_by = HOLE_OF_NONE;
    return told == STORE_FAILED ? hand_on(stored, told, error) : STORE_ERASED;
}

enum store_result stored_document(void *context, const uint8_t hash[static SHA256_BYTES], struct buf *out,
                                  struct error *error)
{
    const struct stored *stored = context;
    return hand_on(stored, store_document_read(stored->store, hash, out), error);
}

enum store_result stored_release_file(void *context, const char *round, int64_t number, const char *name,
                                      struct buf *out, struct error *error)
{
    const struct stored *stored = context;
    int place = panel_find_round(stored->catalogue->panel, round);
    if (place < 0)
        return STORE_NONE;
    int64_t theirs = stored->catalogue->round_numbers[place];
    return hand_on(stored, store_release_file_read(stored->store, theirs, number, name, out), error);
}

/* Events. Those of which more must be known than the kind are read after the walk. */

static int list_kind(void *context, int64_t index, const char *kind)
{
    return listing_add_kind(context, index, kind);
}

/* What is missing, erased or damaged is told of when its turn comes. -1: *error. */
static int read_listed_text(struct stored *stored, int64_t index, struct buf *jws, struct error *error)
{
    buf_reset(jws);
    enum store_result result = store_entry_read(stored->store, index, jws);
    if (result == STORE_FAILED && store_error(stored->store)->kind != ERROR_DAMAGED)
        return store_fail(stored->store, error);
    if (result != STORE_OK)
        buf_reset(jws);
    return 0;
}

/* -1: *error. What other readers of the store go by is the kind that it lists, whatever the text says. */
static int list_event(struct stored *stored, const struct listed *listed, struct listing *out, struct buf *jws,
                      struct error *error)
{
    const char *kind = listed->kind < EVENT_KINDS ? event_name(listed->kind) : "";
    bool needs_text = listing_needs_text(out, kind);
    if (needs_text && read_listed_text(stored, listed->index, jws, error) < 0)
        return -1;
    if (!needs_text || jws->len == 0)
        return listing_add_kind(out, listed->index, kind) < 0 ? error_no_memory(error) : 0;
    if (listing_add(out, listed->index, buf_text(jws), jws->len) < 0)
        return error_no_memory(error);
    out->list[out->count - 1].kind = listed->kind;
    return 0;
}

int stored_listing(struct stored *stored, struct listing *out, struct error *error)
{
    struct listing kinds = {.list = NULL};
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    int result = 0;
    if (store_event_each(stored->store, 0, INT64_MAX, list_kind, &kinds) != STORE_OK)
        result = store_fail(stored->store, error) < 0 && error->kind == ERROR_NONE ? error_no_memory(error) : -1;
    for (size_t i = 0; i < kinds.count && result == 0; i++)
        result = list_event(stored, &kinds.list[i], out, &jws, error);
    buf_free(&jws);
    listing_wipe(&kinds);
    return result;
}
