/* manual: the page of the program, as base has it, or with `settings` that of the file of settings, from the table by
 * which it is read. */
#include "base/manual.h"
#include "base/lang.h"
#include "base/roff.h"
#include "collector/cmd/cmd.h"
#include "collector/ops/settings.h"
#include <stdio.h>
#include <string.h>

#define PAGE "burgerpanel-collector.conf"
#define TEXT_SIZE 1024

static void put_head(struct buf *page, const char *date)
{
    char source[64];
    snprintf(source, sizeof source, "burgerpanel %s", cli_running()->version);
    roff_begin(page, PAGE, 5, date, source);
    roff_section(page, T("NAME", "NAAM"));
    roff_name(page, PAGE, T("settings of burgerpanel-collector", "instellingen van burgerpanel-collector"));
    roff_section(page, T("DESCRIPTION", "BESCHRIJVING"));
    roff_text(
        page,
        T("An ini file with one section, named with `--config`. Flags come before environment variables, these "
          "before the file, that before the default. In the environment a setting is called `BURGERPANEL_` and its "
          "name in capitals.\n"
          "A setting begins at the start of its line, which holds 198 bytes at most; one that is unknown, given "
          "twice or out of range is refused. `burgerpanel-collector serve --check` prints all of them, each with "
          "where it comes from.\n"
          "  [collector]\n  store = sqlite:/var/lib/burgerpanel/burgerpanel.db\n  listen = 127.0.0.1:8080",
          "Een ini-bestand met één sectie, genoemd met `--config`. Opties gaan voor omgevingsvariabelen, die voor "
          "het bestand, dat voor de standaardwaarde. In de omgeving heet een instelling `BURGERPANEL_` met haar "
          "naam in hoofdletters.\n"
          "Een instelling begint aan het begin van haar regel, die hoogstens 198 bytes lang is; een die onbekend "
          "is, twee keer voorkomt of buiten haar grenzen ligt, wordt geweigerd. `burgerpanel-collector serve "
          "--check` toont ze alle, elk met waar ze vandaan komt.\n"
          "  [collector]\n  store = sqlite:/var/lib/burgerpanel/burgerpanel.db\n  listen = 127.0.0.1:8080"));
}

/* What it is for, then the numbers that it takes and what it is by default. */
static void put_setting(struct buf *page, const struct setting *setting)
{
    char text[TEXT_SIZE];
    size_t len = (size_t)snprintf(text, sizeof text, "%s.", T(setting->english, setting->dutch));
    if (setting->most > 0 && len < sizeof text)
        len += (size_t)snprintf(text + len, sizeof text - len,
                                T(" A number from %lld to %lld.", " Een getal van %lld tot en met %lld."),
                                (long long)setting->least, (long long)setting->most);
    if (setting->value[0] != '\0' && len < sizeof text)
        snprintf(text + len, sizeof text - len, T(" By default `%s`.", " Standaard `%s`."), setting->value);
    roff_item(page, setting->name, NULL, text);
}

static void put_settings(struct buf *page, const char *date)
{
    put_head(page, date);
    roff_section(page, T("SETTINGS", "INSTELLINGEN"));
    for (int key = 0; key < CONFIG_KEYS; key++)
        put_setting(page, settings_of((enum config_key)key));
    roff_section(page, T("SEE ALSO", "ZIE OOK"));
    roff_text(page, "burgerpanel-collector(8)");
}

int cmd_manual(const struct cli_verb *verb, int argc, char **argv)
{
    const char *date = "";
    const struct cli_option options[] = {MANUAL_OPTION_DATE(&date), {0}};
    struct buf page;
    int first, code = cli_parse(verb, options, argc, argv, 0, 1, &first);
    if (code != CLI_RUN)
        return code;
    if (argc > first && strcmp(argv[first], "settings") != 0)
        return cli_misuse(T("there is no page '%s'; there is: settings", "er is geen pagina '%s'; er is: settings"),
                          argv[first]);
    buf_init(&page, MANUAL_MAX);
    if (argc > first)
        put_settings(&page, date);
    else
        manual_put(&page, date);
    return cmd_print(&page, CLI_TEXT);
}
