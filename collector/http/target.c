/* Percent-encoding is undone after the target has been split, so that an encoded delimiter never delimits. */
#include "collector/http/target.h"
#include <string.h>

static bool is_letter_or_digit(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_in_set(unsigned char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* RFC 3986 §3.3, §3.4: unreserved, sub-delims, and what path and query have beside. */
static bool is_target_char(unsigned char c)
{
    return is_letter_or_digit(c) || is_in_set(c, "-._~!$&'()*+,;=:@/?%");
}

bool target_is_authority(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!is_letter_or_digit((unsigned char)text[i]) && !is_in_set((unsigned char)text[i], "-._~!$&'()*+,;=:[]%"))
            return false;
    return true;
}

/* Where path and query begin; NULL: the target is of no form that is served. */
static char *skip_authority(char *target)
{
    size_t scheme = strncasecmp(target, "http://", 7) == 0 ? 7 : strncasecmp(target, "https://", 8) == 0 ? 8 : 0;
    if (scheme == 0)
        return target[0] == '/' ? target : NULL;
    size_t len = strcspn(target + scheme, "/?");
    return len > 0 && target_is_authority(target + scheme, len) ? target + scheme + len : NULL;
}

static int percent_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes `text` in place; *strange: a character came out of it that must not be there, '/' or a control character.
 * Returns the new length; -1: a percent sign is followed by no two hexadecimal digits. */
static int decode_percents(char *text, bool plus_is_blank, bool *strange)
{
    char *to = text;
    *strange = false;
    for (const char *from = text; *from != '\0'; from++) {
        char c = *from == '+' && plus_is_blank ? ' ' : *from;
        if (c == '%') {
            int high = percent_digit(from[1]), low = high < 0 ? -1 : percent_digit(from[2]);
            if (low < 0)
                return -1;
            c = (char)(high * 16 + low);
            from += 2;
            *strange |= c == '/' || (unsigned char)c < 0x20 || c == 0x7F;
        }
        *to++ = c;
    }
    *to = '\0';
    return (int)(to - text);
}

static int add_argument(struct http_head *head, char *text, struct head_fault *fault)
{
    struct head_pair *argument = &head->arguments[head->argument_count];
    char *equals = strchr(text, '=');
    bool strange_name, strange_value = false;
    if (head->argument_count == HEAD_ARGUMENTS_MAX)
        return head_fault_set(fault, 400, "The query has too many arguments.");
    if (equals)
        *equals = '\0';
    int name = decode_percents(text, true, &strange_name),
        value = equals ? decode_percents(equals + 1, true, &strange_value) : 0;
    if (name < 0 || value < 0)
        return head_fault_set(fault, 400, "A percent sign must be followed by two hexadecimal digits.");
    if ((strange_name && strlen(text) != (size_t)name) || (strange_value && strlen(equals + 1) != (size_t)value))
        return head_fault_set(fault, 400, "The query holds a NUL.");
    argument->name = head_text_of(head, text, (size_t)name);
    argument->value = equals ? head_text_of(head, equals + 1, (size_t)value) : (struct head_text){0, 0};
    head->argument_count++;
    return 0;
}

static int read_query(struct http_head *head, char *query, struct head_fault *fault)
{
    for (char *next; query; query = next) {
        next = strchr(query, '&');
        if (next)
            *next++ = '\0';
        if (*query != '\0' && add_argument(head, query, fault) < 0)
            return -1;
    }
    return 0;
}

int target_parse(struct http_head *head, char *target, struct head_fault *fault)
{
    static const char of_no_form[] = "The request's target is neither a path nor an http or https address.";
    bool strange;
    for (const char *at = target; *at != '\0'; at++)
        if (!is_target_char((unsigned char)*at) && *at != '[' && *at != ']')
            return head_fault_set(fault, 400, "The request's target holds a character that must be percent-encoded.");
    bool whole_server = strcmp(target, "*") == 0 && strcmp(head->bytes + head->method.at, "OPTIONS") == 0;
    char *path = whole_server ? target : skip_authority(target);
    if (!path || strpbrk(path, "[]"))
        return head_fault_set(fault, 400, of_no_form);
    char *query = strchr(path, '?');
    if (query)
        *query++ = '\0';
    int len = decode_percents(path, false, &strange);
    if (len < 0)
        return head_fault_set(fault, 400, "A percent sign must be followed by two hexadecimal digits.");
    head->path = strange ? (struct head_text){0, 0} : head_text_of(head, path, (size_t)len);
    return read_query(head, query, fault);
}
