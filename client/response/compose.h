/* Makes a response out of answers: checked as the collector will check it, then signed. Pure but for the clock and
 * random bytes. One thread.
 *
 * The room: from questions to a signed response. catalogue is what may be answered, kept so that it needs no
 * connection; answers are what a person gave, question by question; compose makes claims of them and signs; past is
 * what was answered before, read back from the home. All faults are found here, before anything is signed, by the rules
 * that the collector will use (panel/). */
#ifndef CLIENT_RESPONSE_COMPOSE_H
#define CLIENT_RESPONSE_COMPOSE_H

#include "client/home/spool.h"
#include "client/response/answers.h"
#include "client/response/catalogue.h"
#include "crypto/key.h"

#define COMPOSE_ANSWERS_MAX ((size_t)8 * 1024 * 1024) /* more than any questionnaire's answers have, as JSON */

/* The most bytes that answers, as JSON, may have in one response, whatever its revision: PROTOCOL 3 bounds the signed
 * text to 32 KiB. */
size_t compose_room(const struct catalogue *catalogue, const struct response_id *id);

/* Whether `json`, the answers as compose_answers put them, fits into one response. -1 with a fault at "/answers" that
 * says by how many bytes it does not, and which answers are the longest. */
MUST_CHECK int compose_check_length(const struct catalogue *catalogue, const struct response_id *id,
                                    const struct answers *answers, const struct buf *json, struct faults *faults);

/* Puts the answers as JSON and looks whether the collector would take the response (checks 4 to 7 of PROTOCOL 5, by our
 * own clock), so that all faults are told at once, `where` being a pointer into the claims: those of single answers,
 * and those of the whole that don't follow from these. -1 with at least one fault. Their length is not looked at: `out`
 * should take COMPOSE_ANSWERS_MAX. */
MUST_CHECK int compose_answers(struct buf *out, const struct catalogue *catalogue, const struct response_id *id,
                               const struct answers *answers, struct faults *faults);

/* Appends the compact JWS, which also claims what of panel and actions was in force. -1: no memory, or it is longer
 * than JWS_MAX. */
MUST_CHECK int compose_sign(struct buf *jws, const struct secret_key *key, const struct catalogue *catalogue,
                            const struct response_id *id, const struct buf *answers);

/* Appends the `answers` that a compact JWS holds, as JSON; *signed_at (may be NULL) is when it was signed, in seconds
 * since 1970. -1: it is no response, or no memory. */
MUST_CHECK int compose_read_answers(const struct buf *jws, struct buf *answers, int64_t *signed_at);

#endif
