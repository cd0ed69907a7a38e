/* GET /v1/trends and /v1/trends/metadata: what the newest releases of all rounds tell of each scale, for anyone
 * (PROTOCOL 7, 9). Kept in memory until there is another release. */
#include "base/number.h"
#include "collector/api/kept.h"
#include "collector/api/long.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/http/negotiate.h"
#include "collector/release/newest.h"
#include "collector/tables/csvw.h"
#include <stdio.h>
#include <string.h>

static const char *const media_types[] = {"text/csv", "application/json"};
static const char *const content_types[] = {"text/csv; charset=utf-8; header=present", "application/json"};
static const char *const described_types[] = {"application/csvm+json", "application/json"};
enum form { FORM_CSV, FORM_JSON, FORMS };

#define QUERY_MAX (WANTED_SIZE + (size_t)512)

/* What is asked. */
struct trends_request {
    struct wanted_actions actions;
    struct trends_wish wish;
    const char *sort; /* as named; NULL: it was not */
    const char *profile; /* the same */
    const struct csv_format *format;
    enum form form;
};

static void *load_newest(struct store *store, struct error *error)
{
    return newest_read(store, error);
}

static int is_newest_current(const void *value, struct store *store, bool *current)
{
    return newest_is_current(value, store, current);
}

static struct api_troubles troubles = API_TROUBLES("trends");
static const struct kept_kind kind = {&troubles, load_newest, is_newest_current};

/* "mean", or with the highest first "-mean". */
static int read_order(const char *text, struct trends_wish *out)
{
    static const char *const names[] = {[TRENDS_BY_N] = "n", [TRENDS_BY_MEAN] = "mean", [TRENDS_BY_NET] = "net"};
    if (!text)
        return 0;
    out->highest_first = *text == '-';
    for (size_t i = TRENDS_BY_N; i < sizeof names / sizeof *names; i++)
        if (strcmp(text + out->highest_first, names[i]) == 0) {
            out->order = (enum trends_order)i;
            return 0;
        }
    return -1;
}

static int read_wanted_trends(struct http_exchange *x, struct trends_request *out)
{
    const char *limit = http_query(x, "limit");
    int64_t rows = 0;
    out->sort = http_query(x, "sort");
    out->wish = (struct trends_wish){.question = http_query(x, "question"), .round = http_query(x, "round")};
    if (wanted_read(http_query(x, "action"), &out->actions) < 0 || read_order(out->sort, &out->wish) < 0 ||
        (limit && number_read(limit, 1, JSON_INTEGER_MAX, &rows) < 0) ||
        (out->wish.question && !question_id_is_valid(out->wish.question)) ||
        (out->wish.round && !panel_id_is_valid(out->wish.round)))
        return -1;
    out->wish.limit = (uint64_t)rows;
    return 0;
}

/* As a table's, or with `of_metadata` as its metadata's. false: the answer has been set. */
static bool read_trends_request(struct http_exchange *x, bool of_metadata, struct trends_request *out)
{
    const char *profile = http_query(x, "profile");
    const struct csv_format *format = profile ? csv_format_find(profile) : &csv_rfc4180;
    int form = negotiate_media_type(http_header(x, "Accept"), of_metadata ? described_types : media_types, FORMS);
    if (!format || read_wanted_trends(x, out) < 0)
        http_answer_problem(x, PROBLEM_BAD_REQUEST,
                            "profile is rfc4180 or excel-nl; action is an action's id, or up to 100 with commas "
                            "between; question and round are ids of such; sort is n, mean or net, or with a minus "
                            "before it; limit is a number from 1.",
                            NULL);
    else if (form < 0)
        http_answer_problem(x, PROBLEM_NOT_ACCEPTABLE, "The Accept header names nothing that this can be had as.",
                            NULL);
    else if (form == FORM_JSON && profile && !of_metadata)
        http_answer_problem(x, PROBLEM_BAD_REQUEST, "profile is of text/csv alone.", NULL);
    else {
        out->profile = profile ? format->name : NULL;
        out->format = format;
        out->form = (enum form)form;
        return true;
    }
    return false;
}

