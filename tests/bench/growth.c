/* What a panel costs when it has grown: fills a store through the collector's own commit path, then measures what
 * people wait and pay for.
 *
 *     bench-growth COLLECTOR FOLDER MEMBERS RESPONSES      in the project's folder; RESPONSES / MEMBERS a member
 *
 * KEEP in the environment leaves the store in FOLDER. */
#include "base/clock.h"
#include "base/file.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/actions.h"
#include "panel/invitation.h"
#include "tests/bench/crowd.h"
#include "tests/bench/fill.h"
#include "tests/bench/kit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RUNS 5
#define TENTHS 10
#define POSTS 8000
#define CONNECTIONS 32
#define EXPORT_FOLDER "export"

/* The store, as it was filled. */
struct grown {
    char dsn[BENCH_PATH_SIZE];
    struct crowd crowd;
    size_t entries;
    int64_t revision; /* the highest there is */
};

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double list[static RUNS])
{
    qsort(list, RUNS, sizeof *list, compare_doubles);
    return list[RUNS / 2];
}

/* The fill. */

static double process_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void make_store(struct grown *grown, char (*codes)[INVITATION_TEXT_SIZE])
{
    char path[BENCH_PATH_SIZE];
    struct buf text;
    buf_init(&text, ACTIONS_CSV_MAX);
    bench_path(path, "", "actions.csv");
    crowd_put_actions(&text, &grown->crowd);
    if (buf_check(&text) || file_write(path, text.data, text.len))
        bench_give_up(path);
    buf_free(&text);
    bench_make_store_with(grown->dsn, path, grown->crowd.members, codes);
}

/* Every first response, a tenth at a time, so that it is seen whether the last costs more than the first. */
static struct filled respond(struct fill *fill, const struct crowd *crowd)
{
    size_t count = crowd_sittings(crowd);
    uint32_t *order = crowd_shuffle(count, 1);
    struct filled all = {0};
    for (size_t i = 0; i < TENTHS; i++) {
        int64_t start = clock_monotonic_us();
        double cpu = process_us();
        struct filled part = fill_respond(fill, order, count * i / TENTHS, count * (i + 1) / TENTHS);
        all.count += part.count;
        all.bytes += part.bytes;
        if (i == 0 || i == TENTHS - 1)
            printf("%-44s %8.2f us, %.0f/s\n", i == 0 ? "fill, CPU with signing, the first tenth" : "  the last tenth",
                   (process_us() - cpu) / (double)part.count,
                   (double)part.count * 1e6 / (double)(clock_monotonic_us() - start));
    }
    free(order);
    return all;
}

static void fill_store(struct grown *grown)
{
    const struct crowd *crowd = &grown->crowd;
    char(*codes)[INVITATION_TEXT_SIZE] = calloc(crowd->members, sizeof *codes);
    if (!codes)
        bench_give_up("memory");
    make_store(grown, codes);
    struct fill *fill = fill_open(grown->dsn, crowd);
    struct filled members = fill_enrol(fill, codes);
    int64_t start = clock_monotonic_us();
    double cpu = process_us();
    struct filled responses = respond(fill, crowd);
    if (members.count != crowd->members || responses.count != crowd->members * crowd->actions)
        bench_give_up("the store is not full");
    printf("%-44s %8.2f us, %.0f/s\n", "  all", (process_us() - cpu) / (double)responses.count,
           (double)responses.count * 1e6 / (double)(clock_monotonic_us() - start));
    fill_close(fill);
    free(codes);
    grown->entries = members.count + responses.count;
    grown->revision = 1;
    double bytes = bench_store_bytes();
    printf("%-44s %8.0f bytes a response  RATIO %.3f\n", "store, to the JWS of the responses",
           bytes / (double)responses.count, bytes / (double)responses.bytes);
}

/* The daemon. */

