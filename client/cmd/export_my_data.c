/* export-my-data [--out FILE]: all that the collector keeps of the member, held against the receipts, and all that the
 * folder holds, as one JSON document. */
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "client/cmd/cmd.h"
#include "client/home/begun.h"
#include "client/home/path.h"
#include "client/home/receipts.h"
#include "client/log/own_entries.h"
#include "client/net/erase.h"
#include "client/terminal/failures.h"
#include <errno.h>

#define DOCUMENT_MAX (2 * ACCESS_ANSWER_MAX)

/* The folder. */

struct putting {
    const struct profile *profile;
    enum spool_state state;
    struct buf *out;
    const char *before;
};

static int put_kept_response(void *context, const struct response_id *id)
{
    struct putting *putting = context;
    struct buf jws, answer;
    bool waits = putting->state == SPOOL_WAITING;
    buf_init(&jws, SPOOL_RECORD_MAX);
    buf_init(&answer, SPOOL_RECORD_MAX);
    int result = waits ? spool_read(putting->profile->home, id, &jws)
                       : spool_read_record(putting->profile->home, id, putting->state, &jws, &answer);
    buf_printf(putting->out, "%s{\"round\":\"%s\",\"action\":\"%s\",\"revision\":%lld,\"jws\":", putting->before,
               id->round, id->action, (long long)id->revision);
    json_put_string(putting->out, jws.data, jws.len);
    buf_put_text(putting->out, ",\"answer\":");
    if (waits)
        buf_put_text(putting->out, "null");
    else
        buf_put(putting->out, answer.data, answer.len);
    buf_put_char(putting->out, '}');
    putting->before = ",";
    buf_free(&jws);
    buf_free(&answer);
    return result;
}

/* Answers that were given and not signed yet; null where they can't be read. */
static int put_begun(void *context, const struct response_id *id)
{
    struct putting *putting = context;
    struct buf answers;
    buf_init(&answers, BEGUN_MAX);
    bool is_whole = begun_read(putting->profile->home, id, &answers) == 0;
    buf_printf(putting->out, "%s{\"round\":\"%s\",\"action\":\"%s\",\"revision\":%lld,\"answers\":", putting->before,
               id->round, id->action, (long long)id->revision);
    buf_put_text(putting->out, is_whole ? buf_text(&answers) : "null");
    buf_put_char(putting->out, '}');
    putting->before = ",";
    buf_free(&answers);
    return 0;
}

static int put_folder(struct buf *out, const struct profile *profile)
{
    static const struct {
        const char *name;
        enum spool_state state;
    } lists[] = {
        {"sent", SPOOL_SENT}, {"waiting", SPOOL_WAITING}, {"refused", SPOOL_REFUSED}, {"erased", SPOOL_ERASED}};
    struct buf jws, answer;
    buf_init(&jws, SPOOL_RECORD_MAX);
    buf_init(&answer, SPOOL_RECORD_MAX);
    int result = profile_read_enrolment(profile, &jws, &answer);
    buf_put_text(out, "{\"url\":");
    json_put_text(out, profile->url);
    buf_put_text(out, ",\"panel\":");
    json_put_text(out, profile->panel);
    buf_printf(out, ",\"kid\":\"%s\",\"enrolment\":{\"jws\":", profile->kid);
    json_put_string(out, jws.data, jws.len);
    buf_put_text(out, ",\"answer\":");
    buf_put(out, answer.data, answer.len);
    buf_put_char(out, '}');
    buf_wipe(&jws); /* it holds the code */
    buf_free(&answer);
    for (size_t i = 0; i < sizeof lists / sizeof *lists && result == 0; i++) {
        struct putting putting = {profile, lists[i].state, out, ""};
        buf_printf(out, ",\"%s\":[", lists[i].name);
        result = spool_each(profile->home, lists[i].state, put_kept_response, &putting);
        buf_put_char(out, ']');
    }
    struct putting putting = {.profile = profile, .out = out, .before = ""};
    buf_put_text(out, ",\"begun\":[");
    if (result == 0)
        result = begun_each(profile->home, put_begun, &putting);
    buf_put_text(out, "]}");
    return result;
}

/* What the collector shows. */

