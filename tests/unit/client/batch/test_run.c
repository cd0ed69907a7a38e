/* A batch carried out against a collector that answers as a real one does: enrolled, signed, sent, filed, and gone on
 * with. */
#include "client/batch/batch.h"
#include "client/batch/rows.h"
#include "crypto/jws.h"
#include "panel/enrolment.h"
#include "tests/unit/client/fake_log.h"
#include "tests/unit/client/kit.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <string.h>

#define CODE "0000000-0000000-0000000-00000"

static const struct retry_policy once = {.attempts = 1};
static struct catalogue catalogue;
static struct batch_plan plan;
static struct batch batch;
static struct fake_log ours;

/* What the collector is to do, and what the listener heard. */
static struct faults left_out;
static bool refuses_invitations, is_away;
static size_t posts, lines_answered;
static size_t lines_wanted = SIZE_MAX; /* answered at most, over all posts: then it breaks off */
static size_t heard_rows[2], heard_done, heard_ends, heard_excluded;

static void put_http(struct buf *out, int status, const struct buf *body)
{
    buf_printf(out, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n\r\n", status, body->len);
    buf_put(out, buf_text(body), body->len);
}

/* The line's JWS stands in quotes. */
static void put_line_answer(struct buf *body, const char *line, size_t len)
{
    char entry[4096];
    struct buf answer;
    cr_assert_lt(len, sizeof entry);
    memcpy(entry, line + 1, len - 2);
    entry[len - 2] = '\0';
    buf_init(&answer, 16384);
    size_t index = fake_log_add(&ours, entry);
    fake_log_put_answer(&answer, &ours, index, NULL);
    buf_printf(body, "{\"status\":201,%s\n", buf_text(&answer) + 1);
    buf_free(&answer);
    lines_answered++;
}

static void put_batch_answer(struct buf *body, const char *request)
{
    posts++;
    for (const char *line = strstr(request, "\r\n\r\n") + 4; *line && lines_answered < lines_wanted;) {
        size_t len = strcspn(line, "\n");
        put_line_answer(body, line, len);
        line += len + 1;
    }
}

static int put_enrolment_answer(struct buf *body, const char *request)
{
    const char *jws = strstr(request, "\r\n\r\n") + 4;
    if (refuses_invitations) {
        buf_put_text(body, "{\"type\":\"urn:burgerpanel:problem:invitation-refused\",\"status\":403}");
        return 403;
    }
    struct jws parsed;
    cr_assert_eq(jws_parse(jws, strlen(jws), ENROLMENT_TYP, &parsed, NULL), 0);
    fake_log_put_answer(body, &ours, fake_log_add(&ours, jws), parsed.kid);
    return 201;
}

static void serve(void *context, const char *request, struct buf *out)
{
    (void)context;
    struct buf body;
    int status = 200;
    buf_init(&body, 1024 * 1024);
    if (is_away)
        status = 503;
    else if (strncmp(request, "GET /log/key ", 13) == 0)
        note_key_put(&body, &ours.key);
    else if (strncmp(request, "GET /log/checkpoint ", 20) == 0)
        fake_log_put_checkpoint(&body, &ours, ours.count);
    else if (strncmp(request, "POST /v1/members ", 17) == 0)
        status = put_enrolment_answer(&body, request);
    else
        put_batch_answer(&body, request);
    if (status == 403)
        buf_printf(out, "HTTP/1.1 403 X\r\nContent-Type: application/problem+json\r\nContent-Length: %zu\r\n\r\n%s",
                   body.len, buf_text(&body));
    else
        put_http(out, status, &body);
    buf_free(&body);
}

static void hear_begin(void *context, enum batch_step step, size_t rows)
{
    (void)context;
    heard_rows[step] = rows;
}

static void hear_advance(void *context, size_t rows)
{
    (void)context;
    heard_done += rows;
}

static void hear_end(void *context)
{
    (void)context;
    heard_ends++;
}

static void hear_excluded(void *context, const struct batch_member *member, const struct http_answer *answer)
{
    (void)context;
    cr_expect_str_eq(member->name, "1");
    cr_expect_eq(answer->problem, PROBLEM_INVITATION_REFUSED);
    heard_excluded++;
}

static const struct batch_listener listener = {NULL, hear_begin, hear_advance, hear_end, hear_excluded};

static void prepare(void)
{
    kit_begin();
    catalogue = kit_catalogue();
    fake_log_init(&ours, "burgerpanel/wau");
    fake_start_with(serve, NULL);
    batch = (struct batch){.plan = &plan,
                           .context = {.catalogue = &catalogue, .round = &catalogue.panel->rounds[0]},
                           .homes = kit_folder(),
                           .url = fake_url(),
                           .http = http_open(fake_url(), &once),
                           .bulk = spool_bulk_open(kit_folder()),
                           .listener = &listener};
    cr_assert(batch.http && batch.bulk);
    http_answer_init(&batch.answer);
}

static void finish(void)
{
    batch_plan_free(&plan);
    faults_free(&left_out);
    pin_free(batch.log);
    spool_bulk_close(batch.bulk);
    http_close(batch.http);
    http_answer_free(&batch.answer);
    fake_log_wipe(&ours);
    catalogue_free(&catalogue);
    fake_stop();
    kit_end();
}

TestSuite(batch_run, .init = prepare, .fini = finish);

/* Plans anew, as a run of the program does. */
static int plan_rows(const char *rows)
{
    static const char members[] = "member,code\n1," CODE "\n2," CODE "\n";
    struct batch_file first = {.name = "m.csv", .text = members, .len = sizeof members - 1};
    struct batch_file second = {.name = "r.csv", .text = rows, .len = strlen(rows)};
    struct faults faults;
    faults_init(&faults);
    faults_free(&left_out);
    faults_init(&left_out);
    batch_plan_free(&plan);
    pin_free(batch.log);
    batch.log = NULL;
    heard_done = 0;
    cr_assert_eq(batch_read_members(&plan, &first, &faults), 0);
    cr_assert_eq(batch_read_rows(&plan, &second, &batch.context, &faults, &left_out), 0);
    cr_assert_eq(batch_plan_finish(&plan, &second, &faults), 0);
    int result = batch_look_up(&batch, &second, &faults);
    faults_free(&faults);
    return result;
}

#define HEADER "member,action,revision,importance,noticed\n"
#define THREE_ROWS HEADER "1,WA-1.03,1,2,no\n1,WA-1.03,2,3,no\n2,WA-1.02,1,4,no\n"

static size_t count_rows(enum spool_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < plan.row_count; i++)
        count += plan.rows[i].state == state;
    return count;
}

