/* What the benchmarks share: members, signed responses, a collector of their own. */
#include "tests/bench/kit.h"
#include "base/clock.h"
#include "base/file.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/enrolment.h"
#include "panel/invitation.h"
#include "panel/response.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

const char *bench_collector, *bench_folder;

void bench_give_up(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* What is sent. */

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

void bench_put_response_to(struct buf *out, const struct secret_key *key, const char *action, int64_t revision,
                           unsigned seed)
{
    char jti[RANDOM_ID_SIZE];
    struct buf answers, claims;
    buf_init(&answers, JWS_MAX);
    buf_init(&claims, JWS_MAX);
    put_answers(&answers, seed);
    crypto_random_id(jti);
    struct response_claims said = {.aud = "wau",
                                   .round = BENCH_ROUND,
                                   .action = action,
                                   .jti = jti,
                                   .revision = revision,
                                   .iat = clock_now(),
                                   .answers = answers.data,
                                   .answers_len = answers.len};
    response_put_claims(&claims, &said);
    jws_sign(out, key, RESPONSE_TYP, claims.data, claims.len);
    buf_free(&claims);
    buf_free(&answers);
}

void bench_put_response(struct buf *out, const struct member *member, size_t action, int64_t revision, unsigned seed)
{
    char id[32];
    snprintf(id, sizeof id, "WA-%zu.%02zu", 1 + action / 6, 1 + action % 6);
    bench_put_response_to(out, member->key, id, revision, seed);
}

void bench_put_enrolment(struct buf *out, const struct secret_key *key, const char *code)
{
    char jti[RANDOM_ID_SIZE];
    uint8_t public_key[KEY_BYTES];
    struct buf claims;
    buf_init(&claims, JWS_MAX);
    crypto_random_id(jti);
    secret_key_public(key, public_key);
    enrolment_put_claims(&claims, "wau", jti, clock_now(), code, public_key);
    jws_sign(out, key, ENROLMENT_TYP, claims.data, claims.len);
    buf_free(&claims);
}

void bench_make_request(struct request *request, const char *path, const char *type, const char *more,
                        const struct buf *body)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    buf_printf(&text, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\n%sContent-Length: %zu\r\n\r\n", path,
               type, more, body->len);
    buf_put(&text, body->data, body->len);
    if (buf_check(&text))
        bench_give_up("memory");
    *request = (struct request){.bytes = text.data, .len = text.len};
}

void bench_free_requests(struct request *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i].bytes);
    free(list);
}

struct member *bench_make_members(size_t count)
{
    struct member *members = calloc(count, sizeof *members);
    for (size_t i = 0; members && i < count; i++) {
        members[i].key = secret_key_new();
        if (!members[i].key)
            bench_give_up("guarded memory for keys");
        secret_key_public(members[i].key, members[i].public_key);
    }
    if (!members)
        bench_give_up("memory");
    return members;
}

void bench_free_members(struct member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        secret_key_free(members[i].key);
    free(members);
}

/* The daemon. */

/* Linux counts a spawned program's peak from the memory of whoever spawned it: until exec, they share it. So this
 * process gives back what it has freed, and its own peak is made what it holds now. */
static void forget_peak(void)
{
    (void)malloc_trim(0);
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (!file)
        return;
    fputs("5", file);
    fclose(file);
}

static void show(const char *path)
{
    char line[512];
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        fputs(line, stderr);
    if (file)
        fclose(file);
}

static double time_us(const struct timeval *time)
{
    return (double)time->tv_sec * 1e6 + (double)time->tv_usec;
}

struct bench_usage bench_run(const char *const *argv, const char *out)
{
    pid_t pid;
    int status;
    char said[BENCH_PATH_SIZE];
    struct rusage usage;
    int64_t start = clock_monotonic_us();
    bench_path(said, "", BENCH_SAID);
    forget_peak();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, out ? out : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ) != 0 ||
        wait4(pid, &status, 0, &usage) != pid || status != 0) {
        show(said);
        bench_give_up(argv[0]);
    }
    posix_spawn_file_actions_destroy(&actions);
    return (struct bench_usage){.cpu_us = time_us(&usage.ru_utime) + time_us(&usage.ru_stime),
                                .wall_us = (double)(clock_monotonic_us() - start),
                                .rss_mb = (double)usage.ru_maxrss / 1024};
}

