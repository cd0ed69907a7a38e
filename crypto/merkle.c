/* The tree over the log. In the walk of one response: ledger_apply appends a batch, and each receipt carries a proof
 * from it. */
#include "crypto/merkle.h"
#include "base/mem.h"
#include <nettle/sha2.h>
#include <string.h>

/* The prefixes that keep a leaf from passing for a node (RFC 9162 §2.1.1). */
static const uint8_t leaf_prefix = 0x00;
static const uint8_t node_prefix = 0x01;

void merkle_leaf(const void *data, size_t len, struct merkle_hash *out)
{
    struct sha256_ctx state;
    sha256_init(&state);
    sha256_update(&state, sizeof leaf_prefix, &leaf_prefix);
    sha256_update(&state, len, data);
    sha256_digest(&state, SHA256_BYTES, out->bytes);
}

void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right, struct merkle_hash *out)
{
    uint8_t bytes[1 + 2 * SHA256_BYTES] = {node_prefix};
    memcpy(bytes + 1, left->bytes, SHA256_BYTES);
    memcpy(bytes + 1 + SHA256_BYTES, right->bytes, SHA256_BYTES);
    crypto_sha256(bytes, sizeof bytes, out->bytes);
}

void merkle_empty(struct merkle_hash *out)
{
    crypto_sha256("", 0, out->bytes);
}

bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return crypto_equal(a->bytes, b->bytes, SHA256_BYTES);
}

void merkle_root(const struct merkle_hash *hashes, size_t count, struct merkle_hash *out)
{
    struct merkle_hash unused[MERKLE_LEVELS];
    struct merkle_edge edge;
    merkle_edge_init(&edge);
    for (size_t i = 0; i < count; i++)
        merkle_edge_add(&edge, &hashes[i], unused);
    merkle_edge_root(&edge, out);
}

static bool has_bit(uint64_t number, unsigned bit)
{
    return (number >> bit & 1) != 0;
}

/* The place of the highest bit that is set; `number` is not 0. */
static unsigned top_bit(uint64_t number)
{
    return 63 - (unsigned)__builtin_clzll(number);
}

/* The right edge. */

void merkle_edge_init(struct merkle_edge *edge)
{
    memset(edge, 0, sizeof *edge);
}

int merkle_edge_load(struct merkle_edge *edge, uint64_t size, merkle_read *read, void *context)
{
    struct merkle_edge loaded = {.size = size};
    if (size > MERKLE_SIZE_MAX)
        return -1;
    for (unsigned level = 0; level < MERKLE_LEVELS; level++)
        if (has_bit(size, level) && read(context, level, (size >> level) - 1, &loaded.hashes[level]) != 0)
            return -1;
    *edge = loaded;
    return 0;
}

unsigned merkle_edge_add(struct merkle_edge *edge, const struct merkle_hash *leaf,
                         struct merkle_hash completed[static MERKLE_LEVELS])
{
    unsigned level = 0;
    completed[0] = *leaf;
    for (; has_bit(edge->size, level); level++) /* as adding 1 carries */
        merkle_node(&edge->hashes[level], &completed[level], &completed[level + 1]);
    edge->hashes[level] = completed[level];
    edge->size++;
    return level + 1;
}

/* rests[l] becomes the root over the leaves that the bits 0 to l of the size stand for, the rightmost ones; where none
 * of these bits is set, nothing. */
static void fold_edge(const struct merkle_edge *edge, struct merkle_hash rests[static MERKLE_LEVELS])
{
    bool some = false;
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        const struct merkle_hash *below = some ? &rests[level - 1] : NULL;
        if (has_bit(edge->size, level) && some)
            merkle_node(&edge->hashes[level], below, &rests[level]);
        else if (has_bit(edge->size, level))
            rests[level] = edge->hashes[level];
        else if (some)
            rests[level] = *below;
        some = some || has_bit(edge->size, level);
    }
}

void merkle_edge_root(const struct merkle_edge *edge, struct merkle_hash *out)
{
    struct merkle_hash rests[MERKLE_LEVELS];
    if (edge->size == 0) {
        merkle_empty(out);
        return;
    }
    fold_edge(edge, rests);
    *out = rests[MERKLE_LEVELS - 1];
}

int merkle_root_at(uint64_t size, merkle_read *read, void *context, struct merkle_hash *out)
{
    struct merkle_edge edge;
    if (merkle_edge_load(&edge, size, read, context) < 0)
        return -1;
    merkle_edge_root(&edge, out);
    return 0;
}

/* Proofs, as lists of ranges of leaves. */

/* Leaves from `first` up to and without `end`: a full subtree, or what is left of one at the right edge. */
struct range {
    uint64_t first, end;
};

/* The ranges whose roots make a proof, in the order of the proof read backwards. */
struct path {
    struct range ranges[MERKLE_PROOF_MAX];
    int count;
};

static void path_add(struct path *path, uint64_t first, uint64_t end)
{
    path->ranges[path->count++] = (struct range){first, end};
}

