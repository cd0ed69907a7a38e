/* GET /v1/rounds/{id}/summary, …/questions, …/options, …/comments (PROTOCOL 7, 8, 9): of a release, for anyone; exact,
 * or comments, for who has the right. A table is made from one moment of the store on a thread for that, into a file,
 * and sent from there; its ETag is known before, from all that its bytes follow from: what was asked, and the release's
 * event, or the log's root and the panel as imported. */
#include "base/lang.h"
#include "base/mem.h"
#include "collector/api/access_log.h"
#include "collector/api/made.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/api/table_request.h"
#include "collector/api/troubles.h"
#include "collector/http/fields.h"
#include "collector/http/gzip.h"
#include "collector/http/negotiate.h"
#include "collector/http/tag.h"
#include "collector/log/tree.h"
#include "collector/release/released.h"
#include "collector/tables/sheet.h"
#include <stdio.h>
#include <string.h>

#define LINK_MAX (TABLE_QUERY_MAX + 512)

static const char *const media_types[] = {"text/csv", "application/json"};
static const char *const content_types[] = {"text/csv; charset=utf-8; header=present", "application/json"};
enum form { FORM_CSV, FORM_JSON };

/* A table on its way. */
struct table_making {
    struct made made;
    struct catalogue *catalogue;
    size_t round;
    struct table_request request;
    struct store_release release; /* where it is released */
    enum form form;
    bool compressed;
    char tag[TAG_SIZE];
    uint64_t rows; /* in the file */
};

static void release_making(void *attachment)
{
    struct table_making *making = attachment;
    catalogue_release(making->catalogue);
    made_wipe(&making->made);
    mem_free(making);
}

/* NULL: JSON. */
static const struct csv_format *making_format(const struct table_making *making)
{
    if (making->form == FORM_JSON)
        return NULL;
    return making->request.profile ? making->request.profile : &csv_rfc4180;
}

/* Making. */

/* Where the bytes come from: one of the two. */
struct table_bytes {
    struct sheet *sheet; /* as the log is now */
    struct released *released; /* as it was released */
};

static enum store_result put_next_bytes(const struct table_bytes *bytes, struct buf *out, struct error *error)
{
    return bytes->sheet ? sheet_put_next(bytes->sheet, out, error) : released_put_next(bytes->released, out, error);
}

/* Puts the table into the file, a chunk at a time; `gzip` NULL: as it is. */
static int write_bytes(struct table_making *making, const struct table_bytes *bytes, struct gzip *gzip)
{
    enum store_result result = STORE_OK;
    struct buf plain, packed;
    int written = 0;
    buf_init(&plain, SIZE_MAX);
    buf_init(&packed, SIZE_MAX);
    while (result == STORE_OK && written == 0) {
        buf_reset(&plain);
        buf_reset(&packed);
        while (result == STORE_OK && plain.len < MADE_CHUNK && buf_check(&plain) == 0)
            result = put_next_bytes(bytes, &plain, &making->made.error);
        if (gzip && buf_check(&plain) == 0)
            gzip_put(gzip, plain.data, plain.len, result == STORE_NONE, &packed);
        if (result != STORE_FAILED)
            written = made_append(&making->made, gzip && buf_check(&plain) == 0 ? &packed : &plain);
    }
    buf_free(&plain);
    buf_free(&packed);
    return result == STORE_NONE ? written : -1;
}

static int open_bytes(struct table_making *making, struct table_bytes *out)
{
    const struct table_request *request = &making->request;
    if (table_request_is_released(request)) {
        const struct released_source source = {.store = making->made.store,
                                               .catalogue = making->catalogue,
                                               .round = making->round,
                                               .release = &making->release,
                                               .table = request->table,
                                               .format = making_format(making),
                                               .actions = &request->actions};
        out->released = released_new(&source, &making->made.error);
    } else {
        const struct sheet_source source = {.store = making->made.store,
                                            .catalogue = making->catalogue,
                                            .round = making->round,
                                            .table = request->table,
                                            .format = making_format(making),
                                            .actions = &request->actions};
        out->sheet = sheet_new(&source, &making->made.error);
    }
    return out->sheet || out->released ? 0 : -1;
}

static int write_table(struct table_making *making)
{
    struct table_bytes bytes = {NULL, NULL};
    if (made_open_file(&making->made) < 0)
        return -1;
    int result = open_bytes(making, &bytes);
    struct gzip *gzip = result == 0 && making->compressed ? gzip_new() : NULL;
    if (result == 0)
        result = making->compressed && !gzip ? error_no_memory(&making->made.error) : write_bytes(making, &bytes, gzip);
    if (result == 0 && bytes.sheet)
        making->rows = sheet_rows(bytes.sheet);
    gzip_free(gzip);
    sheet_free(bytes.sheet);
    released_free(bytes.released);
    return result;
}

