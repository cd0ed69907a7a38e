/* GET /v1/rounds/{id}/summary, …/questions, …/options, …/comments (PROTOCOL 7, 8, 9). A table is made while it is sent,
 * an action at a time, from one moment of the store; its ETag is known before, from all that its bytes follow from: the
 * log's root, the panel as imported, and what was asked. */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/api/table_request.h"
#include "collector/http/fields.h"
#include "collector/http/gzip.h"
#include "collector/http/negotiate.h"
#include "collector/http/tag.h"
#include "collector/log/tree.h"
#include "collector/tables/sheet.h"
#include <stdio.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)16 * 1024) /* bytes after which a piece goes out */
#define LINK_MAX ((size_t)512)
#define SEND_SECONDS 600 /* a moment of the store is held no longer, so that its log of changes can be cleared */

static const char *const media_types[] = {"text/csv", "application/json"};
static const char *const content_types[] = {"text/csv; charset=utf-8; header=present", "application/json"};
enum form { FORM_CSV, FORM_JSON };

/* A table on its way, from one moment of the store. */
struct table_stream {
    struct snapshots *snapshots;
    struct store *store;
    struct catalogue *catalogue;
    size_t round;
    struct table_request request;
    enum form form;
    struct sheet *sheet;
    bool compressed;
    struct gzip *gzip; /* NULL: not yet, or it goes as it is */
    struct buf plain; /* what is still to be compressed */
    int64_t until; /* on the monotonic clock */
};

static void release_stream(void *source)
{
    struct table_stream *stream = source;
    sheet_free(stream->sheet);
    gzip_free(stream->gzip);
    buf_free(&stream->plain);
    catalogue_release(stream->catalogue);
    if (stream->store)
        snapshots_give_back(stream->snapshots, stream->store);
    mem_free(stream);
}

/* NULL: JSON. */
static const struct csv_format *stream_format(const struct table_stream *stream)
{
    if (stream->form == FORM_JSON)
        return NULL;
    return stream->request.profile ? stream->request.profile : &csv_rfc4180;
}

/* Sending. */

static enum http_chunk next_chunk(void *source, struct buf *out)
{
    struct table_stream *stream = source;
    struct buf *plain = stream->gzip ? &stream->plain : out;
    enum store_result result = STORE_OK;
    struct error error = {0};
    if (clock_monotonic_us() > stream->until) {
        log_warning("tables: a receiver took longer than %d s", SEND_SECONDS);
        return HTTP_CHUNK_BROKEN;
    }
    while (result == STORE_OK && plain->len < CHUNK_BYTES && buf_check(plain) == 0)
        result = sheet_put_next(stream->sheet, plain, &error);
    if (result == STORE_FAILED || buf_check(plain) < 0) {
        log_error("tables: %s broke off: %s", table_name(stream->request.table),
                  result == STORE_FAILED ? error.text : "out of memory");
        return HTTP_CHUNK_BROKEN;
    }
    if (stream->gzip) {
        gzip_put(stream->gzip, plain->data, plain->len, result == STORE_NONE, out);
        buf_reset(plain);
    }
    return result == STORE_NONE ? HTTP_CHUNK_LAST : HTTP_CHUNK_MORE;
}

/* What the answer says of itself. */

/* Mixes more bytes into a hash. */
static void hash_mix(uint8_t hash[static SHA256_BYTES], const void *bytes, size_t len)
{
    uint8_t both[2 * SHA256_BYTES];
    memcpy(both, hash, SHA256_BYTES);
    crypto_sha256(bytes, len, both + SHA256_BYTES);
    crypto_sha256(both, sizeof both, hash);
}

static void hash_mix_actions(uint8_t hash[static SHA256_BYTES], const struct action_list *actions)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    for (size_t i = 0; i < actions->count; i++) {
        buf_reset(&text);
        action_put_json(&text, &actions->list[i]);
        hash_mix(hash, buf_text(&text), text.len);
    }
    buf_free(&text);
}

