/* Measures the real collector over loopback, and prints every cost as a ratio to bare libsodium verification measured
 * in the same run; and the same of a peer, a careful small service in Node (peer.mjs), with ours to theirs.
 *
 *     bench-http COLLECTOR FOLDER RESPONSES RUNS [NAME]      NAME: only the workloads whose name holds it
 *
 * Each workload gets a store of its own. CPU is the daemon's alone, all its threads, user and system. On one core the
 * daemon, and the bare verification before and after, have one core to themselves, and the load another; on all cores
 * everything shares them. */
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/invitation.h"
#include "tests/bench/kit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define RUNS_MAX 9

enum kind { SINGLE, BATCH };
enum mix { FRESH, HALF_REVISIONS, ONE_PERCENT_INVALID, REPLAYS };
enum cores { ONE, ALL };
enum service { COLLECTOR, TLS, PEER }; /* the collector in plain, or in TLS; the peer */

struct workload {
    const char *name;
    enum kind kind;
    unsigned connections, idle, batch;
    enum mix mix;
    enum cores cores;
    unsigned share; /* of the responses asked for, in percent */
    enum service service;
};

static const struct workload workloads[] = {
    {"single, 1 connection", SINGLE, 1, 0, 1, FRESH, ONE, 15, COLLECTOR},
    {"single, 32 connections", SINGLE, 32, 0, 1, FRESH, ONE, 100, COLLECTOR},
    {"single, 32 connections", SINGLE, 32, 0, 1, FRESH, ALL, 100, COLLECTOR},
    {"single, 32 conn. in TLS", SINGLE, 32, 0, 1, FRESH, ONE, 100, TLS},
    {"single, 256 connections", SINGLE, 256, 0, 1, FRESH, ONE, 100, COLLECTOR},
    {"single, 256 connections", SINGLE, 256, 0, 1, FRESH, ALL, 100, COLLECTOR},
    {"single, 2,000 connections", SINGLE, 2000, 0, 1, FRESH, ONE, 200, COLLECTOR},
    {"single, 200 busy", SINGLE, 200, 0, 1, FRESH, ONE, 100, COLLECTOR},
    {"single, 200 busy, 2,000 idle", SINGLE, 200, 2000, 1, FRESH, ONE, 100, COLLECTOR},
    {"batches of 1, 32 connections", BATCH, 32, 0, 1, FRESH, ONE, 100, COLLECTOR},
    {"batches of 64", BATCH, 4, 0, 64, FRESH, ONE, 200, COLLECTOR},
    {"batches of 64", BATCH, 4, 0, 64, FRESH, ALL, 200, COLLECTOR},
    {"batches of 4,096, minimal", BATCH, 2, 0, 4096, FRESH, ONE, 300, COLLECTOR},
    {"batches of 4,096, minimal", BATCH, 2, 0, 4096, FRESH, ALL, 300, COLLECTOR},
    {"half revisions, 32", SINGLE, 32, 0, 1, HALF_REVISIONS, ONE, 100, COLLECTOR},
    {"1% invalid, 32", SINGLE, 32, 0, 1, ONE_PERCENT_INVALID, ONE, 100, COLLECTOR},
    {"replays, 32", SINGLE, 32, 0, 1, REPLAYS, ONE, 50, COLLECTOR},
    {"peer in Node, 1 connection", SINGLE, 1, 0, 1, FRESH, ONE, 15, PEER},
    {"peer in Node, 32 connections", SINGLE, 32, 0, 1, FRESH, ONE, 100, PEER},
    {"peer in Node, 32 connections", SINGLE, 32, 0, 1, FRESH, ALL, 100, PEER},
    {"peer in Node, 256 connections", SINGLE, 256, 0, 1, FRESH, ONE, 100, PEER},
};

#define WORKLOADS (sizeof workloads / sizeof *workloads)

struct result {
    double accepted_per_s, cpu_us, ratio, p50, p99, p999, rss_mb;
    size_t turned_away; /* requests answered 503 */
    bool measured;
};

/* The JWS number `i` of a workload, of `count`. */
static void put_numbered(struct buf *out, const struct workload *w, const struct member *members, size_t i,
                         size_t count)
{
    size_t distinct = w->mix == HALF_REVISIONS ? count / 2 : count, place = i % distinct;
    size_t start = out->len;
    bench_put_response(out, &members[place / BENCH_ACTIONS], place % BENCH_ACTIONS, 1 + (int64_t)(i / distinct),
                       (unsigned)(i * 2654435761u >> 8));
    if (w->mix == ONE_PERCENT_INVALID && i % 100 == 0)
        out->data[start + 100] = out->data[start + 100] == 'A' ? 'B' : 'A';
}

