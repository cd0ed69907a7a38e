/* One receiver after the other: what opened, then the events from its cursor on. */
#include "collector/hooks/hooks.h"
#include "base/clock.h"
#include "base/fetch.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/hooks/cursor.h"
#include "collector/hooks/message.h"
#include "collector/hooks/receiver.h"
#include "collector/hooks/signing.h"
#include "collector/net/peer.h"
#include "crypto/jws.h"
#include "crypto/line.h"
#include "panel/served.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SECONDS 15L /* for a message and its answer */
#define PAGE_MAX ((size_t)4 * 1024 * 1024)
#define SIGNATURE_MAX ((size_t)256)

struct hooks {
    struct peer *collector;
    struct fetch *fetch; /* to receivers */
    struct secret_key *key;
    struct receiver receivers[HOOKS_RECEIVERS_MAX];
    size_t count;
    const char *folder; /* the caller's */
    int lock; /* -1: none */
    struct buf page; /* what the collector gave */
};

/* A receiver's turn. */
struct turn {
    struct hooks *hooks;
    const struct receiver *receiver;
    struct cursor cursor;
    struct message message;
};

/* Opening. */

static int lock_folder(struct hooks *hooks, struct error *error)
{
    char path[PATH_MAX];
    if (file_make_folder(hooks->folder) < 0 ||
        snprintf(path, sizeof path, "%s/lock", hooks->folder) >= (int)sizeof path)
        return error_from_errno(error, "%s", hooks->folder);
    hooks->lock = file_lock(path);
    if (hooks->lock < 0 && errno == EWOULDBLOCK)
        return error_set(error, ERROR_BUSY, T("another process sends by %s", "een ander proces verstuurt met %s"),
                         hooks->folder);
    return hooks->lock < 0 ? error_from_errno(error, "%s", path) : 0;
}

static bool is_named_before(const struct hooks *hooks, const struct receiver *receiver)
{
    for (const struct receiver *other = hooks->receivers; other < receiver; other++)
        if (strcmp(other->url, receiver->url) == 0)
            return true;
    return false;
}

static int read_receivers(struct hooks *hooks, const struct hooks_options *options, struct error *error)
{
    for (const char *at = options->receivers; *at != '\0';) {
        size_t len = strcspn(at, ",");
        if (hooks->count == HOOKS_RECEIVERS_MAX)
            return error_set(error, ERROR_REFUSED,
                             T("there are more than %d receivers", "er zijn meer dan %d ontvangers"),
                             HOOKS_RECEIVERS_MAX);
        if (receiver_read(at, len, options->private, &hooks->receivers[hooks->count], error) < 0)
            return -1;
        if (is_named_before(hooks, &hooks->receivers[hooks->count]))
            return error_set(error, ERROR_REFUSED,
                             T("--to names a receiver at %s twice; each is told once",
                               "--to noemt een ontvanger op %s twee keer; elke ontvanger krijgt elk bericht één keer"),
                             hooks->receivers[hooks->count].host);
        hooks->count++;
        at += len + (at[len] == ',');
    }
    return hooks->count > 0
               ? 0
               : error_set(error, ERROR_REFUSED, "%s", T("--to names no receiver", "--to noemt geen ontvanger"));
}

static int open_sender(struct hooks *hooks, const struct hooks_options *options, struct error *error)
{
    if (read_receivers(hooks, options, error) < 0 || lock_folder(hooks, error) < 0)
        return -1;
    hooks->key = signing_key(hooks->folder, error);
    hooks->collector = hooks->key ? peer_open(options->collector, NULL, error) : NULL;
    if (!hooks->collector)
        return -1;
    hooks->fetch = fetch_open("burgerpanel-collector/" BURGERPANEL_VERSION, SECONDS);
    return hooks->fetch ? 0 : error_no_memory(error);
}

