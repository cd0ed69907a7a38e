/* A response's claims: check 4 of PROTOCOL 5, and writing them. What they mean is response_check.c's. */
#include "panel/response.h"
#include "base/mem.h"
#include "panel/claims.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { AUD, ROUND, ACTION, REVISION, IAT, JTI, ANSWERS, CONTEXT, CLAIMS };

#define CONTEXT_FAULT "context, where it is there, must be 43 base64url characters for 32 bytes"

static const struct claim response_claims[CLAIMS] = {
    [AUD] = {"aud", "aud must be there, a string", JSON_STRING, false},
    [ROUND] = {"round", "round must be there, a string", JSON_STRING, false},
    [ACTION] = {"action", "action must be there, a string", JSON_STRING, false},
    [REVISION] = {"revision", "revision must be there, an integer", JSON_NUMBER, false},
    [IAT] = {"iat", "iat must be there, an integer", JSON_NUMBER, false},
    [JTI] = {"jti", "jti must be there, a string", JSON_STRING, false},
    [ANSWERS] = {"answers", "answers must be there, an object", JSON_OBJECT, false},
    [CONTEXT] = {"context", CONTEXT_FAULT, JSON_STRING, true},
};

static int compare_texts(const void *left, const void *right)
{
    const char *const *a = left, *const *b = right;
    return strcmp(*a, *b);
}

static bool has_repeat_in_pairs(const struct json *list)
{
    for (const struct json *a = json_first(list); a; a = json_next(a))
        for (const struct json *b = json_next(a); b; b = json_next(b))
            if (strcmp(json_text(a), json_text(b)) == 0)
                return true;
    return false;
}

static bool has_repeat_in_order(const char *const *texts, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (strcmp(texts[i - 1], texts[i]) == 0)
            return true;
    return false;
}

static int check_distinct(const struct json *list, struct error *error)
{
    size_t count = json_count(list), filled = 0;
    bool repeats;
    if (count > OPTIONS_MAX) {
        /* No question has as many options, so only who means harm sends such a list, and pays for sorting it. */
        const char **texts = mem_calloc(count, sizeof *texts);
        if (!texts)
            return error_no_memory(error);
        for (const struct json *element = json_first(list); element; element = json_next(element))
            texts[filled++] = json_text(element);
        qsort(texts, count, sizeof *texts, compare_texts);
        repeats = has_repeat_in_order(texts, count);
        mem_free(texts);
    } else {
        repeats = has_repeat_in_pairs(list);
    }
    return repeats ? error_set(error, ERROR_REFUSED, "an answer's list repeats a value") : 0;
}

static int check_list(const struct json *list, struct error *error)
{
    for (const struct json *element = json_first(list); element; element = json_next(element))
        if (json_type(element) != JSON_STRING)
            return error_set(error, ERROR_REFUSED, "an answer's list must hold strings");
    return check_distinct(list, error);
}

static int check_answer_form(const struct json *answer, struct error *error)
{
    int64_t number;
    switch (json_type(answer)) {
    case JSON_STRING:
        return 0;
    case JSON_ARRAY:
        return check_list(answer, error);
    case JSON_NUMBER:
        if (json_integer(answer, &number) == 0)
            return 0;
        return error_set(error, ERROR_REFUSED, "a number in an answer must be an integer");
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_OBJECT:
        break;
    }
    return error_set(error, ERROR_REFUSED, "an answer must be an integer, a string or a list of strings");
}

/* What the types of the claims don't say yet; decodes what is a number to us. */
static int check_claim_values(struct response *response, struct error *error)
{
    const char *context = response->context;
    if (response->revision < 1)
        return error_set(error, ERROR_REFUSED, "revision must be at least 1");
    if (!claims_jti_is_valid(response->jti))
        return error_set(error, ERROR_REFUSED, "jti must be 22 base64url characters for 16 bytes");
    if (context &&
        base64url_decode_exactly(context, strlen(context), response->context_hash, sizeof response->context_hash) < 0)
        return error_set(error, ERROR_REFUSED, CONTEXT_FAULT);
    for (const struct json *answer = json_first(response->answers); answer; answer = json_next(answer))
        if (check_answer_form(answer, error) < 0)
            return -1;
    return 0;
}

