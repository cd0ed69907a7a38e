/* `web manifest`: what `serve` with these settings shows at /web/manifest. */
#include "collector/web/web.h"
#include "base/error.h"
#include "collector/cmd/cmd.h"

int cmd_web_manifest(const struct cli_verb *verb, int argc, char **argv)
{
    struct config config;
    struct error error;
    const struct page_owner nobody = {.organisation = ""};
    int first, result = cli_parse(verb, NULL, argc, argv, 0, 0, &first);
    if (result != CLI_RUN)
        return result;
    result = config_read(&config);
    if (result != CLI_DONE)
        return result;
    struct web *web = web_new(&nobody, config.values[CONFIG_WEB_THEME], &error);
    if (!web)
        return cli_fail("%s", error.text);
    struct buf text;
    buf_init(&text, PAGE_MANIFEST_MAX);
    buf_put(&text, buf_text(&web_manifest(web)->text), web_manifest(web)->text.len);
    result = cmd_print(&text, CLI_TEXT);
    web_free(web);
    return result;
}
