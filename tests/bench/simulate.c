/* A panel of a nation on paper: what a round of it asks of one machine with SQLite, of collectors on one PostgreSQL,
 * and of panels by region; by what a response costs, which is read from files and never assumed here. The same files
 * give the same tables on any machine.
 *
 *     bench-simulate COSTS...
 * and for tests, as JSON, one stream of responses, and one round:
 *     bench-simulate queue PLANT RATE SKIP COUNT
 *     bench-simulate round PLANT MEMBERS ACTIONS DAYS SWING FADING
 * where PLANT is CHECKERS COLLECTORS CHECK-US BATCH-US ENTRY-US BATCH-MAX AFTER-US. */
#include "tests/bench/scenario.h"
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COSTS_MAX 64
#define LINE_SIZE 256
#define NAME_SIZE 40
#define ACTIONS 36
#define DAYS 14
#define REGIONS 12
#define CHECKERS_BUSY 0.6 /* of their time, in the busiest hour: how many cores a layout is given */
#define WRITER_ASKED 0.7 /* of what it can bear: up to which a writer is called enough */
#define BATCH_MAX 4096
#define CORES 16 /* of a machine, of which two are the writer's and the system's */
#define GB 1e9
#define MB 1e6

/* What a response costs, by name. A later file's value takes the place of an earlier one's. */
struct costs {
    struct {
        char name[NAME_SIZE];
        double value;
    } list[COSTS_MAX];
    size_t count;
};

/* One way to serve a panel, and how many of it there are. */
struct layout {
    const char *name;
    const char *kind; /* the first part of the names of its costs */
    const char *entry; /* and the name of what each response of a commit costs */
    bool is_cold; /* what each response changes is read from the disk first, memory being too small for it */
    unsigned panels;
    unsigned databases; /* machines of a panel that hold nothing but its database */
    unsigned collectors; /* machines of a panel that serve, at least */
};

enum { SQLITE_NEAR, POSTGRES_SCATTERED = 3 };

static const struct layout layouts[] = {
    [SQLITE_NEAR] = {"SQLite, near", "sqlite", "entry_us", false, 1, 0, 1},
    {"SQLite, scattered", "sqlite", "entry_scattered_us", false, 1, 0, 1},
    {"SQLite, cold", "sqlite", "entry_scattered_us", true, 1, 0, 1},
    [POSTGRES_SCATTERED] = {"PostgreSQL, scattered", "postgres", "entry_scattered_us", false, 1, 3, 2},
    {"PostgreSQL, cold", "postgres", "entry_scattered_us", true, 1, 3, 2},
    {"12 × SQLite, cold", "sqlite", "entry_scattered_us", true, REGIONS, 0, 1},
};

static const double sizes[] = {1e5, 1e6, 1e7, 3e7, 1e8};

_Noreturn static void give_up(const char *what, const char *name)
{
    fprintf(stderr, "bench-simulate: %s: %s\n", what, name);
    exit(1);
}

/* Costs. */

static void set_cost(struct costs *costs, const char *name, double value)
{
    size_t i = 0;
    while (i < costs->count && strcmp(costs->list[i].name, name) != 0)
        i++;
    if (i == COSTS_MAX)
        give_up("too many costs", name);
    snprintf(costs->list[i].name, NAME_SIZE, "%s", name);
    costs->list[i].value = value;
    costs->count = i == costs->count ? i + 1 : costs->count;
}

/* `NAME VALUE  # SOURCE`; a cost without a source is none. Lines that begin with # are read by people. */
static void read_cost_line(struct costs *costs, char *line)
{
    char name[NAME_SIZE];
    double value;
    int end = 0;
    if (line[0] == '#' || line[0] == '\0')
        return;
    if (sscanf(line, "%39s %lf # %n", name, &value, &end) < 2 || end == 0 || !line[end] || !(value >= 0))
        give_up("no cost with its source", line);
    set_cost(costs, name, value);
    printf("    %s\n", line);
}

static void read_costs(struct costs *costs, const char *path)
{
    char line[LINE_SIZE];
    FILE *file = fopen(path, "r");
    if (!file)
        give_up("can't be read", path);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        read_cost_line(costs, line);
    }
    fclose(file);
}

static double cost_of(const struct costs *costs, const char *kind, const char *what)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "%s.%s", kind, what);
    for (size_t i = 0; i < costs->count; i++)
        if (strcmp(costs->list[i].name, name) == 0)
            return costs->list[i].value;
    give_up("no cost is named", name);
}

static double scenario_of(const struct costs *costs, const char *what)
{
    return cost_of(costs, "scenario", what);
}

/* Layouts. */

static struct turnout turnout_of(const struct costs *costs, double members)
{
    return (struct turnout){.members = members,
                            .actions = ACTIONS,
                            .days = DAYS,
                            .swing = scenario_of(costs, "swing"),
                            .fading = scenario_of(costs, "fading")};
}

