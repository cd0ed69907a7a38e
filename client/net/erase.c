/* Signed, kept, sent, proven, carried out: each step rests on the one before, and may be begun again. See erase.h. */
#include "client/net/erase.h"
#include "base/clock.h"
#include "base/json.h"
#include "client/home/erasing.h"
#include "client/home/evidence.h"
#include "client/home/receipts.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/own_data.h"
#include <errno.h>
#include <string.h>

static int sign_request(struct buf *jws, const struct profile *profile, const char *typ, const char *round,
                        const char *action, void (*put)(struct buf *out, const struct own_data_request *request))
{
    char jti[RANDOM_ID_SIZE];
    struct buf claims;
    struct own_data_request request = {
        .aud = profile->panel, .jti = jti, .iat = clock_now(), .round = round, .action = action};
    crypto_random_id(jti);
    secret_key_public(profile->key, request.public_key);
    buf_init(&claims, JWS_MAX);
    put(&claims, &request);
    int result = buf_check(&claims);
    if (result == 0) {
        jws_sign(jws, profile->key, typ, buf_text(&claims), claims.len);
        result = buf_check(jws);
    }
    buf_free(&claims);
    errno = ENOMEM;
    return result;
}

/* Nothing is taken away on the collector's word alone. */
static enum erase_result note_erasure(struct profile *profile, const struct buf *jws, const struct http_answer *answer,
                                      struct error *error)
{
    struct slice jws_text = slice_of(jws), answer_text = slice_of(&answer->body);
    if (receipts_check_answer(&jws_text, &answer_text, &profile->pin->key, error) == 0)
        return erasing_finish(profile, jws, &answer->body) == 0 ? ERASE_DONE : ERASE_FAILED;
    return evidence_keep_answer(profile->home, NULL, &jws_text, &answer_text) == 0 ? ERASE_UNPROVEN : ERASE_FAILED;
}

/* Whether the collector has refused it (PROTOCOL 5b). What stands in between, a hotel's page, settles nothing. */
static bool is_refusal(enum problem problem)
{
    return problem == PROBLEM_TOO_LARGE || problem == PROBLEM_MALFORMED_ENVELOPE || problem == PROBLEM_INVALID_CLAIMS ||
           problem == PROBLEM_NOT_VERIFIED || problem == PROBLEM_NOTHING_TO_ERASE;
}

/* One that is refused is still kept. */
static enum erase_result send_erasure(struct profile *profile, struct http *http, const struct buf *jws,
                                      struct http_answer *answer, struct error *error)
{
    struct http_request request = {
        .path = "/v1/erasures", .content_type = "application/jose", .body = jws->data, .len = jws->len};
    enum http_outcome outcome = http_do(http, &request, answer);
    if (outcome == HTTP_DONE)
        return note_erasure(profile, jws, answer, error);
    return outcome == HTTP_RETRY || !is_refusal(answer->problem) ? ERASE_LATER : ERASE_REFUSED;
}

static enum erase_result forget_refused(const struct profile *profile, enum erase_result result)
{
    return result == ERASE_REFUSED && erasing_forget(profile->home) < 0 ? ERASE_FAILED : result;
}

/* `keep`: erasing_begin or erasing_replace. */
static enum erase_result sign_erasure_and_send(struct profile *profile, struct http *http,
                                               const struct own_data_request *wanted,
                                               int (*keep)(const char *home, const struct buf *jws),
                                               struct http_answer *answer, struct error *error)
{
    struct buf jws;
    enum erase_result result = ERASE_FAILED;
    buf_init(&jws, JWS_MAX);
    if (sign_request(&jws, profile, ERASURE_TYP, wanted->round, wanted->action, own_data_put_erasure) == 0 &&
        keep(profile->home, &jws) == 0)
        result = send_erasure(profile, http, &jws, answer, error);
    buf_free(&jws);
    return result;
}