static void tell_finding(void *context, const struct member_receipt *receipt, enum own_entry found, int64_t event)
{
    (void)context;
    const char *what = receipt->id ? receipt->id->action : T("the enrolment", "de aanmelding");
    switch (found) {
    case OWN_ENTRY_SHOWN:
        break;
    case OWN_ENTRY_ERASED:
        cli_say(T("entry %lld, %s: erased by the panel office, as entry %lld says",
                  "regel %lld, %s: gewist door het panelbureau, zoals regel %lld zegt"),
                (long long)receipt->index, what, (long long)event);
        break;
    case OWN_ENTRY_TAKEN_BACK:
        cli_say(
            T("entry %lld, %s: erased because that was asked for with your key, not from this folder, as entry %lld "
              "says",
              "regel %lld, %s: gewist omdat daar met uw sleutel om gevraagd is, niet vanuit deze map, zoals regel "
              "%lld zegt"),
            (long long)receipt->index, what, (long long)event);
        break;
    case OWN_ENTRY_MISSING:
        cli_say(T("entry %lld, %s: you hold its receipt, and the collector does not show it",
                  "regel %lld, %s: u hebt het ontvangstbewijs, en de verzamelaar toont het niet"),
                (long long)receipt->index, what);
        break;
    case OWN_ENTRY_OTHER:
        cli_say(T("entry %lld, %s: the collector shows something else than what you signed",
                  "regel %lld, %s: de verzamelaar toont iets anders dan wat u ondertekend hebt"),
                (long long)receipt->index, what);
        break;
    }
}

/* The exit code: whether all that there is a receipt of is shown as it was signed. */
static int compare_with_receipts(const struct profile *profile, struct http *http, const struct json *shown)
{
    struct own_entries entries = {.http = http, .shown = shown, .found = tell_finding};
    if (own_entries_check(&entries, profile) < 0)
        return failure_tell_errno(profile->home);
    if (entries.wrong > 0)
        return cli_fail(entries.wrong == 1
                            ? T("%zu entry is not shown as it was signed", "%zu regel wordt niet getoond zoals "
                                                                           "die ondertekend is")
                            : T("%zu entries are not shown as they were signed",
                                "%zu regels worden niet getoond zoals ze ondertekend zijn"),
                        entries.wrong);
    cli_say(T("%zu of %zu entries that you hold a receipt of are shown as you signed them.",
              "%zu van %zu regels waarvan u een ontvangstbewijs hebt worden getoond zoals u ze ondertekende."),
            entries.shown_count, entries.receipts);
    return CLI_DONE;
}

/* The document. */

static int write_document(const struct buf *document, const char *file)
{
    if (buf_check(document) < 0)
        return failure_no_memory();
    if (!file)
        return cli_print(document, CLI_DOCUMENT);
    if (file_write(file, document->data, document->len) < 0)
        return failure_tell_errno(file);
    cli_say(T("Written to %s.", "Geschreven naar %s."), file);
    return CLI_DONE;
}

static int export_answer(struct profile *profile, struct http *http, const struct http_answer *answer, const char *file)
{
    struct buf document;
    struct json *shown = json_parse(buf_text(&answer->body), answer->body.len, NULL);
    if (!shown || json_type(json_member(shown, "entries")) != JSON_ARRAY) {
        json_free(shown);
        return cli_fail("%s", T("the collector's answer is not what it must be",
                                "het antwoord van de verzamelaar is niet wat het moet zijn"));
    }
    buf_init(&document, DOCUMENT_MAX);
    buf_put_text(&document, "{\"collector\":");
    buf_put(&document, answer->body.data, answer->body.len);
    buf_put_text(&document, ",\"folder\":");
    int exit_code = put_folder(&document, profile) < 0 ? failure_tell_errno(profile->home) : CLI_DONE;
    buf_put_text(&document, "}\n");
    if (exit_code == CLI_DONE)
        exit_code = write_document(&document, file);
    buf_wipe(&document);
    if (exit_code == CLI_DONE)
        exit_code = compare_with_receipts(profile, http, shown);
    json_free(shown);
    return exit_code;
}

static int export_from(struct profile *profile, struct http *http, const void *file)
{
    struct http_answer answer;
    enum http_outcome outcome;
    int exit_code;
    if (file && path_is_in_home(file, profile->home))
        return cli_fail("%s", T("--out would put it among the folder's own files; name a place outside it",
                                "--out zou het tussen de eigen bestanden van de map zetten; noem een plek daarbuiten"));
    http_answer_init(&answer);
    if (erase_ask_access(profile, http, &answer, &outcome) < 0)
        exit_code = failure_no_memory();
    else if (outcome != HTTP_DONE)
        exit_code = failure_tell_answer(
            T("the collector does not show what it keeps of you", "de verzamelaar toont niet wat hij van u bewaart"),
            &answer);
    else
        exit_code = export_answer(profile, http, &answer, file);
    http_answer_free(&answer);
    return exit_code;
}

int cmd_export_my_data(const struct cli_verb *verb, int argc, char **argv)
{
    const char *home = NULL, *file = NULL;
    const struct cli_option options[] = {CMD_OPTION_HOME(&home),
                                         {.name = "out",
                                          .argument = "FILE",
                                          .value = &file,
                                          .english = "where to write it (otherwise standard output)",
                                          .dutch = "waar het heen moet (anders standaarduitvoer)"},
                                         {0}};
    int first, exit_code = cli_parse(verb, options, argc, argv, 0, 0, &first);
    return exit_code == CLI_RUN ? cmd_for_member(home, export_from, file) : exit_code;
}
