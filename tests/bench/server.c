/* From /proc: of a process that is there its own clock, of those that have ended what their parent was told. */
#include "tests/bench/server.h"
#include "tests/bench/kit.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first line of a file; whether it is there and has one. */
static bool read_line(const char *path, char *line, int size)
{
    FILE *file = fopen(path, "r");
    bool has_line = file && fgets(line, size, file);
    if (file)
        fclose(file);
    return has_line;
}

/* It stands in the first line of a file in the server's folder. */
pid_t server_find(const char *dsn)
{
    char path[BENCH_PATH_SIZE], line[64];
    const char *host = strstr(dsn, "host=");
    if (!host || snprintf(path, sizeof path, "%.*s/data/postmaster.pid", (int)strcspn(host + 5, "&"), host + 5) >=
                     (int)sizeof path)
        bench_give_up("KIT_STORE names no folder");
    if (!read_line(path, line, sizeof line))
        bench_give_up(path);
    return (pid_t)strtol(line, NULL, 10);
}

/* Of a process that is there; 0: it has ended. */
static double process_cpu_us(pid_t pid)
{
    char path[64], line[128];
    snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
    return read_line(path, line, sizeof line) ? strtod(line, NULL) / 1e3 : 0;
}

#define ENDED_FIELD                                                                                                    \
    14 /* of stat behind the program's name: the user time of children that have ended; then the kernel's */

static double ended_cpu_us(pid_t pid)
{
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    char *at = read_line(path, line, sizeof line) ? strrchr(line, ')') : NULL;
    for (int field = 0; at && field < ENDED_FIELD; field++)
        at = strchr(at + 1, ' ');
    if (!at)
        bench_give_up(path);
    double user = strtod(at, &at), kernel = strtod(at, NULL);
    return (user + kernel) * 1e6 / (double)sysconf(_SC_CLK_TCK);
}

double server_cpu_us(pid_t postmaster)
{
    char path[64], line[4096] = "";
    double sum = process_cpu_us(postmaster) + ended_cpu_us(postmaster);
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)postmaster, (int)postmaster);
    if (!read_line(path, line, sizeof line))
        bench_give_up(path);
    char *end;
    for (char *at = line; *at != '\0' && *at != '\n'; at = end) {
        long child = strtol(at, &end, 10);
        if (end == at)
            break;
        sum += process_cpu_us((pid_t)child);
    }
    return sum;
}
