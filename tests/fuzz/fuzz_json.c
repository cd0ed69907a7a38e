/* json_parse over any bytes; what was accepted is written out, read again and must be the same. */
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
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
    json_free(again);
    json_free(document);
    buf_free(&out);
    return 0;
}
