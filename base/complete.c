/* The words before the last say which verb and which option it is; the last says which of what is possible. */
#include "base/complete.h"
#include "base/cli_help.h"
#include "base/lang.h"
#include <string.h>

#define OUTPUT_MAX ((size_t)256 * 1024)
#define WORD_SIZE 128

/* What is being completed. */
struct completing {
    struct buf *out;
    const struct cli_verb *verb;
    const char *before; /* the word before, behind the verb's; "" for none */
    const char *last;
};

/* Puts a word, if it begins with what was typed. */
static void put_candidate(struct buf *out, const char *typed, const char *word, const char *what)
{
    if (strncmp(word, typed, strlen(typed)) == 0)
        buf_printf(out, "%s\t%s\n", word, what);
}

/* Verbs. */

static size_t count_begun(const struct cli_program *program, size_t until, const char *word)
{
    size_t count = 0;
    for (size_t i = 0; i < until; i++)
        count += cli_help_begins(program->verbs[i].name, word);
    return count;
}

/* The first words, each once: with the verb's line, or where several begin so, the words that may follow it. */
static void put_first_words(struct buf *out, const struct cli_program *program, const char *typed)
{
    for (size_t i = 0; i < program->count; i++) {
        const struct cli_verb *verb = &program->verbs[i];
        char word[WORD_SIZE], following[WORD_SIZE] = "";
        snprintf(word, sizeof word, "%.*s", (int)strcspn(verb->name, " "), verb->name);
        if (count_begun(program, i, word) > 0)
            continue;
        for (size_t j = i; j < program->count && strchr(verb->name, ' '); j++)
            if (cli_help_begins(program->verbs[j].name, word))
                snprintf(following + strlen(following), sizeof following - strlen(following), "%s%s",
                         *following ? ", " : "", program->verbs[j].name + strlen(word) + 1);
        put_candidate(out, typed, word, *following ? following : T(verb->english, verb->dutch));
    }
    if (typed[0] == '-') {
        put_candidate(out, typed, "--help", T("list the verbs", "toon de opdrachten"));
        put_candidate(out, typed, "--version", T("say which version this is", "zeg welke versie dit is"));
    }
}

static void put_second_words(struct buf *out, const struct cli_program *program, const char *first, const char *typed)
{
    for (size_t i = 0; i < program->count; i++) {
        const struct cli_verb *verb = &program->verbs[i];
        if (cli_help_begins(verb->name, first) && verb->name[strlen(first)] == ' ')
            put_candidate(out, typed, verb->name + strlen(first) + 1, T(verb->english, verb->dutch));
    }
}

/* Options, their values, operands. */

/* Puts what may stand for a value or an operand of that name, each led by `lead`; false: anything may. What is in upper
 * case is a name, all else is typed as it stands; in brackets is what may be left out. */
static bool put_values(struct buf *out, const char *name, const char *lead, const char *typed)
{
    char word[WORD_SIZE];
    name += *name == '[';
    size_t len = strcspn(name, " ]");
    if (strncmp(name, "FILE", 4) == 0 || strncmp(name, "DIR", 3) == 0) {
        buf_put_text(out, *name == 'F' ? ":file\n" : ":folder\n");
        return true;
    }
    if (strcspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == 0 || strcspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") < len ||
        len == 0)
        return false;
    for (const char *at = name; at < name + len; at += strcspn(at, "| ]") + 1) {
        snprintf(word, sizeof word, "%s%.*s", lead, (int)strcspn(at, "| ]"), at);
        put_candidate(out, typed, word, "");
    }
    return true;
}

/* The option of this name, dashes and all, of which the first `len` bytes count, where it takes a value. */
static const struct cli_option *find_valued(const struct cli_option *own, const char *name, size_t len)
{
    const struct cli_option *option;
    if (len < 3 || strncmp(name, "--", 2) != 0)
        return NULL;
    for (size_t i = 0; (option = cli_help_option(cli_running(), own, i)); i++)
        if (option->argument && strlen(option->name) == len - 2 && memcmp(option->name, name + 2, len - 2) == 0)
            return option;
    return NULL;
}

static void put_option_candidates(const struct completing *c, const struct cli_option *own)
{
    const struct cli_option *option;
    char word[WORD_SIZE];
    for (size_t i = 0; (option = cli_help_option(cli_running(), own, i)); i++) {
        snprintf(word, sizeof word, "--%s", option->name);
        put_candidate(c->out, c->last, word, T(option->english, option->dutch));
    }
}

/* What may follow a verb; a cli_visitor, which passes the others over. */
static void put_after_verb(void *context, const struct cli_verb *verb, const struct cli_option *own)
{
    const struct completing *c = context;
    if (verb != c->verb)
        return;
    const struct cli_option *of_before = find_valued(own, c->before, strlen(c->before));
    const char *sign = strchr(c->last, '=');
    const struct cli_option *of_last = sign ? find_valued(own, c->last, (size_t)(sign - c->last)) : NULL;
    char lead[WORD_SIZE];
    if (of_before) {
        (void)put_values(c->out, of_before->argument, "", c->last);
    } else if (of_last) {
        snprintf(lead, sizeof lead, "%.*s", (int)(sign - c->last) + 1, c->last);
        (void)put_values(c->out, of_last->argument, lead, c->last);
    } else if (c->last[0] == '-' || !put_values(c->out, verb->operands, "", c->last)) {
        put_option_candidates(c, own);
    }
}

/* Puts what may stand in the place of the last of `count` words, 1 or more. */
static void put_candidates(struct buf *out, int count, char **words)
{
    const struct cli_program *program = cli_running();
    struct completing c = {.out = out, .before = "", .last = words[count - 1]};
    int taken;
    if (count == 1) {
        put_first_words(out, program, c.last);
        return;
    }
    c.verb = cli_find(program, count - 1, words, &taken);
    if (count == 2)
        put_second_words(out, program, words[0], c.last);
    if (!c.verb)
        return;
    int before = count - 2;
    if (strcmp(c.last, "=") == 0)
        c.last = "";
    else if (strcmp(words[before], "=") == 0)
        before--;
    if (before >= taken)
        c.before = words[before];
    cli_visit(put_after_verb, &c);
}

int complete_run(const struct cli_verb *verb, int argc, char **argv)
{
    int first, code = cli_parse(verb, NULL, argc, argv, 0, -1, &first);
    if (code != CLI_RUN)
        return code;
    struct buf out;
    char nothing[] = "", *none[] = {nothing, NULL};
    buf_init(&out, OUTPUT_MAX);
    if (argc > first)
        put_candidates(&out, argc - first, argv + first);
    else
        put_candidates(&out, 1, none);
    code = cli_print(&out, CLI_TEXT);
    buf_free(&out);
    return code;
}