/* What is asked, as the same request has it again. */
static void put_trends_query(struct buf *out, const struct trends_request *request)
{
    char limit[24] = "";
    snprintf(limit, sizeof limit, "%llu", (unsigned long long)request->wish.limit);
    const char *const given[][2] = {{"action", wanted_is_all(&request->actions) ? NULL : request->actions.ids},
                                    {"question", request->wish.question},
                                    {"round", request->wish.round},
                                    {"sort", request->sort},
                                    {"limit", request->wish.limit > 0 ? limit : NULL},
                                    {"profile", request->profile}};
    const char *before = "?";
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        if (!given[i][1])
            continue;
        buf_printf(out, "%s%s=%s", before, given[i][0], given[i][1]);
        before = "&";
    }
}

/* The table. */

/* wau-trends-excel-nl.csv */
static void answer_trends_name(struct http_exchange *x, const struct newest *newest,
                               const struct trends_request *request)
{
    char text[160];
    snprintf(text, sizeof text, "attachment; filename=\"%s-trends%s.%s\"", newest->catalogue->panel->id,
             request->format == &csv_excel_nl ? "-excel-nl" : "", request->form == FORM_CSV ? "csv" : "json");
    http_answer_header_copy(x, "Content-Disposition", text);
}

static void answer_trends_link(struct http_exchange *x, const struct trends_request *request)
{
    struct buf text;
    buf_init(&text, QUERY_MAX);
    buf_put_text(&text, "</v1/trends/metadata");
    put_trends_query(&text, request);
    buf_put_text(&text, ">; rel=\"describedby\"; type=\"application/csvm+json\"");
    http_answer_header_copy(x, "Link", buf_text(&text));
    buf_free(&text);
}

static bool read_table_request(struct http_exchange *x, void *request)
{
    return read_trends_request(x, false, request);
}

static int put_trends(struct buf *out, const void *value, const void *request)
{
    const struct newest *newest = value;
    const struct trends_request *asked = request;
    struct trends_wish wish = asked->wish;
    uint64_t rows;
    wish.actions = &asked->actions;
    return trends_put(newest->trends, &wish, asked->form == FORM_CSV ? asked->format : NULL, out, &rows);
}

static const char *trends_type(const void *request)
{
    return content_types[((const struct trends_request *)request)->form];
}

static void describe_trends(struct http_exchange *x, const void *value, const void *request)
{
    answer_trends_name(x, value, request);
    answer_trends_link(x, request);
    http_answer_header(x, "Vary", "Accept, Accept-Encoding");
}

static void answer_trends(struct http_exchange *x, struct service *service, void *newest)
{
    static const struct long_kind table = {
        sizeof(struct trends_request), &troubles, read_table_request, put_trends, trends_type, describe_trends};
    long_give(x, service, &table, newest);
}

/* What is wrong with the request is told before anything is read for it. */
void api_trends_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct trends_request request;
    if (read_trends_request(x, false, &request))
        kept_give(x, service, service->newest, &kind, answer_trends);
}

/* What describes it. */

static int put_trends_metadata(struct buf *out, const struct newest *newest, const struct trends_request *request)
{
    static const struct table_release told = {0}; /* no exact figures, whichever release they are of */
    struct buf note, query;
    buf_init(&note, SIZE_MAX);
    buf_init(&query, QUERY_MAX);
    put_trends_query(&query, request);
    struct json *explained = newest_put_note(&note, newest) == 0 ? json_parse(buf_text(&note), note.len, NULL) : NULL;
    const struct table_context context = {
        .catalogue = newest->catalogue, .release = &told, .note = explained, .format = request->format};
    const struct csvw_subject subject = {
        .table = TABLE_TRENDS, .context = &context, .before = "../", .after = buf_text(&query)};
    if (explained)
        csvw_put(out, &subject);
    int result = explained && buf_check(out) == 0 && buf_check(&query) == 0 ? 0 : -1;
    json_free(explained);
    buf_free(&note);
    buf_free(&query);
    return result;
}

static void answer_trends_metadata(struct http_exchange *x, struct service *service, void *newest)
{
    (void)service;
    struct trends_request request;
    if (read_trends_request(x, true, &request)) {
        struct buf body;
        buf_init(&body, SIZE_MAX);
        if (put_trends_metadata(&body, newest, &request) < 0)
            body.failed = true;
        api_answer_cached(x, described_types[request.form], &body);
        http_answer_header(x, "Vary", "Accept");
    }
    counted_release(newest);
}

void api_trends_metadata_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct trends_request request;
    if (read_trends_request(x, true, &request))
        kept_give(x, service, service->newest, &kind, answer_trends_metadata);
}
