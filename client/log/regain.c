/* An entry at a time: is it signed by this key, does the log hold it, and only then is it written. What it is comes
 * from what was signed, never from what the collector says beside it. */
#include "client/log/regain.h"
#include "base/lang.h"
#include "client/home/erasing.h"
#include "client/home/evidence.h"
#include "client/home/receipts.h"
#include "client/home/spool.h"
#include "client/net/enrol.h"
#include "crypto/jws.h"
#include "crypto/receipt.h"
#include "panel/enrolment.h"
#include "panel/response.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PATH_SIZE 64

/* Whether the text is of that kind and signed by the profile's key. */
static bool is_signed_by(const struct profile *profile, const struct slice *text, const char *typ, struct jws *jws)
{
    uint8_t public_key[KEY_BYTES];
    secret_key_public(profile->key, public_key);
    return jws_parse(text->text, text->len, typ, jws, NULL) == 0 && strcmp(jws->kid, profile->kid) == 0 &&
           jws_verify(jws, public_key);
}

/* Which response a signed text is, by its claims. */
static int read_response_id(const struct jws *jws, struct response_id *id)
{
    struct buf payload;
    buf_init(&payload, JWS_MAX);
    int result = jws_decode_payload(jws, &payload);
    struct json *claims = result == 0 ? json_parse(buf_text(&payload), payload.len, NULL) : NULL;
    const char *round = json_text(json_member(claims, "round")), *action = json_text(json_member(claims, "action"));
    int64_t revision;
    result = round && action && json_integer(json_member(claims, "revision"), &revision) == 0
                 ? response_id_set(id, round, action, revision)
                 : -1;
    json_free(claims);
    buf_free(&payload);
    return result;
}

/* Puts the collector's answer as it would have been when the entry was made. */
static void put_proven_answer(struct buf *out, const struct profile *profile, int64_t index, const struct buf *receipt)
{
    buf_printf(out, "{\"kid\":\"%s\",\"index\":%lld,\"receipt\":", profile->kid, (long long)index);
    json_put_string(out, buf_text(receipt), receipt->len);
    buf_put_char(out, '}');
}

/* Asks for the receipt of an entry, holds it against the text, and puts the answer that it makes. */
static enum regain_result prove_entry(struct regain *regain, const struct profile *profile, const struct slice *jws,
                                      int64_t index, struct buf *answer)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/v1/receipts/%lld", (long long)index);
    struct http_request request = {.path = path};
    enum http_outcome outcome = http_do(regain->http, &request, regain->answer);
    if (outcome != HTTP_DONE) {
        error_set(regain->error, ERROR_IO, T("no receipt of entry %lld", "geen ontvangstbewijs van regel %lld"),
                  (long long)index);
        return outcome == HTTP_RETRY ? REGAIN_LATER : REGAIN_REFUSED;
    }
    put_proven_answer(answer, profile, index, &regain->answer->body);
    if (buf_check(answer) < 0) {
        errno = ENOMEM;
        return REGAIN_FAILED;
    }
    struct slice text = slice_of(answer);
    if (receipts_check_answer(jws, &text, &regain->log->key, regain->error) == 0)
        return REGAIN_DONE;
    return evidence_keep_answer(profile->home, NULL, jws, &text) == 0 ? REGAIN_UNPROVEN : REGAIN_FAILED;
}

/* Whether just that is kept as what has become of the response, with a receipt that holds: of a run that was broken
 * off. */
static bool is_regained(const struct regain *regain, const struct profile *profile, const struct slice *jws,
                        const struct response_id *id, enum spool_state state)
{
    struct buf kept, answer;
    bool result = false;
    buf_init(&kept, JWS_MAX);
    buf_init(&answer, SPOOL_RECORD_MAX);
    if (spool_read_record(profile->home, id, state, &kept, &answer) == 0) {
        struct slice text = slice_of(&answer);
        result = kept.len == jws->len && memcmp(kept.data, jws->text, jws->len) == 0 &&
                 receipts_check_answer(jws, &text, &regain->log->key, NULL) == 0;
    }
    buf_free(&kept);
    buf_free(&answer);
    return result;
}

/* Keeps what the log is seen to hold, as what has become of that response. */
static enum regain_result keep_regained(struct regain *regain, const struct profile *profile, const struct slice *jws,
                                        int64_t index, const struct response_id *id, enum spool_state state)
{
    struct buf answer;
    if (is_regained(regain, profile, jws, id, state))
        return REGAIN_DONE;
    buf_init(&answer, SPOOL_RECORD_MAX);
    enum regain_result result = prove_entry(regain, profile, jws, index, &answer);
    struct slice text = slice_of(&answer);
    if (result == REGAIN_DONE && spool_settle(profile->home, id, state, jws, &text) < 0)
        result = REGAIN_FAILED;
    buf_free(&answer);
    return result;
}

