#include "tests/unit/crypto/small_log.h"
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void small_log_init(struct small_log *log, uint64_t size)
{
    cr_assert_leq(size, SMALL_LOG_MAX);
    memset(log, 0, sizeof *log);
    log->size = size;
    for (uint64_t i = 0; i < size; i++) {
        char entry[24];
        int len = snprintf(entry, sizeof entry, "%" PRIu64, i);
        merkle_leaf(entry, (size_t)len, &log->stored[0][i]);
    }
    for (unsigned level = 1; level < SMALL_LOG_LEVELS; level++)
        for (uint64_t i = 0; i < size >> level; i++)
            merkle_node(&log->stored[level - 1][2 * i], &log->stored[level - 1][2 * i + 1], &log->stored[level][i]);
}

int small_log_read(void *context, unsigned level, uint64_t index, struct merkle_hash *out)
{
    struct small_log *log = context;
    log->reads++;
    if (level >= SMALL_LOG_LEVELS || index >= log->size >> level)
        return -1;
    *out = log->stored[level][index];
    return 0;
}

void small_log_root(const struct small_log *log, uint64_t first, uint64_t end, struct merkle_hash *out)
{
    uint64_t half = 1;
    struct merkle_hash left, right;
    if (first == end) {
        merkle_empty(out);
        return;
    }
    if (end - first == 1) {
        *out = log->stored[0][first];
        return;
    }
    while (half * 2 < end - first)
        half *= 2;
    small_log_root(log, first, first + half, &left);
    small_log_root(log, first + half, end, &right);
    merkle_node(&left, &right, out);
}
