/* Verbs, options and operands, and what is said when they are wrong. */
#include "base/cli.h"

#include "tests/unit/capture.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the last verb was given. */
static const char *out, *config;
static bool exact;
static char operands[512];
static int runs;

static const struct cli_option own[] = {
    {.name = "out", .argument = "FILE", .value = &out, .english = "where to", .dutch = "waarheen"},
    {.name = "exact", .flag = &exact, .english = "no rounding", .dutch = "geen afronding"},
    {0}};

static const struct cli_option common[] = {
    {.name = "config", .argument = "FILE", .value = &config, .english = "settings", .dutch = "instellingen"}, {0}};

/* Shows the operands behind one another. */
static int run(const struct cli_verb *verb, int argc, char **argv, int least, int most)
{
    int first, code = cli_parse(verb, own, argc, argv, least, most, &first);

    if (code != CLI_RUN)
        return code;
    cr_assert_null(argv[argc]);
    runs++;
    operands[0] = '\0';
    for (int i = first; i < argc; i++) {
        size_t len = strlen(operands);

        snprintf(operands + len, sizeof operands - len, "[%s]", argv[i]);
    }
    return CLI_DONE;
}

static int run_any(const struct cli_verb *verb, int argc, char **argv)
{
    return run(verb, argc, argv, 0, -1);
}

static int run_one(const struct cli_verb *verb, int argc, char **argv)
{
    return run(verb, argc, argv, 1, 1);
}

static int run_print(const struct cli_verb *verb, int argc, char **argv)
{
    (void)verb;
    (void)argc;
    printf("%s", argv[0]);
    return CLI_DONE;
}

static int run_fail(const struct cli_verb *verb, int argc, char **argv)
{
    (void)verb;
    (void)argc;
    (void)argv;
    cli_say("%d percent", 50);
    return cli_fail("no such %s", "file\nhere");
}

static const struct cli_verb verbs[] = {
    {"any", "[WORD...]", "takes any words", "neemt alle woorden", run_any},
    {"codes create", "N", "makes codes", "maakt codes", run_one},
    {"codes list", "", "lists codes", "toont codes", run_print},
    {"print", "", "prints", "drukt af", run_print},
    {"print twice", "", "prints", "drukt af", run_print},
    {"fail", "", "fails", "faalt", run_fail},
};

static const struct cli_program program = {.name = "prog",
                                           .version = "1.2.3",
                                           .english = "a program",
                                           .dutch = "een programma",
                                           .verbs = verbs,
                                           .count = sizeof verbs / sizeof *verbs,
                                           .common = common};

static void english(void)
{
    setenv("LC_ALL", "C", 1);
}

TestSuite(cli, .init = english);

/* Runs the program with the words of `line`, which single blanks part. */
static int type(const char *line)
{
    static char words[512];
    char *argv[32] = {words};
    int argc = 0;

    out = config = NULL;
    exact = false;
    snprintf(words, sizeof words, "%s", line);
    for (char *at = words; at; argc++) {
        argv[argc] = at;
        at = strchr(at, ' ');
        if (at)
            *at++ = '\0';
    }
    argv[argc] = NULL;
    return cli_run(&program, argc, argv);
}

/* Types what must run, and end in these operands. */
static void gives(const char *line, const char *wanted)
{
    int before = runs;

    cr_assert_eq(type(line), CLI_DONE, "%s", line);
    cr_assert_eq(runs, before + 1, "%s", line);
    cr_assert_str_eq(operands, wanted, "%s: %s", line, operands);
}

/* Types what must be refused with this line. */
static void refuses(const char *line, const char *wanted)
{
    int code;
    const char *said;

    capture_begin(2);
    code = type(line);
    said = capture_end(2);
    cr_assert_eq(code, CLI_USAGE, "%s", line);
    cr_assert_str_eq(said, wanted);
}

static void prints(const char *line, const char *wanted)
{
    int code;
    const char *said;

    capture_begin(1);
    code = type(line);
    said = capture_end(1);
    cr_assert_eq(code, CLI_DONE, "%s", line);
    cr_assert_str_eq(said, wanted);
}

Test(cli, takes_options_before_and_after_operands)
{
    gives("prog any", "");
    gives("prog any a b", "[a][b]");
    gives("prog any --out x a --exact b --config=y", "[a][b]");
    cr_assert_str_eq(out, "x");
    cr_assert_str_eq(config, "y");
    cr_assert(exact);
    gives("prog codes create 5 --out x", "[5]");
    gives("prog codes create --out x 5", "[5]");
    cr_assert_not(exact);
    gives("prog any --out a --out b", "");
    cr_assert_str_eq(out, "b");
}

