/* By shape alone, and on the safe side: some that are told as changed are left alone by this version or that. */
#include "base/spreadsheet.h"
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define MARKS " .,-/:+%()$"
#define EURO "\xe2\x82\xac"
#define SHOWN_DIGITS 11 /* of a whole number, before a general cell shows an exponent */

static bool is_plain_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool stays_whole_number(const char *text)
{
    size_t digits = strspn(text, DIGITS);
    return text[digits] == '\0' && digits <= SHOWN_DIGITS && (text[0] != '0' || digits == 1);
}

static bool is_word_of(const char *word, size_t len, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == len && strncasecmp(word, *words, len) == 0)
            return true;
    return false;
}

static bool is_date_word(const char *word, size_t len)
{
    // clang-format off
    static const char *const words[] = {
        "am", "pm", "jan", "feb", "mrt", "mar", "apr", "mei", "may", "jun", "jul", "aug", "sep", "sept", "okt", "oct",
        "nov", "dec", "januari", "january", "februari", "february", "maart", "march", "april", "juni", "june", "juli",
        "july", "augustus", "august", "september", "oktober", "october", "november", "december", NULL};
    // clang-format on
    return is_word_of(word, len, words);
}

/* Whether a run of letters, of which the text has `before` in front, may stand in a number or a date: 1E5, 9 pm, mei 5,
 * 10:30Z. */
static bool fits_number(const char *word, size_t len, char before)
{
    char after = word[len];
    if (len == 1 && (*word == 'e' || *word == 'E'))
        return (is_plain_digit(before) || before == '.' || before == ',') &&
               (is_plain_digit(after) || after == '+' || after == '-');
    if (len == 1 && (*word == 't' || *word == 'T'))
        return is_plain_digit(before) && is_plain_digit(after);
    if (len == 1 && (*word == 'z' || *word == 'Z'))
        return is_plain_digit(before);
    return is_date_word(word, len);
}

static bool looks_like_number_or_date(const char *text)
{
    bool digit = false;
    for (const char *at = text; *at != '\0';) {
        size_t letters = strspn(at, LETTERS);
        if (letters > 0) {
            if (!fits_number(at, letters, at > text ? at[-1] : '\0'))
                return false;
            at += letters;
        } else if (is_plain_digit(*at)) {
            digit = true;
            at++;
        } else if (strchr(MARKS, *at)) {
            at++;
        } else if (strncmp(at, EURO, strlen(EURO)) == 0) {
            at += strlen(EURO);
        } else {
            return false;
        }
    }
    return digit && !stays_whole_number(text);
}

bool spreadsheet_changes(const char *text)
{
    static const char *const truths[] = {"true", "false", "waar", "onwaar", NULL};
    return is_word_of(text, strlen(text), truths) || looks_like_number_or_date(text);
}
