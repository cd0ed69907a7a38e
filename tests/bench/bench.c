/* Measures the real collector over loopback, and prints every cost as a ratio to bare libsodium verification measured in the same run.
 *
 *     bench COLLECTOR FOLDER RESPONSES RUNS      both programs from a release build; FOLDER is made and emptied
 *
 * Each workload gets a store of its own. CPU is the daemon's alone, all its threads, user and system. */
#include "base/clock.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/enrolment.h"
#include "panel/response.h"
#include "tests/bench/load.h"
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

#define ACTIONS 36
#define ROUND "round-1"
#define PATH_SIZE 1024
#define RUNS_MAX 9

extern char **environ;

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

struct member {
    struct secret_key *key;
    uint8_t public_key[KEY_BYTES];
};

struct daemon {
    pid_t pid;
    uint16_t port;
};

struct result {
    double accepted_per_s, cpu_us, ratio, p50, p99, p999, rss_mb;
};

static const char *collector, *folder;

static void give_up(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* --- bare verification ----------------------------------------------------------------------------------------------------- */

static double thread_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Microseconds of CPU for one key_verify of a message as long as a response's signed part. */
static double measure_verify(void)
{
    uint8_t message[480], public_key[KEY_BYTES], signature[SIGNATURE_BYTES];
    struct secret_key *key = secret_key_new();
    unsigned rounds = 0;
    crypto_random(message, sizeof message);
    secret_key_public(key, public_key);
    secret_key_sign(key, message, sizeof message, signature);
    double start = thread_us(), now = start;
    for (; now - start < 400000; now = thread_us())
        for (int i = 0; i < 100; i++, rounds++)
            if (!key_verify(public_key, signature, message, sizeof message))
                give_up("verification");
    secret_key_free(key);
    return (now - start) / rounds;
}

/* --- what is sent ---------------------------------------------------------------------------------------------------------- */

static void put_answers(struct buf *out, unsigned seed)
{
    static const char *const comments[] = {
        "",
        "",
        "",
        "",
        "",
        "Graag meer hulp bij het invullen van formulieren.",
        "Ik merk dat de telefoon sneller wordt opgenomen dan vorig jaar, maar de brieven blijven moeilijk te lezen.",
        "Duidelijk, dank u."};
    buf_printf(out, "{\"importance\":%u,\"noticed\":\"%s\"", 1 + seed % 5,
               seed % 3 == 0   ? "yes"
               : seed % 3 == 1 ? "no"
                               : "unknown");
    if (seed % 3 == 0)
        buf_printf(out, ",\"satisfaction\":%u", 1 + seed / 3 % 5);
    if (seed % 4 != 0)
        buf_printf(out, ",\"channels\":[\"website\"%s%s]", seed % 5 < 3 ? ",\"phone\"" : "",
                   seed % 7 < 2 ? ",\"letter\"" : "");
    if (comments[seed % 8][0] != '\0')
        buf_printf(out, ",\"comment\":\"%s\"", comments[seed % 8]);
    buf_put_char(out, '}');
}

static void put_response(struct buf *out, const struct member *member, size_t action, int64_t revision, unsigned seed)
{
    char jti[RANDOM_ID_SIZE], id[16];
    struct buf answers, claims;
    buf_init(&answers, JWS_MAX);
    buf_init(&claims, JWS_MAX);
    put_answers(&answers, seed);
    crypto_random_id(jti);
    snprintf(id, sizeof id, "WA-%zu.%02zu", 1 + action / 6, 1 + action % 6);
    struct response_claims said = {.aud = "wau",
                                   .round = ROUND,
                                   .action = id,
                                   .jti = jti,
                                   .revision = revision,
                                   .iat = clock_now(),
                                   .answers = answers.data,
                                   .answers_len = answers.len};
    response_put_claims(&claims, &said);
    jws_sign(out, member->key, RESPONSE_TYP, claims.data, claims.len);
    buf_free(&claims);
    buf_free(&answers);
}

static void make_request(struct request *request, const char *path, const char *type, const char *more,
                         const struct buf *body)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    buf_printf(&text, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\n%sContent-Length: %zu\r\n\r\n", path,
               type, more, body->len);
    buf_put(&text, body->data, body->len);
    if (buf_check(&text))
        give_up("memory");
    *request = (struct request){.bytes = text.data, .len = text.len};
}

