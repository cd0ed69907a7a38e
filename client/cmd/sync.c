/* sync: sends what is still in the spool, and offers again what was turned away for a reason that may have passed. */
#include "base/lang.h"
#include "client/cmd/cmd.h"
#include "client/home/held.h"
#include "client/terminal/failures.h"
#include "client/terminal/outcome.h"
#include <stddef.h>

static int sync_all(const struct profile *profile, struct http *http)
{
    const struct delivery_listener listener = {.on_delivered = outcome_tell};
    struct delivery_way way = {profile->home, &profile->pin->key, http, profile->key};
    struct http_answer answer;
    struct delivery_count count;
    if (held_reopen_all(profile->home) < 0)
        return failure_tell_errno(profile->home);
    http_answer_init(&answer);
    enum delivery stopped_by = deliver_all(&way, &answer, &listener, &count);
    int exit_code = outcome_tell_rest(stopped_by, &count, &answer);
    if (stopped_by == DELIVERY_SENT && count.held == 0)
        cli_say(T("%zu sent, %zu refused, nothing waits.", "%zu verstuurd, %zu geweigerd, er wacht niets meer."),
                count.sent, count.refused);
    http_answer_free(&answer);
    return count.refused > 0 || count.held > 0 ? CLI_FAILED : exit_code;
}

int cmd_sync(const struct cli_verb *verb, int argc, char **argv)
{
    const char *home = NULL;
    const struct cli_option options[] = {CMD_OPTION_HOME(&home), {0}};
    struct profile profile;
    struct http *http;
    int first;
    int exit_code = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (exit_code >= 0)
        return exit_code;
    if (cmd_open_member(&profile, home, &http) < 0)
        return CLI_FAILED;
    exit_code = cmd_pin_log(&profile, http) < 0 ? CLI_FAILED : sync_all(&profile, http);
    http_close(http);
    profile_close(&profile);
    return exit_code;
}