/* Also what the fill has left in the page cache: how long a disk would take to read it is not seen. */
static void measure_start(const char *dsn)
{
    double list[RUNS];
    for (size_t i = 0; i < RUNS; i++) {
        int64_t start = clock_monotonic_us();
        struct daemon daemon = bench_start(dsn);
        list[i] = (double)(clock_monotonic_us() - start) / 1e3;
        bench_stop(daemon);
    }
    printf("%-44s %8.1f ms\n", "start to ready", median(list));
}

/* Signs a revision of one response, as a request. */
static void revise(struct request *request, const struct secret_key *key, size_t member, size_t action,
                   int64_t revision)
{
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    crowd_put_response(&jws, key, member, action, revision);
    bench_make_request(request, "/v1/responses", "application/jose", "", &jws);
    buf_free(&jws);
}

/* Revisions of whole sittings, mixed. */
static void revise_sittings(struct request *list, size_t count, const struct crowd *crowd, int64_t revision)
{
    uint32_t *order = crowd_shuffle(crowd_sittings(crowd), (uint64_t)revision);
    for (size_t i = 0, s = 0; i < count; s++) {
        struct sitting sitting = crowd_sitting(crowd, order[s]);
        struct secret_key *key = crowd_key(sitting.member);
        for (size_t j = 0; j < sitting.count && i < count; j++)
            revise(&list[i++], key, sitting.member, sitting.first + j, revision);
        secret_key_free(key);
    }
    free(order);
}

/* Revisions of single responses, each by another member, as far as there are others. Where members come round again it
 * is with another action, so that no response is revised twice: two at once would overtake each other. */
static void revise_scattered(struct request *list, size_t count, const struct crowd *crowd, int64_t revision)
{
    uint32_t *order = crowd_shuffle(crowd->members, (uint64_t)revision);
    for (size_t i = 0; i < count; i++) {
        size_t member = order[i % crowd->members];
        struct secret_key *key = crowd_key(member);
        revise(&list[i], key, member, (i * 7919 % crowd->members + i / crowd->members) % crowd->actions, revision);
        secret_key_free(key);
    }
    free(order);
}

/* How accepted responses arrive. */
struct arrival {
    const char *name;
    void (*revise)(struct request *list, size_t count, const struct crowd *crowd, int64_t revision);
    double cpu[RUNS], ratio[RUNS], rate[RUNS];
};

static void post(struct arrival *arrival, size_t run, struct daemon daemon, struct grown *grown)
{
    size_t count = grown->crowd.members * grown->crowd.actions;
    count = count < POSTS ? count : POSTS;
    struct request *list = calloc(count, sizeof *list);
    if (!list)
        bench_give_up("memory");
    arrival->revise(list, count, &grown->crowd, ++grown->revision);
    (void)bench_stay_on(0);
    double verify = bench_measure_verify();
    struct load *load = load_open(daemon.port, CONNECTIONS, 0, bench_stay_on(1));
    double before = bench_daemon_cpu_us(daemon);
    int64_t micros = load_send(load, list, count);
    arrival->cpu[run] = (bench_daemon_cpu_us(daemon) - before) / (double)count;
    load_close(load);
    (void)bench_stay_on(0);
    arrival->ratio[run] = arrival->cpu[run] * 2 / (verify + bench_measure_verify());
    arrival->rate[run] = (double)count * 1e6 / (double)micros;
    for (size_t i = 0; i < count; i++)
        if (list[i].status != 201)
            bench_give_up("a response was refused");
    bench_free_requests(list, count);
    grown->entries += count;
}

