/* Verbs and options. getopt_long does the options' grammar, asked to stop at each operand, so that operands which look
 * like an option (a negative number) are seen before it does. It says nothing itself: each error is one line in the
 * reader's language. */
#include "base/cli.h"
#include "base/cli_help.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONGEST_SHORT 20 /* characters of a word that may be meant as short options */
#define LONGEST_LONG 40 /* and of one that may be meant as a long one */
#define FIRST_CODE 256 /* getopt_long's answers from here on are places in the option list; below are characters */

static const struct cli_program *running; /* by the latest cli_run */
static struct {
    cli_visitor *visitor; /* while cli_visit walks: cli_parse hands over what it was given, and takes no word */
    void *context;
} walk;

static const char *program_name(void)
{
    return running ? running->name : program_invocation_short_name;
}

/* One line on standard error in one write; what must not reach a terminal (base/text.h) is shown as ?. */
PRINTF_LIKE(2, 0)
static void put_line(const char *name, const char *format, va_list args)
{
    char line[2048] = "";
    if (name)
        snprintf(line, sizeof line / 2, "%.*s: ", 200, name);
    size_t len = strlen(line), size = sizeof line - 1; /* the newline's place is kept */
    if (vsnprintf(line + len, size - len, format, args) < 0)
        line[len] = '\0';
    text_end_on_character(line, size);
    text_clean(line);
    len = strlen(line);
    line[len++] = '\n';
    fflush(stdout); /* so that talk and data come in order where both go to one place */
    fwrite(line, 1, len, stderr);
}

int cli_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_line(program_name(), format, args);
    va_end(args);
    return CLI_FAILED;
}

static int say_no_memory(void)
{
    return cli_fail("%s", T("out of memory", "te weinig geheugen"));
}

bool cli_is_dumb(void)
{
    const char *terminal = getenv("TERM");
    return !terminal || terminal[0] == '\0' || strcmp(terminal, "dumb") == 0;
}

int cli_misuse(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_line(program_name(), format, args);
    va_end(args);
    return CLI_USAGE;
}

void cli_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_line(NULL, format, args);
    va_end(args);
}

static void put_clean_lines(struct buf *out, const struct buf *data)
{
    const char *at = buf_text(data), *end = at + data->len;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        size_t ending = newline && stop > at && stop[-1] == '\r'; /* the CR of a CSV row's end */
        text_put_clean(out, at, (size_t)(stop - at) - ending);
        if (newline)
            buf_put(out, stop - ending, ending + 1);
        at = newline ? newline + 1 : end;
    }
}

int cli_print(const struct buf *data, enum cli_form form)
{
    if (buf_check(data) < 0)
        return say_no_memory();
    if (form != CLI_JSON && !isatty(STDOUT_FILENO)) {
        fwrite(buf_text(data), 1, data->len, stdout);
        return CLI_DONE;
    }
    struct buf shown;
    buf_init(&shown, SIZE_MAX);
    if (form == CLI_TEXT)
        put_clean_lines(&shown, data);
    else
        json_put_shown(&shown, buf_text(data), data->len);
    bool fine = buf_check(&shown) == 0;
    if (fine)
        fwrite(buf_text(&shown), 1, shown.len, stdout);
    buf_free(&shown);
    return fine ? CLI_DONE : say_no_memory();
}

/* The number of words, 1 or 2, at `words` that make the verb's name; 0 when they are another's. */
static int match_words(const char *name, int count, char **words)
{
    if (strcmp(name, words[0]) == 0)
        return 1;
    size_t len = strlen(words[0]);
    if (count < 2 || strncmp(name, words[0], len) != 0 || name[len] != ' ')
        return 0;
    return strcmp(name + len + 1, words[1]) == 0 ? 2 : 0;
}

const struct cli_verb *cli_find(const struct cli_program *program, int count, char **words, int *taken)
{
    const struct cli_verb *found = NULL;
    *taken = 0;
    for (size_t i = 0; i < program->count; i++) {
        int matched = match_words(program->verbs[i].name, count, words);
        if (matched > *taken) {
            found = &program->verbs[i];
            *taken = matched;
        }
    }
    return found;
}

/* For words that are no verb: names those that begin with the first of them. What begins with a dash was meant as an
 * option. */
