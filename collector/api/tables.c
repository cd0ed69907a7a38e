/* GET /v1/rounds/{id}/summary, …/questions, …/options, …/comments (PROTOCOL 7, 8, 9). A table is made while it is sent,
 * an action at a time, from one moment of the store; its ETag is known before, from all that its bytes follow from: the
 * log's root, the panel as imported, and what was asked. */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/api/api.h"
#include "collector/http/gzip.h"
#include "collector/http/negotiate.h"
#include "collector/log/tree.h"
#include "collector/tables/sheet.h"
#include "crypto/base64url.h"
#include <stdio.h>
#include <string.h>

#define PIECE ((size_t)16 * 1024) /* bytes after which a piece goes out */
#define SEND_SECONDS 600 /* a moment of the store is held no longer, so that its log of changes can be cleared */
#define TAG_SIZE (BASE64URL_LENGTH(16) + sizeof "\"-gzip\"")

static const char *const media_types[] = {"text/csv", "application/json"};
static const char *const content_types[] = {"text/csv; charset=utf-8; header=present", "application/json"};
enum form { FORM_CSV, FORM_JSON };

/* What was asked for. */
struct wish {
    enum table table;
    enum form form;
    const struct csv_format *format; /* NULL: JSON */
    bool exact, gzip;
};

/* A table on its way. */
struct parcel {
    struct snapshots *snapshots;
    struct store *store;
    struct catalogue *catalogue;
    size_t round;
    struct wish wish;
    struct sheet *sheet;
    struct gzip *gzip; /* NULL: it goes as it is */
    struct buf plain; /* what is still to be compressed */
    int64_t until; /* on the monotonic clock */
};

static void release_parcel(void *source)
{
    struct parcel *parcel = source;
    sheet_free(parcel->sheet);
    gzip_free(parcel->gzip);
    buf_free(&parcel->plain);
    catalogue_release(parcel->catalogue);
    if (parcel->store)
        snapshots_give_back(parcel->snapshots, parcel->store);
    mem_free(parcel);
}

/* Sending. */

static enum http_chunk next_piece(void *source, struct buf *out)
{
    struct parcel *parcel = source;
    struct buf *plain = parcel->gzip ? &parcel->plain : out;
    enum store_result result = STORE_OK;
    struct error error = {0};
    if (clock_monotonic_us() > parcel->until) {
        log_warning("tables: a receiver took longer than %d s", SEND_SECONDS);
        return HTTP_CHUNK_BROKEN;
    }
    while (result == STORE_OK && plain->len < PIECE && buf_check(plain) == 0)
        result = sheet_put_next(parcel->sheet, plain, &error);
    if (result == STORE_FAILED || buf_check(plain)) {
        log_error("tables: %s broke off: %s", table_name(parcel->wish.table),
                  result == STORE_FAILED ? error.text : "out of memory");
        return HTTP_CHUNK_BROKEN;
    }
    if (parcel->gzip) {
        gzip_put(parcel->gzip, plain->data, plain->len, result == STORE_NONE, out);
        buf_reset(plain);
    }
    return result == STORE_NONE ? HTTP_CHUNK_LAST : HTTP_CHUNK_MORE;
}

/* What the answer says of itself. */

/* Mixes more bytes into a hash. */
static void stir(uint8_t hash[static SHA256_BYTES], const void *bytes, size_t len)
{
    uint8_t both[2 * SHA256_BYTES];
    memcpy(both, hash, SHA256_BYTES);
    crypto_sha256(bytes, len, both + SHA256_BYTES);
    crypto_sha256(both, sizeof both, hash);
}

static void stir_actions(uint8_t hash[static SHA256_BYTES], const struct action_list *actions)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    for (size_t i = 0; i < actions->count; i++) {
        buf_reset(&text);
        action_put_json(&text, &actions->list[i]);
        stir(hash, buf_text(&text), text.len);
    }
    buf_free(&text);
}

/* The log that the parcel's moment sees: mostly the one signed last, whose root is known. */
static enum store_result read_head(struct service *service, const struct parcel *parcel, struct merkle_head *out)
{
    int64_t size;
    if (store_entry_count(parcel->store, &size) != STORE_OK)
        return STORE_FAILED;
    struct proofs *proofs = proofs_now(service->around.proofs);
    bool same = proofs->head.size == (uint64_t)size;
    if (same)
        *out = proofs->head;
    proofs_release(proofs);
    return same ? STORE_OK : tree_head(parcel->store, out);
}

