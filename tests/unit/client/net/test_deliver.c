/* Responses and enrolments to a collector over a real socket: filed by its answers, believed when their receipts
 * hold. */
#include "base/file.h"
#include "client/home/held.h"
#include "client/home/pending.h"
#include "client/home/receipts.h"
#include "client/net/deliver.h"
#include "client/net/enrol.h"
#include "tests/unit/client/fake_log.h"
#include "tests/unit/client/kit.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct retry_policy quick = {.attempts = 3, .first_ms = 2, .most_ms = 4, .patience_s = 1};
static struct http_answer answer;
static struct fake_log ours, stranger;
static struct delivery_way way;

static void prepare(void)
{
    kit_begin();
    http_answer_init(&answer);
    fake_log_init(&ours, "burgerpanel/wau");
    fake_log_init(&stranger, "burgerpanel/wau");
    cr_assert_eq(spool_prepare(kit_folder()), 0);
}

static void finish(void)
{
    http_close(way.http);
    http_answer_free(&answer);
    fake_log_wipe(&ours);
    fake_log_wipe(&stranger);
    kit_end();
}

TestSuite(deliver, .init = prepare, .fini = finish);
TestSuite(enrol, .init = prepare, .fini = finish);

static void meet(const char *const *answers, size_t count)
{
    fake_start(answers, count);
    way = (struct delivery_way){kit_folder(), &ours.key, http_open(fake_url(), &quick), NULL};
    cr_assert_not_null(way.http);
}

/* An answer with a receipt of an entry by that log. */
static const char *accept(int status, struct fake_log *log, const char *entry)
{
    struct buf body;
    size_t index = fake_log_add(log, entry);
    buf_init(&body, 4096);
    fake_log_put_answer(&body, log, index, NULL);
    const char *text = fake_answer(status, "", buf_text(&body));
    buf_free(&body);
    return text;
}

#define PROBLEM(name) "{\"type\":\"urn:burgerpanel:problem:" name "\",\"status\":1}"

static enum delivery sort(enum http_outcome outcome, unsigned status, const char *body)
{
    struct json *document = json_parse(body, strlen(body), NULL);
    enum delivery delivery = deliver_sort(outcome, status, document);
    json_free(document);
    return delivery;
}

Test(deliver, believes_only_what_a_collector_says)
{
    cr_expect_eq(sort(HTTP_DONE, 201, "{\"index\":0}"), DELIVERY_SENT);
    cr_expect_eq(sort(HTTP_DONE, 200, "<html>"), DELIVERY_BLOCKED);
    cr_expect_eq(sort(HTTP_DONE, 304, "{\"index\":0}"), DELIVERY_BLOCKED);
    cr_expect_eq(sort(HTTP_RETRY, 503, PROBLEM("unavailable")), DELIVERY_KEPT);
    cr_expect_eq(sort(HTTP_REFUSED, 400, PROBLEM("invalid-response")), DELIVERY_REFUSED);
    cr_expect_eq(sort(HTTP_REFUSED, 409, PROBLEM("stale-revision")), DELIVERY_REFUSED);
    cr_expect_eq(sort(HTTP_REFUSED, 409, PROBLEM("round-not-open")), DELIVERY_HELD);
    cr_expect_eq(sort(HTTP_REFUSED, 401, PROBLEM("not-verified")), DELIVERY_HELD);
    cr_expect_eq(sort(HTTP_REFUSED, 404, PROBLEM("not-found")), DELIVERY_BLOCKED);
    cr_expect_eq(sort(HTTP_REFUSED, 415, PROBLEM("unsupported-media-type")), DELIVERY_BLOCKED);
    cr_expect_eq(sort(HTTP_REFUSED, 403, "<html>"), DELIVERY_BLOCKED);
}

static void spool(const char *action, int64_t revision)
{
    struct response_id id = kit_id(action, revision);
    cr_assert_eq(spool_put(kit_folder(), &id, "a.b.c", 5), 0);
}

static enum spool_state place_of(const char *action, int64_t revision)
{
    struct response_id id = kit_id(action, revision);
    return spool_find(kit_folder(), &id);
}

static enum delivery deliver(struct delivery_count *count)
{
    return deliver_all(&way, &answer, &(struct delivery_listener){0}, count);
}