struct hooks *hooks_open(const struct hooks_options *options, struct error *error)
{
    struct hooks *hooks = mem_calloc(1, sizeof *hooks);
    if (!hooks) {
        error_no_memory(error);
        return NULL;
    }
    hooks->folder = options->folder;
    hooks->lock = -1;
    buf_init(&hooks->page, PAGE_MAX);
    if (open_sender(hooks, options, error) == 0)
        return hooks;
    hooks_close(hooks);
    return NULL;
}

void hooks_close(struct hooks *hooks)
{
    if (!hooks)
        return;
    peer_close(hooks->collector);
    fetch_close(hooks->fetch);
    secret_key_free(hooks->key);
    buf_free(&hooks->page);
    if (hooks->lock >= 0)
        close(hooks->lock);
    mem_free(hooks);
}

int hooks_put_public(const char *folder, struct buf *out, struct error *error)
{
    if (file_make_folder(folder) < 0)
        return error_from_errno(error, "%s", folder);
    struct secret_key *key = signing_key(folder, error);
    if (!key)
        return -1;
    signing_put_public(out, key);
    secret_key_free(key);
    return 0;
}

/* Sending. */

/* What became of a message; "" when it was taken. */
static void post_message(struct turn *turn, char why[static ERROR_TEXT_SIZE])
{
    struct hooks *hooks = turn->hooks;
    struct fetch_answer answer;
    struct buf signature;
    char time[32];
    int64_t now = clock_now();
    buf_init(&signature, SIGNATURE_MAX);
    fetch_answer_init(&answer, 0);
    snprintf(time, sizeof time, "%lld", (long long)now);
    snprintf(why, ERROR_TEXT_SIZE, "out of memory");
    if (buf_check(&turn->message.body) == 0 && buf_check(&turn->message.id) == 0 &&
        signing_put_signature(&signature, hooks->key, buf_text(&turn->message.id), now, &turn->message.body) == 0) {
        const struct fetch_header headers[] = {{"webhook-id", buf_text(&turn->message.id)},
                                               {"webhook-timestamp", time},
                                               {"webhook-signature", buf_text(&signature)},
                                               {NULL, NULL}};
        fetch_confine(hooks->fetch, turn->receiver->reach);
        fetch_do(hooks->fetch,
                 &(struct fetch_request){.url = turn->receiver->url,
                                         .headers = headers,
                                         .content_type = "application/json",
                                         .body = buf_text(&turn->message.body),
                                         .len = turn->message.body.len,
                                         .leaves_body = true},
                 &answer);
        /* Of a name with several addresses one may have been barred before another answered. */
        if (answer.outcome != FETCH_ANSWERED && fetch_was_barred(hooks->fetch))
            snprintf(why, ERROR_TEXT_SIZE, "its name leads to an address that is not told (--private)");
        else if (answer.outcome != FETCH_ANSWERED)
            snprintf(why, ERROR_TEXT_SIZE, "%s", fetch_tell(answer.outcome));
        else if (answer.status < 200 || answer.status > 299)
            snprintf(why, ERROR_TEXT_SIZE, "HTTP %u", answer.status);
        else
            why[0] = '\0';
    }
    buf_free(&signature);
    fetch_answer_free(&answer);
}

static int keep_cursor(const struct turn *turn)
{
    struct error error;
    if (cursor_write(turn->hooks->folder, turn->receiver->url, &turn->cursor, &error) == 0)
        return 0;
    log_error("hooks: %s", error.text);
    return -1;
}

/* Sends the message. 0: it is done with, told or given up, and the caller moves the cursor on and keeps it; -1: it is
 * tried another time, which is kept. */
static int send_message(struct turn *turn)
{
    char why[ERROR_TEXT_SIZE];
    const char *id = buf_text(&turn->message.id), *host = turn->receiver->host;
    post_message(turn, why);
    if (why[0] == '\0') {
        log_info("hooks: told %s of %s", host, id);
        cursor_settle(&turn->cursor);
        return 0;
    }
    int64_t pause = cursor_fail(&turn->cursor, id, clock_now());
    if (pause == 0) {
        log_error("hooks: %s is not told of %s, given up after %d tries: %s", host, id, CURSOR_TRIES, why);
        return 0;
    }
    log_warning("hooks: %s was not told of %s, once more in %lld s: %s", host, id, (long long)pause, why);
    (void)keep_cursor(turn);
    return -1;
}