Test(batch_run, signs_all_and_sends_revisions_of_one_action_one_after_the_other)
{
    cr_assert_eq(plan_rows(THREE_ROWS), 0);
    cr_assert_eq(batch_sign(&batch), BATCH_DONE);
    cr_expect_eq(count_rows(SPOOL_WAITING), 3);
    cr_expect_eq(heard_rows[BATCH_SIGNING], 3);
    cr_assert_eq(batch_send(&batch), BATCH_DONE);
    cr_expect_eq(count_rows(SPOOL_SENT), 3);
    cr_expect_eq(heard_rows[BATCH_SENDING], 3);
    cr_expect_eq(heard_done, 6);
    cr_expect_eq(heard_ends, 2);
    cr_expect_eq(posts, 2, "the second revision goes in a wave of its own");
}

Test(batch_run, goes_on_where_it_was_cut_off_and_signs_nothing_twice)
{
    lines_wanted = 1;
    cr_assert_eq(plan_rows(THREE_ROWS), 0);
    cr_assert_eq(batch_sign(&batch), BATCH_DONE);
    cr_expect_eq(batch_send(&batch), BATCH_BLOCKED, "a second post that answers nothing");
    cr_expect_eq(count_rows(SPOOL_SENT), 1);
    lines_wanted = SIZE_MAX;
    size_t entries = ours.count;
    cr_assert_eq(plan_rows(THREE_ROWS), 0);
    cr_expect_eq(count_rows(SPOOL_SENT), 1);
    cr_expect_eq(count_rows(SPOOL_WAITING), 2);
    cr_assert_eq(batch_sign(&batch), BATCH_DONE);
    cr_assert_eq(batch_send(&batch), BATCH_DONE);
    cr_expect_eq(count_rows(SPOOL_SENT), 3);
    cr_expect_eq(ours.count, entries + 2, "no enrolment and no response again");
    cr_expect_eq(plan.rows[0].known + plan.rows[1].known + plan.rows[2].known, 1, "the one of before");
    cr_expect_eq(heard_rows[BATCH_SIGNING], 2, "what is done already takes no time");
}

Test(batch_run, excludes_a_member_whose_invitation_is_refused_and_serves_the_others)
{
    cr_assert_eq(plan_rows(HEADER "1,WA-1.03,1,2,no\n1,WA-1.02,1,3,no\n"), 0);
    refuses_invitations = true;
    cr_assert_eq(batch_sign(&batch), BATCH_DONE);
    cr_expect_eq(heard_excluded, 1);
    cr_expect_eq(plan.rows[0].exclusion, ROW_NOT_ENROLLED);
    cr_expect_eq(plan.rows[1].exclusion, ROW_NOT_ENROLLED);
    cr_assert_eq(batch_send(&batch), BATCH_DONE);
    cr_expect_eq(posts, 0);
}

Test(batch_run, signs_without_a_connection_and_enrols_later)
{
    is_away = true;
    cr_assert_eq(plan_rows(THREE_ROWS), 0);
    cr_assert_eq(batch_sign(&batch), BATCH_DONE);
    cr_expect(batch.offline);
    cr_expect_eq(count_rows(SPOOL_WAITING), 3);
    is_away = batch.offline = false;
    cr_assert_eq(plan_rows(THREE_ROWS), 0);
    cr_assert_eq(batch_sign(&batch), BATCH_DONE);
    cr_assert_eq(batch_send(&batch), BATCH_DONE);
    cr_expect_eq(count_rows(SPOOL_SENT), 3);
    cr_expect_eq(ours.count, 5, "two enrolments, three responses");
}

Test(batch_run, refuses_other_answers_under_a_number_that_is_taken)
{
    cr_assert_eq(plan_rows(THREE_ROWS), 0);
    cr_assert_eq(batch_sign(&batch), BATCH_DONE);
    cr_expect_eq(plan_rows(HEADER "1,WA-1.03,1,5,no\n"), -1);
    cr_expect_eq(plan_rows(HEADER "1,WA-1.03,1,2,no\n"), 0);
}

Test(batch_run, keeps_what_the_collector_gives_no_receipt_of)
{
    struct fake_log stranger;
    cr_assert_eq(plan_rows(HEADER "1,WA-1.03,1,2,no\n"), 0);
    cr_assert_eq(batch_sign(&batch), BATCH_DONE);
    struct secret_key *own = ours.secret;
    fake_log_init(&stranger, "burgerpanel/wau");
    ours.secret = stranger.secret; /* from here on receipts are signed by another key */
    cr_expect_eq(batch_send(&batch), BATCH_UNPROVEN);
    cr_expect_eq(batch.unproven, 1);
    cr_expect_neq(batch.why.kind, ERROR_NONE);
    cr_expect_eq(count_rows(SPOOL_WAITING), 1);
    ours.secret = own;
    fake_log_wipe(&stranger);
}
