/* batch URL --invitations FILE --responses FILE --homes DIR: for paper, telephone and desk. Reads the options and the
 * files, lets the batch be carried out or, with --dry-run, only planned, has it told what came of it, and reported. */
#include "client/batch/batch.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/progress.h"
#include "client/batch/report.h"
#include "client/batch/rows.h"
#include "client/cmd/batch_told.h"
#include "client/cmd/cmd.h"
#include "client/cmd/rounds.h"
#include "client/cmd/terms.h"
#include "client/home/path.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As given on the command line; url as fetch_normalise_url writes it. */
struct batch_options {
    const char *url, *invitations, *responses, *homes, *round, *report;
    const struct csv_format *profile; /* of the report */
    bool as_json, yes, dry_run;
};

/* One run of the verb. */
struct batch_run {
    const struct batch_options *options;
    struct buf texts[2];
    struct batch_file invitations, responses;
    struct batch_report report;
    bool reporting; /* it was begun */
    struct batch_findings findings; /* for it */
    struct progress progress;
    struct batch batch;
};

/* Being stopped. */

static const char *stop_text; /* chosen before it may be needed */

/* Any moment is a good one to be stopped; this only says so. Nothing here but what a signal handler may call. */
static void on_stop(int number)
{
    ssize_t ignored = write(STDERR_FILENO, stop_text, strlen(stop_text));
    (void)ignored;
    signal(number, SIG_DFL);
    raise(number);
}

static void say_when_stopped(void)
{
    stop_text = T("\nStopped. What was signed is kept; the same command goes on from here.\n",
                  "\nGestopt. Wat ondertekend is, is bewaard; hetzelfde commando gaat hier verder.\n");
    signal(SIGINT, on_stop);
    signal(SIGTERM, on_stop);
}

/* While it is at work. */

static void show_step(void *context, enum batch_step step, size_t rows)
{
    struct batch_run *run = context;
    progress_start(&run->progress, step == BATCH_SIGNING ? T("signing", "ondertekenen") : T("sending", "versturen"),
                   rows);
}

static void show_advance(void *context, size_t rows)
{
    struct batch_run *run = context;
    progress_add(&run->progress, rows);
}

static void end_step(void *context)
{
    struct batch_run *run = context;
    progress_end(&run->progress);
}

static void tell_excluded(void *context, const struct batch_member *member, const struct http_answer *answer)
{
    const struct batch_run *run = context;
    struct buf why;
    buf_init(&why, 4096);
    messages_put_reason(&why, answer);
    cli_say(T("%s:%zu: member %s not enrolled: %s", "%s:%zu: panellid %s niet aangemeld: %s"),
            run->options->invitations, member->line, member->name, buf_text(&why));
    buf_free(&why);
}

/* The input. */

static int read_input(struct batch_run *run)
{
    const char *paths[2] = {run->options->invitations, run->options->responses};
    struct batch_file *files[2] = {&run->invitations, &run->responses};
    for (int i = 0; i < 2; i++) {
        if (file_read(paths[i], &run->texts[i]) < 0) {
            failure_tell_errno(paths[i]);
            return -1;
        }
        *files[i] = (struct batch_file){.name = paths[i], .text = buf_text(&run->texts[i]), .len = run->texts[i].len};
    }
    run->responses.findings = run->options->report ? &run->findings : NULL;
    return 0;
}

static int plan_batch(struct batch_run *run)
{
    struct batch *batch = &run->batch;
    struct faults faults, left_out;
    faults_init(&faults);
    faults_init(&left_out);
    /* What is wrong is told by `faults`, all of it at once, so none of these steps ends the others. */
    int found = batch_read_members(batch->plan, &run->invitations, &faults);
    found |= batch_read_rows(batch->plan, &run->responses, &batch->context, &faults, &left_out);
    if (!batch->plan->lacks_members) {
        found |= batch_plan_finish(batch->plan, &run->responses, &faults);
        found |= batch_look_up(batch, &run->responses, &faults);
    }
    failure_say_faults("", &faults);
    failure_say_faults("", &left_out);
    faults_free(&faults);
    faults_free(&left_out);
    if (found < 0)
        cli_fail("%s", T("nothing was sent; mend the files and try again",
                         "er is niets verstuurd; verbeter de bestanden en probeer het opnieuw"));
    return found;
}

/* Whether anyone of the file is not enrolled yet, as far as the homes tell. */
static bool enrols_anyone(const struct batch *batch)
{
    struct buf path;
    bool does = false;
    buf_init(&path, PATH_MAX);
    for (size_t i = 0; i < batch->plan->member_count && !does; i++) {
        buf_reset(&path);
        if (batch_home(batch, i, &path) == 0) {
            buf_put_text(&path, "/member.json");
            does = buf_check(&path) == 0 && !file_exists(buf_text(&path));
        }
    }
    buf_free(&path);
    return does;
}

