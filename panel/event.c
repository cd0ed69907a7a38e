/* The table of events, and the reading and writing of claims that goes by it. */
#include "panel/event.h"
#include "base/list.h"
#include "base/mem.h"
#include "crypto/base64url.h"
#include <stddef.h>
#include <string.h>

#define HASH_TEXT BASE64URL_LENGTH(SHA256_BYTES)
#define FIELDS_MAX 11 /* the last of them has no name */
#define KINDS_MAX 15 /* entries-erased stands twice: by a member, and by the operator */
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* What a claim holds, and so what lies at its place in struct event. */
enum field_type {
    FIELD_COUNT, /* int64_t, 0 or more */
    FIELD_COUNT_OR_NULL, /* -1: null */
    FIELD_BOOLEAN, /* bool */
    FIELD_TEXT, /* const char * */
    FIELD_TEXT_OR_NULL,
    FIELD_MEMBER, /* const char *, "member" alone */
    FIELD_OPERATOR, /* const char *, "operator" alone */
    FIELD_REVOKED_FOR, /* const char *, one of revocation_reasons */
    FIELD_ERASED_FOR, /* const char *, one of erasure_reasons */
    FIELD_HASH, /* uint8_t[SHA256_BYTES] */
    FIELD_REFERENCE, /* the same, or null where has_reference is false */
    FIELD_KEY, /* uint8_t[KEY_BYTES], as a JWK */
    FIELD_INDEXES, /* struct event_indexes */
    FIELD_FILES, /* files and file_count */
    FIELD_INVITATIONS, /* unused, used, withdrawn, codes */
};

struct field {
    const char *name;
    enum field_type type;
    size_t offset;
};

struct form {
    const char *name;
    enum event_kind kind;
    struct field fields[FIELDS_MAX];
};

static const char *const revocation_reasons[] = {"request", "error", "abuse", "order", NULL};
static const char *const erasure_reasons[] = {"order", "unlawful-content", "request", "retention", NULL};
static const char *const by_member[] = {"member", NULL};
static const char *const by_operator[] = {"operator", NULL};

#define AT(member) offsetof(struct event, member)

// clang-format off
static const struct form forms[KINDS_MAX] = {
    {"log-opened", EVENT_LOG_OPENED,
     {{"protocol", FIELD_COUNT, AT(protocol)}, {"origin", FIELD_TEXT, AT(origin)},
      {"operator", FIELD_KEY, AT(operator_key)}}},
    {"log-upgraded", EVENT_LOG_UPGRADED,
     {{"protocol", FIELD_COUNT, AT(protocol)}, {"origin", FIELD_TEXT, AT(origin)},
      {"operator", FIELD_KEY, AT(operator_key)}, {"size", FIELD_COUNT, AT(size)}, {"panel", FIELD_HASH, AT(panel)},
      {"actions", FIELD_HASH, AT(actions)}, {"invitations", FIELD_INVITATIONS, 0},
      {"revoked", FIELD_INDEXES, AT(revoked)}}},
    {"operator-changed", EVENT_OPERATOR_CHANGED, {{"operator", FIELD_KEY, AT(operator_key)}}},
    {"panel-imported", EVENT_PANEL_IMPORTED,
     {{"panel", FIELD_HASH, AT(panel)}, {"bytes", FIELD_COUNT, AT(bytes)}}},
    {"actions-imported", EVENT_ACTIONS_IMPORTED,
     {{"actions", FIELD_HASH, AT(actions)}, {"bytes", FIELD_COUNT, AT(bytes)}}},
    {"invitations-created", EVENT_INVITATIONS_CREATED,
     {{"count", FIELD_COUNT, AT(count)}, {"stratum", FIELD_TEXT_OR_NULL, AT(stratum)},
      {"codes", FIELD_HASH, AT(codes)}, {"replaces", FIELD_COUNT, AT(replaces)}}},
    {"invitation-withdrawn", EVENT_INVITATION_WITHDRAWN, {{"code", FIELD_HASH, AT(code)}}},
    {"member-revoked", EVENT_MEMBER_REVOKED,
     {{"enrolment", FIELD_COUNT, AT(enrolment)}, {"reason", FIELD_REVOKED_FOR, AT(reason)}}},
    {"member-restored", EVENT_MEMBER_RESTORED, {{"enrolment", FIELD_COUNT, AT(enrolment)}}},
    {"round-closed", EVENT_ROUND_CLOSED, {{"round", FIELD_TEXT, AT(round)}}},
    {"release-created", EVENT_RELEASE_CREATED,
     {{"round", FIELD_TEXT, AT(round)}, {"number", FIELD_COUNT, AT(number)}, {"final", FIELD_BOOLEAN, AT(is_final)},
      {"size", FIELD_COUNT, AT(size)}, {"root", FIELD_HASH, AT(root)}, {"rule", FIELD_COUNT, AT(rule)},
      {"minRespondents", FIELD_COUNT, AT(min_respondents)}, {"roundTo", FIELD_COUNT, AT(round_to)},
      {"minChanged", FIELD_COUNT, AT(min_changed)}, {"files", FIELD_FILES, 0}}},
    {"entries-erased", EVENT_ENTRIES_ERASED,
     {{"by", FIELD_MEMBER, AT(by)}, {"request", FIELD_COUNT, AT(request)}, {"entries", FIELD_INDEXES, AT(entries)},
      {"enrolments", FIELD_INDEXES, AT(enrolments)}}},
    {"entries-erased", EVENT_ENTRIES_ERASED,
     {{"by", FIELD_OPERATOR, AT(by)}, {"reason", FIELD_ERASED_FOR, AT(reason)},
      {"reference", FIELD_REFERENCE, AT(reference)}, {"entries", FIELD_INDEXES, AT(entries)},
      {"enrolments", FIELD_INDEXES, AT(enrolments)}}},
    {"follow-up-published", EVENT_FOLLOW_UP_PUBLISHED,
     {{"action", FIELD_TEXT, AT(action)}, {"round", FIELD_TEXT_OR_NULL, AT(round)},
      {"document", FIELD_HASH, AT(document)}, {"bytes", FIELD_COUNT, AT(bytes)},
      {"replaces", FIELD_COUNT_OR_NULL, AT(replaces)}}},
    {"page-released", EVENT_PAGE_RELEASED,
     {{"manifest", FIELD_HASH, AT(manifest)}, {"bytes", FIELD_COUNT, AT(bytes)},
      {"version", FIELD_TEXT, AT(version)}}},
};
// clang-format on

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

