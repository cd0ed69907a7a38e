/* GET /v1/service and /v1/token: what a page has to know before it shows anything, of the collector and of who
 * holds a token. */
#include "base/clock.h"
#include "base/json.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"

/* A member with a text, null where there is none. */
static void put_given_or_null(struct buf *out, const char *name, const char *text)
{
    json_put_text(out, name);
    buf_put_char(out, ':');
    if (text && text[0] != '\0')
        json_put_text(out, text);
    else
        buf_put_text(out, "null");
}

void api_service_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    const struct config *config = service->config;
    const struct {
        const char *name, *text;
    } members[] = {
        {"organisation", config->values[CONFIG_WEB_ORGANISATION]},
        {"phone", config->values[CONFIG_WEB_PHONE]},
        {"mail", config->values[CONFIG_WEB_MAIL]},
        {"privacyUrl", config->values[CONFIG_WEB_PRIVACY_URL]},
        {"accessibilityUrl", config->values[CONFIG_WEB_ACCESSIBILITY_URL]},
        {"logOrigin", signer_public(service->shared.signer)->name},
        {"release", service->release},
    };
    struct buf body;
    buf_init(&body, SIZE_MAX);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        buf_put_char(&body, i == 0 ? '{' : ',');
        put_given_or_null(&body, members[i].name, members[i].text);
    }
    buf_put_char(&body, '}');
    api_answer_cached(x, "application/json", &body);
}

void api_token_get(struct http_exchange *x, void *context)
{
    struct access_token token;
    char expires[CLOCK_TEXT_SIZE] = "";
    struct buf body;
    if (!api_is_allowed(x, context, TOKENS_OF_ANALYSTS | TOKENS_OF_TEAMS | TOKENS_OF_AUDITORS, &token))
        return;
    if (token.expires_at != 0)
        clock_format(token.expires_at, expires);
    buf_init(&body, SIZE_MAX);
    buf_put_text(&body, "{\"name\":");
    json_put_text(&body, token.name);
    buf_printf(&body, ",\"role\":\"%s\",\"exact\":%s,\"publish\":%s,", token_role_name(token.role),
               token.exact ? "true" : "false", token.publish ? "true" : "false");
    put_given_or_null(&body, "expiresAt", expires);
    buf_put_char(&body, '}');
    http_answer(x, 200, "application/json", &body);
}
