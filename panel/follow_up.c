/* One reading of both forms, which differ in two members. */
#include "panel/follow_up.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "panel/actions.h"
#include "panel/languages.h"
#include "panel/reading.h"
#include <stdlib.h>
#include <string.h>

#define POINTER_MAX ((size_t)64 * 1024)

static const char *const statuses[] = {
    [FOLLOW_UP_CONSIDERED] = "considered",
    [FOLLOW_UP_DOING] = "doing",
    [FOLLOW_UP_DONE] = "done",
    [FOLLOW_UP_NOT_DONE] = "notDone",
};

const char *follow_up_status_name(enum follow_up_status status)
{
    return statuses[status];
}

int follow_up_status_find(const char *name, enum follow_up_status *out)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (strcmp(statuses[i], name) == 0) {
            *out = (enum follow_up_status)i;
            return 0;
        }
    }
    return -1;
}

void follow_up_free(struct follow_up *follow_up)
{
    mem_free(follow_up->action);
    mem_free(follow_up->round);
    labels_free(&follow_up->text);
    *follow_up = (struct follow_up){0};
}

/* Reading. */

static void read_status(struct reading *r, const struct json *object, struct follow_up *out)
{
    const char *name = reading_text(r, object, "status");
    if (!name || follow_up_status_find(name, &out->status) == 0)
        return;
    size_t mark = reading_enter(r, "status");
    reading_fault(r, FAULTS_SAY(r->faults, "must be considered, doing, done or notDone",
                                "moet considered, doing, done of notDone zijn"));
    reading_leave(r, mark);
}

static bool is_left_out(const struct json *member)
{
    return !member || json_type(member) == JSON_NULL;
}

static void read_follow_up_round(struct reading *r, const struct json *object, struct follow_up *out)
{
    static const struct id_rule rule = {panel_id_is_valid, "must be the id of a round, or null",
                                        "moet de id van een ronde zijn, of null"};
    if (!is_left_out(json_member(object, "round")))
        out->round = reading_id(r, object, "round", &rule);
}

static size_t count_code_points(const char *text)
{
    size_t count = 0;
    for (size_t left = strlen(text); left > 0; count++) {
        size_t step = utf8_step(text, left);
        step = step > 0 ? step : 1;
        text += step;
        left -= step;
    }
    return count;
}

static int order_labels(const void *left, const void *right)
{
    const struct label *a = left, *b = right;
    return strcmp(a->language ? a->language : "", b->language ? b->language : "");
}

static void read_texts(struct reading *r, const struct json *object, struct follow_up *out)
{
    reading_labels(r, object, "text", &out->text);
    size_t texts = reading_enter(r, "text");
    for (size_t i = 0; i < out->text.count; i++) {
        const struct label *label = &out->text.list[i];
        if (!label->language || !label->text || count_code_points(label->text) <= FOLLOW_UP_TEXT_MAX)
            continue;
        size_t mark = reading_enter(r, label->language);
        reading_fault(r,
                      FAULTS_SAY(r->faults, "is longer than %d characters; shorten it, or publish it in parts",
                                 "is langer dan %d tekens; kort het in, of publiceer het in delen"),
                      FOLLOW_UP_TEXT_MAX);
        reading_leave(r, mark);
    }
    reading_leave(r, texts);
    if (out->text.count > 0)
        qsort(out->text.list, out->text.count, sizeof *out->text.list, order_labels);
}

static void read_members(struct reading *r, const struct json *object, struct follow_up *out)
{
    read_follow_up_round(r, object, out);
    read_status(r, object, out);
    read_texts(r, object, out);
    out->replaces = -1;
    if (!is_left_out(json_member(object, "replaces")) &&
        reading_integer(r, object, "replaces", 0, JSON_INTEGER_MAX, &out->replaces) < 0)
        out->replaces = -1;
}

static void fault_not_json(struct reading *r, const struct json_fault *fault)
{
    if (fault->no_memory)
        r->faults->no_memory = true;
    else
        reading_fault(r, "%s", FAULTS_SAY(r->faults, fault->what, fault->dutch));
}

/* Whether what was read fits into a document. */
static void check_document_length(struct reading *r, const struct follow_up *read)
{
    struct buf document;
    buf_init(&document, SIZE_MAX);
    follow_up_put_document(&document, read);
    if (buf_check(&document) < 0) {
        r->faults->no_memory = true;
    } else if (document.len > FOLLOW_UP_MAX) {
        size_t mark = reading_enter(r, "text");
        reading_fault(r, FAULTS_SAY(r->faults, "is in all languages together longer than 32 KiB; shorten it",
                                    "is in alle talen samen langer dan 32 KiB; kort het in"));
        reading_leave(r, mark);
    }
    buf_free(&document);
}

