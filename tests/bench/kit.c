/* What the benchmarks share: members, signed responses, a collector of their own. */
#include "tests/bench/kit.h"
#include "base/clock.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/response.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
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

/* --- bare verification ----------------------------------------------------------------------------------------------------- */

double bench_thread_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Microseconds of CPU for one key_verify of a message as long as a response's signed part. */
double bench_measure_verify(void)
{
    uint8_t message[480], public_key[KEY_BYTES], signature[SIGNATURE_BYTES];
    struct secret_key *key = secret_key_new();
    unsigned rounds = 0;
    crypto_random(message, sizeof message);
    secret_key_public(key, public_key);
    secret_key_sign(key, message, sizeof message, signature);
    double start = bench_thread_us(), now = start;
    for (; now - start < 400000; now = bench_thread_us())
        for (int i = 0; i < 100; i++, rounds++)
            if (!key_verify(public_key, signature, message, sizeof message))
                bench_give_up("verification");
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

void bench_put_response(struct buf *out, const struct member *member, size_t action, int64_t revision, unsigned seed)
{
    char jti[RANDOM_ID_SIZE], id[32];
    struct buf answers, claims;
    buf_init(&answers, JWS_MAX);
    buf_init(&claims, JWS_MAX);
    put_answers(&answers, seed);
    crypto_random_id(jti);
    snprintf(id, sizeof id, "WA-%zu.%02zu", 1 + action / 6, 1 + action % 6);
    struct response_claims said = {.aud = "wau",
                                   .round = BENCH_ROUND,
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

/* --- the daemon ------------------------------------------------------------------------------------------------------------ */

/* Runs the collector to its end; standard output goes to `out`, or nowhere. */
void bench_run_collector(const char *const *argv, const char *out)
{
    pid_t pid;
    int status;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, out != NULL ? out : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (posix_spawn(&pid, bench_collector, &actions, NULL, (char *const *)(uintptr_t)argv, environ) != 0 ||
        waitpid(pid, &status, 0) != pid || status != 0)
        bench_give_up("the collector failed");
    posix_spawn_file_actions_destroy(&actions);
}

struct daemon bench_start(const char *dsn)
{
    struct daemon daemon;
    int fds[2];
    char line[128] = "";
    const char *argv[] = {bench_collector, "serve",       "--store", dsn, "--listen",
                          "127.0.0.1:0",   "--log-level", "error",   NULL};
    posix_spawn_file_actions_t actions;
    if (pipe(fds) != 0)
        bench_give_up("pipe");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
    posix_spawn_file_actions_addclose(&actions, fds[0]);
    if (posix_spawn(&daemon.pid, bench_collector, &actions, NULL, (char *const *)(uintptr_t)argv, environ) != 0)
        bench_give_up("serve");
    posix_spawn_file_actions_destroy(&actions);
    close(fds[1]);
    FILE *from = fdopen(fds[0], "r");
    const char *colon = from != NULL && fgets(line, sizeof line, from) != NULL ? strrchr(line, ':') : NULL;
    if (colon == NULL)
        bench_give_up("the collector does not listen");
    daemon.port = (uint16_t)strtoul(colon + 1, NULL, 10);
    fclose(from);
    return daemon;
}

void bench_stop(struct daemon daemon)
{
    int status;
    kill(daemon.pid, SIGTERM);
    if (waitpid(daemon.pid, &status, 0) != daemon.pid || status != 0)
        bench_give_up("the collector did not stop well");
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
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kb = strtod(line + 6, NULL);
    if (file != NULL)
        fclose(file);
    return kb / 1024;
}

void bench_path(char out[static BENCH_PATH_SIZE], const char *before, const char *name)
{
    if (snprintf(out, BENCH_PATH_SIZE, "%s%s/%s", before, bench_folder, name) >= BENCH_PATH_SIZE)
        bench_give_up("path");
}

/* A new store with the example panel and `count` unused invitations, whose codes it reads. */
void bench_make_store(char dsn[static BENCH_PATH_SIZE], size_t count, char (*codes)[INVITATION_TEXT_SIZE])
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock", ".log-key", ".log-key.checkpoint"};
    char path[BENCH_PATH_SIZE], name[64], number[32], line[128];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "bench.db%s", ends[i]);
        bench_path(path, "", name);
        (void)unlink(path);
    }
    bench_path(dsn, "sqlite:", "bench.db");
    bench_path(path, "", "codes.csv");
    snprintf(number, sizeof number, "%zu", count);
    bench_run_collector((const char *[]){bench_collector, "panel", "import", "fixtures/panel.json", "--store", dsn, NULL},
                        NULL);
    bench_run_collector(
        (const char *[]){bench_collector, "actions", "import", "fixtures/actions.csv", "--store", dsn, NULL}, NULL);
    bench_run_collector((const char *[]){bench_collector, "invitations", "create", number, "--store", dsn, NULL}, path);
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        bench_give_up("codes");
    for (size_t i = 0; i < count; i++)
        if (fgets(line, sizeof line, file) == NULL || sscanf(line, "%*[^,],%29[^\r\n]", codes[i]) != 1)
            bench_give_up("a code");
    fclose(file);
}

void bench_enrol(struct daemon daemon, const struct member *members, size_t count, char (*codes)[INVITATION_TEXT_SIZE])
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
        bench_make_request(&list[i], "/v1/members", "application/jose", "", &jws);
    }
    load_run(daemon.port, 32, 0, list, count);
    for (size_t i = 0; i < count; i++)
        if (list[i].status != 201)
            bench_give_up("an enrolment was refused");
    bench_free_requests(list, count);
    buf_free(&jws);
    buf_free(&claims);
}

void bench_print_machine(void)
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
