/* What other collectors say they have signed: believed by the log's key alone, whatever else they send. */
#include "base/mem.h"
#include "collector/log/log_key.h"
#include "collector/log/peers.h"
#include "tests/unit/capture.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define ORIGIN "burgerpanel/wau"
#define NOBODY "http://127.0.0.1:1" /* where nobody listens */

static struct error error;
static struct signer *signer;
static struct note_key log_key;
static struct secret_key *secret;

static void setup(void)
{
    const char *path;
    struct buf verifier;
    kit_begin();
    path = kit_path("key");
    buf_init(&verifier, NOTE_MAX);
    cr_assert_eq(log_key_create(path), 0);
    cr_assert_eq(log_key_verifier(path, ORIGIN, &verifier, &error), 0, "%s", error.text);
    signer = signer_open(path, buf_text(&verifier), &error);
    cr_assert_not_null(signer, "%s", error.text);
    secret = log_key_load(path, &error);
    cr_assert_not_null(secret, "%s", error.text);
    log_key = *signer_public(signer);
    buf_free(&verifier);
}

static void teardown(void)
{
    signer_close(signer);
    secret_key_free(secret);
    kit_end();
}

TestSuite(peers, .init = setup, .fini = teardown, .timeout = 60);

static struct merkle_head head_of(uint64_t size)
{
    struct merkle_head head = {.size = size};
    if (size == 0)
        merkle_empty(&head.root);
    else
        merkle_leaf(&size, sizeof size, &head.root);
    return head;
}

/* An answer with the checkpoint of that size by this key. */
static const char *checkpoint(uint64_t size, const struct note_key *key, const struct secret_key *by)
{
    static char texts[8][1024];
    static unsigned turn;
    struct merkle_head head = head_of(size);
    struct buf note;
    buf_init(&note, NOTE_MAX);
    checkpoint_sign(&note, &head, key, by);
    char *text = texts[turn++ % 8];
    snprintf(text, sizeof texts[0], "%s", buf_text(&note));
    buf_free(&note);
    return fake_answer(200, "", text);
}

static struct peers *must_open(const char *urls)
{
    struct peers *peers = NULL;
    cr_assert_eq(peers_open(urls, false, &peers, &error), 0, "%s", error.text);
    cr_assert_not_null(peers);
    return peers;
}

static void sign(uint64_t size)
{
    struct merkle_head head = head_of(size);
    cr_assert_eq(signer_sign(signer, &head, &error), 0, "%s", error.text);
}

static bool is_signed(uint64_t size)
{
    char line[32];
    snprintf(line, sizeof line, "\n%llu\n", (unsigned long long)size);
    return strstr(signer_checkpoint(signer), line) != NULL;
}

/* Asks one that answers so, and NOBODY; what is told of it in the log. */
static const char *ask_one(const char *answer)
{
    static char told[4096];
    char urls[128];
    fake_start(&answer, 1);
    snprintf(urls, sizeof urls, " %s ,%s", fake_url(), NOBODY);
    struct peers *peers = must_open(urls);
    capture_begin(2);
    int result = peers_ask(peers, signer, &error);
    snprintf(told, sizeof told, "%s", capture_end(2));
    cr_assert_eq(result, 0, "%s", error.text);
    peers_close(peers);
    fake_stop();
    return told;
}

static size_t count_of(const char *text, const char *words)
{
    size_t count = 0;
    for (const char *at = strstr(text, words); at; at = strstr(at + 1, words))
        count++;
    return count;
}

/* What the signer makes of it. */

static struct merkle_head single(const char *leaf)
{
    struct merkle_head head = {.size = 1};
    merkle_leaf(leaf, strlen(leaf), &head.root);
    return head;
}

/* A merkle_read over a log of one leaf. */
static int read_leaf(void *leaf, unsigned level, uint64_t index, struct merkle_hash *out)
{
    if (level != 0 || index != 0)
        return -1;
    *out = *(const struct merkle_hash *)leaf;
    return 0;
}

