/* One short request each, over a connection of its own: what does not come at once is not waited for, since nothing is
 * served meanwhile. */
#include "collector/log/peers.h"
#include "base/clock.h"
#include "base/fetch.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/url.h"
#include "collector/log/last_checkpoint.h"
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

struct other {
    struct buf url; /* without a slash at the end */
    struct fetch *fetch;
    struct error told; /* why it was not heard, as last told */
    bool was_heard; /* when it was asked last */
    struct merkle_head head; /* which it then told */
};

struct peers {
    struct other list[PEERS_MAX];
    size_t count;
    size_t first; /* that is asked first */
    bool told_none; /* that nobody was heard */
    atomic_bool stopped;
};

/* Opening. */

static int read_url(struct other *other, const char *typed, bool in_plain, struct error *error)
{
    if (fetch_normalise_url(typed, &other->url) < 0 && buf_check(&other->url) < 0)
        return error_no_memory(error);
    if (other->url.len == 0)
        return error_set(error, ERROR_REFUSED,
                         T("'%s' is not the URL of a collector, such as https://panel-b.example.nl",
                           "'%s' is niet de URL van een verzamelaar, zoals https://panel-b.example.nl"),
                         typed);
    if (in_plain || !url_is_exposed(buf_text(&other->url)))
        return 0;
    return error_set(error, ERROR_REFUSED,
                     T("%s is of another machine and not in TLS; give its https URL, or say behind_proxy where the "
                       "network between is yours",
                       "%s is van een andere machine en zonder TLS; geef haar https-URL, of zeg behind_proxy als het "
                       "netwerk ertussen van u is"),
                     typed);
}

static int open_other(struct other *other, const char *typed, bool in_plain, struct error *error)
{
    buf_init(&other->url, FETCH_URL_MAX);
    if (read_url(other, typed, in_plain, error) < 0)
        return -1;
    other->fetch = fetch_open("burgerpanel-collector/" BURGERPANEL_VERSION, PEERS_SECONDS);
    if (!other->fetch)
        return error_no_memory(error);
    fetch_look_up_itself(other->fetch);
    return 0;
}

static void close_other(struct other *other)
{
    fetch_close(other->fetch);
    buf_free(&other->url);
}

/* Copies what stands before the next comma without the blanks around it; gives what comes after, NULL: nothing does. */
static const char *cut_url(const char *from, struct buf *out)
{
    size_t len = strcspn(from, ","), skip = strspn(from, " \t");
    const char *next = from[len] == ',' ? from + len + 1 : NULL;
    if (skip > len)
        skip = len;
    while (len > skip && strchr(" \t", from[len - 1]))
        len--;
    buf_reset(out);
    buf_put(out, from + skip, len - skip);
    return next;
}

static int open_all(struct peers *peers, const char *urls, bool in_plain, struct error *error)
{
    struct buf url;
    int result = 0;
    buf_init(&url, FETCH_URL_MAX);
    for (const char *at = urls; at && result == 0;) {
        at = cut_url(at, &url);
        if (buf_check(&url) < 0)
            result = error_no_memory(error);
        else if (peers->count == PEERS_MAX)
            result = error_set(error, ERROR_REFUSED, T("there are more than %d", "er zijn er meer dan %d"), PEERS_MAX);
        else
            result = open_other(&peers->list[peers->count++], buf_text(&url), in_plain, error);
    }
    buf_free(&url);
    return result;
}

int peers_open(const char *urls, bool in_plain, struct peers **out, struct error *error)
{
    struct peers *peers = urls[0] != '\0' ? mem_calloc(1, sizeof *peers) : NULL;
    if (urls[0] != '\0' && !peers)
        return error_no_memory(error);
    if (peers && open_all(peers, urls, in_plain, error) < 0) {
        peers_close(peers);
        return error_prefix(error, T("the setting peers", "de instelling peers"));
    }
    *out = peers;
    return 0;
}

void peers_close(struct peers *peers)
{
    if (!peers)
        return;
    for (size_t i = 0; i < peers->count; i++)
        close_other(&peers->list[i]);
    mem_free(peers);
}

/* Asking. */

/* Of the answer to the request: *head, signed by `key`. ERROR_IO: there is nothing that it could be blamed for. */
static int read_answer(const struct fetch_answer *answer, const struct note_key *key, struct merkle_head *head,
                       struct error *error)
{
    switch (answer->outcome) {
    case FETCH_ANSWERED:
        break;
    case FETCH_UNRESOLVED:
    case FETCH_REFUSED:
    case FETCH_UNREACHABLE:
    case FETCH_TIMED_OUT:
    case FETCH_BROKEN:
        return error_set(error, ERROR_IO, "%s", fetch_tell(answer->outcome));
    case FETCH_NO_MEMORY:
        return error_no_memory(error);
    case FETCH_TOO_LONG:
    case FETCH_EXPIRED:
    case FETCH_UNKNOWN_ISSUER:
    case FETCH_WRONG_NAME:
    case FETCH_NO_AUTHORITIES:
    case FETCH_UNTRUSTED:
        return error_set(error, ERROR_REFUSED, "%s", fetch_tell(answer->outcome));
    }
    if (answer->status != 200)
        return error_set(error, answer->status >= 500 ? ERROR_IO : ERROR_REFUSED,
                         T("unexpected answer (HTTP %u)", "onverwacht antwoord (HTTP %u)"), answer->status);
    if (checkpoint_open(buf_text(&answer->body), answer->body.len, key, head, error) == 0)
        return 0;
    return error_prefix(error, T("what it shows is no checkpoint of this log", "wat hij toont is geen controlepunt van "
                                                                               "dit logboek"));
}

