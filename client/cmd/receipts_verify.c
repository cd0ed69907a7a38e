/* receipts verify: every receipt against the log's key, and the log as it is shown now against all that was seen of
 * it. */
#include "base/lang.h"
#include "client/cmd/cmd.h"
#include "client/home/evidence.h"
#include "client/home/receipts.h"
#include "client/log/monitor.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"
#include <errno.h>
#include <string.h>

struct checking {
    struct profile *profile;
    struct seen_list seen;
    size_t receipts, wrong;
};

/* The receipts by themselves. */

static void tell_wrong(const struct member_receipt *receipt, const char *why)
{
    if (receipt->id)
        cli_say(T("entry %lld, %s in %s, revision %lld: the receipt does not hold: %s",
                  "regel %lld, %s in %s, herziening %lld: het ontvangstbewijs klopt niet: %s"),
                (long long)receipt->index, receipt->id->action, receipt->id->round, (long long)receipt->id->revision,
                why);
    else
        cli_say(T("entry %lld, the enrolment: the receipt does not hold: %s",
                  "regel %lld, de aanmelding: het ontvangstbewijs klopt niet: %s"),
                (long long)receipt->index, why);
}

static int check_one(void *context, const struct member_receipt *receipt)
{
    struct checking *c = context;
    struct receipts_proof proof;
    struct error why;
    c->receipts++;
    if (receipts_check(receipt, &c->profile->pin->key, &proof, &why) < 0) {
        c->wrong++;
        tell_wrong(receipt, why.text);
        return 0;
    }
    if (seen_add(&c->seen, &proof.head, &proof.checkpoint) == 0)
        return 0;
    errno = ENOMEM;
    return -1;
}

static int check_receipts(struct checking *c)
{
    const struct pin *pin = c->profile->pin;
    if (receipts_each(c->profile, check_one, c) != 0)
        return -1;
    struct slice checkpoint = {pin->checkpoint, pin->checkpoint_len};
    if (seen_add(&c->seen, &pin->head, &checkpoint) < 0) {
        errno = ENOMEM;
        return -1;
    }
    seen_sort(&c->seen);
    return 0;
}

/* Evidence. */

static void keep_evidence(const struct checking *c, const char *name, const char *text, size_t len)
{
    char path[PATH_MAX];
    if (evidence_keep(c->profile->home, name, "txt", &(struct slice){text, len}, path) < 0)
        failure_tell_errno(T("can't keep the evidence", "kan het bewijs niet bewaren"));
    else
        cli_say("  %s", path);
}

static void keep_seen(const struct checking *c, const struct seen_checkpoint *seen)
{
    keep_evidence(c, "checkpoint", seen->text, seen->len);
}

static void say_kept(void)
{
    cli_say("%s",
            T("What it signed is kept; show it to the panel office, or to whoever audits the panel:",
              "Wat hij ondertekende is bewaard; laat het zien aan het panelbureau, of aan wie het panel controleert:"));
}

/* The newest and what it is at odds with. */
static void keep_both(const struct checking *c, const struct monitor *monitor)
{
    say_kept();
    keep_seen(c, monitor->older);
    keep_evidence(c, "checkpoint", buf_text(&monitor->view.checkpoint), monitor->view.checkpoint.len);
}

static void keep_other_key(const struct checking *c, const struct monitor *monitor)
{
    struct buf key;
    buf_init(&key, NOTE_NAME_SIZE + 64);
    note_key_put(&key, &c->profile->pin->key);
    buf_put_char(&key, '\n');
    say_kept();
    keep_evidence(c, "key", buf_text(&key), key.len);
    keep_evidence(c, "checkpoint", c->profile->pin->checkpoint, c->profile->pin->checkpoint_len);
    keep_evidence(c, "key", buf_text(&monitor->view.key), monitor->view.key.len);
    keep_evidence(c, "checkpoint", buf_text(&monitor->view.checkpoint), monitor->view.checkpoint.len);
    buf_free(&key);
}

/* The log as it is shown now. */

static int tell_fork(const struct checking *c, const struct seen_checkpoint *fork)
{
    cli_fail(
        T("the collector has shown two histories: it signed two different logs of %llu entries",
          "de verzamelaar heeft twee geschiedenissen getoond: hij ondertekende twee verschillende logboeken van %llu "
          "regels"),
        (unsigned long long)fork->head.size);
    say_kept();
    keep_seen(c, fork);
    keep_seen(c, fork + 1);
    return CLI_FAILED;
}

