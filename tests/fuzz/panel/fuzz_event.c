/* event_parse over any payload. What must hold: an event, or a fault in words; the claims of an event are written, read
 * the same and written to the same bytes, and as JSON they are those that were read; lists of entries ascend, files are
 * in order of their names, numbers are within what JSON carries. */
#include "panel/event.h"
#include "tests/fuzz/fuzz.h"

static void check_indexes(const struct event_indexes *indexes)
{
    for (size_t i = 0; i < indexes->count; i++)
        fuzz_require(indexes->list[i] >= 0 && (i == 0 || indexes->list[i - 1] < indexes->list[i]));
}

static void check_event(const struct event *event)
{
    fuzz_require(event->kind < EVENT_KINDS && event->aud && event->iat <= JSON_INTEGER_MAX);
    fuzz_require(event->file_count <= EVENT_FILES_MAX);
    check_indexes(&event->revoked);
    check_indexes(&event->entries);
    check_indexes(&event->enrolments);
    for (size_t i = 1; i < event->file_count; i++)
        fuzz_require(strcmp(event->files[i - 1].name, event->files[i].name) < 0);
}

static void check_same_document(const char *payload, size_t len, const struct buf *written)
{
    struct json *before = json_parse(payload, len, NULL), *after = json_parse(written->data, written->len, NULL);
    fuzz_require(before && after && json_equal(before, after));
    json_free(before);
    json_free(after);
}

static void write_and_read(const struct event *event, const char *payload, size_t len)
{
    struct event again;
    struct buf once, twice;
    buf_init(&once, len * 8 + 1024);
    buf_init(&twice, len * 8 + 1024);
    event_put_claims(&once, event);
    fuzz_require(buf_check(&once) == 0);
    check_same_document(payload, len, &once);
    fuzz_require(event_parse(once.data, once.len, &again, NULL) == 0);
    fuzz_require(again.kind == event->kind && again.iat == event->iat && strcmp(again.aud, event->aud) == 0);
    event_put_claims(&twice, &again);
    fuzz_require(buf_check(&twice) == 0 && once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
    event_free(&again);
    buf_free(&once);
    buf_free(&twice);
}

int fuzz_event(const uint8_t *data, size_t len)
{
    struct event event;
    struct error error = {0};
    if (event_parse((const char *)data, len, &event, &error) < 0) {
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
        return 0;
    }
    check_event(&event);
    write_and_read(&event, (const char *)data, len);
    event_free(&event);
    return 0;
}