Test(cli, takes_negative_numbers_and_answers_as_operands)
{
    gives("prog any -1", "[-1]");
    gives("prog any -1 --out x -2.5 -.5 q=-1 --exact -3", "[-1][-2.5][-.5][q=-1][-3]");
    cr_assert_str_eq(out, "x");
    cr_assert(exact);
    gives("prog any --out -1 a", "[a]");
    cr_assert_str_eq(out, "-1");
    gives("prog any - a", "[-][a]");
    gives("prog any -pPRk2jx7Qw9vT_0aBcDeFgHiJkLmNoPqRsTuVwXyZ01", "[-pPRk2jx7Qw9vT_0aBcDeFgHiJkLmNoPqRsTuVwXyZ01]");
    gives("prog any --exact --PRk2jx7Qw9vT_0aBcDeFgHiJkLmNoPqRsTuVwXyZ01",
          "[--PRk2jx7Qw9vT_0aBcDeFgHiJkLmNoPqRsTuVwXyZ01]");
    cr_assert(exact);
}

Test(cli, takes_all_as_operands_after_two_dashes)
{
    gives("prog any a -- --out -x -- b", "[a][--out][-x][--][b]");
    cr_assert_null(out);
    gives("prog any -- ", "[]");
    gives("prog any --", "");
    gives("prog any --out -- a", "[a]");
    cr_assert_str_eq(out, "--");
    gives("prog any --out -- --exact", "");
    cr_assert(exact);
}

Test(cli, starts_each_parse_afresh)
{
    refuses("prog any -xyz", "prog: unknown option -x; see 'prog any --help'\n");
    gives("prog any --out x a", "[a]");
    gives("prog any a -- b", "[a][b]");
    gives("prog any c --exact", "[c]");
    cr_assert(exact);
}

Test(cli, refuses_options_in_one_line)
{
    refuses("prog any --nope", "prog: unknown option --nope; see 'prog any --help'\n");
    refuses("prog any a --nope=5 b", "prog: unknown option --nope; see 'prog any --help'\n");
    refuses("prog any -x", "prog: unknown option -x; see 'prog any --help'\n");
    refuses("prog any --out", "prog: option --out needs a value; see 'prog any --help'\n");
    refuses("prog any --exact=1", "prog: option --exact takes no value; see 'prog any --help'\n");
    refuses("prog any --help=1", "prog: option --help takes no value; see 'prog any --help'\n");
}

Test(cli, refuses_too_few_and_too_many_operands)
{
    refuses("prog codes create", "prog: codes create needs N; see 'prog codes create --help'\n");
    refuses("prog codes create 1 2", "prog: too many words after codes create; see 'prog codes create --help'\n");
}

Test(cli, names_the_verbs_that_an_unknown_one_may_have_meant)
{
    refuses("prog codes", "prog: unknown verb 'codes'; there is: codes create, codes list\n");
    refuses("prog codes make", "prog: unknown verb 'codes make'; there is: codes create, codes list\n");
    refuses("prog codes --out", "prog: unknown verb 'codes'; there is: codes create, codes list\n");
    refuses("prog nope", "prog: unknown verb 'nope'; see 'prog --help'\n");
    refuses("prog code", "prog: unknown verb 'code'; see 'prog --help'\n");
    refuses("prog --nope", "prog: unknown option --nope; see 'prog --help'\n");
    refuses("prog --nope=1 codes", "prog: unknown option --nope; see 'prog --help'\n");
    refuses("prog -x", "prog: unknown option -x; see 'prog --help'\n");
}

#define PROGRAM_HELP                                                                                                   \
    "Usage: prog VERB [OPTION...]\na program\n\nVerbs:\n"                                                              \
    "  any           takes any words\n"                                                                                \
    "  codes create  makes codes\n"                                                                                    \
    "  codes list    lists codes\n"                                                                                    \
    "  print         prints\n"                                                                                         \
    "  print twice   prints\n"                                                                                         \
    "  fail          fails\n"                                                                                          \
    "\nprog VERB --help explains a verb, --version says which version this is.\n"

Test(cli, explains_itself)
{
    refuses("prog", PROGRAM_HELP);
    prints("prog --help", PROGRAM_HELP);
    prints("prog -h", PROGRAM_HELP);
    prints("prog --version", "prog 1.2.3\n");
    prints("prog codes --help", "  codes create  makes codes\n  codes list    lists codes\n");
    prints("prog codes -h", "  codes create  makes codes\n  codes list    lists codes\n");
}