/* Asking the collector. */

static int ask_collector(struct turn *turn, const char *path)
{
    struct error error;
    unsigned status;
    buf_reset(&turn->hooks->page);
    if (peer_get(turn->hooks->collector, &(struct peer_request){path, false}, &turn->hooks->page, &status, &error) == 0)
        return 0;
    log_warning("hooks: the collector can't be asked: %s", error.text);
    return -1;
}

static int tell_nonsense(const char *path)
{
    log_warning("hooks: %s of the collector can't be read", path);
    return -1;
}

static int ask_log_size(struct turn *turn, int64_t *out)
{
    static const char path[] = "/log/checkpoint";
    uint64_t size;
    if (ask_collector(turn, path) < 0)
        return -1;
    const char *text = buf_text(&turn->hooks->page), *second = strchr(text, '\n');
    struct line line = {second ? second + 1 : "", second ? strcspn(second + 1, "\n") : 0};
    if (line_number(&line, &size) < 0 || size > INT64_MAX)
        return tell_nonsense(path);
    *out = (int64_t)size;
    return 0;
}

/* A receiver that has been told nothing yet is told what happens from now on. */
static int begin_cursor(struct turn *turn)
{
    int64_t size;
    if (ask_log_size(turn, &size) < 0)
        return -1;
    turn->cursor = (struct cursor){.next = size, .opened = clock_now()};
    return keep_cursor(turn);
}

/* A log that is shorter than what was told of it is another, or an older copy was put back: what happens in it from now
 * on would be passed over until it had grown as long again. */
static int follow_shorter_log(struct turn *turn)
{
    int64_t size;
    if (ask_log_size(turn, &size) < 0)
        return -1;
    if (size >= turn->cursor.next)
        return 0;
    log_warning("hooks: the log has %lld entries, and %s was told of those before entry %lld: an older copy was put "
                "back, or this is another collector; it is told what happens from entry %lld on",
                (long long)size, turn->receiver->host, (long long)turn->cursor.next, (long long)size);
    turn->cursor.next = size;
    cursor_settle(&turn->cursor);
    return keep_cursor(turn);
}

/* Rounds. */

/* The first moment after the cursor at which a round has opened; -1: none. */
static int64_t next_opening(const struct turn *turn, const struct json *rounds, int64_t now)
{
    int64_t first = -1, opens;
    for (const struct json *round = json_first(rounds); round; round = json_next(round)) {
        const char *text = json_text(json_member(round, "opensAt"));
        if (text && clock_parse(text, &opens) == 0 && opens > turn->cursor.opened && opens <= now &&
            (first < 0 || opens < first))
            first = opens;
    }
    return first;
}

/* Makes the message of a round that opens at that moment; false for other rounds. */
static bool make_opening(struct turn *turn, const char *panel, const struct json *round, int64_t when)
{
    int64_t opens;
    const char *text = json_text(json_member(round, "opensAt")), *id = json_text(json_member(round, "id"));
    if (!text || !id || clock_parse(text, &opens) < 0 || opens != when)
        return false;
    message_of_opening(&turn->message, panel, id, when);
    return true;
}

static bool message_is_due(const struct turn *turn)
{
    return strcmp(buf_text(&turn->message.id), turn->cursor.due) == 0;
}

/* Where one of that moment has failed, those before it have been told. */
static int tell_openings_at(struct turn *turn, const char *panel, const struct json *rounds, int64_t when)
{
    const struct json *due = json_first(rounds);
    while (due && !(make_opening(turn, panel, due, when) && message_is_due(turn)))
        due = json_next(due);
    for (const struct json *round = due ? due : json_first(rounds); round; round = json_next(round))
        if (make_opening(turn, panel, round, when) && send_message(turn) < 0)
            return -1;
    turn->cursor.opened = when;
    return keep_cursor(turn);
}