/* Reading. */

static int read_count_claim(const struct json *value, int64_t *out)
{
    int64_t number;
    if (json_integer(value, &number) < 0 || number < 0)
        return -1;
    *out = number;
    return 0;
}

static int read_text_claim(const struct json *value, const char **out)
{
    const char *text = json_text(value);
    if (!text)
        return -1;
    *out = text;
    return 0;
}

static int read_word_claim(const struct json *value, const char *const *words, const char **out)
{
    const char *text = json_text(value);
    if (!text || !is_one_of(text, words))
        return -1;
    *out = text;
    return 0;
}

static int read_hash(const struct json *value, uint8_t out[static SHA256_BYTES])
{
    const char *text = json_text(value);
    return text ? base64url_decode_exactly(text, strlen(text), out, SHA256_BYTES) : -1;
}

static int read_indexes(const struct json *value, struct event_indexes *out, bool *no_memory)
{
    if (json_type(value) != JSON_ARRAY)
        return -1;
    out->list = mem_calloc(json_count(value) + 1, sizeof *out->list);
    if (!out->list) {
        *no_memory = true;
        return -1;
    }
    int64_t before = -1;
    for (const struct json *element = json_first(value); element; element = json_next(element)) {
        if (read_count_claim(element, &out->list[out->count]) < 0 || out->list[out->count] <= before)
            return -1;
        before = out->list[out->count++];
    }
    return 0;
}

static int read_file_claim(const struct json *value, struct event_file *out)
{
    if (json_type(value) != JSON_OBJECT || json_count(value) != 3)
        return -1;
    if (read_text_claim(json_member(value, "name"), &out->name) < 0 ||
        read_count_claim(json_member(value, "bytes"), &out->bytes) < 0)
        return -1;
    return read_hash(json_member(value, "sha256"), out->sha256);
}

static int read_files(const struct json *value, struct event *out)
{
    if (json_type(value) != JSON_ARRAY || json_count(value) > EVENT_FILES_MAX)
        return -1;
    const char *before = "";
    for (const struct json *element = json_first(value); element; element = json_next(element)) {
        struct event_file *file = &out->files[out->file_count];
        if (read_file_claim(element, file) < 0 || strcmp(file->name, before) <= 0)
            return -1;
        before = file->name;
        out->file_count++;
    }
    return 0;
}

static int read_invitations(const struct json *value, struct event *out)
{
    if (json_type(value) != JSON_OBJECT || json_count(value) != 4)
        return -1;
    if (read_count_claim(json_member(value, "unused"), &out->unused) < 0 ||
        read_count_claim(json_member(value, "used"), &out->used) < 0 ||
        read_count_claim(json_member(value, "withdrawn"), &out->withdrawn) < 0)
        return -1;
    return read_hash(json_member(value, "codes"), out->codes);
}

