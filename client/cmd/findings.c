/* Each kind of difference in plain words, and under it where what the collector signed is kept. See findings.h. */
#include "client/cmd/findings.h"
#include "base/cli.h"
#include "base/lang.h"
#include "client/home/evidence.h"
#include "client/terminal/failures.h"

static void keep_evidence(const char *home, const char *name, const char *text, size_t len)
{
    char path[PATH_MAX];
    if (evidence_keep(home, name, "txt", &(struct slice){text, len}, path) < 0)
        failure_tell_errno(T("can't keep the evidence", "kan het bewijs niet bewaren"));
    else
        cli_say("  %s", path);
}

static void keep_seen(const char *home, const struct seen_checkpoint *seen)
{
    keep_evidence(home, "checkpoint", seen->text, seen->len);
}

static void say_kept(void)
{
    cli_say("%s",
            T("What it signed is kept; show it to the panel office, or to whoever audits the panel:",
              "Wat hij ondertekende is bewaard; laat het zien aan het panelbureau, of aan wie het panel controleert:"));
}

/* The newest and what it is at odds with. */
static void keep_both(const char *home, const struct monitor *monitor)
{
    say_kept();
    keep_seen(home, monitor->older);
    keep_evidence(home, "checkpoint", buf_text(&monitor->view.checkpoint), monitor->view.checkpoint.len);
}

static void keep_other_key(const char *home, const struct monitor *monitor)
{
    struct buf key;
    buf_init(&key, NOTE_NAME_SIZE + 64);
    note_key_put(&key, &monitor->pin->key);
    buf_put_char(&key, '\n');
    say_kept();
    keep_evidence(home, "key", buf_text(&key), key.len);
    keep_evidence(home, "checkpoint", monitor->pin->checkpoint, monitor->pin->checkpoint_len);
    keep_evidence(home, "key", buf_text(&monitor->view.key), monitor->view.key.len);
    keep_evidence(home, "checkpoint", buf_text(&monitor->view.checkpoint), monitor->view.checkpoint.len);
    buf_free(&key);
}

/* One line in plain words; both checkpoints are kept by the caller. */
static void name_difference(enum monitor_result result, unsigned long long newest, unsigned long long older)
{
    if (result == MONITOR_TWO_HISTORIES)
        cli_fail(T("the collector shows two histories: its log of size %llu is not the one of size %llu that it signed "
                   "before",
                   "de verzamelaar toont twee geschiedenissen: zijn logboek van omvang %llu is niet dat van omvang "
                   "%llu dat hij eerder ondertekende"),
                 newest, older);
    else if (result == MONITOR_SMALLER)
        cli_fail(T(newest == 1 ? "the collector shows a smaller log than before: %llu entry, where it signed %llu "
                                 "earlier; entries are gone, or an old copy was put back"
                               : "the collector shows a smaller log than before: %llu entries, where it signed %llu "
                                 "earlier; entries are gone, or an old copy was put back",
                   newest == 1 ? "de verzamelaar toont een kleiner logboek dan eerder: %llu regel, terwijl hij er "
                                 "eerder %llu ondertekende; er zijn regels weg, of er is een oude kopie teruggezet"
                               : "de verzamelaar toont een kleiner logboek dan eerder: %llu regels, terwijl hij er "
                                 "eerder %llu ondertekende; er zijn regels weg, of er is een oude kopie teruggezet"),
                 newest, older);
    else if (result == MONITOR_FALSE_TILES)
        cli_fail(T("the collector's tiles do not lead to its own checkpoint of size %llu: it does not show that it "
                   "still holds the log of size %llu that it signed before",
                   "de tegels van de verzamelaar leiden niet naar zijn eigen controlepunt van omvang %llu: hij toont "
                   "niet dat hij het logboek van omvang %llu dat hij eerder ondertekende nog heeft"),
                 newest, older);
    else
        cli_fail(T("the collector shows a checkpoint of size %llu, but not the tiles to compare it with the log of "
                   "size %llu that it signed before; try again later",
                   "de verzamelaar toont een controlepunt van omvang %llu, maar niet de tegels om het te vergelijken "
                   "met het logboek van omvang %llu dat hij eerder ondertekende; probeer het later opnieuw"),
                 newest, older);
}

int findings_tell_fork(const char *home, const struct seen_checkpoint *fork)
{
    cli_fail(
        T("the collector has shown two histories: it signed two different logs of size %llu",
          "de verzamelaar heeft twee geschiedenissen getoond: hij ondertekende twee verschillende logboeken van omvang "
          "%llu"),
        (unsigned long long)fork->head.size);
    say_kept();
    keep_seen(home, fork);
    keep_seen(home, fork + 1);
    return CLI_FAILED;
}

static int tell_other_key(const char *home, const struct monitor *monitor)
{
    cli_fail(T("the collector shows the log of another key than %s, which it showed when you enrolled",
               "de verzamelaar toont het logboek van een andere sleutel dan %s, die hij toonde toen u zich aanmeldde"),
             monitor->pin->key.name);
    keep_other_key(home, monitor);
    return CLI_FAILED;
}

void findings_advise(enum monitor_result result)
{
    if (result == MONITOR_OTHER_KEY)
        cli_say("%s",
                T("If the panel office has told you that it began anew: `burgerpanel enrol --anew URL` with the new "
                  "code that it gave you.",
                  "Als het panelbureau u heeft verteld dat het opnieuw begonnen is: `burgerpanel enrol --anew URL` "
                  "met de nieuwe code die u kreeg."));
}

int findings_tell(const char *home, const struct monitor *monitor, enum monitor_result result)
{
    switch (result) {
    case MONITOR_CONTINUES:
        return CLI_DONE;
    case MONITOR_AWAY:
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
        return tell_other_key(home, monitor);
    case MONITOR_TWO_HISTORIES:
    case MONITOR_SMALLER:
    case MONITOR_FALSE_TILES:
    case MONITOR_UNREAD:
        name_difference(result, monitor->newest->head.size, monitor->older->head.size);
        keep_both(home, monitor);
        return CLI_FAILED;
    case MONITOR_FAILED:
        return failure_no_memory();
    }
    return CLI_FAILED;
}
