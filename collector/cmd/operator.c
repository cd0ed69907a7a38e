/* operator show, operator change: the key that signs events, as the log has it in force (PROTOCOL 6a). A new one is
 * made beside it, and taken into use by whoever signs. */
#include "collector/acts/operator.h"
#include "base/lang.h"
#include "collector/cmd/act.h"
#include "collector/cmd/cmd.h"
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

static int ask_for_change(const struct config *config, struct store *store)
{
    char path[KEY_FILE_PATH_SIZE];
    uint8_t public_key[KEY_BYTES];
    struct act_wish wish;
    struct error error = {0};
    if (operator_key_path(config->values[CONFIG_OPERATOR_KEY], config->values[CONFIG_STORE], path) < 0)
        return cli_fail("%s", T("the name of the operator key is too long", "de naam van de beheerderssleutel is te "
                                                                            "lang"));
    if (operator_next_create(path, public_key, &error) < 0)
        return cli_fail("%s", error.text);
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
    int first, result = cli_parse(verb, NULL, argc, argv, 0, 0, &first);
    if (result != CLI_RUN)
        return result;
    struct store *store = cmd_open(STORE_EXISTING, &config, &result);
    if (!store)
        return result;
    result = ask_for_change(&config, store);
    store_close(store);
    return result;
}
