/* GET /v1/events?from=N&limit=K and GET /v1/documents/{sha256}: what administrators did, and the bytes that their
 * events name, for anyone (PROTOCOL 6a). Of the log only what the newest checkpoint covers is shown. */
#include "base/json.h"
#include "collector/api/looking.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "crypto/base64url.h"
#include <string.h>

#define LIMIT_MAX 1000
#define BYTES_MAX ((size_t)1024 * 1024) /* of an answer; it ends early at the event that passes it */

/* Which events a page is to have. */
struct events_page {
    int64_t indexes[LIMIT_MAX + 1]; /* one more than may be asked for: the next page begins there */
    size_t count, put;
    uint64_t size; /* of the log, by the newest checkpoint */
    struct buf *out;
};

static int note_event_index(void *context, int64_t index, const char *kind)
{
    (void)kind;
    struct events_page *page = context;
    if ((uint64_t)index < page->size)
        page->indexes[page->count++] = index;
    return 0;
}

/* The answer ends early, at the event that makes it too long. */
static int put_event(void *context, int64_t index, const char *jws, size_t len)
{
    struct events_page *page = context;
    if (page->out->len >= BYTES_MAX)
        return -1;
    buf_put_text(page->out, "{\"index\":");
    buf_put_integer(page->out, index);
    buf_put_text(page->out, ",\"jws\":");
    json_put_string(page->out, jws, len);
    buf_put_text(page->out, "}\n");
    page->put++;
    return 0;
}

/* -1: the log can't be read. */
static int put_events(struct service *service, uint64_t from, uint64_t limit, struct events_page *page)
{
    page->size = api_log_size(service);
    if (from >= page->size)
        return 0;
    struct store *store = reader_take(service->reader);
    if (!store)
        return -1;
    enum store_result result = store_event_each(store, (int64_t)from, (int64_t)limit + 1, note_event_index, page);
    if (result == STORE_OK)
        result = store_entry_each(store, page->indexes, page->count < limit ? page->count : limit, put_event, page);
    bool full = result == STORE_FAILED && store_error(store)->kind == ERROR_NONE && page->out->len >= BYTES_MAX;
    reader_give_back(service->reader);
    return result == STORE_OK || full ? 0 : -1;
}

static void answer_events(struct http_exchange *x, struct service *service, bool seen)
{
    uint64_t from, limit;
    (void)seen;
    if (api_read_number(x, "from", 0, &from) < 0 || api_read_number(x, "limit", LIMIT_MAX, &limit) < 0 || limit < 1 ||
        limit > LIMIT_MAX) {
        http_answer_problem(x, PROBLEM_BAD_REQUEST, "from must be an index and limit a number from 1 to 1000.", NULL);
        return;
    }
    struct buf body;
    buf_init(&body, SIZE_MAX);
    struct events_page page = {.out = &body};
    if (put_events(service, from, limit, &page) == 0) {
        if (page.put < page.count)
            api_link_next(x, "/v1/events", (uint64_t)page.indexes[page.put], limit);
        api_answer_cached(x, "application/x-ndjson", &body);
        return;
    }
    buf_free(&body);
    http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
}

void api_events_get(struct http_exchange *x, void *context)
{
    uint64_t from;
    if (api_read_number(x, "from", 0, &from) == 0 && from >= api_log_size(context))
        api_look(x, context, answer_events);
    else
        answer_events(x, context, true);
}

/* Answers with the document as far as the store has it; what STORE_NONE and STORE_FAILED come to is the caller's. */
static enum store_result answer_document(struct http_exchange *x, struct store *store, struct api_immutable *document)
{
    struct buf body;
    enum store_result result = store_document_size(store, document->sha256, &document->len);
    if (result != STORE_OK || api_answer_unread(x, document))
        return result;
    buf_init(&body, SIZE_MAX);
    result = store_document_read(store, document->sha256, &body);
    if (result == STORE_OK)
        api_answer_read(x, document, &body);
    else
        buf_free(&body);
    return result;
}

void api_document_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    const char *text = http_parameter(x);
    struct api_immutable document = {.content_type = "application/octet-stream"};
    bool named = base64url_decode_exactly(text, strlen(text), document.sha256, SHA256_BYTES) == 0;
    struct store *store = named ? reader_take(service->reader) : NULL;
    enum store_result result = !named ? STORE_NONE : store ? answer_document(x, store, &document) : STORE_FAILED;
    if (store)
        reader_give_back(service->reader);
    if (result == STORE_NONE)
        http_answer_problem(x, PROBLEM_NOT_FOUND, "No event of this log names a document of this hash.", NULL);
    else if (result != STORE_OK)
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
}
