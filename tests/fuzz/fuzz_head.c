/* A request's head of any bytes: found at the same place however it comes, taken with all its texts in bounds, or
 * refused with a status and a word why. */
#include "collector/http/head.h"
#include "tests/fuzz/fuzz.h"

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

/* By what two looks say, the first at `cut` bytes. */
static enum head_end find_in_two(const char *bytes, size_t len, size_t cut, size_t *end)
{
    size_t scanned = 0;
    enum head_end first = head_find_end(bytes, cut, &scanned, end);
    return first == HEAD_INCOMPLETE ? head_find_end(bytes, len, &scanned, end) : first;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
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
    if (head_parse(&head, bytes, end, &fault) == 0)
        check_taken(&head, end);
    else
        fuzz_require(fault.status >= 400 && fault.status <= 505 && fault.detail && fault.detail[0] != '\0');
    return 0;
}
