/* The time. The C library keeps the calendar (timegm, gmtime_r); what is ours is the strictness of the grammar. */
#include "base/clock.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define YEAR_0_START INT64_C(-62167219200) /* 0000-01-01T00:00:00Z */
#define YEAR_9999_END INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

static _Atomic int64_t set_to = -1, step;

int64_t clock_now(void)
{
    if (atomic_load(&set_to) >= 0)
        return atomic_fetch_add(&set_to, atomic_load(&step));
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

int64_t clock_monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void clock_set(int64_t seconds)
{
    atomic_store(&set_to, seconds < 0 ? -1 : seconds);
}

void clock_step(int64_t seconds)
{
    atomic_store(&step, seconds);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads exactly `count` digits that make a number from `least` to `most`. */
static int take_field(const char **at, int count, int least, int most, int *out)
{
    int n = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit((*at)[i]))
            return -1;
        n = n * 10 + ((*at)[i] - '0');
    }
    if (n < least || n > most)
        return -1;
    *at += count;
    *out = n;
    return 0;
}

static int take_sign(const char **at, const char *one_of)
{
    if (**at == '\0' || !strchr(one_of, **at))
        return -1;
    ++*at;
    return 0;
}

/* Reads the date and the time of day as they stand, whatever the offset. */
static int take_local(const char **at, struct tm *tm)
{
    int year, month;
    if (take_field(at, 4, 0, 9999, &year) < 0 || take_sign(at, "-") < 0 || take_field(at, 2, 1, 12, &month) < 0 ||
        take_sign(at, "-") < 0 || take_field(at, 2, 1, 31, &tm->tm_mday) < 0 || take_sign(at, "Tt") < 0 ||
        take_field(at, 2, 0, 23, &tm->tm_hour) < 0 || take_sign(at, ":") < 0 ||
        take_field(at, 2, 0, 59, &tm->tm_min) < 0 || take_sign(at, ":") < 0 ||
        take_field(at, 2, 0, 60, &tm->tm_sec) < 0)
        return -1;
    tm->tm_year = year - 1900;
    tm->tm_mon = month - 1;
    return 0;
}

static int take_fraction(const char **at)
{
    if (**at != '.')
        return 0;
    ++*at;
    if (!is_digit(**at))
        return -1;
    while (is_digit(**at))
        ++*at;
    return 0;
}

/* Reads the offset from UTC, in seconds. */
static int take_offset(const char **at, int *offset)
{
    int sign = **at == '-' ? -1 : 1;
    if (take_sign(at, "Zz") == 0) {
        *offset = 0;
        return 0;
    }
    int hours, minutes;
    if (take_sign(at, "+-") < 0 || take_field(at, 2, 0, 23, &hours) < 0 || take_sign(at, ":") < 0 ||
        take_field(at, 2, 0, 59, &minutes) < 0)
        return -1;
    *offset = sign * (hours * 3600 + minutes * 60);
    return 0;
}

/* Whether a leap second may follow this one: they are put at the end of a month of UTC (RFC 3339, appendix D). */
static bool ends_month(time_t seconds)
{
    time_t next = seconds + 1;
    struct tm tm;
    return gmtime_r(&next, &tm) && tm.tm_mday == 1 && tm.tm_hour == 0 && tm.tm_min == 0 && tm.tm_sec == 0;
}

int clock_parse(const char *text, int64_t *out)
{
    struct tm tm = {0};
    int offset;
    if (take_local(&text, &tm) < 0 || take_fraction(&text) < 0 || take_offset(&text, &offset) < 0 || *text != '\0')
        return -1;
    bool leap = tm.tm_sec == 60;
    if (leap)
        tm.tm_sec = 59;
    int day = tm.tm_mday;
    time_t seconds = timegm(&tm);
    if (tm.tm_mday != day) /* timegm went on to the next month: there is no such date */
        return -1;
    seconds -= offset;
    if (leap && !ends_month(seconds))
        return -1;
    *out = seconds;
    return 0;
}

void clock_format(int64_t seconds, char out[static CLOCK_TEXT_SIZE])
{
    time_t when = seconds < YEAR_0_START ? YEAR_0_START : seconds > YEAR_9999_END ? YEAR_9999_END : seconds;
    struct tm tm;
    if (!gmtime_r(&when, &tm))
        tm = (struct tm){.tm_year = 70, .tm_mday = 1};
    /* The remainders change nothing: they show the compiler that the text fits. */
    snprintf(out, CLOCK_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)(tm.tm_year + 1900) % 10000,
             (unsigned)(tm.tm_mon + 1) % 100, (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100,
             (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}

void clock_sleep_ms(int64_t milliseconds)
{
    if (milliseconds <= 0)
        return;
    int64_t until = clock_monotonic_us() + milliseconds * 1000;
    struct timespec deadline = {.tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL) == EINTR)
        ;
}
