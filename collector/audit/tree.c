/* Tiles fill as leaves come; a full one is compared and begun anew. Knows no entry. */
#include "collector/audit/tree.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "crypto/tile.h"
#include <string.h>

/* A head that the tree must have had. */
struct expected {
    struct merkle_head head;
    int64_t release; /* -1: of the checkpoint */
};

struct audit_tree {
    struct audit_findings *findings;
    struct store *store; /* NULL: nothing to compare with */
    struct merkle_edge edge;
    struct merkle_hash tiles[TILE_LEVELS][TILE_WIDTH]; /* the last of each level */
    struct expected *expected; /* ascending by size */
    size_t expected_count, expected_capacity;
    size_t met; /* how many of them the tree has come by */
    bool no_memory; /* lacked for reading a tile */
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
    if (tree)
        mem_free(tree->expected);
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

/* A tile that can't be read differs too, whatever the reason but want of memory. */
static void compare_tile(struct audit_tree *tree, unsigned level, uint64_t index, unsigned width)
{
    struct merkle_hash stored[TILE_WIDTH];
    unsigned stored_width = 0;
    if (!tree->store)
        return;
    enum store_result result = store_tile_read(tree->store, level, index, stored, &stored_width);
    if (result == STORE_FAILED && store_error(tree->store)->kind == ERROR_MEMORY) {
        tree->no_memory = true;
        return;
    }
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

static void tell_other_root(const struct audit_tree *tree, const struct expected *expected)
{
    unsigned long long size = expected->head.size;
    if (expected->release >= 0)
        findings_add(tree->findings,
                     T("entry %lld: the log of %llu entries that its release rests on has another root",
                       "regel %lld: het logboek van %llu regels waarop de uitgave rust heeft een andere wortel"),
                     (long long)expected->release, size);
    else
        findings_add(tree->findings,
                     size == 1 ? T("checkpoint: the root over its %llu entry is another",
                                   "controlepunt: de wortel over zijn %llu regel is een andere")
                               : T("checkpoint: the root over its %llu entries is another",
                                   "controlepunt: de wortel over zijn %llu regels is een andere"),
                     size);
}

static void check_expected(struct audit_tree *tree)
{
    struct merkle_head head;
    while (tree->met < tree->expected_count && tree->expected[tree->met].head.size == tree->edge.size) {
        audit_tree_head(tree, &head);
        if (!merkle_equal(&head.root, &tree->expected[tree->met].head.root))
            tell_other_root(tree, &tree->expected[tree->met]);
        tree->met++;
    }
}

int audit_tree_expect(struct audit_tree *tree, const struct merkle_head *head, int64_t release)
{
    struct expected *list = list_grow(tree->expected, tree->expected_count, &tree->expected_capacity, sizeof *list);
    if (!list)
        return -1;
    size_t at = tree->expected_count++;
    tree->expected = list;
    for (; at > 0 && list[at - 1].head.size > head->size; at--)
        list[at] = list[at - 1];
    list[at] = (struct expected){*head, release};
    return 0;
}

void audit_tree_add(struct audit_tree *tree, const struct merkle_hash *leaf)
{
    struct merkle_hash completed[MERKLE_LEVELS];
    uint64_t before = tree->edge.size;
    if (before == 0)
        check_expected(tree);
    unsigned count = merkle_edge_add(&tree->edge, leaf, completed);
    for (unsigned level = 0; level * TILE_HEIGHT < count; level++) {
        uint64_t place = before >> (level * TILE_HEIGHT);
        tree->tiles[level][place % TILE_WIDTH] = completed[level * TILE_HEIGHT];
        if (place % TILE_WIDTH == TILE_WIDTH - 1)
            compare_tile(tree, level, place / TILE_WIDTH, TILE_WIDTH);
    }
    check_expected(tree);
}

/* What rests on entries that are not there. Of a release the event that says so is told elsewhere. */
static void tell_beyond(const struct audit_tree *tree, const struct expected *expected)
{
    if (expected->release >= 0)
        return;
    findings_add(tree->findings,
                 expected->head.size == 1 ? T("checkpoint: it was signed over %llu entry, the log has %llu",
                                              "controlepunt: getekend over %llu regel, het logboek heeft er %llu")
                                          : T("checkpoint: it was signed over %llu entries, the log has %llu",
                                              "controlepunt: getekend over %llu regels, het logboek heeft er %llu"),
                 (unsigned long long)expected->head.size, (unsigned long long)tree->edge.size);
}

int audit_tree_end(struct audit_tree *tree)
{
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        uint64_t hashes = tree->edge.size >> (level * TILE_HEIGHT);
        if (hashes % TILE_WIDTH != 0)
            compare_tile(tree, level, hashes / TILE_WIDTH, (unsigned)(hashes % TILE_WIDTH));
    }
    if (tree->edge.size == 0)
        check_expected(tree);
    for (; tree->met < tree->expected_count; tree->met++)
        tell_beyond(tree, &tree->expected[tree->met]);
    return tree->no_memory ? -1 : 0;
}

void audit_tree_head(const struct audit_tree *tree, struct merkle_head *out)
{
    out->size = tree->edge.size;
    if (out->size > 0)
        merkle_edge_root(&tree->edge, &out->root);
    else
        merkle_empty(&out->root);
}
