/* hooks run, hooks key: receivers elsewhere are told what happens in a panel (collector/hooks). */
#include "collector/hooks/hooks.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/log.h"
#include "collector/cmd/cmd.h"

#define ROUND_MS 5000 /* between two looks at the collector */

static int check_words(const struct hooks_options *asked)
{
    if (asked->receivers && asked->folder)
        return CLI_RUN;
    return cli_misuse("%s", T("--to and --folder are both needed", "--to en --folder zijn allebei nodig"));
}

/* Until a signal ends the process: whatever was told is noted. */
_Noreturn static void go_on(struct hooks *hooks)
{
    for (;;) {
        clock_sleep_ms(ROUND_MS);
        (void)hooks_go_round(hooks);
    }
}

static int run_hooks(const struct hooks_options *asked, bool once)
{
    struct error error;
    struct hooks *hooks = hooks_open(asked, &error);
    if (!hooks)
        return cli_fail("%s", error.text);
    log_info("hooks: looking for what is to be told");
    bool quiet = hooks_go_round(hooks);
    if (!once)
        go_on(hooks);
    hooks_close(hooks);
    return quiet ? CLI_DONE : CLI_FAILED;
}

int cmd_hooks_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct hooks_options asked = {0};
    bool once = false;
    const struct cli_option options[] = {
        {"to", "URL", &asked.receivers, NULL, "the receivers, with commas between",
         "de ontvangers, met komma's ertussen"},
        {"folder", "DIR", &asked.folder, NULL, "where the key is and how far each has been told",
         "waar de sleutel ligt en hoe ver elk op de hoogte is"},
        {"private", NULL, NULL, &asked.private, "names may lead to addresses of our own network",
         "namen mogen naar adressen van het eigen netwerk leiden"},
        {"once", NULL, NULL, &once, "send what is due, and end", "verstuur wat aan de beurt is, en stop"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 1, 1, &first);
    if (result == CLI_RUN)
        result = check_words(&asked);
    if (result != CLI_RUN)
        return result;
    asked.collector = argv[first];
    return run_hooks(&asked, once);
}

int cmd_hooks_key(const struct cli_verb *verb, int argc, char **argv)
{
    struct error error;
    struct buf text;
    int first, result = cli_parse(verb, NULL, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    buf_init(&text, 256);
    if (hooks_put_public(argv[first], &text, &error) < 0)
        return cli_fail("%s", error.text);
    buf_put_char(&text, '\n');
    return cmd_print(&text, CLI_TEXT);
}
