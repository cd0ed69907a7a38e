/* envelope -> member -> signature -> claims -> meaning (PROTOCOL 4 and 5). The order of the checks is the protocol's:
 * nothing of the payload is looked at before its signature counts. */
#include "collector/intake/submit.h"
#include "base/mem.h"
#include "collector/intake/check.h"
#include "panel/enrolment.h"
#include "panel/invitation.h"
#include <string.h>

/* A response. */

/* A key that is nobody's (RFC 8032 §7.1, test 1): what it verifies counts for nothing. */
static const uint8_t nobody[KEY_BYTES] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe,
                                          0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6,
                                          0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};

/* Check 3. A signature is verified whoever it is of, so that the time of the answer doesn't tell who is a member. */
static int verify_member(struct roster *roster, const struct jws *jws, struct roster_member *member,
                         struct refusal *refusal)
{
    bool known = roster_find(roster, jws->kid, member) && !member->revoked;
    bool counts = jws_verify(jws, known ? member->public_key : nobody);
    return known && counts ? 0 : check_refuse_signature(refusal);
}

/* Check 5a, before the answers are looked at: where the questions have changed, these may fit no more. A round that is
 * not known is for the next check to tell. */
static int check_context(const struct response *response, const struct catalogue *catalogue, struct refusal *refusal)
{
    int round = response->context ? panel_find_round(catalogue->panel, response->round) : -1;
    if (round < 0 ||
        in_force_had(&catalogue->in_force, response->context_hash, catalogue->panel->rounds[round].opens_at))
        return 0;
    return check_refuse(refusal, PROBLEM_STALE_CONTEXT,
                        "What context names was not in force since the round opened; show the questions again.");
}

/* Checks 5 to 7a; *ballot is set on success. */
static int check_meaning(const struct response *response, const struct catalogue *catalogue, size_t claims_len,
                         int64_t now, struct ballot *ballot, struct refusal *refusal)
{
    if (check_context(response, catalogue, refusal) < 0)
        return -1;
    if (response_check(response, catalogue->panel, catalogue->actions, now, ballot, &refusal->faults) < 0)
        return check_refuse(refusal, PROBLEM_INVALID_RESPONSE,
                            "The response does not fit the panel; each fault is named in errors.");
    if (claims_len <= catalogue_payload_max(catalogue, ballot->round))
        return 0;
    ballot_free(ballot);
    return check_refuse(refusal, PROBLEM_TOO_LARGE,
                        "The claims are longer than the longest answers to these questions.");
}

/* Checks 4 to 7; *response and *ballot are set on success. */
static int read_response(const struct jws *jws, const struct catalogue *catalogue, int64_t now,
                         struct response *response, struct ballot *ballot, struct refusal *refusal)
{
    struct buf payload;
    buf_init(&payload, JWS_MAX);
    int result = -1;
    if (jws_decode_payload(jws, &payload) < 0) {
        check_refuse_memory(refusal);
    } else if (response_parse(payload.data, payload.len, response, &refusal->why) < 0) {
        check_refuse_reading(refusal, PROBLEM_INVALID_CLAIMS);
    } else if ((result = check_meaning(response, catalogue, payload.len, now, ballot, refusal)) < 0) {
        response_free(response);
    }
    buf_free(&payload);
    if (refusal->faults.no_memory)
        check_refuse_memory(refusal);
    return result;
}

static void fill_response(struct submission *s, const struct response *response, const struct ballot *ballot,
                          int64_t now)
{
    const struct catalogue *catalogue = s->catalogue;
    s->round_index = ballot->round;
    s->action_index = ballot->action;
    s->round = catalogue->round_numbers[ballot->round];
    s->action = catalogue->action_numbers[ballot->action];
    s->revision = response->revision;
    s->received_at = now;
    s->round_open = round_is_open(&catalogue->panel->rounds[ballot->round], now);
    tally_slots(catalogue_layout(catalogue, ballot->round), ballot, s->slots);
}

struct submission *submit_response(struct roster *roster, struct catalogue *catalogue, const char *text, size_t len,
                                   int64_t now, struct refusal *refusal)
{
    struct jws jws;
    struct roster_member member;
    struct response response;
    struct ballot ballot;
    uint64_t edition = roster_edition(roster); /* before the look into it */
    if (check_envelope(text, len, RESPONSE_TYP, &jws, refusal) < 0 ||
        verify_member(roster, &jws, &member, refusal) < 0 ||
        read_response(&jws, catalogue, now, &response, &ballot, refusal) < 0)
        return NULL;
    struct submission *s = check_passed(SUBMISSION_RESPONSE, catalogue, text, len, tally_slot_count(&ballot));
    if (s) {
        fill_response(s, &response, &ballot, now);
        s->member = member.number;
        s->roster_edition = edition;
        memcpy(s->kid, jws.kid, KID_SIZE);
    } else {
        check_refuse_memory(refusal);
    }
    ballot_free(&ballot);
    response_free(&response);
    return s;
}

/* An enrolment. */

static void fill_enrolment(struct submission *s, const struct enrolment *claims, const char *kid, int64_t now)
{
    uint8_t code[INVITATION_BYTES];
    memcpy(s->kid, kid, KID_SIZE);
    memcpy(s->public_key, claims->public_key, KEY_BYTES);
    s->received_at = now;
    s->iat_fits = claims->iat <= now + ENROLMENT_SKEW && claims->iat >= now - ENROLMENT_SKEW;
    /* What is no code at all is hashed as an empty one, which nobody was given. */
    bool is_code = invitation_read(claims->invitation, code, NULL) == 0;
    crypto_sha256(code, is_code ? sizeof code : 0, s->invitation);
    mem_wipe(code, sizeof code);
}

struct submission *submit_enrolment(struct catalogue *catalogue, const char *text, size_t len, int64_t now,
                                    struct refusal *refusal)
{
    struct jws jws;
    struct enrolment claims;
    struct submission *s = NULL;
    if (check_envelope(text, len, ENROLMENT_TYP, &jws, refusal) < 0)
        return NULL;
    struct buf payload;
    buf_init(&payload, JWS_MAX);
    if (jws_decode_payload(&jws, &payload) < 0) {
        check_refuse_memory(refusal);
    } else if (enrolment_parse(payload.data, payload.len, &claims, &refusal->why) < 0) {
        check_refuse_reading(refusal, PROBLEM_INVALID_CLAIMS);
    } else {
        bool fits = check_own_key(&jws, claims.has_key ? claims.public_key : NULL, refusal) == 0 &&
                    check_audience(claims.aud, catalogue->panel, refusal) == 0;
        if (fits && (s = check_passed(SUBMISSION_ENROLMENT, catalogue, text, len, 0)) == NULL)
            check_refuse_memory(refusal);
        if (s)
            fill_enrolment(s, &claims, jws.kid, now);
        enrolment_free(&claims);
    }
    buf_wipe(&payload);
    return s;
}

/* An act. */

struct submission *submit_act(struct act_wish *wish, int64_t now)
{
    struct submission *s = mem_calloc(1, sizeof *s);
    struct act_request *request = mem_calloc(1, sizeof *request);
    if (!s || !request) {
        act_wish_wipe(wish);
        mem_free(request);
        mem_free(s);
        return NULL;
    }
    request->wish = *wish;
    s->kind = SUBMISSION_ACT;
    s->act = request;
    s->received_at = now;
    return s;
}
