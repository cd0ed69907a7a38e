/* What an answer about a table holds while it is on its way: nothing, where there is no table to be made. */
#include "collector/api/api.h"
#include "collector/api/resources.h"
#include "collector/store/snapshots.h"
#include "tests/unit/collector/api/served.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(table_answers, .init = kit_begin, .fini = kit_end, .timeout = 30);

static struct service service;
static atomic_bool held;

/* The one moment that there is: whether it is another's, while this exchange's answer has been set and not yet sent. */
static void note_whether_held(void)
{
    struct error error;
    struct store *moment = snapshots_take(service.walks, &error);
    atomic_store(&held, moment == NULL);
    if (moment)
        snapshots_give_back(service.walks, moment);
}

static void get_summary(struct http_exchange *x, void *context)
{
    api_summary_get(x, context);
    note_whether_held();
}

static void get_changes(struct http_exchange *x, void *context)
{
    api_changes_get(x, context);
    note_whether_held();
}

static const char *const query[] = {"since", NULL};
static const struct http_route routes[] = {
    {"GET", "/rounds/{id}/summary", NULL, 0, get_summary, NULL, NULL},
    {"GET", "/rounds/{id}/changes", NULL, 0, get_changes, query, NULL},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
static const struct http_site sites[] = {{routes, &service}, {NULL, NULL}};

static void expect_nothing_held(const struct http_server *server, const char *path)
{
    cr_expect_eq(served_status(server, path), 404, "%s", path);
    cr_expect_not(atomic_load(&held), "%s", path);
}

/* Who does not take such an answer would keep its moment from every table, and from what was erased. */
Test(table_answers, hold_no_moment_of_the_store_where_there_is_no_table)
{
    static char dsn[300];
    struct buf panel = kit_file("fixtures/panel.json"), actions = kit_file("fixtures/actions.csv");
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("tables"));
    struct store *store = kit_store_open(dsn);
    kit_import_panel(store, buf_text(&panel));
    kit_import_actions(store, buf_text(&actions));
    store_close(store);
    service.walks = snapshots_new(dsn, STORE_EXISTING, 1);
    cr_assert_not_null(service.walks);
    struct http_server *server = served_start(sites);
    expect_nothing_held(server, "/rounds/nope/summary");
    expect_nothing_held(server, "/rounds/round-1/summary");
    expect_nothing_held(server, "/rounds/nope/changes?since=1");
    http_stop(server);
    snapshots_free(service.walks);
    buf_free(&panel);
    buf_free(&actions);
}
