/* /log/checkpoint, /log/key, /log/tile/… and /v1/receipts/{index}: what anyone may see of the log (PROTOCOL 6). Only
 * what the newest checkpoint covers is shown, whatever the store holds by then. */
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "crypto/line.h"
#include "crypto/tile.h"
#include <stdio.h>
#include <string.h>

#define TEXT_TYPE "text/plain; charset=utf-8"

void api_checkpoint_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct proofs *proofs = proofs_now(service->shared.proofs);
    struct buf body;
    buf_init(&body, SIZE_MAX);
    buf_put(&body, proofs->checkpoint, proofs->checkpoint_len);
    proofs_release(proofs);
    http_answer(x, 200, TEXT_TYPE, &body);
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

static void answer_unreadable(struct http_exchange *x)
{
    http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
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

void api_tile_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    char path[TILE_PATH_SIZE];
    struct tile tile;
    struct proofs *proofs = proofs_now(service->shared.proofs);
    uint64_t size = proofs->head.size;
    proofs_release(proofs);
    int len = snprintf(path, sizeof path, "tile/%s", http_parameter(x));
    if (len < 0 || (size_t)len >= sizeof path || tile_parse(path, &tile) < 0 || tile.level >= TILE_LEVELS ||
        tile.width > tile_width_at(tile.level, tile.index, size)) {
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

void api_receipt_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    const char *text = http_parameter(x);
    struct line line = {text, strlen(text)};
    uint64_t index;
    struct proofs *proofs = proofs_now(service->shared.proofs);
    bool known = line_number(&line, &index) == 0 && index < proofs->head.size;
    proofs_release(proofs);
    if (!known) {
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