/* The JWS number `i` of a workload, of `count`. */
static void put_numbered(struct buf *out, const struct workload *w, const struct member *members, size_t i, size_t count)
{
    size_t distinct = w->mix == HALF_REVISIONS ? count / 2 : count, place = i % distinct;
    size_t start = out->len;
    put_response(out, &members[place / ACTIONS], place % ACTIONS, 1 + (int64_t)(i / distinct),
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
        make_request(&list[r], w->kind == SINGLE ? "/v1/responses" : "/v1/response-batches",
                     w->kind == SINGLE ? "application/jose" : "application/x-ndjson",
                     w->batch == 4096 ? "Prefer: return=minimal\r\n" : "", &body);
    }
    buf_free(&jws);
    buf_free(&body);
    *out = list;
    return n;
}

static void free_requests(struct request *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i].bytes);
    free(list);
}

/* --- the daemon ------------------------------------------------------------------------------------------------------------ */

/* Runs the collector to its end; standard output goes to `out`, or nowhere. */
static void run(char *const *argv, const char *out)
{
    pid_t pid;
    int status;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, out != NULL ? out : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (posix_spawn(&pid, collector, &actions, NULL, argv, environ) != 0 || waitpid(pid, &status, 0) != pid || status != 0)
        give_up("the collector failed");
    posix_spawn_file_actions_destroy(&actions);
}

static struct daemon start(const char *dsn)
{
    struct daemon daemon;
    int fds[2];
    char line[128] = "";
    char *argv[] = {(char *)collector, "serve",       "--store", (char *)dsn, "--listen",
                    "127.0.0.1:0",     "--log-level", "error",   NULL};
    posix_spawn_file_actions_t actions;
    if (pipe(fds) != 0)
        give_up("pipe");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
    posix_spawn_file_actions_addclose(&actions, fds[0]);
    if (posix_spawn(&daemon.pid, collector, &actions, NULL, argv, environ) != 0)
        give_up("serve");
    posix_spawn_file_actions_destroy(&actions);
    close(fds[1]);
    FILE *from = fdopen(fds[0], "r");
    const char *colon = from != NULL && fgets(line, sizeof line, from) != NULL ? strrchr(line, ':') : NULL;
    if (colon == NULL)
        give_up("the collector does not listen");
    daemon.port = (uint16_t)strtoul(colon + 1, NULL, 10);
    fclose(from);
    return daemon;
}

static void stop(struct daemon daemon)
{
    int status;
    kill(daemon.pid, SIGTERM);
    if (waitpid(daemon.pid, &status, 0) != daemon.pid || status != 0)
        give_up("the collector did not stop well");
}

static double daemon_cpu_us(struct daemon daemon)
{
    clockid_t clock;
    struct timespec now;
    if (clock_getcpuclockid(daemon.pid, &clock) != 0 || clock_gettime(clock, &now) != 0)
        give_up("the daemon's CPU time");
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double daemon_rss_mb(struct daemon daemon)
{
    char path[64], line[256];
    double kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)daemon.pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kb = strtod(line + 6, NULL);
    if (file != NULL)
        fclose(file);
    return kb / 1024;
}

static void path_in(char out[static PATH_SIZE], const char *before, const char *name)
{
    if (snprintf(out, PATH_SIZE, "%s%s/%s", before, folder, name) >= PATH_SIZE)
        give_up("path");
}

/* A new store with the example panel and `count` unused invitations, whose codes it reads. */
static void make_store(char dsn[static PATH_SIZE], size_t count, char (*codes)[INVITATION_TEXT_SIZE])
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock", ".log-key", ".log-key.checkpoint"};
    char path[PATH_SIZE], name[64], number[32], line[128];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "bench.db%s", ends[i]);
        path_in(path, "", name);
        (void)unlink(path);
    }
    path_in(dsn, "sqlite:", "bench.db");
    path_in(path, "", "codes.csv");
    snprintf(number, sizeof number, "%zu", count);
    run((char *[]){(char *)collector, "panel", "import", "fixtures/panel.json", "--store", dsn, NULL}, NULL);
    run((char *[]){(char *)collector, "actions", "import", "fixtures/actions.csv", "--store", dsn, NULL}, NULL);
    run((char *[]){(char *)collector, "invitations", "create", number, "--store", dsn, NULL}, path);
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        give_up("codes");
    for (size_t i = 0; i < count; i++)
        if (fgets(line, sizeof line, file) == NULL || sscanf(line, "%*[^,],%29[^\r\n]", codes[i]) != 1)
            give_up("a code");
    fclose(file);
}

