#include "base/mem.h"
#include "crypto/merkle.h"
#include "tests/unit/crypto/small_log.h"
#include "tests/unit/crypto/vectors.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(merkle, .init = vectors_start);

static struct small_log small; /* each test is a process of its own */

#define assert_same(a, b) cr_assert(merkle_equal(a, b))

static int prove(uint64_t index, uint64_t size, struct merkle_hash proof[static MERKLE_PROOF_MAX])
{
    int count = merkle_prove_inclusion(index, size, small_log_read, &small, proof);
    cr_assert_geq(count, 0);
    return count;
}

Test(merkle, has_the_hashes_of_the_reference_tree)
{
    struct json *document = vectors_load("merkle/reference_tree.json");
    const struct json *input = json_first(json_member(document, "leaf_inputs_hex"));
    const struct json *leaf_hash = json_first(json_member(document, "leaf_hashes_hex"));
    const struct json *root_hash = json_first(json_member(document, "root_hashes_hex_by_size"));
    struct merkle_hash leaves[8], want, got;
    size_t size = 0;
    for (;; size++, root_hash = json_next(root_hash)) {
        uint8_t bytes[64];
        vectors_hex(json_text(root_hash), want.bytes, SHA256_BYTES);
        merkle_root(leaves, size, &got);
        assert_same(&got, &want);
        if (size == 8)
            break;
        merkle_leaf(bytes, vectors_hex(json_text(input), bytes, sizeof bytes), &leaves[size]);
        vectors_hex(json_text(leaf_hash), want.bytes, SHA256_BYTES);
        assert_same(&leaves[size], &want);
        input = json_next(input);
        leaf_hash = json_next(leaf_hash);
    }
    cr_assert_null(json_next(root_hash));
    json_free(document);
}

Test(merkle, has_the_record_hash_of_sumdb)
{
    struct json *document = vectors_load("sumdb/tlog_note.json");
    const struct json *record = json_member(document, "record_hash");
    const char *text = vectors_text(record, "input");
    struct merkle_hash want, got;
    cr_assert_eq(vectors_base64(vectors_text(record, "sha256_leaf_b64"), want.bytes, SHA256_BYTES), SHA256_BYTES);
    merkle_leaf(text, strlen(text), &got);
    assert_same(&got, &want);
    json_free(document);
}

Test(merkle, root_is_the_one_of_the_recursive_definition)
{
    struct merkle_hash want, got;
    small_log_init(&small, 300);
    for (uint64_t size = 0; size <= 300; size++) {
        small_log_root(&small, 0, size, &want);
        merkle_root(small.stored[0], size, &got);
        assert_same(&got, &want);
        cr_assert_eq(merkle_root_at(size, small_log_read, &small, &got), 0);
        assert_same(&got, &want);
    }
}

Test(merkle, edge_tells_each_stored_hash_once)
{
    struct merkle_edge edge, loaded;
    struct merkle_hash completed[MERKLE_LEVELS];
    uint64_t told = 0;
    small_log_init(&small, 200);
    merkle_edge_init(&edge);
    for (uint64_t i = 0; i < 200; i++) {
        unsigned count = merkle_edge_add(&edge, &small.stored[0][i], completed);
        for (unsigned level = 0; level < count; level++, told++)
            assert_same(&completed[level], &small.stored[level][i >> level]);
        cr_assert_eq(merkle_edge_load(&loaded, i + 1, small_log_read, &small), 0);
        cr_assert_eq(edge.size, loaded.size);
        for (unsigned level = 0; level < MERKLE_LEVELS; level++)
            if (((i + 1) >> level & 1) != 0)
                assert_same(&edge.hashes[level], &loaded.hashes[level]);
    }
    cr_assert_eq(told, 200 + 100 + 50 + 25 + 12 + 6 + 3 + 1);
}

Test(merkle, edge_is_left_as_it_was_when_a_hash_cannot_be_read)
{
    struct merkle_edge edge = {.size = 77};
    struct merkle_hash root = {{5}}, before = root;
    small_log_init(&small, 6);
    cr_assert_eq(merkle_edge_load(&edge, 7, small_log_read, &small), -1);
    cr_assert_eq(edge.size, 77);
    cr_assert_eq(merkle_root_at(7, small_log_read, &small, &root), -1);
    assert_same(&root, &before);
}

Test(merkle, inclusion_proofs_lead_to_the_root_and_nothing_near_them_does)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX + 1], root;
    small_log_init(&small, 70);
    for (uint64_t size = 1; size <= 70; size++) {
        small_log_root(&small, 0, size, &root);
        for (uint64_t index = 0; index < size; index++) {
            const struct merkle_hash *leaf = &small.stored[0][index];
            size_t count = (size_t)prove(index, size, proof);
            cr_assert(merkle_inclusion_holds(index, size, leaf, proof, count, &root));
            cr_assert_not(merkle_inclusion_holds(index, size, &root, proof, count, &root) && size > 1);
            cr_assert_not(merkle_inclusion_holds(index + 1, size, leaf, proof, count, &root));
            cr_assert_not(merkle_inclusion_holds(index ^ 1, size, leaf, proof, count, &root));
            proof[count] = root;
            cr_assert_not(merkle_inclusion_holds(index, size, leaf, proof, count + 1, &root));
            if (count == 0)
                continue;
            cr_assert_not(merkle_inclusion_holds(index, size, leaf, proof, count - 1, &root));
            proof[count / 2].bytes[size % 32] ^= 4;
            cr_assert_not(merkle_inclusion_holds(index, size, leaf, proof, count, &root));
        }
    }
}

