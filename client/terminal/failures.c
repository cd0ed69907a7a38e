/* Failures in words: errno's, or the collector's by way of messages. */
#include "client/terminal/failures.h"
#include "base/cli.h"
#include "base/error.h"
#include "base/lang.h"
#include "client/terminal/messages.h"
#include <errno.h>
#include <string.h>

#define REASON_MAX ((size_t)64 * 1024)

int failure_tell_errno(const char *what)
{
    return cli_fail("%s: %s", what, error_of_errno(errno));
}

int failure_tell_answer(const char *what, const struct http_answer *answer)
{
    struct buf why;
    buf_init(&why, REASON_MAX);
    messages_put_reason(&why, answer);
    cli_fail("%s: %s", what, buf_text(&why));
    messages_say_errors(buf_text(&answer->body), answer->body.len);
    if (answer->problem == PROBLEM_INVALID_CLAIMS || answer->problem == PROBLEM_INVALID_RESPONSE)
        messages_say_clock(answer);
    buf_free(&why);
    return CLI_FAILED;
}

int failure_no_memory(void)
{
    return cli_fail("%s", T("out of memory", "te weinig geheugen"));
}

void failure_say_faults(const char *prefix, const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        cli_say("%s%s: %s", prefix, messages_place(faults->list[i].where), faults->list[i].what);
    if (faults->total > faults->count)
        cli_say(T("... and %zu more", "... en nog %zu"), faults->total - faults->count);
    if (faults->no_memory)
        failure_no_memory();
}

int failure_of_home(struct error *error, enum profile_result result, const char *home)
{
    switch (result) {
    case PROFILE_OPEN:
        return 0;
    case PROFILE_MISSING:
        return error_set(
            error, ERROR_REFUSED,
            T("there is no member's folder %s: enrol first", "er is geen map %s: meld u eerst aan met enrol"), home);
    case PROFILE_BUSY:
        return error_set(error, ERROR_REFUSED,
                         T("another program is at work in %s: try again when it is done",
                           "een ander programma is bezig in %s: probeer het opnieuw als dat klaar is"),
                         home);
    case PROFILE_DAMAGED:
        return error_set(
            error, ERROR_DAMAGED,
            T("the key, the membership or the log in %s is damaged: put the folder back from a copy",
              "de sleutel, het lidmaatschap of het logboek in %s is beschadigd: zet de map terug uit een kopie"),
            home);
    case PROFILE_FAILED:
        return error_from_errno(error, T("can't use the folder %s", "kan de map %s niet gebruiken"), home);
    }
    return -1;
}
