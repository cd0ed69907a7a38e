/* A batch's two files, any bytes of each (a NUL byte between them, or else one file of responses with members 1 and 2),
 * with the example panel. What must hold: a plan without a fault, or faults with their file and line, which for the
 * members' file never show a code; of what is found wrong for a report one finding a line; each row that is to be sent
 * has answers that the collector takes, by the same checks as it makes; no two rows are one response, and the two
 * orders are orders of all rows, waves one after the other. */
#include "base/file.h"
#include "base/mem.h"
#include "client/batch/plan.h"
#include "client/batch/rows.h"
#include "panel/response.h"
#include "tests/fuzz/fuzz.h"

#define NOW INT64_C(1780000000)
#define CODE "0000000-0000000-0000000-00000"

static struct catalogue catalogue;

static void read_fixtures(void)
{
    struct buf text;
    struct faults faults;
    faults_init(&faults);
    buf_init(&text, PANEL_JSON_MAX);
    fuzz_require(file_read("fixtures/panel.json", &text) == 0);
    catalogue.panel = panel_parse(buf_text(&text), text.len, &faults);
    buf_reset(&text);
    fuzz_require(file_read("fixtures/actions.csv", &text) == 0);
    catalogue.actions = actions_parse_csv(buf_text(&text), text.len, &faults);
    fuzz_require(catalogue.panel && catalogue.actions);
    buf_free(&text);
    faults_free(&faults);
}

/* As the collector would, of claims around them. */
static void check_answers(const struct batch_row *row)
{
    struct buf claims;
    struct response response;
    struct ballot ballot;
    struct faults faults;
    const struct response_claims said = {.aud = catalogue.panel->id,
                                         .round = catalogue.panel->rounds[0].id,
                                         .action = catalogue.actions->list[row->action].id,
                                         .jti = "AAAAAAAAAAAAAAAAAAAAAA",
                                         .revision = row->revision,
                                         .iat = NOW,
                                         .answers = row->answers,
                                         .answers_len = strlen(row->answers)};
    buf_init(&claims, (size_t)1024 * 1024);
    faults_init(&faults);
    response_put_claims(&claims, &said);
    fuzz_require(buf_check(&claims) == 0 && response_parse(claims.data, claims.len, &response, NULL) == 0);
    fuzz_require(response_check(&response, catalogue.panel, catalogue.actions, NOW, &ballot, &faults) == 0);
    fuzz_require(ballot.action == row->action && ballot.mark_count > 0);
    ballot_free(&ballot);
    faults_free(&faults);
    response_free(&response);
    buf_free(&claims);
}

static int64_t compare_rows(const struct batch_row *a, const struct batch_row *b)
{
    if (a->member != b->member)
        return a->member < b->member ? -1 : 1;
    if (a->action != b->action)
        return a->action < b->action ? -1 : 1;
    return a->revision - b->revision;
}

static void check_orders(const struct batch_plan *plan)
{
    for (size_t i = 0; i < plan->row_count; i++) {
        fuzz_require(plan->by_member[i] < plan->row_count && plan->by_wave[i] < plan->row_count);
        if (i == 0)
            continue;
        const struct batch_row *rows = plan->rows;
        fuzz_require(compare_rows(&rows[plan->by_member[i - 1]], &rows[plan->by_member[i]]) < 0);
        size_t before = plan->by_wave[i - 1], here = plan->by_wave[i];
        fuzz_require(rows[before].wave < rows[here].wave || (rows[before].wave == rows[here].wave && before < here));
    }
}

static void check_plan(const struct batch_plan *plan)
{
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct batch_row *row = &plan->rows[i];
        fuzz_require(row->member < plan->member_count && row->action < catalogue.actions->count);
        fuzz_require(row->revision >= 1 && row->line >= 2);
        fuzz_require((row->exclusion == ROW_TOO_LONG) == (row->answers == NULL));
        if (row->answers)
            check_answers(row);
    }
    check_orders(plan);
}

static void check_faults(const struct batch_plan *plan, const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        fuzz_require(strncmp(faults->list[i].where, "m.csv:", 6) == 0 ||
                     strncmp(faults->list[i].where, "r.csv:", 6) == 0);
        fuzz_require(faults->list[i].what[0] != '\0');
        for (size_t j = 0; faults->list[i].where[0] == 'm' && j < plan->member_count; j++)
            if (strlen(plan->members[j].code) >= 26)
                fuzz_require(!strstr(faults->list[i].what, plan->members[j].code));
    }
}

static void check_findings(struct batch_findings *findings)
{
    fuzz_require(batch_findings_sort(findings) == 0);
    for (size_t i = 0; i < findings->count; i++) {
        const struct batch_finding *finding = &findings->list[i];
        fuzz_require(finding->line >= 1 && finding->what[0] != '\0');
        fuzz_require(i == 0 || findings->list[i - 1].line < finding->line);
    }
}

static void plan_batch(const struct batch_file *members, struct batch_file *responses)
{
    const struct batch_context context = {&catalogue, &catalogue.panel->rounds[0]};
    struct batch_plan plan = {0};
    struct batch_findings findings = {0};
    struct faults faults, left_out;
    responses->findings = &findings;
    faults_init(&faults);
    faults_init(&left_out);
    int first = batch_read_members(&plan, members, &faults);
    int second = batch_read_rows(&plan, responses, &context, &faults, &left_out);
    bool whole = first == 0 && second == 0 && batch_plan_finish(&plan, responses, &faults) == 0;
    fuzz_require(whole != faults_any(&faults));
    if (whole)
        check_plan(&plan);
    check_faults(&plan, &faults);
    check_faults(&plan, &left_out);
    check_findings(&findings);
    responses->findings = NULL;
    batch_findings_free(&findings);
    batch_plan_free(&plan);
    faults_free(&faults);
    faults_free(&left_out);
}

int fuzz_batch(const uint8_t *data, size_t len)
{
    static const char two[] = "member,code\n1," CODE "\n2," CODE "\n";
    if (!catalogue.panel)
        read_fixtures();
    const uint8_t *nul = memchr(data, '\0', len);
    struct batch_file members = {.name = "m.csv", .text = two, .len = sizeof two - 1};
    struct batch_file responses = {.name = "r.csv", .text = (const char *)data, .len = len};
    if (nul) {
        members.text = (const char *)data;
        members.len = (size_t)(nul - data);
        responses.text = (const char *)nul + 1;
        responses.len = len - members.len - 1;
    }
    plan_batch(&members, &responses);
    return 0;
}