static void must_not_be_good(uint64_t size, struct merkle_head *head, const char *why)
{
    cr_assert_eq(signer_check(signer, size, read_leaf, &head->root, &error), -1, "%s", why);
    cr_assert_not_null(strstr(error.text, why), "%s", error.text);
}

Test(peers, take_the_place_of_what_is_older_here)
{
    struct merkle_head head = single("a"), empty = head_of(0);
    sign(0);
    signer_hear(signer, &head);
    must_not_be_good(0, &head, "old copy");
    cr_assert(is_signed(1), "after the next start it is known as well");
    cr_assert_eq(signer_check(signer, 1, read_leaf, &head.root, &error), 0);
    signer_hear(signer, &empty); /* what is older there */
    cr_assert(is_signed(1));
    cr_assert_eq(signer_check(signer, 1, read_leaf, &head.root, &error), 0);
}

Test(peers, contradict_a_log_that_is_not_of_both)
{
    struct merkle_head own = single("a"), other = single("b"), read;
    const char *text;
    cr_assert_eq(signer_sign(signer, &own, &error), 0);
    cr_assert_eq(signer_check(signer, 1, read_leaf, &own.root, &error), 0);
    for (int i = 0; i < 100; i++)
        signer_hear(signer, &other); /* the same again */
    must_not_be_good(1, &own, "not the one");
    must_not_be_good(1, &other, "not the one");
    text = signer_checkpoint(signer);
    cr_assert_eq(checkpoint_open(text, strlen(text), &log_key, &read, &error), 0);
    cr_assert(merkle_equal(&read.root, &own.root), "what was signed here stays");
}

Test(peers, contradict_it_also_when_there_is_no_room_to_remember_all)
{
    struct merkle_head own = single("a");
    char leaf[16];
    cr_assert_eq(signer_sign(signer, &own, &error), 0);
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(leaf, sizeof leaf, "%u", i);
        struct merkle_head other = single(leaf);
        signer_hear(signer, &other);
    }
    must_not_be_good(1, &own, "not the one");
}

/* Whose log has lost what was signed here may have grown beyond it since. */
Test(peers, do_not_hide_what_was_signed_here_by_being_longer)
{
    struct merkle_head own = single("a"), other = single("b"), longer = head_of(5);
    cr_assert_eq(signer_sign(signer, &own, &error), 0);
    signer_hear(signer, &longer);
    for (int i = 0; i < 2; i++)
        must_not_be_good(1, &other, "not the one");
    cr_assert(is_signed(1), "what was signed here stays");
}

Test(peers, do_not_stand_in_for_a_checkpoint_that_is_missing)
{
    struct merkle_head head = single("a");
    signer_hear(signer, &head);
    cr_assert_str_eq(signer_checkpoint(signer), "");
    must_not_be_good(1, &head, "serve --join URL");
    must_not_be_good(0, &head, "old copy");
    signer_note_alone(signer);
    must_not_be_good(1, &head, "missing; put it back");
    cr_assert_null(strstr(error.text, "--join"), "where no other serves the store: %s", error.text);
}

/* Asking. */

Test(peers, count_by_the_newest_that_the_key_has_signed)
{
    const char *answers[] = {checkpoint(7, &log_key, secret), checkpoint(5, &log_key, secret)};
    char urls[160];
    struct merkle_head none = head_of(0);
    sign(0);
    fake_start(answers, 2);
    snprintf(urls, sizeof urls, "%s,%s", fake_url(), fake_url());
    struct peers *peers = must_open(urls);
    cr_assert_eq(peers_ask(peers, signer, &error), 0, "%s", error.text);
    must_not_be_good(0, &none, "old copy");
    cr_expect(is_signed(7), "%s", signer_checkpoint(signer));
    cr_expect_eq(fake_requests(), 2);
    cr_expect_eq(strncmp(fake_last(), "GET /log/checkpoint HTTP/1.1\r\n", 30), 0, "%s", fake_last());
    cr_expect_not_null(strstr(fake_last(), "Prefer: wait=0\r\n"));
    peers_close(peers);
    peers_close(NULL);
}

