/* operator show, operator change: the key that signs events, as the log has it in force (PROTOCOL 6a). A new one is
 * made beside it, and taken into use by whoever signs. */
#include "collector/acts/operator.h"
#include "base/lang.h"
#include "collector/cmd/act.h"
#include "collector/cmd/cmd.h"
#include "collector/log/log_keys.h"
#include "collector/log/operator.h"
#include "collector/state/recorded.h"

#define SHOWN_MAX ((size_t)1024)

static int show_key(const uint8_t public_key[static KEY_BYTES])
{
    char kid[KID_SIZE];
    struct buf text;
    buf_init(&text, SHOWN_MAX);
    key_put_jwk(&text, public_key);
    key_thumbprint(public_key, kid);
    buf_printf(&text, "\n%s\n", kid);
    return cmd_print(&text, CLI_TEXT);
}

int cmd_operator_show(const struct cli_verb *verb, int argc, char **argv)
{
    struct recorded_log log;
    struct error error = {0};
    int first, result = cli_parse(verb, NULL, argc, argv, 0, 0, &first);
    if (result != CLI_RUN)
        return result;
    struct store *store = cmd_open(STORE_READING, NULL, &result);
    if (!store)
        return result;
    if (recorded_log_read(store, &log, &error) < 0)
        result = cli_fail("%s", error.text);
    else if (!log.begun)
        result = cli_fail(
            "%s", T("this log names no operator key yet; the next `serve`, or verb that changes something, does",
                    "dit logboek noemt nog geen beheerderssleutel; de volgende `serve`, of een opdracht die iets "
                    "wijzigt, doet dat"));
    else
        result = show_key(log.operator_key);
    store_close(store);
    return result;
}

/* Makes the next key, where there is none. -1: a line has been written. */
static int make_next(const struct config *config, uint8_t public_key[static KEY_BYTES])
{
    char path[KEY_FILE_PATH_SIZE];
    struct error error = {0};
    const struct log_key_names names = {config->values[CONFIG_STORE], config->values[CONFIG_LOG_KEY],
                                        config->values[CONFIG_OPERATOR_KEY]};
    if (operator_key_path(names.operator_key, names.dsn, path) < 0)
        error_set(&error, ERROR_REFUSED, "%s",
                  T("the name of the operator key is too long", "de naam van de beheerderssleutel is te lang"));
    else if (log_keys_check_files(&names, &error) == 0 && operator_next_create(path, public_key, &error) == 0)
        return 0;
    cli_fail("%s", error.text);
    return -1;
}

static int tell_prepared(const uint8_t public_key[static KEY_BYTES])
{
    char kid[KID_SIZE];
    key_thumbprint(public_key, kid);
    cli_say(T("the key %s lies ready beside the operator key, in a file that ends in .next; give each collector of the "
              "store a copy, and then `operator change`",
              "de sleutel %s ligt klaar naast de beheerderssleutel, in een bestand dat op .next eindigt; geef elke "
              "verzamelaar van de opslag een kopie, en dan `operator change`"),
            kid);
    return CLI_DONE;
}

static int ask_for_change(const struct config *config, struct store *store, const uint8_t public_key[static KEY_BYTES])
{
    struct act_wish wish;
    if (act_prepare_operator(&wish, public_key) < 0)
        return cmd_no_memory();
    return cmd_act(config, store, &wish,
                   T("events are signed by a new key from now on; keep a copy of its file",
                     "gebeurtenissen worden voortaan door een nieuwe sleutel getekend; bewaar een kopie van het "
                     "bestand"));
}

int cmd_operator_change(const struct cli_verb *verb, int argc, char **argv)
{
    struct config config;
    uint8_t public_key[KEY_BYTES];
    bool only_prepare = false;
    const struct cli_option options[] = {
        {"prepare", NULL, NULL, &only_prepare, "make the new key's file and no more, to be copied to other collectors",
         "maak alleen het nieuwe sleutelbestand, om naar andere verzamelaars te kopiëren"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (result != CLI_RUN)
        return result;
    struct store *store = cmd_open(STORE_EXISTING, &config, &result);
    if (!store)
        return result;
    if (make_next(&config, public_key) < 0)
        result = CLI_FAILED;
    else
        result = only_prepare ? tell_prepared(public_key) : ask_for_change(&config, store, public_key);
    store_close(store);
    return result;
}
