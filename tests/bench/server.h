/* The CPU of a PostgreSQL that tests/postgres/server.sh has started, all its processes together. Ends the program when
 * it can't be told. One thread. */
#ifndef TESTS_BENCH_SERVER_H
#define TESTS_BENCH_SERVER_H

#include <sys/types.h>

/* The process that all the server's others are children of; `dsn` names its folder as the host. */
pid_t server_find(const char *dsn);

/* Microseconds so far, those of processes that have ended among them, of which the kernel knows hundredths of a
 * second. */
double server_cpu_us(pid_t postmaster);

#endif