static int read_reference(const struct json *value, struct event *out)
{
    out->has_reference = json_type(value) != JSON_NULL;
    return out->has_reference ? read_hash(value, out->reference) : 0;
}

/* -1: the claim is not of its type, or *no_memory. */
static int read_claim(const struct json *value, const struct field *field, struct event *out, bool *no_memory)
{
    void *at = (char *)out + field->offset;
    switch (field->type) {
    case FIELD_COUNT:
        return read_count_claim(value, at);
    case FIELD_COUNT_OR_NULL:
        *(int64_t *)at = -1;
        return json_type(value) == JSON_NULL ? 0 : read_count_claim(value, at);
    case FIELD_BOOLEAN:
        return json_bool(value, at);
    case FIELD_TEXT:
        return read_text_claim(value, at);
    case FIELD_TEXT_OR_NULL:
        return json_type(value) == JSON_NULL ? 0 : read_text_claim(value, at);
    case FIELD_MEMBER:
        return read_word_claim(value, by_member, at);
    case FIELD_OPERATOR:
        return read_word_claim(value, by_operator, at);
    case FIELD_REVOKED_FOR:
        return read_word_claim(value, revocation_reasons, at);
    case FIELD_ERASED_FOR:
        return read_word_claim(value, erasure_reasons, at);
    case FIELD_HASH:
        return read_hash(value, at);
    case FIELD_REFERENCE:
        return read_reference(value, out);
    case FIELD_KEY:
        return key_read_jwk(value, at);
    case FIELD_INDEXES:
        return read_indexes(value, at, no_memory);
    case FIELD_FILES:
        return read_files(value, out);
    case FIELD_INVITATIONS:
        return read_invitations(value, out);
    }
    return -1;
}

/* The form that these claims have, by `event` and, where that is not enough, by `by`. */
static const struct form *find_form(const struct json *claims)
{
    const char *name = json_text(json_member(claims, "event"));
    const char *by = json_text(json_member(claims, "by"));
    for (size_t i = 0; name && i < KINDS_MAX; i++) {
        bool is_operators = forms[i].fields[0].type == FIELD_OPERATOR;
        bool is_members = forms[i].fields[0].type == FIELD_MEMBER;
        if (strcmp(forms[i].name, name) != 0)
            continue;
        if ((!is_operators && !is_members) || (by && strcmp(by, is_operators ? "operator" : "member") == 0))
            return &forms[i];
    }
    return NULL;
}

static int read_fields(const struct json *claims, const struct form *form, struct event *out, struct error *error)
{
    size_t count = 3; /* aud, iat and event */
    for (const struct field *field = form->fields; field->name; field++, count++) {
        const struct json *value = json_member(claims, field->name);
        bool no_memory = false;
        if (value && read_claim(value, field, out, &no_memory) == 0)
            continue;
        return no_memory ? error_no_memory(error)
                         : error_set(error, ERROR_REFUSED, "%s of %s must be there, as PROTOCOL 6a says", field->name,
                                     form->name);
    }
    if (json_count(claims) != count)
        return error_set(error, ERROR_REFUSED, "there is a claim that does not belong to %s", form->name);
    return 0;
}

static int read_event(const struct json *claims, struct event *out, struct error *error)
{
    if (json_type(claims) != JSON_OBJECT)
        return error_set(error, ERROR_REFUSED, "the payload must be an object");
    if (read_text_claim(json_member(claims, "aud"), &out->aud) < 0)
        return error_set(error, ERROR_REFUSED, "aud must be there, a string");
    if (read_count_claim(json_member(claims, "iat"), &out->iat) < 0)
        return error_set(error, ERROR_REFUSED, "iat must be there, an integer");
    const struct form *form = find_form(claims);
    if (!form)
        return error_set(error, ERROR_REFUSED, "there is no such event");
    out->kind = form->kind;
    return read_fields(claims, form, out, error);
}

int event_parse(const char *payload, size_t len, struct event *out, struct error *error)
{
    struct json_fault fault;
    struct event read = {.read_from = json_parse(payload, len, &fault)};
    if (!read.read_from)
        return json_fault_error(&fault, error);
    if (read_event(read.read_from, &read, error) < 0) {
        event_free(&read);
        return -1;
    }
    *out = read;
    return 0;
}

void event_free(struct event *event)
{
    if (event->read_from) {
        mem_free(event->revoked.list);
        mem_free(event->entries.list);
        mem_free(event->enrolments.list);
        json_free(event->read_from);
    }
    *event = (struct event){0};
}

/* Writing. */