/* The log that the stream's snapshot sees: mostly the one signed last, whose root is known. */
static int read_head(struct service *service, const struct table_stream *stream, struct merkle_head *out,
                     struct error *error)
{
    int64_t size;
    if (store_entry_count(stream->store, &size) != STORE_OK)
        return store_fail(stream->store, error);
    struct proofs *proofs = proofs_now(service->shared.proofs);
    bool same = proofs->head.size == (uint64_t)size;
    if (same)
        *out = proofs->head;
    proofs_release(proofs);
    return same ? 0 : tree_head(stream->store, out, error);
}

/* -1: the log can't be read, as *error says. */
static int make_tag(struct service *service, const struct table_stream *stream, char tag[static TAG_SIZE],
                    struct error *error)
{
    const struct catalogue *catalogue = stream->catalogue;
    const struct table_request *request = &stream->request;
    const struct csv_format *format = stream_format(stream);
    uint8_t hash[SHA256_BYTES] = {0};
    char text[256];
    struct merkle_head head;
    if (read_head(service, stream, &head, error) < 0)
        return -1;
    int len = snprintf(text, sizeof text, "%s %s %s %s %d %llu", BURGERPANEL_VERSION,
                       catalogue->panel->rounds[stream->round].id, table_name(request->table),
                       format ? format->name : "json", request->exact, (unsigned long long)head.size);
    hash_mix(hash, text, (size_t)len);
    hash_mix(hash, head.root.bytes, sizeof head.root.bytes);
    hash_mix(hash, buf_text(&catalogue->definition), catalogue->definition.len);
    hash_mix_actions(hash, catalogue->actions);
    tag_of_hash(hash, stream->compressed, tag);
    return 0;
}

/* wau-round-1-summary-exact.csv: what is exact, and so not for publication, says so in its name. */
static void answer_name(struct http_exchange *x, const struct table_stream *stream)
{
    const struct panel *panel = stream->catalogue->panel;
    const struct table_request *request = &stream->request;
    char text[256];
    snprintf(text, sizeof text, "attachment; filename=\"%s-%s-%s%s%s.%s\"", panel->id, panel->rounds[stream->round].id,
             table_name(request->table), request->exact ? "-exact" : "",
             stream_format(stream) == &csv_excel_nl ? "-excel-nl" : "", stream->form == FORM_CSV ? "csv" : "json");
    http_answer_header_copy(x, "Content-Disposition", text);
}

/* What describes the table, whichever form it is sent in (RFC 8288; CSV on the Web §5.2). */
static void answer_link(struct http_exchange *x, const struct table_stream *stream)
{
    const struct table_request *request = &stream->request;
    struct buf text;
    buf_init(&text, LINK_MAX);
    buf_printf(&text, "</v1/rounds/%s/%s/metadata", stream->catalogue->panel->rounds[stream->round].id,
               table_name(request->table));
    table_request_put_query(&text, request);
    buf_put_text(&text, ">; rel=\"describedby\"; type=\"application/csvm+json\"");
    http_answer_header_copy(x, "Link", buf_text(&text));
    buf_free(&text);
}

/* Sets the answer; takes the stream over. */
static void answer_stream(struct http_exchange *x, struct table_stream *stream, const char *tag)
{
    answer_link(x, stream);
    if (field_has_tag(http_header(x, "If-None-Match"), tag)) {
        http_answer(x, 304, NULL, NULL);
        release_stream(stream);
    } else {
        answer_name(x, stream);
        if (stream->gzip)
            http_answer_header(x, "Content-Encoding", "gzip");
        http_answer_stream(x, content_types[stream->form], next_chunk, stream, release_stream);
    }
    http_answer_header_copy(x, "ETag", tag);
    http_answer_header(x, "Vary", "Accept, Accept-Encoding, Authorization");
    http_answer_header(x, "Cache-Control", "private, no-cache");
}

/* What is asked. */

