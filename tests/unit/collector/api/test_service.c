/* What the collector says of itself it knows, and asks no store. */
#include "collector/api/api.h"
#include "collector/api/resources.h"
#include "collector/log/reader.h"
#include "tests/unit/collector/api/served.h"
#include "tests/unit/collector/intake/writer.h"
#include <criterion/criterion.h>

static const struct http_route routes[] = {
    {"GET", "/healthz", NULL, 0, api_health_get, NULL, NULL},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};

static struct service service;
static const struct http_site sites[] = {{routes, &service}, {NULL, NULL}};
static struct http_server *server;

static void setup(void)
{
    struct error error = {0};
    writer_setup();
    writer_start(SIZE_MAX);
    service.queue = writer.queue;
    service.reader = reader_open(writer.dsn, &error);
    cr_assert_not_null(service.reader, "%s", error.text);
    server = served_start(sites);
}

static void teardown(void)
{
    http_stop(server);
    reader_close(service.reader);
    writer_finish();
    writer_teardown();
}

TestSuite(service, .init = setup, .fini = teardown, .timeout = 60);

Test(service, is_told_to_be_well_while_somebody_waits_for_the_store_to_be_read)
{
    cr_assert_not_null(reader_take(service.reader));
    cr_expect_eq(served_status(server, "/healthz"), 200);
    reader_give_back(service.reader);
}

Test(service, is_told_to_be_ill_while_the_store_can_not_be_read)
{
    reader_let_go(service.reader);
    cr_expect_eq(served_status(server, "/healthz"), 503);
    reader_resume(service.reader);
    cr_expect_eq(served_status(server, "/healthz"), 200);
}
