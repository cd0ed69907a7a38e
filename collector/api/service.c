/* GET /metrics, /.well-known/security.txt (RFC 9116) and /v1/openapi.json: what the collector says of itself. */
#include "collector/api/api.h"
#include "collector/api/openapi.h"
#include "collector/ops/metrics.h"
#include <string.h>

static bool shows_metrics(const struct http_exchange *x, const struct config *config)
{
    const char *to = config->values[CONFIG_METRICS];
    return strcmp(to, "anyone") == 0 || (strcmp(to, "local") == 0 && http_is_local(x));
}

static void answer_nothing(struct http_exchange *x)
{
    http_problem(x, PROBLEM_NOT_FOUND, "There is nothing at this path; a path never ends in a slash.", NULL);
}

void api_metrics_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    if (!shows_metrics(x, service->config)) {
        answer_nothing(x);
        return;
    }
    struct proofs *proofs = proofs_now(service->around.proofs);
    const struct metrics_state state = {.queue_depth = commit_waiting(service->queue),
                                        .queue_capacity = config_number(service->config, CONFIG_QUEUE),
                                        .log_entries = proofs->head.size,
                                        .members = roster_count(service->around.roster),
                                        .healthy = commit_is_healthy(service->queue)};
    proofs_release(proofs);
    struct buf body;
    buf_init(&body, SIZE_MAX);
    metrics_put(&body, &state);
    http_answer(x, 200, METRICS_TYPE, &body);
}

static void put_field(struct buf *out, const char *name, const char *value)
{
    if (value[0] != '\0')
        buf_printf(out, "%s: %s\n", name, value);
}

void api_security_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    const struct config *config = service->config;
    struct buf body;
    if (config->values[CONFIG_SECURITY_CONTACT][0] == '\0') {
        answer_nothing(x);
        return;
    }
    buf_init(&body, SIZE_MAX);
    put_field(&body, "Contact", config->values[CONFIG_SECURITY_CONTACT]);
    put_field(&body, "Expires", config->values[CONFIG_SECURITY_EXPIRES]);
    put_field(&body, "Policy", config->values[CONFIG_SECURITY_POLICY]);
    put_field(&body, "Preferred-Languages", "nl, en");
    api_answer_cached(x, "text/plain; charset=utf-8", &body);
}

void api_openapi_get(struct http_exchange *x, void *context)
{
    (void)context;
    size_t len;
    const char *text = openapi_text(&len);
    struct buf body;
    buf_init(&body, SIZE_MAX);
    buf_put(&body, text, len);
    api_answer_cached(x, "application/json", &body);
    http_answer_header(x, "Access-Control-Allow-Origin", "*");
}
