/* GET /v1/rounds/{id}/changes?since=N&until=M (PROTOCOL 8b): what moved between two releases of a round, for anyone.
 * Worked out on a thread for that, from the files of both. */
#include "base/json.h"
#include "base/mem.h"
#include "base/number.h"
#include "collector/api/made.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/api/troubles.h"
#include "collector/http/negotiate.h"
#include "collector/release/moved.h"
#include <stddef.h>
#include <stdio.h>

static const char *const media_types[] = {"text/csv", "application/json"};
static const char *const content_types[] = {"text/csv; charset=utf-8; header=present", "application/json"};
enum form { FORM_CSV, FORM_JSON, FORMS };

/* The table on its way. */
struct changes_making {
    struct made made;
    struct catalogue *catalogue;
    struct wanted_actions actions;
    struct moved_source source;
    enum form form;
    enum store_result result;
    bool packed;
    struct buf body; /* in the end as it is sent */
    char tag[TAG_SIZE];
};

static void release_changes(void *attachment)
{
    struct changes_making *making = attachment;
    catalogue_release(making->catalogue);
    made_wipe(&making->made);
    buf_free(&making->body);
    mem_free(making);
}

static int make_changes(struct made *made)
{
    struct changes_making *making = (struct changes_making *)((char *)made - offsetof(struct changes_making, made));
    making->source.store = made->store;
    making->result = moved_put(&making->source, &making->body, &made->error);
    made_let_go(made);
    if (making->result == STORE_OK)
        return api_pack(&making->body, making->packed, making->tag);
    return making->result == STORE_FAILED ? -1 : 0;
}

static struct api_troubles troubles = API_TROUBLES("changes");

static void answer_changes_unmade(struct http_exchange *x, const struct error *why)
{
    api_trouble_met(&troubles, why);
    http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
}

/* wau-round-1-changes-2.csv */
static void answer_changes_name(struct http_exchange *x, const struct changes_making *making)
{
    char text[256];
    snprintf(text, sizeof text, "attachment; filename=\"%s-%s-changes-%lld.%s\"", making->catalogue->panel->id,
             making->catalogue->panel->rounds[making->source.round].id, (long long)making->source.since,
             making->form == FORM_CSV ? "csv" : "json");
    http_answer_header_copy(x, "Content-Disposition", text);
}

static void answer_changes(struct http_exchange *x, void *context)
{
    (void)context;
    struct changes_making *making = http_attachment(x);
    if (making->made.error.kind != ERROR_NONE) {
        answer_changes_unmade(x, &making->made.error);
    } else if (making->result != STORE_OK) {
        http_answer_problem(x, PROBLEM_NO_RELEASE, "The round has no such release, or `until` is before `since`.",
                            NULL);
    } else {
        api_trouble_passed(&troubles);
        api_answer_as_packed(x, content_types[making->form], &making->body, making->packed, making->tag);
        answer_changes_name(x, making);
        http_answer_header(x, "Vary", "Accept, Accept-Encoding");
    }
}

/* false: the answer has been set. */
static bool read_changes_request(struct http_exchange *x, struct changes_making *out)
{
    const char *profile = http_query(x, "profile"), *since = http_query(x, "since"), *until = http_query(x, "until");
    int form = negotiate_media_type(http_header(x, "Accept"), media_types, FORMS);
    out->source.format = csv_format_find(profile ? profile : csv_rfc4180.name);
    if (!since || number_read(since, 1, JSON_INTEGER_MAX, &out->source.since) < 0 ||
        (until && number_read(until, 1, JSON_INTEGER_MAX, &out->source.until) < 0) || !out->source.format ||
        wanted_read(http_query(x, "action"), &out->actions) < 0)
        http_answer_problem(x, PROBLEM_BAD_REQUEST,
                            "since is the number of a release, and until that of a later one; profile is rfc4180 or "
                            "excel-nl; action is an action's id, or up to 100 with commas between.",
                            NULL);
    else if (form < 0)
        http_answer_problem(x, PROBLEM_NOT_ACCEPTABLE, "This table can be had as text/csv or application/json.", NULL);
    else if (form == FORM_JSON && profile)
        http_answer_problem(x, PROBLEM_BAD_REQUEST, "profile is of text/csv alone.", NULL);
    else {
        out->form = (enum form)form;
        out->source.actions = &out->actions;
        if (form == FORM_JSON)
            out->source.format = NULL;
        return true;
    }
    return false;
}

/* One moment of the store, and the round in it. false: the answer has been set. */
static bool take_changes_moment(struct http_exchange *x, struct changes_making *making)
{
    if (made_take_moment(&making->made, making->made.service->walks) == 0)
        making->catalogue = catalogue_load(making->made.store, &making->made.error);
    if (!making->catalogue) {
        answer_changes_unmade(x, &making->made.error);
        return false;
    }
    int round = panel_find_round(making->catalogue->panel, http_parameter(x));
    if (round < 0) {
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The panel has no round with this id.", NULL);
        return false;
    }
    making->source.round = (size_t)round;
    making->source.catalogue = making->catalogue;
    return true;
}

/* true: the table is being made; false: the answer has been set. */
static bool start_changes(struct http_exchange *x, struct changes_making *making)
{
    if (!read_changes_request(x, making) || !take_changes_moment(x, making))
        return false;
    if (http_keep_head(x) < 0) {
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
        return false;
    }
    making->packed = negotiate_gzip(http_header(x, "Accept-Encoding"));
    made_begin(&making->made, answer_changes);
    return true;
}

void api_changes_get(struct http_exchange *x, void *context)
{
    struct changes_making *making = mem_calloc(1, sizeof *making);
    if (!making) {
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
        return;
    }
    made_init(&making->made, x, context, make_changes);
    buf_init(&making->body, SIZE_MAX);
    http_attach(x, making, release_changes);
    if (!start_changes(x, making))
        made_let_go(&making->made);
}
