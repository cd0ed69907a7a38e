/* What a request wants to be given: Accept and Accept-Encoding (RFC 9110 §12.5). Text in, choice out; knows no HTTP
 * library. Pure; any thread. */
#ifndef COLLECTOR_HTTP_NEGOTIATE_H
#define COLLECTOR_HTTP_NEGOTIATE_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>

/* The place in `offers` of the media type that `accept` (NULL: anything) wants most, the earlier of two that it wants
 * alike; -1: it accepts none. Offers are in lower case and without parameters; a range's parameters other than q don't
 * matter. A range that can't be read counts for nothing. */
int negotiate_media_type(const char *accept, const char *const *offers, size_t count);

/* Whether `accept_encoding` (NULL: no) names gzip, or x-gzip, with a q above 0. */
bool negotiate_gzip(const char *accept_encoding);

#endif