/* Who answered on paper or by telephone must have been told what the panel says of itself; the desk answers for that.
 * -1: it does not; said. */
static int agree_for_members(const struct batch_run *run)
{
    if (!enrols_anyone(&run->batch) || !terms_show(run->batch.context.catalogue->panel) || run->options->yes ||
        terms_ask(T("Were all who are enrolled now told this, and do they take part? [yes/no] ",
                    "Is dit verteld aan allen die nu aangemeld worden, en doen zij mee? [ja/nee] ")) == 0)
        return 0;
    cli_fail("%s", T("nothing was sent; where they were told this and take part, --yes says so",
                     "er is niets verstuurd; is het hun verteld en doen zij mee, dan zegt --yes dat"));
    return -1;
}

/* The report. */

/* Whether a report there would take the place of what it is made from, or lie among what a member's folder keeps. */
static bool would_overwrite(const struct batch_options *options)
{
    const char *inputs[2] = {options->invitations, options->responses};
    struct stat report, input;
    for (int i = 0; i < 2; i++)
        if (stat(options->report, &report) == 0 && stat(inputs[i], &input) == 0 && report.st_dev == input.st_dev &&
            report.st_ino == input.st_ino)
            return true;
    return path_is_in_one_of(options->report, options->homes);
}

/* -1, having said so: it could not be written. */
static int begin_report(struct batch_run *run)
{
    const struct batch_options *options = run->options;
    if (!options->report)
        return 0;
    if (batch_report_begin(&run->report, options->report, options->profile) < 0) {
        failure_tell_errno(options->report);
        return -1;
    }
    run->reporting = true;
    return 0;
}

/* Once it is known what became of the rows. Returns the exit code. */
static int finish_report(struct batch_run *run, int exit_code)
{
    if (!run->reporting)
        return exit_code;
    run->reporting = false;
    if (batch_report_finish(&run->report, &run->batch, &run->findings) < 0)
        return failure_tell_errno(run->options->report);
    cli_say(T("What became of each row: %s.", "Wat er van elke rij werd: %s."), run->options->report);
    return exit_code;
}

/* Where it did not come so far that there is anything to report. */
static void end_report(struct batch_run *run)
{
    if (run->reporting)
        batch_report_drop(&run->report);
    batch_findings_free(&run->findings);
}

/* The verb. */

static int sign_and_send_all(struct batch_run *run)
{
    struct batch *batch = &run->batch;
    say_when_stopped();
    enum batch_result result = batch_sign(batch);
    if (result == BATCH_DONE)
        result = batch->offline ? BATCH_OFFLINE : batch_send(batch);
    return batch_tell_result(batch, run->options->responses, result, run->options->as_json);
}

static int plan_and_carry_out(struct batch_run *run)
{
    if (plan_batch(run) < 0)
        return finish_report(run, CLI_FAILED);
    if (run->options->dry_run)
        return finish_report(run, batch_tell_plan(&run->batch, run->options->as_json));
    return agree_for_members(run) < 0 ? CLI_FAILED : finish_report(run, sign_and_send_all(run));
}

static int carry_out(struct batch_run *run)
{
    struct batch *batch = &run->batch;
    struct batch_plan plan = {0};
    int exit_code = CLI_FAILED;
    batch->plan = &plan;
    batch->context.round = rounds_pick(batch->context.catalogue, run->options->round, clock_now());
    if (batch->context.round && begin_report(run) == 0)
        exit_code = plan_and_carry_out(run);
    end_report(run);
    batch_plan_free(&plan);
    batch->plan = NULL;
    return exit_code;
}

static int carry_out_with_catalogue(struct batch_run *run)
{
    struct batch *batch = &run->batch;
    struct catalogue catalogue;
    http_set_policy(batch->http, &retry_for_person); /* there is nothing to be lost yet */
    enum catalogue_result got = catalogue_get(&catalogue, batch->homes, batch->url, batch->http, &batch->answer);
    if (got != CATALOGUE_FRESH && got != CATALOGUE_KEPT)
        return rounds_explain(got, &batch->answer);
    http_set_policy(batch->http, &retry_for_batch);
    batch->offline = got == CATALOGUE_KEPT;
    if (got == CATALOGUE_FRESH)
        messages_say_clock(&batch->answer);
    batch->context.catalogue = &catalogue;
    int exit_code = carry_out(run);
    batch->context.catalogue = NULL;
    catalogue_free(&catalogue);
    return exit_code;
}

/* Two batches at once in one folder would each think the other's rows its own. */
static int lock_homes(const char *homes)
{
    char path[PATH_MAX];
    if (file_make_folder(homes) < 0 || snprintf(path, sizeof path, "%s/.lock", homes) >= (int)sizeof path) {
        failure_tell_errno(homes);
        return -1;
    }
    int lock = file_lock(path);
    if (lock < 0 && errno == EWOULDBLOCK)
        cli_fail(T("another batch is at work in %s", "een andere batch is bezig in %s"), homes);
    else if (lock < 0)
        failure_tell_errno(homes);
    return lock;
}

