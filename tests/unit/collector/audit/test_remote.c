/* Another collector's log, as a service that says what each test wants. */
#include "collector/audit/remote.h"
#include "crypto/jws.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_SIZE 5 /* entries: "entry 0" to "entry 4" */
#define ENTRIES "GET /v1/entries?from="

static struct error error;
static int64_t erased_by;
static struct remote *remote;
static const char *page; /* what each request for entries is answered; NULL: what the log has */
static long page_limit; /* more entries than these at once are a 500 */
static bool is_long; /* or in place of that, more than 24 MiB */
static const char *key_text, *checkpoint_text;

static void put_answer(struct buf *out, int status, const char *body)
{
    buf_printf(out, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(body), body);
}

static void put_long_answer(struct buf *out)
{
    static const char piece[1024] = "";
    out->max = (size_t)32 * 1024 * 1024;
    buf_printf(out, "HTTP/1.1 200 X\r\nContent-Length: %d\r\n\r\n", 25 * 1024 * 1024);
    for (size_t i = 0; i < (size_t)25 * 1024; i++)
        buf_put(out, piece, sizeof piece);
}

static void put_file(struct buf *out, const char *before, const char *path, const char *after)
{
    struct buf file = kit_file(path), body;
    buf_init(&body, KIT_TEXT_MAX);
    buf_printf(&body, "%s%s%s", before, buf_text(&file), after);
    put_answer(out, 200, buf_text(&body));
    buf_free(&file);
    buf_free(&body);
}

static void put_entries(struct buf *out, const char *request)
{
    long from = strtol(request + strlen(ENTRIES), NULL, 10), limit = strtol(strstr(request, "limit=") + 6, NULL, 10);
    struct buf body;
    buf_init(&body, KIT_TEXT_MAX);
    for (long i = from; i < LOG_SIZE && i < from + limit; i++)
        buf_printf(&body, "{\"index\":%ld,\"jws\":\"entry %ld\"}\n", i, i);
    if (!strstr(request, "Authorization: Bearer secret\r\n"))
        put_answer(out, 401, "");
    else if (limit > page_limit && is_long)
        put_long_answer(out);
    else if (limit > page_limit)
        put_answer(out, 500, "");
    else
        put_answer(out, 200, page ? page : buf_text(&body));
    buf_free(&body);
}

static void answer_request(void *context, const char *request, struct buf *out)
{
    (void)context;
    if (strncmp(request, ENTRIES, strlen(ENTRIES)) == 0)
        put_entries(out, request);
    else if (strstr(request, "Authorization:"))
        put_answer(out, 400, "the token goes no further than it must");
    else if (strncmp(request, "GET /v1/panel ", 14) == 0)
        put_file(out, "", "fixtures/panel.json", "");
    else if (strncmp(request, "GET /v1/actions ", 16) == 0)
        put_answer(out, 200,
                   "{\"actions\":[{\"id\":\"A.1\",\"title\":\"One\",\"track\":\"\",\"lead\":\"\",\"related\":\"\","
                   "\"status\":\"running\"}]}");
    else if (strncmp(request, "GET /log/key ", 13) == 0)
        put_answer(out, 200, key_text);
    else if (strncmp(request, "GET /v1/rounds/", 15) == 0)
        put_answer(out, 404, "");
    else
        put_answer(out, 200, checkpoint_text);
}

static void prepare(void)
{
    kit_begin();
    page_limit = LONG_MAX;
    fake_start_with(answer_request, NULL);
    remote = remote_open(fake_url(), "secret", &error);
    cr_assert_not_null(remote);
}

static void finish(void)
{
    remote_close(remote);
    fake_stop();
    kit_end();
}

TestSuite(remote, .init = prepare, .fini = finish, .timeout = 60);

/* Entries. */

static enum store_result read_entry(int64_t index, struct buf *out)
{
    buf_reset(out);
    return remote_entry(remote, index, out, &erased_by, &error);
}