static int fetch_head(struct other *other, const struct note_key *key, struct merkle_head *head, struct error *error)
{
    static const struct fetch_header headers[] = {{"Prefer", "wait=0"}, {NULL, NULL}};
    struct fetch_answer answer;
    struct buf url;
    buf_init(&url, 2 * FETCH_URL_MAX);
    fetch_answer_init(&answer, LOG_CHECKPOINT_MAX);
    buf_printf(&url, "%s/log/checkpoint", buf_text(&other->url));
    if (buf_check(&url) == 0)
        fetch_do(other->fetch, &(struct fetch_request){.url = buf_text(&url), .headers = headers}, &answer);
    else
        answer.outcome = FETCH_NO_MEMORY;
    int result = read_answer(&answer, key, head, error);
    buf_free(&url);
    fetch_answer_free(&answer);
    return result;
}

/* Once for as long as it is the same. Who is away may be so for good reason. */
static void tell_unheard(struct other *other, const struct error *why)
{
    if (strcmp(other->told.text, why->text) == 0)
        return;
    other->told = *why;
    if (why->kind == ERROR_IO)
        log_info("peers: %s is not heard: %s", buf_text(&other->url), why->text);
    else
        log_warning("peers: %s is passed over: %s", buf_text(&other->url), why->text);
}

static void tell_none(struct peers *peers, bool heard)
{
    if (!heard && !peers->told_none)
        log_warning("peers: none was heard; a store that has lost what only they know of is served");
    peers->told_none = !heard;
}

static int check_going_on(const struct peers *peers, struct error *error)
{
    return atomic_load(&peers->stopped)
               ? error_set(error, ERROR_IO, "%s", T("the collector is stopping", "de verzamelaar stopt"))
               : 0;
}

/* -1: memory lacks, or nobody is to be asked any more. */
static int ask_other(const struct peers *peers, struct other *other, const struct note_key *key, struct error *error)
{
    struct error why = {0};
    other->was_heard = fetch_head(other, key, &other->head, &why) == 0;
    if (why.kind == ERROR_MEMORY)
        return error_no_memory(error);
    if (check_going_on(peers, error) < 0)
        return -1;
    if (other->was_heard)
        other->told = (struct error){0};
    else
        tell_unheard(other, &why);
    return 0;
}

static void tell_no_time_left(struct other *other)
{
    struct error why = {0};
    error_set(&why, ERROR_IO, "%s", T("no time was left to ask it", "er was geen tijd meer om die te vragen"));
    tell_unheard(other, &why);
}

static size_t place_after(const struct peers *peers, size_t place)
{
    return place + 1 < peers->count ? place + 1 : 0;
}

/* The first and those that follow it, round the list. */
static int ask_in_turn(struct peers *peers, const struct note_key *key, struct error *error)
{
    int64_t until = clock_monotonic_us() + PEERS_ALL_SECONDS * INT64_C(1000000);
    size_t place = peers->first;
    for (size_t i = 0; i < peers->count; i++, place = place_after(peers, place)) {
        struct other *other = &peers->list[place];
        if (i > 0 && clock_monotonic_us() >= until) {
            tell_no_time_left(other);
            continue;
        }
        if (check_going_on(peers, error) < 0 || ask_other(peers, other, key, error) < 0)
            return -1;
        peers->first = place_after(peers, place);
    }
    return 0;
}

int peers_fetch(struct peers *peers, const struct note_key *key, struct error *error)
{
    bool heard = false;
    for (size_t i = 0; i < peers->count; i++)
        peers->list[i].was_heard = false;
    if (ask_in_turn(peers, key, error) < 0)
        return -1;
    for (size_t i = 0; i < peers->count; i++)
        heard = heard || peers->list[i].was_heard;
    tell_none(peers, heard);
    return 0;
}

void peers_tell(const struct peers *peers, struct signer *signer)
{
    for (size_t i = 0; i < peers->count; i++)
        if (peers->list[i].was_heard)
            signer_hear(signer, &peers->list[i].head);
}

int peers_ask(struct peers *peers, struct signer *signer, struct error *error)
{
    if (peers_fetch(peers, signer_public(signer), error) < 0)
        return -1;
    peers_tell(peers, signer);
    return 0;
}

void peers_stop(struct peers *peers)
{
    if (peers)
        atomic_store(&peers->stopped, true);
}

/* Joining. */

static int begin_at(struct other *other, struct signer *signer, struct error *error)
{
    struct merkle_head head = {.size = 0};
    if (fetch_head(other, signer_public(signer), &head, error) < 0)
        return error_prefix(error, T("%s can't be joined", "bij %s kan niet aangesloten worden"),
                            buf_text(&other->url));
    if (signer_sign(signer, &head, error) < 0)
        return -1;
    if (head.size > 0)
        log_info("join: begun at the checkpoint of %s, size %llu", buf_text(&other->url),
                 (unsigned long long)head.size);
    else
        log_info("join: begun at the checkpoint of %s, whose log is empty so far", buf_text(&other->url));
    return 0;
}

int peers_join(const char *url, bool in_plain, struct signer *signer, struct error *error)
{
    struct other other = {.fetch = NULL};
    int result = open_other(&other, url, in_plain, error);
    if (result == 0 && signer_checkpoint(signer)[0] != '\0')
        log_info("join: a checkpoint of this log is here already, so %s is not asked", buf_text(&other.url));
    else if (result == 0)
        result = begin_at(&other, signer, error);
    close_other(&other);
    return result;
}
