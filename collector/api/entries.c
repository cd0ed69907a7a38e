/* GET /v1/entries?from=N&limit=K: the log itself, for auditors (PROTOCOL 9), page by page, read as it is taken; and
 * /v1/entries/{index}/state, for anyone: whether an entry is kept or was erased (PROTOCOL 5b). */
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/api/access_log.h"
#include "collector/api/looking.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/api/troubles.h"
#include "collector/http/gzip.h"
#include "collector/http/negotiate.h"
#include "crypto/base64url.h"
#include "crypto/jws.h"
#include "crypto/line.h"
#include <string.h>

#define LIMIT_DEFAULT 1000
#define LIMIT_MAX 10000
#define PIECE_BYTES ((size_t)64 * 1024) /* of a page, read at once; a page that is no longer goes whole */
#define PACKED_PIECE_BYTES ((size_t)16 * 1024) /* the same of one that is compressed: others wait for as long */
#define GZIP_BYTES ((size_t)288 * 1024) /* what compressing holds */
#define ERASERS 256 /* entries of which it is read at once what erased them */

/* A page on its way. */
struct entries_page {
    struct service *service;
    struct store *store; /* while a piece is put */
    struct gzip *gzip; /* NULL: it goes as it is */
    uint64_t size; /* of the log, by the newest checkpoint */
    uint64_t next, to; /* entries that are due */
    int64_t erasers_from, erasers[ERASERS]; /* events, of the entries from that one on; -1: none is known */
    bool unreadable; /* what is kept of an entry that was erased could not be read */
    struct buf *out; /* the piece that is being put */
    struct buf begun; /* a piece that has been put already */
};

/* NULL is fine. */
static void free_page(void *source)
{
    struct entries_page *page = source;
    if (!page)
        return;
    buf_free(&page->begun);
    gzip_free(page->gzip);
    mem_free(page);
}

static int keep_eraser(void *context, int64_t index, int64_t event)
{
    struct entries_page *page = context;
    page->erasers[index - page->erasers_from] = event;
    return 0;
}

/* What erased this entry, by what was read ahead or else by a look ahead from there. -1: that can't be had. */
static int64_t find_eraser(struct entries_page *page, int64_t index)
{
    int64_t at = index - page->erasers_from;
    if (at >= 0 && at < ERASERS && page->erasers[at] >= 0)
        return page->erasers[at];
    page->erasers_from = index;
    for (size_t i = 0; i < ERASERS; i++)
        page->erasers[i] = -1;
    return store_erased_range(page->store, index, ERASERS, keep_eraser, page) == STORE_OK ? page->erasers[0] : -1;
}

/* Of an entry that was erased: what of it the tree still holds, and which event says so. */
static int put_erased_entry(struct entries_page *page, int64_t index)
{
    struct merkle_hash leaf;
    struct tiles_under under = {reader_tiles(page->service->reader), page->size};
    int64_t event = find_eraser(page, index);
    if (event < 0 || tiles_read(&under, 0, (uint64_t)index, &leaf) < 0) {
        page->unreadable = true;
        return -1;
    }
    buf_printf(page->out, "{\"index\":%lld,\"jws\":null,\"leaf\":\"", (long long)index);
    base64url_put(page->out, leaf.bytes, sizeof leaf.bytes);
    buf_printf(page->out, "\",\"erasedBy\":%lld}\n", (long long)event);
    page->next++;
    return 0;
}

/* Other than 0: one is missing, or the piece is long enough. */
static int put_entry(void *context, int64_t index, const char *jws, size_t len)
{
    struct entries_page *page = context;
    size_t enough = page->gzip ? PACKED_PIECE_BYTES : PIECE_BYTES;
    if ((uint64_t)index != page->next || page->out->len >= enough)
        return -1;
    if (len == 0)
        return put_erased_entry(page, index);
    buf_printf(page->out, "{\"index\":%llu,\"jws\":", (unsigned long long)page->next++);
    json_put_string(page->out, jws, len);
    buf_put_text(page->out, "}\n");
    return 0;
}

