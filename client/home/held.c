/* What may pass is told by the names of problems alone, and of `invalid-response` by what its faults point to: where
 * anything but the time is wrong, another time mends nothing. See held.h. */
#include "client/home/held.h"
#include "base/clock.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/problem.h"
#include "panel/response.h"
#include <errno.h>
#include <string.h>

/* Whether the answer names faults, and all of them are of `iat`. */
static bool is_of_time_alone(const struct json *answer)
{
    const struct json *fault = json_first(json_member(answer, "errors"));
    if (!fault)
        return false;
    for (; fault; fault = json_next(fault)) {
        const char *pointer = json_text(json_member(fault, "pointer"));
        if (!pointer || strcmp(pointer, "/iat") != 0)
            return false;
    }
    return true;
}

enum held held_sort(const struct json *answer)
{
    const char *type = json_text(json_member(answer, "type"));
    enum problem problem = type ? problem_find(type) : PROBLEM_NONE;
    if (problem == PROBLEM_ROUND_NOT_OPEN)
        return HELD_ROUND;
    if (problem == PROBLEM_NOT_VERIFIED)
        return HELD_MEMBER;
    return problem == PROBLEM_INVALID_RESPONSE && is_of_time_alone(answer) ? HELD_TIME : HELD_NOT;
}

static enum held sort_text(const struct buf *answer)
{
    struct json *document = json_parse(buf_text(answer), answer->len, NULL);
    enum held held = held_sort(document);
    json_free(document);
    return held;
}

enum held held_reason(const char *home, const struct response_id *id)
{
    struct buf answer;
    buf_init(&answer, SPOOL_RECORD_MAX);
    enum held held = spool_read_reason(home, id, &answer) == 0 ? sort_text(&answer) : HELD_NOT;
    buf_free(&answer);
    return held;
}

/* Signing anew. */

static int sign_claims(const struct response *response, const struct secret_key *key, struct buf *jws)
{
    char jti[RANDOM_ID_SIZE];
    struct buf answers, claims;
    buf_init(&answers, JWS_MAX);
    buf_init(&claims, JWS_MAX);
    json_put_value(&answers, response->answers);
    crypto_random_id(jti);
    struct response_claims next = {.aud = response->aud,
                                   .round = response->round,
                                   .action = response->action,
                                   .jti = jti,
                                   .revision = response->revision,
                                   .iat = clock_now(),
                                   .context = response->context,
                                   .answers = buf_text(&answers),
                                   .answers_len = answers.len};
    response_put_claims(&claims, &next);
    int result = buf_check(&answers) < 0 || buf_check(&claims) < 0 ? -1 : 0;
    if (result == 0) {
        jws_sign(jws, key, RESPONSE_TYP, buf_text(&claims), claims.len);
        result = buf_check(jws);
    }
    buf_free(&answers);
    buf_free(&claims);
    errno = ENOMEM;
    return result;
}

static int sign_again(const struct buf *old, const struct secret_key *key, struct buf *jws)
{
    struct jws parsed;
    struct response response;
    struct buf payload;
    struct error why = {.kind = ERROR_MEMORY};
    int result = -1;
    buf_init(&payload, JWS_MAX);
    if (jws_parse(buf_text(old), old->len, RESPONSE_TYP, &parsed, &why) < 0 ||
        jws_decode_payload(&parsed, &payload) < 0 ||
        response_parse(buf_text(&payload), payload.len, &response, &why) < 0) {
        errno = why.kind == ERROR_MEMORY ? ENOMEM : EILSEQ;
    } else {
        result = sign_claims(&response, key, jws);
        response_free(&response);
    }
    buf_free(&payload);
    return result;
}

int held_renew(const char *home, const struct response_id *id, const struct secret_key *key)
{
    struct buf old, jws;
    int result = -1;
    if (held_reason(home, id) != HELD_TIME)
        return 0;
    buf_init(&old, JWS_MAX);
    buf_init(&jws, JWS_MAX);
    if (spool_read(home, id, &old) == 0 && sign_again(&old, key, &jws) == 0) {
        struct slice text = slice_of(&jws);
        result = spool_replace(home, id, &text);
    }
    buf_free(&old);
    buf_free(&jws);
    return result;
}

/* What was filed as refused. */

int held_reopen(const char *home, const struct response_id *id)
{
    struct buf answer;
    int result = -1;
    buf_init(&answer, SPOOL_RECORD_MAX);
    if (spool_read_answer(home, id, SPOOL_REFUSED, &answer) == 0)
        result = sort_text(&answer) != HELD_NOT;
    buf_free(&answer);
    if (result == 1 && spool_reopen(home, id, SPOOL_REFUSED) < 0)
        result = -1;
    return result;
}

struct reopening {
    const char *home;
};

/* One that can't be read back stays where it is, and keeps no other from going. */
static int reopen_next(void *context, const struct response_id *id)
{
    const struct reopening *reopening = context;
    return held_reopen(reopening->home, id) < 0 && errno != EILSEQ ? -1 : 0;
}

int held_reopen_all(const char *home)
{
    struct reopening reopening = {home};
    return spool_each(home, SPOOL_REFUSED, reopen_next, &reopening) == 0 ? 0 : -1;
}
