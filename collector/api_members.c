/* POST /v1/members: enrolment (PROTOCOL 4). */
#include "base/clock.h"
#include "collector/api.h"

void api_members_post(struct http_exchange *x, void *context)
{
    struct service *service = context;
    const struct buf *body = http_body(x);
    struct refusal refusal;
    refusal_init(&refusal);
    struct catalogue *catalogue = catalogue_now(service->around.catalogues);
    struct submission *s = submit_enrolment(catalogue, buf_text(body), body->len, clock_now(), &refusal);
    catalogue_release(catalogue);
    if (s != NULL)
        api_commit(x, service, s);
    else
        api_answer_refusal(x, &refusal);
    refusal_free(&refusal);
}
