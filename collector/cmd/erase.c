/* erase ENTRY... --reason REASON [--reference TEXT] [--yes]: what would go is shown first, and nothing is done without
 * --yes. */
#include "base/lang.h"
#include "base/number.h"
#include "collector/acts/erasure.h"
#include "collector/cmd/cmd.h"
#include "collector/cmd/erase_lots.h"
#include <stdlib.h>

struct erase_words {
    const char *reason, *reference;
    bool yes;
    char **entries;
    size_t count;
};

/* The index that a word names. -1: it is none; said. */
static int read_index(const char *word, int64_t *out)
{
    if (number_read(word, 0, INT64_MAX, out) == 0)
        return 0;
    cli_misuse(
        T("'%s' is no entry of the log: a number from 0", "'%s' is geen regel van het logboek: een getal vanaf 0"),
        word);
    return -1;
}

static int gather_words(struct erasing *erasing, const struct erase_words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        int64_t index;
        if (read_index(words->entries[i], &index) < 0)
            return CLI_USAGE;
        if (act_gather_entry(erasing, index) < 0)
            return cli_fail("%s", erasing->error.text);
    }
    erasing_gathered(erasing);
    return CLI_DONE;
}

/* What is erased with what was named: all revisions, and with an enrolment all that is the member's. */
static int show_gathered(const struct erasing *erasing)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    buf_put_text(&text, "entry\r\n");
    for (size_t i = 0; i < erasing->count; i++)
        buf_printf(&text, "%lld\r\n", (long long)erasing->entries[i]);
    int result = cmd_print(&text, CLI_TEXT);
    cli_say(T("This goes: entries %zu, of responses (all revisions) %zu, of members %zu.",
              "Dit verdwijnt: regels %zu, van reacties (alle herzieningen) %zu, van panelleden %zu."),
            erasing->count, erasing->response_count, erasing->member_count);
    return result;
}

static int ask_erasure(const struct config *config, const struct erasing *erasing, const struct erase_words *words)
{
    int result = show_gathered(erasing);
    if (result != CLI_DONE)
        return result;
    if (!words->yes) {
        cli_say("%s", T("Nothing was erased; --yes does it. It can't be undone.",
                        "Er is niets gewist; --yes doet het. Het kan niet ongedaan gemaakt worden."));
        return CLI_DONE;
    }
    bool queued;
    result = cmd_erase_lots(config, erasing, words->reason, words->reference, &queued);
    if (result == CLI_DONE && !queued)
        cli_say("%s", T("erased", "gewist"));
    return result;
}

/* What is named is looked up in one moment of the store; what is asked is carried out later, by its numbers. */
static int run_erase(const struct erase_words *words)
{
    struct config config;
    struct erasing erasing = {.store = NULL};
    struct error error;
    int result;
    struct store *store = cmd_open(STORE_EXISTING, &config, &result);
    if (!store)
        return result;
    struct catalogue *catalogue = NULL;
    result = store_begin_reading(store) == STORE_OK ? CLI_DONE : cmd_store_failed(store);
    if (result == CLI_DONE && (catalogue = catalogue_load(store, &error)) == NULL)
        result = cli_fail("%s", error.text);
    erasing_init(&erasing, store, catalogue);
    if (result == CLI_DONE)
        result = gather_words(&erasing, words);
    store_rollback(store);
    if (result == CLI_DONE)
        result = ask_erasure(&config, &erasing, words);
    erasing_wipe(&erasing);
    catalogue_release(catalogue);
    store_close(store);
    return result;
}

int cmd_erase(const struct cli_verb *verb, int argc, char **argv)
{
    struct erase_words words = {.reason = NULL};
    const struct cli_option options[] = {
        {"reason", "order|unlawful-content|request|retention", &words.reason, NULL,
         "order, unlawful-content, request or retention; the log shows it to anyone",
         "order (bevel), unlawful-content (onrechtmatige inhoud), request (verzoek) of retention (bewaartermijn); het "
         "logboek toont dat aan iedereen"},
        {"reference", "TEXT", &words.reference, NULL, "a ruling's number, say: the log gets its hash alone",
         "bijvoorbeeld het nummer van een uitspraak: in het logboek komt alleen de hash ervan"},
        {"yes", NULL, NULL, &words.yes, "do it; without it is shown what would go",
         "doe het; zonder wordt getoond wat er zou gaan"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 1, -1, &first);
    if (result != CLI_RUN)
        return result;
    if (!words.reason || !act_is_erasure_reason(words.reason))
        return cli_misuse("%s", T("--reason must be order, unlawful-content, request or retention",
                                  "--reason moet order, unlawful-content, request of retention zijn"));
    words.entries = &argv[first];
    words.count = (size_t)(argc - first);
    return run_erase(&words);
}
