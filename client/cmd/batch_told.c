/* Counts of what became of the rows, in words. What there is none of is left out, but for what everybody looks for. */
#include "client/cmd/batch_told.h"
#include "base/cli.h"
#include "base/lang.h"
#include "client/batch/outcome.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"
#include <stdio.h>

#define TEXT_MAX ((size_t)64 * 1024)

struct summary {
    size_t rows;
    size_t of[BATCH_OUTCOMES];
};

/* How many wait in their spools, for whatever reason. */
static size_t count_spooled(const struct summary *sum)
{
    return sum->of[BATCH_ROW_WAITING] + sum->of[BATCH_ROW_HELD] + sum->of[BATCH_ROW_UNPROVEN];
}

/* Row by row. */

static void tell_row(const struct batch *batch, const char *responses, const struct batch_row *row, const char *what)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    buf_printf(&text, T("%s:%zu: member %s, %s, revision %lld: %s: ", "%s:%zu: panellid %s, %s, herziening %lld: %s: "),
               responses, row->line, batch->plan->members[row->member].name,
               batch->context.catalogue->actions->list[row->action].id, (long long)row->revision, what);
    batch_put_reason(&text, batch, row);
    cli_say("%s", buf_text(&text));
    buf_free(&text);
}

static struct summary sum_up(const struct batch *batch)
{
    struct summary sum = {.rows = batch->plan->row_count};
    for (size_t i = 0; i < batch->plan->row_count; i++)
        sum.of[batch_row_outcome(&batch->plan->rows[i])]++;
    return sum;
}

/* Those that somebody has to do something about. */
static void tell_rows(const struct batch *batch, const char *responses)
{
    for (size_t i = 0; i < batch->plan->row_count; i++) {
        const struct batch_row *row = &batch->plan->rows[i];
        enum batch_outcome outcome = batch_row_outcome(row);
        if (outcome == BATCH_ROW_REFUSED)
            tell_row(batch, responses, row, T("refused", "geweigerd"));
        else if (outcome == BATCH_ROW_HELD)
            tell_row(batch, responses, row, T("not taken now", "nu niet aangenomen"));
    }
}

/* All together. */

/* What there is none of is left out. */
static void put_count(struct buf *text, size_t count, const char *english, const char *dutch)
{
    if (count > 0)
        buf_printf(text, ", %zu %s", count, T(english, dutch));
}

static void put_others(struct buf *text, const struct summary *sum)
{
    put_count(text, sum->of[BATCH_ROW_ALREADY_SENT], "sent before", "al eerder verstuurd");
    put_count(text, sum->of[BATCH_ROW_NOT_ENROLLED], "of members not enrolled", "van niet aangemelde leden");
    put_count(text, sum->of[BATCH_ROW_ERASED], "erased since", "sindsdien gewist");
    put_count(text, sum->of[BATCH_ROW_TOO_LONG], "too long", "te lang");
}

static void say_summary(const struct summary *sum, bool is_plan)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    buf_printf(&text, "%zu %s: ", sum->rows, sum->rows == 1 ? T("row", "rij") : T("rows", "rijen"));
    if (is_plan)
        buf_printf(&text, T("%zu to send, %zu refused", "%zu te versturen, %zu geweigerd"),
                   sum->of[BATCH_ROW_VALID] + count_spooled(sum), sum->of[BATCH_ROW_REFUSED]);
    else
        buf_printf(&text, T("%zu sent, %zu refused", "%zu verstuurd, %zu geweigerd"), sum->of[BATCH_ROW_SENT],
                   sum->of[BATCH_ROW_REFUSED]);
    put_others(&text, sum);
    if (is_plan)
        buf_put_text(&text, T("; nothing was signed or sent", "; er is niets ondertekend of verstuurd"));
    else
        put_count(&text, count_spooled(sum), "kept to send later", "bewaard voor later");
    cli_say("%s.", buf_text(&text));
    buf_free(&text);
}

static void print_summary(const struct summary *sum)
{
    const struct {
        const char *name;
        size_t count;
    } members[] = {{"valid", sum->of[BATCH_ROW_VALID]},
                   {"sent", sum->of[BATCH_ROW_SENT]},
                   {"alreadySent", sum->of[BATCH_ROW_ALREADY_SENT]},
                   {"refused", sum->of[BATCH_ROW_REFUSED]},
                   {"erased", sum->of[BATCH_ROW_ERASED]},
                   {"notEnrolled", sum->of[BATCH_ROW_NOT_ENROLLED]},
                   {"tooLong", sum->of[BATCH_ROW_TOO_LONG]},
                   {"spooled", count_spooled(sum)}};
    printf("{\"rows\":%zu", sum->rows);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        printf(",\"%s\":%zu", members[i].name, members[i].count);
    printf("}\n");
}

static void tell_offline(const struct batch *batch)
{
    struct buf why;
    buf_init(&why, TEXT_MAX);
    messages_put_reason(&why, &batch->answer);
    cli_say("%s.", buf_text(&why));
    cli_say("%s", T("Give the same command again later to go on.",
                    "Geef later hetzelfde commando opnieuw om verder te gaan."));
    buf_free(&why);
}

/* Says what cut the batch short, where something did. Returns the exit code for it. */
static int tell_end(const struct batch *batch, enum batch_result result)
{
    switch (result) {
    case BATCH_DONE:
    case BATCH_OFFLINE:
        return CLI_DONE;
    case BATCH_BLOCKED:
        return failure_tell_answer(T("not all was sent", "niet alles is verstuurd"), &batch->answer);
    case BATCH_UNPROVEN:
        return cli_fail(
            T("the collector says that it has responses of which the receipts do not hold (%zu, the last: %s); they "
              "stay in the spool, the answers lie in evidence/ of their homes",
              "de verzamelaar zegt reacties te hebben waarvan de ontvangstbewijzen niet kloppen (%zu, de laatste: %s); "
              "ze blijven bewaard, de antwoorden liggen in evidence/ van hun mappen"),
            batch->unproven, batch->why.text);
    case BATCH_FAILED:
        break;
    }
    return cli_fail("%s", batch->error.text);
}

static bool lacks_any(const struct summary *sum)
{
    return sum->of[BATCH_ROW_REFUSED] || sum->of[BATCH_ROW_HELD] || sum->of[BATCH_ROW_NOT_ENROLLED] ||
           sum->of[BATCH_ROW_TOO_LONG];
}

int batch_tell_result(const struct batch *batch, const char *responses, enum batch_result result, bool as_json)
{
    struct summary sum = sum_up(batch);
    tell_rows(batch, responses);
    if (as_json)
        print_summary(&sum);
    int exit_code = tell_end(batch, result);
    say_summary(&sum, false);
    if (result == BATCH_OFFLINE && count_spooled(&sum) > 0)
        tell_offline(batch);
    return exit_code == CLI_DONE && lacks_any(&sum) ? CLI_FAILED : exit_code;
}

int batch_tell_plan(const struct batch *batch, bool as_json)
{
    struct summary sum = sum_up(batch);
    if (as_json)
        print_summary(&sum);
    say_summary(&sum, true);
    return lacks_any(&sum) ? CLI_FAILED : CLI_DONE;
}
