/* Troubles: told as states, however often they are met. */
#include "base/trouble.h"
#include "tests/unit/capture.h"
#include <criterion/criterion.h>
#include <string.h>

#define MINUTE TROUBLE_QUIET_US
#define OFTEN 1000

static struct trouble trouble;

static void setup(void)
{
    trouble = (struct trouble)TROUBLE("tables", LOG_ERROR);
}

TestSuite(trouble, .init = setup);

static unsigned count_lines(const char *text)
{
    unsigned count = 0;
    for (; (text = strchr(text, '\n')); text++)
        count++;
    return count;
}

Test(trouble, is_told_once_however_often_it_is_met)
{
    capture_begin(2);
    for (int64_t i = 0; i < OFTEN; i++) {
        trouble_met(&trouble, i * MINUTE / 10, "too many wait");
        trouble_passed(&trouble, i * MINUTE / 10 + 1);
    }
    const char *said = capture_end(2);
    cr_assert_eq(count_lines(said), 1, "%s", said);
    cr_assert_not_null(strstr(said, " error tables: too many wait\n"), "%s", said);
}

Test(trouble, is_told_when_it_is_over_and_when_it_comes_back)
{
    capture_begin(2);
    trouble_passed(&trouble, 0);
    trouble_met(&trouble, 1, "too many wait");
    trouble_met(&trouble, 2, "too many wait");
    trouble_passed(&trouble, 1 + MINUTE); /* not a minute after the last */
    trouble_passed(&trouble, 2 + MINUTE);
    trouble_passed(&trouble, 3 + MINUTE);
    trouble_met(&trouble, 4 + MINUTE, "too many wait");
    trouble_passed(&trouble, 4 + 2 * MINUTE);
    const char *said = capture_end(2);
    cr_assert_eq(count_lines(said), 4, "%s", said);
    cr_assert_not_null(strstr(said, " info tables: over, met 2 times: too many wait\n"), "%s", said);
    cr_assert_not_null(strstr(said, " info tables: over, met 1 times: too many wait\n"), "%s", said);
}

Test(trouble, is_told_anew_as_another_no_more_than_once_a_minute)
{
    capture_begin(2);
    for (int64_t i = 0; i < OFTEN; i++)
        trouble_met(&trouble, i, i % 2 ? "entry 1 can't be read" : "entry 2 can't be read");
    trouble_met(&trouble, MINUTE, "entry 2 can't be read");
    trouble_met(&trouble, MINUTE + 1, "entry 1 can't be read");
    trouble_met(&trouble, MINUTE + 2, "entry 2 can't be read");
    const char *said = capture_end(2);
    cr_assert_eq(count_lines(said), 2, "%s", said);
    cr_assert(strstr(said, "entry 2") && strstr(said, "entry 1"), "%s", said);
}

Test(trouble, is_told_at_its_level)
{
    struct trouble small = TROUBLE("tables", LOG_WARNING), least = TROUBLE("news", LOG_INFO);
    capture_begin(2);
    trouble_met(&small, 1, "as many as may be");
    trouble_met(&least, 1, "none");
    const char *said = capture_end(2);
    cr_assert(strstr(said, " warning tables: as many as may be\n") && strstr(said, " info news: none\n"), "%s", said);
}
