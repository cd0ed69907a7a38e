/* The load: keep-alive connections over loopback, one request in flight on each, driven by one epoll loop. Cheap enough not to be what is
 * measured. */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H

#include <stddef.h>
#include <stdint.h>

/* A whole HTTP request, and what came of it. */
struct request {
    char *bytes;
    size_t len;
    int status; /* of the answer; 0: none yet */
    int64_t micros; /* from the first byte sent to the last received */
};

/* Sends all requests over `connections`, each when a connection is free, in order; waits for every answer. `idle` more connections are opened
 * beforehand and say nothing. Returns the wall time in microseconds; ends the program with a message when a connection fails. */
int64_t load_run(uint16_t port, unsigned connections, unsigned idle, struct request *requests, size_t count);

#endif