/* -1: the log can't be read, as *error says. */
static int make_tag(struct service *service, const struct parcel *parcel, char tag[static TAG_SIZE],
                    struct error *error)
{
    const struct catalogue *catalogue = parcel->catalogue;
    const struct wish *wish = &parcel->wish;
    uint8_t hash[SHA256_BYTES] = {0};
    char text[256], encoded[BASE64URL_LENGTH(16) + 1];
    struct merkle_head head;
    if (read_head(service, parcel, &head) != STORE_OK)
        return error_set(error, ERROR_IO, "%s", store_error(parcel->store));
    int len = snprintf(text, sizeof text, "%s %s %s %s %d %llu", BURGERPANEL_VERSION,
                       catalogue->panel->rounds[parcel->round].id, table_name(wish->table),
                       wish->format ? wish->format->name : "json", wish->exact, (unsigned long long)head.size);
    stir(hash, text, (size_t)len);
    stir(hash, head.root.bytes, sizeof head.root.bytes);
    stir(hash, buf_text(&catalogue->definition), catalogue->definition.len);
    stir_actions(hash, catalogue->actions);
    base64url_encode(hash, 16, encoded);
    snprintf(tag, TAG_SIZE, "\"%s%s\"", encoded, wish->gzip ? "-gzip" : "");
    return 0;
}

/* wau-round-1-summary-exact.csv: what is exact, and so not for publication, says so in its name. */
static void answer_name(struct http_exchange *x, const struct parcel *parcel)
{
    const struct panel *panel = parcel->catalogue->panel;
    const struct wish *wish = &parcel->wish;
    char text[256];
    snprintf(text, sizeof text, "attachment; filename=\"%s-%s-%s%s%s.%s\"", panel->id, panel->rounds[parcel->round].id,
             table_name(wish->table), wish->exact ? "-exact" : "", wish->format == &csv_excel_nl ? "-excel-nl" : "",
             wish->form == FORM_CSV ? "csv" : "json");
    http_answer_header(x, "Content-Disposition", http_keep(x, text));
}

/* Sets the answer; takes the parcel over. */
static void answer(struct http_exchange *x, struct parcel *parcel, const char *tag)
{
    bool gzip = parcel->gzip != NULL;
    if (api_has_tag(x, tag)) {
        http_answer(x, 304, NULL, NULL);
        release_parcel(parcel);
    } else {
        answer_name(x, parcel);
        http_answer_header(x, "Content-Encoding", gzip ? "gzip" : NULL);
        http_answer_pieces(x, content_types[parcel->wish.form], next_piece, parcel, release_parcel);
    }
    http_answer_header(x, "ETag", http_keep(x, tag));
    http_answer_header(x, "Vary", "Accept, Accept-Encoding, Authorization");
    http_answer_header(x, "Cache-Control", "private, no-cache");
}

/* What is asked. */

