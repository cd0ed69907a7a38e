/* GET /v1/entries?from=N&limit=K: the log itself, for auditors (PROTOCOL 9). */
#include "base/json.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "crypto/jws.h"
#include "crypto/line.h"
#include <string.h>

#define LIMIT_DEFAULT 1000
#define LIMIT_MAX 4096
#define BYTES_MAX ((size_t)16 * 1024 * 1024) /* of an answer; it ends early at the entry that passes it */

/* A number from the query; `otherwise` when it is not given. -1: it is no number. */
static int read_argument(const struct http_exchange *x, const char *name, uint64_t otherwise, uint64_t *out)
{
    const char *text = http_query(x, name);
    if (!text) {
        *out = otherwise;
        return 0;
    }
    struct line line = {text, strlen(text)};
    return line_number(&line, out);
}

/* A page on its way; `next` is the entry that is due. */
struct page {
    struct buf *out;
    uint64_t next;
};

/* Other than 0: one is missing, or there is enough. */
static int put_entry(void *context, int64_t index, const char *jws, size_t len)
{
    struct page *page = context;
    if ((uint64_t)index != page->next || page->out->len >= BYTES_MAX)
        return -1;
    buf_printf(page->out, "{\"index\":%llu,\"jws\":", (unsigned long long)page->next++);
    if (len > 0)
        json_put_string(page->out, jws, len);
    else
        buf_put_text(page->out, "null");
    buf_put_text(page->out, "}\n");
    return 0;
}

/* -1: the store can't give them all. */
static int put_entries(struct buf *out, struct store *store, uint64_t from, uint64_t to)
{
    struct page page = {out, from};
    if (from >= to)
        return 0;
    enum store_result result = store_entry_range(store, (int64_t)from, (int64_t)(to - from), put_entry, &page);
    bool stopped = result == STORE_FAILED && store_error(store)->kind == ERROR_NONE;
    return (result == STORE_OK && page.next == to) || (stopped && out->len >= BYTES_MAX) ? 0 : -1;
}

void api_entries_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    uint64_t from, limit;
    if (!api_is_allowed(x, service, 1u << TOKEN_AUDITOR, NULL))
        return;
    if (read_argument(x, "from", 0, &from) < 0 || read_argument(x, "limit", LIMIT_DEFAULT, &limit) < 0 || limit < 1 ||
        limit > LIMIT_MAX) {
        http_answer_problem(x, PROBLEM_BAD_REQUEST, "from must be an index and limit a number from 1 to 4096.", NULL);
        return;
    }
    struct proofs *proofs = proofs_now(service->shared.proofs);
    uint64_t size = proofs->head.size, to = from < size && limit < size - from ? from + limit : size;
    proofs_release(proofs);
    struct buf body;
    buf_init(&body, SIZE_MAX);
    struct store *store = reader_take(service->reader);
    int result = store ? put_entries(&body, store, from, to) : -1;
    if (store)
        reader_give_back(service->reader);
    if (result == 0) {
        http_answer(x, 200, "application/x-ndjson", &body);
        return;
    }
    buf_free(&body);
    http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
}
