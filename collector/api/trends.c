/* GET /v1/trends and /v1/trends/metadata: what the newest releases of all rounds tell of each scale, for anyone
 * (PROTOCOL 7, 9). Kept in memory until there is another release. */
#include "collector/api/kept.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/http/negotiate.h"
#include "collector/release/newest.h"
#include "collector/tables/csvw.h"
#include <stdio.h>

static const char *const media_types[] = {"text/csv", "application/json"};
static const char *const content_types[] = {"text/csv; charset=utf-8; header=present", "application/json"};
static const char *const described_types[] = {"application/csvm+json", "application/json"};
enum form { FORM_CSV, FORM_JSON, FORMS };

#define LINK_MAX ((size_t)512)

/* What is asked. */
struct trends_request {
    const char *action, *question; /* NULL: all */
    const char *profile; /* as named; NULL: it was not */
    const struct csv_format *format;
    enum form form;
};

static void *load_newest(struct store *store, struct error *error)
{
    return newest_load(store, error);
}

static int is_newest_current(const void *value, struct store *store, bool *current)
{
    return newest_is_current(value, store, current);
}

static const struct kept_kind kind = {"trends", load_newest, is_newest_current};

/* As a table's, or with `of_metadata` as its metadata's. false: the answer has been set. */
static bool read_trends_request(struct http_exchange *x, bool of_metadata, struct trends_request *out)
{
    const char *profile = http_query(x, "profile"), *action = http_query(x, "action");
    const char *question = http_query(x, "question");
    const struct csv_format *format = profile ? csv_format_find(profile) : &csv_rfc4180;
    int form = negotiate_media_type(http_header(x, "Accept"), of_metadata ? described_types : media_types, FORMS);
    if (!format || (action && !action_id_is_valid(action)) || (question && !question_id_is_valid(question)))
        http_answer_problem(x, PROBLEM_BAD_REQUEST,
                            "profile is rfc4180 or excel-nl; action and question are ids of such.", NULL);
    else if (form < 0)
        http_answer_problem(x, PROBLEM_NOT_ACCEPTABLE, "The Accept header names nothing that this can be had as.",
                            NULL);
    else if (form == FORM_JSON && profile && !of_metadata)
        http_answer_problem(x, PROBLEM_BAD_REQUEST, "profile is of text/csv alone.", NULL);
    else {
        *out = (struct trends_request){action, question, profile ? format->name : NULL, format, (enum form)form};
        return true;
    }
    return false;
}

/* What is asked, as the same request has it again. */
static void put_trends_query(struct buf *out, const struct trends_request *request)
{
    const char *const given[][2] = {
        {"action", request->action}, {"question", request->question}, {"profile", request->profile}};
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
    buf_init(&text, LINK_MAX);
    buf_put_text(&text, "</v1/trends/metadata");
    put_trends_query(&text, request);
    buf_put_text(&text, ">; rel=\"describedby\"; type=\"application/csvm+json\"");
    http_answer_header_copy(x, "Link", buf_text(&text));
    buf_free(&text);
}

void api_trends_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct trends_request request;
    struct buf body;
    uint64_t rows;
    if (!read_trends_request(x, false, &request))
        return;
    struct newest *newest = kept_take(x, service, service->newest, &kind);
    if (!newest)
        return;
    buf_init(&body, SIZE_MAX);
    if (trends_put(newest->trends, request.action, request.question, request.form == FORM_CSV ? request.format : NULL,
                   &body, &rows) < 0)
        body.failed = true;
    api_answer_cached(x, content_types[request.form], &body);
    answer_trends_name(x, newest, &request);
    answer_trends_link(x, &request);
    http_answer_header(x, "Vary", "Accept");
    counted_release(newest);
}

/* What describes it. */

static int put_trends_metadata(struct buf *out, const struct newest *newest, const struct trends_request *request)
{
    static const struct table_release told = {0}; /* no exact figures, whichever release they are of */
    struct buf note, query;
    buf_init(&note, SIZE_MAX);
    buf_init(&query, LINK_MAX);
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

void api_trends_metadata_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct trends_request request;
    struct buf body;
    if (!read_trends_request(x, true, &request))
        return;
    struct newest *newest = kept_take(x, service, service->newest, &kind);
    if (!newest)
        return;
    buf_init(&body, SIZE_MAX);
    if (put_trends_metadata(&body, newest, &request) < 0)
        body.failed = true;
    api_answer_cached(x, described_types[request.form], &body);
    http_answer_header(x, "Vary", "Accept");
    counted_release(newest);
}