static int read_values(const struct json *const *values, struct response *out, struct error *error)
{
    out->aud = json_text(values[AUD]);
    out->round = json_text(values[ROUND]);
    out->action = json_text(values[ACTION]);
    out->jti = json_text(values[JTI]);
    out->answers = values[ANSWERS];
    out->context = json_text(values[CONTEXT]);
    if (json_integer(values[REVISION], &out->revision) < 0)
        return error_set(error, ERROR_REFUSED, "%s", response_claims[REVISION].fault);
    if (json_integer(values[IAT], &out->iat) < 0)
        return error_set(error, ERROR_REFUSED, "%s", response_claims[IAT].fault);
    return check_claim_values(out, error);
}

int response_parse(const char *payload, size_t len, struct response *out, struct error *error)
{
    const struct json *values[CLAIMS];
    struct response read = {.document = claims_parse(payload, len, response_claims, CLAIMS, values, error)};
    if (!read.document)
        return -1;
    if (read_values(values, &read, error) < 0) {
        response_free(&read);
        return -1;
    }
    *out = read;
    return 0;
}

void response_free(struct response *response)
{
    json_free(response->document);
    *response = (struct response){0};
}

void response_put_claims(struct buf *out, const struct response_claims *claims)
{
    buf_put_text(out, "{\"aud\":");
    json_put_text(out, claims->aud);
    buf_put_text(out, ",\"round\":");
    json_put_text(out, claims->round);
    buf_put_text(out, ",\"action\":");
    json_put_text(out, claims->action);
    buf_printf(out, ",\"revision\":%" PRId64 ",\"iat\":%" PRId64 ",\"jti\":", claims->revision, claims->iat);
    json_put_text(out, claims->jti);
    buf_put_text(out, ",\"answers\":");
    buf_put(out, claims->answers, claims->answers_len);
    if (claims->context && *claims->context) {
        buf_put_text(out, ",\"context\":");
        json_put_text(out, claims->context);
    }
    buf_put_char(out, '}');
}

void response_context(const uint8_t panel[static SHA256_BYTES], const uint8_t actions[static SHA256_BYTES],
                      uint8_t out[static SHA256_BYTES])
{
    uint8_t both[2 * SHA256_BYTES];
    memcpy(both, panel, SHA256_BYTES);
    memcpy(both + SHA256_BYTES, actions, SHA256_BYTES);
    crypto_sha256(both, sizeof both, out);
}

#define ESCAPED strlen("\\uXXXX") /* of a character; two of them for one beyond U+FFFF */
#define CLAIMS_BESIDE ((size_t)1024) /* the ids, each in full, the numbers and the names of the claims */

/* The most that an answer to the question takes. */
static size_t answer_max(const struct question *question)
{
    size_t sum = 0;
    switch (question->type) {
    case QUESTION_SCALE:
        return strlen("-9223372036854775808");
    case QUESTION_CHOICE:
    case QUESTION_MULTI:
        for (size_t i = 0; i < question->option_count; i++)
            sum += strlen(question->options[i].value) * ESCAPED + strlen("\"\",");
        return sum + strlen("[]");
    case QUESTION_TEXT:
        return question->max_length * 2 * ESCAPED + strlen("\"\"");
    }
    return 0;
}

size_t response_claims_max(const struct questionnaire *questionnaire)
{
    size_t sum = CLAIMS_BESIDE + RESPONSE_SPARE;
    for (size_t i = 0; i < questionnaire->question_count; i++) {
        const struct question *question = &questionnaire->questions[i];
        sum += strlen(question->id) * ESCAPED + strlen("\"\":,") + answer_max(question);
    }
    return sum;
}
