/* The tree as the store keeps it: whatever the sizes of its batches, its tiles make the roots of RFC 9162, and a batch
 * that failed has changed nothing. */
#include "base/mem.h"
#include "collector/log/tree.h"
#include "crypto/tile.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(tree, .init = kit_begin, .fini = kit_end, .timeout = 300);

/* A log of entries that are their own indexes as text, and the leaves that it must have. */
static struct error error;

struct grown {
    struct store *store;
    struct tree *tree;
    struct merkle_hash *leaves;
    size_t leaf_count; /* known so far */
    size_t size;
};

static void need_leaves(struct grown *grown, size_t count)
{
    if (count <= grown->leaf_count)
        return;
    grown->leaves = realloc(grown->leaves, count * sizeof *grown->leaves);
    cr_assert_not_null(grown->leaves);
    for (; grown->leaf_count < count; grown->leaf_count++) {
        char text[24];
        int len = snprintf(text, sizeof text, "%zu", grown->leaf_count);
        merkle_leaf(text, (size_t)len, &grown->leaves[grown->leaf_count]);
    }
}

static void open_grown(struct grown *grown, struct store *store)
{
    *grown = (struct grown){.store = store, .tree = tree_new()};
    cr_assert_not_null(grown->tree);
    need_leaves(grown, 1);
    cr_assert_eq(tree_load(grown->tree, store, 0, &error), 0);
}

static void close_grown(struct grown *grown)
{
    tree_free(grown->tree);
    free(grown->leaves);
    store_close(grown->store);
}

static enum store_result append_entries(struct grown *grown, size_t count)
{
    enum store_result result = STORE_OK;
    need_leaves(grown, grown->size + count);
    for (size_t i = grown->size; i < grown->size + count && result == STORE_OK; i++) {
        char text[24];
        int len = snprintf(text, sizeof text, "%zu", i);
        result = store_entry_append(grown->store, (int64_t)i, text, (size_t)len);
    }
    return result;
}

/* One batch, in a transaction of its own. */
static enum store_result try_to_grow(struct grown *grown, size_t count)
{
    struct merkle_batch *batch = NULL;
    enum store_result result = store_begin(grown->store);
    if (result == STORE_OK)
        result = append_entries(grown, count);
    if (result == STORE_OK)
        result = tree_extend(grown->tree, grown->store, &grown->leaves[grown->size], count, &batch, &error) == 0
                     ? STORE_OK
                     : STORE_FAILED;
    if (result == STORE_OK)
        result = store_commit(grown->store);
    if (result == STORE_OK) {
        tree_accept(grown->tree, batch);
        grown->size += count;
    } else {
        store_rollback(grown->store);
    }
    merkle_batch_free(batch);
    return result;
}

static void grow(struct grown *grown, size_t count)
{
    cr_assert_eq(try_to_grow(grown, count), STORE_OK, "%s", error.text);
}

/* The stored tree is the one over the first leaves, by the definition. */
static void assert_root(const struct grown *grown)
{
    struct merkle_head head;
    struct merkle_hash root;
    merkle_root(grown->leaves, grown->size, &root);
    cr_assert_eq(tree_head(grown->store, &head, &error), 0, "%s", error.text);
    cr_assert(head.size == grown->size && merkle_equal(&head.root, &root), "size %zu", grown->size);
}

/* A tree loaded anew goes on as this one does. */
static void load_again(struct grown *grown)
{
    tree_free(grown->tree);
    grown->tree = tree_new();
    cr_assert_not_null(grown->tree);
    cr_assert_eq(tree_load(grown->tree, grown->store, grown->size, &error), 0, "%s", error.text);
}

static void assert_proofs(const struct grown *grown, uint64_t index)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    struct merkle_head head, first = {.size = index + 1};
    struct tree_reader reader = {grown->store, &error};
    cr_assert_eq(tree_head(grown->store, &head, &error), 0);
    int count = merkle_prove_inclusion(index, head.size, tree_read, &reader, proof);
    cr_assert_geq(count, 0);
    cr_assert(merkle_inclusion_holds(index, head.size, &grown->leaves[index], proof, (size_t)count, &head.root));
    merkle_root(grown->leaves, first.size, &first.root);
    count = merkle_prove_consistency(first.size, head.size, tree_read, &reader, proof);
    cr_assert_geq(count, 0);
    cr_assert(merkle_consistency_holds(&first, &head, proof, (size_t)count));
}

Test(tree, has_the_root_of_its_leaves_at_every_size)
{
    struct grown grown;
    open_grown(&grown, kit_store_open(kit_dsn(NULL)));
    assert_root(&grown);
    while (grown.size < 600) {
        grow(&grown, 1);
        assert_root(&grown);
    }
    close_grown(&grown);
}

Test(tree, has_it_whatever_the_sizes_of_the_batches)
{
    static const size_t batches[] = {1, 254, 1, 1, 255, 256, 257, 3, 511, 512, 513, 1024, 4096, 7};
    struct grown grown;
    open_grown(&grown, kit_store_open(kit_dsn(NULL)));
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) {
        grow(&grown, batches[i]);
        assert_root(&grown);
        load_again(&grown);
        assert_proofs(&grown, 0);
        assert_proofs(&grown, grown.size / 2);
        assert_proofs(&grown, grown.size - 1);
    }
    close_grown(&grown);
}

