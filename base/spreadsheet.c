/* By shape alone, and on the safe side: a text that looks like one of these but is left alone by some version is told
 * as changed too. */
#include "base/spreadsheet.h"
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"
#define SHOWN_DIGITS 11 /* of a whole number, before a general cell shows an exponent */

/* Digits alone. */
static bool whole_number_changes(const char *text)
{
    size_t digits = strspn(text, DIGITS);
    if (digits == 0 || text[digits] != '\0')
        return false;
    return digits > SHOWN_DIGITS || (text[0] == '0' && digits > 1);
}

/* Groups of digits with one mark between each two, such as 1.5, 3-4, 1/2/26 or 10:30; and 1.5E-3. */
static bool is_number_date_or_time(const char *text)
{
    size_t at = strspn(text, DIGITS), groups = 1;
    if (at == 0)
        return false;
    while (text[at] != '\0' && strchr(".,-/:", text[at])) {
        size_t digits = strspn(text + at + 1, DIGITS);
        if (digits == 0)
            return false;
        at += 1 + digits;
        groups++;
    }
    if (text[at] == 'e' || text[at] == 'E') {
        at++;
        at += text[at] == '+' || text[at] == '-';
        size_t digits = strspn(text + at, DIGITS);
        return digits > 0 && text[at + digits] == '\0';
    }
    return groups > 1 && text[at] == '\0';
}

static const char *const months[] = {
    "jan",      "feb",      "mrt",       "mar",     "apr",     "mei",      "may",      "jun",     "jul",
    "aug",      "sep",      "sept",      "okt",     "oct",     "nov",      "dec",      "januari", "january",
    "februari", "february", "maart",     "march",   "april",   "juni",     "june",     "juli",    "july",
    "augustus", "august",   "september", "oktober", "october", "november", "december",
};

/* The length of a month's whole name at `text`, as far as its letters go; 0 for none. */
static size_t month_length(const char *text)
{
    size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    for (size_t i = 0; i < sizeof months / sizeof *months; i++)
        if (strlen(months[i]) == letters && strncasecmp(text, months[i], letters) == 0)
            return letters;
    return 0;
}

static size_t pass_mark(const char *text)
{
    return *text != '\0' && strchr(" -/.", *text) ? 1 : 0;
}

/* A month and digits, in either order, perhaps with a year behind: mei 5, 5-mei, MAR1, 1 jan 2026. */
static bool is_date_with_month(const char *text)
{
    size_t day = strspn(text, DIGITS), at = day;
    if (day > 0)
        at += pass_mark(text + at);
    size_t month = month_length(text + at);
    if (month == 0 || day > 4)
        return false;
    at += month;
    if (text[at] == '\0')
        return day > 0;
    at += pass_mark(text + at);
    size_t digits = strspn(text + at, DIGITS);
    return digits > 0 && digits <= 4 && text[at + digits] == '\0';
}

static bool is_truth_value(const char *text)
{
    static const char *const values[] = {"true", "false", "waar", "onwaar"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (strcasecmp(text, values[i]) == 0)
            return true;
    return false;
}

bool spreadsheet_changes(const char *text)
{
    return whole_number_changes(text) || is_number_date_or_time(text) || is_date_with_month(text) ||
           is_truth_value(text);
}
