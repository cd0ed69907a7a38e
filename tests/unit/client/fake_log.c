/* See fake_log.h. */
#include "tests/unit/client/fake_log.h"
#include "base/json.h"
#include "client/home/pin.h"
#include "crypto/crypto.h"
#include "crypto/receipt.h"
#include "crypto/tile.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

void fake_log_init(struct fake_log *log, const char *origin)
{
    cr_assert_eq(crypto_start(), 0);
    uint8_t public_key[KEY_BYTES];
    memset(log, 0, sizeof *log);
    log->secret = secret_key_new();
    cr_assert_not_null(log->secret);
    secret_key_public(log->secret, public_key);
    cr_assert_eq(note_key_make(&log->key, origin, public_key), 0);
    log->tiles = log->key_of = log->checkpoint_of = log;
}

void fake_log_wipe(struct fake_log *log)
{
    secret_key_free(log->secret);
}

size_t fake_log_add(struct fake_log *log, const char *text)
{
    cr_assert_lt(log->count, FAKE_LOG_MAX);
    merkle_leaf(text, strlen(text), &log->leaves[log->count]);
    log->shown = ++log->count;
    return log->count - 1;
}

void fake_log_fill(struct fake_log *log, const char *name, size_t count)
{
    char text[64];
    while (log->count < count) {
        snprintf(text, sizeof text, "%s%zu", name, log->count);
        fake_log_add(log, text);
    }
}

void *fake_log_reading(const struct fake_log *log)
{
    return (void *)(uintptr_t)log;
}

int fake_log_read(void *context, unsigned level, uint64_t index, struct merkle_hash *out)
{
    const struct fake_log *log = context;
    if (level > 10 || (index + 1) << level > log->count)
        return -1;
    merkle_root(&log->leaves[index << level], (size_t)1 << level, out);
    return 0;
}

void fake_log_fork(struct fake_log *log, struct fake_log *fork, size_t common, size_t count)
{
    fake_log_fill(log, "entry", common);
    *fork = *log;
    fork->tiles = fork->key_of = fork->checkpoint_of = fork;
    fake_log_fill(log, "entry", count);
    fake_log_fill(fork, "other", count);
}

struct merkle_head fake_log_head(const struct fake_log *log, size_t size)
{
    struct merkle_head head = {.size = size};
    if (size > 0)
        cr_assert_eq(merkle_root_at(size, fake_log_read, fake_log_reading(log), &head.root), 0);
    else
        merkle_empty(&head.root);
    return head;
}

void fake_log_put_checkpoint(struct buf *out, const struct fake_log *log, size_t size)
{
    struct merkle_head head = fake_log_head(log, size);
    checkpoint_sign(out, &head, &log->key, log->secret);
    cr_assert_eq(buf_check(out), 0);
}

void fake_log_put_receipt(struct buf *out, const struct fake_log *log, size_t index, size_t size)
{
    struct receipt receipt = {.index = index};
    struct buf checkpoint;
    buf_init(&checkpoint, NOTE_MAX);
    fake_log_put_checkpoint(&checkpoint, log, size);
    int count = merkle_prove_inclusion(index, size, fake_log_read, fake_log_reading(log), receipt.proof);
    cr_assert_geq(count, 0);
    receipt.count = (size_t)count;
    receipt.checkpoint = checkpoint.data;
    receipt.checkpoint_len = checkpoint.len;
    receipt_put(out, &receipt, "\n");
    buf_free(&checkpoint);
}

void fake_log_put_answer(struct buf *out, const struct fake_log *log, size_t index, const char *kid)
{
    struct buf receipt;
    buf_init(&receipt, RECEIPT_MAX);
    fake_log_put_receipt(&receipt, log, index, log->count);
    buf_put_char(out, '{');
    if (kid)
        buf_printf(out, "\"kid\":\"%s\",", kid);
    buf_printf(out, "\"index\":%zu,\"receipt\":", index);
    json_put_string(out, receipt.data, receipt.len);
    buf_put_char(out, '}');
    buf_free(&receipt);
}

struct pin *fake_log_pin(const struct fake_log *log, size_t size)
{
    struct buf key, checkpoint;
    struct error why = {0};
    buf_init(&key, 1024);
    buf_init(&checkpoint, NOTE_MAX);
    note_key_put(&key, &log->key);
    fake_log_put_checkpoint(&checkpoint, log, size);
    struct pin *pin = pin_new(&key, &checkpoint, &why);
    cr_assert_not_null(pin, "%s", why.text);
    buf_free(&key);
    buf_free(&checkpoint);
    return pin;
}

/* Serving. */

static void put_answer(struct buf *out, int status, const struct buf *body)
{
    buf_printf(out, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n\r\n", status, body->len);
    buf_put(out, buf_text(body), body->len);
}

static int put_tile(struct buf *body, const struct fake_log *log, const char *path)
{
    struct tile tile;
    struct merkle_hash hash;
    if (!log->tiles || tile_parse(path, &tile) < 0 || (log->only_full_tiles && tile.width < TILE_WIDTH))
        return 404;
    for (unsigned i = 0; i < tile.width; i++) {
        if (fake_log_read(fake_log_reading(log->tiles), tile.level * TILE_HEIGHT, tile.index * TILE_WIDTH + i, &hash) <
            0)
            return 404;
        buf_put(body, hash.bytes, sizeof hash.bytes);
    }
    return 200;
}

static void serve(void *context, const char *request, struct buf *out)
{
    const struct fake_log *log = context;
    char path[128] = "";
    struct buf body;
    int status = 200;
    buf_init(&body, NOTE_MAX);
    cr_assert_eq(sscanf(request, "GET /log/%127s", path), 1);
    if (log->answer)
        buf_put_text(out, log->answer);
    else if (strcmp(path, "key") == 0) {
        note_key_put(&body, &log->key_of->key);
        buf_put_char(&body, '\n');
    } else if (strcmp(path, "checkpoint") == 0)
        fake_log_put_checkpoint(&body, log->checkpoint_of, log->checkpoint_of->shown);
    else
        status = put_tile(&body, log, path);
    if (!log->answer)
        put_answer(out, status, &body);
    buf_free(&body);
}

void fake_log_serve(struct fake_log *log)
{
    fake_start_with(serve, log);
}
