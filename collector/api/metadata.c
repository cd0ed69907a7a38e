/* GET /v1/rounds/{id}/summary/metadata, …/questions/metadata, …/options/metadata, …/comments/metadata: what describes
 * the table that is asked for with the same arguments, as CSV on the Web, to whoever may have that table. Knows no
 * figure. */
#include "base/log.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/api/table_request.h"
#include "collector/http/negotiate.h"
#include "collector/tables/csvw.h"

static const char *const media_types[] = {"application/csvm+json", "application/json"};

static enum store_result read_participation(struct service *service, struct table_context *context)
{
    struct invitation_counts counts;
    struct store *store = reader_take(service->reader);
    if (!store)
        return STORE_FAILED;
    enum store_result result = store_invitation_count(store, &counts);
    if (result == STORE_OK)
        context_set_participation(context, &counts);
    else
        log_error("tables: %s", store_error(store)->text);
    reader_give_back(service->reader);
    return result;
}

/* The table is the document's neighbour one folder up. */
static void put_metadata(struct buf *out, const struct table_request *request, const struct table_context *context)
{
    struct buf query;
    buf_init(&query, 100);
    table_request_put_query(&query, request);
    const struct csvw_subject subject = {
        .table = request->table, .context = context, .before = "../", .after = buf_text(&query)};
    csvw_put(out, &subject);
    if (buf_check(&query) < 0)
        out->failed = true;
    buf_free(&query);
}

static void answer_description(struct http_exchange *x, struct service *service, const struct table_request *request,
                               const struct catalogue *catalogue, const char *media_type)
{
    int round = panel_find_round(catalogue->panel, http_parameter(x));
    struct table_context context = {.catalogue = catalogue,
                                    .round = (size_t)round,
                                    .exact = request->exact,
                                    .format = request->profile ? request->profile : &csv_rfc4180};
    struct buf body;
    if (round < 0) {
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The panel has no round with this id.", NULL);
        return;
    }
    if (read_participation(service, &context) != STORE_OK) {
        http_answer_problem(x, PROBLEM_UNAVAILABLE, "The store can't be read at the moment; ask again later.", NULL);
        return;
    }
    buf_init(&body, SIZE_MAX);
    put_metadata(&body, request, &context);
    api_answer_tagged(x, media_type, &body, "private, no-cache");
    http_answer_header(x, "Vary", "Accept, Authorization");
}

static void answer_metadata(struct http_exchange *x, struct service *service, enum table table)
{
    struct table_request request;
    if (!table_request_read(x, service, table, &request))
        return;
    int form = negotiate_media_type(http_header(x, "Accept"), media_types, sizeof media_types / sizeof *media_types);
    if (form < 0) {
        http_answer_problem(x, PROBLEM_NOT_ACCEPTABLE,
                            "Metadata can be had as application/csvm+json or application/json.", NULL);
        return;
    }
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    answer_description(x, service, &request, catalogue, media_types[form]);
    catalogue_release(catalogue);
}

void api_summary_metadata_get(struct http_exchange *x, void *context)
{
    answer_metadata(x, context, TABLE_SUMMARY);
}

void api_questions_metadata_get(struct http_exchange *x, void *context)
{
    answer_metadata(x, context, TABLE_QUESTIONS);
}

void api_options_metadata_get(struct http_exchange *x, void *context)
{
    answer_metadata(x, context, TABLE_OPTIONS);
}

void api_comments_metadata_get(struct http_exchange *x, void *context)
{
    answer_metadata(x, context, TABLE_COMMENTS);
}
