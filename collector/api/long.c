/* Tried in a buffer that is as long as what is short may be. */
#include "collector/api/long.h"
#include "base/mem.h"
#include "collector/api/made.h"
#include "collector/api/shared.h"
#include "collector/http/negotiate.h"
#include <stddef.h>

struct long_answer {
    struct made made;
    const struct long_kind *kind;
    void *value; /* held */
    void *request;
    struct buf body; /* in the end as it is sent */
    bool packed;
    char tag[TAG_SIZE];
};

static void free_long_answer(void *attachment)
{
    struct long_answer *answer = attachment;
    if (!answer)
        return;
    counted_release(answer->value);
    made_wipe(&answer->made);
    buf_free(&answer->body);
    mem_free(answer->request);
    mem_free(answer);
}

/* Takes the value over in any case. */
static struct long_answer *new_long_answer(const struct long_kind *kind, void *value)
{
    struct long_answer *answer = mem_calloc(1, sizeof *answer);
    if (!answer) {
        counted_release(value);
        return NULL;
    }
    answer->kind = kind;
    answer->value = value;
    answer->made.file = -1;
    buf_init(&answer->body, LONG_AT_ONCE);
    answer->request = mem_calloc(1, kind->request_size);
    if (answer->request)
        return answer;
    free_long_answer(answer);
    return NULL;
}

/* -1: no memory, or it is longer than the body may be. */
static int put_long_answer(struct long_answer *answer, size_t most)
{
    buf_free(&answer->body);
    buf_init(&answer->body, most);
    if (answer->kind->put(&answer->body, answer->value, answer->request) < 0 || buf_check(&answer->body) < 0)
        return -1;
    return api_pack(&answer->body, answer->packed, answer->tag);
}

static int make_long_answer(struct made *made)
{
    return put_long_answer((struct long_answer *)((char *)made - offsetof(struct long_answer, made)), SIZE_MAX);
}

static void answer_long(struct http_exchange *x, struct long_answer *answer)
{
    api_answer_as_packed(x, answer->kind->content_type(answer->request), &answer->body, answer->packed, answer->tag);
    answer->kind->describe(x, answer->value, answer->request);
}

static void answer_out_of_memory(struct http_exchange *x)
{
    http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
}

static void finish_long_answer(struct http_exchange *x, void *context)
{
    (void)context;
    struct long_answer *answer = http_attachment(x);
    if (answer->made.error.kind == ERROR_NONE) {
        api_trouble_passed(answer->kind->troubles);
        answer_long(x, answer);
        return;
    }
    api_trouble_met(answer->kind->troubles, &answer->made.error);
    http_answer_problem(x, PROBLEM_UNAVAILABLE, "Too much is asked for at the moment; ask again later.", NULL);
}

/* The request is read again: its texts are those of the head that is kept. */
static void begin_long_answer(struct http_exchange *x, struct service *service, struct long_answer *answer)
{
    made_init(&answer->made, x, service, make_long_answer);
    http_attach(x, answer, free_long_answer);
    if (http_keep_head(x) < 0)
        answer_out_of_memory(x);
    else if (answer->kind->read(x, answer->request))
        made_begin(&answer->made, finish_long_answer);
}

void long_give(struct http_exchange *x, struct service *service, const struct long_kind *kind, void *value)
{
    struct long_answer *answer = new_long_answer(kind, value);
    if (!answer) {
        answer_out_of_memory(x);
        return;
    }
    answer->packed = negotiate_gzip(http_header(x, "Accept-Encoding"));
    bool is_read = kind->read(x, answer->request);
    if (is_read && put_long_answer(answer, LONG_AT_ONCE) < 0) {
        begin_long_answer(x, service, answer);
        return;
    }
    if (is_read)
        answer_long(x, answer);
    free_long_answer(answer);
}
