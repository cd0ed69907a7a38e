/* A response's claims: check 4 of PROTOCOL 5, and writing them. What they mean is response_check.c's. */
#include "panel/response.h"
#include "base/mem.h"
#include "panel/claims.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { AUD, ROUND, ACTION, REVISION, IAT, JTI, ANSWERS, CLAIMS };

static const struct claim response_claims[CLAIMS] = {
    [AUD] = {"aud", JSON_STRING, "aud must be there, a string"},
    [ROUND] = {"round", JSON_STRING, "round must be there, a string"},
    [ACTION] = {"action", JSON_STRING, "action must be there, a string"},
    [REVISION] = {"revision", JSON_NUMBER, "revision must be there, an integer"},
    [IAT] = {"iat", JSON_NUMBER, "iat must be there, an integer"},
    [JTI] = {"jti", JSON_STRING, "jti must be there, a string"},
    [ANSWERS] = {"answers", JSON_OBJECT, "answers must be there, an object"},
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

static const char *find_repeat_by_sorting(const struct json *list, size_t count)
{
    const char *fault = NULL, **texts = mem_calloc(count, sizeof *texts);
    if (!texts)
        return "out of memory";
    size_t filled = 0;
    for (const struct json *element = json_first(list); element; element = json_next(element))
        texts[filled++] = json_text(element);
    qsort(texts, count, sizeof *texts, compare_texts);
    for (size_t i = 1; i < count && !fault; i++)
        if (strcmp(texts[i - 1], texts[i]) == 0)
            fault = "an answer's list repeats a value";
    mem_free(texts);
    return fault;
}

/* No question has more than OPTIONS_MAX options, so only who means harm sends a longer list, and pays for sorting
 * it. */
static const char *find_list_fault(const struct json *list)
{
    for (const struct json *element = json_first(list); element; element = json_next(element))
        if (json_type(element) != JSON_STRING)
            return "an answer's list must hold strings";
    size_t count = json_count(list);
    if (count > OPTIONS_MAX)
        return find_repeat_by_sorting(list, count);
    return has_repeat_in_pairs(list) ? "an answer's list repeats a value" : NULL;
}

static const char *find_answer_fault(const struct json *answer)
{
    int64_t number;
    switch (json_type(answer)) {
    case JSON_STRING:
        return NULL;
    case JSON_ARRAY:
        return find_list_fault(answer);
    case JSON_NUMBER:
        return json_integer(answer, &number) == 0 ? NULL : "a number in an answer must be an integer";
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_OBJECT:
        return "an answer must be an integer, a string or a list of strings";
    }
    return NULL;
}

static const char *find_fault(const struct response *response)
{
    if (response->revision < 1)
        return "revision must be at least 1";
    if (!claims_jti_is_valid(response->jti))
        return "jti must be 22 base64url characters for 16 bytes";
    for (const struct json *answer = json_first(response->answers); answer; answer = json_next(answer)) {
        const char *fault = find_answer_fault(answer);
        if (fault)
            return fault;
    }
    return NULL;
}

int response_parse(const char *payload, size_t len, struct response *out, const char **why)
{
    const struct json *values[CLAIMS];
    struct response read = {.document = claims_parse(payload, len, response_claims, CLAIMS, values, why)};
    if (!read.document)
        return -1;
    read.aud = json_text(values[AUD]);
    read.round = json_text(values[ROUND]);
    read.action = json_text(values[ACTION]);
    read.jti = json_text(values[JTI]);
    read.answers = values[ANSWERS];
    const char *fault = NULL;
    if (json_integer(values[REVISION], &read.revision) != 0)
        fault = response_claims[REVISION].fault;
    else if (json_integer(values[IAT], &read.iat) != 0)
        fault = response_claims[IAT].fault;
    else
        fault = find_fault(&read);
    if (fault) {
        *why = fault;
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
    buf_put_char(out, '}');
}