static int refuse_verb(const struct cli_program *program, int count, char **words)
{
    struct buf near;
    bool second = count > 1 && words[1][0] != '-';
    int result;
    if (words[0][0] == '-')
        return cli_misuse(T("unknown option %.*s; see '%s --help'", "onbekende optie %.*s; zie '%s --help'"),
                          (int)strcspn(words[0], "="), words[0], program->name);
    buf_init(&near, 1024);
    for (size_t i = 0; i < program->count; i++)
        if (cli_help_begins(program->verbs[i].name, words[0]))
            buf_printf(&near, "%s%s", near.len > 0 ? ", " : "", program->verbs[i].name);
    if (near.len == 0)
        result = cli_misuse(T("unknown verb '%s'; see '%s --help'", "onbekende opdracht '%s'; zie '%s --help'"),
                            words[0], program->name);
    else
        result = cli_misuse(T("unknown verb '%s%s%s'; there is: %s", "onbekende opdracht '%s%s%s'; er is: %s"),
                            words[0], second ? " " : "", second ? words[1] : "", buf_text(&near));
    buf_free(&near);
    return result;
}

static bool asks_for_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* `PROGRAM WORD --help`, where several verbs begin with that word: lists them. Whether it did. */
static bool help_with_word(const struct cli_program *program, int count, char **words)
{
    if (count < 2 || !asks_for_help(words[1]))
        return false;
    bool some = false;
    for (size_t i = 0; i < program->count; i++)
        some = some || cli_help_begins(program->verbs[i].name, words[0]);
    if (some)
        cli_help_verbs(stdout, program, words[0]);
    return some;
}

static int run_words(const struct cli_program *program, int count, char **words)
{
    if (count == 0) {
        cli_help_program(stderr, program);
        return CLI_USAGE;
    }
    if (asks_for_help(words[0])) {
        cli_help_program(stdout, program);
        return CLI_DONE;
    }
    if (strcmp(words[0], "--version") == 0) {
        printf("%s %s\n", program->name, program->version);
        return CLI_DONE;
    }
    int taken;
    const struct cli_verb *verb = cli_find(program, count, words, &taken);
    if (verb)
        return verb->run(verb, count - taken + 1, words + taken - 1);
    if (help_with_word(program, count, words))
        return CLI_DONE;
    return refuse_verb(program, count, words);
}

/* A descriptor from 0 to 2 that was closed by who started this would go to the next file that is opened, and what is
 * said then into that file. It is held by one that can't do what it is for, so that reading and writing there fail. */
static int hold_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return -1;
    return 0;
}

int cli_run(const struct cli_program *program, int argc, char **argv)
{
    running = program;
    if (hold_standard_descriptors() < 0)
        return CLI_FAILED;
    int code = run_words(program, argc > 0 ? argc - 1 : 0, argv + 1);
    /* A full disk shows only when the last bytes go out; who asked for data must hear of it. */
    if ((fflush(stdout) == 0 && !ferror(stdout)) || code == CLI_FAILED)
        return code;
    cli_fail(T("standard output could not be written whole", "de standaarduitvoer kon niet geheel worden geschreven"));
    return code == CLI_DONE ? CLI_FAILED : code;
}

const struct cli_program *cli_running(void)
{
    return running;
}

void cli_visit(cli_visitor *visit, void *context)
{
    walk.visitor = visit;
    walk.context = context;
    for (size_t i = 0; i < running->count; i++) {
        char *none[] = {program_invocation_short_name, NULL};
        (void)running->verbs[i].run(&running->verbs[i], 1, none);
    }
    walk.visitor = NULL;
}

/* getopt_long's own list of the verb's options, to be freed; NULL when there is no memory. */
static struct option *list_options(const struct cli_option *options)
{
    size_t count = 0;
    while (cli_help_option(running, options, count))
        count++;
    const struct cli_option *option;
    struct option *list = mem_calloc(count + 1, sizeof *list);
    for (size_t i = 0; list && (option = cli_help_option(running, options, i)); i++)
        list[i] = (struct option){.name = option->name,
                                  .has_arg = option->argument ? required_argument : no_argument,
                                  .val = FIRST_CODE + (int)i};
    return list;
}

/* Says what is wrong with the option that getopt_long gave up on. */
static int refuse_option(const struct cli_verb *verb, const struct option *list, int answer, const char *word)
{
    const char *known = optopt >= FIRST_CODE ? list[optopt - FIRST_CODE].name : NULL;
    if (known && answer == ':')
        return cli_misuse(
            T("option --%s needs a value; see '%s %s --help'", "optie --%s vraagt een waarde; zie '%s %s --help'"),
            known, program_name(), verb->name);
    if (known)
        return cli_misuse(
            T("option --%s takes no value; see '%s %s --help'", "optie --%s neemt geen waarde; zie '%s %s --help'"),
            known, program_name(), verb->name);
    if (optopt != 0)
        return cli_misuse(T("unknown option -%c; see '%s %s --help'", "onbekende optie -%c; zie '%s %s --help'"),
                          optopt, program_name(), verb->name);
    return cli_misuse(T("unknown option %.*s; see '%s %s --help'", "onbekende optie %.*s; zie '%s %s --help'"),
                      (int)strcspn(word, "="), word, program_name(), verb->name);
}