static int run_locked(struct batch_run *run)
{
    struct batch *batch = &run->batch;
    int exit_code = CLI_FAILED;
    http_answer_init(&batch->answer);
    for (int i = 0; i < 2; i++)
        buf_init(&run->texts[i], BATCH_FILE_MAX);
    batch->http = http_open(batch->url, &retry_for_batch);
    batch->bulk = spool_bulk_open(batch->homes);
    if (!batch->http)
        failure_no_memory();
    else if (!batch->bulk)
        failure_tell_errno(batch->homes);
    else if (read_input(run) == 0)
        exit_code = carry_out_with_catalogue(run);
    buf_wipe(&run->texts[0]); /* codes */
    buf_free(&run->texts[1]);
    spool_bulk_close(batch->bulk);
    pin_free(batch->log);
    http_close(batch->http);
    http_answer_free(&batch->answer);
    return exit_code;
}

static int run_batch(const struct batch_options *options)
{
    int lock = lock_homes(options->homes);
    if (lock < 0)
        return CLI_FAILED;
    struct batch_run run = {.options = options};
    struct batch_listener listener = {&run, show_step, show_advance, end_step, tell_excluded};
    run.batch = (struct batch){.homes = options->homes, .url = options->url, .listener = &listener};
    int exit_code = run_locked(&run);
    close(lock);
    return exit_code;
}

static int run_batch_at(struct batch_options *given, const char *typed_url)
{
    struct buf url;
    int exit_code;
    buf_init(&url, FETCH_URL_MAX);
    if (fetch_normalise_url(typed_url, &url) < 0) {
        exit_code = cli_misuse(
            "%s", T("the URL must be as https://panel.example.nl", "de URL moet zijn zoals https://panel.example.nl"));
    } else {
        given->url = buf_text(&url);
        exit_code = run_batch(given);
    }
    buf_free(&url);
    return exit_code;
}

/* What no single option can tell by itself. CLI_RUN when all is well. */
static int check_options(struct batch_options *given, const char *profile)
{
    given->profile = csv_format_find(profile);
    if (!given->profile)
        return cli_misuse(T("--profile is rfc4180 or excel-nl, not %s", "--profile is rfc4180 of excel-nl, niet %s"),
                          profile);
    if (!given->invitations || !given->responses || !given->homes)
        return cli_misuse("%s", T("--invitations, --responses and --homes are all needed",
                                  "--invitations, --responses en --homes zijn alle drie nodig"));
    if (given->report && would_overwrite(given))
        return cli_misuse("%s",
                          T("--report would overwrite a file that is read, or lie in a member's folder; name another",
                            "--report zou een bestand overschrijven dat gelezen wordt, of in de map van een "
                            "panellid komen; noem een ander"));
    return CLI_RUN;
}

int cmd_batch(const struct cli_verb *verb, int argc, char **argv)
{
    struct batch_options given = {0};
    const char *profile = csv_rfc4180.name;
    bool plain = false;
    const struct cli_option options[] = {
        {"invitations", "FILE", &given.invitations, NULL, "CSV member,code", "CSV member,code"},
        {"responses", "FILE", &given.responses, NULL, "CSV member,action[,revision],question...",
         "CSV member,action[,revision],vraag..."},
        {"homes", "DIR", &given.homes, NULL, "where each member has a folder", "waar elk panellid een map heeft"},
        {"round", "ROUND", &given.round, NULL, "the round, where more than one is open",
         "de ronde, als er meer dan een open is"},
        {"report", "FILE", &given.report, NULL, "what became of each row, as CSV", "wat er van elke rij werd, als CSV"},
        {"profile", "rfc4180|excel-nl", &profile, NULL, "of the report: rfc4180 (default) or excel-nl",
         "van het verslag: rfc4180 (standaard) of excel-nl"},
        {"dry-run", NULL, NULL, &given.dry_run, "check every row; sign and send nothing",
         "controleer elke rij; onderteken en verstuur niets"},
        CMD_OPTION_JSON(&given.as_json),
        CMD_OPTION_PLAIN(&plain),
        {"yes", NULL, NULL, &given.yes, "all who are enrolled were told what the panel says of itself",
         "allen die aangemeld worden hoorden wat het panel over zichzelf zegt"},
        {0},
    };
    int first;
    int exit_code = cli_parse(verb, options, argc, argv, 1, 1, &first);
    if (exit_code == CLI_RUN)
        exit_code = check_options(&given, profile);
    if (plain)
        cmd_make_plain();
    return exit_code == CLI_RUN ? run_batch_at(&given, argv[first]) : exit_code;
}
