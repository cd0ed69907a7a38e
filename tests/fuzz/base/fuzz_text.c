/* What people and files write as a moment, a number or a text. What must hold: a moment that was read is written and
 * reads the same; a number is taken exactly where it is written back to the letter; cleaned text is UTF-8 without
 * anything that moves a cursor, no longer than before, and cleaning it again changes nothing. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/text.h"
#include "base/url.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include <inttypes.h>

static void read_moment(const char *text)
{
    char written[CLOCK_TEXT_SIZE];
    int64_t moment, again;
    if (clock_parse(text, &moment) < 0)
        return;
    clock_format(moment, written);
    /* Of what a zone moves out of the years 0 to 9999 the nearest is written. */
    bool inside = moment >= INT64_C(-62167219200) && moment <= INT64_C(253402300799);
    fuzz_require(clock_parse(written, &again) == 0 && (again == moment) == inside);
}

/* A number is what strtoll makes of it and printf writes back. */
static void read_number(const char *text, size_t len)
{
    char written[32];
    int64_t number = 0;
    uint64_t positive = 0;
    bool taken = number_parse(text, len, INT64_MIN, INT64_MAX, &number) == 0;
    snprintf(written, sizeof written, "%" PRId64, (int64_t)strtoll(text, NULL, 10));
    fuzz_require(taken == (len == strlen(text) && strcmp(written, text) == 0));
    fuzz_require(!taken || number == strtoll(text, NULL, 10));
    snprintf(written, sizeof written, "%" PRIu64, (uint64_t)strtoull(text, NULL, 10));
    taken = number_parse_unsigned(text, len, &positive) == 0;
    fuzz_require(taken == (len == strlen(text) && strcmp(written, text) == 0));
    fuzz_require(!taken || positive == strtoull(text, NULL, 10));
}

static void check_clean(const char *text, size_t len)
{
    for (size_t at = 0, step; at < len; at += step) {
        bool shown;
        step = text_step(text + at, len - at, &shown);
        fuzz_require(shown && step > 0 && step <= len - at && utf8_step(text + at, len - at) == step);
    }
}

static void clean(const char *text, size_t len)
{
    struct buf once, twice;
    buf_init(&once, len);
    buf_init(&twice, len);
    text_put_clean(&once, text, len);
    fuzz_require(buf_check(&once) == 0);
    check_clean(buf_text(&once), once.len);
    text_put_clean(&twice, buf_text(&once), once.len);
    fuzz_require(buf_check(&twice) == 0 && strcmp(buf_text(&once), buf_text(&twice)) == 0);
    buf_free(&once);
    buf_free(&twice);
}

static void clean_in_place(char *text)
{
    text_clean(text);
    check_clean(text, strlen(text));
}

int fuzz_text(const uint8_t *data, size_t len)
{
    char *text = mem_copy_text((const char *)data, len);
    fuzz_require(text != NULL);
    read_moment(text);
    read_number(text, len);
    (void)url_is_exposed(text);
    clean(text, len);
    clean_in_place(text);
    mem_free(text);
    return 0;
}