#define RUNNING_MAX 8

static pid_t running[RUNNING_MAX]; /* services; 0: none */

static void end_running(void)
{
    for (size_t i = 0; i < RUNNING_MAX; i++)
        if (running[i] > 0)
            kill(running[i], SIGTERM);
}

static void note_running(pid_t was, pid_t is)
{
    size_t i = 0;
    while (i < RUNNING_MAX && running[i] != was)
        i++;
    if (i == RUNNING_MAX)
        bench_give_up("too many services");
    running[i] = is;
}

/* The ports that a service says it listens at: of its metrics first, where it has any. */
static void read_ports(FILE *from, struct daemon *daemon)
{
    char line[128];
    bool listens = false;
    while (!listens && from && fgets(line, sizeof line, from)) {
        const char *colon = strrchr(line, ':');
        uint16_t port = colon ? (uint16_t)strtoul(colon + 1, NULL, 10) : 0;
        listens = strncmp(line, "metrics", strlen("metrics")) != 0;
        *(listens ? &daemon->port : &daemon->metrics) = port;
    }
    if (daemon->port == 0)
        bench_give_up("the service does not listen");
}

/* Starts a service that says on its standard output where it listens. */
static struct daemon start_service(const char *const *argv)
{
    static bool seen_to;
    struct daemon daemon = {0};
    int fds[2];
    posix_spawn_file_actions_t actions;
    if (pipe(fds) != 0)
        bench_give_up("pipe");
    posix_spawn_file_actions_init(&actions);
    /* A few members stand for many, and one address for all, so what these may do is not bounded. */
    setenv("BURGERPANEL_MEMBER_RESPONSES", "0", 1);
    setenv("BURGERPANEL_MEMBER_REVISIONS", "0", 1);
    setenv("BURGERPANEL_ADDRESS_CONNECTIONS", "0", 1);
    setenv("BURGERPANEL_ADDRESS_ENROLMENTS", "0", 1);
    posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
    posix_spawn_file_actions_addclose(&actions, fds[0]);
    if (posix_spawnp(&daemon.pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ) != 0)
        bench_give_up(argv[0]);
    posix_spawn_file_actions_destroy(&actions);
    note_running(0, daemon.pid);
    if (!seen_to && atexit(end_running) == 0) /* also when this program gives up */
        seen_to = true;
    close(fds[1]);
    FILE *from = fdopen(fds[0], "r");
    read_ports(from, &daemon);
    fclose(from);
    return daemon;
}

struct daemon bench_start(const char *dsn)
{
    const char *argv[] = {bench_collector, "serve",       "--store", dsn, "--listen",
                          "127.0.0.1:0",   "--log-level", "error",   NULL};
    return start_service(argv);
}

void bench_use_tls(bool on)
{
    static const char *const names[] = {"BURGERPANEL_TLS_CERTIFICATE", "BURGERPANEL_TLS_KEY"};
    char path[BENCH_PATH_SIZE];
    struct buf pem;
    buf_init(&pem, 65536);
    bench_path(path, "", "tls.pem");
    (void)unlink(path);
    if (on && (file_read("fixtures/tls/good.pem", &pem) < 0 || file_create(path, pem.data, pem.len) < 0))
        bench_give_up("a certificate");
    for (size_t i = 0; i < 2; i++)
        if (on ? setenv(names[i], path, 1) : unsetenv(names[i]))
            bench_give_up("the environment");
    load_speak_tls(on);
    buf_free(&pem);
}

struct daemon bench_start_peer(void)
{
    const char *argv[] = {"node", "tests/bench/peer.mjs", bench_folder, "fixtures/panel.json", NULL};
    return start_service(argv);
}

void bench_stop(struct daemon daemon)
{
    int status;
    kill(daemon.pid, SIGTERM);
    if (waitpid(daemon.pid, &status, 0) != daemon.pid || status != 0)
        bench_give_up("the service did not stop well");
    note_running(daemon.pid, 0);
}