static void put_hash(struct buf *out, const uint8_t hash[static SHA256_BYTES])
{
    buf_put_char(out, '"');
    base64url_put(out, hash, SHA256_BYTES);
    buf_put_char(out, '"');
}

/* A JWK in the order of PROTOCOL 4's example, which is not that of a thumbprint. */
static void put_key(struct buf *out, const uint8_t key[static KEY_BYTES])
{
    buf_put_text(out, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"");
    base64url_put(out, key, KEY_BYTES);
    buf_put_text(out, "\"}");
}

static void put_text_or_null(struct buf *out, const char *text)
{
    if (text)
        json_put_text(out, text);
    else
        buf_put_text(out, "null");
}

static void put_count_or_null(struct buf *out, int64_t number)
{
    if (number >= 0)
        buf_put_integer(out, number);
    else
        buf_put_text(out, "null");
}

static void put_indexes(struct buf *out, const struct event_indexes *indexes)
{
    buf_put_char(out, '[');
    for (size_t i = 0; i < indexes->count; i++) {
        if (i > 0)
            buf_put_char(out, ',');
        buf_put_integer(out, indexes->list[i]);
    }
    buf_put_char(out, ']');
}

static void put_files(struct buf *out, const struct event *event)
{
    buf_put_char(out, '[');
    for (size_t i = 0; i < event->file_count; i++) {
        const struct event_file *file = &event->files[i];
        buf_put_text(out, i > 0 ? ",{\"name\":" : "{\"name\":");
        json_put_text(out, file->name);
        buf_put_text(out, ",\"bytes\":");
        buf_put_integer(out, file->bytes);
        buf_put_text(out, ",\"sha256\":");
        put_hash(out, file->sha256);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

static void put_invitations(struct buf *out, const struct event *event)
{
    buf_put_text(out, "{\"unused\":");
    buf_put_integer(out, event->unused);
    buf_put_text(out, ",\"used\":");
    buf_put_integer(out, event->used);
    buf_put_text(out, ",\"withdrawn\":");
    buf_put_integer(out, event->withdrawn);
    buf_put_text(out, ",\"codes\":");
    put_hash(out, event->codes);
    buf_put_char(out, '}');
}

static void put_reference(struct buf *out, const struct event *event)
{
    if (event->has_reference)
        put_hash(out, event->reference);
    else
        buf_put_text(out, "null");
}

static void put_field(struct buf *out, const struct field *field, const struct event *event)
{
    const void *at = (const char *)event + field->offset;
    switch (field->type) {
    case FIELD_COUNT:
        buf_put_integer(out, *(const int64_t *)at);
        break;
    case FIELD_COUNT_OR_NULL:
        put_count_or_null(out, *(const int64_t *)at);
        break;
    case FIELD_BOOLEAN:
        buf_put_text(out, *(const bool *)at ? "true" : "false");
        break;
    case FIELD_TEXT:
    case FIELD_TEXT_OR_NULL:
    case FIELD_MEMBER:
    case FIELD_OPERATOR:
    case FIELD_REVOKED_FOR:
    case FIELD_ERASED_FOR:
        put_text_or_null(out, *(const char *const *)at);
        break;
    case FIELD_HASH:
        put_hash(out, at);
        break;
    case FIELD_REFERENCE:
        put_reference(out, event);
        break;
    case FIELD_KEY:
        put_key(out, at);
        break;
    case FIELD_INDEXES:
        put_indexes(out, at);
        break;
    case FIELD_FILES:
        put_files(out, event);
        break;
    case FIELD_INVITATIONS:
        put_invitations(out, event);
        break;
    }
}

/* The form of an event that is to be written. */
static const struct form *form_of(const struct event *event)
{
    const struct form *form = forms;
    while (form->kind != event->kind)
        form++;
    bool by_the_operator = event->kind == EVENT_ENTRIES_ERASED && strcmp(event->by, "operator") == 0;
    return by_the_operator ? form + 1 : form;
}

const char *event_name(enum event_kind kind)
{
    const struct form *form = forms;
    while (form->kind != kind)
        form++;
    return form->name;
}

void event_put_claims(struct buf *out, const struct event *event)
{
    const struct form *form = form_of(event);
    buf_put_text(out, "{\"aud\":");
    json_put_text(out, event->aud);
    buf_put_text(out, ",\"iat\":");
    buf_put_integer(out, event->iat);
    buf_put_text(out, ",\"event\":");
    json_put_text(out, form->name);
    for (const struct field *field = form->fields; field->name; field++) {
        buf_put_char(out, ',');
        json_put_text(out, field->name);
        buf_put_char(out, ':');
        put_field(out, field, event);
    }
    buf_put_char(out, '}');
}
