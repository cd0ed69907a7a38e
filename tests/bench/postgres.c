/* What a response costs where the store is PostgreSQL: one, two and three collectors on one database, and one on SQLite
 * beside them. The collectors' CPU and that of all the server's processes are told apart, as ratios to bare libsodium
 * verification of the same run. Everything shares all cores: collectors, server and load.
 *
 *     bench-postgres COLLECTOR FOLDER RESPONSES RUNS      beside tests/postgres/server.sh, which sets KIT_STORE
 *     bench-postgres COLLECTOR FOLDER FILE                the second half alone, of that store in SQLite
 *
 * Each run gets a schema of its own. Then the log of the last run on SQLite is copied into the server and audited on
 * both. */
#include "base/file.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/invitation.h"
#include "tests/bench/kit.h"
#include "tests/bench/server.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define RUNS_MAX 9
#define COLLECTORS_MAX 3

struct workload {
    const char *name;
    unsigned connections, batch; /* in all; 1: single */
    unsigned share; /* of the responses asked for, in percent */
};

static const struct workload workloads[] = {
    {"single, 32 connections", 32, 1, 100},
    {"batches of 64", 6, 64, 200},
};

struct result {
    double accepted_per_s, collectors_us, server_us, verify_us;
    size_t turned_away; /* requests answered 503 */
};

/* Stores and collectors. */

static void run_sql(const char *base, const char *sql)
{
    bench_run((const char *[]){"psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-c", sql, base, NULL}, NULL);
}

/* The keys of the collector of that number, which the programs that are started from here on get. */
static void name_keys(unsigned number, char log_key[static BENCH_PATH_SIZE])
{
    char name[32], path[BENCH_PATH_SIZE];
    snprintf(name, sizeof name, "%u.log-key", number);
    bench_path(log_key, "", name);
    bench_path(path, "", "operator-key");
    if (setenv("BURGERPANEL_LOG_KEY", log_key, 1) != 0 || setenv("BURGERPANEL_OPERATOR_KEY", path, 1) != 0)
        bench_give_up("the environment");
}

static void copy_file(const char *from, const char *to)
{
    struct buf bytes;
    buf_init(&bytes, 1 << 20);
    (void)unlink(to);
    if (file_read(from, &bytes) < 0 || file_create(to, bytes.data, bytes.len) < 0)
        bench_give_up(to);
    buf_free(&bytes);
}

/* A further collector has the log's key and its last checkpoint as the first one has them now. */
static struct daemon start_further(unsigned number, const char *dsn)
{
    char first[BENCH_PATH_SIZE], path[BENCH_PATH_SIZE], from[BENCH_PATH_SIZE + 16], to[BENCH_PATH_SIZE + 16];
    name_keys(0, first);
    name_keys(number, path);
    copy_file(first, path);
    snprintf(from, sizeof from, "%s.checkpoint", first);
    snprintf(to, sizeof to, "%s.checkpoint", path);
    copy_file(from, to);
    return bench_start(dsn);
}

static void remove_keys(void)
{
    char path[BENCH_PATH_SIZE], checkpoint[BENCH_PATH_SIZE + 16];
    for (unsigned i = 0; i < COLLECTORS_MAX; i++) {
        name_keys(i, path);
        snprintf(checkpoint, sizeof checkpoint, "%s.checkpoint", path);
        (void)unlink(path);
        (void)unlink(checkpoint);
    }
    bench_path(path, "", "operator-key");
    (void)unlink(path);
    (void)unsetenv("BURGERPANEL_LOG_KEY");
    (void)unsetenv("BURGERPANEL_OPERATOR_KEY");
}

/* One run. */

static struct request *make_requests(const struct workload *w, const struct member *members, size_t count, size_t *n)
{
    *n = count / w->batch;
    struct request *list = calloc(*n, sizeof *list);
    struct buf body, jws;
    buf_init(&body, SIZE_MAX);
    buf_init(&jws, JWS_MAX);
    for (size_t r = 0; list && r < *n; r++) {
        buf_reset(&body);
        for (size_t i = r * w->batch; i < (r + 1) * w->batch; i++) {
            buf_reset(&jws);
            bench_put_response(&jws, &members[i / BENCH_ACTIONS], i % BENCH_ACTIONS, 1,
                               (unsigned)(i * 2654435761u >> 8));
            if (w->batch == 1)
                buf_put(&body, jws.data, jws.len);
            else
                buf_printf(&body, "\"%s\"\n", jws.data);
        }
        bench_make_request(&list[r], w->batch == 1 ? "/v1/responses" : "/v1/response-batches",
                           w->batch == 1 ? "application/jose" : "application/x-ndjson", "", &body);
    }
    buf_free(&jws);
    buf_free(&body);
    if (!list)
        bench_give_up("memory");
    return list;
}

