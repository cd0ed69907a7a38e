/* A recursive descent over the grammar of RFC 8259, at most JSON_MAX_DEPTH deep. cJSON lets pass leading zeros, raw
 * control characters, halves of surrogate pairs and more; what has passed here it reads as it stands. Each take_…
 * function begins at the first byte of what it takes and leaves scan->at behind it. */
#include "base/json_check.h"
#include "base/json.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <string.h>

static int take_value(struct json_scan *scan, int depth);

static int scan_fault(struct json_scan *scan, const char *english, const char *dutch)
{
    scan->what = english;
    scan->dutch = dutch;
    return -1;
}

/* The byte at the place, or NUL at the end; a NUL in the text is no part of the grammar, so the two need not be told
 * apart. */
static char next_byte(const struct json_scan *scan)
{
    return scan->at < scan->len ? scan->text[scan->at] : '\0';
}

static bool is_json_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip_space(struct json_scan *scan)
{
    char c = next_byte(scan);
    while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
        scan->at++;
        c = next_byte(scan);
    }
}

static int take_literal(struct json_scan *scan, const char *word)
{
    size_t len = strlen(word);
    if (scan->len - scan->at < len || memcmp(scan->text + scan->at, word, len) != 0)
        return scan_fault(scan, "value expected", "waarde verwacht");
    scan->at += len;
    return 0;
}