Test(cli, explains_a_verb)
{
    static const char help[] = "Usage: prog codes create [OPTION...] N\nmakes codes\n\nOptions:\n"
                               "  --out FILE     where to\n"
                               "  --exact        no rounding\n"
                               "  --config FILE  settings\n"
                               "  --help         show this text\n";
    int before = runs;

    prints("prog codes create --help", help);
    prints("prog codes create -h", help);
    prints("prog codes create 1 2 3 --help", help);
    cr_assert_eq(runs, before);
}

Test(cli, speaks_dutch_where_asked)
{
    setenv("LC_ALL", "nl_NL.UTF-8", 1);
    refuses("prog any --nope", "prog: onbekende optie --nope; zie 'prog any --help'\n");
    refuses("prog codes", "prog: onbekende opdracht 'codes'; er is: codes create, codes list\n");
    prints("prog codes create --help", "Gebruik: prog codes create [OPTIE...] N\nmaakt codes\n\nOpties:\n"
                                       "  --out BESTAND     waarheen\n"
                                       "  --exact           geen afronding\n"
                                       "  --config BESTAND  instellingen\n"
                                       "  --help            toon deze tekst\n");
    refuses("prog codes create", "prog: codes create vraagt N; zie 'prog codes create --help'\n");
}

Test(cli, prefers_the_verb_of_two_words)
{
    prints("prog print", "print");
    prints("prog print twice", "twice");
    prints("prog print thrice", "print");
}

Test(cli, keeps_talk_to_one_line_each)
{
    const char *said;
    int code;

    capture_begin(2);
    code = type("prog fail");
    said = capture_end(2);
    cr_assert_eq(code, CLI_FAILED);
    cr_assert_str_eq(said, "50 percent\nprog: no such file?here\n");
}

Test(cli, lets_nothing_move_the_terminal)
{
    capture_begin(2);
    cli_say("a%s", "\xC2\x9B"
                   "31m\xE2\x80\xAE\x7F\xFF\xC3\xA9");
    cr_assert_str_eq(capture_end(2), "a?31m???\xC3\xA9\n");
}

Test(cli, cuts_a_long_line_between_two_characters)
{
    char text[4001];
    for (size_t i = 0; i + 1 < sizeof text; i += 2)
        memcpy(text + i, "\xC3\xA9", 2);
    text[sizeof text - 1] = '\0';
    capture_begin(2);
    cli_say("a%s", text);
    const char *said = capture_end(2);
    size_t len = strlen(said);
    cr_assert_geq(len, 2000);
    cr_assert_eq(said[len - 1], '\n');
    cr_assert_eq(memcmp(said + len - 3, "\xC3\xA9", 2), 0);
}

static void prints_as(enum cli_form form, const char *data, const char *wanted)
{
    struct buf text;
    buf_init(&text, 1000);
    buf_put_text(&text, data);
    capture_begin(1);
    cr_assert_eq(cli_print(&text, form), CLI_DONE);
    cr_assert_eq(fflush(stdout), 0);
    cr_assert_str_eq(capture_end(1), wanted);
    buf_free(&text);
}

Test(cli, escapes_json_everywhere_and_leaves_data_for_a_file_alone)
{
    const char hostile[] = "{\"a\":\"\xC2\x9B\xE2\x80\xAE\"}\r\n";
    prints_as(CLI_JSON, hostile, "{\"a\":\"\\u009b\\u202e\"}\r\n");
    prints_as(CLI_DOCUMENT, hostile, hostile);
    prints_as(CLI_TEXT, hostile, hostile);
}

Test(cli, says_when_there_is_nothing_whole_to_print)
{
    struct buf text;
    buf_init(&text, 3);
    buf_put_text(&text, "too long");
    capture_begin(2);
    cr_assert_eq(cli_print(&text, CLI_TEXT), CLI_FAILED);
    cr_assert_not_null(strstr(capture_end(2), "out of memory"));
    buf_free(&text);
}

Test(cli, fails_when_output_can_not_be_written)
{
    int full = open("/dev/full", O_WRONLY), kept = dup(STDOUT_FILENO), code;

    fflush(stdout);
    cr_assert(full >= 0 && dup2(full, STDOUT_FILENO) == STDOUT_FILENO);
    capture_begin(2);
    code = type("prog print");
    cr_assert_str_eq(capture_end(2), "prog: standard output could not be written whole\n");
    dup2(kept, STDOUT_FILENO);
    clearerr(stdout);
    cr_assert_eq(code, CLI_FAILED);
}
