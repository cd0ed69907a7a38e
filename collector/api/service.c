/* GET /healthz, /.well-known/security.txt (RFC 9116), /v1/openapi.json and, on a listener of its own, /metrics: what
 * the collector says of itself. */
#include "collector/api/openapi.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/ops/metrics.h"
#include <string.h>

/* Of what is known at once: who asks must not wait for a store that says nothing. */
void api_health_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct buf body;
    if (!commit_is_healthy(service->queue)) {
        http_answer_problem(x, PROBLEM_UNAVAILABLE, "The store takes no commits at the moment.", NULL);
        return;
    }
    if (!reader_is_fit(service->reader)) {
        http_answer_problem(x, PROBLEM_UNAVAILABLE, "The store can't be read at the moment.", NULL);
        return;
    }
    buf_init(&body, SIZE_MAX);
    buf_put_text(&body, "{\"status\":\"ok\"}");
    http_answer(x, 200, "application/json", &body);
}

void api_metrics_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct proofs *proofs = proofs_now(service->shared.proofs);
    const struct metrics_state state = {.queue_depth = commit_waiting(service->queue),
                                        .queue_capacity = config_number(service->config, CONFIG_QUEUE),
                                        .log_entries = proofs->head.size,
                                        .members = roster_count(service->shared.roster),
                                        .healthy = commit_is_healthy(service->queue)};
    proofs_release(proofs);
    struct buf body;
    buf_init(&body, SIZE_MAX);
    metrics_put(&body, &state);
    http_answer(x, 200, METRICS_TYPE, &body);
}

static void put_security_field(struct buf *out, const char *name, const char *value)
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
        api_answer_nothing(x);
        return;
    }
    buf_init(&body, SIZE_MAX);
    put_security_field(&body, "Contact", config->values[CONFIG_SECURITY_CONTACT]);
    put_security_field(&body, "Expires", config->values[CONFIG_SECURITY_EXPIRES]);
    put_security_field(&body, "Policy", config->values[CONFIG_SECURITY_POLICY]);
    put_security_field(&body, "Preferred-Languages", "nl, en");
    api_answer_cached(x, "text/plain; charset=utf-8", &body);
}

struct http_static *api_openapi_new(void)
{
    size_t len;
    const char *text = openapi_text(&len);
    return http_static_new("application/json", text, len);
}

void api_openapi_get(struct http_exchange *x, void *context)
{
    const struct service *service = context;
    http_answer_static(x, service->openapi);
}
