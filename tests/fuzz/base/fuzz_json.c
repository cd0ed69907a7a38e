/* json_parse over any bytes. What must hold: a document, or a fault with its place; integers within what JSON carries;
 * what was read is written, reads the same again and is written to the same bytes (so the written form is the one form
 * of it), and the same shown to a person. */
#include "base/json.h"
#include "tests/fuzz/fuzz.h"

/* Touches every value, so that a sanitizer sees what is wrong in it. */
static size_t walk(const struct json *value)
{
    size_t seen = 1;
    int64_t integer;
    bool boolean;
    if (json_integer(value, &integer) == 0)
        fuzz_require(integer <= JSON_INTEGER_MAX && integer >= -JSON_INTEGER_MAX);
    if (json_bool(value, &boolean) == 0)
        fuzz_require(json_type(value) == JSON_BOOL);
    if (json_text(value))
        seen += strlen(json_text(value));
    for (const struct json *child = json_first(value); child; child = json_next(child))
        seen += walk(child) + (json_name(child) ? strlen(json_name(child)) : 0);
    return seen;
}

static void write_again(const struct json *document, const struct buf *before)
{
    struct buf out;
    buf_init(&out, before->max);
    json_put_value(&out, document);
    fuzz_require(buf_check(&out) == 0 && out.len == before->len);
    fuzz_require(memcmp(out.data, before->data, out.len) == 0);
    buf_free(&out);
}

/* For a terminal: nothing that moves the cursor, and it still means the same. */
static void show(const struct json *document, const struct buf *text)
{
    struct buf out;
    buf_init(&out, text->len * 6 + 64);
    json_put_shown(&out, buf_text(text), text->len);
    fuzz_require(buf_check(&out) == 0);
    for (size_t i = 0; i < out.len; i++)
        fuzz_require((unsigned char)out.data[i] >= 0x20 && out.data[i] != 0x7F);
    struct json *again = json_parse(buf_text(&out), out.len, NULL);
    fuzz_require(again && json_equal(document, again));
    json_free(again);
    buf_free(&out);
}

int fuzz_json(const uint8_t *data, size_t len)
{
    struct json_fault fault;
    struct json *document = json_parse((const char *)data, len, &fault);
    if (!document) {
        fuzz_require(fault.what && fault.offset <= len);
        return 0;
    }
    fuzz_require(walk(document) > 0);
    struct buf out;
    buf_init(&out, len * 8 + 64);
    json_put_value(&out, document);
    fuzz_require(buf_check(&out) == 0);
    struct json *again = json_parse(buf_text(&out), out.len, NULL);
    fuzz_require(again && json_equal(document, again));
    write_again(again, &out);
    show(document, &out);
    json_free(again);
    json_free(document);
    buf_free(&out);
    return 0;
}
