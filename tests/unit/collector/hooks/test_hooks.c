/* The pure parts of webhooks: whom, what, signed how, and how often again. */
#include "base/file.h"
#include "collector/hooks/cursor.h"
#include "collector/hooks/message.h"
#include "collector/hooks/receiver.h"
#include "collector/hooks/signing.h"
#include "crypto/line.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(hooks, .init = kit_begin, .fini = kit_end);

static const char *hooks_folder(void)
{
    const char *folder = kit_path("hooks");
    cr_assert_eq(file_make_folder(folder), 0);
    return folder;
}

static int read_receiver(const char *text, bool private, struct receiver *out)
{
    struct error error;
    return receiver_read(text, strlen(text), private, out, &error);
}

Test(hooks, tells_where_a_receiver_may_be)
{
    static const struct {
        const char *url, *host;
        enum reach reach;
    } samples[] = {{"https://hooks.example.nl/a?b=c", "hooks.example.nl", REACH_PUBLIC},
                   {"https://hooks.example.nl:8443", "hooks.example.nl:8443", REACH_PUBLIC},
                   {"https://hooks.example.nl:65535/:0", "hooks.example.nl:65535", REACH_PUBLIC},
                   {"https://10.0.0.1/", "10.0.0.1", REACH_PUBLIC},
                   {"https://[2001:db8::1]/", "[2001:db8::1]", REACH_PUBLIC},
                   {"http://127.0.0.1:9000/x", "127.0.0.1:9000", REACH_LOOPBACK},
                   {"https://localhost/x", "localhost", REACH_LOOPBACK},
                   {"http://[::1]:9000/", "[::1]:9000", REACH_LOOPBACK}};
    struct receiver receiver;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        cr_assert_eq(read_receiver(samples[i].url, false, &receiver), 0, "%s", samples[i].url);
        cr_expect_str_eq(receiver.url, samples[i].url);
        cr_expect_str_eq(receiver.host, samples[i].host);
        cr_expect_eq(receiver.reach, samples[i].reach, "%s", samples[i].url);
    }
    cr_assert_eq(read_receiver("https://intern.example.nl/", true, &receiver), 0);
    cr_expect_eq(receiver.reach, REACH_NETWORK);
    cr_assert_eq(read_receiver("http://127.0.0.1/", true, &receiver), 0);
    cr_expect_eq(receiver.reach, REACH_LOOPBACK);
}

Test(hooks, refuses_what_is_no_receiver)
{
    static const char *const samples[] = {"",
                                          "https://",
                                          "http://",
                                          "http://example.nl/",
                                          "http://127.0.0.1.example.nl/",
                                          "http://localhost.example.nl/",
                                          "http://127.0.0.1@example.nl/",
                                          "https://user:word@example.nl/",
                                          "https://exa mple.nl/",
                                          "https://example.nl\\@127.0.0.1/",
                                          "ftp://127.0.0.1/",
                                          "HTTPS://example.nl/",
                                          "//example.nl/",
                                          "https://example.nl:99999/",
                                          "https://example.nl:0/",
                                          "https://example.nl:/",
                                          "https://example.nl:8o/",
                                          "https://:443/",
                                          "http://[::1]:65536/"};
    struct receiver receiver;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        cr_expect_eq(read_receiver(samples[i], false, &receiver), -1, "%s", samples[i]);
}

static void expect_message(const struct event *event, const char *id, const char *body)
{
    struct message message;
    message_init(&message);
    cr_assert(message_of_event(&message, 12, event));
    cr_expect_str_eq(buf_text(&message.id), id);
    cr_expect_str_eq(buf_text(&message.body), body);
    message_wipe(&message);
}

#define WHEN "\"timestamp\":\"2026-05-01T00:00:00Z\""

Test(hooks, tell_of_releases_follow_ups_and_rounds_and_of_nothing_else)
{
    struct event event = {.aud = "wau", .iat = 1777593600, .round = "r-1", .action = "A", .number = 3, .replaces = -1};
    event.kind = EVENT_RELEASE_CREATED;
    event.is_final = true;
    expect_message(&event, "wau-12",
                   "{\"type\":\"release.created\"," WHEN
                   ",\"data\":{\"panel\":\"wau\",\"index\":12,\"round\":\"r-1\",\"number\":3,\"final\":true}}");
    event.kind = EVENT_ROUND_CLOSED;
    expect_message(&event, "wau-12",
                   "{\"type\":\"round.closed\"," WHEN ",\"data\":{\"panel\":\"wau\",\"index\":12,\"round\":\"r-1\"}}");
    event.kind = EVENT_FOLLOW_UP_PUBLISHED;
    event.round = NULL;
    event.replaces = 7;
    expect_message(&event, "wau-12",
                   "{\"type\":\"follow-up.published\"," WHEN
                   ",\"data\":{\"panel\":\"wau\",\"index\":12,\"action\":\"A\","
                   "\"round\":null,\"replaces\":7}}");
    size_t told = 0;
    for (int kind = 0; kind < EVENT_KINDS; kind++) {
        struct message message;
        message_init(&message);
        event.kind = (enum event_kind)kind;
        told += message_of_event(&message, 12, &event);
        message_wipe(&message);
    }
    cr_expect_eq(told, 3);
}

