/* batch URL --invitations FILE --responses FILE --homes DIR: for paper, telephone and desk. Reads the options and the
 * files, lets the batch be carried out, and tells what came of it. */
#include "client/batch/batch.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/progress.h"
#include "client/batch/rows.h"
#include "client/cmd/cmd.h"
#include "client/cmd/rounds.h"
#include "client/cmd/terms.h"
#include "client/home/held.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As given on the command line; url as fetch_normalise_url writes it. */
struct batch_options {
    const char *url, *invitations, *responses, *homes, *round;
    bool as_json, yes;
};

/* One run of the verb. */
struct batch_run {
    const struct batch_options *options;
    struct buf texts[2];
    struct batch_file invitations, responses;
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

/* What came of it. */

struct summary {
    size_t sent, refused, erased, kept, held, not_enrolled, too_long; /* `held` are among those kept */
};

static void tell_refused(const struct batch_run *run, const struct batch_row *row, struct buf *text)
{
    const struct batch *batch = &run->batch;
    struct response_id id;
    struct buf home, answer;
    buf_init(&home, PATH_MAX);
    buf_init(&answer, SPOOL_RECORD_MAX);
    buf_reset(text);
    if (batch_row_id(row, &batch->context, &id) == 0 && batch_home(batch, row->member, &home) == 0 &&
        spool_read_answer(buf_text(&home), &id, SPOOL_REFUSED, &answer) == 0) {
        struct json *document = json_parse(buf_text(&answer), answer.len, NULL);
        const char *type = json_text(json_member(document, "type"));
        enum problem problem = type ? problem_find(type) : PROBLEM_NONE;
        buf_printf(
            text,
            T("%s:%zu: member %s, %s, revision %lld refused: ", "%s:%zu: panellid %s, %s, herziening %lld geweigerd: "),
            run->options->responses, row->line, batch->plan->members[row->member].name, id.action,
            (long long)id.revision);
        messages_put_problem(text, problem, problem_status(problem));
        cli_say("%s", buf_text(text));
        messages_say_errors(buf_text(&answer), answer.len);
        json_free(document);
    }
    buf_free(&home);
    buf_free(&answer);
}

/* Which row it is, before what is said of it. */
static void put_row_name(struct buf *out, const struct batch_run *run, const struct batch_row *row)
{
    const struct batch *batch = &run->batch;
    buf_printf(out, T("%s:%zu: member %s, %s: ", "%s:%zu: panellid %s, %s: "), run->options->responses, row->line,
               batch->plan->members[row->member].name, batch->context.catalogue->actions->list[row->action].id);
}

static void tell_held(const struct batch_run *run, const struct batch_row *row, struct buf *text)
{
    struct response_id id;
    struct buf home;
    buf_init(&home, PATH_MAX);
    buf_reset(text);
    put_row_name(text, run, row);
    buf_put_text(text, T("not taken now: ", "nu niet aangenomen: "));
    if (batch_row_id(row, &run->batch.context, &id) == 0 && batch_home(&run->batch, row->member, &home) == 0)
        messages_put_held(text, held_reason(buf_text(&home), &id));
    cli_say("%s", buf_text(text));
    buf_free(&home);
}

static struct summary sum_up(const struct batch_run *run)
{
    const struct batch *batch = &run->batch;
    struct summary sum = {0};
    struct buf text;
    buf_init(&text, 64 * 1024);
    for (size_t i = 0; i < batch->plan->row_count; i++) {
        const struct batch_row *row = &batch->plan->rows[i];
        sum.sent += row->state == SPOOL_SENT;
        sum.kept += row->state == SPOOL_WAITING && row->exclusion == ROW_INCLUDED;
        sum.refused += row->state == SPOOL_REFUSED;
        sum.erased += row->state == SPOOL_ERASED;
        sum.not_enrolled +=
            row->exclusion == ROW_NOT_ENROLLED && (row->state == SPOOL_UNKNOWN || row->state == SPOOL_WAITING);
        sum.too_long += row->exclusion == ROW_TOO_LONG;
        sum.held += row->held;
        if (row->state == SPOOL_REFUSED)
            tell_refused(run, row, &text);
        if (row->held)
            tell_held(run, row, &text);
    }
    buf_free(&text);
    return sum;
}

static void tell_offline(const struct batch *batch)
{
    struct buf why;
    buf_init(&why, 4096);
    messages_put_reason(&why, &batch->answer);
    cli_say("%s.", buf_text(&why));
    cli_say("%s", T("Give the same command again later to go on.",
                    "Geef later hetzelfde commando opnieuw om verder te gaan."));
    buf_free(&why);
}

/* What there is none of is left out, but for what everybody looks for. */
static void say_summary(size_t rows, const struct summary *sum)
{
    struct buf text;
    buf_init(&text, 1024);
    buf_printf(&text, T("%zu %s: %zu sent, %zu refused", "%zu %s: %zu verstuurd, %zu geweigerd"), rows,
               rows == 1 ? T("row", "rij") : T("rows", "rijen"), sum->sent, sum->refused);
    if (sum->not_enrolled > 0)
        buf_printf(&text, T(", %zu of members not enrolled", ", %zu van niet aangemelde leden"), sum->not_enrolled);
    if (sum->erased > 0)
        buf_printf(&text, T(", %zu erased since", ", %zu sindsdien gewist"), sum->erased);
    if (sum->too_long > 0)
        buf_printf(&text, T(", %zu too long", ", %zu te lang"), sum->too_long);
    if (sum->kept > 0)
        buf_printf(&text, T(", %zu kept to send later", ", %zu bewaard voor later"), sum->kept);
    cli_say("%s.", buf_text(&text));
    buf_free(&text);
}

static int tell_result(const struct batch_run *run, enum batch_result result)
{
    const struct batch *batch = &run->batch;
    struct summary sum = sum_up(run);
    int exit_code = sum.refused || sum.held || sum.not_enrolled || sum.too_long ? CLI_FAILED : CLI_DONE;
    if (run->options->as_json)
        printf("{\"rows\":%zu,\"sent\":%zu,\"refused\":%zu,\"notEnrolled\":%zu,\"tooLong\":%zu,\"spooled\":%zu}\n",
               batch->plan->row_count, sum.sent, sum.refused, sum.not_enrolled, sum.too_long, sum.kept);
    if (result == BATCH_UNPROVEN)
        exit_code = cli_fail(
            T("the collector says that it has responses of which the receipts do not hold (%zu, the last: %s); they "
              "stay in the spool, the answers lie in evidence/ of their homes",
              "de verzamelaar zegt reacties te hebben waarvan de ontvangstbewijzen niet kloppen (%zu, de laatste: %s); "
              "ze blijven bewaard, de antwoorden liggen in evidence/ van hun mappen"),
            batch->unproven, batch->why.text);
    if (result == BATCH_FAILED)
        exit_code = cli_fail("%s", batch->error.text);
    if (result == BATCH_BLOCKED)
        exit_code = failure_tell_answer(T("not all was sent", "niet alles is verstuurd"), &batch->answer);
    say_summary(batch->plan->row_count, &sum);
    if (result == BATCH_OFFLINE && sum.kept > 0)
        tell_offline(batch);
    return exit_code;
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
        *files[i] = (struct batch_file){paths[i], buf_text(&run->texts[i]), run->texts[i].len};
    }
    return 0;
}