static int tell_openings(struct turn *turn)
{
    static const char path[] = "/v1/panel";
    int result = 0;
    int64_t when, now = clock_now();
    if (ask_collector(turn, path) < 0)
        return -1;
    struct json *document = json_parse(buf_text(&turn->hooks->page), turn->hooks->page.len, NULL);
    const char *panel = json_text(json_member(document, "id"));
    const struct json *rounds = json_member(document, "rounds");
    if (!panel)
        result = tell_nonsense(path);
    while (result == 0 && (when = next_opening(turn, rounds, now)) >= 0)
        result = tell_openings_at(turn, panel, rounds, when);
    json_free(document);
    return result;
}

/* Events. */

static int read_told_event(const char *text, struct event *out, struct error *error)
{
    struct jws jws;
    struct buf payload;
    buf_init(&payload, JWS_MAX);
    int result = jws_parse(text, strlen(text), EVENT_TYP, &jws, error);
    if (result == 0 && jws_decode_payload(&jws, &payload) < 0)
        result = error_no_memory(error);
    if (result == 0)
        result = event_parse(buf_text(&payload), payload.len, out, error);
    buf_free(&payload);
    return result;
}

/* What this version does not know it can't tell; the next one is looked at all the same. */
static int tell_event(struct turn *turn, int64_t index, const char *jws)
{
    struct event event;
    struct error error;
    if (read_told_event(jws, &event, &error) < 0) {
        log_warning("hooks: entry %lld can't be read: %s", (long long)index, error.text);
        return error.kind == ERROR_MEMORY ? -1 : 0;
    }
    int result = message_of_event(&turn->message, index, &event) ? send_message(turn) : 0;
    event_free(&event);
    return result;
}

/* One line of a page. */
static int tell_line(struct turn *turn, const char *line, size_t len)
{
    struct json *document = json_parse(line, len, NULL);
    const char *jws = json_text(json_member(document, "jws"));
    int64_t index;
    int result = -1;
    if (!jws || json_integer(json_member(document, "index"), &index) < 0 || index < turn->cursor.next ||
        index == INT64_MAX)
        (void)tell_nonsense("/v1/events");
    else
        result = tell_event(turn, index, jws);
    if (result == 0) {
        turn->cursor.next = index + 1;
        result = keep_cursor(turn);
    }
    json_free(document);
    return result;
}

/* 1: it told something; 0: there is nothing more; -1. */
static int tell_page(struct turn *turn)
{
    char path[64];
    snprintf(path, sizeof path, "/v1/events?from=%lld", (long long)turn->cursor.next);
    if (ask_collector(turn, path) < 0)
        return -1;
    const char *at = buf_text(&turn->hooks->page), *end = at + turn->hooks->page.len, *stop;
    if (at == end)
        return 0;
    for (; at < end; at = stop + 1) {
        stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            return tell_nonsense("/v1/events");
        if (tell_line(turn, at, (size_t)(stop - at)) < 0)
            return -1;
    }
    return 1;
}

/* All of it. */

static int take_receiver_turn(struct turn *turn)
{
    struct error error;
    int told, found = cursor_read(turn->hooks->folder, turn->receiver->url, &turn->cursor, &error);
    if (found < 0) {
        log_error("hooks: %s", error.text);
        return -1;
    }
    if (found > 0 && begin_cursor(turn) < 0)
        return -1;
    if (turn->cursor.not_before > clock_now() || tell_openings(turn) < 0)
        return -1;
    while ((told = tell_page(turn)) > 0)
        ;
    return told == 0 ? follow_shorter_log(turn) : told;
}

bool hooks_go_round(struct hooks *hooks)
{
    bool quiet = true;
    for (size_t i = 0; i < hooks->count; i++) {
        struct turn turn = {.hooks = hooks, .receiver = &hooks->receivers[i]};
        message_init(&turn.message);
        if (take_receiver_turn(&turn) < 0)
            quiet = false;
        message_wipe(&turn.message);
    }
    return quiet;
}
