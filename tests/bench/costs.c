/* What a response costs the collector here and now, in the parts that a simulation needs: the threads that check, the
 * one that writes, the disk. The real collector is driven over loopback, and tells by its metrics how long its commits
 * took and how many responses were in them. Prints lines `NAME VALUE  # SOURCE`, for bench-simulate.
 *
 *     bench-costs COLLECTOR FOLDER */
#include "base/clock.h"
#include "base/fetch.h"
#include "crypto/crypto.h"
#include "tests/bench/kit.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONE ((size_t)600) /* responses that have a commit to themselves */
#define SINGLES ((size_t)8000)
#define BATCH ((size_t)4096)
#define BATCHES ((size_t)4)
#define ALL (LONE + SINGLES + BATCH * BATCHES)
#define METRICS_MAX ((size_t)256 * 1024)

/* What one workload has cost. */
struct sample {
    double cpu_us; /* of the whole process */
    double commits, entries, commit_us;
    double written; /* bytes that went to the disk */
    double jws; /* and bytes of what was sent */
};

static double find_metric(const char *text, const char *name)
{
    size_t len = strlen(name);
    for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncmp(line, name, len) == 0 && line[len] == ' ')
            return strtod(line + len, NULL);
    bench_give_up(name);
}

static double read_written(pid_t pid)
{
    char path[64], line[128];
    double bytes = 0;
    snprintf(path, sizeof path, "/proc/%ld/io", (long)pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "write_bytes:", strlen("write_bytes:")) == 0)
            bytes = strtod(line + strlen("write_bytes:"), NULL);
    if (file)
        fclose(file);
    return bytes;
}

/* All since the collector's start. */
static struct sample read_sample(struct daemon daemon)
{
    char url[64];
    struct fetch_answer answer;
    struct fetch *fetch = fetch_open("bench", 10);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/metrics", daemon.metrics);
    fetch_answer_init(&answer, METRICS_MAX);
    const struct fetch_request request = {.url = url};
    if (!fetch || fetch_do(fetch, &request, &answer) != FETCH_ANSWERED || answer.status != 200)
        bench_give_up("metrics");
    const char *text = buf_text(&answer.body);
    struct sample sample = {.cpu_us = bench_daemon_cpu_us(daemon),
                            .commits = find_metric(text, "burgerpanel_commit_seconds_count"),
                            .entries = find_metric(text, "burgerpanel_batch_size_sum"),
                            .commit_us = find_metric(text, "burgerpanel_commit_seconds_sum") * 1e6,
                            .written = read_written(daemon.pid)};
    fetch_answer_free(&answer);
    fetch_close(fetch);
    return sample;
}

/* Sends responses `from` to `from + count`, so many a request. */
static struct sample send_responses(struct daemon daemon, const struct member *members, size_t from, size_t count,
                                    size_t batch, unsigned connections)
{
    size_t n = count / batch;
    struct request *list = calloc(n, sizeof *list);
    struct buf body;
    double jws = 0;
    buf_init(&body, SIZE_MAX);
    for (size_t r = 0; r < n; r++) {
        buf_reset(&body);
        for (size_t i = from + r * batch; i < from + (r + 1) * batch; i++) {
            buf_put_text(&body, batch > 1 ? "\"" : "");
            bench_put_response(&body, &members[i / BENCH_ACTIONS], i % BENCH_ACTIONS, 1, (unsigned)i);
            buf_put_text(&body, batch > 1 ? "\"\n" : "");
        }
        jws += (double)body.len - (batch > 1 ? 3 * (double)batch : 0);
        bench_make_request(&list[r], batch > 1 ? "/v1/response-batches" : "/v1/responses",
                           batch > 1 ? "application/x-ndjson" : "application/jose",
                           batch > 1 ? "Prefer: return=minimal\r\n" : "", &body);
    }
    struct sample before = read_sample(daemon);
    load_run(daemon.port, connections, 0, list, n);
    struct sample after = read_sample(daemon);
    for (size_t r = 0; r < n; r++)
        if (list[r].status != (batch > 1 ? 200 : 201))
            bench_give_up("a response was not taken");
    bench_free_requests(list, n);
    buf_free(&body);
    return (struct sample){after.cpu_us - before.cpu_us,   after.commits - before.commits,
                           after.entries - before.entries, after.commit_us - before.commit_us,
                           after.written - before.written, jws};
}

