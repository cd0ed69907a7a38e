/* release changes: what moved between two releases of a round, on standard output. */
#include "base/lang.h"
#include "base/number.h"
#include "collector/cmd/cmd.h"
#include "collector/release/moved.h"

/* As typed. */
struct changes_asked {
    const char *round;
    int64_t since, until; /* until 0: the newest */
    const struct csv_format *format; /* NULL: JSON */
};

static int tell_no_such(const struct changes_asked *asked)
{
    if (asked->until > 0)
        return cli_fail(T("round %s has no releases %lld and, later, %lld; `release list` shows them",
                          "ronde %s heeft geen uitgave %lld en, later, %lld; `release list` toont ze"),
                        asked->round, (long long)asked->since, (long long)asked->until);
    return cli_fail(T("round %s has no release %lld; `release list` shows them",
                      "ronde %s heeft geen uitgave %lld; `release list` toont ze"),
                    asked->round, (long long)asked->since);
}

static int print_changes(struct store *store, const struct catalogue *catalogue, const struct changes_asked *asked)
{
    struct error error = {0};
    struct buf text;
    int round = panel_find_round(catalogue->panel, asked->round);
    if (round < 0)
        return cmd_no_round(asked->round);
    const struct moved_source source = {.store = store,
                                        .catalogue = catalogue,
                                        .round = (size_t)round,
                                        .since = asked->since,
                                        .until = asked->until,
                                        .format = asked->format};
    buf_init(&text, SIZE_MAX);
    enum store_result result = moved_put(&source, &text, &error);
    if (result == STORE_OK)
        return cmd_print(&text, asked->format ? CLI_TEXT : CLI_JSON);
    buf_free(&text);
    return result == STORE_FAILED ? cli_fail("%s", error.text) : tell_no_such(asked);
}

/* Within one moment of the store. */
static int show_changes(struct store *store, const struct changes_asked *asked)
{
    struct error error = {0};
    struct catalogue *catalogue = catalogue_load(store, &error);
    if (!catalogue)
        return cli_fail("%s", error.text);
    int result = print_changes(store, catalogue, asked);
    catalogue_release(catalogue);
    return result;
}

/* CLI_RUN when all is well. */
static int read_changes_words(int count, char **words, const char *profile, bool json, struct changes_asked *out)
{
    out->round = words[0];
    if (number_read(words[1], 1, JSON_INTEGER_MAX, &out->since) < 0 ||
        (count > 2 && number_read(words[2], 1, JSON_INTEGER_MAX, &out->until) < 0))
        return cli_misuse("%s",
                          T("N and M are numbers of releases, from 1", "N en M zijn nummers van uitgaven, vanaf 1"));
    out->format = csv_format_find(profile ? profile : csv_rfc4180.name);
    if (!out->format || (profile && json))
        return cli_misuse("%s", T("--profile is rfc4180 or excel-nl, and not with --json",
                                  "--profile is rfc4180 of excel-nl, en niet met --json"));
    if (json)
        out->format = NULL;
    return CLI_RUN;
}

int cmd_release_changes(const struct cli_verb *verb, int argc, char **argv)
{
    bool json = false;
    const char *profile = NULL;
    struct changes_asked asked = {0};
    const struct cli_option options[] = {
        {"profile", "PROFILE", &profile, NULL, "rfc4180 (default) or excel-nl", "rfc4180 (standaard) of excel-nl"},
        {"json", NULL, NULL, &json, "as JSON", "als JSON"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 2, 3, &first);
    if (result == CLI_RUN)
        result = read_changes_words(argc - first, argv + first, profile, json, &asked);
    struct store *store = result == CLI_RUN ? cmd_open(STORE_READING, NULL, &result) : NULL;
    if (!store)
        return result;
    result = store_begin_reading(store) == STORE_OK ? show_changes(store, &asked) : cmd_store_failed(store);
    store_rollback(store);
    store_close(store);
    return result;
}