/* Puts entries as they are read. -1: the store can't give them. */
static int put_entries(struct entries_page *page, struct store *store)
{
    uint64_t from = page->next;
    page->store = store;
    enum store_result result = store_entry_range(store, (int64_t)from, (int64_t)(page->to - from), put_entry, page);
    bool stopped = result == STORE_FAILED && store_error(store)->kind == ERROR_NONE;
    if (page->unreadable)
        return -1;
    return (result == STORE_OK && page->next == page->to) || (stopped && page->next > from) ? 0 : -1;
}

/* Entries that go together, as they are. -1: they can't be given. */
static int put_plain_piece(struct entries_page *page, struct buf *out)
{
    struct store *store = reader_take(page->service->reader);
    page->out = out;
    int result = store ? put_entries(page, store) : -1;
    if (store)
        reader_give_back(page->service->reader);
    return result < 0 ? -1 : buf_check(out);
}

static int put_packed_piece(struct entries_page *page, struct buf *out)
{
    struct buf plain;
    buf_init(&plain, SIZE_MAX);
    int result = put_plain_piece(page, &plain);
    if (result == 0)
        gzip_put(page->gzip, plain.data, plain.len, page->next == page->to, out);
    buf_free(&plain);
    return result < 0 ? -1 : buf_check(out);
}

/* The next piece, as an http_chunk_fn. The handle is had for as long as a piece takes. */
static enum http_chunk put_piece(void *source, struct buf *out)
{
    struct entries_page *page = source;
    int result;
    if (page->begun.len > 0) {
        buf_put(out, page->begun.data, page->begun.len);
        buf_free(&page->begun);
        result = buf_check(out);
    } else {
        result = page->gzip ? put_packed_piece(page, out) : put_plain_piece(page, out);
    }
    if (result < 0)
        return HTTP_CHUNK_BROKEN;
    return page->next < page->to ? HTTP_CHUNK_MORE : HTTP_CHUNK_LAST;
}

/* Sets the answer from its first piece on; takes the page over. */
static void answer_page(struct http_exchange *x, struct entries_page *page, uint64_t limit)
{
    struct buf first;
    buf_init(&first, SIZE_MAX);
    enum http_chunk begun = page->next < page->to ? put_piece(page, &first) : HTTP_CHUNK_LAST;
    if (begun == HTTP_CHUNK_BROKEN) {
        buf_free(&first);
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
        free_page(page);
        return;
    }
    http_answer_header(x, "Vary", "Accept-Encoding");
    if (page->gzip)
        http_answer_header(x, "Content-Encoding", "gzip");
    if (page->to < page->size)
        api_link_next(x, "/v1/entries", page->to, limit);
    if (begun == HTTP_CHUNK_MORE) {
        page->begun = first;
        http_answer_stream(x, "application/x-ndjson", put_piece, page, free_page);
        return;
    }
    http_answer(x, 200, "application/x-ndjson", &first);
    free_page(page);
}

static struct api_troubles troubles = API_TROUBLES("entries");

/* Notes who is given these entries. -1: it can't be noted, and they are not to be given. */
static int note_page(struct service *service, const char *token, const struct entries_page *page)
{
    struct error error;
    uint64_t count = page->to - page->next;
    if (page->next >= page->to || access_log_note(service, token, (int64_t)count, &error, "entries from %llu",
                                                  (unsigned long long)page->next) == 0) {
        api_trouble_passed(&troubles);
        return 0;
    }
    api_trouble_met(&troubles, &error);
    return -1;
}