static int hex_value(char c)
{
    if (is_json_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The value of the \uXXXX at byte `at`, or -1 where there is none. */
static int unicode_escape(const struct json_scan *scan, size_t at)
{
    if (at > scan->len || scan->len - at < 6 || scan->text[at] != '\\' || scan->text[at + 1] != 'u')
        return -1;
    int unit = 0;
    for (size_t i = at + 2; i < at + 6; i++) {
        int digit = hex_value(scan->text[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static int take_unicode_escape(struct json_scan *scan)
{
    int unit = unicode_escape(scan, scan->at);
    if (unit < 0)
        return scan_fault(scan, "escape not known", "onbekende escape");
    if (unit == 0)
        return scan_fault(scan, "U+0000", "U+0000");
    if (unit >= 0xDC00 && unit <= 0xDFFF)
        return scan_fault(scan, "lone surrogate", "losse surrogaat");
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        int low = unicode_escape(scan, scan->at + 6);
        if (low < 0xDC00 || low > 0xDFFF)
            return scan_fault(scan, "lone surrogate", "losse surrogaat");
        scan->at += 6;
    }
    scan->at += 6;
    return 0;
}

static int take_escape(struct json_scan *scan)
{
    switch (scan->at + 1 < scan->len ? scan->text[scan->at + 1] : '\0') {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        scan->at += 2;
        return 0;
    case 'u':
        return take_unicode_escape(scan);
    default:
        return scan_fault(scan, "escape not known", "onbekende escape");
    }
}

/* Passes over characters that stand for themselves: nearly all there are, so the loop is kept tight. */
static void skip_plain(struct json_scan *scan)
{
    size_t at = scan->at;
    while (at < scan->len) {
        unsigned char c = (unsigned char)scan->text[at];
        if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
            break;
        at++;
    }
    scan->at = at;
}

static int take_string(struct json_scan *scan)
{
    scan->at++;
    for (skip_plain(scan); scan->at < scan->len; skip_plain(scan)) {
        unsigned char c = (unsigned char)scan->text[scan->at];
        if (c == '"') {
            scan->at++;
            return 0;
        }
        if (c < 0x20)
            return scan_fault(scan, "control character in string", "stuurteken in een tekst");
        if (c == '\\') {
            if (take_escape(scan) < 0)
                return -1;
            continue;
        }
        size_t step = utf8_step(scan->text + scan->at, scan->len - scan->at);
        if (step == 0)
            return scan_fault(scan, "not UTF-8", "geen UTF-8");
        scan->at += step;
    }
    return scan_fault(scan, "string not closed", "tekst niet afgesloten");
}

/* Takes a run of digits, at least one. */
static int take_digits(struct json_scan *scan)
{
    if (!is_json_digit(next_byte(scan)))
        return scan_fault(scan, "digit expected", "cijfer verwacht");
    while (is_json_digit(next_byte(scan)))
        scan->at++;
    return 0;
}

/* Notes that the number which is being taken is no integer within range. */
static int note_fraction(struct json_scan *scan)
{
    size_t *grown = list_grow(scan->fractions, scan->fraction_count, &scan->fraction_cap, sizeof *grown);
    if (!grown) {
        scan->no_memory = true;
        return scan_fault(scan, "out of memory", "te weinig geheugen");
    }
    scan->fractions = grown;
    scan->fractions[scan->fraction_count++] = scan->numbers;
    return 0;
}

/* Whether digits without a leading zero make a number of at most JSON_INTEGER_MAX, which has 16. */
static bool in_range(const char *digits, size_t count)
{
    if (count > 16)
        return false;
    int64_t n = 0;
    for (size_t i = 0; i < count; i++)
        n = n * 10 + (digits[i] - '0');
    return n <= JSON_INTEGER_MAX;
}

static int take_json_number(struct json_scan *scan)
{
    bool negative = next_byte(scan) == '-';
    size_t first = scan->at + (negative ? 1 : 0);
    scan->at = first;
    if (next_byte(scan) == '0')
        scan->at++; /* a digit after it is then found where none may stand */
    else if (take_digits(scan) < 0)
        return -1;
    bool integer = in_range(scan->text + first, scan->at - first) && !(negative && scan->text[first] == '0');
    if (next_byte(scan) == '.') {
        integer = false;
        scan->at++;
        if (take_digits(scan) < 0)
            return -1;
    }
    if (next_byte(scan) == 'e' || next_byte(scan) == 'E') {
        integer = false;
        scan->at++;
        if (next_byte(scan) == '+' || next_byte(scan) == '-')
            scan->at++;
        if (take_digits(scan) < 0)
            return -1;
    }
    if (!integer && note_fraction(scan) < 0)
        return -1;
    scan->numbers++;
    return 0;
}

static int take_member(struct json_scan *scan, int depth)
{
    size_t name_at = scan->at;
    if (next_byte(scan) != '"')
        return scan_fault(scan, "member name expected", "naam van een lid verwacht");
    if (take_string(scan) < 0)
        return -1;
    skip_space(scan);
    if (next_byte(scan) != ':')
        return scan_fault(scan, "colon expected", "dubbele punt verwacht");
    scan->at++;
    skip_space(scan);
    scan->name_at = name_at;
    return take_value(scan, depth);
}

/* Takes an array or an object, the `depth`-th level of the document. */
static int take_container(struct json_scan *scan, int depth)
{
    bool object = next_byte(scan) == '{';
    char close = object ? '}' : ']';
    if (depth > JSON_MAX_DEPTH)
        return scan_fault(scan, "too deep", "te diep genest");
    scan->at++;
    skip_space(scan);
    if (next_byte(scan) == close) {
        scan->at++;
        return 0;
    }
    for (;;) {
        if ((object ? take_member(scan, depth) : take_value(scan, depth)) < 0)
            return -1;
        skip_space(scan);
        if (next_byte(scan) == close) {
            scan->at++;
            return 0;
        }
        if (next_byte(scan) != ',')
            return object ? scan_fault(scan, "comma or } expected", "komma of } verwacht")
                          : scan_fault(scan, "comma or ] expected", "komma of ] verwacht");
        scan->at++;
        skip_space(scan);
    }
}

/* Takes any value inside `depth` levels. */
static int take_value(struct json_scan *scan, int depth)
{
    if (++scan->values == scan->sought) {
        scan->sought_name_at = scan->name_at;
        scan->sought_at = scan->at;
    }
    switch (next_byte(scan)) {
    case '{':
    case '[':
        return take_container(scan, depth + 1);
    case '"':
        return take_string(scan);
    case 't':
        return take_literal(scan, "true");
    case 'f':
        return take_literal(scan, "false");
    case 'n':
        return take_literal(scan, "null");
    case '-':
        return take_json_number(scan);
    default:
        return is_json_digit(next_byte(scan)) ? take_json_number(scan)
                                              : scan_fault(scan, "value expected", "waarde verwacht");
    }
}

int json_scan_run(struct json_scan *scan)
{
    if (scan->len >= 3 && memcmp(scan->text, "\xEF\xBB\xBF", 3) == 0)
        return scan_fault(scan, "byte order mark", "byte order mark; bewaar het bestand zonder");
    skip_space(scan);
    if (take_value(scan, 0) < 0)
        return -1;
    skip_space(scan);
    return scan->at == scan->len ? 0 : scan_fault(scan, "something after the document", "nog iets na het document");
}

void json_scan_wipe(struct json_scan *scan)
{
    mem_free(scan->fractions);
    scan->fractions = NULL;
    scan->fraction_count = scan->fraction_cap = 0;
}
