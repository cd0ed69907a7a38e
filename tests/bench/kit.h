/* What the benchmarks share. Whatever goes wrong ends the program with a message. */
#ifndef TESTS_BENCH_KIT_H
#define TESTS_BENCH_KIT_H

#include "base/buf.h"
#include "crypto/key.h"
#include "panel/invitation.h"
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
    uint16_t metrics; /* the port of its metrics; 0 unless the environment asks for them */
};

/* Of one request or one response, on average. */
struct bench_cost {
    double cpu_us, wall_us;
};

/* Of a program, from its start to its end. */
struct bench_usage {
    double cpu_us, wall_us; /* CPU of all its threads, user and system */
    double rss_mb; /* at its highest; at least what the process holds that ran it */
};

/* The collector's program, and the folder for its store; set by main. */
extern const char *bench_collector, *bench_folder;

_Noreturn void bench_give_up(const char *what);

/* CPU time of this thread, in microseconds. */
double bench_thread_us(void);

/* Microseconds of CPU for one key_verify of a message as long as a response's signed part, each of another key. */
double bench_measure_verify(void);

/* Keeps this thread, and what it starts from here on, on one core, or with -1 gives it all that the program had;
 * whether there is such a core. */
bool bench_stay_on(int core);

/* Milliseconds of one fdatasync after some pages of a file have been overwritten, in the folder: the median. */
double bench_measure_sync(void);

/* Milliseconds below which that share of the answers took; `list` must be sorted by bench_sort. */
void bench_sort(struct request *list, size_t n);
double bench_quantile(const struct request *list, size_t n, double share);

/* Members with keys of their own, to be freed with bench_free_members. */
struct member *bench_make_members(size_t count);
void bench_free_members(struct member *members, size_t count);

/* Puts a signed response of usual size, to an action of the example by its place or to any by its id; the answers
 * follow from `seed`. */
void bench_put_response(struct buf *out, const struct member *member, size_t action, int64_t revision, unsigned seed);
void bench_put_response_to(struct buf *out, const struct secret_key *key, const char *action, int64_t revision,
                           unsigned seed);

/* Puts a signed enrolment of the key with that invitation. */
void bench_put_enrolment(struct buf *out, const struct secret_key *key, const char *code);

/* A POST of `body`; `more` is further header lines. Free all with bench_free_requests. */
void bench_make_request(struct request *request, const char *path, const char *type, const char *more,
                        const struct buf *body);
void bench_free_requests(struct request *list, size_t n);

#define BENCH_SAID "said" /* what a program said last, in the folder */

/* Runs a program to its end, mostly the collector; what it took. Standard output goes to the file `out`, or nowhere
 * when NULL, standard error to BENCH_SAID; it is shown when the program fails. */
struct bench_usage bench_run(const char *const *argv, const char *out);

/* BEFORE, the folder and NAME as one path. */
void bench_path(char out[static BENCH_PATH_SIZE], const char *before, const char *name);

/* A new store with the example panel and `count` unused invitations, whose codes it reads; its DSN. */
void bench_make_store(char dsn[static BENCH_PATH_SIZE], size_t count, char (*codes)[INVITATION_TEXT_SIZE]);

/* The same with the action list in the file `actions`. */
void bench_make_store_with(char dsn[static BENCH_PATH_SIZE], const char *actions, size_t count,
                           char (*codes)[INVITATION_TEXT_SIZE]);

/* Imports the example panel and the action list in the file `actions` into a new store of that DSN, and makes `count`
 * invitations, whose codes it reads. */
void bench_fill_store(const char *dsn, const char *actions, size_t count, char (*codes)[INVITATION_TEXT_SIZE]);

/* What the store takes on disk. */
double bench_store_bytes(void);

/* Removes the store and all that was put beside it, where it is there. */
void bench_remove_store(void);

struct daemon bench_start(const char *dsn);

/* From now on collectors serve in TLS, and the load speaks it; or both in plain again. */
void bench_use_tls(bool on);

/* The peer, peer.mjs, with nothing in its log. */
struct daemon bench_start_peer(void);

void bench_stop(struct daemon daemon);
double bench_daemon_cpu_us(struct daemon daemon);
double bench_daemon_rss_mb(struct daemon daemon); /* at its highest */

/* Puts those with this status first; returns how many there are. */
size_t bench_gather(struct request *list, size_t n, int status);

/* Enrols all; who is turned away by 503 comes again. */
void bench_enrol(struct daemon daemon, const struct member *members, size_t count, char (*codes)[INVITATION_TEXT_SIZE]);

/* Microseconds of wall time of one verification, while all cores do nothing else. */
double bench_measure_all_cores(size_t count);

/* Microseconds of CPU of reading one of `entries` entries, in order and by one thread, and doing nothing with it. */
double bench_measure_reading(const char *dsn, size_t entries);

/* Copies it into another; prints the CPU of an entry in ratio to reading the log, the wall time and the memory. */
void bench_measure_copy(const char *dsn, size_t entries);

/* Makes backups of the store that bench_make_store made; prints the wall time of one in ratio to copying its file. */
void bench_measure_backup(const char *dsn);

/* Audits a store of `entries` entries; prints the CPU of one in ratio to a bare verification and to reading the log,
 * the wall time in ratio to bare verification on all cores, and the memory. */
void bench_measure_audit(const char *dsn, size_t entries);

/* Makes a release of a store of `entries` entries, the first; prints the CPU of one entry in ratio to reading the log,
 * the wall time and the memory. Once for each store. */
void bench_measure_release(const char *dsn, size_t entries);

/* Has a daemon of its own give the summary of all actions, which has been released, many times over one connection. */
struct bench_cost bench_measure_summary(const char *dsn);

void bench_print_machine(void);

#endif