static size_t count_accepted(const struct workload *w, const struct request *list, size_t n, size_t *turned_away)
{
    size_t accepted = 0;
    *turned_away = 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i].status != 503 && list[i].status != (w->batch == 1 ? 201 : 200))
            bench_give_up("a response was refused");
        *turned_away += list[i].status == 503;
        accepted += list[i].status == 503 ? 0 : w->batch;
    }
    if (accepted == 0)
        bench_give_up("every request was turned away");
    return accepted;
}

static double collectors_cpu_us(const struct daemon *daemons, unsigned count)
{
    double sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += bench_daemon_cpu_us(daemons[i]);
    return sum;
}

/* Sends all of it to the daemons in turn. `postmaster` 0: there is no server. */
static struct result drive(const struct workload *w, const struct daemon *daemons, unsigned count, pid_t postmaster,
                           struct request *list, size_t n)
{
    uint16_t ports[COLLECTORS_MAX];
    struct result result;
    for (unsigned i = 0; i < count; i++)
        ports[i] = daemons[i].port;
    struct load *load = load_open_many(ports, count, w->connections, 0, false);
    double collectors = collectors_cpu_us(daemons, count), server = postmaster > 0 ? server_cpu_us(postmaster) : 0;
    int64_t micros = load_send(load, list, n);
    collectors = collectors_cpu_us(daemons, count) - collectors;
    server = postmaster > 0 ? server_cpu_us(postmaster) - server : 0;
    load_close(load);
    double accepted = (double)count_accepted(w, list, n, &result.turned_away);
    result.accepted_per_s = accepted * 1e6 / (double)micros;
    result.collectors_us = collectors / accepted;
    result.server_us = server / accepted;
    return result;
}

/* Where a run's store is. */
struct place {
    const char *base; /* the server; NULL: SQLite */
    unsigned schema; /* its number */
    char dsn[BENCH_PATH_SIZE];
};

static void make_place(struct place *place, const char *base, size_t count, char (*codes)[INVITATION_TEXT_SIZE])
{
    static unsigned schemas;
    char sql[64], key[BENCH_PATH_SIZE];
    *place = (struct place){.base = base};
    if (!base) {
        bench_make_store(place->dsn, count, codes);
        return;
    }
    remove_keys(); /* of a run that was broken off */
    place->schema = ++schemas;
    snprintf(sql, sizeof sql, "CREATE SCHEMA bench_%u", place->schema);
    run_sql(base, sql);
    snprintf(place->dsn, sizeof place->dsn, "%s&options=-csearch_path%%3Dbench_%u", base, place->schema);
    name_keys(0, key);
    bench_fill_store(place->dsn, "fixtures/actions.csv", count, codes);
}

static void drop_place(const struct place *place)
{
    char sql[64];
    if (!place->base)
        return;
    snprintf(sql, sizeof sql, "DROP SCHEMA bench_%u CASCADE", place->schema);
    run_sql(place->base, sql);
    remove_keys();
}

static struct result measure(const struct workload *w, const char *base, unsigned collectors,
                             const struct member *members, size_t count)
{
    struct place place;
    struct daemon daemons[COLLECTORS_MAX];
    size_t member_count = (count + BENCH_ACTIONS - 1) / BENCH_ACTIONS, n;
    char(*codes)[INVITATION_TEXT_SIZE] = calloc(member_count, sizeof *codes);
    make_place(&place, base, member_count, codes);
    double verify = bench_measure_verify();
    daemons[0] = bench_start(place.dsn);
    bench_enrol(daemons[0], members, member_count, codes);
    for (unsigned i = 1; i < collectors; i++)
        daemons[i] = start_further(i, place.dsn);
    struct request *list = make_requests(w, members, count, &n);
    struct result result = drive(w, daemons, collectors, base ? server_find(base) : 0, list, n);
    for (unsigned i = 0; i < collectors; i++)
        bench_stop(daemons[i]);
    result.verify_us = (verify + bench_measure_verify()) / 2;
    drop_place(&place);
    bench_free_requests(list, n);
    free(codes);
    return result;
}

/* A log. */

/* The number of entries, with which an audit begins to say that all is well. */
static size_t read_count(void)
{
    char path[BENCH_PATH_SIZE], line[256];
    bench_path(path, "", BENCH_SAID);
    FILE *file = fopen(path, "r");
    size_t count = file && fgets(line, sizeof line, file) ? strtoul(line, NULL, 10) : 0;
    if (file)
        fclose(file);
    if (count == 0)
        bench_give_up("an audit that does not say of how many entries");
    return count;
}

/* A verb that goes through the whole log. `entries` 0: it is an audit, which tells their number, and is returned. */
static size_t measure_walk(const char *name, const char *store, const char *const *argv, pid_t postmaster,
                           size_t entries)
{
    double verify = bench_measure_verify(), server = server_cpu_us(postmaster);
    struct bench_usage usage = bench_run(argv, NULL);
    server = server_cpu_us(postmaster) - server;
    verify = (verify + bench_measure_verify()) / 2;
    size_t count = entries > 0 ? entries : read_count();
    printf("%-24s %-10s %13.1f %7.2f %9.1f %7.2f %7.2f %11.1f\n", name, store, usage.cpu_us / (double)count,
           usage.cpu_us / (double)count / verify, server / (double)count, server / (double)count / verify,
           (usage.cpu_us + server) / (double)count / verify, usage.rss_mb);
    return count;
}

