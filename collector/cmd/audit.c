/* audit: the log worked out anew and compared with what is stored, or, with --url, with what a collector shows. Reads
 * one moment of the store, also beside a running daemon. Puts the rooms together; knows neither an entry nor a
 * table. */
#include "collector/audit/audit.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/url.h"
#include "collector/audit/pages.h"
#include "collector/audit/remote.h"
#include "collector/audit/shown.h"
#include "collector/audit/stored.h"
#include "collector/cmd/cmd.h"
#include "collector/log/last_checkpoint.h"
#include "collector/log/log_key.h"
#include "collector/tables/sheet.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER_SIZE 4096
#define AUDIT_MEMORY ((size_t)512 * 1024 * 1024) /* bytes, about, for what members and responses make */

struct audit_run {
    struct config config;
    struct store *store; /* NULL: with --url */
    struct stored stored; /* it, as a source */
    struct remote *remote; /* NULL: without */
    struct catalogue *catalogue;
    struct parallel *parallel;
    struct audit *audit;
    struct listing listing;
    struct note_key key; /* the log's; without a name where it is not known */
    struct buf key_text;
    struct audit_findings findings;
    struct progress progress;
    const char *out; /* NULL: no tables */
    struct scratch scratch; /* where what is larger than AUDIT_MEMORY goes */
    enum store_result last_found;
    struct merkle_head last; /* that was signed */
    struct error last_error;
};

static void print_finding(void *context, const char *finding)
{
    (void)context;
    printf("%s\n", finding);
}

static void print_note(void *context, const char *note)
{
    (void)context;
    printf(T("note: %s\n", "ter kennis: %s\n"), note);
}

static void show_progress(void *context, int64_t done, int64_t size)
{
    struct audit_run *run = context;
    if (done == 0)
        progress_start(&run->progress, T("reading", "lezen"), (size_t)size);
    progress_add(&run->progress, (size_t)done - run->progress.done);
    if (done == size)
        progress_end(&run->progress);
}

static enum store_result read_audited_entry(void *context, int64_t index, struct buf *out, int64_t *erased_by,
                                            struct error *error)
{
    struct audit_run *run = context;
    return run->store ? stored_entry(&run->stored, index, out, erased_by, error)
                      : remote_entry(run->remote, index, out, erased_by, error);
}

/* The checkpoint. */

/* The last checkpoint beside the key, which need not be at hand in full: its signature is checked with the store's
 * verifier key. To be read before the moment of the store is chosen: a running daemon commits before it signs, so that
 * the store can only be further. */
static void read_checkpoint(struct audit_run *run)
{
    const struct config *config = &run->config;
    char path[LOG_KEY_PATH_SIZE];
    struct buf verifier;
    buf_init(&verifier, NOTE_MAX);
    run->last_found = STORE_FAILED;
    enum store_result key = store_log_key_read(run->store, &verifier);
    if (log_key_path(config->values[CONFIG_LOG_KEY], config->values[CONFIG_STORE], path) < 0)
        error_set(&run->last_error, ERROR_REFUSED, "%s",
                  T("the name of the log's key is too long", "de naam van de sleutel van het logboek is te lang"));
    else if (key == STORE_FAILED)
        store_fail(run->store, &run->last_error);
    else if (key != STORE_OK)
        error_set(&run->last_error, ERROR_DAMAGED, "%s",
                  T("the store names no log key", "de opslag noemt geen sleutel van het logboek"));
    else
        run->last_found = last_checkpoint_read(path, buf_text(&verifier), &run->last, &run->last_error);
    if (run->last_found != STORE_FAILED && note_key_parse(buf_text(&verifier), verifier.len, &run->key, NULL) < 0)
        run->key.name[0] = '\0';
    buf_free(&verifier);
}

#define STANDBY_TRIES 100 /* of a tenth of a second */

/* A standby comes by what was signed somewhat later than who signed it. -1: *error, also when it does not. */
static int await_checkpoint(struct audit_run *run, struct error *error)
{
    int64_t size = 0;
    bool is_standby = run->config.values[CONFIG_READ_STORE][0] != '\0';
    for (int i = 0; is_standby && run->last_found == STORE_OK && i < STANDBY_TRIES; i++) {
        if (store_entry_count(run->store, &size) != STORE_OK)
            return store_fail(run->store, error);
        if ((uint64_t)size >= run->last.size)
            return 0;
        clock_sleep_ms(100);
    }
    return !is_standby || run->last_found != STORE_OK
               ? 0
               : error_set(error, ERROR_BUSY,
                           T("read_store has %lld of the %llu entries that were signed; it is behind, or another log's",
                             "read_store heeft %lld van de %llu regels die getekend zijn; ze loopt achter, of is van "
                             "een ander logboek"),
                           (long long)size, (unsigned long long)run->last.size);
}