/* Where the two subtrees of a range of at least two leaves meet: after the largest power of 2 below its length. */
static uint64_t split_point(struct range r)
{
    return r.first + ((uint64_t)1 << top_bit(r.end - r.first - 1));
}

/* PATH of RFC 9162 §2.1.3.1. */
static void path_of_leaf(uint64_t index, uint64_t size, struct path *path)
{
    struct range at = {0, size};
    path->count = 0;
    while (at.end - at.first > 1) {
        uint64_t middle = split_point(at);
        if (index < middle) {
            path_add(path, middle, at.end);
            at.end = middle;
        } else {
            path_add(path, at.first, middle);
            at.first = middle;
        }
    }
}

/* SUBPROOF of RFC 9162 §2.1.4.1. */
static void path_of_tree(uint64_t size1, uint64_t size2, struct path *path)
{
    struct range at = {0, size2};
    path->count = 0;
    while (at.end != size1) {
        uint64_t middle = split_point(at);
        if (size1 <= middle) {
            path_add(path, middle, at.end);
            at.end = middle;
        } else {
            path_add(path, at.first, middle);
            at.first = middle;
        }
    }
    if (at.first != 0) /* else it is all of the first tree, whose root the verifier has */
        path_add(path, at.first, at.end);
}

/* The root of a range, from the stored hashes of its binary decomposition, right to left. */
static int read_range(struct range r, merkle_read *read, void *context, struct merkle_hash *out)
{
    uint64_t length = r.end - r.first;
    bool some = false;
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        struct merkle_hash hash;
        if (!has_bit(length, level))
            continue;
        if (read(context, level, (r.end >> level) - 1, &hash) != 0)
            return -1;
        if (some)
            merkle_node(&hash, out, out);
        else
            *out = hash;
        some = true;
    }
    return 0;
}

static int read_path(const struct path *path, merkle_read *read, void *context,
                     struct merkle_hash proof[static MERKLE_PROOF_MAX])
{
    struct merkle_hash hashes[MERKLE_PROOF_MAX];
    for (int i = 0; i < path->count; i++)
        if (read_range(path->ranges[path->count - 1 - i], read, context, &hashes[i]) < 0)
            return -1;
    memcpy(proof, hashes, (size_t)path->count * sizeof hashes[0]);
    return path->count;
}

int merkle_prove_inclusion(uint64_t index, uint64_t size, merkle_read *read, void *context,
                           struct merkle_hash proof[static MERKLE_PROOF_MAX])
{
    struct path path;
    if (index >= size || size > MERKLE_SIZE_MAX)
        return -1;
    path_of_leaf(index, size, &path);
    return read_path(&path, read, context, proof);
}

int merkle_prove_consistency(uint64_t size1, uint64_t size2, merkle_read *read, void *context,
                             struct merkle_hash proof[static MERKLE_PROOF_MAX])
{
    struct path path;
    if (size1 == 0 || size1 > size2 || size2 > MERKLE_SIZE_MAX)
        return -1;
    path_of_tree(size1, size2, &path);
    return read_path(&path, read, context, proof);
}

/* A batch: every left sibling on the way up from a new leaf is completed by the batch or on the edge from before it,
 * and every right sibling is all new; so no stored hash need be read. */

struct merkle_batch {
    struct merkle_edge before, after;
    struct merkle_hash rests[MERKLE_LEVELS]; /* of `after`, see fold_edge */
    size_t places[MERKLE_LEVELS + 1]; /* where in `hashes` each level begins, and the last ends */
    struct merkle_hash hashes[]; /* completed, level by level */
};

static size_t completed_count(const struct merkle_batch *b, unsigned level)
{
    return (size_t)((b->after.size >> level) - (b->before.size >> level));
}

static const struct merkle_hash *batch_hash(const struct merkle_batch *b, unsigned level, uint64_t index)
{
    uint64_t first = b->before.size >> level;
    return index < first ? &b->before.hashes[level] : &b->hashes[b->places[level] + (size_t)(index - first)];
}

/* Completes the levels above the leaves, each from the one below it, and the new edge. */
static void complete_levels(struct merkle_batch *b)
{
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        uint64_t first = b->before.size >> level;
        size_t count = completed_count(b, level);
        struct merkle_hash *out = b->hashes + b->places[level];
        for (size_t i = 0; level > 0 && i < count; i++)
            merkle_node(batch_hash(b, level - 1, (first + i) * 2), batch_hash(b, level - 1, (first + i) * 2 + 1),
                        &out[i]);
        if (has_bit(b->after.size, level))
            b->after.hashes[level] = *batch_hash(b, level, (b->after.size >> level) - 1);
    }
    fold_edge(&b->after, b->rests);
}

