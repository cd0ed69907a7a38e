/* What happens beyond capacity: many more connections than there may be, each sending one response after the other.
 *
 *     bench-overload COLLECTOR FOLDER RESPONSES
 *
 * The daemon has one core, the load another. Accepted responses per second, and the latency of those, must stay near
 * what they are at capacity; who is turned away must know at once; afterwards all must be as before. */
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/invitation.h"
#include "tests/bench/kit.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define FEW 32
#define BUSY 256
#define TOO_MANY 6000

struct supply {
    struct request *list;
    size_t next;
};

static void sign_all(struct supply *supply, const struct member *members, size_t count)
{
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    supply->list = calloc(count, sizeof *supply->list);
    if (!supply->list)
        bench_give_up("memory");
    for (size_t i = 0; i < count; i++) {
        buf_reset(&jws);
        bench_put_response(&jws, &members[i / BENCH_ACTIONS], i % BENCH_ACTIONS, 1, (unsigned)(i * 2654435761u >> 8));
        bench_make_request(&supply->list[i], "/v1/responses", "application/jose", "", &jws);
    }
    buf_free(&jws);
}

static void measure(const char *name, struct daemon daemon, struct supply *supply, size_t n, unsigned connections,
                    bool alone)
{
    struct request *list = supply->list + supply->next;
    supply->next += n;
    double verify = bench_measure_verify(), before = bench_daemon_cpu_us(daemon);
    struct load *load = load_open(daemon.port, connections, 0, alone);
    int64_t micros = load_send(load, list, n);
    load_close(load);
    double cpu = bench_daemon_cpu_us(daemon) - before;
    size_t accepted = bench_gather(list, n, 201), refused = bench_gather(list + accepted, n - accepted, 503);
    if (accepted == 0 || accepted + refused != n)
        bench_give_up("an answer was neither 201 nor 503");
    bench_sort(list, accepted);
    bench_sort(list + accepted, refused);
    printf("%-32s %10.0f %7.2f %8.2f %8.2f %8.2f %9zu %8.2f %8.2f %6.1f\n", name,
           (double)accepted * 1e6 / (double)micros, cpu / (double)accepted / verify,
           bench_quantile(list, accepted, 0.5), bench_quantile(list, accepted, 0.99), bench_quantile(list, accepted, 1),
           refused, bench_quantile(list + accepted, refused, 0.5), bench_quantile(list + accepted, refused, 0.99),
           bench_daemon_rss_mb(daemon));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 4 || crypto_start())
        return 2;
    bench_collector = argv[1];
    bench_folder = argv[2];
    size_t n = strtoul(argv[3], NULL, 10), all = 6 * n, member_count = all / BENCH_ACTIONS + 1;
    struct rlimit limit = {65536, 65536};
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    char dsn[BENCH_PATH_SIZE];
    char(*codes)[INVITATION_TEXT_SIZE] = calloc(member_count, sizeof *codes);
    struct member *members = bench_make_members(member_count);
    struct supply supply = {0};
    bench_make_store(dsn, member_count, codes);
    (void)bench_stay_on(0);
    struct daemon daemon = bench_start(dsn);
    bool alone = bench_stay_on(1);
    bench_enrol(daemon, members, member_count, codes);
    sign_all(&supply, members, all);
    printf("\noverload, the daemon on one core; 4,096 connections may be open\n\n%-32s %10s %7s %8s %8s %8s %9s %8s "
           "%8s %6s\n",
           "connections", "accepted/s", "RATIO", "p50 ms", "p99 ms", "max ms", "refused", "p50 ms", "p99 ms", "RSS MB");
    measure("32, before", daemon, &supply, n, FEW, alone);
    measure("256", daemon, &supply, n, BUSY, alone);
    measure("6,000", daemon, &supply, 3 * n, TOO_MANY, alone);
    measure("32, after", daemon, &supply, n, FEW, alone);
    bench_stop(daemon);
    bench_free_requests(supply.list, all);
    bench_free_members(members, member_count);
    free(codes);
    return 0;
}