/* What can't be had for want of memory is no finding. */
static int expect_checkpoint(struct audit_run *run, int64_t size, struct error *error)
{
    switch (run->last_found) {
    case STORE_OK:
        return audit_compare_head(run->audit, &run->last) == 0 ? 0 : error_no_memory(error);
    case STORE_NONE:
        if (size > 0) /* the empty log is signed before anything is appended */
            findings_add(&run->findings, "%s",
                         T("checkpoint: the last one beside the log's key is missing",
                           "controlepunt: het laatste naast de sleutel van het logboek ontbreekt"));
        break;
    case STORE_ERASED: /* of entries alone */
    case STORE_FAILED:
        if (run->last_error.kind == ERROR_MEMORY) {
            *error = run->last_error;
            return -1;
        }
        findings_add(&run->findings, "%s", run->last_error.text);
        break;
    }
    return 0;
}

/* The tables. */

/* The recomputed counters of each action in the list; NULL: no memory. */
static const int64_t **list_counts(const struct audit_run *run, const struct law *law, size_t round)
{
    size_t count = law->catalogue->actions->count;
    const int64_t **counts = mem_calloc(count, sizeof *counts);
    for (size_t i = 0; counts && i < count; i++)
        counts[i] = fold_counts(replay_fold(audit_replay(run->audit)), law->rounds[round], law->actions[i]);
    return counts;
}

static int write_recomputed_table(const struct sheet_source *source, const char *folder)
{
    char name[32];
    struct error error;
    struct buf text;
    uint64_t rows;
    buf_init(&text, SIZE_MAX);
    snprintf(name, sizeof name, "%s.csv", table_name(source->table));
    int result =
        sheet_put(source, &text, &rows, &error) == 0 ? cmd_write_file(folder, name, &text) : cli_fail("%s", error.text);
    buf_free(&text);
    return result;
}

static int write_round_tables(const struct audit_run *run, const struct law *law, size_t round)
{
    char folder[FOLDER_SIZE];
    struct sheet_source source = {.catalogue = law->catalogue, .round = round, .format = &csv_rfc4180};
    if (snprintf(folder, sizeof folder, "%s/%s/exact", run->out, law->catalogue->panel->rounds[round].id) >=
        (int)sizeof folder)
        return cli_fail(T("the name of folder %s is too long", "de naam van map %s is te lang"), run->out);
    const int64_t **counts = list_counts(run, law, round);
    if (!counts)
        return cmd_no_memory();
    source.counts = counts;
    int result = cmd_make_folder(folder);
    for (int table = TABLE_SUMMARY; table <= TABLE_OPTIONS && result == CLI_DONE; table++) {
        source.table = (enum table)table;
        result = write_recomputed_table(&source, folder);
    }
    mem_free(counts);
    return result;
}

static int write_all_tables(const struct audit_run *run)
{
    int result = CLI_DONE;
    const struct law *law = replay_law(audit_replay(run->audit));
    for (size_t round = 0; run->out && law && round < law->catalogue->panel->round_count && result == CLI_DONE; round++)
        result = write_round_tables(run, law, round);
    return result;
}

/* All of it. */

static int tell_verdict(const struct audit_run *run)
{
    struct merkle_head head;
    audit_head(run->audit, &head);
    size_t findings = run->findings.count;
    const char *entries = head.size == 1 ? T("entry", "regel") : T("entries", "regels");
    if (findings > 0)
        return cli_fail(T("%zu %s in a log of %llu %s", "%zu %s in een logboek van %llu %s"), findings,
                        findings == 1 ? T("thing differs", "ding wijkt af") : T("things differ", "dingen wijken af"),
                        (unsigned long long)head.size, entries);
    struct fold *fold = replay_fold(audit_replay(run->audit));
    struct replay_totals totals;
    replay_totals(audit_replay(run->audit), &totals);
    size_t members = fold_member_count(fold), currents = fold_current_count(fold);
    cli_say(T("%llu %s, %lld %s, %zu %s, %zu %s: all as the log says",
              "%llu %s, %lld %s, %zu %s, %zu %s: alles zoals het logboek zegt"),
            (unsigned long long)head.size, entries, (long long)totals.letters,
            totals.letters == 1 ? T("invitation", "uitnodiging") : T("invitations", "uitnodigingen"), members,
            members == 1 ? T("member", "panellid") : T("members", "panelleden"), currents,
            currents == 1 ? T("current response", "huidige reactie") : T("current responses", "huidige reacties"));
    return CLI_DONE;
}

