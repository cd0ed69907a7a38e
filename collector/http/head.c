/* Line by line: the request line, then the fields, then what the fields mean for where the request ends. What is in a
 * request-target is taken apart in target.c. */
#include "collector/http/head.h"
#include "collector/http/target.h"
#include <string.h>

#define METHOD_MAX                                                                                                     \
    24 /* characters: longer than any that is registered, and so than any that is another's (RFC 9112 §3) */

/* Texts of faults, so that each stands in one place. */
#define BAD_LINE "The request line is no METHOD, target and HTTP version with one space between."
#define BAD_FIELD "A header field is no name, colon and value in one line."
#define BAD_LENGTH "Content-Length must stand there once, as a decimal number."

enum head_end head_find_end(const char *bytes, size_t len, size_t *scanned, size_t *end)
{
    const char *feed;
    size_t at = *scanned;
    for (; at < len && (feed = memchr(bytes + at, '\n', len - at)) != NULL;) {
        size_t place = (size_t)(feed - bytes);
        if (place == 0 || feed[-1] != '\r' || memchr(bytes + at, '\0', place - at))
            return HEAD_BROKEN;
        if (place >= 3 && feed[-2] == '\n') {
            *end = place + 1;
            return HEAD_ENDS;
        }
        at = place + 1;
    }
    *scanned = len;
    return memchr(bytes + at, '\0', len - at) ? HEAD_BROKEN : HEAD_INCOMPLETE;
}

/* RFC 9110 §5.6.2. */
static bool is_token_char(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static size_t token_length(const char *at)
{
    size_t len = 0;
    while (is_token_char((unsigned char)at[len]))
        len++;
    return len;
}

/* The request line (RFC 9112 §3). */

/* Exactly HTTP/, a digit, a dot, a digit. */
static int read_version(struct http_head *head, const char *at, size_t len, struct head_fault *fault)
{
    if (len != strlen("HTTP/1.1") || memcmp(at, "HTTP/", 5) != 0 || at[5] < '0' || at[5] > '9' || at[6] != '.' ||
        at[7] < '0' || at[7] > '9')
        return head_fault_set(fault, 400, BAD_LINE);
    if (at[5] != '1')
        return head_fault_set(fault, 505, "The collector speaks HTTP/1.1.");
    head->minor = at[7] == '0' ? 0 : 1;
    return 0;
}

/* `line` ends in a NUL at `end`. */
static int read_request_line(struct http_head *head, char *line, char *end, struct head_fault *fault)
{
    size_t len = token_length(line);
    if (len == 0 || line[len] != ' ')
        return head_fault_set(fault, 400, BAD_LINE);
    if (len > METHOD_MAX)
        return head_fault_set(fault, 501, "The method is not known.");
    head->method = head_text_of(head, line, len);
    line[len] = '\0';
    char *target = line + len + 1, *blank = strchr(target, ' ');
    if (!blank || read_version(head, blank + 1, (size_t)(end - blank - 1), fault) < 0)
        return fault->status == 505 ? -1 : head_fault_set(fault, 400, BAD_LINE);
    *blank = '\0';
    return target_parse(head, target, fault);
}

/* Fields (RFC 9112 §5). */

static bool is_value(const char *at, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)at[i];
        if ((c < 0x20 && c != '\t') || c == 0x7F)
            return false;
    }
    return true;
}

static int read_field(struct http_head *head, char *line, char *end, struct head_fault *fault)
{
    size_t name = token_length(line);
    if (name == 0 || line[name] != ':')
        return head_fault_set(fault, 400, BAD_FIELD);
    if (head->field_count == HEAD_FIELDS_MAX)
        return head_fault_set(fault, 431, "The request has too many header fields.");
    char *value = line + name + 1;
    value += strspn(value, " \t");
    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (!is_value(value, (size_t)(end - value)))
        return head_fault_set(fault, 400, "A header field holds a control character.");
    line[name] = '\0';
    *end = '\0';
    head->fields[head->field_count++] =
        (struct head_pair){head_text_of(head, line, name), head_text_of(head, value, (size_t)(end - value))};
    return 0;
}

/* What the fields mean for the request itself. */

static size_t count_fields(const struct http_head *head, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < head->field_count; i++)
        count += strcasecmp(head->bytes + head->fields[i].name.at, name) == 0;
    return count;
}

