/* The help in columns, longer texts wrapped. Reads no word of the command line. */
#include "base/cli_help.h"
#include "base/lang.h"
#include "base/text.h"
#include <string.h>

#define HELP_WIDTH 78 /* columns of wrapped text */

bool cli_help_begins(const char *name, const char *word)
{
    size_t len = strlen(word);
    return strncmp(name, word, len) == 0 && (name[len] == '\0' || name[len] == ' ');
}

/* Lists the verbs. */

void cli_help_verbs(FILE *to, const struct cli_program *program, const char *word)
{
    int width = 0;
    for (size_t i = 0; i < program->count; i++)
        if ((int)strlen(program->verbs[i].name) > width)
            width = (int)strlen(program->verbs[i].name);
    for (size_t i = 0; i < program->count; i++) {
        const struct cli_verb *verb = &program->verbs[i];
        if (!word || cli_help_begins(verb->name, word))
            fprintf(to, "  %-*s  %s\n", width, verb->name, T(verb->english, verb->dutch));
    }
}

void cli_help_program(FILE *to, const struct cli_program *program)
{
    fprintf(to, T("Usage: %s VERB [OPTION...]\n%s\n\nVerbs:\n", "Gebruik: %s OPDRACHT [OPTIE...]\n%s\n\nOpdrachten:\n"),
            program->name, T(program->english, program->dutch));
    cli_help_verbs(to, program, NULL);
    fprintf(to,
            T("\n%s VERB --help explains a verb, --version says which version this is.\n",
              "\n%s OPDRACHT --help legt een opdracht uit, --version zegt welke versie dit is.\n"),
            program->name);
}

/* What a verb takes. */

static const struct cli_option help_option = {.name = "help", .english = "show this text", .dutch = "toon deze tekst"};

const struct cli_option *cli_help_option(const struct cli_program *program, const struct cli_option *own, size_t i)
{
    const struct cli_option *common = program ? program->common : NULL;
    for (; own && own->name; own++)
        if (i-- == 0)
            return own;
    for (; common && common->name; common++)
        if (i-- == 0)
            return common;
    return i == 0 ? &help_option : NULL;
}

/* What stands for a value, in Dutch; a name that is not here is the same in both languages. */
static const char *const dutch_names[][2] = {
    {"ACTION", "ACTIE"}, {"ADDRESS", "ADRES"}, {"DATE", "DATUM"},     {"DAYS", "DAGEN"}, {"DIR", "MAP"},
    {"FILE", "BESTAND"}, {"LEVEL", "NIVEAU"},  {"MEMBER", "LID"},     {"NAME", "NAAM"},  {"NUMBER", "NUMMER"},
    {"PORT", "POORT"},   {"ROUND", "RONDE"},   {"QUESTION", "VRAAG"}, {"TEXT", "TEKST"}, {"VALUE", "WAARDE"},
};

static const char *find_dutch_name(const char *name, size_t len)
{
    for (size_t i = 0; lang_is_dutch() && i < sizeof dutch_names / sizeof *dutch_names; i++)
        if (strlen(dutch_names[i][0]) == len && memcmp(dutch_names[i][0], name, len) == 0)
            return dutch_names[i][1];
    return NULL;
}

const char *cli_help_names(const char *text, char out[static CLI_HELP_NAMES])
{
    size_t used = 0;
    while (*text) {
        size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        const char *dutch = len > 0 ? find_dutch_name(text, len) : NULL;
        size_t step = len > 0 ? len : 1, size = dutch ? strlen(dutch) : step;
        if (used + size >= CLI_HELP_NAMES)
            break;
        memcpy(out + used, dutch ? dutch : text, size);
        used += size;
        text += step;
    }
    out[used] = '\0';
    return out;
}

static int option_width(const struct cli_option *option)
{
    char names[CLI_HELP_NAMES];
    size_t argument = option->argument ? 1 + strlen(cli_help_names(option->argument, names)) : 0;
    return (int)(2 + strlen(option->name) + argument);
}

static void put_options(const struct cli_program *program, const struct cli_option *own)
{
    char names[CLI_HELP_NAMES];
    const struct cli_option *option;
    int width = 0;
    for (size_t i = 0; (option = cli_help_option(program, own, i)); i++)
        if (option_width(option) > width)
            width = option_width(option);
    for (size_t i = 0; (option = cli_help_option(program, own, i)); i++)
        printf("  --%s%s%s%*s  %s\n", option->name, option->argument ? " " : "",
               option->argument ? cli_help_names(option->argument, names) : "", width - option_width(option), "",
               T(option->english, option->dutch));
}

/* One line of a longer text, broken between words where it is wide; one that begins with a blank as it is. */
static void put_wrapped(const char *line, size_t len)
{
    size_t column = 0;
    if (len > 0 && line[0] == ' ') {
        printf("%.*s\n", (int)len, line);
        return;
    }
    for (size_t at = 0; at < len;) {
        size_t word = strcspn(line + at, " \n"), columns = text_columns(line + at, word);
        if (column > 0 && column + 1 + columns > HELP_WIDTH) {
            printf("\n");
            column = 0;
        }
        printf("%s%.*s", column > 0 ? " " : "", (int)word, line + at);
        column += columns + (column > 0);
        at += word + 1;
    }
    printf("\n");
}

const struct cli_explained *cli_explained(const struct cli_program *program, const char *of)
{
    for (const struct cli_explained *e = program->explained; e && e->of; e++)
        if (strcmp(e->of, of) == 0)
            return e;
    return NULL;
}

static void put_explanation(const struct cli_program *program, const char *verb)
{
    const struct cli_explained *explained = cli_explained(program, verb);
    if (!explained)
        return;
    printf("\n");
    for (const char *line = T(explained->english, explained->dutch); *line;) {
        size_t len = strcspn(line, "\n");
        put_wrapped(line, len);
        line += len + (line[len] == '\n');
    }
}

void cli_help_verb(const struct cli_program *program, const struct cli_verb *verb, const struct cli_option *own)
{
    char names[CLI_HELP_NAMES];
    printf(T("Usage: %s %s [OPTION...]%s%s\n%s\n", "Gebruik: %s %s [OPTIE...]%s%s\n%s\n"), program->name, verb->name,
           *verb->operands == '\0' ? "" : " ", cli_help_names(verb->operands, names), T(verb->english, verb->dutch));
    put_explanation(program, verb->name);
    printf("%s", T("\nOptions:\n", "\nOpties:\n"));
    put_options(program, own);
}