static int begin_audit(struct audit_run *run, int64_t size, struct error *error)
{
    struct replay_setup setup = {.document = run->store ? stored_document : remote_document,
                                 .context = run->store ? (void *)&run->stored : run->remote,
                                 .release_file = run->store ? stored_release_file : remote_release_file,
                                 .findings = &run->findings,
                                 .scratch = &run->scratch,
                                 .memory = AUDIT_MEMORY};
    if (run->key.name[0] != '\0') {
        note_key_put(&run->key_text, &run->key);
        setup.origin = run->key.name;
        setup.log_key = buf_text(&run->key_text);
    }
    run->findings = (struct audit_findings){.tell = print_finding, .note = print_note};
    run->parallel = parallel_new(parallel_cores());
    run->audit = run->parallel ? audit_new(&setup, run->parallel) : NULL;
    if (!run->audit)
        return error_no_memory(error);
    if (expect_checkpoint(run, size, error) < 0)
        return -1;
    return audit_begin(run->audit, &run->listing, run->catalogue, error);
}

/* Whose acts the log tells of is to be compared with what others have seen, as the log's key is. */
static void tell_operator(const struct audit_run *run)
{
    struct replay_totals totals;
    char kid[KID_SIZE];
    replay_totals(audit_replay(run->audit), &totals);
    if (!totals.has_operator)
        return;
    key_thumbprint(totals.operator_key, kid);
    cli_say(T("the operator's key: %s", "de sleutel van de beheerder: %s"), kid);
}

/* Of a collector elsewhere: what it shows now, and what its pages are. */
static int check_shown(struct audit_run *run, int64_t size, struct error *error)
{
    if (shown_check(run->remote, audit_replay(run->audit), size, error) < 0)
        return -1;
    struct replay_totals totals;
    replay_totals(audit_replay(run->audit), &totals);
    return pages_check(remote_peer(run->remote), &totals, &run->findings, error);
}

/* With the catalogue, the events and the checkpoint at hand: reads, compares, writes, concludes. */
static int audit_log(struct audit_run *run, const struct audit_source *source)
{
    struct error error = {0};
    int result = begin_audit(run, source->size, &error);
    if (result == 0)
        result = audit_read(run->audit, source, run->store, &error);
    progress_end(&run->progress);
    if (result == 0)
        result = audit_compare(run->audit, run->store, &error);
    if (result == 0 && run->store && store_check(run->store) != STORE_OK)
        result = store_fail(run->store, &error);
    if (result == 0 && run->remote)
        result = check_shown(run, source->size, &error);
    if (result < 0)
        return cli_fail("%s", error.text);
    result = write_all_tables(run);
    if (run->remote)
        tell_operator(run);
    return result == CLI_DONE ? tell_verdict(run) : result;
}

static void free_run(struct audit_run *run)
{
    audit_free(run->audit);
    stored_wipe(&run->stored);
    listing_wipe(&run->listing);
    buf_free(&run->key_text);
    parallel_free(run->parallel);
    catalogue_release(run->catalogue);
    remote_close(run->remote);
    if (run->store)
        store_rollback(run->store);
    store_close(run->store);
}

static int audit_store(struct audit_run *run)
{
    struct audit_source source = {.read = read_audited_entry, .progress = show_progress, .context = run};
    read_checkpoint(run);
    struct error error;
    if (await_checkpoint(run, &error) < 0)
        return cli_fail("%s", error.text);
    if (store_begin_reading(run->store) != STORE_OK)
        return cmd_store_failed(run->store);
    if ((run->catalogue = catalogue_load(run->store, &error)) == NULL)
        return cli_fail("%s", error.text);
    if (store_entry_count(run->store, &source.size) != STORE_OK)
        return cmd_store_failed(run->store);
    stored_init(&run->stored, run->store, run->catalogue);
    if (stored_listing(&run->stored, &run->listing, &error) < 0)
        return cli_fail("%s", error.text);
    return audit_log(run, &source);
}