/* The page that is asked for, as far as the newest checkpoint covers it. NULL: no memory. */
static struct entries_page *open_page(struct service *service, uint64_t from, uint64_t limit)
{
    struct entries_page *page = mem_calloc(1, sizeof *page);
    if (!page)
        return NULL;
    uint64_t size = api_log_size(service);
    *page = (struct entries_page){.service = service, .size = size, .next = from, .to = from, .erasers_from = -ERASERS};
    if (from < size)
        page->to = limit < size - from ? from + limit : size;
    buf_init(&page->begun, SIZE_MAX);
    return page;
}

/* Where the request takes that and there is anything to compress. -1: no memory. */
static int pack_page(struct http_exchange *x, struct entries_page *page)
{
    if (page->next >= page->to || !negotiate_gzip(http_header(x, "Accept-Encoding")))
        return 0;
    page->gzip = http_charge(x, GZIP_BYTES) == 0 ? gzip_new() : NULL;
    return page->gzip ? 0 : -1;
}

static void give_entries(struct http_exchange *x, struct service *service, bool seen)
{
    uint64_t from, limit;
    (void)seen;
    struct access_token token;
    if (!api_is_allowed(x, service, TOKENS_OF_AUDITORS, &token))
        return;
    if (api_read_number(x, "from", 0, &from) < 0 || api_read_number(x, "limit", LIMIT_DEFAULT, &limit) < 0 ||
        limit < 1 || limit > LIMIT_MAX) {
        http_answer_problem(x, PROBLEM_BAD_REQUEST, "from must be an index and limit a number from 1 to 10000.", NULL);
        return;
    }
    struct entries_page *page = open_page(service, from, limit);
    if (!page || pack_page(x, page) < 0)
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
    else if (http_wants_body(x) && note_page(service, token.name, page) < 0)
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
    else {
        answer_page(x, page, limit);
        page = NULL;
    }
    free_page(page);
}

/* What goes beyond the newest checkpoint another collector may have shown. */
void api_entries_get(struct http_exchange *x, void *context)
{
    struct access_token token;
    uint64_t from, limit;
    if (!api_is_allowed(x, context, TOKENS_OF_AUDITORS, &token))
        return;
    if (api_read_number(x, "from", 0, &from) == 0 && api_read_number(x, "limit", LIMIT_DEFAULT, &limit) == 0 &&
        (from >= api_log_size(context) || limit > api_log_size(context) - from))
        api_look(x, context, give_entries);
    else
        give_entries(x, context, true);
}

/* STORE_ERASED: *event did it. STORE_OK: its text is there. */
static enum store_result read_state(struct store *store, int64_t index, int64_t *event)
{
    struct buf text;
    buf_init(&text, JWS_MAX);
    enum store_result result = store_entry_read(store, index, &text);
    buf_free(&text);
    if (result == STORE_ERASED && store_erased_by(store, index, event) != STORE_OK)
        result = STORE_FAILED;
    return result;
}

/* For anyone, and so in terms of what the newest checkpoint covers. */
static void answer_state(struct http_exchange *x, struct service *service, bool seen)
{
    uint64_t index;
    (void)seen;
    if (!api_covers_entry(x, service, &index)) {
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The log has no entry with this index.", NULL);
        return;
    }
    int64_t event;
    struct store *store = reader_take(service->reader);
    enum store_result state = store ? read_state(store, (int64_t)index, &event) : STORE_FAILED;
    if (store)
        reader_give_back(service->reader);
    if (state != STORE_OK && state != STORE_ERASED) {
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
        return;
    }
    struct buf body;
    buf_init(&body, SIZE_MAX);
    if (state == STORE_ERASED)
        buf_printf(&body, "{\"state\":\"erased\",\"erasedBy\":%lld}", (long long)event);
    else
        buf_put_text(&body, "{\"state\":\"kept\"}");
    http_answer(x, 200, "application/json", &body);
}

void api_entry_state_get(struct http_exchange *x, void *context)
{
    uint64_t index;
    if (api_covers_entry(x, context, &index))
        answer_state(x, context, true);
    else
        api_look(x, context, answer_state);
}
