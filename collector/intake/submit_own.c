/* What a member asks of their own data, as far as it needs no order (PROTOCOL 5b, 5c): envelope -> claims -> the key in
 * them -> member -> meaning. The claims are read before the signature is verified, since they bring its key. */
#include "base/mem.h"
#include "collector/intake/check.h"
#include "panel/own_data.h"
#include <string.h>

typedef int own_data_parse(const char *payload, size_t len, struct own_data_request *out, struct error *error);

/* *request is to be freed on success. */
static int read_request(const struct jws *jws, own_data_parse *parse, struct own_data_request *request,
                        struct refusal *refusal)
{
    struct buf payload;
    int result = -1;
    buf_init(&payload, JWS_MAX);
    if (jws_decode_payload(jws, &payload) < 0)
        check_refuse_memory(refusal);
    else if (parse(buf_text(&payload), payload.len, request, &refusal->why) < 0)
        check_refuse_reading(refusal, PROBLEM_INVALID_CLAIMS);
    else
        result = 0;
    buf_free(&payload);
    return result;
}

static bool is_recent(const struct own_data_request *request, int64_t now)
{
    return request->iat <= now + OWN_DATA_SKEW && request->iat >= now - OWN_DATA_SKEW;
}

/* An erasure. */

/* A number of the store's, or -1 for what this panel does not have, of which nobody has anything to erase. */
static void fill_scope(struct submission *s, const struct own_data_request *request)
{
    const struct catalogue *catalogue = s->catalogue;
    s->everything = !request->round;
    if (s->everything)
        return;
    int round = panel_find_round(catalogue->panel, request->round);
    int action = action_list_find(catalogue->actions, request->action);
    s->round = round >= 0 ? catalogue->round_numbers[round] : -1;
    s->action = action >= 0 ? catalogue->action_numbers[action] : -1;
}

/* The member's number; 0 for one who has erased everything, and may only hear the first answer again. -1: nobody's. */
static int64_t find_own_member(struct roster *roster, const char *kid)
{
    struct roster_member member;
    if (roster_find(roster, kid, &member))
        return member.number;
    return roster_was_erased(roster, kid) ? 0 : -1;
}

/* Checks 3 and 4; *number as found. */
static int check_erasure(const struct jws *jws, const struct own_data_request *request, struct roster *roster,
                         const struct catalogue *catalogue, int64_t *number, struct refusal *refusal)
{
    if (check_own_key(jws, request->public_key, refusal) < 0)
        return -1;
    *number = find_own_member(roster, jws->kid);
    return *number < 0 ? check_refuse_signature(refusal) : check_audience(request->aud, catalogue->panel, refusal);
}

struct submission *submit_erasure(struct roster *roster, struct catalogue *catalogue, const char *text, size_t len,
                                  int64_t now, struct refusal *refusal)
{
    struct jws jws;
    struct own_data_request request;
    struct submission *s = NULL;
    int64_t number;
    uint64_t edition = roster_edition(roster); /* before the look into it */
    if (check_envelope(text, len, ERASURE_TYP, &jws, refusal) < 0 ||
        read_request(&jws, own_data_parse_erasure, &request, refusal) < 0)
        return NULL;
    bool fits = check_erasure(&jws, &request, roster, catalogue, &number, refusal) == 0;
    if (fits && (s = check_passed(SUBMISSION_ERASURE, catalogue, text, len, 0)) == NULL)
        check_refuse_memory(refusal);
    if (s) {
        memcpy(s->kid, jws.kid, KID_SIZE);
        memcpy(s->public_key, request.public_key, KEY_BYTES);
        s->member = number;
        s->roster_edition = edition;
        s->received_at = now;
        s->iat_fits = is_recent(&request, now);
        fill_scope(s, &request);
    }
    own_data_free(&request);
    return s;
}

/* Access. */

int submit_access(struct roster *roster, const struct catalogue *catalogue, const char *text, size_t len, int64_t now,
                  struct access_request *out, struct refusal *refusal)
{
    struct jws jws;
    struct own_data_request request;
    int result = -1;
    if (check_envelope(text, len, ACCESS_TYP, &jws, refusal) < 0 ||
        read_request(&jws, own_data_parse_access, &request, refusal) < 0)
        return -1;
    struct access_request read = {.kid = ""};
    memcpy(read.kid, jws.kid, KID_SIZE);
    memcpy(read.jti, request.jti, RANDOM_ID_SIZE);
    if (check_own_key(&jws, request.public_key, refusal) < 0) {
        result = -1;
    } else if (!roster_find(roster, jws.kid, &read.member)) {
        result = check_refuse_signature(refusal);
    } else if (check_audience(request.aud, catalogue->panel, refusal) == 0) {
        result = is_recent(&request, now) ? 0 : check_refuse(refusal, PROBLEM_INVALID_CLAIMS, CHECK_CLOCK_DETAIL);
    }
    if (result == 0)
        *out = read;
    own_data_free(&request);
    return result;
}