static void measure_posts(struct grown *grown)
{
    static struct arrival arrivals[] = {{.name = "accepted, in sittings of 10"}, {.name = "  each by another member"}};
    arrivals[0].revise = revise_sittings;
    arrivals[1].revise = revise_scattered;
    (void)bench_stay_on(0); /* the daemon has a core to itself, the load another */
    struct daemon daemon = bench_start(grown->dsn);
    for (size_t run = 0; run < RUNS; run++)
        for (size_t i = 0; i < 2; i++)
            post(&arrivals[i], run, daemon, grown);
    (void)bench_stay_on(-1);
    for (size_t i = 0; i < 2; i++) {
        struct arrival *a = &arrivals[i];
        double ratio = median(a->ratio);
        printf("%-44s %8.2f us  RATIO %.3f (%.3f to %.3f), %.0f/s\n", a->name, median(a->cpu), ratio, a->ratio[0],
               a->ratio[RUNS - 1], median(a->rate));
    }
    printf("%-44s %8.1f MB\n", "  the daemon's memory, at the peak", bench_daemon_rss_mb(daemon));
    bench_stop(daemon);
}

static void measure_summary(const struct grown *grown)
{
    double verify = bench_measure_verify();
    struct bench_cost cost = bench_measure_summary(grown->dsn);
    printf("%-44s %8.2f us  RATIO %.1f, %.2f us of wall time\n", "summary, of all actions", cost.cpu_us,
           cost.cpu_us / verify, cost.wall_us);
}

/* The verbs. */

static int remove_file(void *folder, const char *name)
{
    char path[BENCH_PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/%s", (const char *)folder, name) < (int)sizeof path)
        (void)unlink(path);
    return 0;
}

static void measure_export(const char *dsn)
{
    char folder[BENCH_PATH_SIZE];
    double list[RUNS];
    bench_path(folder, "", EXPORT_FOLDER);
    for (size_t i = 0; i < RUNS; i++) {
        int64_t start = clock_monotonic_us();
        bench_run(
            (const char *[]){bench_collector, "export", "--round", BENCH_ROUND, "--out", folder, "--store", dsn, NULL},
            NULL);
        list[i] = (double)(clock_monotonic_us() - start) / 1e3;
    }
    printf("%-44s %8.1f ms\n", "export of all tables", median(list));
    if (file_each(folder, "", remove_file, folder) || rmdir(folder) != 0)
        bench_give_up(folder);
}

static void tidy_up(void)
{
    char path[BENCH_PATH_SIZE];
    bench_path(path, "", "actions.csv");
    (void)unlink(path);
    bench_remove_store();
}

static int read_arguments(struct grown *grown, int argc, char **argv)
{
    if (argc != 5)
        return -1;
    bench_collector = argv[1];
    bench_folder = argv[2];
    grown->crowd.members = strtoul(argv[3], NULL, 10);
    size_t responses = strtoul(argv[4], NULL, 10);
    if (grown->crowd.members == 0 || responses < grown->crowd.members)
        return -1;
    grown->crowd.actions = responses / grown->crowd.members;
    return grown->crowd.actions <= ACTIONS_MAX ? 0 : -1;
}

int main(int argc, char **argv)
{
    static struct grown grown;
    if (read_arguments(&grown, argc, argv) || crypto_start()) {
        fprintf(stderr, "usage: bench-growth COLLECTOR FOLDER MEMBERS RESPONSES (at least one for each member)\n");
        return 2;
    }
    if (file_make_folder(bench_folder))
        bench_give_up(bench_folder);
    setvbuf(stdout, NULL, _IOLBF, 0);
    bench_print_machine();
    printf("%zu members, %zu actions, %zu responses\n\n", grown.crowd.members, grown.crowd.actions,
           grown.crowd.members * grown.crowd.actions);
    fill_store(&grown);
    measure_start(grown.dsn);
    measure_posts(&grown);
    bench_measure_release(grown.dsn, grown.entries);
    bench_measure_audit(grown.dsn, grown.entries);
    measure_summary(&grown);
    measure_export(grown.dsn);
    bench_measure_copy(grown.dsn, grown.entries);
    printf("\nbare libsodium verification, after: %.1f us of CPU\n", bench_measure_verify());
    if (getenv("KEEP") == NULL)
        tidy_up();
    return 0;
}