struct merkle_batch *merkle_batch_new(const struct merkle_edge *before, const struct merkle_hash *leaves, size_t count)
{
    if (before->size > MERKLE_SIZE_MAX || count > MERKLE_SIZE_MAX - before->size ||
        count > SIZE_MAX / 4 / sizeof *leaves)
        return NULL;
    size_t total = 0;
    for (unsigned level = 0; level < MERKLE_LEVELS; level++)
        total += (size_t)(((before->size + count) >> level) - (before->size >> level));
    struct merkle_batch *b = mem_alloc(sizeof *b + total * sizeof *leaves);
    if (!b)
        return NULL;
    b->before = *before;
    merkle_edge_init(&b->after);
    b->after.size = before->size + count;
    b->places[0] = 0;
    for (unsigned level = 0; level < MERKLE_LEVELS; level++)
        b->places[level + 1] = b->places[level] + completed_count(b, level);
    if (count > 0)
        memcpy(b->hashes, leaves, count * sizeof *leaves);
    complete_levels(b);
    return b;
}

void merkle_batch_free(struct merkle_batch *batch)
{
    mem_free(batch);
}

const struct merkle_edge *merkle_batch_edge(const struct merkle_batch *batch)
{
    return &batch->after;
}

const struct merkle_hash *merkle_batch_level(const struct merkle_batch *batch, unsigned level, uint64_t *first,
                                             size_t *count)
{
    bool exists = level < MERKLE_LEVELS;
    *first = exists ? batch->before.size >> level : 0;
    *count = exists ? completed_count(batch, level) : 0;
    return batch->hashes + (exists ? batch->places[level] : 0);
}

void merkle_batch_root(const struct merkle_batch *batch, struct merkle_hash *out)
{
    if (batch->after.size == 0)
        merkle_empty(out);
    else
        *out = batch->rests[MERKLE_LEVELS - 1];
}

int merkle_batch_prove(const struct merkle_batch *batch, uint64_t index,
                       struct merkle_hash proof[static MERKLE_PROOF_MAX])
{
    struct path path;
    if (index < batch->before.size || index >= batch->after.size)
        return -1;
    path_of_leaf(index, batch->after.size, &path);
    for (int i = 0; i < path.count; i++) {
        struct range r = path.ranges[path.count - 1 - i];
        unsigned level = top_bit(r.end - r.first);
        bool full = r.end - r.first == (uint64_t)1 << level;
        proof[i] = full ? *batch_hash(batch, level, r.first >> level) : batch->rests[level];
    }
    return path.count;
}

/* Checking. */

/* Where a verifier stands: a node of the path and the last node of its level. */
struct climb {
    uint64_t node, last;
};

/* Whether the next hash of the proof is the left sibling; then also passes the levels at which the node has none. */
static bool finds_left_sibling(struct climb *c)
{
    if ((c->node & 1) == 0 && c->node != c->last)
        return false;
    while ((c->node & 1) == 0 && c->node != 0) {
        c->node >>= 1;
        c->last >>= 1;
    }
    return true;
}

static void climb_up(struct climb *c)
{
    c->node >>= 1;
    c->last >>= 1;
}

bool merkle_inclusion_holds(uint64_t index, uint64_t size, const struct merkle_hash *leaf,
                            const struct merkle_hash *proof, size_t count, const struct merkle_hash *root)
{
    if (index >= size || size > MERKLE_SIZE_MAX || count > MERKLE_PROOF_MAX)
        return false;
    struct climb at = {index, size - 1};
    struct merkle_hash hash = *leaf;
    for (size_t i = 0; i < count; i++) {
        if (at.last == 0)
            return false;
        if (finds_left_sibling(&at))
            merkle_node(&proof[i], &hash, &hash);
        else
            merkle_node(&hash, &proof[i], &hash);
        climb_up(&at);
    }
    return at.last == 0 && merkle_equal(&hash, root);
}

/* Both roots as the proof has them, from `seed` up: the first from the hashes to the left alone. */
static bool climb_both(struct climb at, const struct merkle_hash *seed, const struct merkle_hash *proof, size_t count,
                       struct merkle_hash roots[static 2])
{
    roots[0] = roots[1] = *seed;
    for (size_t i = 0; i < count; i++) {
        if (at.last == 0)
            return false;
        if (finds_left_sibling(&at)) {
            merkle_node(&proof[i], &roots[0], &roots[0]);
            merkle_node(&proof[i], &roots[1], &roots[1]);
        } else {
            merkle_node(&roots[1], &proof[i], &roots[1]);
        }
        climb_up(&at);
    }
    return at.last == 0;
}

bool merkle_consistency_holds(const struct merkle_head *first, const struct merkle_head *second,
                              const struct merkle_hash *proof, size_t count)
{
    if (first->size == 0 || first->size > second->size || second->size > MERKLE_SIZE_MAX || count > MERKLE_PROOF_MAX)
        return false;
    if (first->size == second->size)
        return count == 0 && merkle_equal(&first->root, &second->root);
    const struct merkle_hash *seed = &first->root;
    if ((first->size & (first->size - 1)) != 0) { /* no power of 2: the proof brings its seed along */
        if (count == 0)
            return false;
        seed = proof++;
        count--;
    }
    struct climb at = {first->size - 1, second->size - 1};
    while ((at.node & 1) != 0)
        climb_up(&at);
    struct merkle_hash roots[2];
    return climb_both(at, seed, proof, count, roots) && merkle_equal(&roots[0], &first->root) &&
           merkle_equal(&roots[1], &second->root);
}