static void assert_entries(int64_t from)
{
    struct buf text;
    char expected[32];
    buf_init(&text, JWS_MAX);
    for (int64_t i = from; i < LOG_SIZE; i++) {
        snprintf(expected, sizeof expected, "entry %lld", (long long)i);
        cr_assert_eq(read_entry(i, &text), STORE_OK, "%s", error.text);
        cr_assert_str_eq(buf_text(&text), expected);
    }
    cr_assert_eq(read_entry(LOG_SIZE, &text), STORE_NONE);
    cr_assert_eq(read_entry(LOG_SIZE + 1, &text), STORE_NONE);
    buf_free(&text);
}

/* The second request finds that nothing follows; after that nothing more is asked. */
Test(remote, gives_entries_from_one_page_and_notices_where_the_log_ends)
{
    assert_entries(0);
    cr_assert_eq(fake_requests(), 2);
}

Test(remote, gives_entries_from_any_index_on)
{
    assert_entries(3);
}

Test(remote, asks_for_less_at_once_when_a_page_can_not_be_had)
{
    page_limit = 512;
    assert_entries(0);
}

/* A collector gives as many entries as are asked for, however long they are. */
Test(remote, asks_for_less_at_once_when_a_page_is_too_long)
{
    is_long = true;
    page_limit = 64;
    assert_entries(0);
}

Test(remote, tells_an_erased_entry_from_one_that_is_wrong)
{
    static const struct {
        const char *page;
        enum store_result result;
        const char *why;
    } cases[] = {
        {"{\"index\":0,\"jws\":null}\n", STORE_ERASED, ""},
        {"{\"index\":0,\"jws\":null,\"erasedBy\":17}\n", STORE_ERASED, ""},
        {"{\"index\":1,\"jws\":\"x\"}\n", STORE_FAILED, "what the collector gives for it is no entry"},
        {"{\"index\":0,\"jws\":7}\n", STORE_FAILED, "what the collector gives for it is no entry"},
        {"{\"index\":0}\n", STORE_FAILED, "what the collector gives for it is no entry"},
        {"<html>\n", STORE_FAILED, "what the collector gives for it is no entry"},
        {"{\"index\":0,\"jws\":\"x\"}", STORE_FAILED, "the answer broke off"},
    };
    struct buf text;
    buf_init(&text, JWS_MAX);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct remote *fresh = remote_open(fake_url(), "secret", &error);
        page = cases[i].page;
        error = (struct error){0};
        erased_by = HOLE_NOT_ASKED;
        buf_reset(&text);
        cr_expect_eq(remote_entry(fresh, 0, &text, &erased_by, &error), cases[i].result, "%s", page);
        cr_expect_str_eq(error.text, cases[i].why, "%s", page);
        cr_expect_eq(erased_by, i == 0 ? HOLE_OF_NONE : i == 1 ? 17 : HOLE_NOT_ASKED, "%s", page);
        remote_close(fresh);
    }
    buf_free(&text);
}

Test(remote, says_when_an_entry_is_longer_than_can_be)
{
    static char line[JWS_MAX + 100];
    struct buf text;
    buf_init(&text, JWS_MAX);
    size_t at = (size_t)snprintf(line, sizeof line, "{\"index\":0,\"jws\":\"");
    memset(line + at, 'x', JWS_MAX + 1);
    snprintf(line + at + JWS_MAX + 1, sizeof line - at - JWS_MAX - 1, "\"}\n");
    page = line;
    cr_assert_eq(read_entry(0, &text), STORE_FAILED);
    cr_assert_str_eq(error.text, "it is longer than 32 KiB");
    buf_free(&text);
}

Test(remote, says_when_the_token_is_not_known)
{
    struct buf text;
    struct remote *other = remote_open(fake_url(), "other", &error);
    buf_init(&text, JWS_MAX);
    cr_assert_eq(remote_entry(other, 0, &text, &erased_by, &error), STORE_FAILED);
    cr_assert_not_null(strstr(error.text, "the token is unknown, revoked or expired"), "%s", error.text);
    remote_close(other);
    buf_free(&text);
}

/* Documents and files. */