/* Over HTTP. */

/* Which key the log has is not for the collector to say alone: it is shown, to be compared with what members pinned. */
static int audit_remote(struct audit_run *run)
{
    struct buf text;
    struct error error;
    if (remote_head(run->remote, &run->key, &run->last, &error) < 0 ||
        (run->catalogue = remote_catalogue(run->remote, &error)) == NULL)
        return cli_fail("%s", error.text);
    buf_init(&text, NOTE_MAX);
    note_key_put(&text, &run->key);
    cli_say(T("the log's key: %s", "de sleutel van het logboek: %s"), buf_text(&text));
    buf_free(&text);
    if (run->last.size > INT64_MAX)
        return cli_fail("%s", T("the checkpoint covers more entries than there can be",
                                "het controlepunt beslaat meer regels dan er kunnen zijn"));
    run->last_found = STORE_OK;
    struct audit_source source = {
        .read = read_audited_entry, .progress = show_progress, .context = run, .size = (int64_t)run->last.size};
    if (remote_listing(run->remote, source.size, &run->listing, &error) < 0)
        return cli_fail("%s", error.text);
    return audit_log(run, &source);
}

/* The token is never on the command line, where every user of the machine could read it. */
static int read_token(const char *file, struct buf *out)
{
    const char *given = getenv("BURGERPANEL_TOKEN");
    if (!file && (!given || given[0] == '\0'))
        return cli_misuse(
            "%s", T("--url needs an auditor's token: --token-file FILE, or BURGERPANEL_TOKEN in the environment",
                    "--url heeft het token van een auditor nodig: --token-file BESTAND, of BURGERPANEL_TOKEN in de "
                    "omgeving"));
    if (!file)
        buf_put_text(out, given);
    else if (cmd_read_file(file, out) != CLI_DONE)
        return CLI_FAILED;
    while (out->len > 0 && (out->data[out->len - 1] == '\n' || out->data[out->len - 1] == '\r'))
        out->data[--out->len] = '\0';
    return buf_check(out) < 0 ? cli_fail("%s", T("that is no access token", "dat is geen toegangstoken")) : CLI_DONE;
}

static int audit_url(struct audit_run *run, const char *url, const char *token_file)
{
    struct buf token;
    struct error error;
    buf_init(&token, PEER_TOKEN_MAX + 2);
    int result = read_token(token_file, &token);
    if (result == CLI_DONE) {
        if (url_is_exposed(url))
            cli_say("%s", T("Mind: this URL is http, so the token can be read on the way.",
                            "Let op: deze URL is http, dus het token is onderweg te lezen."));
        run->remote = remote_open(url, buf_text(&token), &error);
        result = run->remote ? audit_remote(run) : cli_fail("%s", error.text);
    }
    buf_wipe(&token);
    return result;
}

/* The verb. */

int cmd_audit(const struct cli_verb *verb, int argc, char **argv)
{
    struct audit_run run = {.scratch = {.folder = scratch_folder()}};
    const char *url = NULL, *token_file = NULL;
    const struct cli_option options[] = {
        {"out", "DIR", &run.out, NULL, "write the recomputed tables of every round",
         "schrijf de herberekende tabellen van elke ronde"},
        {"temp", "DIR", &run.scratch.folder, NULL, "where what does not fit in memory goes (or TMPDIR; /var/tmp)",
         "waar komt wat niet in het geheugen past (of TMPDIR; /var/tmp)"},
        {"url", "URL", &url, NULL, "audit the collector there, over HTTP", "controleer de verzamelaar daar, over HTTP"},
        {"token-file", "FILE", &token_file, NULL, "an auditor's token, for --url (or BURGERPANEL_TOKEN)",
         "het token van een auditor, voor --url (of BURGERPANEL_TOKEN)"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (result != CLI_RUN)
        return result;
    buf_init(&run.key_text, NOTE_MAX);
    if (!url && token_file)
        return cli_misuse("%s", T("--token-file goes with --url", "--token-file hoort bij --url"));
    if (url)
        result = audit_url(&run, url, token_file);
    else if ((run.store = cmd_open_walk(&run.config, &result)) != NULL)
        result = audit_store(&run);
    free_run(&run);
    return result;
}