static int count_name(void *context, const char *name)
{
    (void)name;
    ++*(size_t *)context;
    return 0;
}

static size_t evidence(void)
{
    size_t count = 0;
    cr_assert_eq(file_each(kit_path("evidence"), ".json", count_name, &count), 0);
    return count;
}

Test(deliver, files_each_response_by_its_answer)
{
    const char *answers[] = {accept(201, &ours, "a.b.c"), fake_answer(409, "", PROBLEM("stale-revision")),
                             fake_answer(409, "", PROBLEM("round-not-open")), accept(200, &ours, "a.b.c")};
    struct delivery_count count;
    meet(answers, 4);
    spool("A", 1);
    spool("B", 1);
    spool("C", 1);
    spool("D", 1);
    cr_expect_eq(deliver(&count), DELIVERY_SENT);
    cr_expect(count.sent == 2 && count.refused == 1 && count.held == 1 && count.kept == 0);
    cr_expect_eq(place_of("A", 1), SPOOL_SENT);
    cr_expect_eq(place_of("B", 1), SPOOL_REFUSED);
    cr_expect_eq(place_of("C", 1), SPOOL_WAITING);
    struct response_id held = kit_id("C", 1);
    cr_expect_eq(held_reason(kit_folder(), &held), HELD_ROUND);
    cr_expect_eq(place_of("D", 1), SPOOL_SENT, "what is held keeps no other from going");
    cr_expect_eq(evidence(), 0);
    cr_expect_not_null(strstr(fake_last(), "Content-Type: application/jose\r\n"));
    cr_expect_not_null(strstr(fake_last(), "\r\n\r\na.b.c"));
}

Test(deliver, refuses_what_can_not_be_signed_anew_and_goes_on_with_the_next)
{
    static const char of_time[] =
        "{\"type\":\"urn:burgerpanel:problem:invalid-response\",\"errors\":[{\"pointer\":\"/iat\"}]}";
    const char *answers[] = {fake_answer(400, "", PROBLEM("malformed-envelope")), accept(201, &ours, "a.b.c")};
    struct response_id id = kit_id("A", 1);
    struct delivery_count count;
    meet(answers, 2);
    spool("A", 1);
    spool("B", 1);
    cr_assert_eq(spool_put_reason(kit_folder(), &id, &(struct slice){of_time, strlen(of_time)}), 0);
    struct secret_key *key = secret_key_new();
    way.key = key;
    cr_expect_eq(deliver(&count), DELIVERY_SENT);
    cr_expect(count.sent == 1 && count.refused == 1 && count.kept == 0);
    secret_key_free(key);
}

Test(deliver, counts_no_response_as_sent_whose_receipt_does_not_hold)
{
    const char *answers[] = {accept(201, &stranger, "a.b.c"), accept(201, &stranger, "a.b.c"),
                             fake_answer(201, "", "{\"index\":4}"), accept(200, &ours, "a.b.c")};
    struct delivery_count count;
    meet(answers, 4);
    spool("A", 1);
    spool("A", 2);
    cr_expect_eq(deliver(&count), DELIVERY_UNPROVEN);
    cr_expect_str_neq(count.unproven.text, "");
    cr_expect(count.sent == 0 && count.kept == 2);
    cr_expect_eq(fake_requests(), 1, "no later revision before an earlier one is settled");
    cr_expect_eq(place_of("A", 1), SPOOL_WAITING);
    cr_expect_eq(evidence(), 1);
    cr_expect_eq(deliver(&count), DELIVERY_UNPROVEN);
    cr_expect_eq(deliver(&count), DELIVERY_UNPROVEN, "no receipt at all");
    cr_expect_eq(evidence(), 3);
    struct response_id id = kit_id("A", 2);
    cr_assert_eq(spool_remove(kit_folder(), &id, SPOOL_WAITING), 0);
    cr_expect_eq(deliver(&count), DELIVERY_SENT, "the same response again, with one that holds");
    cr_expect_eq(place_of("A", 1), SPOOL_SENT);
}