Test(remote, takes_what_is_not_there_for_an_answer_and_not_for_an_error)
{
    struct buf text;
    buf_init(&text, 100);
    error = (struct error){.kind = ERROR_NONE};
    cr_assert_eq(remote_release_file(remote, "r", 1, "summary.csv", &text, &error), STORE_NONE);
    cr_assert(error.kind == ERROR_NONE && error.text[0] == '\0', "%s", error.text);
    buf_free(&text);
}

Test(remote, tells_a_document_longer_than_can_be_from_one_that_did_not_come)
{
    static const uint8_t hash[SHA256_BYTES] = {1};
    struct buf text;
    buf_init(&text, 3);
    checkpoint_text = "four";
    cr_assert_eq(remote_document(remote, hash, &text, &error), STORE_FAILED);
    cr_assert_eq(error.kind, ERROR_DAMAGED, "%s", error.text);
    checkpoint_text = "you";
    cr_assert_eq(remote_document(remote, hash, &text, &error), STORE_OK);
    cr_assert_str_eq(buf_text(&text), "you");
    buf_free(&text);
}

/* Panel and actions. */

Test(remote, numbers_rounds_and_actions_by_their_places)
{
    struct catalogue *catalogue = remote_catalogue(remote, &error);
    cr_assert_not_null(catalogue, "%s", error.text);
    cr_assert_str_eq(catalogue->panel->id, "wau");
    cr_assert_eq(catalogue->round_numbers[0], 1);
    cr_assert(catalogue->actions->count == 1 && catalogue->action_numbers[0] == 1);
    catalogue_release(catalogue);
}

/* Key and checkpoint. */

/* A log's key, and the checkpoint that another of the same seed or not signed over `size` entries. */
static void sign_log(struct buf *key_line, struct buf *checkpoint, uint8_t signer_seed)
{
    uint8_t seed[KEY_BYTES] = {1}, public_key[KEY_BYTES];
    struct note_key key;
    struct merkle_head head = {.size = LOG_SIZE};
    memset(&head.root, 7, sizeof head.root);
    for (int i = 0; i < 2; i++) {
        struct secret_key *secret = secret_key_from_seed(seed);
        secret_key_public(secret, public_key);
        cr_assert_eq(note_key_make(&key, "burgerpanel/wau", public_key), 0);
        if (i == 0) {
            note_key_put(key_line, &key);
            buf_put_char(key_line, '\n');
        } else
            checkpoint_sign(checkpoint, &head, &key, secret);
        secret_key_free(secret);
        seed[0] = signer_seed;
    }
    key_text = buf_text(key_line);
    checkpoint_text = buf_text(checkpoint);
}

Test(remote, believes_a_checkpoint_by_the_key_that_is_shown_with_it)
{
    struct note_key key;
    struct merkle_head head;
    struct buf key_line, checkpoint;
    buf_init(&key_line, NOTE_MAX);
    buf_init(&checkpoint, NOTE_MAX);
    sign_log(&key_line, &checkpoint, 1);
    cr_assert_eq(remote_head(remote, &key, &head, &error), 0, "%s", error.text);
    cr_assert_eq(head.size, LOG_SIZE);
    cr_assert_str_eq(key.name, "burgerpanel/wau");
    buf_reset(&key_line);
    buf_reset(&checkpoint);
    sign_log(&key_line, &checkpoint, 2);
    cr_assert_eq(remote_head(remote, &key, &head, &error), -1);
    cr_assert_eq(strncmp(error.text, "/log/checkpoint: not a checkpoint by the log's key: ", 52), 0, "%s", error.text);
    key_text = "";
    cr_assert_eq(remote_head(remote, &key, &head, &error), -1);
    cr_assert_eq(strncmp(error.text, "/log/key: no key of a log", 25), 0, "%s", error.text);
    buf_free(&key_line);
    buf_free(&checkpoint);
}

Test(remote, needs_a_url_and_a_token_that_are_some)
{
    cr_assert_null(remote_open("panel.example.nl", "secret", &error));
    cr_assert_not_null(strstr(error.text, "https://panel.example.nl"));
    cr_assert_null(remote_open(fake_url(), "a token", &error));
    cr_assert_str_eq(error.text, "that is no access token");
    remote_close(NULL);
}
