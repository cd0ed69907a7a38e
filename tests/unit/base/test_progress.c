/* The bar: where there is a terminal, and nowhere else. */
#include "base/progress.h"
#include "tests/unit/capture.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void work(size_t total)
{
    struct progress progress;
    progress_start(&progress, "sending", total);
    for (size_t i = 0; i < total; i++)
        progress_add(&progress, 1);
    progress_end(&progress);
}

Test(progress, draws_nothing_where_standard_error_is_no_terminal)
{
    capture_begin(2);
    work(5);
    cr_expect_str_eq(capture_end(2), "");
}

/* A terminal gives what was written in pieces, and an error once it is closed and empty. */
static size_t read_all(int primary, char *shown, size_t size)
{
    size_t len = 0;
    ssize_t more;
    while (len < size && (more = read(primary, shown + len, size - len)) > 0)
        len += (size_t)more;
    return len;
}

Test(progress, draws_a_bar_on_a_terminal_and_takes_it_away)
{
    char shown[4096] = "";
    cr_assert_eq(setenv("TERM", "xterm", 1), 0, "without one a terminal is dumb");
    int primary = posix_openpt(O_RDWR | O_NOCTTY);
    cr_assert_geq(primary, 0);
    cr_assert_eq(grantpt(primary), 0);
    cr_assert_eq(unlockpt(primary), 0);
    int terminal = open(ptsname(primary), O_RDWR | O_NOCTTY);
    cr_assert_geq(terminal, 0);
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    dup2(terminal, STDERR_FILENO);
    work(5);
    work(0);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(terminal);
    size_t len = read_all(primary, shown, sizeof shown - 1);
    close(primary);
    cr_assert_gt(len, 4);
    cr_expect_eq(strncmp(shown, "\rsending [..............................] 0/5 ", 43), 0, "%s", shown);
    cr_expect_str_eq(shown + len - 4, "\r\033[K", "nothing is left of it, and nothing drawn for no work at all");
}

static void expect_line(size_t done, int64_t elapsed_us, const char *end)
{
    struct buf line;
    struct progress progress = {.what = "sending", .total = 100000, .done = done};
    buf_init(&line, 256);
    progress_put(&line, &progress, elapsed_us);
    const char *told = strchr(buf_text(&line), ']');
    cr_expect_str_eq(told ? told + 2 : "", end);
    buf_free(&line);
}

Test(progress, tells_rate_and_time_left_once_it_knows_them)
{
    expect_line(0, 5000000, "0/100000 ");
    expect_line(400, 900000, "400/100000 ");
    expect_line(1000, 2000000, "1000/100000 500/s, 3:18 left ");
    expect_line(1000, 100000000, "1000/100000 10/s, 2:45:00 left ");
    expect_line(100000, 100000000, "100000/100000 1000/s, 0:00 left ");
}

Test(progress, fits_a_terminal_of_80_columns)
{
    struct buf line;
    struct progress progress = {.what = "ondertekenen", .total = 1000000, .done = 999999};
    buf_init(&line, 256);
    progress_put(&line, &progress, 36000000000);
    cr_expect_lt(line.len, 80, "%s", buf_text(&line));
    buf_free(&line);
}
