/* Name, synopsis, verbs, what all of them take, then the program's own sections. */
#include "base/manual.h"
#include "base/cli_help.h"
#include "base/lang.h"
#include "base/roff.h"
#include <stdio.h>

#define TITLE_SIZE 256

static void put_option_items(struct buf *out, const struct cli_option *options)
{
    char names[CLI_HELP_NAMES], term[TITLE_SIZE];
    for (const struct cli_option *option = options; option && option->name; option++) {
        snprintf(term, sizeof term, "--%s", option->name);
        roff_item(out, term, option->argument ? cli_help_names(option->argument, names) : NULL,
                  T(option->english, option->dutch));
    }
}

/* One verb; a cli_visitor. */
static void put_verb(void *context, const struct cli_verb *verb, const struct cli_option *own)
{
    struct buf *out = context;
    const struct cli_explained *explained = cli_explained(cli_running(), verb->name);
    char names[CLI_HELP_NAMES], title[TITLE_SIZE];
    snprintf(title, sizeof title, "%s%s%s%s", verb->name, own && own->name ? T(" [OPTION...]", " [OPTIE...]") : "",
             *verb->operands ? " " : "", cli_help_names(verb->operands, names));
    roff_part(out, title);
    roff_text(out, T(verb->english, verb->dutch));
    if (explained)
        roff_text(out, T(explained->english, explained->dutch));
    put_option_items(out, own);
}

static void put_synopsis(struct buf *out, const struct cli_program *program)
{
    char line[TITLE_SIZE];
    roff_section(out, T("SYNOPSIS", "SAMENVATTING"));
    snprintf(line, sizeof line, T("`%s` VERB [OPTION...] [WORD...]", "`%s` OPDRACHT [OPTIE...] [WOORD...]"),
             program->name);
    roff_text(out, line);
    snprintf(line, sizeof line, T("`%s` [VERB] `--help`", "`%s` [OPDRACHT] `--help`"), program->name);
    roff_text(out, line);
    snprintf(line, sizeof line, "`%s` `--version`", program->name);
    roff_text(out, line);
}

/* What every verb takes: the program's options and --help, which has neither a value nor a flag. */
static void put_common(struct buf *out, const struct cli_program *program)
{
    const struct cli_option help[] = {*cli_help_option(NULL, NULL, 0), {0}};
    roff_section(out, T("OPTIONS OF EVERY VERB", "OPTIES VAN ELKE OPDRACHT"));
    put_option_items(out, program->common);
    put_option_items(out, help);
}

static void put_sections(struct buf *out, const struct cli_program *program)
{
    for (const struct cli_explained *e = program->explained; e && e->of; e++)
        if (e->title) {
            roff_section(out, T(e->of, e->title));
            roff_text(out, T(e->english, e->dutch));
        }
}

void manual_put(struct buf *out, const char *date)
{
    const struct cli_program *program = cli_running();
    char source[TITLE_SIZE];
    snprintf(source, sizeof source, "burgerpanel %s", program->version);
    roff_begin(out, program->name, program->section, date, source);
    roff_section(out, T("NAME", "NAAM"));
    roff_name(out, program->name, T(program->english, program->dutch));
    put_synopsis(out, program);
    roff_section(out, T("VERBS", "OPDRACHTEN"));
    cli_visit(put_verb, out);
    put_common(out, program);
    put_sections(out, program);
}

int manual_run(const struct cli_verb *verb, int argc, char **argv)
{
    const char *date = "";
    const struct cli_option options[] = {MANUAL_OPTION_DATE(&date), {0}};
    int first, code = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (code != CLI_RUN)
        return code;
    struct buf page;
    buf_init(&page, MANUAL_MAX);
    manual_put(&page, date);
    code = cli_print(&page, CLI_TEXT);
    buf_free(&page);
    return code;
}