/* One line in plain words; both checkpoints are kept by the caller. */
static void name_difference(enum monitor_result result, unsigned long long newest, unsigned long long older)
{
    if (result == MONITOR_TWO_HISTORIES)
        cli_fail(T("the collector shows two histories: its log of %llu entries is not the one of %llu entries that it "
                   "signed "
                   "before",
                   "de verzamelaar toont twee geschiedenissen: zijn logboek van %llu regels is niet dat van %llu "
                   "regels dat hij "
                   "eerder ondertekende"),
                 newest, older);
    else if (result == MONITOR_SMALLER)
        cli_fail(
            T("the collector shows a smaller log than before: %llu entries, where it signed %llu earlier; entries are "
              "gone, "
              "or an old copy was put back",
              "de verzamelaar toont een kleiner logboek dan eerder: %llu regels, terwijl hij er eerder %llu "
              "ondertekende; "
              "er zijn regels weg, of er is een oude kopie teruggezet"),
            newest, older);
    else if (result == MONITOR_FALSE_TILES)
        cli_fail(
            T("the collector's tiles do not lead to its own checkpoint of %llu entries: it does not show that it still "
              "holds the log of %llu entries that it signed before",
              "de tegels van de verzamelaar leiden niet naar zijn eigen controlepunt van %llu regels: hij toont niet "
              "dat "
              "hij het logboek van %llu regels dat hij eerder ondertekende nog heeft"),
            newest, older);
    else
        cli_fail(
            T("the collector shows a checkpoint of %llu entries, but not the tiles to compare it with the log of %llu "
              "entries that it signed before; try again later",
              "de verzamelaar toont een controlepunt van %llu regels, maar niet de tegels om het te vergelijken met "
              "het "
              "logboek van %llu regels dat hij eerder ondertekende; probeer het later opnieuw"),
            newest, older);
}

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

static int tell_other_key(const struct checking *c, const struct monitor *monitor)
{
    cli_fail(T("the collector shows the log of another key than %s, which it showed when you enrolled",
               "de verzamelaar toont het logboek van een andere sleutel dan %s, die hij toonde toen u zich aanmeldde"),
             c->profile->pin->key.name);
    keep_other_key(c, monitor);
    return CLI_FAILED;
}

static int pin_newest(const struct checking *c, struct monitor *monitor)
{
    if (profile_set_pin(c->profile, monitor->newest) < 0)
        return failure_tell_errno(c->profile->home);
    monitor->newest = NULL; /* the profile's now */
    cli_say(T("The newest checkpoint, of %llu entries, holds all of %zu earlier ones.",
              "Het nieuwste controlepunt, van %llu regels, bevat alles van %zu eerdere."),
            (unsigned long long)c->profile->pin->head.size, c->seen.count);
    return CLI_DONE;
}

static int tell_monitor(const struct checking *c, enum monitor_result result, struct monitor *monitor)
{
    switch (result) {
    case MONITOR_CONTINUES:
        return pin_newest(c, monitor);
    case MONITOR_AWAY:
        return tell_away(monitor->answer);
    case MONITOR_REFUSED:
        return failure_tell_answer(
            T("can't fetch the log's checkpoint", "kan het controlepunt van het logboek niet ophalen"),
            monitor->answer);
    case MONITOR_NO_LOG:
        return cli_fail(
            T("what the collector gives as its log is none (%s); is this the collector's own URL?",
              "wat de verzamelaar als logboek geeft is er geen (%s); is dit de eigen URL van de verzamelaar?"),
            monitor->why.text);
    case MONITOR_OTHER_KEY:
        return tell_other_key(c, monitor);
    case MONITOR_TWO_HISTORIES:
    case MONITOR_SMALLER:
    case MONITOR_FALSE_TILES:
    case MONITOR_UNREAD:
        name_difference(result, monitor->newest->head.size, monitor->older->head.size);
        keep_both(c, monitor);
        return CLI_FAILED;
    case MONITOR_FAILED:
        return failure_no_memory();
    }
    return CLI_FAILED;
}

static int compare_with_log(const struct checking *c, struct http *http)
{
    struct http_answer answer;
    http_answer_init(&answer);
    struct monitor monitor = {.pin = c->profile->pin, .seen = &c->seen, .http = http, .answer = &answer};
    enum monitor_result result = monitor_log(&monitor);
    int exit_code = tell_monitor(c, result, &monitor);
    monitor_wipe(&monitor);
    http_answer_free(&answer);
    return exit_code;
}

/* The verb. */

static int verify_receipts(struct profile *profile, struct http *http)
{
    struct checking c = {.profile = profile};
    int exit_code;
    if (check_receipts(&c) < 0) {
        exit_code = failure_tell_errno(profile->home);
    } else {
        const struct seen_checkpoint *fork = seen_find_fork(&c.seen);
        exit_code = fork ? tell_fork(&c, fork) : compare_with_log(&c, http);
        if (c.wrong > 0)
            exit_code = cli_fail(T("%zu of %zu receipts do not hold", "%zu van %zu ontvangstbewijzen kloppen niet"),
                                 c.wrong, c.receipts);
        else
            cli_say(T("%zu receipts hold.", "%zu ontvangstbewijzen kloppen."), c.receipts);
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
    if (exit_code >= 0)
        return exit_code;
    if (cmd_open_member(&profile, home, &http) < 0)
        return CLI_FAILED;
    exit_code = cmd_pin_log(&profile, http) < 0 ? CLI_FAILED : verify_receipts(&profile, http);
    http_close(http);
    profile_close(&profile);
    return exit_code;
}
