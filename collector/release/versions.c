/* A list of versions an action; the rule over them. Knows no table and no file. */
#include "collector/release/versions.h"
#include "base/list.h"
#include "base/mem.h"

struct version_list {
    struct version *list;
    size_t count, capacity;
};

struct versions {
    struct version_list *lists; /* by action */
    size_t count;
};

struct versions *versions_new(size_t actions)
{
    struct versions *versions = mem_calloc(1, sizeof *versions);
    if (!versions)
        return NULL;
    versions->count = actions;
    versions->lists = mem_calloc(actions > 0 ? actions : 1, sizeof *versions->lists);
    if (versions->lists)
        return versions;
    versions_free(versions);
    return NULL;
}

void versions_free(struct versions *versions)
{
    if (!versions)
        return;
    for (size_t i = 0; versions->lists && i < versions->count; i++)
        mem_free(versions->lists[i].list);
    mem_free(versions->lists);
    mem_free(versions);
}

int versions_add(struct versions *versions, size_t action, struct version version)
{
    struct version_list *of = &versions->lists[action];
    struct version *list = list_grow(of->list, of->count, &of->capacity, sizeof *list);
    if (!list)
        return -1;
    of->list = list;
    list[of->count++] = version;
    return 0;
}

enum block_state versions_judge(const struct versions *versions, const struct ballot_counts *asked,
                                const struct disclosure_rule *rule, int64_t min_changed, size_t action, int64_t size,
                                const int64_t *counts)
{
    const struct version_list *of = &versions->lists[action];
    bool suppressed = disclosure_action(rule, counts).suppressed;
    if (of->count == 0)
        return suppressed ? BLOCK_SUPPRESSED : BLOCK_NEW;
    if (suppressed)
        return BLOCK_STANDS;
    /* The last first: mostly it decides. */
    for (size_t i = of->count; i-- > 0;)
        if (asked->fresh(asked->context, action, size, of->list[i].size) < min_changed)
            return BLOCK_STANDS;
    return BLOCK_RENEWED;
}