/* Of the store in that file, whose keys lie beside it. */
static void measure_log(const char *base, const char *file)
{
    char from[BENCH_PATH_SIZE + 8], to[BENCH_PATH_SIZE], key[BENCH_PATH_SIZE + 16];
    const pid_t postmaster = server_find(base);
    snprintf(from, sizeof from, "sqlite:%s", file);
    snprintf(to, sizeof to, "%s&options=-csearch_path%%3Dbench_log", base);
    snprintf(key, sizeof key, "%s.log-key", file);
    run_sql(base, "CREATE SCHEMA bench_log");
    printf("\n%-24s %-10s %13s %7s %9s %7s %7s %11s\n", "an entry", "store", "verb us", "RATIO", "server us", "RATIO",
           "BOTH", "peak RSS MB");
    const char *const audit[] = {bench_collector, "audit", "--store", from, NULL};
    size_t entries = measure_walk("audit", "SQLite", audit, postmaster, 0);
    const char *const copy[] = {bench_collector, "store", "copy", from, to, NULL};
    measure_walk("store copy", "to it", copy, postmaster, entries);
    const char *const audit_there[] = {bench_collector, "audit", "--store", to, "--log-key", key, NULL};
    measure_walk("audit", "PostgreSQL", audit_there, postmaster, entries);
    printf("\na log of %zu entries; bare verification, after: %.1f us of CPU\n", entries, bench_measure_verify());
}

/* All of it. */

static double sum_ratio(const struct result *result)
{
    return (result->collectors_us + result->server_us) / result->verify_us;
}

static int compare_sums(const void *a, const void *b)
{
    double x = sum_ratio(a), y = sum_ratio(b);
    return (x > y) - (x < y);
}

/* Of all runs the one with the median of both together. */
static void measure_row(const struct workload *w, const char *base, unsigned collectors, const struct member *members,
                        size_t count, unsigned runs)
{
    struct result results[RUNS_MAX];
    for (unsigned r = 0; r < runs; r++)
        results[r] = measure(w, base, collectors, members, count);
    qsort(results, runs, sizeof *results, compare_sums);
    const struct result *m = &results[runs / 2];
    printf("%-24s %-10s %10u %10.0f %13.1f %7.2f %9.1f %7.2f %7.2f %5.2f-%-5.2f %11zu\n", w->name,
           base ? "PostgreSQL" : "SQLite", collectors, m->accepted_per_s, m->collectors_us,
           m->collectors_us / m->verify_us, m->server_us, m->server_us / m->verify_us, sum_ratio(m),
           sum_ratio(&results[0]), sum_ratio(&results[runs - 1]), m->turned_away);
}

static void measure_responses(const char *base, size_t responses, unsigned runs)
{
    struct member *members = bench_make_members(responses * 2 / BENCH_ACTIONS + 2);
    printf("\n%-24s %-10s %10s %10s %13s %7s %9s %7s %7s %11s %11s\n", "workload", "store", "collectors", "accepted/s",
           "collectors us", "RATIO", "server us", "RATIO", "BOTH", "range", "turned away");
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
        const struct workload *w = &workloads[i];
        size_t count = responses * w->share / 100 / w->batch * w->batch;
        runs = runs < RUNS_MAX ? runs : RUNS_MAX;
        measure_row(w, NULL, 1, members, count, runs);
        for (unsigned collectors = 1; collectors <= COLLECTORS_MAX; collectors++)
            measure_row(w, base, collectors, members, count, runs);
    }
    printf("\nof %u runs the one with the median of both together; bare verification, after: %.1f us of CPU\n", runs,
           bench_measure_verify());
    bench_free_members(members, responses * 2 / BENCH_ACTIONS + 2);
}

int main(int argc, char **argv)
{
    const char *base = getenv("KIT_STORE");
    char file[BENCH_PATH_SIZE];
    if ((argc != 4 && argc != 5) || !base || crypto_start()) {
        fprintf(stderr, "usage: tests/postgres/server.sh bench-postgres COLLECTOR FOLDER RESPONSES RUNS (or a FILE)\n");
        return 2;
    }
    bench_collector = argv[1];
    bench_folder = argv[2];
    struct rlimit limit = {65536, 65536};
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (file_make_folder(bench_folder))
        bench_give_up(bench_folder);
    bench_print_machine();
    if (argc == 4) {
        measure_log(base, argv[3]);
        return 0;
    }
    measure_responses(base, strtoul(argv[3], NULL, 10), (unsigned)strtoul(argv[4], NULL, 10));
    bench_path(file, "", "bench.db");
    measure_log(base, file);
    bench_remove_store();
    return 0;
}
