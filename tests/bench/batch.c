/* What `burgerpanel batch` costs for many forms: PROGRAM COLLECTOR FOLDER ROWS. Each figure is of the client's process
 * alone, for one row, and in ratio to signing one response, which it can't do without; what memory grows by a row
 * follows from a run of a tenth of the rows. */
#include "base/clock.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "tests/bench/kit.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS_OF_MEMBER 30

extern char **environ;

static const char *program;

/* What a run took. */
struct run {
    double cpu_us, wall_us, peak_mb;
};

static double cpu_us_of(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1e6 +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
}

/* Microseconds of CPU for a response made and signed. */
static double measure_signing(size_t count)
{
    struct member *member = bench_make_members(1);
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    double before = bench_thread_us();
    for (size_t i = 0; i < count; i++) {
        buf_reset(&jws);
        bench_put_response(&jws, member, i % BENCH_ACTIONS, 1, (unsigned)i);
    }
    double cost = (bench_thread_us() - before) / (double)count;
    buf_free(&jws);
    bench_free_members(member, 1);
    return cost;
}

static FILE *open_file(const char *name)
{
    char path[BENCH_PATH_SIZE];
    bench_path(path, "", name);
    FILE *file = fopen(path, "w");
    if (!file)
        bench_give_up(path);
    return file;
}

/* Both files of a batch: every member answers as many actions, paper by paper in no order. */
static void write_files(size_t members, char (*codes)[INVITATION_TEXT_SIZE])
{
    static const char *const comments[] = {"", "", "\"Graag meer hulp, vooral bij formulieren.\"", ""};
    FILE *invitations = open_file("invitations.csv"), *responses = open_file("responses.csv");
    fputs("member,code\n", invitations);
    fputs("member,action,importance,noticed,satisfaction,channels,comment\n", responses);
    for (size_t i = 0; i < members; i++)
        fprintf(invitations, "%zu,%s\n", i + 1, codes[i]);
    for (size_t i = 0; i < members * ROWS_OF_MEMBER; i++) {
        size_t action = i / members;
        fprintf(responses, "%zu,WA-%zu.%02zu,%zu,no,,website|phone,%s\n", i % members + 1, 1 + action / 6,
                1 + action % 6, 1 + i % 5, comments[i % 4]);
    }
    if (fclose(invitations) != 0 || fclose(responses) != 0)
        bench_give_up("the batch's files");
}

static struct run run_batch(uint16_t port, const char *flag)
{
    char url[64], invitations[BENCH_PATH_SIZE], responses[BENCH_PATH_SIZE], homes[BENCH_PATH_SIZE];
    char report[BENCH_PATH_SIZE];
    int status;
    pid_t pid;
    struct rusage usage;
    posix_spawn_file_actions_t actions;
    snprintf(url, sizeof url, "http://127.0.0.1:%u", (unsigned)port);
    bench_path(invitations, "", "invitations.csv");
    bench_path(responses, "", "responses.csv");
    bench_path(homes, "", "homes");
    bench_path(report, "", "report.csv");
    const char *argv[] = {program,   "batch", url,        "--invitations", invitations, "--responses", responses,
                          "--homes", homes,   "--report", report,          "--yes",     flag,          NULL};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    double began = (double)clock_monotonic_us();
    if (posix_spawn(&pid, program, &actions, NULL, (char *const *)(uintptr_t)argv, environ) != 0 ||
        wait4(pid, &status, 0, &usage) != pid || status != 0)
        bench_give_up("the batch failed");
    posix_spawn_file_actions_destroy(&actions);
    return (struct run){cpu_us_of(&usage), (double)clock_monotonic_us() - began, (double)usage.ru_maxrss / 1024};
}

/* A batch that finds nobody keeps all and calls it well, so what was done is read from its report. */
static void check_report(size_t rows, const char *outcome)
{
    char path[BENCH_PATH_SIZE], line[1024];
    size_t count = 0;
    bench_path(path, "", "report.csv");
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        count += strstr(line, outcome) != NULL;
    if (file)
        fclose(file);
    if (count == rows)
        return;
    fprintf(stderr, "bench: %zu of %zu rows are%s\n", count, rows, outcome);
    exit(1);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void remove_homes(void)
{
    char path[BENCH_PATH_SIZE];
    bench_path(path, "", "homes");
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        bench_give_up(path);
}

static void print_run(const char *what, size_t rows, const struct run *run, double signing)
{
    printf("%-44s %8.1f us of CPU  RATIO %.2f  %8.1f us  %6.1f MB\n", what, run->cpu_us / (double)rows,
           run->cpu_us / (double)rows / signing, run->wall_us / (double)rows, run->peak_mb);
}

/* All that may be done with so many rows; the run of all of it. */
static struct run measure_batch(size_t members, double signing, bool shown)
{
    static const struct {
        const char *flag, *outcome, *what;
    } steps[] = {{"--dry-run", ",valid,", "checked, a row"},
                 {NULL, ",sent,", "signed, sent and filed, a row"},
                 {NULL, ",already-sent,", "found to be sent before, a row"}};
    struct run runs[sizeof steps / sizeof *steps];
    char dsn[BENCH_PATH_SIZE];
    char(*codes)[INVITATION_TEXT_SIZE] = calloc(members, sizeof *codes);
    if (!codes)
        bench_give_up("memory");
    bench_make_store(dsn, members, codes);
    write_files(members, codes);
    free(codes);
    struct daemon daemon = bench_start(dsn);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        runs[i] = run_batch(daemon.port, steps[i].flag);
        check_report(members * ROWS_OF_MEMBER, steps[i].outcome);
        if (shown)
            print_run(steps[i].what, members * ROWS_OF_MEMBER, &runs[i], signing);
    }
    bench_stop(daemon);
    remove_homes();
    return runs[1];
}

int main(int argc, char **argv)
{
    if (argc < 5 || crypto_start())
        return 2;
    program = argv[1];
    bench_collector = argv[2];
    bench_folder = argv[3];
    size_t members = strtoul(argv[4], NULL, 10) / ROWS_OF_MEMBER, rows = members * ROWS_OF_MEMBER;
    size_t few = members / 10 ? members / 10 : 1;
    double signing = measure_signing(rows);
    printf("\na batch of %zu forms of %zu members, by the client; a response signed %.1f us of CPU\n", rows, members,
           signing);
    struct run small = measure_batch(few, signing, false), all = measure_batch(members, signing, true);
    printf("%-44s %8.0f bytes\n", "memory, what another row adds",
           (all.peak_mb - small.peak_mb) * 1048576 / (double)(rows - few * ROWS_OF_MEMBER));
    return 0;
}
