/* What enrolments and responses have in common: a payload that is a JSON object with exactly the claims of its kind.
 * Pure. */
#ifndef PANEL_CLAIMS_H
#define PANEL_CLAIMS_H

#include "base/json.h"
#include <stdbool.h>
#include <stddef.h>

/* One claim that must be there, or may be. `fault` is what is said when it is not, or not of its type: a static phrase
 * in English. */
struct claim {
    const char *name, *fault;
    enum json_type type;
    bool is_optional;
};

/* Strict JSON, an object with exactly these `count` claims, each of its type; values[i] is then that of claims[i], NULL
 * where an optional one is not there. NULL: *error (may be NULL), ERROR_REFUSED with a phrase in English, json_parse's
 * own where it is no JSON, or ERROR_MEMORY. The document is the caller's to free. */
MUST_CHECK struct json *claims_parse(const char *payload, size_t len, const struct claim *claims, size_t count,
                                     const struct json **values, struct error *error);

/* Whether this is a `jti`: 22 characters of strict base64url for 16 bytes. */
bool claims_jti_is_valid(const char *jti);

#endif
