/* Three tries over one connection, and the words for what did not come. Knows no resource, and believes no answer. */
#include "collector/net/peer.h"
#include "base/clock.h"
#include "base/fetch.h"
#include "base/lang.h"
#include "base/mem.h"
#include <string.h>

#define TRIES 3
#define FIRST_WAIT_MS 250
#define TOTAL_SECONDS 300L

struct peer {
    struct fetch *fetch;
    struct buf url; /* without a slash at the end */
    struct buf authorization; /* the header's value; empty for none */
};

/* Opening. */

static int set_token(struct peer *peer, const char *token)
{
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (!token)
        return 0;
    if (token[0] == '\0' || strlen(token) > PEER_TOKEN_MAX || strspn(token, good) != strlen(token))
        return -1;
    buf_expect(&peer->authorization, strlen("Bearer ") + strlen(token));
    buf_printf(&peer->authorization, "Bearer %s", token);
    return 0;
}

static int open_parts(struct peer *peer, const char *url, const char *token, struct error *error)
{
    if (fetch_normalise_url(url, &peer->url) < 0)
        return error_set(
            error, ERROR_REFUSED, "%s",
            T("the URL must be as https://panel.example.nl", "de URL moet zijn zoals https://panel.example.nl"));
    if (set_token(peer, token) < 0)
        return error_set(error, ERROR_REFUSED, "%s", T("that is no access token", "dat is geen toegangstoken"));
    peer->fetch = fetch_open("burgerpanel-collector/" BURGERPANEL_VERSION, TOTAL_SECONDS);
    return peer->fetch && buf_check(&peer->authorization) == 0 ? 0 : error_no_memory(error);
}

struct peer *peer_open(const char *url, const char *token, struct error *error)
{
    struct peer *peer = mem_calloc(1, sizeof *peer);
    if (!peer) {
        error_no_memory(error);
        return NULL;
    }
    buf_init(&peer->url, FETCH_URL_MAX);
    buf_init(&peer->authorization, PEER_TOKEN_MAX + sizeof "Bearer ");
    if (open_parts(peer, url, token, error) == 0)
        return peer;
    peer_close(peer);
    return NULL;
}

void peer_close(struct peer *peer)
{
    if (!peer)
        return;
    fetch_close(peer->fetch);
    buf_free(&peer->url);
    buf_wipe(&peer->authorization);
    mem_free(peer);
}

/* Fetching. */

static int explain_answer(const char *path, const struct fetch_answer *answer, struct error *error)
{
    if (answer->outcome == FETCH_NO_MEMORY)
        return error_no_memory(error);
    if (answer->outcome != FETCH_ANSWERED)
        return error_set(error, ERROR_IO, "%s: %s", path, fetch_tell(answer->outcome));
    if (answer->status == 401)
        return error_set(error, ERROR_REFUSED,
                         T("%s: the token is unknown, revoked or expired (HTTP 401)",
                           "%s: het token is onbekend, ingetrokken of verlopen (HTTP 401)"),
                         path);
    if (answer->status == 403)
        return error_set(
            error, ERROR_REFUSED,
            T("%s: the token is not an auditor's (HTTP 403)", "%s: het token is niet dat van een auditor (HTTP 403)"),
            path);
    return error_set(error, ERROR_IO, T("%s: unexpected answer (HTTP %u)", "%s: onverwacht antwoord (HTTP %u)"), path,
                     answer->status);
}

/* Whether it is worth another try. */
static bool may_pass(const struct fetch_answer *answer)
{
    switch (answer->outcome) {
    case FETCH_ANSWERED:
        return answer->status == 429 || answer->status >= 500;
    case FETCH_UNRESOLVED:
    case FETCH_REFUSED:
    case FETCH_UNREACHABLE:
    case FETCH_TIMED_OUT:
    case FETCH_BROKEN:
        return true;
    case FETCH_NO_MEMORY:
    case FETCH_TOO_LONG:
    case FETCH_EXPIRED:
    case FETCH_UNKNOWN_ISSUER:
    case FETCH_WRONG_NAME:
    case FETCH_NO_AUTHORITIES:
    case FETCH_UNTRUSTED:
        return false;
    }
    return false;
}

static void try_often(struct peer *peer, const struct fetch_request *asked, struct fetch_answer *answer)
{
    int64_t wait = FIRST_WAIT_MS;
    for (int attempt = 1;; attempt++, wait *= 4) {
        fetch_do(peer->fetch, asked, answer);
        if (attempt == TRIES || !may_pass(answer))
            return;
        clock_sleep_ms(wait);
    }
}

int peer_get(struct peer *peer, const struct peer_request *request, struct buf *out, unsigned *status,
             struct error *error)
{
    struct buf url;
    struct fetch_answer answer;
    struct fetch_header headers[] = {{NULL, NULL}, {NULL, NULL}};
    if (request->with_token && peer->authorization.len > 0)
        headers[0] = (struct fetch_header){"Authorization", buf_text(&peer->authorization)};
    buf_init(&url, FETCH_URL_MAX * 2);
    fetch_answer_init(&answer, out->max - out->len);
    answer.outcome = FETCH_NO_MEMORY;
    buf_printf(&url, "%s%s", buf_text(&peer->url), request->path);
    if (buf_check(&url) == 0)
        try_often(peer, &(struct fetch_request){.url = buf_text(&url), .headers = headers}, &answer);
    bool fine = answer.outcome == FETCH_ANSWERED && answer.status == 200;
    *status = answer.outcome == FETCH_TOO_LONG ? 200 : answer.status;
    if (fine)
        buf_put(out, buf_text(&answer.body), answer.body.len);
    else
        explain_answer(request->path, &answer, error);
    buf_free(&url);
    fetch_answer_free(&answer);
    if (fine && buf_check(out) < 0)
        return error_no_memory(error);
    return fine ? 0 : -1;
}
