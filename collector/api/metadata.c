/* GET /v1/rounds/{id}/summary/metadata, …/questions/metadata, …/options/metadata, …/comments/metadata: what describes
 * the table that is asked for with the same arguments, as CSV on the Web, to whoever may have that table: of a release
 * with what was so when it was made. Made on a thread for tables, since counting invitations is a walk over all of
 * them. Knows no figure. */
#include "base/lang.h"
#include "base/mem.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/api/table_request.h"
#include "collector/api/troubles.h"
#include "collector/http/negotiate.h"
#include "collector/release/released.h"
#include "collector/tables/csvw.h"

static const char *const media_types[] = {"application/csvm+json", "application/json"};

/* A description on its way. */
struct metadata_making {
    struct work work;
    struct http_exchange *exchange;
    struct service *service;
    struct catalogue *catalogue;
    struct table_request request;
    struct table_context context;
    struct released_context released; /* of a release, which the context is then of */
    bool is_missing; /* there is no such release */
    const char *media_type;
    struct buf body;
    struct error error; /* why it was not made; ERROR_NONE when it was */
};

static void release_metadata(void *attachment)
{
    struct metadata_making *making = attachment;
    catalogue_release(making->catalogue);
    buf_free(&making->body);
    released_context_wipe(&making->released);
    mem_free(making);
}

/* Making. */

static int read_participation(struct metadata_making *making, struct store *store)
{
    struct invitation_counts counts;
    if (store_invitation_count(store, &counts) != STORE_OK)
        return store_fail(store, &making->error);
    context_set_participation(&making->context, &counts);
    return 0;
}

/* What was so when the release was made. */
static int read_released(struct metadata_making *making, struct store *store)
{
    const struct catalogue *catalogue = making->catalogue;
    const size_t round = making->context.round;
    const struct csv_format *format = making->context.format;
    struct store_release release;
    const struct released_source source = {
        .store = store, .catalogue = catalogue, .round = round, .release = &release, .table = making->request.table};
    switch (released_find(store, catalogue->round_numbers[round], making->request.release, &release)) {
    case STORE_OK:
        break;
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        making->is_missing = true;
        return -1;
    case STORE_FAILED:
        return store_fail(store, &making->error);
    }
    if (released_context_read(&making->released, &source, &making->error) < 0)
        return -1;
    making->context = making->released.context;
    making->context.format = format;
    return 0;
}

static int read_context(struct metadata_making *making)
{
    struct store *store = snapshots_take(making->service->walks, &making->error);
    if (!store)
        return -1;
    int result =
        table_request_is_released(&making->request) ? read_released(making, store) : read_participation(making, store);
    snapshots_give_back(making->service->walks, store);
    return result;
}

/* The table is the document's neighbour one folder up. */
static int put_metadata(struct metadata_making *making)
{
    struct buf query;
    buf_init(&query, TABLE_QUERY_MAX);
    table_request_put_query(&query, &making->request);
    const struct csvw_subject subject = {
        .table = making->request.table, .context = &making->context, .before = "../", .after = buf_text(&query)};
    csvw_put(&making->body, &subject);
    int result = buf_check(&query) == 0 && buf_check(&making->body) == 0 ? 0 : error_no_memory(&making->error);
    buf_free(&query);
    return result;
}

/* On a thread for tables. */
static void make_metadata(struct work *work)
{
    struct metadata_making *making = (struct metadata_making *)((char *)work - offsetof(struct metadata_making, work));
    if (read_context(making) == 0)
        (void)put_metadata(making);
    http_resume(making->exchange);
}

/* Answering. */

static struct api_troubles troubles = API_TROUBLES("metadata");

static void answer_not_made(struct http_exchange *x, const struct error *why)
{
    api_trouble_met(&troubles, why);
    http_answer_problem(x, PROBLEM_UNAVAILABLE, "The metadata can't be made at the moment; ask again later.", NULL);
}

static void answer_made_metadata(struct http_exchange *x, void *context)
{
    (void)context;
    struct metadata_making *making = http_attachment(x);
    bool released = table_request_is_released(&making->request);
    if (making->is_missing) {
        http_answer_problem(x, PROBLEM_NO_RELEASE, problem_detail(PROBLEM_NO_RELEASE), NULL);
        return;
    }
    if (making->error.kind != ERROR_NONE) {
        answer_not_made(x, &making->error);
        return;
    }
    api_trouble_passed(&troubles);
    api_answer_tagged(x, making->media_type, &making->body, released ? "no-cache" : "private, no-cache");
    http_answer_header(x, "Vary", released ? "Accept" : "Accept, Authorization");
}

static void answer_lacking_memory(struct http_exchange *x)
{
    struct error error;
    error_no_memory(&error);
    answer_not_made(x, &error);
}

static void begin_metadata(struct http_exchange *x, struct metadata_making *making)
{
    http_suspend(x, answer_made_metadata);
    if (workers_push(making->service->table_workers, &making->work) == 0)
        return;
    error_set(&making->error, ERROR_BUSY, "%s",
              T("too many tables wait to be made", "er wachten te veel tabellen om gemaakt te worden"));
    http_resume(x);
}

/* With what is asked of the panel in force; attached to the exchange. NULL: no memory. */
static struct metadata_making *new_making(struct http_exchange *x, struct service *service,
                                          const struct table_request *request)
{
    struct metadata_making *making = mem_calloc(1, sizeof *making);
    if (!making)
        return NULL;
    *making = (struct metadata_making){.work.run = make_metadata,
                                       .exchange = x,
                                       .service = service,
                                       .catalogue = catalogue_now(service->shared.catalogues),
                                       .request = *request};
    making->context = (struct table_context){.catalogue = making->catalogue,
                                             .format = request->profile ? request->profile : &csv_rfc4180};
    buf_init(&making->body, SIZE_MAX);
    http_attach(x, making, release_metadata);
    return making;
}

static void get_metadata(struct http_exchange *x, struct service *service, enum table table)
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
    struct metadata_making *making = new_making(x, service, &request);
    int round = making ? panel_find_round(making->catalogue->panel, http_parameter(x)) : -1;
    if (!making) {
        answer_lacking_memory(x);
    } else if (round < 0) {
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The panel has no round with this id.", NULL);
    } else {
        making->context.round = (size_t)round;
        making->media_type = media_types[form];
        if (http_keep_head(x) == 0)
            begin_metadata(x, making);
        else
            answer_lacking_memory(x);
    }
}

void api_summary_metadata_get(struct http_exchange *x, void *context)
{
    get_metadata(x, context, TABLE_SUMMARY);
}

void api_questions_metadata_get(struct http_exchange *x, void *context)
{
    get_metadata(x, context, TABLE_QUESTIONS);
}

void api_options_metadata_get(struct http_exchange *x, void *context)
{
    get_metadata(x, context, TABLE_OPTIONS);
}

void api_comments_metadata_get(struct http_exchange *x, void *context)
{
    get_metadata(x, context, TABLE_COMMENTS);
}
