/* Settings: where each comes from, which wins, and what is refused, in one line that names the setting and its
 * origin. */
#include "base/file.h"
#include "base/log.h"
#include "collector/ops/config.h"
#include "tests/unit/capture.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct config config;

TestSuite(config, .init = kit_begin, .fini = kit_end);

static void write_file(const char *text)
{
    const char *path = kit_path("collector.ini");
    cr_assert_eq(file_write(path, text, strlen(text)), 0);
    *config_file_flag() = path;
}

static void assert_value(enum config_key key, const char *value, const char *origin)
{
    cr_assert_str_eq(config.values[key], value);
    cr_assert_str_eq(config.origins[key], origin);
}

static void must_read(void)
{
    capture_begin(2);
    int result = config_read(&config);
    cr_assert_eq(result, CLI_DONE, "%s", capture_end(2));
}

/* The reading fails with one line that holds both words. Wrong flags are wrong usage. */
static void assert_refused(const char *word, const char *origin)
{
    capture_begin(2);
    int result = config_read(&config);
    const char *heard = capture_end(2);
    cr_assert_eq(result, strcmp(origin, "flag") == 0 ? CLI_USAGE : CLI_FAILED);
    cr_assert_not_null(strstr(heard, word), "'%s' lacks '%s'", heard, word);
    cr_assert_not_null(strstr(heard, origin), "'%s' lacks '%s'", heard, origin);
    cr_assert_eq(strchr(heard, '\n'), heard + strlen(heard) - 1, "more than a line: %s", heard);
}

/* Where values come from. */

Test(config, has_defaults)
{
    char address[CONFIG_VALUE_SIZE];
    uint16_t port;
    must_read();
    assert_value(CONFIG_STORE, "sqlite:burgerpanel.db", "default");
    assert_value(CONFIG_LISTEN, "127.0.0.1:8080", "default");
    assert_value(CONFIG_LOG_LEVEL, "info", "default");
    cr_assert_eq(config_number(&config, CONFIG_THREADS), 0);
    cr_assert_eq(config_number(&config, CONFIG_CONNECTIONS), 4096);
    cr_assert_eq(config_number(&config, CONFIG_QUEUE), 16384);
    cr_assert_eq(config_number(&config, CONFIG_MEMORY_MIB), 256);
    cr_assert(config_listen(&config, CONFIG_LISTEN, address, &port));
    cr_assert_str_eq(address, "127.0.0.1");
    cr_assert_eq(port, 8080);
}

Test(config, reads_a_file)
{
    write_file("; settings\n[collector]\nstore = sqlite:/var/lib/panel.db\nthreads=3\n\nQueue = 99\nmemory_mib = 64 ; "
               "small\n");
    must_read();
    assert_value(CONFIG_STORE, "sqlite:/var/lib/panel.db", "file");
    assert_value(CONFIG_QUEUE, "99", "file");
    cr_assert_eq(config_number(&config, CONFIG_THREADS), 3);
    cr_assert_eq(config_number(&config, CONFIG_MEMORY_MIB), 64);
    assert_value(CONFIG_LISTEN, "127.0.0.1:8080", "default");
}

Test(config, prefers_flags_to_environment_to_file)
{
    write_file("[collector]\nstore = sqlite:file\nlisten = 127.0.0.1:1\nthreads = 1\n");
    setenv("BURGERPANEL_LISTEN", "127.0.0.1:2", 1);
    setenv("BURGERPANEL_THREADS", "2", 1);
    setenv("BURGERPANEL_LOG_LEVEL", "error", 1);
    *config_flag(CONFIG_THREADS) = "3";
    must_read();
    assert_value(CONFIG_STORE, "sqlite:file", "file");
    assert_value(CONFIG_LISTEN, "127.0.0.1:2", "environment");
    assert_value(CONFIG_THREADS, "3", "flag");
    assert_value(CONFIG_LOG_LEVEL, "error", "environment");
}