enum erase_result erase_ask(struct profile *profile, struct http *http, const char *round, const char *action,
                            struct http_answer *answer, struct error *error)
{
    struct own_data_request wanted = {.round = round, .action = action};
    return forget_refused(profile, sign_erasure_and_send(profile, http, &wanted, erasing_begin, answer, error));
}

/* Refused for its claims the collector has not answered it before, whatever got lost: it is too old by now, and was not
 * carried out. */
static enum erase_result sign_anew(struct profile *profile, struct http *http, const struct buf *jws,
                                   struct http_answer *answer, struct error *error)
{
    struct own_data_request wanted;
    struct slice jws_text = slice_of(jws);
    if (erasing_parse(&jws_text, &wanted) < 0)
        return ERASE_FAILED;
    enum erase_result result = sign_erasure_and_send(profile, http, &wanted, erasing_replace, answer, error);
    own_data_free(&wanted);
    return result;
}

enum erase_result erase_pending(struct profile *profile, struct http *http, struct http_answer *answer,
                                struct error *error)
{
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    enum erase_result result;
    if (erasing_read(profile->home, &jws) == 0)
        result = send_erasure(profile, http, &jws, answer, error);
    else
        result = errno == ENOENT ? ERASE_NONE : ERASE_FAILED;
    if (result == ERASE_REFUSED && answer->problem == PROBLEM_INVALID_CLAIMS)
        result = sign_anew(profile, http, &jws, answer, error);
    buf_free(&jws);
    return forget_refused(profile, result);
}

int erase_ask_access(const struct profile *profile, struct http *http, struct http_answer *answer,
                     enum http_outcome *outcome)
{
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    int result = sign_request(&jws, profile, ACCESS_TYP, NULL, NULL, own_data_put_access);
    if (result == 0) {
        struct http_request request = {.path = "/v1/access",
                                       .content_type = "application/jose",
                                       .body = jws.data,
                                       .len = jws.len,
                                       .answer_max = ACCESS_ANSWER_MAX};
        *outcome = http_do(http, &request, answer);
    }
    buf_free(&jws);
    return result;
}

/* What else was asked. */

/* Whether the request is among the entries that the collector shows: 1, 0; -1 where it shows none at all. */
static int is_among_entries(const struct http_answer *answer, const struct buf *jws)
{
    struct json *document = json_parse(buf_text(&answer->body), answer->body.len, NULL);
    const struct json *entries = json_member(document, "entries");
    int result = entries && json_type(entries) == JSON_ARRAY ? 0 : -1;
    for (const struct json *entry = result < 0 ? NULL : json_first(entries); entry; entry = json_next(entry)) {
        const char *text = json_text(json_member(entry, "jws"));
        if (text && strcmp(text, buf_text(jws)) == 0)
            result = 1;
    }
    json_free(document);
    return result;
}

static enum erase_result settle_or_drop(struct profile *profile, struct http *http, const struct buf *jws,
                                        struct http_answer *answer, struct error *error)
{
    enum http_outcome outcome = HTTP_RETRY;
    if (erase_ask_access(profile, http, answer, &outcome) < 0)
        return ERASE_FAILED;
    bool is_no_member = outcome != HTTP_DONE && answer->problem == PROBLEM_NOT_VERIFIED;
    int was_done = is_no_member ? 1 : outcome == HTTP_DONE ? is_among_entries(answer, jws) : -1;
    if (was_done < 0)
        return ERASE_LATER;
    if (was_done > 0)
        return erase_pending(profile, http, answer, error);
    return erasing_forget(profile->home) == 0 ? ERASE_DROPPED : ERASE_FAILED;
}

enum erase_result erase_settle_other(struct profile *profile, struct http *http, struct http_answer *answer,
                                     struct error *error)
{
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    enum erase_result result;
    if (erasing_read(profile->home, &jws) == 0)
        result = settle_or_drop(profile, http, &jws, answer, error);
    else
        result = errno == ENOENT ? ERASE_NONE : ERASE_FAILED;
    buf_free(&jws);
    return result;
}
