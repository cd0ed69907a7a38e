/* A log small enough to keep every stored hash in memory, for the tests of proofs, tiles and receipts. */
#ifndef TESTS_UNIT_CRYPTO_SMALL_LOG_H
#define TESTS_UNIT_CRYPTO_SMALL_LOG_H

#include "crypto/merkle.h"

#define SMALL_LOG_MAX 1024
#define SMALL_LOG_LEVELS 11

struct small_log {
    uint64_t size;
    uint64_t reads; /* how often small_log_read was asked */
    struct merkle_hash stored[SMALL_LOG_LEVELS][SMALL_LOG_MAX];
};

/* Makes a log of `size` entries, each its own index as text. Works out every stored hash from its definition. */
void small_log_init(struct small_log *log, uint64_t size);

/* A merkle_read over a small log. -1 for what is not in there. */
int small_log_read(void *log, unsigned level, uint64_t index, struct merkle_hash *out);

/* MTH of RFC 9162 §2.1.1 over the leaves from `first` up to and without `end`, by its recursive definition. */
void small_log_root(const struct small_log *log, uint64_t first, uint64_t end, struct merkle_hash *out);

#endif