static int plan_batch(struct batch_run *run)
{
    struct batch *batch = &run->batch;
    struct faults faults, left_out;
    faults_init(&faults);
    faults_init(&left_out);
    int members = batch_read_members(batch->plan, &run->invitations, &faults);
    int rows = batch_read_rows(batch->plan, &run->responses, &batch->context, &faults, &left_out);
    int order = members < 0 || rows < 0 ? -1 : batch_plan_finish(batch->plan, &run->responses, &faults);
    if (order == 0)
        order = batch_look_up(batch, &run->responses, &faults);
    failure_say_faults("", &faults);
    failure_say_faults("", &left_out);
    faults_free(&faults);
    faults_free(&left_out);
    if (order < 0)
        cli_fail("%s", T("nothing was sent; mend the files and try again",
                         "er is niets verstuurd; verbeter de bestanden en probeer het opnieuw"));
    return order;
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

/* The verb. */

static int carry_out(struct batch_run *run)
{
    struct batch *batch = &run->batch;
    struct batch_plan plan = {0};
    int exit_code = CLI_FAILED;
    batch->plan = &plan;
    batch->context.round = rounds_pick(batch->context.catalogue, run->options->round, clock_now());
    if (batch->context.round && plan_batch(run) == 0 && agree_for_members(run) == 0) {
        say_when_stopped();
        enum batch_result result = batch_sign(batch);
        if (result == BATCH_DONE)
            result = batch->offline ? BATCH_OFFLINE : batch_send(batch);
        exit_code = tell_result(run, result);
    }
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
    if (file_make_folder(homes, 0700) < 0 || snprintf(path, sizeof path, "%s/.lock", homes) >= (int)sizeof path) {
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

int cmd_batch(const struct cli_verb *verb, int argc, char **argv)
{
    struct batch_options given = {0};
    const struct cli_option options[] = {
        {.name = "invitations",
         .argument = "FILE",
         .value = &given.invitations,
         .english = "CSV member,code",
         .dutch = "CSV member,code"},
        {.name = "responses",
         .argument = "FILE",
         .value = &given.responses,
         .english = "CSV member,action[,revision],question...",
         .dutch = "CSV member,action[,revision],vraag..."},
        {.name = "homes",
         .argument = "DIR",
         .value = &given.homes,
         .english = "where each member has a folder",
         .dutch = "waar elk panellid een map heeft"},
        {.name = "round",
         .argument = "ROUND",
         .value = &given.round,
         .english = "the round, where more than one is open",
         .dutch = "de ronde, als er meer dan een open is"},
        CMD_OPTION_JSON(&given.as_json),
        {.name = "yes",
         .flag = &given.yes,
         .english = "all who are enrolled were told what the panel says of itself",
         .dutch = "allen die aangemeld worden hoorden wat het panel over zichzelf zegt"},
        {0},
    };
    int first;
    int exit_code = cli_parse(verb, options, argc, argv, 1, 1, &first);
    if (exit_code != CLI_RUN)
        return exit_code;
    if (!given.invitations || !given.responses || !given.homes)
        return cli_misuse("%s", T("--invitations, --responses and --homes are all needed",
                                  "--invitations, --responses en --homes zijn alle drie nodig"));
    return run_batch_at(&given, argv[first]);
}