static int check_singles(const struct http_head *head, struct head_fault *fault)
{
    if (count_fields(head, "Host") > 1 || (head->minor > 0 && count_fields(head, "Host") == 0))
        return head_fault_set(fault, 400, "Host must stand there once.");
    const char *host = head_field(head, "Host");
    if (host && !target_is_authority(host, strlen(host)))
        return head_fault_set(fault, 400, "Host names no host.");
    if (count_fields(head, "Content-Length") > 1)
        return head_fault_set(fault, 400, BAD_LENGTH);
    if (count_fields(head, "Content-Type") > 1 || count_fields(head, "Authorization") > 1)
        return head_fault_set(fault, 400, "Content-Type and Authorization may stand there once.");
    return 0;
}

static int read_length(struct http_head *head, struct head_fault *fault)
{
    const char *text = head_field(head, "Content-Length");
    if (!text)
        return 0;
    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return head_fault_set(fault, 400, BAD_LENGTH);
    for (; *text != '\0'; text++) {
        uint64_t digit = (uint64_t)(*text - '0');
        head->length = head->length > (UINT64_MAX - digit) / 10 ? UINT64_MAX : head->length * 10 + digit;
    }
    return 0;
}

/* RFC 9112 §6: where the request ends must be beyond doubt before anything of it is used. */
static int read_framing(struct http_head *head, struct head_fault *fault)
{
    const char *coding = head_field(head, "Transfer-Encoding");
    if (!coding)
        return read_length(head, fault);
    if (head_field(head, "Content-Length") || head->minor == 0)
        return head_fault_set(fault, 400, "Transfer-Encoding has no place here.");
    if (count_fields(head, "Transfer-Encoding") == 1 && strcasecmp(coding, "chunked") == 0)
        return head_fault_set(fault, 411, "A body comes with its Content-Length.");
    return head_fault_set(fault, 501, "This transfer coding is not known; a body comes with its Content-Length.");
}

static bool list_has(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += strspn(at, ", \t");
        if (strncasecmp(at, word, len) == 0 && strchr(", \t", at[len]) != NULL)
            return true;
    }
    return false;
}

static int read_expectations(struct http_head *head, struct head_fault *fault)
{
    const char *expect = head_field(head, "Expect");
    head->closes = head->minor == 0;
    for (size_t i = 0; i < head->field_count; i++)
        if (strcasecmp(head->bytes + head->fields[i].name.at, "Connection") == 0 &&
            list_has(head->bytes + head->fields[i].value.at, "close"))
            head->closes = true;
    if (expect && strcasecmp(expect, "100-continue") != 0)
        return head_fault_set(fault, 417, "The expectation is not known.");
    head->expects_continue = expect && head->minor > 0;
    return 0;
}

int head_parse(struct http_head *head, char *bytes, size_t len, struct head_fault *fault)
{
    char *line = bytes, *end;
    head->bytes = bytes;
    head->len = len;
    head->method = head->path = (struct head_text){0, 0};
    head->minor = 1;
    head->length = 0;
    head->field_count = head->argument_count = 0;
    head->closes = head->expects_continue = false;
    *fault = (struct head_fault){0, NULL};
    for (bool first = true; line + 2 < bytes + len; first = false, line = end + 2) {
        end = memchr(line, '\r', (size_t)(bytes + len - line));
        if (end[1] != '\n')
            return head_fault_set(fault, 400, "A line holds a bare carriage return.");
        *end = '\0';
        if ((first ? read_request_line : read_field)(head, line, end, fault) < 0)
            return -1;
    }
    if (check_singles(head, fault) < 0 || read_framing(head, fault) < 0)
        return -1;
    return read_expectations(head, fault);
}

bool head_is_of(const struct http_head *head, const char *method)
{
    return head->method.len == strlen(method) && memcmp(head->bytes + head->method.at, method, head->method.len) == 0;
}

const char *head_string(const struct http_head *head, struct head_text text)
{
    return text.len > 0 || text.at > 0 ? head->bytes + text.at : NULL;
}

const char *head_field(const struct http_head *head, const char *name)
{
    for (size_t i = 0; i < head->field_count; i++)
        if (strcasecmp(head->bytes + head->fields[i].name.at, name) == 0)
            return head->bytes + head->fields[i].value.at;
    return NULL;
}

const char *head_argument(const struct http_head *head, const char *name)
{
    for (size_t i = 0; i < head->argument_count; i++)
        if (strcmp(head->bytes + head->arguments[i].name.at, name) == 0)
            return head_string(head, head->arguments[i].value);
    return NULL;
}
