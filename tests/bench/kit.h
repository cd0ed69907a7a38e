/* What the benchmarks share. Whatever goes wrong ends the program with a message. */
#ifndef TESTS_BENCH_KIT_H
#define TESTS_BENCH_KIT_H

#include "base/buf.h"
#include "crypto/key.h"
#include "panel/enrolment.h"
#include "tests/bench/load.h"
#include <sys/types.h>

#define BENCH_ACTIONS 36
#define BENCH_ROUND "round-1"
#define BENCH_PATH_SIZE 1024

struct member {
    struct secret_key *key;
    uint8_t public_key[KEY_BYTES];
};

struct daemon {
    pid_t pid;
    uint16_t port;
};

/* The collector's program, and the folder for its store; set by main. */
extern const char *bench_collector, *bench_folder;

void bench_give_up(const char *what);

/* CPU time of this thread, in microseconds. */
double bench_thread_us(void);

/* Microseconds of CPU for one key_verify of a message as long as a response's signed part. */
double bench_measure_verify(void);

/* Puts a signed response of usual size. */
void bench_put_response(struct buf *out, const struct member *member, size_t action, int64_t revision, unsigned seed);

/* A POST of `body`; `more` is further header lines. Free all with bench_free_requests. */
void bench_make_request(struct request *request, const char *path, const char *type, const char *more,
                        const struct buf *body);
void bench_free_requests(struct request *list, size_t n);

/* Runs the collector to its end; standard output goes to the file `out`, or nowhere when NULL. */
void bench_run_collector(const char *const *argv, const char *out);

/* BEFORE, the folder and NAME as one path. */
void bench_path(char out[static BENCH_PATH_SIZE], const char *before, const char *name);

/* A new store with the example panel and `count` unused invitations, whose codes it reads; its DSN. */
void bench_make_store(char dsn[static BENCH_PATH_SIZE], size_t count, char (*codes)[INVITATION_TEXT_SIZE]);

struct daemon bench_start(const char *dsn);
void bench_stop(struct daemon daemon);
double bench_daemon_cpu_us(struct daemon daemon);
double bench_daemon_rss_mb(struct daemon daemon); /* at its highest */

void bench_enrol(struct daemon daemon, const struct member *members, size_t count, char (*codes)[INVITATION_TEXT_SIZE]);

void bench_print_machine(void);

#endif
