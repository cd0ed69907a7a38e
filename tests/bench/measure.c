/* What is measured in more than one way or benchmark: bare verification, syncs, latencies, tables, the machine
 * itself. */
#include "base/clock.h"
#include "crypto/crypto.h"
#include "tests/bench/kit.h"
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define SUMMARIES 200

/* Bare verification. */

double bench_thread_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Signed messages as long as a response's signed part, each of another key: one and the same, checked again and again,
 * would cost a twentieth less, as the processor learns its way through it, and no collector meets that. */
struct signed_message {
    uint8_t message[480], public_key[KEY_BYTES], signature[SIGNATURE_BYTES];
};

#define MESSAGES 1024

static const struct signed_message *signed_messages(void)
{
    static struct signed_message list[MESSAGES];
    static bool made;
    for (size_t i = 0; !made && i < MESSAGES; i++) {
        struct secret_key *key = secret_key_new();
        if (!key)
            bench_give_up("guarded memory for a key");
        crypto_random(list[i].message, sizeof list[i].message);
        secret_key_public(key, list[i].public_key);
        secret_key_sign(key, list[i].message, sizeof list[i].message, list[i].signature);
        secret_key_free(key);
    }
    made = true;
    return list;
}

static void verify_run(const struct signed_message *list, size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++) {
        const struct signed_message *m = &list[i % MESSAGES];
        if (!key_verify(m->public_key, m->signature, m->message, sizeof m->message))
            bench_give_up("verification");
    }
}

#define VERIFY_RUN 64

double bench_measure_verify(void)
{
    const struct signed_message *list = signed_messages();
    size_t count = 0;
    double start = bench_thread_us(), now = start;
    for (; now - start < 200000; now = bench_thread_us(), count += VERIFY_RUN)
        verify_run(list, count, VERIFY_RUN);
    return (now - start) / (double)count;
}

struct verifying {
    const struct signed_message *list;
    size_t runs; /* of VERIFY_RUN verifications */
    atomic_size_t taken;
};

#define VERIFIERS_MAX 256

static void *verify_runs(void *argument)
{
    struct verifying *v = argument;
    for (size_t run; (run = atomic_fetch_add(&v->taken, 1)) < v->runs;)
        verify_run(v->list, run * VERIFY_RUN, VERIFY_RUN);
    return NULL;
}

/* Microseconds of wall time for one verification when all cores verify. */
double bench_measure_all_cores(size_t count)
{
    struct verifying v = {.list = signed_messages(), .runs = count / VERIFY_RUN + 1};
    pthread_t threads[VERIFIERS_MAX];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = cores < 1 ? 1 : cores > VERIFIERS_MAX ? VERIFIERS_MAX : (size_t)cores;
    int64_t start = clock_monotonic_us();
    for (size_t i = 0; i < n; i++)
        if (pthread_create(&threads[i], NULL, verify_runs, &v) != 0)
            bench_give_up("a thread");
    for (size_t i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    return (double)(clock_monotonic_us() - start) / (double)(v.runs * VERIFY_RUN);
}

bool bench_stay_on(int core)
{
    static cpu_set_t all;
    static bool known;
    cpu_set_t one;
    if (!known && sched_getaffinity(0, sizeof all, &all) != 0)
        bench_give_up("cores");
    known = true;
    CPU_ZERO(&one);
    for (int i = 0, left = core; i < CPU_SETSIZE; i++)
        if (CPU_ISSET((size_t)i, &all) && (core < 0 || left-- == 0))
            CPU_SET((size_t)i, &one);
    return CPU_COUNT(&one) > 0 && sched_setaffinity(0, sizeof one, &one) == 0;
}

#define SYNCS 201
#define SYNC_BYTES 16384

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_measure_sync(void)
{
    char path[BENCH_PATH_SIZE];
    static char bytes[SYNC_BYTES];
    double list[SYNCS];
    bench_path(path, "", "sync");
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || pwrite(fd, bytes, sizeof bytes, 0) != SYNC_BYTES || fsync(fd) != 0)
        bench_give_up(path);
    for (int i = 0; i < SYNCS; i++) {
        memset(bytes, i, sizeof bytes);
        if (pwrite(fd, bytes, sizeof bytes, 0) != SYNC_BYTES)
            bench_give_up(path);
        int64_t start = clock_monotonic_us();
        if (fdatasync(fd) != 0)
            bench_give_up(path);
        list[i] = (double)(clock_monotonic_us() - start) / 1e3;
    }
    close(fd);
    (void)unlink(path);
    qsort(list, SYNCS, sizeof list[0], compare_doubles);
    return list[SYNCS / 2];
}

static int compare_micros(const void *a, const void *b)
{
    int64_t x = ((const struct request *)a)->micros, y = ((const struct request *)b)->micros;
    return (x > y) - (x < y);
}

void bench_sort(struct request *list, size_t n)
{
    qsort(list, n, sizeof *list, compare_micros);
}

double bench_quantile(const struct request *list, size_t n, double share)
{
    return n > 0 ? (double)list[(size_t)((double)(n - 1) * share)].micros / 1e3 : 0;
}

/* What is measured in more than one benchmark. */

struct bench_cost bench_measure_summary(const char *dsn)
{
    struct request list[SUMMARIES];
    struct buf text;
    buf_init(&text, SIZE_MAX);
    buf_put_text(&text, "GET /v1/rounds/" BENCH_ROUND "/summary HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    for (size_t i = 0; i < SUMMARIES; i++)
        list[i] = (struct request){.bytes = text.data, .len = text.len};
    struct daemon daemon = bench_start(dsn);
    double before = bench_daemon_cpu_us(daemon);
    int64_t micros = load_run(daemon.port, 1, 0, list, SUMMARIES);
    double cpu = bench_daemon_cpu_us(daemon) - before;
    bench_stop(daemon);
    for (size_t i = 0; i < SUMMARIES; i++)
        if (list[i].status != 200)
            bench_give_up("a table was refused");
    buf_free(&text);
    return (struct bench_cost){.cpu_us = cpu / SUMMARIES, .wall_us = (double)micros / SUMMARIES};
}

void bench_print_machine(void)
{
    struct utsname system;
    char line[256] = "";
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && fgets(line, sizeof line, file) && strncmp(line, "model name", 10) != 0)
        ;
    if (file)
        fclose(file);
    const char *model = strchr(line, ':');
    uname(&system);
    printf("machine: %ld cores,%s", sysconf(_SC_NPROCESSORS_ONLN), model ? model + 1 : " unknown\n");
    printf("system: %s %s; collector %s\n", system.sysname, system.release, BURGERPANEL_VERSION);
}
