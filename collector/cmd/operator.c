/* operator show: the key that signs events, as the log has it in force (PROTOCOL 6a). */
#include "base/lang.h"
#include "collector/cmd/cmd.h"
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