/* false: the answer has been set. */
static bool negotiate_form(struct http_exchange *x, const struct table_request *request, enum form *out)
{
    int form = negotiate_media_type(http_header(x, "Accept"), media_types, sizeof media_types / sizeof *media_types);
    if (form < 0)
        http_answer_problem(x, PROBLEM_NOT_ACCEPTABLE, "This table can be had as text/csv or application/json.", NULL);
    else if (form == FORM_JSON && request->profile)
        http_answer_problem(x, PROBLEM_BAD_REQUEST, "profile is of text/csv alone.", NULL);
    else {
        *out = (enum form)form;
        return true;
    }
    return false;
}

/* The walk. */

static void answer_unavailable(struct http_exchange *x, const char *why)
{
    log_error("tables: %s", why);
    http_answer_problem(x, PROBLEM_UNAVAILABLE, "The table can't be made at the moment; ask again later.", NULL);
}

/* Takes a snapshot of the store, and what its administrators had set by then. NULL: the answer has been set. */
static struct table_stream *take_snapshot(struct http_exchange *x, struct service *service,
                                          const struct table_request *request)
{
    struct error error;
    error_no_memory(&error);
    struct table_stream *stream = mem_calloc(1, sizeof *stream);
    if (stream) {
        *stream = (struct table_stream){.snapshots = service->snapshots, .request = *request};
        buf_init(&stream->plain, SIZE_MAX);
        stream->until = clock_monotonic_us() + SEND_SECONDS * INT64_C(1000000);
        stream->store = snapshots_take(service->snapshots, &error);
        stream->catalogue = stream->store ? catalogue_load(stream->store, &error) : NULL;
        if (stream->catalogue)
            return stream;
        release_stream(stream);
    }
    answer_unavailable(x, error.text);
    return NULL;
}

/* What makes the bytes. -1: *error. */
static int open_sheet(struct table_stream *stream, struct error *error)
{
    const struct sheet_source source = {.store = stream->store,
                                        .catalogue = stream->catalogue,
                                        .round = stream->round,
                                        .table = stream->request.table,
                                        .exact = stream->request.exact,
                                        .format = stream_format(stream)};
    stream->sheet = sheet_new(&source, error);
    if (!stream->sheet)
        return -1;
    if (!stream->compressed || (stream->gzip = gzip_new()) != NULL)
        return 0;
    return error_no_memory(error);
}

static void answer_table(struct http_exchange *x, struct service *service, enum table table)
{
    struct table_request request;
    enum form form;
    char tag[TAG_SIZE];
    struct error error = {0};
    if (!table_request_read(x, service, table, &request) || !negotiate_form(x, &request, &form))
        return;
    struct table_stream *stream = take_snapshot(x, service, &request);
    if (!stream)
        return;
    int round = panel_find_round(stream->catalogue->panel, http_parameter(x));
    if (round < 0) {
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The panel has no round with this id.", NULL);
        release_stream(stream);
        return;
    }
    stream->round = (size_t)round;
    stream->form = form;
    stream->compressed = negotiate_gzip(http_header(x, "Accept-Encoding"));
    if (make_tag(service, stream, tag, &error) == 0 &&
        (field_has_tag(http_header(x, "If-None-Match"), tag) || open_sheet(stream, &error) == 0)) {
        answer_stream(x, stream, tag);
        return;
    }
    answer_unavailable(x, error.text);
    release_stream(stream);
}

void api_summary_get(struct http_exchange *x, void *context)
{
    answer_table(x, context, TABLE_SUMMARY);
}

void api_questions_get(struct http_exchange *x, void *context)
{
    answer_table(x, context, TABLE_QUESTIONS);
}

void api_options_get(struct http_exchange *x, void *context)
{
    answer_table(x, context, TABLE_OPTIONS);
}

void api_comments_get(struct http_exchange *x, void *context)
{
    answer_table(x, context, TABLE_COMMENTS);
}