Test(merkle, inclusion_is_asked_of_leaves_that_are_there)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    small_log_init(&small, 8);
    cr_assert_eq(merkle_prove_inclusion(8, 8, small_log_read, &small, proof), -1);
    cr_assert_eq(merkle_prove_inclusion(0, 0, small_log_read, &small, proof), -1);
    cr_assert_eq(merkle_prove_inclusion(0, MERKLE_SIZE_MAX + 1, small_log_read, &small, proof), -1);
    cr_assert_eq(merkle_prove_inclusion(0, 9, small_log_read, &small, proof), -1, "a hash that can't be read");
    cr_assert_not(merkle_inclusion_holds(0, 0, &small.stored[0][0], proof, 0, &small.stored[0][0]));
    cr_assert_not(merkle_inclusion_holds(0, MERKLE_SIZE_MAX + 1, &small.stored[0][0], proof, 0, &small.stored[0][0]));
    cr_assert_not(merkle_inclusion_holds(UINT64_MAX, UINT64_MAX, &proof[0], proof, 64, &proof[0]));
    cr_assert(merkle_inclusion_holds(0, 1, &small.stored[0][0], proof, 0, &small.stored[0][0]));
}

static bool consistency_holds(uint64_t size1, uint64_t size2, const struct merkle_hash *proof, int count)
{
    struct merkle_head first = {.size = size1}, second = {.size = size2};
    small_log_root(&small, 0, size1, &first.root);
    small_log_root(&small, 0, size2, &second.root);
    return merkle_consistency_holds(&first, &second, proof, (size_t)count);
}

Test(merkle, consistency_proofs_join_any_two_trees_and_nothing_near_them_does)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX + 1];
    small_log_init(&small, 50);
    for (uint64_t size2 = 1; size2 <= 50; size2++)
        for (uint64_t size1 = 1; size1 <= size2; size1++) {
            int count = merkle_prove_consistency(size1, size2, small_log_read, &small, proof);
            cr_assert_eq(count == 0, size1 == size2);
            cr_assert(consistency_holds(size1, size2, proof, count), "%d to %d", (int)size1, (int)size2);
            if (count == 0)
                continue;
            cr_assert_not(consistency_holds(size1 - 1, size2, proof, count));
            cr_assert_not(consistency_holds(size2, size1, proof, count));
            cr_assert_not(consistency_holds(size1, size2, proof, count - 1));
            proof[count] = proof[0];
            cr_assert_not(consistency_holds(size1, size2, proof, count + 1));
            for (int i = 0; i < count; i++) {
                proof[i].bytes[7] ^= 1;
                cr_assert_not(consistency_holds(size1, size2, proof, count));
                proof[i].bytes[7] ^= 1;
            }
        }
}

Test(merkle, consistency_with_nothing_or_backwards_is_refused)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    small_log_init(&small, 8);
    cr_assert_eq(merkle_prove_consistency(0, 8, small_log_read, &small, proof), -1);
    cr_assert_eq(merkle_prove_consistency(0, 0, small_log_read, &small, proof), -1);
    cr_assert_eq(merkle_prove_consistency(5, 4, small_log_read, &small, proof), -1);
    cr_assert_eq(merkle_prove_consistency(1, MERKLE_SIZE_MAX + 1, small_log_read, &small, proof), -1);
    cr_assert_eq(merkle_prove_consistency(3, 9, small_log_read, &small, proof), -1, "a hash that can't be read");
    cr_assert_not(consistency_holds(0, 0, proof, 0));
    cr_assert_not(consistency_holds(0, 8, proof, 0));
}

/* Of a tree whose leaves are all the same, every stored hash of a level is the same. */
static struct merkle_hash by_level[MERKLE_LEVELS];

static int read_by_level(void *context, unsigned level, uint64_t index, struct merkle_hash *out)
{
    (void)context;
    cr_assert_lt(level, MERKLE_LEVELS);
    cr_assert_lt(index, MERKLE_SIZE_MAX >> level);
    *out = by_level[level];
    return 0;
}