Test(peers, are_asked_by_who_has_no_signer_yet_and_told_to_it_later)
{
    const char *answer = checkpoint(7, &log_key, secret);
    struct merkle_head none = head_of(0);
    sign(0);
    fake_start(&answer, 1);
    struct peers *peers = must_open(fake_url());
    cr_assert_eq(peers_fetch(peers, &log_key, &error), 0, "%s", error.text);
    cr_assert_eq(signer_check(signer, 0, read_leaf, &none.root, &error), 0, "%s", error.text);
    peers_tell(peers, signer);
    must_not_be_good(0, &none, "old copy");
    peers_close(peers);
}

Test(peers, are_not_asked_any_more_once_that_is_stopped)
{
    const char *answer = checkpoint(7, &log_key, secret);
    sign(0);
    fake_start(&answer, 1);
    struct peers *peers = must_open(fake_url());
    peers_stop(peers);
    capture_begin(2);
    int result = peers_ask(peers, signer, &error);
    cr_expect_str_eq(capture_end(2), "");
    cr_expect_eq(result, -1);
    cr_expect_str_eq(error.text, "the collector is stopping");
    cr_expect_eq(fake_requests(), 0);
    peers_close(peers);
    peers_stop(NULL);
}

Test(peers, change_nothing_by_an_old_checkpoint)
{
    sign(9);
    const char *told = ask_one(checkpoint(4, &log_key, secret));
    cr_expect(is_signed(9));
    cr_expect_eq(count_of(told, "warning"), 0, "%s", told);
}

Test(peers, believe_nothing_but_the_key_of_the_log)
{
    struct note_key other_log;
    struct secret_key *other = secret_key_new();
    cr_assert_eq(note_key_make(&other_log, "burgerpanel/other", log_key.public_key), 0);
    static char cut[1024], huge[2000];
    memset(huge, 'x', sizeof huge - 1);
    snprintf(cut, sizeof cut, "%s", checkpoint(7, &log_key, secret));
    cut[strlen(cut) - 9] = '=';
    const char *const lies[] = {checkpoint(7, &log_key, other),
                                checkpoint(7, &other_log, secret),
                                cut,
                                fake_answer(200, "", ""),
                                fake_answer(200, "", "{\"size\":7}"),
                                fake_answer(200, "", huge),
                                fake_answer(302, "Location: /else\r\n", ""),
                                fake_answer(404, "", "no")};
    sign(3);
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        const char *told = ask_one(lies[i]);
        cr_expect(is_signed(3), "lie %zu: %s", i, signer_checkpoint(signer));
        cr_expect_eq(count_of(told, "is passed over: "), 1, "lie %zu: %s", i, told);
        cr_expect_eq(count_of(told, "is not heard: "), 1, "the one where nobody listens: %s", told);
        cr_expect_eq(count_of(told, "none was heard"), 1, "%s", told);
        cr_expect_eq(count_of(told, "\n"), 3, "%s", told);
    }
    secret_key_free(other);
}

Test(peers, are_no_trouble_when_they_are_away_and_that_is_told_once)
{
    static const char *const away[] = {"HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n", "", "HTTP/1.1"};
    sign(3);
    for (size_t i = 0; i < sizeof away / sizeof *away; i++) {
        const char *told = ask_one(away[i]);
        cr_expect_eq(count_of(told, "is not heard: "), 2, "%zu: %s", i, told);
        cr_expect_eq(count_of(told, "warning"), 1, "%zu: %s", i, told);
    }
    struct peers *peers = must_open(NOBODY);
    capture_begin(2);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(peers_ask(peers, signer, &error), 0);
    const char *told = capture_end(2);
    cr_expect_eq(count_of(told, "\n"), 2, "%s", told);
    cr_expect(is_signed(3));
    peers_close(peers);
}