Test(config, lets_a_good_flag_cure_a_bad_environment)
{
    setenv("BURGERPANEL_THREADS", "many", 1);
    *config_flag(CONFIG_THREADS) = "3";
    must_read();
    assert_value(CONFIG_THREADS, "3", "flag");
}

Test(config, passes_over_variables_of_others)
{
    setenv("BURGERPANEL_HOME", "/home/somebody", 1);
    setenv("BURGERPANEL_", "x", 1);
    setenv("BURGERPANEL_A_NAME_THAT_IS_LONGER_THAN_ANY_SETTING_COULD_EVER_BE_OR_WILL_BE_IN_TEN_YEARS", "x", 1);
    setenv("XBURGERPANEL_THREADS", "7", 1);
    must_read();
    assert_value(CONFIG_THREADS, "0", "default");
}

Test(config, takes_the_log_level_into_use)
{
    setenv("BURGERPANEL_LOG_LEVEL", "error", 1);
    must_read();
    capture_begin(2);
    log_warning("not this");
    log_error("but this");
    const char *heard = capture_end(2);
    cr_assert_null(strstr(heard, "not this"));
    cr_assert_not_null(strstr(heard, "but this"));
}

/* What is refused. */

Test(config, refuses_an_unknown_setting_in_the_file)
{
    write_file("[collector]\nthreads = 3\ncolour = red\nmemory_mib = 1\n");
    assert_refused("[collector] colour", "collector.ini");
    write_file("[client]\nthreads = 3\n");
    assert_refused("[client] threads", "collector.ini");
    write_file("threads = 3\n");
    assert_refused("threads", "collector.ini");
}

Test(config, refuses_a_line_that_is_no_setting)
{
    write_file("[collector]\nthreads = 3\nwhat is this\n");
    assert_refused("line 3", "collector.ini");
    write_file("[collector\n");
    assert_refused("line 1", "collector.ini");
}

/* The later one used to win without a word. */
Test(config, refuses_a_setting_given_twice_and_names_both_lines)
{
    write_file("[collector]\nthreads = 3\n; between\nqueue = 5\n\nthreads = 3\n");
    assert_refused("'threads' is on line 2 and on line 6; keep one", "collector.ini");
    write_file("[collector]\r\nthreads = 3\r\n[collector]\r\nTHREADS = 4");
    assert_refused("'threads' is on line 2 and on line 4; keep one", "collector.ini");
}

Test(config, refuses_a_file_that_can_not_be_read)
{
    *config_file_flag() = kit_path("missing.ini");
    assert_refused("can't be read", "missing.ini");
    *config_file_flag() = "build";
    assert_refused("can't be read", "build");
}

static void put_long_line(struct buf *text, size_t length)
{
    buf_init(text, KIT_TEXT_MAX);
    buf_put_text(text, "[collector]\nstore = sqlite:/");
    while (text->len < length)
        buf_put_char(text, 'a');
    buf_put_text(text, "\nthreads = 3\n");
}

/* inih would take each for more of the value above it. */
Test(config, refuses_what_is_indented)
{
    static const char *const texts[] = {
        "[collector]\nstore = sqlite:a\n listen = x\n",  "[collector]\n\tthreads = 2\n",
        "[collector]\r\nthreads = 2\r\n  queue = 3\r\n", " [collector]\n",
        "[collector]\nstore = sqlite:a\n\flisten = x\n", "[collector]\nstore = sqlite:a\n\vlisten = x\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_file(texts[i]);
        capture_begin(2);
        cr_assert_eq(config_read(&config), CLI_FAILED);
        cr_assert_not_null(strstr(capture_end(2), "begins with a blank"), "%s", texts[i]);
    }
    write_file("[collector]\n  \n\t; a comment\n  # another\r\n \r\nthreads = 2\n   ");
    must_read();
    assert_value(CONFIG_THREADS, "2", "file");
}