Test(merkle, proofs_of_the_largest_trees_hold_and_have_at_most_64_hashes)
{
    static const uint64_t sizes[] = {MERKLE_SIZE_MAX, MERKLE_SIZE_MAX - 1, MERKLE_SIZE_MAX / 2 + 1,
                                     MERKLE_SIZE_MAX / 3};
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    merkle_leaf("", 0, &by_level[0]);
    for (unsigned level = 1; level < MERKLE_LEVELS; level++)
        merkle_node(&by_level[level - 1], &by_level[level - 1], &by_level[level]);
    for (size_t i = 0; i < 4; i++) {
        struct merkle_head head = {.size = sizes[i]};
        cr_assert_eq(merkle_root_at(head.size, read_by_level, NULL, &head.root), 0);
        const uint64_t places[] = {0, 1, head.size / 2, head.size / 3, head.size - 2, head.size - 1};
        for (size_t k = 0; k < 6; k++) {
            int count = merkle_prove_inclusion(places[k], head.size, read_by_level, NULL, proof);
            cr_assert(count > 0 && count <= 63);
            cr_assert(merkle_inclusion_holds(places[k], head.size, &by_level[0], proof, (size_t)count, &head.root));

            struct merkle_head first = {.size = places[k] + 1};
            cr_assert_eq(merkle_root_at(first.size, read_by_level, NULL, &first.root), 0);
            count = merkle_prove_consistency(first.size, head.size, read_by_level, NULL, proof);
            cr_assert(count >= 0 && count <= MERKLE_PROOF_MAX);
            cr_assert(merkle_consistency_holds(&first, &head, proof, (size_t)count));
        }
    }
}

Test(merkle, tree_does_not_outgrow_its_largest_size)
{
    struct merkle_edge edge;
    struct merkle_hash leaf = {{1}};
    cr_assert_eq(merkle_edge_load(&edge, MERKLE_SIZE_MAX + 1, read_by_level, NULL), -1);
    cr_assert_eq(merkle_edge_load(&edge, MERKLE_SIZE_MAX, read_by_level, NULL), 0);
    cr_assert_null(merkle_batch_new(&edge, &leaf, 1));
    cr_assert_eq(merkle_edge_load(&edge, MERKLE_SIZE_MAX - 1, read_by_level, NULL), 0);
    struct merkle_batch *batch = merkle_batch_new(&edge, &leaf, 1);
    cr_assert_not_null(batch);
    uint64_t first;
    size_t count;
    merkle_batch_level(batch, 63, &first, &count);
    cr_assert(first == 0 && count == 1);
    struct merkle_hash completed[MERKLE_LEVELS], one, other;
    cr_assert_eq(merkle_edge_add(&edge, &leaf, completed), 64);
    merkle_edge_root(&edge, &one);
    merkle_batch_root(batch, &other);
    assert_same(&one, &other);
    merkle_batch_free(batch);
}

static void check_batch(uint64_t before, size_t added)
{
    struct merkle_edge edge;
    struct merkle_hash want, got, proof[MERKLE_PROOF_MAX], batch_proof[MERKLE_PROOF_MAX];
    uint64_t first, after = before + added;
    cr_assert_eq(merkle_edge_load(&edge, before, small_log_read, &small), 0);
    struct merkle_batch *batch = merkle_batch_new(&edge, &small.stored[0][before], added);
    cr_assert_not_null(batch);
    small_log_root(&small, 0, after, &want);
    merkle_batch_root(batch, &got);
    assert_same(&got, &want);
    merkle_edge_root(merkle_batch_edge(batch), &got);
    assert_same(&got, &want);
    cr_assert_eq(merkle_batch_edge(batch)->size, after);

    for (unsigned level = 0; level < MERKLE_LEVELS + 2; level++) {
        size_t count;
        const struct merkle_hash *hashes = merkle_batch_level(batch, level, &first, &count);
        cr_assert_eq(count, level < 64 ? (after >> level) - (before >> level) : 0);
        for (size_t i = 0; i < count; i++)
            assert_same(&hashes[i], &small.stored[level][first + i]);
    }
    for (uint64_t index = before; index < after; index++) {
        int count = merkle_batch_prove(batch, index, batch_proof);
        cr_assert_eq(count, prove(index, after, proof));
        cr_assert_arr_eq(batch_proof, proof, (size_t)count * sizeof proof[0]);
    }
    cr_assert_eq(merkle_batch_prove(batch, after, proof), -1);
    if (before > 0)
        cr_assert_eq(merkle_batch_prove(batch, before - 1, proof), -1);
    merkle_batch_free(batch);
}

Test(merkle, batch_gives_root_stored_hashes_and_proofs_as_the_whole_tree_does)
{
    small_log_init(&small, 600);
    for (uint64_t before = 0; before <= 40; before++)
        for (size_t added = 0; added <= 40; added++)
            check_batch(before, added);
    check_batch(0, 600);
    check_batch(250, 300);
    check_batch(511, 2);
    merkle_batch_free(NULL);
}

Test(merkle, batch_is_null_without_memory)
{
    struct merkle_edge edge;
    struct merkle_hash leaf = {{1}};
    merkle_edge_init(&edge);
    mem_fail_at(1);
    cr_assert_null(merkle_batch_new(&edge, &leaf, 1));
    mem_fail_at(0);
    cr_assert_null(merkle_batch_new(&edge, &leaf, SIZE_MAX / 2));
}