Test(peers, are_urls_that_nobody_on_the_way_can_alter)
{
    static const char *const wrong[] = {
        "http://panel-b.example.nl", "panel-b", "https://a.example.nl,", "ftp://a", "https://u:p@a.example.nl",
        "https://a.example.nl?b",    " "};
    static const char many[] = NOBODY "," NOBODY "," NOBODY "," NOBODY "," NOBODY "," NOBODY "," NOBODY "," NOBODY;
    char too_many[sizeof many + 32];
    struct peers *peers = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_expect_eq(peers_open(wrong[i], false, &peers, &error), -1, "%s", wrong[i]);
        cr_expect(error.kind == ERROR_REFUSED && strstr(error.text, "peers: "), "%s", error.text);
    }
    cr_expect_eq(peers_open("http://panel-b.example.nl", true, &peers, &error), 0, "a network of one's own: %s",
                 error.text);
    peers_close(peers);
    peers_close(must_open("https://panel-b.example.nl:8443/panel, http://[::1]:8080"));
    peers_close(must_open(many));
    snprintf(too_many, sizeof too_many, "%s,%s", many, NOBODY);
    cr_expect_eq(peers_open(too_many, false, &peers, &error), -1);
    cr_expect_not_null(strstr(error.text, "more than 8"), "%s", error.text);
    cr_expect_eq(peers_open("", false, &peers, &error), 0);
    cr_expect_null(peers, "there are none");
}

Test(peers, survive_any_lack_of_memory)
{
    const char *answer = checkpoint(7, &log_key, secret);
    struct merkle_head none = head_of(0);
    unsigned n = 1;
    sign(0);
    fake_start(&answer, 1);
    for (bool failed = true; failed; n++) {
        mem_fail_at(n);
        struct peers *peers = NULL;
        int result = peers_open(fake_url(), false, &peers, &error);
        if (result == 0)
            result = peers_ask(peers, signer, &error);
        failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert(result == 0 || (failed && error.kind == ERROR_MEMORY), "allocation %u: %s", n, error.text);
        peers_close(peers);
    }
    cr_expect_gt(n, 2);
    must_not_be_good(0, &none, "old copy");
    cr_expect(is_signed(7));
}

/* Joining. */

Test(peers, are_joined_once_where_they_are)
{
    static const uint64_t sizes[] = {12, 14};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const char *answer = checkpoint(sizes[i], &log_key, secret);
        fake_start(&answer, 1);
        cr_expect_eq(peers_join(fake_url(), false, signer, &error), 0, "%s", error.text);
        cr_expect_eq(fake_requests(), 1, "who has begun does not ask");
        fake_stop();
        cr_expect(is_signed(12), "%s", signer_checkpoint(signer));
    }
}

Test(peers, are_joined_also_before_there_is_anything)
{
    const char *answer = checkpoint(0, &log_key, secret);
    fake_start(&answer, 1);
    capture_begin(2);
    int result = peers_join(fake_url(), false, signer, &error);
    cr_expect_not_null(strstr(capture_end(2), "is empty so far"));
    cr_expect_eq(result, 0, "%s", error.text);
    cr_expect(is_signed(0));
}

Test(peers, are_not_joined_by_what_is_not_theirs)
{
    struct secret_key *other = secret_key_new();
    const char *lie = checkpoint(7, &log_key, other);
    fake_start(&lie, 1);
    cr_expect_eq(peers_join(fake_url(), false, signer, &error), -1);
    cr_expect_not_null(strstr(error.text, "can't be joined: what it shows is no checkpoint of this log"), "%s",
                       error.text);
    cr_expect_eq(peers_join(NOBODY, false, signer, &error), -1);
    cr_expect_str_eq(error.text, NOBODY " can't be joined: nobody listens there");
    cr_expect_eq(peers_join("http://panel-b.example.nl", false, signer, &error), -1);
    cr_expect_str_eq(signer_checkpoint(signer), "");
    secret_key_free(other);
}