static size_t make_requests(struct request **out, const struct workload *w, const struct member *members, size_t count)
{
    size_t n = (count + w->batch - 1) / w->batch;
    struct request *list = calloc(n, sizeof *list);
    struct buf body, jws;
    buf_init(&body, SIZE_MAX);
    buf_init(&jws, JWS_MAX);
    for (size_t r = 0; r < n; r++) {
        buf_reset(&body);
        for (size_t i = r * w->batch; i < (r + 1) * w->batch && i < count; i++) {
            buf_reset(&jws);
            put_numbered(&jws, w, members, i, count);
            if (w->kind == SINGLE)
                buf_put(&body, jws.data, jws.len);
            else
                buf_printf(&body, "\"%s\"\n", jws.data);
        }
        bench_make_request(&list[r], w->kind == SINGLE ? "/v1/responses" : "/v1/response-batches",
                           w->kind == SINGLE ? "application/jose" : "application/x-ndjson",
                           w->batch == 4096 ? "Prefer: return=minimal\r\n" : "", &body);
    }
    buf_free(&jws);
    buf_free(&body);
    *out = list;
    return n;
}

/* One workload. */

/* What a request that is taken is answered; of a damaged one the place may be in the header, the payload or the key's
 * name: then it is malformed or unknown. */
static bool is_right(const struct workload *w, size_t i, int status)
{
    if (w->mix == ONE_PERCENT_INVALID && i % 100 == 0)
        return status == 401 || status == 400;
    /* What was turned away the first time is no replay. */
    if (w->mix == REPLAYS)
        return status == 200 || status == 201;
    return status == (w->kind == BATCH ? 200 : 201);
}

/* Responses that were accepted; those turned away by 503, in *turned_away, are told and are no reason to stop. */
static size_t count_accepted(const struct workload *w, const struct request *list, size_t n, size_t count,
                             size_t *turned_away)
{
    size_t accepted = 0;
    *turned_away = 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i].status == 503) {
            ++*turned_away;
            continue;
        }
        if (!is_right(w, i, list[i].status)) {
            fprintf(stderr, "bench: %s: an answer was %d\n", w->name, list[i].status);
            exit(1);
        }
        size_t lines = i + 1 < n ? w->batch : count - (n - 1) * w->batch;
        accepted += list[i].status < 400 ? lines : 0;
    }
    if (accepted == 0)
        bench_give_up("every request was turned away");
    return accepted;
}

/* Where bare verification is measured, and the daemon is started. */
static void take_daemons_cores(enum cores cores)
{
    (void)bench_stay_on(cores == ONE ? 0 : -1);
}

/* Where the load runs; whether it has its cores to itself. */
static bool take_loads_cores(enum cores cores)
{
    return cores == ONE && bench_stay_on(1);
}

static struct result measure(const struct workload *w, const struct member *members, size_t count)
{
    char dsn[BENCH_PATH_SIZE];
    size_t member_count = (count + BENCH_ACTIONS - 1) / BENCH_ACTIONS;
    char(*codes)[INVITATION_TEXT_SIZE] = calloc(member_count, sizeof *codes);
    struct request *list;
    bench_make_store(dsn, member_count, codes);
    bench_use_tls(w->service == TLS);
    take_daemons_cores(w->cores);
    double verify = bench_measure_verify();
    struct daemon daemon = w->service == PEER ? bench_start_peer() : bench_start(dsn);
    bool alone = take_loads_cores(w->cores);
    bench_enrol(daemon, members, member_count, codes);
    size_t n = make_requests(&list, w, members, count);
    struct load *load = load_open(daemon.port, w->connections, w->idle, alone);
    if (w->mix == REPLAYS)
        load_send(load, list, n);
    double before = bench_daemon_cpu_us(daemon);
    int64_t micros = load_send(load, list, n);
    double cpu = bench_daemon_cpu_us(daemon) - before;
    double rss = bench_daemon_rss_mb(daemon);
    load_close(load);
    bench_stop(daemon);
    take_daemons_cores(w->cores);
    verify = (verify + bench_measure_verify()) / 2;
    (void)bench_stay_on(-1);
    size_t turned_away, accepted = count_accepted(w, list, n, count, &turned_away);
    /* The latency of those that were taken: who is turned away hears so at once. */
    size_t first = bench_gather(list, n, 503);
    bench_sort(list + first, n - first);
    struct result result = {.turned_away = turned_away,
                            .measured = true,
                            .accepted_per_s = (double)accepted * 1e6 / (double)micros,
                            .cpu_us = cpu / (double)accepted,
                            .ratio = cpu / (double)accepted / verify,
                            .p50 = bench_quantile(list + first, n - first, 0.5),
                            .p99 = bench_quantile(list + first, n - first, 0.99),
                            .p999 = bench_quantile(list + first, n - first, 0.999),
                            .rss_mb = rss};
    bench_free_requests(list, n);
    free(codes);
    return result;
}