/* What is not published is given to nobody unless it is noted to whom. */
static int note_access(struct table_making *making)
{
    const struct table_request *request = &making->request;
    const char *round = making->catalogue->panel->rounds[making->round].id;
    int64_t rows = (int64_t)making->rows;
    if (request->table == TABLE_COMMENTS)
        return access_log_note(making->made.service, request->token, rows, &making->made.error, "comments of %s",
                               round);
    if (!request->exact)
        return 0;
    return access_log_note(making->made.service, request->token, rows, &making->made.error, "exact %s of %s",
                           table_name(request->table), round);
}

static int make_table(struct made *made)
{
    struct table_making *making = (struct table_making *)((char *)made - offsetof(struct table_making, made));
    if (write_table(making) < 0)
        return -1;
    made_let_go(made);
    return note_access(making);
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

/* The log that the making's snapshot sees: mostly the one signed last, whose root is known. */
static int read_head(struct service *service, const struct table_making *making, struct merkle_head *out,
                     struct error *error)
{
    int64_t size;
    if (store_entry_count(making->made.store, &size) != STORE_OK)
        return store_fail(making->made.store, error);
    struct proofs *proofs = proofs_now(service->shared.proofs);
    bool same = proofs->head.size == (uint64_t)size;
    if (same)
        *out = proofs->head;
    proofs_release(proofs);
    return same ? 0 : tree_head(making->made.store, out, error);
}

/* What a live table follows from. -1: the log can't be read, as *error says. */
static int mix_live(uint8_t hash[static SHA256_BYTES], struct service *service, const struct table_making *making,
                    struct error *error)
{
    const struct catalogue *catalogue = making->catalogue;
    struct merkle_head head = {0};
    if (read_head(service, making, &head, error) < 0)
        return -1;
    hash_mix(hash, &head.size, sizeof head.size);
    hash_mix(hash, head.root.bytes, sizeof head.root.bytes);
    hash_mix(hash, buf_text(&catalogue->definition), catalogue->definition.len);
    hash_mix_actions(hash, catalogue->actions);
    return 0;
}

/* -1: *error. */
static int make_tag(struct service *service, struct table_making *making, struct error *error)
{
    const struct table_request *request = &making->request;
    const struct csv_format *format = making_format(making);
    uint8_t hash[SHA256_BYTES] = {0};
    char text[256];
    int len = snprintf(text, sizeof text, "%s %s %s %s %d", BURGERPANEL_VERSION,
                       making->catalogue->panel->rounds[making->round].id, table_name(request->table),
                       format ? format->name : "json", request->exact);
    hash_mix(hash, text, (size_t)len);
    hash_mix(hash, request->actions.ids, strlen(request->actions.ids));
    if (table_request_is_released(request))
        hash_mix(hash, &making->release.index, sizeof making->release.index);
    else if (mix_live(hash, service, making, error) < 0)
        return -1;
    tag_of_hash(hash, making->compressed, making->tag);
    return 0;
}

/* wau-round-1-summary-release-2.csv, or -exact.csv: what is not for publication says so in its name. */
static void answer_name(struct http_exchange *x, const struct table_making *making)
{
    const struct panel *panel = making->catalogue->panel;
    const struct table_request *request = &making->request;
    char text[256], kind[40] = "";
    if (table_request_is_released(request))
        snprintf(kind, sizeof kind, "-release-%lld", (long long)making->release.number);
    snprintf(text, sizeof text, "attachment; filename=\"%s-%s-%s%s%s.%s\"", panel->id, panel->rounds[making->round].id,
             table_name(request->table), request->exact ? "-exact" : kind,
             making_format(making) == &csv_excel_nl ? "-excel-nl" : "", making->form == FORM_CSV ? "csv" : "json");
    http_answer_header_copy(x, "Content-Disposition", text);
}

/* What describes the table, whichever form it is sent in (RFC 8288; CSV on the Web §5.2). */
static void answer_link(struct http_exchange *x, const struct table_making *making)
{
    const struct table_request *request = &making->request;
    struct buf text;
    buf_init(&text, LINK_MAX);
    buf_printf(&text, "</v1/rounds/%s/%s/metadata", making->catalogue->panel->rounds[making->round].id,
               table_name(request->table));
    table_request_put_query(&text, request);
    buf_put_text(&text, ">; rel=\"describedby\"; type=\"application/csvm+json\"");
    http_answer_header_copy(x, "Link", buf_text(&text));
    buf_free(&text);
}

static struct api_troubles troubles = API_TROUBLES("tables");

static void answer_unavailable(struct http_exchange *x, const struct error *why)
{
    api_trouble_met(&troubles, why);
    http_answer_problem(x, PROBLEM_UNAVAILABLE, "The table can't be made at the moment; ask again later.", NULL);
}

/* What the table's answer bears, also where it only says that the table is as it was. */
static void answer_headers(struct http_exchange *x, const struct table_making *making)
{
    answer_link(x, making);
    http_answer_header_copy(x, "ETag", making->tag);
    bool released = table_request_is_released(&making->request);
    http_answer_header(x, "Vary", released ? "Accept, Accept-Encoding" : "Accept, Accept-Encoding, Authorization");
    http_answer_header(x, "Cache-Control", released ? "no-cache" : "private, no-cache");
}

/* And what it bears where it has the table, or of HEAD would have it. */
static void answer_content_headers(struct http_exchange *x, const struct table_making *making)
{
    answer_name(x, making);
    answer_headers(x, making);
    if (making->compressed)
        http_answer_header(x, "Content-Encoding", "gzip");
}

static void answer_made_table(struct http_exchange *x, void *context)
{
    (void)context;
    struct table_making *making = http_attachment(x);
    if (making->made.error.kind != ERROR_NONE) {
        answer_unavailable(x, &making->made.error);
        return;
    }
    api_trouble_passed(&troubles);
    made_answer(&making->made, content_types[making->form]);
    answer_content_headers(x, making);
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

/* Takes a snapshot of the store, and what its administrators had set by then. NULL: the answer has been set. */
static struct table_making *take_snapshot(struct http_exchange *x, struct service *service,
                                          const struct table_request *request)
{
    struct error error;
    error_no_memory(&error);
    struct table_making *making = mem_calloc(1, sizeof *making);
    if (!making) {
        answer_unavailable(x, &error);
        return NULL;
    }
    making->request = *request;
    made_init(&making->made, x, service, make_table);
    http_attach(x, making, release_making);
    if (made_take_moment(&making->made, service->walks) == 0)
        making->catalogue = catalogue_load(making->made.store, &making->made.error);
    if (making->catalogue)
        return making;
    answer_unavailable(x, &making->made.error);
    return NULL;
}

/* true: the table is being made; false: the answer has been set. */
static bool answer_by_tag(struct http_exchange *x, struct table_making *making)
{
    if (field_has_tag(http_header(x, "If-None-Match"), making->tag)) {
        http_answer(x, 304, NULL, NULL);
        answer_headers(x, making);
        return false;
    }
    if (!http_wants_body(x)) {
        http_answer_unmade(x, content_types[making->form], HTTP_LENGTH_UNKNOWN);
        answer_content_headers(x, making);
        return false;
    }
    made_begin(&making->made, answer_made_table);
    return true;
}

/* Finds the round, and the release where one is asked for. false: the answer has been set. */
static bool find_round_and_release(struct http_exchange *x, struct table_making *making)
{
    const struct catalogue *catalogue = making->catalogue;
    int round = panel_find_round(catalogue->panel, http_parameter(x));
    if (round < 0) {
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The panel has no round with this id.", NULL);
        return false;
    }
    making->round = (size_t)round;
    if (!table_request_is_released(&making->request))
        return true;
    switch (
        released_find(making->made.store, catalogue->round_numbers[round], making->request.release, &making->release)) {
    case STORE_OK:
        return true;
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        http_answer_problem(x, PROBLEM_NO_RELEASE, problem_detail(PROBLEM_NO_RELEASE), NULL);
        return false;
    case STORE_FAILED:
        break;
    }
    answer_unavailable(x, store_error(making->made.store));
    return false;
}

/* true: the table is being made; false: the answer has been set. */
static bool begin_table(struct http_exchange *x, struct service *service, struct table_making *making)
{
    struct error error = {0};
    if (!find_round_and_release(x, making))
        return false;
    making->compressed = negotiate_gzip(http_header(x, "Accept-Encoding"));
    if (make_tag(service, making, &error) == 0)
        return answer_by_tag(x, making);
    answer_unavailable(x, &error);
    return false;
}

static void get_table(struct http_exchange *x, struct service *service, enum table table)
{
    struct table_request request;
    enum form form;
    if (!table_request_read(x, service, table, &request) || !negotiate_form(x, &request, &form))
        return;
    struct table_making *making = take_snapshot(x, service, &request);
    if (!making)
        return;
    making->form = form;
    if (!begin_table(x, service, making))
        made_let_go(&making->made);
}

void api_summary_get(struct http_exchange *x, void *context)
{
    get_table(x, context, TABLE_SUMMARY);
}

void api_questions_get(struct http_exchange *x, void *context)
{
    get_table(x, context, TABLE_QUESTIONS);
}

void api_options_get(struct http_exchange *x, void *context)
{
    get_table(x, context, TABLE_OPTIONS);
}

void api_comments_get(struct http_exchange *x, void *context)
{
    get_table(x, context, TABLE_COMMENTS);
}
