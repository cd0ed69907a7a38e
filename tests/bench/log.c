/* What the log costs, how fast an audit is, how large a store is: in ratios to bare verification and to the JWS
 * themselves.
 *
 *     bench-log COLLECTOR FOLDER RESPONSES */
#include "collector/log/last_checkpoint.h"
#include "collector/log/log_key.h"
#include "collector/log/proofs.h"
#include "collector/log/signer.h"
#include "collector/log/tree.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/invitation.h"
#include "tests/bench/kit.h"
#include <stdio.h>
#include <stdlib.h>

#define BATCH 1000

/* The log alone. */

struct log {
    struct store *store;
    struct tree *tree;
    struct signer *key;
    uint64_t size;
};

static void open_log(struct log *log, const char *dsn)
{
    char path[BENCH_PATH_SIZE];
    struct error error = {0};
    struct buf verifier;
    buf_init(&verifier, NOTE_MAX);
    bench_path(path, "", "bench.db.log-key");
    log->store = store_open(dsn, STORE_EXISTING, &error);
    log->tree = tree_new();
    int64_t size; /* of the events that the imports are */
    if (!log->store || !log->tree || store_log_key_read(log->store, &verifier) != STORE_OK ||
        (log->key = signer_open(path, buf_text(&verifier), &error)) == NULL ||
        store_entry_count(log->store, &size) != STORE_OK ||
        tree_load(log->tree, log->store, (uint64_t)size, &error) < 0)
        bench_give_up("the log");
    log->size = (uint64_t)size;
    buf_free(&verifier);
}

/* Puts one batch of `count` leaves into the log, signs it and writes every receipt; the sync, which a commit without a
 * log needs too, is left out of the CPU that it returns. */
static double grow(struct log *log, const struct merkle_hash *leaves, size_t count, struct buf *receipts)
{
    struct merkle_batch *batch;
    struct error error = {0};
    struct merkle_head head = {.size = log->size + count};
    if (store_begin(log->store) != STORE_OK)
        bench_give_up("begin");
    for (size_t i = 0; i < count; i++)
        if (store_entry_append(log->store, (int64_t)(log->size + i), "a.b.c", 5) != STORE_OK)
            bench_give_up(store_error(log->store)->text);
    double start = bench_thread_us();
    if (tree_extend(log->tree, log->store, leaves, count, &batch, &error) < 0)
        bench_give_up(error.text);
    double cpu = bench_thread_us() - start;
    if (store_commit(log->store) != STORE_OK)
        bench_give_up("commit");
    start = bench_thread_us();
    tree_accept(log->tree, batch);
    merkle_batch_root(batch, &head.root);
    if (signer_sign(log->key, &head, &error) < 0)
        bench_give_up("signing");
    struct proofs *proofs = proofs_new(&head, signer_checkpoint(log->key), batch);
    for (size_t i = 0; i < count; i++) {
        buf_reset(receipts);
        if (!proofs || proofs_put_receipt(receipts, proofs, log->size + i, RECEIPT_TEXT))
            bench_give_up("a receipt");
    }
    proofs_release(proofs);
    log->size += count;
    return cpu + bench_thread_us() - start;
}

static void measure_log(const char *dsn, double verify)
{
    static const size_t sizes[] = {1, 16, 64, 4096};
    struct log log = {0};
    struct buf receipts;
    static struct merkle_hash leaves[4096];
    crypto_random(leaves, sizeof leaves);
    buf_init(&receipts, RECEIPT_MAX);
    open_log(&log, dsn);
    grow(&log, leaves, 4096, &receipts);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t rounds = 8192 / sizes[s] < 500 ? 8192 / sizes[s] + 1 : 500;
        double cpu = 0;
        for (size_t r = 0; r < rounds; r++)
            cpu += grow(&log, leaves, sizes[s], &receipts);
        cpu /= (double)(rounds * sizes[s]);
        printf("%-44s %8.2f us  RATIO %.3f\n",
               sizes[s] == 1    ? "tree, checkpoint, receipt: a commit of 1"
               : sizes[s] == 16 ? "  of 16, a response"
               : sizes[s] == 64 ? "  of 64, a response"
                                : "  of 4,096, a response",
               cpu, cpu / verify);
    }
    buf_free(&receipts);
    signer_close(log.key);
    tree_free(log.tree);
    store_close(log.store);
}