/* The rest of a long comment would be a setting, and a file of a single line none. */
Test(config, refuses_a_line_that_would_be_read_as_another)
{
    char text[512];
    snprintf(text, sizeof text, "[collector]\n#%*s\nthreads = 3\n", 197, "");
    write_file(text);
    must_read();
    assert_value(CONFIG_THREADS, "3", "file");
    snprintf(text, sizeof text, "[collector]\n#%*sthreads = 3\n", 198, "");
    write_file(text);
    capture_begin(2);
    cr_assert_eq(config_read(&config), CLI_FAILED);
    cr_assert_not_null(strstr(capture_end(2), "line 2 is too long; a line holds 198 bytes"));
    write_file("[collector]\rthreads = 3\r");
    capture_begin(2);
    cr_assert_eq(config_read(&config), CLI_FAILED);
    cr_assert_not_null(strstr(capture_end(2), "line 1 has a carriage return inside"));
}

Test(config, takes_a_port_alone_for_metrics_and_for_nothing_else)
{
    char address[CONFIG_VALUE_SIZE];
    uint16_t port;
    must_read();
    cr_assert_not(config_listen(&config, CONFIG_METRICS_LISTEN, address, &port));
    *config_flag(CONFIG_METRICS_LISTEN) = "9464";
    must_read();
    cr_assert(config_listen(&config, CONFIG_METRICS_LISTEN, address, &port));
    cr_assert_str_eq(address, "127.0.0.1");
    cr_assert_eq(port, 9464);
    *config_flag(CONFIG_METRICS_LISTEN) = "[::1]:1";
    must_read();
    cr_assert(config_listen(&config, CONFIG_METRICS_LISTEN, address, &port));
    cr_assert_str_eq(address, "::1");
    *config_flag(CONFIG_METRICS_LISTEN) = "65536";
    assert_refused("metrics_listen", "flag");
    *config_flag(CONFIG_METRICS_LISTEN) = NULL;
    *config_flag(CONFIG_LISTEN) = "8080";
    assert_refused("listen", "flag");
}

/* Never cut off in silence, which would name another store. */
Test(config, reads_a_long_line_whole_or_refuses_it)
{
    unsigned whole = 0, refused = 0;
    for (size_t length = 150; length < 3000; length += 50) {
        struct buf text;
        put_long_line(&text, length);
        write_file(buf_text(&text));
        capture_begin(2);
        int result = config_read(&config);
        const char *heard = capture_end(2);
        if (result == CLI_DONE)
            cr_assert_eq(strlen(config.values[CONFIG_STORE]), length - strlen("[collector]\nstore = "),
                         "cut off at %zu", strlen(config.values[CONFIG_STORE]));
        else
            cr_assert_neq(heard[0], '\0');
        whole += result == CLI_DONE;
        refused += result != CLI_DONE;
        buf_free(&text);
    }
    cr_assert_gt(whole, 0);
    cr_assert_gt(refused, 0);
}

Test(config, refuses_a_value_that_is_too_long)
{
    struct buf text;
    buf_init(&text, KIT_TEXT_MAX);
    while (text.len < CONFIG_VALUE_SIZE - 1)
        buf_put_char(&text, 'a');
    *config_flag(CONFIG_STORE) = buf_text(&text);
    must_read();
    buf_put_char(&text, 'a');
    *config_flag(CONFIG_STORE) = buf_text(&text);
    assert_refused("'store'", "flag");
    *config_flag(CONFIG_STORE) = NULL;
    setenv("BURGERPANEL_STORE", buf_text(&text), 1);
    assert_refused("'store'", "environment");
    buf_free(&text);
}

static const char *const numbers[] = {
    "", "x", "-1", "+1", "1x", " 1", "1 ", "1.5", "0x10", "1e3", "18446744073709551616", "99999999999999999999999"};

