/* The audit's tree: grown leaf by leaf, compared tile by tile with what is stored. Shares nothing with log/tree but the
 * meaning of RFC 6962 and of tiles. One thread. */
#ifndef COLLECTOR_AUDIT_TREE_H
#define COLLECTOR_AUDIT_TREE_H

#include "collector/audit/findings.h"
#include "collector/store/store.h"
#include "crypto/merkle.h"

struct audit_tree;

/* An empty one, which tells differences to `findings`. NULL: no memory. Free with audit_tree_free. */
MUST_CHECK struct audit_tree *audit_tree_new(struct audit_findings *findings);
void audit_tree_free(struct audit_tree *tree);

/* Tiles are compared with those of this store; NULL: with none. Before the first leaf. */
void audit_tree_compare_with(struct audit_tree *tree, struct store *store);

/* When the tree reaches the size of `head`, its root must be that one; a head beyond the last leaf is told by
 * audit_tree_end. `release`: the entry that rests on it; -1: it is the signed checkpoint's. Before the first leaf. -1:
 * no memory. */
MUST_CHECK int audit_tree_expect(struct audit_tree *tree, const struct merkle_head *head, int64_t release);

void audit_tree_add(struct audit_tree *tree, const struct merkle_hash *leaf);

/* -1: memory lacked, so that something may not have been compared. */
MUST_CHECK int audit_tree_end(struct audit_tree *tree);

void audit_tree_head(const struct audit_tree *tree, struct merkle_head *out);

#endif
