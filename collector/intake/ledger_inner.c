/* The steps that every part of a batch takes: an entry more, a member who has changed, the catalogue anew. */
#include "collector/intake/ledger_inner.h"
#include "base/list.h"

int ledger_store_failed(struct ledger *ledger)
{
    return store_fail(ledger->store, &ledger->error);
}

int ledger_append(struct ledger *ledger, const char *jws, size_t len, const struct merkle_hash *leaf, int64_t *index)
{
    struct merkle_hash *leaves = list_grow(ledger->leaves, ledger->leaf_count, &ledger->leaf_capacity, sizeof *leaves);
    if (!leaves)
        return error_no_memory(&ledger->error);
    ledger->leaves = leaves;
    if (store_entry_append(ledger->store, ledger->size, jws, len) != STORE_OK)
        return ledger_store_failed(ledger);
    leaves[ledger->leaf_count++] = *leaf;
    if (index)
        *index = ledger->size;
    ledger->size++;
    return 0;
}

/* Makes room in all that must not fail after the commit. */
int ledger_note_member(struct ledger *ledger, const struct store_member *member)
{
    struct store_member *changed =
        list_grow(ledger->changed, ledger->changed_count, &ledger->changed_capacity, sizeof *changed);
    if (!changed)
        return error_no_memory(&ledger->error);
    ledger->changed = changed;
    if (roster_reserve(ledger->shared.roster, ledger->changed_count + 1) < 0)
        return error_no_memory(&ledger->error);
    changed[ledger->changed_count++] = *member;
    return 0;
}

int ledger_load_catalogue(struct ledger *ledger)
{
    struct error why = {0};
    struct catalogue *next = catalogue_load(ledger->store, &why);
    if (!next && why.kind == ERROR_REFUSED && !ledger->catalogue)
        return 0; /* there is no panel yet: an act may bring it */
    if (!next || in_force_load(&next->in_force, ledger->store, &why) < 0) {
        catalogue_release(next);
        ledger->error = why;
        return -1;
    }
    struct catalogue *shown = ledger->catalogue ? NULL : catalogue_now(ledger->shared.catalogues);
    catalogue_set_edition(next, shown ? shown : ledger->catalogue);
    catalogue_release(shown);
    counters_forget(ledger->counters); /* these point into the one before */
    catalogue_release(ledger->catalogue);
    ledger->catalogue = next;
    ledger->catalogue_is_new = true;
    return 0;
}