/* Machines of a panel that serve, of as many cores as they need; one with SQLite is one, however many it needs. */
static unsigned count_collectors(const struct layout *layout, unsigned checkers)
{
    unsigned needed = layout->databases > 0 ? (checkers + CORES - 3) / (CORES - 2) : 1;
    return needed > layout->collectors ? needed : layout->collectors;
}

/* With as many cores as it takes to check what comes in the busiest hour. */
static struct plant plant_of(const struct costs *costs, const struct layout *layout, double peak)
{
    struct plant plant = {.check_us = cost_of(costs, layout->kind, "check_us"),
                          .batch_us = cost_of(costs, layout->kind, "batch_us"),
                          .entry_us = cost_of(costs, layout->kind, layout->entry),
                          .after_us = cost_of(costs, layout->kind, "after_us"),
                          .batch_max = BATCH_MAX};
    plant.entry_us += layout->is_cold ? cost_of(costs, "disk", "read_us") : 0;
    double cores = ceil(peak * plant.check_us / 1e6 / CHECKERS_BUSY);
    plant.checkers = cores < 1 ? 1 : (unsigned)cores;
    plant.collectors = count_collectors(layout, plant.checkers);
    return plant;
}

/* Responses a second that the writer alone bears. */
static double writer_capacity(const struct plant *plant)
{
    struct plant alone = *plant;
    alone.check_us = 1e-6;
    return plant_capacity(&alone);
}

/* Tables. */

static void print_waiting(const struct round_told *told)
{
    if (told->overflow > 0)
        printf("| | | | | %.1f million, %.1f h late |\n", told->overflow / 1e6, told->overflow_s / 3600);
    else
        printf("%.0f%% | %.1f | %.1f | %.1f | %.0f | |\n", 100 * told->waiting.busy, told->waiting.batch,
               told->waiting.p50 / 1000, told->waiting.p99 / 1000, told->waiting.queue);
}

static struct round_told run_round(const struct layout *layout, const struct plant *plant,
                                   const struct turnout *turnout)
{
    struct round_told told;
    if (scenario_run(plant, turnout, &told) < 0)
        give_up("no memory", layout->name);
    return told;
}

static void print_row(const struct costs *costs, const struct layout *layout, double members)
{
    const struct turnout turnout = turnout_of(costs, members / layout->panels);
    double peak = turnout_peak(&turnout);
    const struct plant plant = plant_of(costs, layout, peak);
    const struct round_told told = run_round(layout, &plant, &turnout);
    printf("| %.0f | %s | %u | %.0f | %u | %.0f%% | ", members, layout->name,
           layout->panels * (layout->databases + plant.collectors), peak, plant.checkers,
           100 * peak / writer_capacity(&plant));
    print_waiting(&told);
}

