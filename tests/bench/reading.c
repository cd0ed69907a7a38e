/* A whole log, read, made a release of, copied, backed up and audited. Reading is what none can do without. */
#include "base/clock.h"
#include "collector/store/store.h"
#include "crypto/jws.h"
#include "tests/bench/kit.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define ALL_CORES_MAX ((size_t)300000)
#define PIECE ((size_t)1024 * 1024)
#define BACKUPS 3 /* of which the quickest counts, and as many copies */

double bench_measure_reading(const char *dsn, size_t entries)
{
    struct error error;
    struct buf jws;
    size_t bytes = 0;
    struct store *store = store_open(dsn, STORE_READING, &error);
    if (!store || store_begin_reading(store) != STORE_OK)
        bench_give_up(dsn);
    buf_init(&jws, JWS_MAX);
    double start = bench_thread_us();
    for (size_t i = 0; i < entries; i++) {
        buf_reset(&jws);
        if (store_entry_read(store, (int64_t)i, &jws) != STORE_OK)
            bench_give_up("an entry");
        bytes += jws.len;
    }
    double each = (bench_thread_us() - start) / (double)entries;
    if (bytes == 0)
        bench_give_up("the log");
    buf_free(&jws);
    store_rollback(store);
    store_close(store);
    return each;
}

/* A verb that went through the whole log; `reading` is the CPU of reading an entry. */
static void print_walk(const char *name, struct bench_usage usage, size_t entries, double reading)
{
    double cpu = usage.cpu_us / (double)entries;
    printf("%-44s %8.2f us of CPU  RATIO %.1f of reading it, %.2f us of wall time\n", name, cpu, cpu / reading,
           usage.wall_us / (double)entries);
    printf("%-44s %8.1f MB\n", "  its memory, at the peak", usage.rss_mb);
}

void bench_measure_release(const char *dsn, size_t entries)
{
    double reading = bench_measure_reading(dsn, entries);
    print_walk(
        "release create, an entry",
        bench_run((const char *[]){bench_collector, "release", "create", BENCH_ROUND, "--store", dsn, NULL}, NULL),
        entries, reading);
}

void bench_measure_copy(const char *dsn, size_t entries)
{
    char path[BENCH_PATH_SIZE], to[BENCH_PATH_SIZE + 8];
    double reading = bench_measure_reading(dsn, entries);
    bench_path(path, "", "bench.db.copy");
    snprintf(to, sizeof to, "sqlite:%s", path);
    print_walk("store copy, to a file, an entry",
               bench_run((const char *[]){bench_collector, "store", "copy", dsn, to, NULL}, NULL), entries, reading);
}

/* Microseconds in which the file `from` is read and written into another, which is then on the disk. */
static double copy_file(const char *from, const char *to)
{
    static char piece[PIECE];
    ssize_t n;
    int64_t start = clock_monotonic_us();
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (in < 0 || out < 0)
        bench_give_up(to);
    while ((n = read(in, piece, sizeof piece)) > 0)
        if (write(out, piece, (size_t)n) != n)
            bench_give_up(to);
    if (n < 0 || fdatasync(out) < 0)
        bench_give_up(from);
    close(in);
    close(out);
    double taken = (double)(clock_monotonic_us() - start);
    unlink(to);
    return taken;
}

static double back_up(const char *dsn, const char *to)
{
    int64_t start = clock_monotonic_us();
    bench_run((const char *[]){bench_collector, "backup", to, "--store", dsn, NULL}, NULL);
    double taken = (double)(clock_monotonic_us() - start);
    unlink(to);
    return taken;
}

void bench_measure_backup(const char *dsn)
{
    char from[BENCH_PATH_SIZE], to[BENCH_PATH_SIZE];
    double copying = 0, backup = 0;
    bench_path(from, "", "bench.db");
    bench_path(to, "", "bench.backup");
    for (unsigned i = 0; i < BACKUPS; i++) {
        double copied = copy_file(from, to), backed_up = back_up(dsn, to);
        copying = i == 0 || copied < copying ? copied : copying;
        backup = i == 0 || backed_up < backup ? backed_up : backup;
    }
    printf("%-44s %8.1f ms  RATIO %.2f of copying its file\n", "backup", backup / 1000, backup / copying);
}

void bench_measure_audit(const char *dsn, size_t entries)
{
    size_t count = entries < ALL_CORES_MAX ? entries : ALL_CORES_MAX;
    double verify = bench_measure_verify(), all_cores = bench_measure_all_cores(count);
    double reading = bench_measure_reading(dsn, entries);
    struct bench_usage usage = bench_run((const char *[]){bench_collector, "audit", "--store", dsn, NULL}, NULL);
    verify = (verify + bench_measure_verify()) / 2;
    all_cores = (all_cores + bench_measure_all_cores(count)) / 2;
    print_walk("audit, an entry", usage, entries, reading);
    printf("%-44s          RATIO %.3f of the speed of bare verification, by CPU\n", "  the same",
           verify * (double)entries / usage.cpu_us);
    printf("%-44s          RATIO %.3f of it on all cores, by wall time\n", "  the same",
           all_cores * (double)entries / usage.wall_us);
}
