/* The plan's rows and the findings, both in the order of the file, merged by their lines. Holds a piece of the text at
 * a time. */
#include "client/batch/report.h"
#include "client/batch/outcome.h"
#include <errno.h>

#define PIECE_BYTES ((size_t)64 * 1024)
#define REASON_MAX ((size_t)64 * 1024)

int batch_report_begin(struct batch_report *report, const char *path, const struct csv_format *format)
{
    report->path = path;
    report->format = format;
    return file_part_begin(&report->part, path);
}

void batch_report_drop(struct batch_report *report)
{
    file_part_drop(&report->part);
}

/* A report on its way to its file. */
struct writing {
    const struct batch *batch;
    int fd;
    struct buf text, reason;
    struct csv_writer csv;
};

static int write_piece(struct writing *w, size_t least)
{
    if (buf_check(&w->text) < 0 || buf_check(&w->reason) < 0) {
        errno = ENOMEM;
        return -1;
    }
    if (w->text.len < least)
        return 0;
    int result = file_append(w->fd, w->text.data, w->text.len);
    buf_reset(&w->text);
    return result;
}

static void put_columns(struct csv_writer *csv)
{
    static const char *const names[] = {"row", "member", "action", "outcome", "reason"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        csv_put_text(csv, names[i]);
    csv_end_row(csv);
}

/* Which row it is of. */
struct place {
    size_t line;
    const char *member, *action;
};

static int put_report_line(struct writing *w, const struct place *place, enum batch_outcome outcome, const char *reason)
{
    csv_put_integer(&w->csv, (int64_t)place->line);
    csv_put_text(&w->csv, place->member);
    csv_put_text(&w->csv, place->action);
    csv_put_text(&w->csv, batch_outcome_name(outcome));
    csv_put_text(&w->csv, reason);
    csv_end_row(&w->csv);
    return write_piece(w, PIECE_BYTES);
}

static int put_finding(struct writing *w, const struct batch_finding *found)
{
    return put_report_line(w, &(struct place){found->line, found->member, found->action}, BATCH_ROW_INVALID,
                           found->what);
}

/* A row of the plan, with what was found of it (NULL: nothing). */
static int put_row(struct writing *w, const struct batch_row *row, const struct batch_finding *found)
{
    const struct batch *batch = w->batch;
    enum batch_outcome outcome = batch_row_outcome(row);
    struct place place = {row->line, found ? found->member : NULL,
                          batch->context.catalogue->actions->list[row->action].id};
    if (!place.member)
        place.member = batch->plan->members[row->member].name;
    if (found)
        return put_report_line(w, &place, outcome == BATCH_ROW_TOO_LONG ? outcome : BATCH_ROW_INVALID, found->what);
    buf_reset(&w->reason);
    batch_put_reason(&w->reason, batch, row);
    return put_report_line(w, &place, outcome, buf_text(&w->reason));
}

static int put_all(struct writing *w, const struct batch_findings *findings)
{
    const struct batch_plan *plan = w->batch->plan;
    size_t next = 0;
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct batch_row *row = &plan->rows[i];
        for (; next < findings->count && findings->list[next].line < row->line; next++)
            if (put_finding(w, &findings->list[next]) < 0)
                return -1;
        bool found = next < findings->count && findings->list[next].line == row->line;
        if (put_row(w, row, found ? &findings->list[next] : NULL) < 0)
            return -1;
        next += found;
    }
    for (; next < findings->count; next++)
        if (put_finding(w, &findings->list[next]) < 0)
            return -1;
    return write_piece(w, 0);
}

int batch_report_finish(struct batch_report *report, const struct batch *batch, struct batch_findings *findings)
{
    struct writing w = {.batch = batch, .fd = report->part.fd};
    int result = batch_findings_sort(findings);
    buf_init(&w.text, PIECE_BYTES + 2 * REASON_MAX + 4096); /* a piece, a reason all in quotes and two names */
    buf_init(&w.reason, REASON_MAX);
    if (result == 0) {
        csv_begin(&w.csv, &w.text, report->format);
        put_columns(&w.csv);
        result = put_all(&w, findings);
    }
    buf_free(&w.text);
    buf_free(&w.reason);
    if (result == 0)
        return file_part_finish(&report->part, report->path, true);
    int why = errno;
    batch_report_drop(report);
    errno = why;
    return -1;
}
