/* Events: those of an independent program are read to the last claim, written again and read as the same; whatever
 * lacks a claim, has one too many or one of another type is none. */
#include "base/file.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "panel/event.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define MAX ((size_t)64 * 1024)
#define HASH "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
#define KEY "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"ExenfVLHRXRDuuZpKMdpjJqdqnNqCwsJRRz9sAbr3Gc\"}"
#define START "{\"aud\":\"p\",\"iat\":7,\"event\":"

static void start(void)
{
    cr_assert_eq(crypto_start(), 0);
}

TestSuite(event, .init = start);

static struct json *load_log(void)
{
    struct buf text;
    buf_init(&text, 1024 * 1024);
    cr_assert_eq(file_read("tests/vectors/protocol2/log2.json", &text), 0);
    struct json *log = json_parse(buf_text(&text), text.len, NULL);
    cr_assert_not_null(log);
    buf_free(&text);
    return log;
}

/* The payload of the n-th entry of the log; the caller frees. */
static struct buf payload_of(const struct json *log, size_t n)
{
    const struct json *entry = json_first(json_member(log, "entries"));
    while (n-- > 0)
        entry = json_next(entry);
    const char *text = json_text(json_member(entry, "jws"));
    struct jws jws;
    struct error error = {0};
    cr_assert_eq(jws_parse(text, strlen(text), EVENT_TYP, &jws, &error), 0);
    struct buf payload;
    buf_init(&payload, MAX);
    cr_assert_eq(jws_decode_payload(&jws, &payload), 0);
    return payload;
}

static struct event event_of(const char *payload)
{
    struct event event;
    struct error error = {0};
    cr_assert_eq(event_parse(payload, strlen(payload), &event, &error), 0, "%s: %s", payload, error.text);
    return event;
}

Test(event, is_read_as_an_independent_program_wrote_it)
{
    struct json *log = load_log();
    size_t n = 0, events = 0;
    for (const struct json *entry = json_first(json_member(log, "entries")); entry; entry = json_next(entry), n++) {
        if (strcmp(json_text(json_member(entry, "kind")), "event") != 0)
            continue;
        struct buf payload = payload_of(log, n);
        struct event event = event_of(buf_text(&payload));
        cr_assert_str_eq(event_name(event.kind), json_text(json_member(entry, "event")));
        cr_assert_str_eq(event.aud, "wau");
        cr_assert_eq(event.iat, 1790000060 + 60 * (int64_t)n);
        event_free(&event);
        buf_free(&payload);
        events++;
    }
    cr_assert_eq(events, 10);
    json_free(log);
}

Test(event, has_the_claims_of_its_kind)
{
    struct json *log = load_log();
    struct buf payloads[] = {payload_of(log, 3), payload_of(log, 9), payload_of(log, 12), payload_of(log, 13),
                             payload_of(log, 15)};
    struct event invitations = event_of(buf_text(&payloads[0]));
    cr_assert(invitations.count == 3 && !invitations.stratum && invitations.replaces == 0);
    struct event revoked = event_of(buf_text(&payloads[1]));
    cr_assert(revoked.enrolment == 4);
    cr_assert_str_eq(revoked.reason, "request");
    struct event erased = event_of(buf_text(&payloads[2]));
    cr_assert_str_eq(erased.by, "member");
    cr_assert(erased.request == 11 && erased.entries.count == 2 && erased.enrolments.count == 0);
    cr_assert(erased.entries.list[0] == 6 && erased.entries.list[1] == 8);
    struct event follow_up = event_of(buf_text(&payloads[3]));
    cr_assert(follow_up.replaces == -1 && follow_up.bytes == 128);
    cr_assert_str_eq(follow_up.round, "round-1");
    struct event release = event_of(buf_text(&payloads[4]));
    cr_assert(release.number == 1 && release.is_final && release.size == 15 && release.rule == 2);
    cr_assert(release.min_respondents == 10 && release.round_to == 5 && release.min_changed == 10);
    cr_assert(release.file_count == 1 && release.files[0].bytes == 161);
    cr_assert_str_eq(release.files[0].name, "options.csv");
    event_free(&invitations);
    event_free(&revoked);
    event_free(&erased);
    event_free(&follow_up);
    event_free(&release);
    for (size_t i = 0; i < 5; i++)
        buf_free(&payloads[i]);
    json_free(log);
}