static void enrol(struct daemon daemon, const struct member *members, size_t count, char (*codes)[INVITATION_TEXT_SIZE])
{
    struct request *list = calloc(count, sizeof *list);
    struct buf claims, jws;
    buf_init(&claims, JWS_MAX);
    buf_init(&jws, JWS_MAX);
    for (size_t i = 0; i < count; i++) {
        char jti[RANDOM_ID_SIZE];
        buf_reset(&claims);
        buf_reset(&jws);
        crypto_random_id(jti);
        enrolment_put_claims(&claims, "wau", jti, clock_now(), codes[i], members[i].public_key);
        jws_sign(&jws, members[i].key, ENROLMENT_TYP, claims.data, claims.len);
        make_request(&list[i], "/v1/members", "application/jose", "", &jws);
    }
    load_run(daemon.port, 32, 0, list, count);
    for (size_t i = 0; i < count; i++)
        if (list[i].status != 201)
            give_up("an enrolment was refused");
    free_requests(list, count);
    buf_free(&jws);
    buf_free(&claims);
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
    char dsn[PATH_SIZE];
    size_t member_count = (count + ACTIONS - 1) / ACTIONS;
    char(*codes)[INVITATION_TEXT_SIZE] = calloc(member_count, sizeof *codes);
    struct request *list;
    make_store(dsn, member_count, codes);
    struct daemon daemon = start(dsn);
    enrol(daemon, members, member_count, codes);
    size_t n = make_requests(&list, w, members, count);
    if (w->mix == REPLAYS)
        load_run(daemon.port, w->connections, 0, list, n);
    double before = daemon_cpu_us(daemon);
    int64_t micros = load_run(daemon.port, w->connections, w->idle, list, n);
    double cpu = daemon_cpu_us(daemon) - before;
    size_t accepted = count_accepted(w, list, n, count);
    qsort(list, n, sizeof *list, compare_micros);
    struct result result = {.accepted_per_s = (double)accepted * 1e6 / (double)micros,
                            .cpu_us = cpu / (double)accepted,
                            .ratio = cpu / (double)accepted / verify_us,
                            .p50 = (double)list[n / 2].micros / 1e3,
                            .p99 = (double)list[n * 99 / 100].micros / 1e3,
                            .p999 = (double)list[n * 999 / 1000].micros / 1e3,
                            .rss_mb = daemon_rss_mb(daemon)};
    stop(daemon);
    free_requests(list, n);
    free(codes);
    return result;
}

static int compare_ratio(const void *a, const void *b)
{
    double x = ((const struct result *)a)->ratio, y = ((const struct result *)b)->ratio;
    return (x > y) - (x < y);
}

static void print_machine(void)
{
    struct utsname system;
    char line[256] = "";
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL && strncmp(line, "model name", 10) != 0)
        ;
    if (file != NULL)
        fclose(file);
    const char *model = strchr(line, ':');
    uname(&system);
    printf("machine: %ld cores,%s", sysconf(_SC_NPROCESSORS_ONLN), model != NULL ? model + 1 : " unknown\n");
    printf("system: %s %s; collector %s\n", system.sysname, system.release, BURGERPANEL_VERSION);
}

int main(int argc, char **argv)
{
    if (argc < 5 || crypto_start())
        return 2;
    collector = argv[1];
    folder = argv[2];
    size_t responses = strtoul(argv[3], NULL, 10);
    unsigned runs = (unsigned)strtoul(argv[4], NULL, 10);
    const char *only = argc > 5 ? argv[5] : "";
    struct rlimit limit = {65536, 65536};
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    size_t member_count = responses * 2 / ACTIONS + 2;
    struct member *members = calloc(member_count, sizeof *members);
    for (size_t i = 0; i < member_count; i++) {
        members[i].key = secret_key_new();
        if (members[i].key == NULL)
            give_up("guarded memory for keys");
        secret_key_public(members[i].key, members[i].public_key);
    }
    double verify = measure_verify();
    print_machine();
    printf("bare libsodium verification, before: %.1f us of CPU\n\n", verify);
    printf("%-30s %10s %8s %8s %9s %9s %9s %7s\n", "workload", "accepted/s", "CPU us", "RATIO", "p50 ms", "p99 ms",
           "p99.9 ms", "RSS MB");
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
        const struct workload *w = &workloads[i];
        struct result results[RUNS_MAX];
        if (strstr(w->name, only) == NULL)
            continue;
        for (unsigned r = 0; r < runs && r < RUNS_MAX; r++)
            results[r] = measure(w, members, responses * w->share / 100, measure_verify());
        qsort(results, runs, sizeof *results, compare_ratio);
        const struct result *m = &results[runs / 2];
        printf("%-30s %10.0f %8.1f %8.2f %9.2f %9.2f %9.2f %7.1f\n", w->name, m->accepted_per_s, m->cpu_us, m->ratio,
               m->p50, m->p99, m->p999, m->rss_mb);
        fflush(stdout);
    }
    printf("\nbare libsodium verification, after: %.1f us of CPU; medians of %u runs\n", measure_verify(), runs);
    for (size_t i = 0; i < member_count; i++)
        secret_key_free(members[i].key);
    free(members);
    return 0;
}
