/* A request's head of any bytes. What must hold: its end is found at the same place however it comes; it is taken with
 * all its texts in bounds, one Host and one length, no chunks; or refused with a status and a word why; a head that was
 * taken is written plainly, and taken for the same. */
#include "base/buf.h"
#include "collector/http/head.h"
#include "tests/fuzz/fuzz.h"
#include <ctype.h>

static void check_text(const struct http_head *head, struct head_text text, size_t len)
{
    fuzz_require((size_t)text.at + text.len < len && head->bytes[text.at + text.len] == '\0');
    fuzz_require(memchr(head->bytes + text.at, '\0', text.len) == NULL);
}

static void check_path(const struct http_head *head, size_t len)
{
    const char *path = head_string(head, head->path);
    if (!path)
        return;
    check_text(head, head->path, len);
    for (const char *at = path; *at != '\0'; at++)
        fuzz_require((unsigned char)*at >= 0x20 && *at != 0x7F);
    fuzz_require(path[0] == '/' || path[0] == '\0' || strcmp(path, "*") == 0);
}

static void check_taken(const struct http_head *head, size_t len)
{
    size_t hosts = 0, lengths = 0;
    check_text(head, head->method, len);
    check_path(head, len);
    fuzz_require(head->method.len > 0 && head->minor <= 1);
    fuzz_require(head->field_count <= HEAD_FIELDS_MAX && head->argument_count <= HEAD_ARGUMENTS_MAX);
    for (size_t i = 0; i < head->field_count; i++) {
        const char *name = head->bytes + head->fields[i].name.at;
        check_text(head, head->fields[i].name, len);
        check_text(head, head->fields[i].value, len);
        hosts += strcasecmp(name, "Host") == 0;
        lengths += strcasecmp(name, "Content-Length") == 0;
        fuzz_require(name[0] != '\0' && strpbrk(name, " \t\r\n:") == NULL);
        fuzz_require(strcasecmp(name, "Transfer-Encoding") != 0);
    }
    fuzz_require(lengths <= 1 && hosts <= 1 && hosts >= head->minor);
    fuzz_require(lengths == 1 || head->length == 0);
    for (size_t i = 0; i < head->argument_count; i++) {
        check_text(head, head->arguments[i].name, len);
        if (head->arguments[i].value.at > 0)
            check_text(head, head->arguments[i].value, len);
    }
}

static void put_encoded(struct buf *out, const char *text, const char *plain)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (isalnum((unsigned char)*at) || strchr(plain, *at))
            buf_put_char(out, *at);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*at);
    }
}

static void put_head(struct buf *out, const struct http_head *head)
{
    buf_printf(out, "%s ", head_string(head, head->method));
    put_encoded(out, head_string(head, head->path), "/-._~");
    for (size_t i = 0; i < head->argument_count; i++) {
        const char *value = head_string(head, head->arguments[i].value);
        buf_put_char(out, i == 0 ? '?' : '&');
        put_encoded(out, head_string(head, head->arguments[i].name), "-._~");
        buf_put_text(out, value ? "=" : "");
        put_encoded(out, value ? value : "", "-._~");
    }
    buf_printf(out, " HTTP/1.%u\r\n", head->minor);
    for (size_t i = 0; i < head->field_count; i++)
        buf_printf(out, "%s: %s\r\n", head->bytes + head->fields[i].name.at, head->bytes + head->fields[i].value.at);
    buf_put_text(out, "\r\n");
}

static void require_same(const struct http_head *a, struct head_text x, const struct http_head *b, struct head_text y)
{
    const char *one = head_string(a, x), *other = head_string(b, y);
    fuzz_require((!one) == (!other) && (!one || strcmp(one, other) == 0));
}

static void require_same_pairs(const struct http_head *a, const struct head_pair *x, const struct http_head *b,
                               const struct head_pair *y, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        require_same(a, x[i].name, b, y[i].name);
        require_same(a, x[i].value, b, y[i].value);
    }
}

/* Of a path that is any of ours. */
static void write_and_take(const struct http_head *head)
{
    static struct http_head again;
    struct head_fault fault;
    struct buf out;
    const char *path = head_string(head, head->path);
    buf_init(&out, HEAD_BYTES_MAX);
    if (path && path[0] == '/')
        put_head(&out, head);
    if (out.len > 0 && buf_check(&out) == 0) {
        fuzz_require(head_parse(&again, out.data, out.len, &fault) == 0);
        require_same(head, head->method, &again, again.method);
        require_same(head, head->path, &again, again.path);
        fuzz_require(head->argument_count == again.argument_count && head->field_count == again.field_count);
        require_same_pairs(head, head->arguments, &again, again.arguments, again.argument_count);
        require_same_pairs(head, head->fields, &again, again.fields, again.field_count);
        fuzz_require(head->minor == again.minor && head->length == again.length && head->closes == again.closes);
    }
    buf_free(&out);
}

/* By what two looks say, the first at `cut` bytes. */
static enum head_end find_in_two(const char *bytes, size_t len, size_t cut, size_t *end)
{
    size_t scanned = 0;
    enum head_end first = head_find_end(bytes, cut, &scanned, end);
    return first == HEAD_INCOMPLETE ? head_find_end(bytes, len, &scanned, end) : first;
}

int fuzz_head(const uint8_t *data, size_t len)
{
    static char bytes[HEAD_BYTES_MAX];
    static struct http_head head;
    struct head_fault fault;
    size_t scanned = 0, end = 0, end_in_two = 0;
    if (len == 0 || len > sizeof bytes)
        return 0;
    memcpy(bytes, data, len);
    enum head_end result = head_find_end(bytes, len, &scanned, &end);
    fuzz_require(find_in_two(bytes, len, data[0] % len, &end_in_two) == result && end == end_in_two);
    if (result != HEAD_ENDS)
        return 0;
    fuzz_require(end >= 4 && end <= len && memcmp(bytes + end - 4, "\r\n\r\n", 4) == 0);
    if (head_parse(&head, bytes, end, &fault) == 0) {
        check_taken(&head, end);
        write_and_take(&head);
    } else {
        fuzz_require(fault.status >= 400 && fault.status <= 505 && fault.detail && fault.detail[0] != '\0');
    }
    return 0;
}
