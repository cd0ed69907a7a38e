/* Plain memory: the hash of a random code gives nothing away. */
#include "collector/acts/hashes.h"
#include "base/list.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

int hashes_add(struct hashes *hashes, const uint8_t hash[static SHA256_BYTES])
{
    void *list = list_grow(hashes->list, hashes->count, &hashes->capacity, sizeof *hashes->list);
    if (!list)
        return -1;
    hashes->list = list;
    memcpy(hashes->list[hashes->count++], hash, SHA256_BYTES);
    return 0;
}

void hashes_wipe(struct hashes *hashes)
{
    mem_free(hashes->list);
    *hashes = (struct hashes){.list = NULL};
}

static int compare_code_hashes(const void *a, const void *b)
{
    return memcmp(a, b, SHA256_BYTES);
}

void hashes_put_document(struct hashes *hashes, struct buf *out)
{
    if (hashes->count == 0)
        return;
    qsort(hashes->list, hashes->count, sizeof *hashes->list, compare_code_hashes);
    buf_expect(out, hashes->count * SHA256_BYTES);
    buf_put(out, hashes->list, hashes->count * SHA256_BYTES);
}

bool hashes_document_has(const struct buf *document, const uint8_t hash[static SHA256_BYTES])
{
    return document->len > 0 &&
           bsearch(hash, document->data, document->len / SHA256_BYTES, SHA256_BYTES, compare_code_hashes) != NULL;
}
