/* What an earlier run of the same batch has done: where each row's response is, and that it says the same. Signs and
 * sends nothing. */
#include "base/json.h"
#include "base/lang.h"
#include "client/batch/batch.h"
#include "client/batch/lines.h"
#include "client/response/compose.h"
#include "crypto/jws.h"
#include <errno.h>
#include <limits.h>
#include <string.h>

int batch_home(const struct batch *batch, size_t member, struct buf *out)
{
    buf_reset(out);
    buf_printf(out, "%s/%s", batch->homes, batch->plan->members[member].name);
    if (buf_check(out) == 0)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

/* Whether the stored response says what the row says. -1: it can't be read. */
static int says_the_same(const char *home, const struct response_id *id, const struct batch_row *row)
{
    struct buf jws, answers;
    int same = -1;
    buf_init(&jws, JWS_MAX);
    buf_init(&answers, JWS_MAX);
    if (spool_read(home, id, &jws) == 0 && compose_read_answers(&jws, &answers, NULL) == 0) {
        struct json *its = json_parse(buf_text(&answers), answers.len, NULL);
        struct json *ours = json_parse(row->answers, strlen(row->answers), NULL);
        if (its && ours)
            same = json_equal(its, ours);
        json_free(its);
        json_free(ours);
    }
    buf_free(&jws);
    buf_free(&answers);
    return same;
}

/* What was erased since is not sent once more, nor any revision below it. */
static enum spool_state find_row(const char *home, const struct response_id *id)
{
    enum spool_state state = spool_find(home, id);
    int64_t erased;
    if (state != SPOOL_UNKNOWN || spool_erased_revision(home, id->round, id->action, &erased) < 0)
        return state;
    return id->revision <= erased ? SPOOL_ERASED : SPOOL_UNKNOWN;
}

static void look_up_row(struct batch *batch, struct batch_row *row, const struct batch_file *responses,
                        struct buf *home, struct faults *faults)
{
    struct response_id id;
    if (batch_row_id(row, &batch->context, &id) < 0 || batch_home(batch, row->member, home) < 0) {
        batch_fault(faults, responses, row->line, T("the name is too long", "de naam is te lang"));
        return;
    }
    row->state = find_row(buf_text(home), &id);
    row->known = row->state == SPOOL_SENT;
    if (row->state == SPOOL_UNKNOWN || row->state == SPOOL_ERASED)
        return;
    if (row->state != SPOOL_WAITING)
        spool_tidy(buf_text(home), &id);
    int same = says_the_same(buf_text(home), &id, row);
    if (same < 0)
        batch_fault(
            faults, responses, row->line,
            T("what was signed for this earlier is damaged", "wat hiervoor eerder ondertekend is, is beschadigd"));
    else if (!same)
        batch_fault(faults, responses, row->line,
                    T("this revision was signed earlier with other answers: give it a higher one",
                      "deze herziening is eerder met andere antwoorden ondertekend: geef een hogere"));
}

int batch_look_up(struct batch *batch, const struct batch_file *responses, struct faults *faults)
{
    struct buf home;
    buf_init(&home, PATH_MAX);
    for (size_t i = 0; i < batch->plan->row_count; i++)
        if (batch->plan->rows[i].exclusion == ROW_INCLUDED)
            look_up_row(batch, &batch->plan->rows[i], responses, &home, faults);
    buf_free(&home);
    return faults_any(faults) ? -1 : 0;
}
