/* /log/checkpoint, /log/key, /log/tile/… and /v1/receipts/{index}: what anyone may see of the log (PROTOCOL 6). Only
 * what the newest checkpoint covers is shown, whatever the store holds by then; what goes beyond it may be what another
 * collector has shown, and is looked for first. Where that can't be had it is 503. */
#include "collector/api/looking.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/http/fields.h"
#include "crypto/line.h"
#include "crypto/tile.h"
#include <stdio.h>
#include <string.h>

#define TEXT_TYPE "text/plain; charset=utf-8"

static void answer_unreadable(struct http_exchange *x)
{
    http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
}

static void show_checkpoint(struct http_exchange *x, const struct service *service)
{
    struct proofs *proofs = proofs_now(service->shared.proofs);
    struct buf body;
    buf_init(&body, SIZE_MAX);
    buf_put(&body, proofs->checkpoint, proofs->checkpoint_len);
    proofs_release(proofs);
    http_answer(x, 200, TEXT_TYPE, &body);
}

/* Unseen it might be smaller than what another has shown: to who watches the log that is one that was turned back. */
static void answer_checkpoint(struct http_exchange *x, struct service *service, bool seen)
{
    if (seen)
        show_checkpoint(x, service);
    else
        answer_unreadable(x);
}

/* Another collector asks what was shown here, and not what its own store could tell it. */
void api_checkpoint_get(struct http_exchange *x, void *context)
{
    if (!field_prefers_no_wait(http_header(x, "Prefer"))) {
        api_look(x, context, answer_checkpoint);
        return;
    }
    show_checkpoint(x, context);
    http_answer_header(x, "Preference-Applied", "wait=0");
}

void api_log_key_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct buf body;
    buf_init(&body, SIZE_MAX);
    note_key_put(&body, signer_public(service->shared.signer));
    buf_put_char(&body, '\n');
    http_answer(x, 200, TEXT_TYPE, &body);
}

/* The first `width` hashes of a tile. STORE_NONE: it has fewer. */
static enum store_result read_tile(struct service *service, const struct tile *tile, struct buf *out)
{
    struct merkle_hash hashes[TILE_WIDTH];
    unsigned width = 0;
    struct store *store = reader_take(service->reader);
    if (!store)
        return STORE_FAILED;
    enum store_result result = store_tile_read(store, tile->level, tile->index, hashes, &width);
    reader_give_back(service->reader);
    if (result == STORE_OK && width < tile->width)
        result = STORE_NONE;
    if (result == STORE_OK)
        buf_put(out, hashes, tile->width * sizeof hashes[0]);
    return result;
}

/* false: there is no such tile in any log. */
static bool read_tile_name(const struct http_exchange *x, struct tile *tile)
{
    char path[TILE_PATH_SIZE];
    int len = snprintf(path, sizeof path, "tile/%s", http_parameter(x));
    return len >= 0 && (size_t)len < sizeof path && tile_parse(path, tile) == 0 && tile->level < TILE_LEVELS;
}

static bool covers_tile(const struct service *service, const struct tile *tile)
{
    return tile->width <= tile_width_at(tile->level, tile->index, api_log_size(service));
}

static void answer_tile(struct http_exchange *x, struct service *service, bool seen)
{
    struct tile tile;
    (void)seen;
    if (!read_tile_name(x, &tile) || !covers_tile(service, &tile)) {
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The log has no such tile.", NULL);
        return;
    }
    struct buf body;
    buf_init(&body, SIZE_MAX);
    if (read_tile(service, &tile, &body) != STORE_OK) {
        buf_free(&body);
        answer_unreadable(x);
        return;
    }
    http_answer(x, 200, "application/octet-stream", &body);
    if (tile.width == TILE_WIDTH)
        http_answer_header(x, "Cache-Control", API_IMMUTABLE);
}

void api_tile_get(struct http_exchange *x, void *context)
{
    struct tile tile;
    if (read_tile_name(x, &tile) && !covers_tile(context, &tile))
        api_look(x, context, answer_tile);
    else
        answer_tile(x, context, true);
}

static void answer_receipt(struct http_exchange *x, struct service *service, bool seen)
{
    uint64_t index;
    (void)seen;
    if (!api_covers_entry(x, service, &index)) {
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The log has no entry with this index.", NULL);
        return;
    }
    struct buf body;
    buf_init(&body, SIZE_MAX);
    if (api_put_any_receipt(&body, service, index, RECEIPT_TEXT) < 0) {
        buf_free(&body);
        answer_unreadable(x);
        return;
    }
    http_answer(x, 200, TEXT_TYPE, &body);
}

void api_receipt_get(struct http_exchange *x, void *context)
{
    uint64_t index;
    if (api_covers_entry(x, context, &index))
        answer_receipt(x, context, true);
    else
        api_look(x, context, answer_receipt);
}