static int read_exact(const struct http_exchange *x, bool *out)
{
    const char *text = http_query(x, "exact");
    if (text && strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return -1;
    *out = text && strcmp(text, "true") == 0;
    return 0;
}

static int read_profile(const struct http_exchange *x, struct wish *wish)
{
    const char *text = http_query(x, "profile");
    if (wish->form == FORM_JSON)
        return !text ? 0 : -1;
    wish->format = text && strcmp(text, "excelNl") == 0 ? &csv_excel_nl : &csv_rfc4180;
    return !text || wish->format == &csv_excel_nl || strcmp(text, "rfc4180") == 0 ? 0 : -1;
}

/* false: the answer has been set. */
static bool read_wish(struct http_exchange *x, struct wish *wish)
{
    int form = negotiate_media_type(http_header(x, "Accept"), media_types, sizeof media_types / sizeof *media_types);
    if (form < 0) {
        http_problem(x, PROBLEM_NOT_ACCEPTABLE, "This table can be had as text/csv or application/json.", NULL);
        return false;
    }
    wish->form = (enum form)form;
    wish->gzip = negotiate_gzip(http_header(x, "Accept-Encoding"));
    if (read_profile(x, wish) == 0 && read_exact(x, &wish->exact) == 0)
        return true;
    http_problem(x, PROBLEM_BAD_REQUEST, "profile is rfc4180 or excelNl, of text/csv alone; exact is true or false.",
                 NULL);
    return false;
}

static bool may_ask(struct http_exchange *x, struct service *service, struct wish *wish)
{
    unsigned team = 1u << TOKEN_TEAM;
    bool exact = false;
    if (!api_is_allowed(x, service, wish->table == TABLE_COMMENTS ? team : team | 1u << TOKEN_ANALYST, &exact) ||
        !read_wish(x, wish))
        return false;
    if (!wish->exact || exact)
        return true;
    log_info("access: refused, exact figures");
    http_problem(x, PROBLEM_FORBIDDEN, "The access token does not give the right to exact figures.", NULL);
    http_answer_header(x, "WWW-Authenticate", "Bearer realm=\"burgerpanel\", error=\"insufficient_scope\"");
    return false;
}

/* The walk. */

static void answer_unavailable(struct http_exchange *x, const char *why)
{
    log_error("tables: %s", why);
    http_problem(x, PROBLEM_UNAVAILABLE, "The table can't be made at the moment; ask again later.", NULL);
}

/* Takes the store's moment, and what its administrators had set by then. NULL: the answer has been set. */
static struct parcel *take_moment(struct http_exchange *x, struct service *service, const struct wish *wish)
{
    char error[STORE_ERROR_SIZE] = "out of memory";
    struct parcel *parcel = mem_calloc(1, sizeof *parcel);
    if (parcel) {
        *parcel = (struct parcel){.snapshots = service->snapshots, .wish = *wish};
        buf_init(&parcel->plain, SIZE_MAX);
        parcel->until = clock_monotonic_us() + SEND_SECONDS * INT64_C(1000000);
        parcel->store = snapshots_take(service->snapshots, error);
        parcel->catalogue = parcel->store ? catalogue_load(parcel->store) : NULL;
        if (parcel->catalogue)
            return parcel;
        if (parcel->store)
            snprintf(error, sizeof error, "%s", store_error(parcel->store));
        release_parcel(parcel);
    }
    answer_unavailable(x, error);
    return NULL;
}

/* What makes the bytes. -1: *error. */
static int open_sheet(struct parcel *parcel, struct error *error)
{
    const struct sheet_source source = {.store = parcel->store,
                                        .catalogue = parcel->catalogue,
                                        .round = parcel->round,
                                        .table = parcel->wish.table,
                                        .exact = parcel->wish.exact,
                                        .format = parcel->wish.format};
    parcel->sheet = sheet_new(&source, error);
    if (!parcel->sheet)
        return -1;
    if (!parcel->wish.gzip || (parcel->gzip = gzip_new()) != NULL)
        return 0;
    return error_no_memory(error);
}

static void get(struct http_exchange *x, struct service *service, enum table table)
{
    struct wish wish = {.table = table};
    char tag[TAG_SIZE];
    struct error error = {0};
    if (!may_ask(x, service, &wish))
        return;
    struct parcel *parcel = take_moment(x, service, &wish);
    if (!parcel)
        return;
    int round = panel_find_round(parcel->catalogue->panel, http_parameter(x));
    if (round < 0) {
        http_problem(x, PROBLEM_NOT_FOUND, "The panel has no round with this id.", NULL);
        release_parcel(parcel);
        return;
    }
    parcel->round = (size_t)round;
    if (make_tag(service, parcel, tag, &error) == 0 && (api_has_tag(x, tag) || open_sheet(parcel, &error) == 0)) {
        answer(x, parcel, tag);
        return;
    }
    answer_unavailable(x, error.text);
    release_parcel(parcel);
}

void api_summary_get(struct http_exchange *x, void *context)
{
    get(x, context, TABLE_SUMMARY);
}

void api_questions_get(struct http_exchange *x, void *context)
{
    get(x, context, TABLE_QUESTIONS);
}

void api_options_get(struct http_exchange *x, void *context)
{
    get(x, context, TABLE_OPTIONS);
}

void api_comments_get(struct http_exchange *x, void *context)
{
    get(x, context, TABLE_COMMENTS);
}
