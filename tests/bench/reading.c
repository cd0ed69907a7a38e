/* A whole log, read, made a release of, copied, and audited. Reading is what neither can do without. */
#include "base/clock.h"
#include "collector/store/store.h"
#include "crypto/jws.h"
#include "tests/bench/kit.h"
#include <stdio.h>

#define ALL_CORES_MAX ((size_t)300000)

double bench_measure_reading(const char *dsn, size_t entries)
{
    struct error error;
    struct buf jws;
    size_t bytes = 0;
    struct store *store = store_open(dsn, STORE_READING, &error);
    if (!store || store_begin_reading(store) != STORE_OK)
        bench_give_up(dsn);
    buf_init(&jws, JWS_MAX);
    int64_t start = clock_monotonic_us();
    for (size_t i = 0; i < entries; i++) {
        buf_reset(&jws);
        if (store_entry_read(store, (int64_t)i, &jws) != STORE_OK)
            bench_give_up("an entry");
        bytes += jws.len;
    }
    double each = (double)(clock_monotonic_us() - start) / (double)entries;
    if (bytes == 0)
        bench_give_up("the log");
    buf_free(&jws);
    store_rollback(store);
    store_close(store);
    return each;
}

void bench_measure_release(const char *dsn, size_t entries)
{
    double reading = bench_measure_reading(dsn, entries);
    int64_t start = clock_monotonic_us();
    double rss_mb =
        bench_run((const char *[]){bench_collector, "release", "create", BENCH_ROUND, "--store", dsn, NULL}, NULL);
    double release = (double)(clock_monotonic_us() - start) / (double)entries;
    printf("%-44s %8.2f us  RATIO %.1f of reading it\n", "release create, an entry", release, release / reading);
    printf("%-44s %8.1f MB\n", "  its memory, at the peak", rss_mb);
}

void bench_measure_copy(const char *dsn, size_t entries)
{
    char path[BENCH_PATH_SIZE], to[BENCH_PATH_SIZE + 8];
    double reading = bench_measure_reading(dsn, entries);
    bench_path(path, "", "bench.db.copy");
    snprintf(to, sizeof to, "sqlite:%s", path);
    int64_t start = clock_monotonic_us();
    double rss_mb = bench_run((const char *[]){bench_collector, "store", "copy", dsn, to, NULL}, NULL);
    double copy = (double)(clock_monotonic_us() - start) / (double)entries;
    printf("%-44s %8.2f us  RATIO %.1f of reading it\n", "store copy, to a file, an entry", copy, copy / reading);
    printf("%-44s %8.1f MB\n", "  its memory, at the peak", rss_mb);
}

void bench_measure_audit(const char *dsn, size_t entries)
{
    size_t count = entries < ALL_CORES_MAX ? entries : ALL_CORES_MAX;
    double bare = bench_measure_all_cores(count);
    double reading = bench_measure_reading(dsn, entries);
    int64_t start = clock_monotonic_us();
    double rss_mb = bench_run((const char *[]){bench_collector, "audit", "--store", dsn, NULL}, NULL);
    double audit = (double)(clock_monotonic_us() - start) / (double)entries;
    bare = (bare + bench_measure_all_cores(count)) / 2;
    printf("%-44s %8.2f us  RATIO %.3f of the speed of bare verification on all cores\n", "audit, an entry", audit,
           bare / audit);
    printf("%-44s %8.2f us  RATIO %.1f of reading it\n", "  the same", audit, audit / reading);
    printf("%-44s %8.1f MB\n", "  its memory, at the peak", rss_mb);
}
