/* What a shell is told to offer, word by word. */
#include "base/complete.h"

#include "base/manual.h"
#include "tests/unit/capture.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int run(const struct cli_verb *verb, int argc, char **argv)
{
    const char *out = NULL, *kind = NULL;
    bool all = false;
    const struct cli_option options[] = {
        {.name = "out", .argument = "FILE", .value = &out, .english = "where to", .dutch = "waarheen"},
        {.name = "kind", .argument = "plain|pretty", .value = &kind, .english = "which", .dutch = "welke"},
        {.name = "all", .flag = &all, .english = "all of it", .dutch = "alles"},
        {0}};
    int first, code = cli_parse(verb, options, argc, argv, 0, -1, &first);
    cr_assert_neq(code, CLI_RUN, "a verb that is only asked for its options has run");
    return code;
}

static const char *home;

static const struct cli_option common[] = {
    {.name = "home", .argument = "DIR", .value = &home, .english = "the folder", .dutch = "de map"}, {0}};

static const struct cli_verb verbs[] = {
    {"codes make", "N", "makes codes", "maakt codes", run},
    {"codes list", "", "lists codes", "toont codes", run},
    {"read", "FILE.csv [MORE]", "reads", "leest", run},
    {"say", "[yes|no]", "says", "zegt", run},
    {"manual", "", "prints the page", "toont de pagina", manual_run},
    {"complete", "[-- WORD...]", "completes", "vult aan", complete_run},
};

static const struct cli_explained explained[] = {
    {"codes make", NULL, "As many as are asked for:\n  prog codes make 3", "Zoveel als gevraagd:\n  prog codes make 3"},
    {"NOTES", "NOTITIES", "None.", "Geen."},
    {0},
};

static const struct cli_program program = {.name = "prog",
                                           .version = "1.2.3",
                                           .english = "a program",
                                           .dutch = "een programma",
                                           .verbs = verbs,
                                           .count = sizeof verbs / sizeof *verbs,
                                           .common = common,
                                           .explained = explained,
                                           .section = 1};

static void english(void)
{
    setenv("LC_ALL", "C", 1);
}

TestSuite(complete, .init = english);
TestSuite(manual, .init = english);

/* What the program prints for words that a slash parts; one may be empty. */
static const char *print_for(const char *words)
{
    char typed[256], *argv[16], *at = typed;
    int argc = 1;
    argv[0] = typed;
    snprintf(typed, sizeof typed, "%s", words);
    for (; at; at = strchr(at, '/'), argc++) {
        if (argc > 1)
            *at++ = '\0';
        argv[argc] = at;
    }
    argv[argc] = NULL;
    capture_begin(1);
    int code = cli_run(&program, argc, argv);
    const char *printed = capture_end(1);
    cr_assert_eq(code, CLI_DONE, "%s", printed);
    return printed;
}

static void offers(const char *words, const char *wanted)
{
    char asked[256];
    snprintf(asked, sizeof asked, "complete/--/%s", words);
    const char *printed = print_for(asked);
    cr_assert_str_eq(printed, wanted, "%s: %s", words, printed);
}

Test(complete, offers_each_first_word_once)
{
    offers("", "codes\tmake, list\nread\treads\nsay\tsays\nmanual\tprints the page\ncomplete\tcompletes\n");
    cr_assert_str_eq(print_for("complete"), "codes\tmake, list\nread\treads\nsay\tsays\nmanual\tprints the page\n"
                                            "complete\tcompletes\n");
    offers("co", "codes\tmake, list\ncomplete\tcompletes\n");
    offers("--h", "--help\tlist the verbs\n");
    offers("nothing", "");
}

Test(complete, offers_what_follows_a_first_word)
{
    offers("codes/", "make\tmakes codes\nlist\tlists codes\n");
    offers("codes/l", "list\tlists codes\n");
    offers("nothing/", "");
}

Test(complete, offers_options_also_where_no_operand_can_be_known)
{
    offers("codes/make/",
           "--out\twhere to\n--kind\twhich\n--all\tall of it\n--home\tthe folder\n--help\tshow this text\n");
    offers("read/x.csv/--a", "--all\tall of it\n");
}

Test(complete, offers_values)
{
    offers("codes/make/--kind/", "plain\t\npretty\t\n");
    offers("codes/make/5/--kind/pr", "pretty\t\n");
    offers("codes/make/--kind=pr", "--kind=pretty\t\n");
    offers("say/", "yes\t\nno\t\n");
}

Test(complete, leaves_files_and_folders_to_the_shell)
{
    offers("codes/make/--out/x", ":file\n");
    offers("codes/make/--out=x", ":file\n");
    offers("say/--home/", ":folder\n");
    offers("read/", ":file\n");
}

Test(complete, understands_that_bash_parts_words_at_the_sign)
{
    offers("codes/make/--out/=/x", ":file\n");
    offers("codes/make/--kind/=", "plain\t\npretty\t\n");
}

Test(manual, says_what_the_help_says)
{
    const char *page = print_for("manual/--date/2026-01-02");
    static const char *const pieces[] = {
        ".TH \"PROG\" 1 \"2026-01-02\" \"burgerpanel 1.2.3\"\n",
        (".SS codes make [OPTION...] N\nmakes codes\n.PP\nAs many as are asked for:\n.PP\n.nf\n\\&  prog codes make "
         "3\n.fi\n"),
        "\\fB\\-\\-kind\\fR \\fIplain|pretty\\fR\nwhich\n",
        ".SH OPTIONS OF EVERY VERB\n.TP\n\\fB\\-\\-home\\fR \\fIDIR\\fR\nthe folder\n",
        "\\fB\\-\\-help\\fR\nshow this text\n.SH NOTES\nNone.\n",
    };
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        cr_assert_not_null(strstr(page, pieces[i]), "%s", pieces[i]);
    cr_assert_str_eq(print_for("codes/make/--help"),
                     "Usage: prog codes make [OPTION...] N\nmakes codes\n\nAs many as are asked for:\n"
                     "  prog codes make 3\n\nOptions:\n  --out FILE           where to\n"
                     "  --kind plain|pretty  which\n  --all                all of it\n"
                     "  --home DIR           the folder\n  --help               show this text\n");
}

Test(manual, is_dutch_for_who_reads_dutch)
{
    setenv("LC_ALL", "nl_NL.UTF-8", 1);
    const char *page = print_for("manual");
    cr_assert_not_null(strstr(page, ".SH NAAM\nprog \\-\neen programma\n"));
    cr_assert_not_null(strstr(page, ".SH NOTITIES\nGeen.\n"));
    cr_assert_not_null(strstr(page, "\\fB\\-\\-home\\fR \\fIMAP\\fR\nde map\n"));
}
