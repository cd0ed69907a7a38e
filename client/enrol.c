/* See enrol.h. */
#include "client/enrol.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "client/evidence.h"
#include "client/kept.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/enrolment.h"
#include <errno.h>
#include <string.h>

/* Composes and signs; -1: no memory, or `code` is none. The claims hold the code, so they are wiped. */
static int sign_enrolment(struct buf *jws, const struct profile *profile, const char *panel, const char *code)
{
    uint8_t bytes[INVITATION_BYTES], public_key[KEY_BYTES];
    char written[INVITATION_TEXT_SIZE], jti[RANDOM_ID_SIZE];
    struct buf claims;
    if (invitation_read(code, bytes) < 0)
        return -1;
    buf_init(&claims, JWS_MAX);
    invitation_write(bytes, written);
    crypto_random_id(jti);
    secret_key_public(profile->key, public_key);
    enrolment_put_claims(&claims, panel, jti, clock_now(), written, public_key);
    int result = buf_check(&claims);
    if (result == 0) {
        jws_sign(jws, profile->key, ENROLMENT_TYP, buf_text(&claims), claims.len);
        result = buf_check(jws);
    }
    mem_wipe(bytes, sizeof bytes);
    mem_wipe(written, sizeof written);
    buf_wipe(&claims);
    return result;
}

/* Whether the answer speaks of this very key: anything else in between may say 200 as well. */
static bool is_about(const struct http_answer *answer, const char *kid)
{
    struct json *document = json_parse(buf_text(&answer->body), answer->body.len, NULL);
    const char *its = json_text(json_member(document, "kid"));
    int64_t index;
    bool fine = its && strcmp(its, kid) == 0 && json_integer(json_member(document, "index"), &index) == 0 && index >= 0;
    json_free(document);
    return fine;
}

int enrol_pin(struct profile *profile, const struct pin *log)
{
    struct pin *pin = pin_copy(log);
    if (pin && profile_set_pin(profile, pin) == 0)
        return 0;
    if (!pin)
        errno = ENOMEM;
    pin_free(pin);
    return -1;
}

/* The log is pinned before the enrolment is noted, so that who is enrolled has always something to hold the collector to. */
static int note_enrolment(struct profile *profile, const struct enrol_at *at, const struct buf *jws,
                          const struct buf *answer)
{
    return enrol_pin(profile, at->log) == 0 ? profile_set_enrolled(profile, at->url, at->panel, buf_text(jws), answer) : -1;
}

static enum enrol_result take_answer(struct profile *profile, const struct enrol_at *at, const struct buf *jws,
                                     const struct http_answer *answer)
{
    const char *why;
    struct spool_text signed_text = {buf_text(jws), jws->len}, answer_text = {buf_text(&answer->body), answer->body.len};
    if (!is_about(answer, profile->kid))
        return ENROL_REFUSED;
    if (kept_check_answer(&signed_text, &answer_text, &at->log->key, &why) == 0)
        return note_enrolment(profile, at, jws, &answer->body) == 0 ? ENROL_DONE : ENROL_FAILED;
    return evidence_keep_answer(profile->home, NULL, &signed_text, &answer_text) == 0 ? ENROL_UNPROVEN : ENROL_FAILED;
}

enum enrol_result enrol_member(struct profile *profile, const struct enrol_at *at, const char *code,
                               struct http_answer *answer)
{
    if (profile_is_enrolled(profile))
        return ENROL_DONE;
    if (profile_make_key(profile) < 0)
        return ENROL_FAILED;
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    enum enrol_result result = ENROL_FAILED;
    if (sign_enrolment(&jws, profile, at->panel, code) < 0) {
        errno = ENOMEM;
    } else {
        struct http_request request = {
            .path = "/v1/members", .content_type = "application/jose", .body = buf_text(&jws), .len = jws.len};
        switch (http_do(at->http, &request, answer)) {
        case HTTP_DONE:
            result = take_answer(profile, at, &jws, answer);
            break;
        case HTTP_RETRY:
            result = ENROL_LATER;
            break;
        case HTTP_REFUSED:
            result = ENROL_REFUSED;
            break;
        }
    }
    buf_wipe(&jws);
    return result;
}