Test(config, refuses_what_is_no_number)
{
    static const enum config_key keys[] = {CONFIG_THREADS,      CONFIG_CONNECTIONS, CONFIG_QUEUE,
                                           CONFIG_MEMORY_MIB,   CONFIG_WAIT_MAX,    CONFIG_HEAD_SECONDS,
                                           CONFIG_BODY_SECONDS, CONFIG_LEAST_RATE};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
            *config_flag(keys[k]) = numbers[i];
            assert_refused("must be a number from", "flag");
        }
        *config_flag(keys[k]) = NULL;
    }
}

Test(config, refuses_numbers_out_of_range)
{
    static const struct {
        enum config_key key;
        const char *below, *least, *most, *above;
    } ranges[] = {
        {CONFIG_THREADS, "-1", "0", "256", "257"},       {CONFIG_CONNECTIONS, "15", "16", "1000000", "1000001"},
        {CONFIG_QUEUE, "0", "1", "1000000", "1000001"},  {CONFIG_MEMORY_MIB, "31", "32", "65536", "65537"},
        {CONFIG_WAIT_MAX, "0", "1", "60", "61"},         {CONFIG_HEAD_SECONDS, "0", "1", "300", "301"},
        {CONFIG_BODY_SECONDS, "0", "1", "3600", "3601"}, {CONFIG_LEAST_RATE, "-1", "0", "1000000", "1000001"}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        *config_flag(ranges[i].key) = ranges[i].below;
        assert_refused("must be a number from", "flag");
        *config_flag(ranges[i].key) = ranges[i].above;
        assert_refused("must be a number from", "flag");
        *config_flag(ranges[i].key) = ranges[i].least;
        must_read();
        *config_flag(ranges[i].key) = ranges[i].most;
        must_read();
        cr_assert_eq(config_number(&config, ranges[i].key), strtoull(ranges[i].most, NULL, 10));
    }
}

Test(config, refuses_an_unknown_log_level)
{
    setenv("BURGERPANEL_LOG_LEVEL", "loud", 1);
    assert_refused("log_level", "environment");
    setenv("BURGERPANEL_LOG_LEVEL", "", 1);
    assert_refused("log_level", "environment");
}

Test(config, refuses_an_origin_that_can_not_name_a_log)
{
    *config_flag(CONFIG_ORIGIN) = "panel.example.nl/log";
    must_read();
    *config_flag(CONFIG_ORIGIN) = "two words";
    assert_refused("origin", "flag");
    *config_flag(CONFIG_ORIGIN) = "one+two";
    assert_refused("origin", "flag");
}

/* Listen. */

Test(config, splits_every_form_of_listen)
{
    static const struct {
        const char *text, *address;
        uint16_t port;
    } forms[] = {{"127.0.0.1:8080", "127.0.0.1", 8080},
                 {"0.0.0.0:0", "0.0.0.0", 0},
                 {"[::1]:443", "::1", 443},
                 {"[::]:65535", "::", 65535},
                 {"[fe80::1%eth0]:80", "fe80::1%eth0", 80}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char address[CONFIG_VALUE_SIZE];
        uint16_t port;
        *config_flag(CONFIG_LISTEN) = forms[i].text;
        must_read();
        cr_assert(config_listen(&config, CONFIG_LISTEN, address, &port));
        cr_assert_str_eq(address, forms[i].address);
        cr_assert_eq(port, forms[i].port);
    }
}

Test(config, refuses_what_is_no_address_and_port)
{
    static const char *const bad[] = {"",       "8080",          "127.0.0.1", "127.0.0.1:",      ":8080",
                                      "::1:80", "127.0.0.1:80x", "[::1]",     "127.0.0.1:65536", "127.0.0.1:-1",
                                      "[]:80",  "[::1:80",       "::1]:80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        *config_flag(CONFIG_LISTEN) = bad[i];
        assert_refused("ADDRESS:PORT", "flag");
    }
}