Test(hooks, sign_what_is_sent_as_standard_webhooks_has_it)
{
    static const uint8_t seed[KEY_BYTES] = {7};
    struct secret_key *key = secret_key_from_seed(seed);
    uint8_t public_key[KEY_BYTES], signature[SIGNATURE_BYTES];
    struct buf body, value;
    cr_assert_not_null(key);
    buf_init(&body, 64);
    buf_init(&value, 256);
    buf_put_text(&body, "{}");
    cr_assert_eq(signing_put_signature(&value, key, "wau-12", 1777593600, &body), 0);
    cr_assert_eq(strncmp(buf_text(&value), "v1a,", 4), 0);
    struct line line = {buf_text(&value) + 4, value.len - 4};
    cr_assert_eq(line_base64_exactly(&line, signature, sizeof signature), 0);
    secret_key_public(key, public_key);
    static const char signed_text[] = "wau-12.1777593600.{}";
    cr_expect(key_verify(public_key, signature, signed_text, sizeof signed_text - 1));
    buf_free(&body);
    buf_free(&value);
    secret_key_free(key);
}

Test(hooks, try_a_message_ten_times_over_two_days)
{
    static const int64_t pauses[] = {2, 8, 32, 128, 512, 2048, 8192, 32768, 131072, 0};
    struct cursor cursor = {.next = 5};
    int64_t now = 1000, all = 0;
    for (size_t i = 0; i < CURSOR_TRIES; i++) {
        int64_t pause = cursor_fail(&cursor, "wau-5", now);
        cr_expect_eq(pause, pauses[i], "try %zu", i + 1);
        cr_expect_eq(cursor.not_before, pause > 0 ? now + pause : 0);
        all += pause;
    }
    cr_expect_gt(all, 172800);
    cr_expect_eq(cursor.tries, 0, "the next message begins anew");
    cr_expect_eq(cursor_fail(&cursor, "wau-6", now), 2);
    cr_expect_eq(cursor_fail(&cursor, "wau-6", now), 8);
    cr_expect_eq(cursor_fail(&cursor, "wau-r-opened-1", now), 2, "another message has tries of its own");
}

Test(hooks, keep_a_cursor_for_each_receiver)
{
    struct error error;
    struct cursor one = {.next = 5, .opened = 1777593600}, two = {.next = 9}, read;
    snprintf(one.due, sizeof one.due, "wau-\"5");
    one.tries = 3;
    one.not_before = 77;
    cr_expect_eq(cursor_read(hooks_folder(), "https://a/", &read, &error), 1, "there is none yet");
    cr_assert_eq(cursor_write(hooks_folder(), "https://a/", &one, &error), 0);
    cr_assert_eq(cursor_write(hooks_folder(), "https://b/", &two, &error), 0);
    cr_assert_eq(cursor_read(hooks_folder(), "https://a/", &read, &error), 0);
    cr_expect_eq(read.next, 5);
    cr_expect_eq(read.opened, 1777593600);
    cr_expect_eq(read.tries, 3);
    cr_expect_eq(read.not_before, 77);
    cr_expect_str_eq(read.due, "wau-\"5");
    cr_assert_eq(cursor_read(hooks_folder(), "https://b/", &read, &error), 0);
    cr_expect_eq(read.next, 9);
}

Test(hooks, make_a_key_once)
{
    struct error error;
    struct buf first, second;
    struct secret_key *key = signing_key(hooks_folder(), &error);
    cr_assert_not_null(key, "%s", error.text);
    buf_init(&first, 256);
    buf_init(&second, 256);
    signing_put_public(&first, key);
    secret_key_free(key);
    key = signing_key(hooks_folder(), &error);
    cr_assert_not_null(key);
    signing_put_public(&second, key);
    cr_expect_str_eq(buf_text(&first), buf_text(&second));
    cr_expect_eq(strncmp(buf_text(&first), "whpk_", 5), 0);
    secret_key_free(key);
    buf_free(&first);
    buf_free(&second);
}