static size_t longest_option(const struct option *list)
{
    size_t longest = 0;
    for (; list->name; list++)
        longest = strlen(list->name) > longest ? strlen(list->name) : longest;
    return longest;
}

/* Options are long ones alone, but for -h, so a number below zero is an operand, and so is a kid that happens to begin
 * with a dash, or with two, and so is longer than any option; what is short and no number is a short option that
 * somebody tried. */
static bool is_operand(const char *word, const struct option *list)
{
    if (word[0] != '-')
        return false;
    if (word[1] == '-')
        return strlen(word) > LONGEST_LONG && strlen(word) > strlen("--") + longest_option(list) && !strchr(word, '=');
    const char *digit = word + 1;
    if (*digit == '.')
        digit++;
    return (*digit >= '0' && *digit <= '9') || strlen(word) > LONGEST_SHORT;
}

/* Takes the option at optind. CLI_RUN when it was stored, or when there is none; otherwise the exit code. */
static int take_option(const struct cli_verb *verb, const struct cli_option *options, const struct option *list,
                       int argc, char **argv)
{
    int answer = getopt_long(argc, argv, "+:h", list, NULL);
    if (answer == -1)
        return CLI_RUN;
    if (answer == 'h') {
        cli_help_verb(running, verb, options);
        return CLI_DONE;
    }
    if (answer < FIRST_CODE)
        return refuse_option(verb, list, answer, argv[optind - 1]);
    const struct cli_option *option = cli_help_option(running, options, (size_t)(answer - FIRST_CODE));
    if (!option->argument && !option->flag) { /* --help */
        cli_help_verb(running, verb, options);
        return CLI_DONE;
    }
    if (option->argument)
        *option->value = optarg;
    else
        *option->flag = true;
    return CLI_RUN;
}

/* Takes all words; the operands end up in order from argv[1] on, *count of them. */
static int take_words(const struct cli_verb *verb, const struct cli_option *options, const struct option *list,
                      int argc, char **argv, int *count)
{
    char *none[] = {argv[0], NULL};
    bool only_operands = false;
    opterr = 0;
    optind = 0; /* makes glibc forget the parse before, at its next call: here one without a word to read */
    if (getopt_long(1, none, "+:h", list, NULL) != -1)
        return CLI_USAGE;
    while (optind < argc) {
        int before = optind;
        if (!only_operands && !is_operand(argv[optind], list)) {
            int code = take_option(verb, options, list, argc, argv);
            if (code != CLI_RUN)
                return code;
            if (optind > before) { /* an option, or the -- that ends them */
                only_operands = strcmp(argv[optind - 1], "--") == 0 && optind == before + 1;
                continue;
            }
        }
        argv[1 + (*count)++] = argv[optind++];
    }
    return CLI_RUN;
}

static int check_count(const struct cli_verb *verb, int count, int least, int most)
{
    char names[CLI_HELP_NAMES];
    if (count < least)
        return cli_misuse(T("%s needs %s; see '%s %s --help'", "%s vraagt %s; zie '%s %s --help'"), verb->name,
                          cli_help_names(verb->operands, names), program_name(), verb->name);
    if (most >= 0 && count > most)
        return cli_misuse(T("too many words after %s; see '%s %s --help'", "te veel woorden na %s; zie '%s %s --help'"),
                          verb->name, program_name(), verb->name);
    return CLI_RUN;
}

int cli_parse(const struct cli_verb *verb, const struct cli_option *options, int argc, char **argv, int least, int most,
              int *first)
{
    if (walk.visitor) {
        walk.visitor(walk.context, verb, options);
        return CLI_DONE;
    }
    struct option *list = list_options(options);
    if (!list)
        return say_no_memory();
    int count = 0;
    int code = take_words(verb, options, list, argc, argv, &count);
    mem_free(list);
    if (code != CLI_RUN)
        return code;
    code = check_count(verb, count, least, most);
    if (code != CLI_RUN)
        return code;
    if (count > 0)
        memmove(argv + argc - count, argv + 1, (size_t)count * sizeof *argv);
    *first = argc - count;
    return CLI_RUN;
}