/* A store of responses. */

/* Fills the store through the batch path; returns the bytes of all JWS. */
static size_t fill(const char *dsn, const struct member *members, size_t member_count,
                   char (*codes)[INVITATION_TEXT_SIZE], size_t count)
{
    size_t n = (count + BATCH - 1) / BATCH, bytes = 0;
    struct request *list = calloc(n, sizeof *list);
    struct buf body, jws;
    struct daemon daemon = bench_start(dsn);
    bench_enrol(daemon, members, member_count, codes);
    buf_init(&body, SIZE_MAX);
    buf_init(&jws, JWS_MAX);
    for (size_t r = 0; r < n; r++) {
        buf_reset(&body);
        for (size_t i = r * BATCH; i < (r + 1) * BATCH && i < count; i++) {
            buf_reset(&jws);
            bench_put_response(&jws, &members[i / BENCH_ACTIONS], i % BENCH_ACTIONS, 1,
                               (unsigned)(i * 2654435761u >> 8));
            bytes += jws.len;
            buf_printf(&body, "\"%s\"\n", jws.data);
        }
        bench_make_request(&list[r], "/v1/response-batches", "application/x-ndjson", "Prefer: return=minimal\r\n",
                           &body);
    }
    load_run(daemon.port, 2, 0, list, n);
    bench_stop(daemon);
    bench_free_requests(list, n);
    buf_free(&jws);
    buf_free(&body);
    return bytes;
}

static void measure_tables(const char *dsn, size_t responses, double verify)
{
    double cpu = bench_measure_summary(dsn).cpu_us;
    printf("summary of %d actions over %-8zu responses    %8.2f us  RATIO %.1f\n", BENCH_ACTIONS, responses, cpu,
           cpu / verify);
}

int main(int argc, char **argv)
{
    if (argc < 4 || crypto_start())
        return 2;
    bench_collector = argv[1];
    bench_folder = argv[2];
    size_t count = strtoul(argv[3], NULL, 10), member_count = count / BENCH_ACTIONS + 1;
    char dsn[BENCH_PATH_SIZE];
    struct member *members = calloc(member_count, sizeof *members);
    char(*codes)[INVITATION_TEXT_SIZE] = calloc(member_count, sizeof *codes);
    for (size_t i = 0; i < member_count; i++) {
        members[i].key = secret_key_new();
        if (!members[i].key)
            bench_give_up("guarded memory for keys");
        secret_key_public(members[i].key, members[i].public_key);
    }
    double verify = bench_measure_verify();
    printf("\nthe log; bare verification %.1f us of CPU\n", verify);
    bench_make_store(dsn, 0 + 1, codes);
    measure_log(dsn, verify);
    bench_make_store(dsn, 1, codes);
    (void)fill(dsn, members, 1, codes, 10);
    bench_run((const char *[]){bench_collector, "release", "create", BENCH_ROUND, "--store", dsn, NULL}, NULL);
    measure_tables(dsn, 10, verify);
    bench_make_store(dsn, member_count, codes);
    size_t bytes = fill(dsn, members, member_count, codes, count);
    bench_measure_release(dsn, count + member_count);
    measure_tables(dsn, count, verify);
    bench_measure_audit(dsn, count + member_count);
    bench_measure_backup(dsn);
    printf("%-44s %8.0f bytes a response  RATIO %.3f\n", "store, to the JWS it holds",
           bench_store_bytes() / (double)count, bench_store_bytes() / (double)bytes);
    for (size_t i = 0; i < member_count; i++)
        secret_key_free(members[i].key);
    free(members);
    free(codes);
    return 0;
}
