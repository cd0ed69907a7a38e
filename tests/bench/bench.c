/* Measures the real collector over loopback, and prints every cost as a ratio to bare libsodium verification measured in the same run.
 *
 *     bench COLLECTOR FOLDER RESPONSES RUNS      both programs from a release build; FOLDER is made and emptied
 *
 * Each workload gets a store of its own. CPU is the daemon's alone, all its threads, user and system. */
#include "base/clock.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "tests/bench/kit.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MAX 9

enum kind { SINGLE, BATCH };
enum mix { FRESH, HALF_REVISIONS, ONE_PERCENT_INVALID, REPLAYS };

struct workload {
    const char *name;
    enum kind kind;
    unsigned connections, idle, batch;
    enum mix mix;
    unsigned share; /* of the responses asked for, in percent */
};

static const struct workload workloads[] = {
    {"single, 1 connection", SINGLE, 1, 0, 1, FRESH, 15},
    {"single, 32 connections", SINGLE, 32, 0, 1, FRESH, 100},
    {"single, 256 connections", SINGLE, 256, 0, 1, FRESH, 100},
    {"single, 2,000 connections", SINGLE, 2000, 0, 1, FRESH, 100},
    {"single, 200 busy", SINGLE, 200, 0, 1, FRESH, 100},
    {"single, 200 busy, 2,000 idle", SINGLE, 200, 2000, 1, FRESH, 100},
    {"batches of 1", BATCH, 32, 0, 1, FRESH, 50},
    {"batches of 64", BATCH, 4, 0, 64, FRESH, 100},
    {"batches of 4,096, minimal", BATCH, 2, 0, 4096, FRESH, 200},
    {"half revisions, 32", SINGLE, 32, 0, 1, HALF_REVISIONS, 100},
    {"1% invalid, 32", SINGLE, 32, 0, 1, ONE_PERCENT_INVALID, 100},
    {"replays, 32", SINGLE, 32, 0, 1, REPLAYS, 50},
};

struct result {
    double accepted_per_s, cpu_us, ratio, p50, p99, p999, rss_mb;
};

/* The JWS number `i` of a workload, of `count`. */
static void put_numbered(struct buf *out, const struct workload *w, const struct member *members, size_t i, size_t count)
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

/* --- one workload ---------------------------------------------------------------------------------------------------------- */

static int compare_micros(const void *a, const void *b)
{
    int64_t x = ((const struct request *)a)->micros, y = ((const struct request *)b)->micros;
    return (x > y) - (x < y);
}

static size_t count_accepted(const struct workload *w, const struct request *list, size_t n, size_t count)
{
    size_t accepted = 0;
    for (size_t i = 0; i < n; i++) {
        int want = w->kind == BATCH || w->mix == REPLAYS ? 200 : w->mix == ONE_PERCENT_INVALID && i % 100 == 0 ? 401 : 201;
        /* A damaged place may be in the header, the payload or the key's name: then it is malformed or unknown. */
        if (list[i].status != want && !(want == 401 && list[i].status == 400)) {
            fprintf(stderr, "bench: %s: an answer was %d\n", w->name, list[i].status);
            exit(1);
        }
        accepted += want != 401;
    }
    return w->kind == BATCH ? count : accepted;
}

static struct result measure(const struct workload *w, const struct member *members, size_t count, double verify_us)
{
    char dsn[BENCH_PATH_SIZE];
    size_t member_count = (count + BENCH_ACTIONS - 1) / BENCH_ACTIONS;
    char(*codes)[INVITATION_TEXT_SIZE] = calloc(member_count, sizeof *codes);
    struct request *list;
    bench_make_store(dsn, member_count, codes);
    struct daemon daemon = bench_start(dsn);
    bench_enrol(daemon, members, member_count, codes);
    size_t n = make_requests(&list, w, members, count);
    if (w->mix == REPLAYS)
        load_run(daemon.port, w->connections, 0, list, n);
    double before = bench_daemon_cpu_us(daemon);
    int64_t micros = load_run(daemon.port, w->connections, w->idle, list, n);
    double cpu = bench_daemon_cpu_us(daemon) - before;
    size_t accepted = count_accepted(w, list, n, count);
    qsort(list, n, sizeof *list, compare_micros);
    struct result result = {.accepted_per_s = (double)accepted * 1e6 / (double)micros,
                            .cpu_us = cpu / (double)accepted,
                            .ratio = cpu / (double)accepted / verify_us,
                            .p50 = (double)list[n / 2].micros / 1e3,
                            .p99 = (double)list[n * 99 / 100].micros / 1e3,
                            .p999 = (double)list[n * 999 / 1000].micros / 1e3,
                            .rss_mb = bench_daemon_rss_mb(daemon)};
    bench_stop(daemon);
    bench_free_requests(list, n);
    free(codes);
    return result;
}

static int compare_ratio(const void *a, const void *b)
{
    double x = ((const struct result *)a)->ratio, y = ((const struct result *)b)->ratio;
    return (x > y) - (x < y);
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
    size_t member_count = responses * 2 / BENCH_ACTIONS + 2;
    struct member *members = calloc(member_count, sizeof *members);
    for (size_t i = 0; i < member_count; i++) {
        members[i].key = secret_key_new();
        if (members[i].key == NULL)
            bench_give_up("guarded memory for keys");
        secret_key_public(members[i].key, members[i].public_key);
    }
    double verify = bench_measure_verify();
    bench_print_machine();
    printf("bare libsodium verification, before: %.1f us of CPU\n\n", verify);
    printf("%-30s %10s %8s %8s %9s %9s %9s %7s\n", "workload", "accepted/s", "CPU us", "RATIO", "p50 ms", "p99 ms",
           "p99.9 ms", "RSS MB");
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
        const struct workload *w = &workloads[i];
        struct result results[RUNS_MAX];
        if (strstr(w->name, only) == NULL)
            continue;
        for (unsigned r = 0; r < runs && r < RUNS_MAX; r++)
            results[r] = measure(w, members, responses * w->share / 100, bench_measure_verify());
        qsort(results, runs, sizeof *results, compare_ratio);
        const struct result *m = &results[runs / 2];
        printf("%-30s %10.0f %8.1f %8.2f %9.2f %9.2f %9.2f %7.1f\n", w->name, m->accepted_per_s, m->cpu_us, m->ratio,
               m->p50, m->p99, m->p999, m->rss_mb);
        fflush(stdout);
    }
    printf("\nbare libsodium verification, after: %.1f us of CPU; medians of %u runs\n", bench_measure_verify(), runs);
    for (size_t i = 0; i < member_count; i++)
        secret_key_free(members[i].key);
    free(members);
    return 0;
}