Test(tree, crosses_into_the_third_level_of_tiles)
{
    struct grown grown;
    struct merkle_hash hashes[TILE_WIDTH];
    unsigned width = 0;
    open_grown(&grown, kit_store_open(kit_dsn(NULL)));
    while (grown.size < 61440)
        grow(&grown, 4096);
    grow(&grown, 65535 - grown.size);
    for (int i = 0; i < 3; i++) { /* 65,535, 65,536 and 65,537 entries */
        assert_root(&grown);
        load_again(&grown);
        assert_proofs(&grown, 65534);
        assert_proofs(&grown, 300);
        grow(&grown, 1);
    }
    assert_root(&grown);
    cr_assert_eq(store_tile_read(grown.store, 2, 0, hashes, &width), STORE_OK);
    cr_assert_eq(width, 1);
    cr_assert_eq(store_tile_read(grown.store, 1, 0, hashes, &width), STORE_OK);
    cr_assert_eq(width, TILE_WIDTH);
    cr_assert_eq(store_tile_read(grown.store, 3, 0, hashes, &width), STORE_NONE);
    close_grown(&grown);
}

Test(tree, reads_no_hash_beyond_its_last)
{
    struct grown grown;
    struct merkle_hash hash;
    open_grown(&grown, kit_store_open(kit_dsn(NULL)));
    grow(&grown, 300);
    struct tree_reader reader = {grown.store, &error};
    cr_assert_eq(tree_read(&reader, 0, 299, &hash), 0);
    cr_assert(merkle_equal(&hash, &grown.leaves[299]));
    cr_assert_eq(tree_read(&reader, 0, 300, &hash), -1);
    cr_assert_str_eq(error.text, "tile 0/1 of the log is missing; run `audit`");
    cr_assert_eq(tree_read(&reader, 8, 1, &hash), -1);
    cr_assert_eq(tree_read(&reader, 63, 0, &hash), -1);
    cr_assert_eq(tree_read(&reader, 0, UINT64_MAX >> 8, &hash), -1);
    close_grown(&grown);
}

Test(tree, does_not_load_from_tiles_that_do_not_fit)
{
    struct grown grown;
    open_grown(&grown, kit_store_open(kit_dsn(NULL)));
    grow(&grown, 520);
    for (uint64_t size = 1; size < 1100; size++) {
        struct tree *other = tree_new();
        cr_assert_not_null(other);
        bool fits = size == 520 || size == 256 || size == 512; /* these end with a tile: nothing of them is left open */
        int result = tree_load(other, grown.store, size, &error);
        if (size == 520)
            cr_assert_eq(result, 0);
        else if (!fits)
            cr_assert_eq(result, -1, "%llu", (unsigned long long)size);
        tree_free(other);
    }
    close_grown(&grown);
}

Test(tree, does_not_grow_over_a_log_of_another_size)
{
    struct grown grown;
    struct merkle_batch *batch = NULL;
    open_grown(&grown, kit_store_open(kit_dsn(NULL)));
    grow(&grown, 10);
    cr_assert_eq(store_begin(grown.store), STORE_OK);
    need_leaves(&grown, 13);
    cr_assert_eq(append_entries(&grown, 2), STORE_OK);
    cr_assert_eq(tree_extend(grown.tree, grown.store, &grown.leaves[10], 1, &batch, &error), -1);
    cr_assert_str_eq(error.text, "the log has size 12 where it should have 11; run `audit`");
    cr_assert_eq(tree_extend(grown.tree, grown.store, &grown.leaves[10], 3, &batch, &error), -1);
    cr_assert_null(batch);
    store_rollback(grown.store);
    grow(&grown, 2);
    assert_root(&grown);
    close_grown(&grown);
}

Test(tree, stays_as_it_was_when_the_store_fails)
{
    struct grown grown;
    open_grown(&grown, store_faulty_new(kit_store_open(kit_dsn(NULL))));
    grow(&grown, 255);
    for (unsigned n = 1;; n++) {
        size_t before = grown.size;
        store_faulty_fail_at(grown.store, n);
        enum store_result result = try_to_grow(&grown, 3);
        bool failed = store_faulty_verb(grown.store) != NULL;
        store_faulty_fail_at(grown.store, 0);
        cr_assert_eq(result == STORE_FAILED, failed);
        if (!failed) {
            cr_assert_gt(n, 1);
            break;
        }
        cr_assert_eq(grown.size, before);
        assert_root(&grown);
    }
    cr_assert_eq(grown.size, 258);
    assert_root(&grown);
    grow(&grown, 300);
    assert_root(&grown);
    close_grown(&grown);
}

Test(tree, stays_as_it_was_without_memory)
{
    struct grown grown;
    open_grown(&grown, kit_store_open(kit_dsn(NULL)));
    grow(&grown, 5);
    mem_fail_at(1);
    struct tree *none = tree_new();
    cr_assert_null(none);
    tree_free(none);
    mem_fail_at(1);
    cr_assert_eq(try_to_grow(&grown, 5), STORE_FAILED);
    cr_assert_str_eq(error.text, "out of memory");
    mem_fail_at(0);
    assert_root(&grown);
    grow(&grown, 5);
    assert_root(&grown);
    close_grown(&grown);
}

Test(tree, tells_of_a_damaged_tile)
{
    static const char *const damages[] = {"UPDATE tile SET hashes = x'00'", "UPDATE tile SET hashes = x''",
                                          "UPDATE tile SET hashes = zeroblob(8224)"};
    struct grown grown;
    char dsn[256];
    snprintf(dsn, sizeof dsn, "sqlite:%s", kit_path("store.db"));
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        struct merkle_head head;
        open_grown(&grown, kit_store_open(dsn));
        grow(&grown, 3);
        store_raw_run(dsn, damages[i]);
        struct tree *other = tree_new();
        cr_assert_not_null(other);
        cr_assert_eq(tree_load(other, grown.store, 3, &error), -1);
        cr_assert_eq(tree_head(grown.store, &head, &error), -1);
        tree_free(other);
        store_raw_run(dsn, "DELETE FROM tile; DELETE FROM entry");
        close_grown(&grown);
    }
}
