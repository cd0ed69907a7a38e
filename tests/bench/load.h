/* The load: keep-alive connections over loopback, one request in flight on each, driven by one epoll loop. Cheap enough
 * not to be what is measured. Ends the program with a message when a connection fails. */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole HTTP request, and what came of it. */
struct request {
    char *bytes;
    size_t len;
    int status; /* of the answer; 0: none yet */
    int64_t micros; /* from the first byte sent to the last received */
};

struct load;

/* Connections that are opened from now on are in TLS, whatever the certificate, or in plain again. */
void load_speak_tls(bool on);

/* Opens `connections` that will send, and `idle` more that say nothing. With `polling` the loop never sleeps, so that
 * whoever answers need not wake it: for a load that has a core to itself. Free with load_close. */
struct load *load_open(uint16_t port, unsigned connections, unsigned idle, bool polling);
void load_close(struct load *load);

/* The same to several services alike: the connections go to each of `count` ports in turn. */
struct load *load_open_many(const uint16_t *ports, size_t count, unsigned connections, unsigned idle, bool polling);

/* Sends all requests in order, each when a connection is free; waits for every answer. A connection that the server
 * closes after its answer is opened again; after a 503 it rests for a second, as Retry-After asks. Returns the wall
 * time in microseconds. */
int64_t load_send(struct load *load, struct request *requests, size_t count);

/* All three in one, sleeping. */
int64_t load_run(uint16_t port, unsigned connections, unsigned idle, struct request *requests, size_t count);

#endif