static void print_rounds(const struct costs *costs)
{
    puts("| members | served by | machines | a second, busiest hour | cores to check | of what it can bear | writer "
         "busy | in a commit | p50 ms | p99 ms | most in the queue, in a sample | not answered in time |");
    puts("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t l = 0; l < sizeof layouts / sizeof *layouts; l++)
            print_row(costs, &layouts[l], sizes[s]);
}

/* Bytes that go somewhere in a round, and a second in its busiest hour; by the cost `NAME_batch_bytes` of a commit and
 * `NAME_entry_bytes` of each response in it. */
struct volume {
    double round, peak;
};

static struct volume volume_of(const struct costs *costs, const struct layout *layout, double members, const char *name)
{
    char batch[NAME_SIZE], entry[NAME_SIZE];
    snprintf(batch, sizeof batch, "%s_batch_bytes", name);
    snprintf(entry, sizeof entry, "%s_entry_bytes", name);
    double a_batch = cost_of(costs, layout->kind, batch), an_entry = cost_of(costs, layout->kind, entry);
    const struct turnout turnout = turnout_of(costs, members);
    const struct plant plant = plant_of(costs, layout, turnout_peak(&turnout));
    const struct round_told told = run_round(layout, &plant, &turnout);
    return (struct volume){told.commits * a_batch + told.came * an_entry,
                           told.peak_commits * a_batch + turnout_peak(&turnout) * an_entry};
}

/* By the JWS that it holds, of which both stores keep every one. */
static double store_bytes(const struct costs *costs, const char *kind, double responses)
{
    return responses * cost_of(costs, "response", "jws_bytes") * cost_of(costs, kind, "store_share");
}

/* Of a collector; its index of members doubles when more than three quarters are full. */
static double memory_bytes(const struct costs *costs, double members)
{
    double slots = 64;
    while (members > slots / 4 * 3)
        slots *= 2;
    return cost_of(costs, "collector", "memory_bytes") + members * cost_of(costs, "member", "memory_bytes") +
           slots * cost_of(costs, "member", "slot_bytes");
}

static void print_space_row(const struct costs *costs, double members)
{
    double responses = members * ACTIONS;
    const struct volume written = volume_of(costs, &layouts[SQLITE_NEAR], members, "written");
    const struct volume wal = volume_of(costs, &layouts[POSTGRES_SCATTERED], members, "wal");
    printf("| %.0f | %.0f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.2f | %.0f | %.2f |\n", members, responses,
           store_bytes(costs, "sqlite", responses) / GB, responses * cost_of(costs, "sqlite", "current_bytes") / GB,
           written.round / GB, store_bytes(costs, "postgres", responses) / GB,
           responses * cost_of(costs, "postgres", "current_bytes") / GB, wal.round / GB, wal.peak / MB,
           memory_bytes(costs, members) / MB, responses * cost_of(costs, "audit", "entry_us") / 16 / 3.6e9);
}

static void print_space(const struct costs *costs)
{
    puts("| members | responses | SQLite: store, GB | current responses of it, GB | written, GB | PostgreSQL: store, "
         "GB | current responses of it, GB | WAL, GB | WAL in the busiest hour, MB/s | memory of a collector, MB | "
         "audit on 16 cores, h |");
    puts("|---|---|---|---|---|---|---|---|---|---|---|");
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        print_space_row(costs, sizes[s]);
}

/* Peaks grow with members, so the size that a writer bears is one division. */
static void print_bounds(const struct costs *costs)
{
    const struct turnout one = turnout_of(costs, 1);
    puts("| served by | members until the busiest hour asks 70% of what its writer can bear | and until it can't "
         "follow |");
    puts("|---|---|---|");
    for (size_t l = 0; l < sizeof layouts / sizeof *layouts; l++) {
        const struct plant plant = plant_of(costs, &layouts[l], 0);
        double most = layouts[l].panels * writer_capacity(&plant) / turnout_peak(&one);
        printf("| %s | %.1f million | %.1f million |\n", layouts[l].name, WRITER_ASKED * most / 1e6, most / 1e6);
    }
}

static double read_number(const char *text)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= 0))
        give_up("no number", text);
    return value;
}

/* The first seven of the words. */
static struct plant read_plant(char **words)
{
    return (struct plant){.checkers = (unsigned)read_number(words[0]),
                          .collectors = (unsigned)read_number(words[1]),
                          .check_us = read_number(words[2]),
                          .batch_us = read_number(words[3]),
                          .entry_us = read_number(words[4]),
                          .batch_max = (unsigned)read_number(words[5]),
                          .after_us = read_number(words[6])};
}

static void print_queue(char **words)
{
    struct waiting told;
    const struct plant plant = read_plant(words);
    if (plant_run(&plant, read_number(words[7]), (size_t)read_number(words[8]), (size_t)read_number(words[9]), 1,
                  &told) < 0)
        give_up("no memory", "queue");
    printf("{\"mean\":%.3f,\"p50\":%.3f,\"p99\":%.3f,\"longest\":%.3f,\"batch\":%.4f,\"queue\":%.0f,\"busy\":%.5f,"
           "\"capacity\":%.3f}\n",
           told.mean, told.p50, told.p99, told.longest, told.batch, told.queue, told.busy, plant_capacity(&plant));
}

static void print_round(char **words)
{
    struct round_told told;
    const struct plant plant = read_plant(words);
    const struct turnout turnout = {.members = read_number(words[7]),
                                    .actions = read_number(words[8]),
                                    .days = (unsigned)read_number(words[9]),
                                    .swing = read_number(words[10]),
                                    .fading = read_number(words[11])};
    if (scenario_run(&plant, &turnout, &told) < 0)
        give_up("no memory", "round");
    printf("{\"came\":%.3f,\"answered\":%.3f,\"left\":%.3f,\"overflow\":%.3f,\"overflow_s\":%.3f,\"commits\":%.3f,"
           "\"p99\":%.3f,\"peak\":%.6f}\n",
           told.came, told.answered, told.left, told.overflow, told.overflow_s, told.commits, told.waiting.p99,
           turnout_peak(&turnout));
}

int main(int argc, char **argv)
{
    struct costs costs = {0};
    if (argc == 12 && strcmp(argv[1], "queue") == 0) {
        print_queue(argv + 2);
        return 0;
    }
    if (argc == 14 && strcmp(argv[1], "round") == 0) {
        print_round(argv + 2);
        return 0;
    }
    if (argc < 2)
        give_up("usage", "bench-simulate COSTS...");
    for (int i = 1; i < argc; i++)
        read_costs(&costs, argv[i]);
    printf("\n%d actions, all of them answered by all members in %d days.\n\n", ACTIONS, DAYS);
    print_bounds(&costs);
    puts("");
    print_rounds(&costs);
    puts("");
    print_space(&costs);
    return 0;
}