/* One of each form, all claims there. */
static const char *const samples[] = {
    START "\"log-opened\",\"protocol\":2,\"origin\":\"o\",\"operator\":" KEY "}",
    START "\"log-upgraded\",\"protocol\":2,\"origin\":\"o\",\"operator\":" KEY ",\"size\":9,\"panel\":\"" HASH
          "\",\"actions\":\"" HASH "\",\"invitations\":{\"unused\":1,\"used\":2,\"withdrawn\":3,\"codes\":\"" HASH
          "\"},\"revoked\":[1,4]}",
    START "\"operator-changed\",\"operator\":" KEY "}",
    START "\"panel-imported\",\"panel\":\"" HASH "\",\"bytes\":5}",
    START "\"actions-imported\",\"actions\":\"" HASH "\",\"bytes\":5}",
    START "\"invitations-created\",\"count\":3,\"stratum\":\"s\",\"codes\":\"" HASH "\",\"replaces\":1}",
    START "\"invitation-withdrawn\",\"code\":\"" HASH "\"}",
    START "\"member-revoked\",\"enrolment\":4,\"reason\":\"abuse\"}",
    START "\"member-restored\",\"enrolment\":4}",
    START "\"round-closed\",\"round\":\"r\"}",
    START "\"release-created\",\"round\":\"r\",\"number\":1,\"final\":false,\"size\":7,\"root\":\"" HASH
          "\",\"rule\":2,\"minRespondents\":10,\"roundTo\":5,\"minChanged\":10,\"files\":[{\"name\":\"a\",\"bytes\":1,"
          "\"sha256\":\"" HASH "\"},{\"name\":\"b\",\"bytes\":2,\"sha256\":\"" HASH "\"}]}",
    START "\"entries-erased\",\"by\":\"member\",\"request\":3,\"entries\":[0,2],\"enrolments\":[0]}",
    START "\"entries-erased\",\"by\":\"operator\",\"reason\":\"order\",\"reference\":\"" HASH
          "\",\"entries\":[2],\"enrolments\":[]}",
    START "\"entries-erased\",\"by\":\"operator\",\"reason\":\"retention\",\"reference\":null,\"entries\":[2],"
          "\"enrolments\":[]}",
    START "\"follow-up-published\",\"action\":\"a\",\"round\":null,\"document\":\"" HASH
          "\",\"bytes\":9,\"replaces\":8}",
    START "\"page-released\",\"manifest\":\"" HASH "\",\"bytes\":9,\"version\":\"1.0\"}",
};

#define SAMPLES (sizeof samples / sizeof *samples)

Test(event, is_written_as_it_was_read)
{
    for (size_t i = 0; i < SAMPLES; i++) {
        struct event event = event_of(samples[i]);
        struct buf out;
        buf_init(&out, MAX);
        event_put_claims(&out, &event);
        cr_assert_eq(buf_check(&out), 0);
        struct json *before = json_parse(samples[i], strlen(samples[i]), NULL);
        struct json *after = json_parse(buf_text(&out), out.len, NULL);
        cr_assert(after && json_equal(before, after), "%s", buf_text(&out));
        json_free(before);
        json_free(after);
        event_free(&event);
        buf_free(&out);
    }
}

