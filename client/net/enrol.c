/* Key, signed text, answer: each on disk before what rests on it, so that it may be cut off anywhere and begun again.
 * See enrol.h. */
#include "client/net/enrol.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "client/home/evidence.h"
#include "client/home/pending.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/enrolment.h"
#include "panel/invitation.h"
#include <errno.h>
#include <string.h>

#define CODE_MAX ((size_t)256)

/* Composes and signs; -1: no memory, or `code` is none. The claims hold the code, so they are wiped. */
static int sign_enrolment(struct buf *jws, const struct profile *profile, const char *panel, const char *code)
{
    uint8_t bytes[INVITATION_BYTES], public_key[KEY_BYTES];
    char written[INVITATION_TEXT_SIZE], jti[RANDOM_ID_SIZE];
    struct buf claims;
    if (invitation_read(code, bytes, NULL) < 0)
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

/* The log is pinned before the enrolment is noted, so that who is enrolled has always something to hold the collector
 * to. */
static int note_enrolment(struct profile *profile, const struct enrol_at *at, const struct buf *jws,
                          const struct buf *answer)
{
    if (enrol_pin(profile, at->log) < 0 || profile_set_enrolled(profile, at->url, at->panel, buf_text(jws), answer) < 0)
        return -1;
    pending_forget(profile->home);
    return 0;
}

/* `sent` is what was sent just now; the receipt may be of one that was sent earlier. */
static enum enrol_result note_answer(struct profile *profile, const struct enrol_at *at, const struct buf *sent,
                                     const struct http_answer *answer)
{
    struct slice sent_text = slice_of(sent), answer_text = slice_of(&answer->body);
    enum enrol_result result = ENROL_FAILED;
    struct buf proven;
    struct error why;
    if (!is_about(answer, profile->kid))
        return ENROL_REFUSED;
    buf_init(&proven, JWS_MAX);
    int found = pending_find(profile->home, &answer_text, &at->log->key, &proven, &why);
    if (found == 0 && note_enrolment(profile, at, &proven, &answer->body) == 0)
        result = ENROL_DONE;
    else if (found > 0 && evidence_keep_answer(profile->home, NULL, &sent_text, &answer_text) == 0)
        result = ENROL_UNPROVEN;
    buf_wipe(&proven);
    return result;
}

static enum enrol_result send_enrolment(struct profile *profile, const struct enrol_at *at, const struct buf *jws,
                                        struct http_answer *answer)
{
    struct http_request request = {
        .path = "/v1/members", .content_type = "application/jose", .body = buf_text(jws), .len = jws->len};
    switch (http_do(at->http, &request, answer)) {
    case HTTP_DONE:
        return note_answer(profile, at, jws, answer);
    case HTTP_RETRY:
        return ENROL_LATER;
    case HTTP_REFUSED:
        return ENROL_REFUSED;
    }
    return ENROL_REFUSED;
}

static enum enrol_result sign_and_send(struct profile *profile, const struct enrol_at *at, const char *code,
                                       struct http_answer *answer)
{
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    enum enrol_result result = ENROL_FAILED;
    if (sign_enrolment(&jws, profile, at->panel, code) < 0)
        errno = ENOMEM;
    else if (pending_add(profile->home, &jws) == 0)
        result = send_enrolment(profile, at, &jws, answer);
    buf_wipe(&jws);
    return result;
}

enum enrol_result enrol_member(struct profile *profile, const struct enrol_at *at, const char *code,
                               struct http_answer *answer)
{
    if (profile_is_enrolled(profile))
        return ENROL_DONE;
    if (profile_make_key(profile) < 0)
        return ENROL_FAILED;
    return sign_and_send(profile, at, code, answer);
}

/* Once more. */

static int keep_pin(const struct profile *profile)
{
    char path[PATH_MAX];
    struct buf key;
    int result = -1;
    if (!profile->pin)
        return 0;
    buf_init(&key, NOTE_NAME_SIZE + 64);
    note_key_put(&key, &profile->pin->key);
    buf_put_char(&key, '\n');
    struct slice key_text = slice_of(&key), checkpoint = {profile->pin->checkpoint, profile->pin->checkpoint_len};
    if (buf_check(&key) < 0)
        errno = ENOMEM;
    else if (evidence_keep(profile->home, "key", "txt", &key_text, path) == 0)
        result = evidence_keep(profile->home, "checkpoint", "txt", &checkpoint, path);
    buf_free(&key);
    return result;
}

/* What the log has signed for this member is kept; and the enrolment noted becomes one of those that may have been
 * sent, since a log that holds it after all gives the receipt of that very text. */
static int keep_earlier_enrolment(const struct profile *profile)
{
    struct buf jws, answer;
    int result = -1;
    buf_init(&jws, JWS_MAX);
    buf_init(&answer, HTTP_ANSWER_MAX);
    if (profile_read_enrolment(profile, &jws, &answer) == 0) {
        struct slice jws_text = slice_of(&jws), answer_text = slice_of(&answer);
        if (evidence_keep_answer(profile->home, NULL, &jws_text, &answer_text) == 0 && keep_pin(profile) == 0)
            result = pending_add(profile->home, &jws);
    }
    buf_wipe(&jws);
    buf_free(&answer);
    return result;
}

enum enrol_result enrol_anew(struct profile *profile, const struct enrol_at *at, const char *code,
                             struct http_answer *answer)
{
    return keep_earlier_enrolment(profile) < 0 ? ENROL_FAILED : sign_and_send(profile, at, code, answer);
}

/* Appends the invitation that an enrolment holds. */
static int read_code(const struct buf *jws, struct buf *code)
{
    struct jws parsed;
    struct enrolment claims;
    struct buf payload;
    int result = -1;
    buf_init(&payload, JWS_MAX);
    if (jws_parse(buf_text(jws), jws->len, ENROLMENT_TYP, &parsed, NULL) == 0 &&
        jws_decode_payload(&parsed, &payload) == 0 &&
        enrolment_parse(buf_text(&payload), payload.len, &claims, NULL) == 0) {
        buf_put_text(code, claims.invitation);
        result = buf_check(code);
        enrolment_free(&claims);
    }
    buf_wipe(&payload);
    errno = EILSEQ;
    return result;
}

enum enrol_result enrol_with_same_code(struct profile *profile, const struct enrol_at *at, struct http_answer *answer)
{
    enum enrol_result result = ENROL_FAILED;
    struct buf jws, noted, code;
    buf_init(&jws, JWS_MAX);
    buf_init(&noted, HTTP_ANSWER_MAX);
    buf_init(&code, CODE_MAX);
    if (profile_read_enrolment(profile, &jws, &noted) == 0 && read_code(&jws, &code) == 0)
        result = enrol_anew(profile, at, buf_text(&code), answer);
    buf_wipe(&jws);
    buf_free(&noted);
    buf_wipe(&code);
    return result;
}