double bench_daemon_cpu_us(struct daemon daemon)
{
    clockid_t clock;
    struct timespec now;
    if (clock_getcpuclockid(daemon.pid, &clock) != 0 || clock_gettime(clock, &now) != 0)
        bench_give_up("the daemon's CPU time");
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

double bench_daemon_rss_mb(struct daemon daemon)
{
    char path[64], line[256];
    double kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)daemon.pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kb = strtod(line + 6, NULL);
    if (file)
        fclose(file);
    return kb / 1024;
}

void bench_path(char out[static BENCH_PATH_SIZE], const char *before, const char *name)
{
    if (snprintf(out, BENCH_PATH_SIZE, "%s%s/%s", before, bench_folder, name) >= BENCH_PATH_SIZE)
        bench_give_up("path");
}

void bench_remove_store(void)
{
    static const char *const names[] = {"bench.db",           "bench.db-wal",
                                        "bench.db-shm",       "bench.db.lock",
                                        "bench.db.log-key",   "bench.db.log-key.checkpoint",
                                        "codes.csv",          "token",
                                        BENCH_SAID,           "bench.db.copy",
                                        "bench.db.copy.lock", "bench.db.operator-key"};
    char path[BENCH_PATH_SIZE];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bench_path(path, "", names[i]);
        (void)unlink(path);
    }
}

double bench_store_bytes(void)
{
    static const char *const names[] = {"bench.db", "bench.db-wal"};
    char path[BENCH_PATH_SIZE];
    struct stat status;
    double bytes = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bench_path(path, "", names[i]);
        if (stat(path, &status) == 0)
            bytes += (double)status.st_size;
    }
    return bytes;
}

void bench_make_store(char dsn[static BENCH_PATH_SIZE], size_t count, char (*codes)[INVITATION_TEXT_SIZE])
{
    bench_make_store_with(dsn, "fixtures/actions.csv", count, codes);
}

void bench_make_store_with(char dsn[static BENCH_PATH_SIZE], const char *actions, size_t count,
                           char (*codes)[INVITATION_TEXT_SIZE])
{
    bench_remove_store();
    bench_path(dsn, "sqlite:", "bench.db");
    bench_fill_store(dsn, actions, count, codes);
}

void bench_fill_store(const char *dsn, const char *actions, size_t count, char (*codes)[INVITATION_TEXT_SIZE])
{
    char path[BENCH_PATH_SIZE], number[32], line[128];
    bench_path(path, "", "codes.csv");
    snprintf(number, sizeof number, "%zu", count);
    bench_run((const char *[]){bench_collector, "panel", "import", "fixtures/panel.json", "--store", dsn, NULL}, NULL);
    bench_run((const char *[]){bench_collector, "actions", "import", actions, "--store", dsn, NULL}, NULL);
    bench_run((const char *[]){bench_collector, "invitations", "create", number, "--store", dsn, NULL}, path);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(line, sizeof line, file))
        bench_give_up("codes");
    for (size_t i = 0; i < count; i++)
        if (!fgets(line, sizeof line, file) || sscanf(line, "%*[^,],%29[^\r\n]", codes[i]) != 1)
            bench_give_up("a code");
    fclose(file);
}

size_t bench_gather(struct request *list, size_t n, int status)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i].status != status)
            continue;
        struct request swap = list[found];
        list[found++] = list[i];
        list[i] = swap;
    }
    return found;
}

void bench_enrol(struct daemon daemon, const struct member *members, size_t count, char (*codes)[INVITATION_TEXT_SIZE])
{
    struct request *list = calloc(count, sizeof *list);
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    for (size_t i = 0; i < count; i++) {
        buf_reset(&jws);
        bench_put_enrolment(&jws, members[i].key, codes[i]);
        bench_make_request(&list[i], "/v1/members", "application/jose", "", &jws);
    }
    for (size_t left = count; left > 0; left = bench_gather(list, left, 503)) {
        load_run(daemon.port, 32, 0, list, left);
        for (size_t i = 0; i < left; i++)
            if (list[i].status != 201 && list[i].status != 503)
                bench_give_up("an enrolment was refused");
    }
    bench_free_requests(list, count);
    buf_free(&jws);
}
