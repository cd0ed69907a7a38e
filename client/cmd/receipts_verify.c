/* receipts verify: every receipt against the log's key, and the log as it is shown now against all that was seen of
 * it. */
#include "base/lang.h"
#include "client/cmd/cmd.h"
#include "client/cmd/findings.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"

struct checking {
    struct profile *profile;
    struct seen_list seen;
    size_t receipts, wrong;
};

/* The receipts by themselves. */

static void tell_wrong(const struct member_receipt *receipt, const char *why)
{
    if (receipt->is_erasure)
        cli_say(T("entry %lld, a request to erase: the receipt does not hold: %s",
                  "regel %lld, een verzoek om te wissen: het ontvangstbewijs klopt niet: %s"),
                (long long)receipt->index, why);
    else if (receipt->id)
        cli_say(T("entry %lld, %s in %s, revision %lld: the receipt does not hold: %s",
                  "regel %lld, %s in %s, herziening %lld: het ontvangstbewijs klopt niet: %s"),
                (long long)receipt->index, receipt->id->action, receipt->id->round, (long long)receipt->id->revision,
                why);
    else
        cli_say(T("entry %lld, the enrolment: the receipt does not hold: %s",
                  "regel %lld, de aanmelding: het ontvangstbewijs klopt niet: %s"),
                (long long)receipt->index, why);
}

static void count_receipt(void *context, const struct member_receipt *receipt, const struct error *wrong)
{
    struct checking *c = context;
    c->receipts++;
    if (wrong->kind == ERROR_NONE)
        return;
    c->wrong++;
    tell_wrong(receipt, wrong->text);
}

/* The log as it is shown now. */

static int tell_away(const struct http_answer *answer)
{
    struct buf why;
    buf_init(&why, 4096);
    messages_put_reason(&why, answer);
    cli_say("%s.", buf_text(&why));
    cli_say("%s",
            T("So the receipts were checked against their own checkpoints alone, not against the log as it is now.",
              "De ontvangstbewijzen zijn dus alleen tegen hun eigen controlepunten gehouden, niet tegen het logboek "
              "van nu."));
    buf_free(&why);
    return CLI_DONE;
}

static int pin_newest(const struct checking *c, struct monitor *monitor)
{
    if (profile_set_pin(c->profile, monitor->newest) < 0)
        return failure_tell_errno(c->profile->home);
    monitor->newest = NULL; /* the profile's now */
    cli_say(T("The newest checkpoint (size %llu) holds all that was seen earlier (checkpoints: %zu).",
              "Het nieuwste controlepunt (omvang %llu) bevat alles wat eerder gezien is (controlepunten: %zu)."),
            (unsigned long long)c->profile->pin->head.size, c->seen.count);
    return CLI_DONE;
}

static int compare_with_log(const struct checking *c, struct http *http)
{
    struct http_answer answer;
    int exit_code;
    http_answer_init(&answer);
    struct monitor monitor = {.pin = c->profile->pin, .seen = &c->seen, .http = http, .answer = &answer};
    enum monitor_result result = monitor_log(&monitor);
    if (result == MONITOR_CONTINUES)
        exit_code = pin_newest(c, &monitor);
    else
        exit_code = result == MONITOR_AWAY ? tell_away(&answer) : findings_tell(c->profile->home, &monitor, result);
    monitor_wipe(&monitor);
    http_answer_free(&answer);
    return exit_code;
}

/* The verb. */

static int verify_receipts(struct profile *profile, struct http *http)
{
    struct checking c = {.profile = profile};
    const struct seen_listener listener = {.receipt_checked = count_receipt, .context = &c};
    int exit_code;
    if (seen_gather(&c.seen, profile, &listener) < 0) {
        exit_code = failure_tell_errno(profile->home);
    } else {
        const struct seen_checkpoint *fork = seen_find_fork(&c.seen);
        exit_code = fork ? findings_tell_fork(profile->home, fork) : compare_with_log(&c, http);
        if (c.wrong > 0)
            exit_code = cli_fail(
                c.receipts == 1 ? T("%zu of %zu receipt does not hold", "%zu van %zu ontvangstbewijs klopt niet")
                : c.wrong == 1  ? T("%zu of %zu receipts does not hold", "%zu van %zu ontvangstbewijzen klopt niet")
                                : T("%zu of %zu receipts do not hold", "%zu van %zu ontvangstbewijzen kloppen niet"),
                c.wrong, c.receipts);
        else
            cli_say(c.receipts == 1 ? T("%zu receipt holds.", "%zu ontvangstbewijs klopt.")
                                    : T("%zu receipts hold.", "%zu ontvangstbewijzen kloppen."),
                    c.receipts);
    }
    seen_free(&c.seen);
    return exit_code;
}

int cmd_receipts_verify(const struct cli_verb *verb, int argc, char **argv)
{
    const char *home = NULL;
    const struct cli_option options[] = {CMD_OPTION_HOME(&home), {0}};
    struct profile profile;
    struct http *http;
    int first;
    int exit_code = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (exit_code != CLI_RUN)
        return exit_code;
    if (cmd_open_past_member(&profile, home, &http) < 0)
        return CLI_FAILED;
    exit_code = cmd_pin_log(&profile, http) < 0 ? CLI_FAILED : verify_receipts(&profile, http);
    http_close(http);
    profile_close(&profile);
    return exit_code;
}