static int compare_times(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Microseconds of one read of a page somewhere in a file, from the disk and not from memory: the median. */
static double measure_read(void)
{
    enum { PAGE = 4096, PAGES = 16384, READS = 1000 };
    static double times[READS];
    char path[BENCH_PATH_SIZE];
    void *page = NULL;
    bench_path(path, "", "pages");
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_DIRECT, 0600);
    if (fd < 0 || posix_memalign(&page, PAGE, PAGE) != 0)
        bench_give_up("a file that is read from the disk");
    crypto_random(page, PAGE);
    for (off_t i = 0; i < PAGES; i++)
        if (pwrite(fd, page, PAGE, i * PAGE) != PAGE)
            bench_give_up("writing pages");
    for (size_t i = 0; i < READS; i++) {
        int64_t start = clock_monotonic_us();
        if (pread(fd, page, PAGE, (off_t)(i * 7919 % PAGES) * PAGE) != PAGE)
            bench_give_up("reading a page");
        times[i] = (double)(clock_monotonic_us() - start);
    }
    qsort(times, READS, sizeof *times, compare_times);
    free(page);
    close(fd);
    unlink(path);
    return times[READS / 2];
}

static void print_cost(const char *name, double value, const char *what)
{
    printf("%-29s %10.2f  # measured at the start of this run: %s\n", name, value, what);
}

/* A commit takes batch + entry × its responses. What a commit costs beside them is seen in CPU, by how much more those
 * take that have one to themselves, and in the disk's sync: both stand whatever else the machine does, which the time
 * that a short commit takes does not. What is left of a response's CPU is spent on the threads that check. */
static void print_costs(struct sample lone, struct sample singles, struct sample batches, double sync_us)
{
    double entry = batches.commit_us / batches.entries;
    double of_lone = lone.commits / lone.entries, of_many = singles.commits / singles.entries;
    double computing = (lone.cpu_us / lone.entries - singles.cpu_us / singles.entries) / (of_lone - of_many);
    double check = singles.cpu_us / singles.entries - entry - computing * of_many;
    print_cost("sqlite.check_us", check, "CPU of a single response on 32 connections, less the writer's");
    print_cost("sqlite.batch_us", computing + sync_us, "a commit beside its responses: CPU, and one fdatasync");
    print_cost("sqlite.entry_us", entry, "each response in commits of 4,096");
    double of_commit = (lone.written / lone.entries - singles.written / singles.entries) / (of_lone - of_many);
    print_cost("sqlite.written_batch_bytes", of_commit,
               "to the disk, a commit: lone responses and those on 32 connections");
    print_cost("sqlite.written_entry_bytes", singles.written / singles.entries - of_commit * of_many,
               "and each response in it");
}

int main(int argc, char **argv)
{
    if (argc != 3 || crypto_start())
        return 2;
    bench_collector = argv[1];
    bench_folder = argv[2];
    char dsn[BENCH_PATH_SIZE];
    size_t member_count = ALL / BENCH_ACTIONS + 1;
    struct member *members = bench_make_members(member_count);
    char(*codes)[INVITATION_TEXT_SIZE] = calloc(member_count, sizeof *codes);
    if (setenv("BURGERPANEL_METRICS_LISTEN", "127.0.0.1:0", 1) != 0)
        bench_give_up("the environment");
    bench_make_store(dsn, member_count, codes);
    struct daemon daemon = bench_start(dsn);
    bench_enrol(daemon, members, member_count, codes);
    struct sample lone = send_responses(daemon, members, 0, LONE, 1, 1);
    struct sample singles = send_responses(daemon, members, LONE, SINGLES, 1, 32);
    struct sample batches = send_responses(daemon, members, LONE + SINGLES, BATCH * BATCHES, BATCH, 1);
    bench_stop(daemon);
    print_costs(lone, singles, batches, bench_measure_sync() * 1000);
    print_cost("sqlite.store_share", bench_store_bytes() / (lone.jws + singles.jws + batches.jws),
               "the store, to the JWS of its responses");
    print_cost("disk.read_us", measure_read(), "a page of 4 KiB somewhere in a file, past the system's cache");
    bench_remove_store();
    bench_free_members(members, member_count);
    free(codes);
    return 0;
}
