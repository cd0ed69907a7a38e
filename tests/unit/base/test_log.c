/* Log lines: their form, and that each is one write. */
#include "base/log.h"

#include "base/clock.h"
#include "tests/unit/capture.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

Test(log, writes_time_level_and_message)
{
    clock_set(1767225600);
    capture_begin(2);
    log_error("one %d", 1);
    log_warning("two");
    log_info("three");
    cr_assert_str_eq(capture_end(2), "2026-01-01T00:00:00Z error one 1\n"
                                     "2026-01-01T00:00:00Z warning two\n"
                                     "2026-01-01T00:00:00Z info three\n");
}

Test(log, leaves_out_what_is_above_its_level)
{
    clock_set(0);
    capture_begin(2);
    log_set_level(LOG_ERROR);
    log_warning("no");
    log_set_level(LOG_WARNING);
    log_info("no");
    log_warning("yes");
    cr_assert_str_eq(capture_end(2), "1970-01-01T00:00:00Z warning yes\n");
}

Test(log, knows_its_levels_by_name)
{
    enum log_level level = LOG_WARNING;

    cr_assert_eq(log_level_find("error", &level), 0);
    cr_assert_eq(level, LOG_ERROR);
    cr_assert_eq(log_level_find("info", &level), 0);
    cr_assert_eq(level, LOG_INFO);
    cr_assert_eq(log_level_find("debug", &level), -1, "nothing is ever said there");
    cr_assert_eq(log_level_find("Info", &level), -1);
    cr_assert_eq(log_level_find("", &level), -1);
    cr_assert_eq(level, LOG_INFO);
}

Test(log, keeps_an_event_to_one_line)
{
    clock_set(0);
    capture_begin(2);
    log_info("a\nb\r\t\x1b[31m\x7f%s|%s", "\xC2\x9B\xE2\x80\xAE\xC3\xA9\xE2\x82\xAC", "\xFF\xC3");
    cr_assert_str_eq(capture_end(2),
                     "1970-01-01T00:00:00Z info "
                     "a\\x0ab\\x0d\\x09\\x1b[31m\\x7f\\xc2\\x9b\\xe2\\x80\\xae\xC3\xA9\xE2\x82\xAC|\\xff\\xc3\n");
}

Test(log, cuts_off_what_is_too_long_between_characters)
{
    char message[4001];
    const char *line;

    for (size_t i = 0; i < 4000; i += 2)
        memcpy(message + i, "\xC3\xA9", 2);
    message[4000] = '\0';
    capture_begin(2);
    log_info("%s", message);
    log_info("x%s", message);
    line = capture_end(2);
    cr_assert_null(strstr(line, "\\x"));
    cr_assert_str_eq(line + strlen(line) - 6, "\xC3\xA9...\n");
    memset(message, '\n', 4000);
    capture_begin(2);
    log_info("%s", message);
    line = capture_end(2);
    cr_assert_gt(strlen(line), 4000);
    cr_assert_eq(strchr(line, '\n'), line + strlen(line) - 1);
}

Test(log, leaves_errno_alone_and_knows_its_message)
{
    capture_begin(2);
    errno = ENOENT;
    log_info("%m");
    cr_assert_eq(errno, ENOENT);
    cr_assert_not_null(strstr(capture_end(2), "info No such file or directory\n"));
}

static void *log_often(void *unused)
{
    for (int i = 0; i < 100; i++)
        log_info("%d %0200d", i, 7);
    return unused;
}

/* A datagram holds exactly what one write gave. */
Test(log, gives_each_line_in_one_write_when_threads_compete)
{
    int ends[2], kept = dup(STDERR_FILENO);
    pthread_t threads[4];

    cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
    cr_assert_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, log_often, NULL), 0);
    for (int i = 0; i < 400; i++) {
        char line[1024];
        ssize_t len = recv(ends[0], line, sizeof line, 0);

        cr_assert_gt(len, 220);
        cr_assert_eq(memchr(line, '\n', (size_t)len), line + len - 1);
    }
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    dup2(kept, STDERR_FILENO);
}
