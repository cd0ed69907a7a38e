/* Claims out of answers, checked by the panel's own rules before they are signed. */
#include "client/response/compose.h"
#include "base/clock.h"
#include "base/lang.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/response.h"
#include <stdio.h>
#include <string.h>

#define POINTER_MAX 96
#define CLAIMS_MAX (COMPOSE_ANSWERS_MAX + 1024)
#define LONGEST_NAMED 3
#define LONGEST_TEXT_MAX ((size_t)1024)

static void put_claims(struct buf *out, const struct catalogue *catalogue, const struct response_id *id,
                       const struct buf *answers)
{
    char jti[RANDOM_ID_SIZE];
    crypto_random_id(jti);
    struct response_claims claims = {
        .aud = catalogue->panel->id,
        .round = id->round,
        .action = id->action,
        .jti = jti,
        .revision = id->revision,
        .iat = clock_now(),
        .context = catalogue->context,
        .answers = buf_text(answers),
        .answers_len = answers->len,
    };
    response_put_claims(out, &claims);
}

static int check_claims(const struct catalogue *catalogue, const struct response_id *id, const struct buf *answers,
                        struct faults *faults)
{
    struct response response;
    struct ballot ballot;
    struct buf claims;
    struct error error;
    int result = -1;
    buf_init(&claims, CLAIMS_MAX);
    put_claims(&claims, catalogue, id, answers);
    if (buf_check(&claims) < 0) {
        faults->no_memory = true;
    } else if (response_parse(buf_text(&claims), claims.len, &response, &error) < 0) {
        faults->no_memory = faults->no_memory || error.kind == ERROR_MEMORY;
        faults_add(faults, "", "%s", error.text);
    } else {
        result = response_check(&response, catalogue->panel, catalogue->actions, clock_now(), &ballot, faults);
        if (result == 0)
            ballot_free(&ballot);
        response_free(&response);
    }
    buf_free(&claims);
    return result;
}

static bool is_told(const struct faults *faults, const char *where)
{
    for (size_t i = 0; i < faults->count; i++)
        if (strcmp(faults->list[i].where, where) == 0)
            return true;
    return false;
}

/* Whether the fault at `where` may be there only because the question that it hangs on has a faulty answer. */
static bool follows_from_told(const struct answers *answers, const struct faults *faults, const char *where)
{
    char pointer[POINTER_MAX];
    const struct questionnaire *q = answers->questionnaire;
    int question = strncmp(where, "/answers/", 9) == 0 ? questionnaire_find(q, where + 9) : -1;
    if (question < 0 || !q->questions[question].has_when)
        return false;
    snprintf(pointer, sizeof pointer, "/answers/%s", q->questions[q->questions[question].when_question].id);
    return is_told(faults, pointer);
}

int compose_answers(struct buf *out, const struct catalogue *catalogue, const struct response_id *id,
                    const struct answers *answers, struct faults *faults)
{
    struct faults whole;
    faults_init(&whole);
    int result = answers_put_json(out, answers, faults);
    if (check_claims(catalogue, id, out, &whole) < 0)
        result = -1;
    size_t told = faults->count;
    struct faults before = {.list = faults->list, .count = told};
    for (size_t i = 0; i < whole.count; i++, before.list = faults->list)
        if (!is_told(&before, whole.list[i].where) && !follows_from_told(answers, &before, whole.list[i].where))
            faults_add(faults, whole.list[i].where, "%s", whole.list[i].what);
    faults->no_memory = faults->no_memory || whole.no_memory;
    faults_free(&whole);
    return result;
}

/* The longest answer by its typed bytes of those not marked yet, marked now. -1: there is none left. */
static int take_longest(const struct answers *answers, bool marked[static QUESTIONS_MAX])
{
    int longest = -1;
    for (size_t i = 0; i < answers->questionnaire->question_count; i++)
        if (answers->typed[i] && !marked[i] &&
            (longest < 0 || strlen(answers->typed[i]) > strlen(answers->typed[longest])))
            longest = (int)i;
    if (longest >= 0)
        marked[longest] = true;
    return longest;
}

static void put_longest(struct buf *out, const struct answers *answers)
{
    bool marked[QUESTIONS_MAX] = {false};
    for (int i = 0; i < LONGEST_NAMED; i++) {
        int question = take_longest(answers, marked);
        if (question >= 0)
            buf_printf(out, "%s%s (%zu)", i > 0 ? ", " : "", answers->questionnaire->questions[question].id,
                       strlen(answers->typed[question]));
    }
}

/* The claims around the answers at their longest, since they may be signed again under a longer number; no id has a
 * character that JSON escapes. */
size_t compose_room(const struct catalogue *catalogue, const struct response_id *id)
{
    static const char around[] = "{\"aud\":\"\",\"round\":\"\",\"action\":\"\",\"revision\":9007199254740991,"
                                 "\"iat\":99999999999,\"jti\":\"1234567890123456789012\",\"answers\":,\"context\":"
                                 "\"1234567890123456789012345678901234567890123\"}";
    size_t len = sizeof around - 1 + strlen(catalogue->panel->id) + strlen(id->round) + strlen(id->action);
    return jws_payload_max(RESPONSE_TYP) - len;
}

int compose_check_length(const struct catalogue *catalogue, const struct response_id *id, const struct answers *answers,
                         const struct buf *json, struct faults *faults)
{
    struct buf longest;
    size_t room = compose_room(catalogue, id);
    if (json->len <= room)
        return 0;
    buf_init(&longest, LONGEST_TEXT_MAX);
    put_longest(&longest, answers);
    faults_add(faults, "/answers",
               json->len - room == 1
                   ? T("together %zu byte too long for one response, which holds %zu; make the longest shorter: %s",
                       "samen %zu byte te lang voor een reactie, waar er %zu in passen; maak de langste korter: %s")
                   : T("together %zu bytes too long for one response, which holds %zu; make the longest shorter: %s",
                       "samen %zu bytes te lang voor een reactie, waar er %zu in passen; maak de langste korter: %s"),
               json->len - room, room, buf_text(&longest));
    buf_free(&longest);
    return -1;
}

int compose_sign(struct buf *jws, const struct secret_key *key, const struct catalogue *catalogue,
                 const struct response_id *id, const struct buf *answers)
{
    struct buf claims;
    buf_init(&claims, JWS_MAX);
    put_claims(&claims, catalogue, id, answers);
    int result = buf_check(&claims);
    if (result == 0) {
        jws_sign(jws, key, RESPONSE_TYP, buf_text(&claims), claims.len);
        result = buf_check(jws);
    }
    buf_free(&claims);
    return result;
}

int compose_read_answers(const struct buf *jws, struct buf *answers, int64_t *signed_at)
{
    struct jws parsed;
    struct response response;
    struct buf payload;
    int result = -1;
    buf_init(&payload, JWS_MAX);
    if (jws_parse(buf_text(jws), jws->len, RESPONSE_TYP, &parsed, NULL) == 0 &&
        jws_decode_payload(&parsed, &payload) == 0 &&
        response_parse(buf_text(&payload), payload.len, &response, NULL) == 0) {
        json_put_value(answers, response.answers);
        if (signed_at)
            *signed_at = response.iat;
        response_free(&response);
        result = buf_check(answers);
    }
    buf_free(&payload);
    return result;
}