Test(deliver, keeps_the_same_evidence_once)
{
    const char *answers[] = {accept(201, &stranger, "a.b.c")};
    struct delivery_count count;
    meet(answers, 1);
    spool("A", 1);
    cr_expect_eq(deliver(&count), DELIVERY_UNPROVEN);
    cr_expect_eq(deliver(&count), DELIVERY_UNPROVEN);
    cr_expect_eq(evidence(), 1);
}

Test(deliver, sends_no_later_revision_while_an_earlier_one_waits)
{
    const char *answers[] = {fake_answer(503, "Retry-After: 60\r\n", PROBLEM("unavailable"))};
    struct delivery_count count;
    meet(answers, 1);
    spool("A", 1);
    spool("A", 2);
    cr_expect_eq(deliver(&count), DELIVERY_KEPT);
    cr_expect_eq(count.kept, 2);
    cr_expect_eq(fake_requests(), 1);
    cr_expect_eq(place_of("A", 1), SPOOL_WAITING);
    cr_expect_eq(place_of("A", 2), SPOOL_WAITING);
}

Test(deliver, keeps_the_response_when_something_in_between_answers)
{
    const char *answers[] = {fake_answer(403, "", "<html>log in first</html>")};
    struct delivery_count count;
    meet(answers, 1);
    spool("A", 1);
    cr_expect_eq(deliver(&count), DELIVERY_BLOCKED);
    cr_expect_eq(place_of("A", 1), SPOOL_WAITING);
}

/* What is kept of them. */

struct told {
    size_t count, enrolments, holding, damaged;
};

static int look(void *context, const struct member_receipt *receipt)
{
    struct told *told = context;
    struct receipts_proof proof;
    struct error why;
    told->count++;
    told->enrolments += !receipt->id;
    told->damaged += receipt->is_damaged;
    told->holding += receipts_check(receipt, &ours.key, &proof, &why) == 0;
    return 0;
}

/* Enrolment. */

#define CODE "0000000-0000000-0000000-00000"

static enum enrol_result enrol(struct profile *profile, const struct pin *log)
{
    struct enrol_at at = {.http = way.http, .url = fake_url(), .panel = "wau", .log = log};
    return enrol_member(profile, &at, CODE, &answer);
}

Test(enrol, has_its_key_on_disk_before_anything_is_sent)
{
    const char *answers[] = {""};
    struct profile profile;
    struct pin *log = fake_log_pin(&ours, 0);
    meet(answers, 1);
    cr_assert_eq(profile_open(&profile, kit_folder(), false), PROFILE_OPEN);
    cr_expect_eq(enrol(&profile, log), ENROL_LATER);
    cr_expect(file_exists(kit_path("key")));
    cr_expect_not(profile_is_enrolled(&profile));
    cr_expect_null(profile.pin);
    profile_close(&profile);
    pin_free(log);
}

/* A collector that answers an enrolment with a receipt by `log`: the JWS is known when it comes only. */
static char expected_kid[KID_SIZE];
static bool loses_answer, answers_earlier;

static void answer_enrolment(void *context, const char *request, struct buf *out)
{
    struct fake_log *log = context;
    struct buf body;
    buf_init(&body, 8192);
    size_t index = answers_earlier ? 0 : fake_log_add(log, strstr(request, "\r\n\r\n") + 4);
    if (loses_answer)
        return;
    fake_log_put_answer(&body, log, index, expected_kid);
    buf_printf(out, "HTTP/1.1 201 X\r\nContent-Length: %zu\r\n\r\n%s", body.len, buf_text(&body));
    buf_free(&body);
}

static void meet_collector(struct fake_log *log, struct profile *profile)
{
    fake_start_with(answer_enrolment, log);
    way.http = http_open(fake_url(), &quick);
    cr_assert_not_null(way.http);
    cr_assert_eq(profile_open(profile, kit_folder(), false), PROFILE_OPEN);
    cr_assert_eq(profile_make_key(profile), 0);
    memcpy(expected_kid, profile->kid, sizeof expected_kid);
}

Test(enrol, pins_the_log_with_the_enrolment)
{
    struct profile profile;
    struct pin *log = fake_log_pin(&ours, 0);
    meet_collector(&ours, &profile);
    cr_expect_eq(enrol(&profile, log), ENROL_DONE);
    cr_expect(profile_is_enrolled(&profile));
    cr_expect_eq(enrol(&profile, log), ENROL_DONE, "no second time");
    cr_expect_eq(fake_requests(), 1);
    profile_close(&profile);
    cr_assert_eq(profile_open(&profile, kit_folder(), false), PROFILE_OPEN);
    cr_assert_not_null(profile.pin);
    cr_expect(pin_has_key(profile.pin, &ours.key));
    cr_expect_eq(profile.pin->head.size, 0);
    profile_close(&profile);
    pin_free(log);
}

