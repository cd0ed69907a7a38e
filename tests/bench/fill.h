/* Fills a store the way the daemon does, without its HTTP: each object is signed, checked, queued for the one writer
 * and waited for. Every one must be accepted; whatever goes wrong ends the program with a message. One thread at a
 * time. */
#ifndef TESTS_BENCH_FILL_H
#define TESTS_BENCH_FILL_H

#include "panel/invitation.h"
#include "tests/bench/crowd.h"

struct fill;

/* What was put into the store. */
struct filled {
    size_t count, bytes; /* of JWS */
};

/* Opens the store made by bench_make_store_with, with the crowd's actions. `dsn` and `crowd` must outlive the fill.
 * Free with fill_close, after which the store is closed. */
struct fill *fill_open(const char *dsn, const struct crowd *crowd);
void fill_close(struct fill *fill);

/* Enrols all members, each with its code. */
struct filled fill_enrol(struct fill *fill, char (*codes)[INVITATION_TEXT_SIZE]);

/* The first responses of the sittings order[from] to order[to - 1]; `order` is one of all sittings. */
struct filled fill_respond(struct fill *fill, const uint32_t *order, size_t from, size_t to);

#endif
