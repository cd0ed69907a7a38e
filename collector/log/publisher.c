/* tree -> signer -> proofs. Knows no submission: leaves come in, proofs go out. */
#include "collector/log/publisher.h"
#include "base/mem.h"
#include "collector/log/tree.h"

struct publisher {
    struct tree *tree;
    struct signer *signer;
    struct latest *shown;
    struct merkle_head loaded;
};

struct publisher *publisher_new(struct signer *signer, struct latest *shown)
{
    struct publisher *publisher = mem_calloc(1, sizeof *publisher);
    struct tree *tree = tree_new();
    if (!publisher || !tree) {
        tree_free(tree);
        mem_free(publisher);
        return NULL;
    }
    *publisher = (struct publisher){.tree = tree, .signer = signer, .shown = shown};
    return publisher;
}

void publisher_free(struct publisher *publisher)
{
    if (!publisher)
        return;
    tree_free(publisher->tree);
    mem_free(publisher);
}

/* Signs the tree as it now lies on disk and shows it; `batch`, which may be NULL, is taken over. The proofs are held
 * twice: by who shows them and for the caller. */
static struct proofs *sign_and_show(struct publisher *publisher, const struct merkle_head *head,
                                    struct merkle_batch *batch, struct error *error)
{
    if (signer_sign(publisher->signer, head, error) < 0) {
        merkle_batch_free(batch);
        return NULL;
    }
    struct proofs *proofs = proofs_new(head, signer_checkpoint(publisher->signer), batch);
    if (!proofs) {
        error_no_memory(error);
        return NULL;
    }
    latest_replace(publisher->shown, proofs_hold(proofs));
    return proofs;
}

int publisher_load(struct publisher *publisher, struct store *store, uint64_t size, struct error *error)
{
    struct merkle_head head = {.size = size};
    struct tree_reader reader = {store, error};
    if (tree_load(publisher->tree, store, size, error) < 0 ||
        signer_check(publisher->signer, size, tree_read, &reader, error) < 0 ||
        merkle_root_at(size, tree_read, &reader, &head.root) < 0 ||
        (size == 0 && signer_begin(publisher->signer, &head, error) < 0))
        return -1;
    publisher->loaded = head;
    return 0;
}

int publisher_show_loaded(struct publisher *publisher, struct error *error)
{
    struct proofs *proofs = sign_and_show(publisher, &publisher->loaded, NULL, error);
    proofs_release(proofs);
    return proofs ? 0 : -1;
}

int publisher_extend(struct publisher *publisher, struct store *store, const struct merkle_hash *leaves, size_t count,
                     struct merkle_batch **batch, struct error *error)
{
    return tree_extend(publisher->tree, store, leaves, count, batch, error);
}

struct proofs *publisher_show(struct publisher *publisher, struct merkle_batch *batch, struct error *error)
{
    struct merkle_head head = {.size = merkle_batch_edge(batch)->size};
    merkle_batch_root(batch, &head.root);
    tree_accept(publisher->tree, batch);
    return sign_and_show(publisher, &head, batch, error);
}
