/* HTTP requests, one after the other over a connection that is kept: what both programs ask of others. The only place
 * that knows libcurl (docs/adr/002); knows no resource, no problem and no second try. TLS certificates are verified,
 * only http and https are spoken, redirects are told and never followed, and what comes back is bounded. One thread a
 * struct fetch. */
#ifndef BASE_FETCH_H
#define BASE_FETCH_H

#include "base/buf.h"
#include "base/reach.h"

#define FETCH_URL_MAX ((size_t)2048)
#define FETCH_ETAG_SIZE 128
#define FETCH_HEADERS_MAX ((size_t)64 * 1024) /* bytes of an answer's head */

struct fetch;

/* How a request went on the way there and back. */
enum fetch_outcome {
    FETCH_ANSWERED, /* an HTTP answer was had, whatever its status */
    FETCH_UNRESOLVED, /* the host's name is not known */
    FETCH_REFUSED, /* nobody listens there */
    FETCH_UNREACHABLE, /* no connection for another reason: no network, no route */
    FETCH_TIMED_OUT,
    FETCH_BROKEN, /* the connection broke off, or what came was no HTTP */
    FETCH_NO_MEMORY,
    FETCH_TOO_LONG, /* the answer is longer than its buffer may be, or its head is */
    FETCH_EXPIRED, /* TLS: the certificate is not valid today */
    FETCH_UNKNOWN_ISSUER, /* TLS: it is signed by nobody whom this machine trusts */
    FETCH_WRONG_NAME, /* TLS: it is another host's */
    FETCH_NO_AUTHORITIES, /* TLS: there is no list of whom this machine trusts, or it can't be read */
    FETCH_UNTRUSTED, /* TLS: something else is wrong with it */
};

struct fetch_header {
    const char *name, *value;
};

struct fetch_request {
    const char *url; /* whole */
    const struct fetch_header *headers; /* further ones, ending with a NULL name; NULL for none */
    const char *content_type; /* NULL makes it a GET; else a POST of `body` */
    const char *body;
    size_t len;
    const char *wanted; /* a header of the answer that is kept; NULL for none */
    bool leaves_body; /* the answer's is passed over, however long */
};

struct fetch_answer {
    enum fetch_outcome outcome;
    unsigned status; /* 0 unless FETCH_ANSWERED */
    struct buf body; /* what came, no longer than it may be */
    char etag[FETCH_ETAG_SIZE]; /* "" when there was none, or one too long to keep */
    char wanted[FETCH_ETAG_SIZE]; /* the header that the request names; the same */
    char location[FETCH_URL_MAX]; /* of a redirect, absolute; the same */
    int64_t retry_after; /* seconds; -1 when not asked */
    int64_t date; /* seconds since 1970; 0 when not told */
};

/* The file that BURGERPANEL_CA_FILE names, for who gives rights away before it is read; NULL: none. */
const char *fetch_authorities(void);

/* Writes a service's URL in one form: scheme http or https and host in lower case, no user, query or fragment, no slash
 * at the end. -1 when `typed` is no such URL, or there is no memory. */
MUST_CHECK int fetch_normalise_url(const char *typed, struct buf *out);

/* `agent` is told as User-Agent; an exchange may last `seconds` in all. The file that BURGERPANEL_CA_FILE names in the
 * environment holds authorities (PEM) that are trusted as well as the machine's. From then on the process ignores
 * SIGPIPE. NULL when there is no memory. Connects at the first request. Free with fetch_close. */
MUST_CHECK struct fetch *fetch_open(const char *agent, long seconds);
void fetch_close(struct fetch *fetch);

/* From now on connections go to addresses in that reach alone, whatever a name leads to, and by no proxy: the address
 * is looked at when it is connected to, so that no answer of a name server comes in between. */
void fetch_confine(struct fetch *fetch, enum reach reach);

/* From now on the thread that asks looks names up by itself, at each request, which has a connection of its own and
 * uses no proxy: for a process that may start no thread. How long name servers may take is then the system's to say
 * (resolv.conf(5)), beside `seconds`. */
void fetch_look_up_itself(struct fetch *fetch);

/* Whether the last request met an address out of reach. */
bool fetch_was_barred(const struct fetch *fetch);

/* Asks once. *answer, made by fetch_answer_init, is filled whatever comes out, and was emptied first. Returns its
 * outcome. The memory that held the headers is wiped. */
enum fetch_outcome fetch_do(struct fetch *fetch, const struct fetch_request *request, struct fetch_answer *answer);

/* What went wrong, for a person, in the language of lang.h: a phrase; "" for FETCH_ANSWERED. */
const char *fetch_tell(enum fetch_outcome outcome);

/* An answer whose body may have `max` bytes. */
void fetch_answer_init(struct fetch_answer *answer, size_t max);
void fetch_answer_free(struct fetch_answer *answer);

#endif