static int compare_ratio(const void *a, const void *b)
{
    double x = ((const struct result *)a)->ratio, y = ((const struct result *)b)->ratio;
    return (x > y) - (x < y);
}

/* The medians of each figure by itself would be of no run; this is the run with the median ratio. */
static struct result measure_workload(const struct workload *w, const struct member *members, size_t count,
                                      unsigned runs)
{
    struct result results[RUNS_MAX];
    for (unsigned r = 0; r < runs; r++)
        results[r] = measure(w, members, count);
    qsort(results, runs, sizeof *results, compare_ratio);
    const struct result *m = &results[runs / 2];
    printf("%-29s %5s %10.0f %7.1f %7.2f %5.2f-%-5.2f %8.2f %8.2f %8.2f %6.1f %11zu\n", w->name,
           w->cores == ONE ? "one" : "all", m->accepted_per_s, m->cpu_us, m->ratio, results[0].ratio,
           results[runs - 1].ratio, m->p50, m->p99, m->p999, m->rss_mb, m->turned_away);
    fflush(stdout);
    return *m;
}

static bool is_same_load(const struct workload *a, const struct workload *b)
{
    return a->kind == b->kind && a->connections == b->connections && a->idle == b->idle && a->batch == b->batch &&
           a->mix == b->mix && a->cores == b->cores;
}

/* Ours to theirs: the same requests, on the same cores, in the same run. */
static void compare_with_peer(const struct result results[static WORKLOADS])
{
    bool any = false;
    for (size_t i = 0; i < WORKLOADS; i++)
        for (size_t k = 0; k < WORKLOADS; k++) {
            const struct workload *ours = &workloads[i], *theirs = &workloads[k];
            if (ours->service != COLLECTOR || theirs->service != PEER || !is_same_load(ours, theirs) ||
                !results[i].measured || !results[k].measured)
                continue;
            if (!any)
                printf("\nthe collector to the peer in Node (tests/bench/peer.mjs), which makes no tree, no receipts "
                       "and no tables\n\n%-29s %5s %12s %12s %9s %9s\n",
                       "workload", "cores", "CPU", "accepted/s", "p50", "peak RSS");
            any = true;
            printf("%-29s %5s %12.2f %12.2f %9.2f %9.2f\n", ours->name, ours->cores == ONE ? "one" : "all",
                   results[i].cpu_us / results[k].cpu_us, results[i].accepted_per_s / results[k].accepted_per_s,
                   results[i].p50 / results[k].p50, results[i].rss_mb / results[k].rss_mb);
        }
}

int main(int argc, char **argv)
{
    if (argc < 5 || crypto_start())
        return 2;
    bench_collector = argv[1];
    bench_folder = argv[2];
    size_t responses = strtoul(argv[3], NULL, 10);
    unsigned runs = (unsigned)strtoul(argv[4], NULL, 10);
    const char *only = argc > 5 ? argv[5] : "";
    struct rlimit limit = {65536, 65536};
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    size_t member_count = responses * 3 / BENCH_ACTIONS + 2;
    struct member *members = bench_make_members(member_count);
    bench_print_machine();
    printf("bare libsodium verification, before: %.1f us of CPU; one fdatasync: %.2f ms\n\n", bench_measure_verify(),
           bench_measure_sync());
    printf("%-29s %5s %10s %7s %7s %11s %8s %8s %8s %6s %11s\n", "workload", "cores", "accepted/s", "CPU us", "RATIO",
           "range", "p50 ms", "p99 ms", "p99.9 ms", "RSS MB", "turned away");
    struct result results[WORKLOADS] = {{.measured = false}};
    for (size_t i = 0; i < WORKLOADS; i++)
        if (strstr(workloads[i].name, only))
            results[i] = measure_workload(&workloads[i], members, responses * workloads[i].share / 100,
                                          runs < RUNS_MAX ? runs : RUNS_MAX);
    compare_with_peer(results);
    printf("\nbare libsodium verification, after: %.1f us of CPU; of %u runs the one with the median ratio\n",
           bench_measure_verify(), runs);
    bench_free_members(members, member_count);
    return 0;
}
