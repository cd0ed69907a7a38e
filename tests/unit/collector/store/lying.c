#include "tests/unit/collector/store/lying.h"
#include "collector/store/backend.h"
#include <criterion/criterion.h>
#include <string.h>

#define MAX 64 /* bytes or counters that are lied about */

static struct store_ops honest, lying;

static enum store_result forget_token(struct store *store, const struct store_token *token)
{
    (void)store, (void)token;
    return STORE_OK;
}

static enum store_result write_another_current(struct store *store, int64_t round, int64_t member, int64_t action,
                                               const struct store_current *current)
{
    struct store_current another = *current;
    another.replaced++;
    return honest.current_write(store, round, member, action, &another);
}

static enum store_result write_other_counts(struct store *store, int64_t round, int64_t action, const int64_t *counts,
                                            size_t slots)
{
    int64_t others[MAX];
    cr_assert(slots >= 2 && slots <= MAX);
    memcpy(others, counts, slots * sizeof *others);
    others[1]++;
    return honest.counts_write(store, round, action, others, slots);
}

/* The same bytes, but for the last. */
static void spoil_bytes(char out[static MAX], const void *bytes, size_t len)
{
    cr_assert(len > 0 && len <= MAX);
    memcpy(out, bytes, len);
    out[len - 1] ^= 1;
}

static enum store_result write_another_file(struct store *store, int64_t round, int64_t number, const char *name,
                                            const void *bytes, size_t len)
{
    char others[MAX];
    spoil_bytes(others, bytes, len);
    return honest.release_file_add(store, round, number, name, others, len);
}

static enum store_result append_another(struct store *store, int64_t index, const char *jws, size_t len)
{
    char others[MAX];
    spoil_bytes(others, jws, len);
    return honest.entry_append(store, index, others, len);
}

void store_lie(struct store *store, enum lie about)
{
    honest = lying = *store->ops;
    switch (about) {
    case LIE_TOKEN:
        lying.token_add = forget_token;
        break;
    case LIE_CURRENT:
        lying.current_write = write_another_current;
        break;
    case LIE_COUNTS:
        lying.counts_write = write_other_counts;
        break;
    case LIE_FILE:
        lying.release_file_add = write_another_file;
        break;
    case LIE_ENTRY:
        lying.entry_append = append_another;
        break;
    case LIES:
        break;
    }
    store->ops = &lying;
}
