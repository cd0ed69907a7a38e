/* A table by the leaf. */
#include "collector/audit/spent.h"
#include "base/mem.h"
#include "base/spill_table.h"

struct spent {
    struct spill_table *texts;
    size_t requests;
};

struct spent *spent_new(struct scratch *scratch, size_t memory)
{
    struct spent *spent = mem_calloc(1, sizeof *spent);
    if (!spent)
        return NULL;
    spent->texts = spill_table_new(scratch, sizeof(struct spent_text), memory);
    if (spent->texts)
        return spent;
    spent_free(spent);
    return NULL;
}

void spent_free(struct spent *spent)
{
    if (!spent)
        return;
    spill_table_free(spent->texts);
    mem_free(spent);
}

int spent_add(struct spent *spent, const struct spent_text *text)
{
    if (spill_table_add(spent->texts, text) == 0)
        return -1;
    spent->requests += text->is_request;
    return 0;
}

const struct spent_text *spent_find(struct spent *spent, const uint8_t leaf[static SHA256_BYTES])
{
    uint32_t number = spill_table_count(spent->texts) > 0 ? spill_table_find(spent->texts, leaf) : 0;
    return number != 0 ? spill_table_at(spent->texts, number) : NULL;
}

size_t spent_requests(const struct spent *spent)
{
    return spent->requests;
}