/* The log is pinned first, so that who is enrolled has always something to hold the collector to. */
static enum regain_result keep_enrolment(struct regain *regain, struct profile *profile, const struct slice *jws,
                                         int64_t index)
{
    struct buf answer;
    buf_init(&answer, SPOOL_RECORD_MAX);
    enum regain_result result = prove_entry(regain, profile, jws, index, &answer);
    if (result == REGAIN_DONE && (enrol_pin(profile, regain->log) < 0 ||
                                  profile_set_enrolled(profile, regain->url, regain->panel, jws->text, &answer) < 0))
        result = REGAIN_FAILED;
    buf_free(&answer);
    return result;
}

static enum regain_result refuse_entry(struct regain *regain, int64_t index)
{
    error_set(regain->error, ERROR_REFUSED,
              T("entry %lld, as it is shown, was not signed by this key",
                "regel %lld is, zoals die getoond wordt, niet door deze sleutel ondertekend"),
              (long long)index);
    return REGAIN_UNPROVEN;
}

static enum regain_result take_response(struct regain *regain, const struct profile *profile, const struct slice *text,
                                        int64_t index)
{
    struct response_id id;
    struct jws jws;
    if (!is_signed_by(profile, text, RESPONSE_TYP, &jws) || read_response_id(&jws, &id) < 0)
        return refuse_entry(regain, index);
    enum regain_result result = keep_regained(regain, profile, text, index, &id, SPOOL_SENT);
    regain->responses += result == REGAIN_DONE;
    return result;
}

static bool is_member_text(const struct json *object, const char *name, const char *text)
{
    const char *found = json_text(json_member(object, name));
    return found && strcmp(found, text) == 0;
}

/* The last revision of a response that was erased, as the collector keeps it; 0: it has been given again since, or the
 * collector does not say. */
static int64_t find_erased_revision(const struct json *shown, const struct own_data_request *request)
{
    int64_t revision = 0;
    for (const struct json *one = json_first(json_member(shown, "erased")); one; one = json_next(one))
        if (is_member_text(one, "round", request->round) && is_member_text(one, "action", request->action) &&
            json_integer(json_member(one, "revision"), &revision) == 0 && revision > 0)
            return revision;
    return 0;
}

/* A request to erase one response: what comes after it must have a higher revision. */
static enum regain_result take_erasure(struct regain *regain, const struct profile *profile, const struct slice *text,
                                       int64_t index)
{
    struct response_id id;
    struct own_data_request request;
    enum regain_result result = REGAIN_DONE;
    if (erasing_parse(text, &request) < 0)
        return refuse_entry(regain, index);
    int64_t revision = request.round ? find_erased_revision(regain->shown, &request) : 0;
    if (revision > 0 && response_id_set(&id, request.round, request.action, revision) == 0)
        result = keep_regained(regain, profile, text, index, &id, SPOOL_ERASED);
    own_data_free(&request);
    return result;
}

/* What is neither response nor request to erase is the enrolment, which comes last. */
static enum regain_result take_entry(struct regain *regain, const struct profile *profile, const struct json *entry)
{
    const char *text = json_text(json_member(entry, "jws"));
    struct jws jws;
    int64_t index;
    if (!text || json_integer(json_member(entry, "index"), &index) < 0)
        return REGAIN_REFUSED;
    struct slice signed_text = {text, strlen(text)};
    if (json_member(entry, "revision"))
        return take_response(regain, profile, &signed_text, index);
    return is_signed_by(profile, &signed_text, ERASURE_TYP, &jws) ? take_erasure(regain, profile, &signed_text, index)
                                                                  : REGAIN_DONE;
}

/* The entry of that index; NULL: it is not shown. */
static const struct json *find_regained_entry(const struct json *shown, int64_t index)
{
    int64_t its;
    for (const struct json *entry = json_first(json_member(shown, "entries")); entry; entry = json_next(entry))
        if (json_integer(json_member(entry, "index"), &its) == 0 && its == index)
            return entry;
    return NULL;
}

static enum regain_result take_enrolment(struct regain *regain, struct profile *profile)
{
    int64_t index = -1;
    struct jws jws;
    if (json_integer(json_member(json_member(regain->shown, "enrolment"), "index"), &index) < 0)
        return REGAIN_REFUSED;
    const char *text = json_text(json_member(find_regained_entry(regain->shown, index), "jws"));
    struct slice signed_text = {text ? text : "", text ? strlen(text) : 0};
    if (!is_signed_by(profile, &signed_text, ENROLMENT_TYP, &jws))
        return refuse_entry(regain, index);
    return keep_enrolment(regain, profile, &signed_text, index);
}

enum regain_result regain_all(struct regain *regain, struct profile *profile)
{
    enum regain_result result = REGAIN_DONE;
    error_set(regain->error, ERROR_REFUSED, "%s",
              T("the answer is not what it must be", "het antwoord is niet wat het moet zijn"));
    for (const struct json *entry = json_first(json_member(regain->shown, "entries")); entry && result == REGAIN_DONE;
         entry = json_next(entry))
        result = take_entry(regain, profile, entry);
    return result == REGAIN_DONE ? take_enrolment(regain, profile) : result;
}
