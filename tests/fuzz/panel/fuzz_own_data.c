/* What members ask of their own data, of any payload: claims of an erasure and of a request for access. What must hold:
 * claims, or a fault in words; no payload is both; claims that were read are written, and are as JSON what was read; an
 * erasure names a round and an action, or neither. */
#include "panel/own_data.h"
#include "tests/fuzz/fuzz.h"

typedef int parse_fn(const char *payload, size_t len, struct own_data_request *out, struct error *error);
typedef void put_fn(struct buf *out, const struct own_data_request *request);

static void check_same_document(const struct own_data_request *request, put_fn *put, size_t len)
{
    struct buf out;
    buf_init(&out, len * 8 + 1024);
    put(&out, request);
    fuzz_require(buf_check(&out) == 0);
    struct json *after = json_parse(out.data, out.len, NULL);
    fuzz_require(after && json_equal(request->document, after));
    json_free(after);
    buf_free(&out);
}

static bool read_and_write(const char *payload, size_t len, parse_fn *parse, put_fn *put)
{
    struct own_data_request request;
    struct error error = {0};
    if (parse(payload, len, &request, &error) < 0) {
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
        return false;
    }
    fuzz_require(request.aud && strlen(request.jti) == 22 && (!request.round) == (!request.action));
    check_same_document(&request, put, len);
    own_data_free(&request);
    return true;
}

int fuzz_own_data(const uint8_t *data, size_t len)
{
    const char *payload = (const char *)data;
    bool erases = read_and_write(payload, len, own_data_parse_erasure, own_data_put_erasure);
    bool asks = read_and_write(payload, len, own_data_parse_access, own_data_put_access);
    fuzz_require(!erases || !asks);
    return 0;
}
