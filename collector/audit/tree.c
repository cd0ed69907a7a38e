/* Tiles fill as leaves come; a full one is compared and begun anew. Knows no entry. */
#include "collector/audit/tree.h"
#include "base/lang.h"
#include "base/mem.h"
#include "crypto/tile.h"
#include <string.h>

struct audit_tree {
    struct audit_findings *findings;
    struct store *store; /* NULL: nothing to compare with */
    struct merkle_edge edge;
    struct merkle_hash tiles[TILE_LEVELS][TILE_WIDTH]; /* the last of each level */
    struct merkle_head expected;
    bool expects, met;
};

struct audit_tree *audit_tree_new(struct audit_findings *findings)
{
    struct audit_tree *tree = mem_calloc(1, sizeof *tree);
    if (!tree)
        return NULL;
    tree->findings = findings;
    merkle_edge_init(&tree->edge);
    return tree;
}

void audit_tree_free(struct audit_tree *tree)
{
    mem_free(tree);
}

void audit_tree_compare_with(struct audit_tree *tree, struct store *store)
{
    tree->store = store;
}

/* Tells which hash of a tile differs: of level 0 the entry, of another the tile. */
static void compare_hashes(struct audit_tree *tree, unsigned level, uint64_t index, const struct merkle_hash *stored,
                           unsigned width)
{
    for (unsigned i = 0; i < width; i++) {
        if (merkle_equal(&stored[i], &tree->tiles[level][i]))
            continue;
        unsigned long long place = index * TILE_WIDTH + i;
        if (level == 0)
            findings_add(tree->findings,
                         T("entry %llu: it is not the one that the tree was built over",
                           "regel %llu: niet die waarover de boom gebouwd is"),
                         place);
        else
            findings_add(tree->findings, T("tile %u/%llu: hash %u differs", "tegel %u/%llu: hash %u wijkt af"), level,
                         (unsigned long long)index, i);
    }
}

/* A tile that can't be read differs too, whatever the reason. */
static void compare_tile(struct audit_tree *tree, unsigned level, uint64_t index, unsigned width)
{
    struct merkle_hash stored[TILE_WIDTH];
    unsigned stored_width = 0;
    if (!tree->store)
        return;
    enum store_result result = store_tile_read(tree->store, level, index, stored, &stored_width);
    if (result == STORE_FAILED) {
        findings_add(tree->findings, T("tile %u/%llu: %s", "tegel %u/%llu: %s"), level, (unsigned long long)index,
                     store_error(tree->store)->text);
        return;
    }
    if (result == STORE_NONE)
        stored_width = 0;
    if (stored_width != width)
        findings_add(tree->findings,
                     stored_width == 1 ? T("tile %u/%llu: %u hash where there should be %u",
                                           "tegel %u/%llu: %u hash waar er %u moeten zijn")
                                       : T("tile %u/%llu: %u hashes where there should be %u",
                                           "tegel %u/%llu: %u hashes waar er %u moeten zijn"),
                     level, (unsigned long long)index, stored_width, width);
    compare_hashes(tree, level, index, stored, stored_width < width ? stored_width : width);
}

static void check_expected(struct audit_tree *tree)
{
    struct merkle_hash root;
    if (!tree->expects || tree->met || tree->edge.size != tree->expected.size)
        return;
    tree->met = true;
    if (tree->edge.size > 0)
        merkle_edge_root(&tree->edge, &root);
    else
        merkle_empty(&root);
    if (!merkle_equal(&root, &tree->expected.root))
        findings_add(tree->findings,
                     tree->expected.size == 1 ? T("checkpoint: the root over its %llu entry is another",
                                                  "controlepunt: de wortel over zijn %llu regel is een andere")
                                              : T("checkpoint: the root over its %llu entries is another",
                                                  "controlepunt: de wortel over zijn %llu regels is een andere"),
                     (unsigned long long)tree->expected.size);
}

void audit_tree_compare_head(struct audit_tree *tree, const struct merkle_head *head)
{
    tree->expected = *head;
    tree->expects = true;
    check_expected(tree);
}

void audit_tree_add(struct audit_tree *tree, const struct merkle_hash *leaf)
{
    struct merkle_hash completed[MERKLE_LEVELS];
    uint64_t before = tree->edge.size;
    unsigned count = merkle_edge_add(&tree->edge, leaf, completed);
    for (unsigned level = 0; level * TILE_HEIGHT < count; level++) {
        uint64_t place = before >> (level * TILE_HEIGHT);
        tree->tiles[level][place % TILE_WIDTH] = completed[level * TILE_HEIGHT];
        if (place % TILE_WIDTH == TILE_WIDTH - 1)
            compare_tile(tree, level, place / TILE_WIDTH, TILE_WIDTH);
    }
    check_expected(tree);
}

void audit_tree_end(struct audit_tree *tree)
{
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        uint64_t hashes = tree->edge.size >> (level * TILE_HEIGHT);
        if (hashes % TILE_WIDTH != 0)
            compare_tile(tree, level, hashes / TILE_WIDTH, (unsigned)(hashes % TILE_WIDTH));
    }
    if (tree->expects && !tree->met)
        findings_add(tree->findings,
                     tree->expected.size == 1 ? T("checkpoint: it was signed over %llu entry, the log has %llu",
                                                  "controlepunt: getekend over %llu regel, het logboek heeft er %llu")
                                              : T("checkpoint: it was signed over %llu entries, the log has %llu",
                                                  "controlepunt: getekend over %llu regels, het logboek heeft er %llu"),
                     (unsigned long long)tree->expected.size, (unsigned long long)tree->edge.size);
}

void audit_tree_head(const struct audit_tree *tree, struct merkle_head *out)
{
    out->size = tree->edge.size;
    if (out->size > 0)
        merkle_edge_root(&tree->edge, &out->root);
    else
        merkle_empty(&out->root);
}