Test(enrol, believes_only_an_answer_about_its_own_key)
{
    struct profile profile;
    struct pin *log = fake_log_pin(&ours, 0);
    meet_collector(&ours, &profile);
    expected_kid[0] = expected_kid[0] == 'A' ? 'B' : 'A';
    cr_expect_eq(enrol(&profile, log), ENROL_REFUSED);
    cr_expect_not(profile_is_enrolled(&profile));
    profile_close(&profile);
    pin_free(log);
}

Test(enrol, is_not_noted_when_the_receipt_does_not_hold)
{
    struct profile profile;
    struct pin *log = fake_log_pin(&ours, 0);
    meet_collector(&stranger, &profile);
    cr_expect_eq(enrol(&profile, log), ENROL_UNPROVEN);
    cr_expect_not(profile_is_enrolled(&profile));
    cr_expect_null(profile.pin);
    cr_expect_not(file_exists(kit_path("member.json")));
    cr_expect_eq(evidence(), 1);
    profile_close(&profile);
    pin_free(log);
}

/* The collector has the first one; another by the same key with the same code gives the receipt of that one. */
Test(enrol, holds_the_receipt_of_an_earlier_try_whose_answer_was_lost)
{
    struct profile profile;
    struct pin *log = fake_log_pin(&ours, 0);
    struct told told = {0};
    loses_answer = true;
    meet_collector(&ours, &profile);
    cr_expect_eq(enrol(&profile, log), ENROL_LATER);
    cr_expect(file_exists(kit_path("enrolment.jws")));
    loses_answer = false;
    answers_earlier = true;
    char other[] = "x.y.z"; /* a try that nobody heard of */
    cr_assert_eq(pending_add(kit_folder(), &(struct buf){.data = other, .len = 5}), 0);
    cr_expect_eq(enrol(&profile, log), ENROL_DONE);
    cr_expect_not(file_exists(kit_path("enrolment.jws")));
    cr_assert_eq(receipts_each(&profile, look, &told), 0);
    cr_expect(told.count == 1 && told.holding == 1);
    profile_close(&profile);
    pin_free(log);
}

Test(enrol, keeps_no_more_tries_than_the_newest_few)
{
    struct buf text;
    char one[16];
    for (int i = 0; i < PENDING_KEPT + 5; i++) {
        int len = snprintf(one, sizeof one, "a.b.%d", i);
        cr_assert_eq(pending_add(kit_folder(), &(struct buf){.data = one, .len = (size_t)len}), 0);
    }
    buf_init(&text, 4096);
    cr_assert_eq(file_read(kit_path("enrolment.jws"), &text), 0);
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    cr_expect_eq(lines, PENDING_KEPT);
    cr_expect_eq(strncmp(text.data, "a.b.5\n", 6), 0, "%.10s", text.data);
    buf_free(&text);
}

Test(deliver, leaves_receipts_that_can_be_checked_again)
{
    struct profile profile;
    struct delivery_count count;
    struct told told = {0};
    struct pin *log = fake_log_pin(&ours, 0);
    meet_collector(&ours, &profile);
    cr_assert_eq(enrol(&profile, log), ENROL_DONE);
    way.home = kit_folder();
    way.log = &profile.pin->key;
    spool("A", 1);
    spool("A", 2);
    cr_expect_eq(deliver(&count), DELIVERY_SENT);
    cr_assert_eq(receipts_each(&profile, look, &told), 0);
    cr_expect(told.count == 3 && told.enrolments == 1 && told.holding == 3);
    kit_write("sent/round-1~A~0000000000000002.json", "{\"jws\":\"a.b");
    told = (struct told){0};
    cr_assert_eq(receipts_each(&profile, look, &told), 0);
    cr_expect(told.count == 3 && told.holding == 2 && told.damaged == 1);
    profile_close(&profile);
    pin_free(log);
}
