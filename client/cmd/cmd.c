/* Opening a member's folder and a way to its collector, with a line for each way in which that can fail. */
#include "client/cmd/cmd.h"
#include "base/lang.h"
#include "client/log/view.h"
#include "client/net/enrol.h"
#include "client/terminal/failures.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PATH_TEXT_MAX ((size_t)4096)

void cmd_make_plain(void)
{
    (void)setenv("TERM", "dumb", 1); /* without memory for that it goes on as it would have */
}

int cmd_open_home(struct profile *out, const char *home, bool make)
{
    struct error error = {0};
    struct buf path;
    int result = -1;
    buf_init(&path, PATH_TEXT_MAX);
    if (home)
        buf_put_text(&path, home);
    if (!home && profile_default_home(&path) < 0)
        cli_fail("%s", T("no folder to keep things in: name one with --home",
                         "geen map om in te bewaren: noem er een met --home"));
    else if (buf_check(&path) < 0)
        failure_no_memory();
    else
        result = failure_of_home(&error, profile_open(out, buf_text(&path), make), buf_text(&path));
    if (*error.text)
        cli_fail("%s", error.text);
    buf_free(&path);
    return result;
}

static int tell_no_member(const struct profile *profile)
{
    if (profile->erased)
        cli_fail(T("everything of %s was erased (entry %lld): who wants to take part again needs a new invitation, for "
                   "enrol",
                   "alles van %s is gewist (regel %lld): wie weer mee wil doen heeft een nieuwe uitnodiging nodig, "
                   "voor enrol"),
                 profile->home, (long long)profile->index);
    else
        cli_fail(T("%s is not enrolled yet: use enrol", "%s is nog niet aangemeld: gebruik enrol"), profile->home);
    return -1;
}

static int open_with_http(struct profile *out, const char *home, bool past, struct http **http)
{
    struct profile profile;
    if (cmd_open_home(&profile, home, false) < 0)
        return -1;
    bool may = profile_is_enrolled(&profile) || (past && profile.erased);
    if (!may)
        tell_no_member(&profile);
    else if ((*http = http_open(profile.url, &retry_for_person)) == NULL)
        failure_no_memory();
    if (!may || !*http) {
        profile_close(&profile);
        return -1;
    }
    *out = profile;
    return 0;
}

int cmd_open_member(struct profile *out, const char *home, struct http **http)
{
    return open_with_http(out, home, false, http);
}

int cmd_for_member(const char *home, int (*work)(struct profile *profile, struct http *http, const void *context),
                   const void *context)
{
    struct profile profile;
    struct http *http;
    if (cmd_open_member(&profile, home, &http) < 0)
        return CLI_FAILED;
    int exit_code = work(&profile, http, context);
    http_close(http);
    profile_close(&profile);
    return exit_code;
}

int cmd_open_past_member(struct profile *out, const char *home, struct http **http)
{
    return open_with_http(out, home, true, http);
}

int cmd_pin_log(struct profile *profile, struct http *http)
{
    struct http_answer answer;
    struct pin *pin = NULL;
    int result = 0;
    if (profile->pin)
        return 0;
    http_answer_init(&answer);
    if (view_pin(&pin, http, &answer) != VIEW_HAD) {
        failure_tell_answer(
            T("can't fetch the key of the collector's log", "kan de sleutel van het logboek niet ophalen"), &answer);
        result = -1;
    } else if (enrol_pin(profile, pin) < 0) {
        failure_tell_errno(profile->home);
        result = -1;
    }
    pin_free(pin);
    http_answer_free(&answer);
    return result;
}