Test(event, is_written_to_the_byte_as_an_independent_program_wrote_it)
{
    struct json *log = load_log();
    size_t n = 0, events = 0;
    for (const struct json *entry = json_first(json_member(log, "entries")); entry; entry = json_next(entry), n++) {
        if (strcmp(json_text(json_member(entry, "kind")), "event") != 0)
            continue;
        struct buf payload = payload_of(log, n), out;
        struct event event = event_of(buf_text(&payload));
        buf_init(&out, MAX);
        event_put_claims(&out, &event);
        cr_assert_str_eq(buf_text(&out), buf_text(&payload));
        event_free(&event);
        buf_free(&payload);
        buf_free(&out);
        events++;
    }
    cr_assert_eq(events, 10);
    json_free(log);
}

/* Appends the object with its n-th member left out, or with `instead` as its value; behind the last n, with one member
 * more. */
static void put_spoilt(struct buf *out, const char *sample, size_t n, const char *instead)
{
    struct json *claims = json_parse(sample, strlen(sample), NULL);
    size_t place = 0;
    char lead = '{';
    for (const struct json *claim = json_first(claims); claim; claim = json_next(claim), place++) {
        if (place == n && !instead)
            continue;
        buf_put_char(out, lead);
        json_put_text(out, json_name(claim));
        buf_put_char(out, ':');
        if (place == n)
            buf_put_text(out, instead);
        else
            json_put_value(out, claim);
        lead = ',';
    }
    if (n == place)
        buf_put_text(out, ",\"more\":1");
    buf_put_char(out, '}');
    json_free(claims);
}

static void refuse_spoilt(const char *sample, size_t n, const char *instead)
{
    struct buf text;
    buf_init(&text, MAX);
    put_spoilt(&text, sample, n, instead);
    struct event event;
    struct error error = {0};
    cr_assert_eq(event_parse(buf_text(&text), text.len, &event, &error), -1, "%s", buf_text(&text));
    cr_assert(error.kind == ERROR_REFUSED && error.text[0], "%s", buf_text(&text));
    buf_free(&text);
}

Test(event, is_refused_with_a_claim_missing_added_or_of_no_type)
{
    static const char *const wrong[] = {"1.5", "-1", "{}", "[\"x\"]", "\"\\u0041\\u0042\"", "[3,3]", "[4,3]", "[-1]"};
    for (size_t i = 0; i < SAMPLES; i++) {
        struct json *claims = json_parse(samples[i], strlen(samples[i]), NULL);
        size_t count = json_count(claims);
        for (size_t n = 0; n <= count; n++)
            refuse_spoilt(samples[i], n, NULL);
        for (size_t n = 1; n < count; n++)
            for (size_t w = 0; w < 4; w++)
                refuse_spoilt(samples[i], n, wrong[w]);
        json_free(claims);
    }
    for (size_t w = 5; w < 8; w++)
        refuse_spoilt(samples[11], 5, wrong[w]);
    refuse_spoilt(samples[7], 4, wrong[4]);
    refuse_spoilt(samples[12], 4, wrong[4]);
    refuse_spoilt(samples[3], 3, wrong[4]);
}

Test(event, is_refused_where_files_are_not_in_order)
{
    struct event event;
    char text[1024];
    const char *release = samples[10];
    snprintf(text, sizeof text, "%s", release);
    char *first = strstr(text, "\"name\":\"a\"");
    first[8] = 'c';
    cr_assert_eq(event_parse(text, strlen(text), &event, NULL), -1);
    first[8] = 'b';
    cr_assert_eq(event_parse(text, strlen(text), &event, NULL), -1);
}

Test(event, says_when_there_is_no_memory)
{
    for (unsigned long n = 1;; n++) {
        struct event event;
        struct error error = {0};
        mem_fail_at(n);
        int result = event_parse(samples[11], strlen(samples[11]), &event, &error);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        if (!failed) {
            cr_assert_gt(n, 1);
            cr_assert_eq(result, 0);
            event_free(&event);
            break;
        }
        cr_assert_eq(result, -1);
        cr_assert_neq(error.text[0], '\0');
    }
}