static const char *const request_members[] = {"round", "status", "text", "replaces", NULL};

int follow_up_read_request(const char *body, size_t len, const char *action, struct follow_up *out,
                           struct faults *faults)
{
    struct reading r;
    struct json_fault fault;
    struct json *document = json_parse(body, len, &fault);
    struct follow_up read = {.replaces = -1};
    reading_init(&r, faults, POINTER_MAX);
    read.action = reading_copy(&r, action);
    if (!document)
        fault_not_json(&r, &fault);
    else if (reading_is_object(&r, document, request_members))
        read_members(&r, document, &read);
    if (!faults_any(faults))
        languages_check_labels(&read.text, "/text", faults);
    if (!faults_any(faults))
        check_document_length(&r, &read);
    json_free(document);
    reading_wipe(&r);
    if (faults_any(faults)) {
        follow_up_free(&read);
        return -1;
    }
    *out = read;
    return 0;
}

/* The document. */

void follow_up_put_document(struct buf *out, const struct follow_up *follow_up)
{
    buf_put_text(out, "{\"action\":");
    json_put_text(out, follow_up->action);
    buf_put_text(out, ",\"round\":");
    if (follow_up->round)
        json_put_text(out, follow_up->round);
    else
        buf_put_text(out, "null");
    buf_printf(out, ",\"status\":\"%s\",\"text\":", follow_up_status_name(follow_up->status));
    labels_put_json(out, &follow_up->text);
    buf_put_char(out, '}');
}

static bool are_same_texts(const struct labels *one, const struct labels *other)
{
    if (one->count != other->count)
        return false;
    for (size_t i = 0; i < one->count; i++)
        if (strcmp(one->list[i].language, other->list[i].language) != 0 ||
            strcmp(one->list[i].text, other->list[i].text) != 0)
            return false;
    return true;
}

static bool is_same_round(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : !one && !other;
}

bool follow_up_is_same(const struct follow_up *one, const struct follow_up *other)
{
    return strcmp(one->action, other->action) == 0 && is_same_round(one->round, other->round) &&
           one->status == other->status && are_same_texts(&one->text, &other->text);
}

/* Whether this is how it is written. -1: no memory. */
static int is_same_document(const struct follow_up *follow_up, const char *text, size_t len)
{
    struct buf expected;
    buf_init(&expected, FOLLOW_UP_MAX);
    follow_up_put_document(&expected, follow_up);
    int same = buf_check(&expected) < 0 ? -1 : expected.len == len && memcmp(expected.data, text, len) == 0;
    buf_free(&expected);
    return same;
}

static int tell_other_document(struct error *error)
{
    return error_set(error, ERROR_REFUSED, "%s",
                     T("this is no document of a follow-up", "dit is geen document van een terugkoppeling"));
}

/* What a document says of itself, by its action. -1: *error, and nothing is held. */
static int read_what_is_said(const struct json *document, const char *action, const char *text, size_t len,
                             struct follow_up *out, struct error *error)
{
    struct faults faults;
    struct reading r;
    struct follow_up read = {.replaces = -1};
    faults_init(&faults);
    reading_init(&r, &faults, POINTER_MAX);
    read.action = reading_copy(&r, action);
    read_members(&r, document, &read);
    bool no_memory = faults.no_memory;
    int same = faults_any(&faults) || read.replaces >= 0 ? 0 : is_same_document(&read, text, len);
    reading_wipe(&r);
    faults_free(&faults);
    if (same > 0)
        *out = read;
    else
        follow_up_free(&read);
    if (same > 0)
        return 0;
    return no_memory || same < 0 ? error_no_memory(error) : tell_other_document(error);
}

int follow_up_read_document(const char *text, size_t len, struct follow_up *out, struct error *error)
{
    struct json_fault fault = {.no_memory = false};
    struct json *document = len <= FOLLOW_UP_MAX ? json_parse(text, len, &fault) : NULL;
    const char *action = json_text(json_member(document, "action"));
    int result = -1;
    if (fault.no_memory)
        (void)error_no_memory(error);
    else if (!action || !action_id_is_valid(action))
        (void)tell_other_document(error);
    else
        result = read_what_is_said(document, action, text, len, out, error);
    json_free(document);
    return result;
}
