/* What the walks of all kinds of signed object ask alike (submit.c, own_data.c), and how each says no: every function
 * that refuses sets *refusal and returns -1, so that a refusal is a `return`. Inside the room. Any thread. */
#ifndef COLLECTOR_INTAKE_CHECK_H
#define COLLECTOR_INTAKE_CHECK_H

#include "collector/intake/submit.h"
#include "crypto/jws.h"

int check_refuse(struct refusal *refusal, enum problem problem, const char *detail);
int check_refuse_memory(struct refusal *refusal);

/* By what a reader has left in refusal->why; that there was no memory to read it is no fault of the sender's. */
int check_refuse_reading(struct refusal *refusal, enum problem problem);

#define CHECK_SIGNATURE_DETAIL "The signature is not that of an enrolled member whose key is in force."
#define CHECK_CLOCK_DETAIL "iat is more than 300 seconds from the collector's clock; set the sender's clock right."

/* One answer for an unknown member, a revoked one and a signature that does not count. */
int check_refuse_signature(struct refusal *refusal);

/* Size and envelope. `jws` points into `text`. */
MUST_CHECK int check_envelope(const char *text, size_t len, const char *typ, struct jws *jws, struct refusal *refusal);

/* The key that the claims bring (NULL: they bring none) must be fit, be the one that the header names, and have
 * signed. */
MUST_CHECK int check_own_key(const struct jws *jws, const uint8_t *public_key, struct refusal *refusal);

/* `aud` is this panel. */
MUST_CHECK int check_audience(const char *aud, const struct panel *panel, struct refusal *refusal);

/* What has passed, with room for `slot_count` counters; holds the catalogue. NULL: no memory. Free with
 * submission_free. */
MUST_CHECK struct submission *check_passed(enum submission_kind kind, struct catalogue *catalogue, const char *jws,
                                           size_t len, size_t slot_count);

#endif
