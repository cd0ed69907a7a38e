/* A list, and what of two kinds of events must be known before their turn. Their signatures are looked at when it
 * comes, of the entries that the log has: hence the leaf, by which they are shown to be the same. */
#include "collector/audit/listing.h"
#include "base/list.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include <stdio.h>
#include <string.h>

void listing_wipe(struct listing *listing)
{
    mem_free(listing->list);
    mem_free(listing->releases);
    *listing = (struct listing){0};
}

static int append_listed(struct listing *listing, const struct listed *next)
{
    struct listed *list = list_grow(listing->list, listing->count, &listing->capacity, sizeof *list);
    if (!list)
        return -1;
    listing->list = list;
    list[listing->count++] = *next;
    return 0;
}

static int note_release(struct listing *listing, int64_t index, const struct event *event)
{
    struct listed_release *list =
        list_grow(listing->releases, listing->release_count, &listing->release_capacity, sizeof *list);
    if (!list)
        return -1;
    listing->releases = list;
    struct listed_release *release = &list[listing->release_count++];
    *release = (struct listed_release){.index = index, .head.size = (uint64_t)event->size};
    memcpy(release->head.root.bytes, event->root, SHA256_BYTES);
    snprintf(release->round, sizeof release->round, "%s", event->round);
    return 0;
}

/* -1: no memory. */
static int note_listed_event(struct listing *listing, int64_t index, const struct event *event)
{
    if (event->kind == EVENT_RELEASE_CREATED)
        return note_release(listing, index, event);
    if (event->kind == EVENT_LOG_UPGRADED && listing->count == 0) {
        listing->is_upgraded = true;
        memcpy(listing->panel, event->panel, SHA256_BYTES);
        memcpy(listing->actions, event->actions, SHA256_BYTES);
    }
    return 0;
}

/* -1: no memory. */
static int read_listed(struct listing *listing, struct listed *next, const struct jws *jws)
{
    struct buf payload;
    struct event event;
    struct error error = {0};
    buf_init(&payload, JWS_MAX);
    int result = jws_decode_payload(jws, &payload);
    if (result == 0 && event_parse(buf_text(&payload), payload.len, &event, &error) == 0) {
        next->kind = event.kind;
        result = note_listed_event(listing, next->index, &event);
        event_free(&event);
    } else if (error.kind == ERROR_MEMORY) {
        result = -1;
    }
    buf_free(&payload);
    return result;
}

int listing_add(struct listing *listing, int64_t index, const char *text, size_t len)
{
    struct jws jws;
    struct error error = {0};
    struct listed next = {.index = index, .kind = EVENT_KINDS, .has_leaf = true};
    merkle_leaf(text, len, &next.leaf);
    if (jws_parse(text, len, EVENT_TYP, &jws, &error) == 0) {
        if (read_listed(listing, &next, &jws) < 0)
            return -1;
    } else if (error.kind == ERROR_MEMORY) {
        return -1;
    }
    return append_listed(listing, &next);
}

static enum event_kind find_kind(const char *name)
{
    enum event_kind kind = 0;
    while (kind < EVENT_KINDS && strcmp(event_name(kind), name) != 0)
        kind++;
    return kind;
}

int listing_add_kind(struct listing *listing, int64_t index, const char *kind)
{
    return append_listed(listing, &(struct listed){.index = index, .kind = find_kind(kind)});
}

bool listing_needs_text(const struct listing *listing, const char *kind)
{
    return find_kind(kind) == EVENT_RELEASE_CREATED || listing->count == 0;
}
