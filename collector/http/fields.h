/* What the values of a few header fields say (RFC 9110, RFC 7240). Text in, answer out; knows no HTTP library and no
 * request. Inside the HTTP room. Pure; any thread. */
#ifndef COLLECTOR_HTTP_FIELDS_H
#define COLLECTOR_HTTP_FIELDS_H

#include <stdbool.h>

/* Whether a Content-Type (NULL: none) is this media type; parameters and case don't matter. */
bool field_is_media_type(const char *content_type, const char *wanted);

/* Whether an If-None-Match (NULL: none) names this entity tag, quotes included, or is *; by weak comparison, as
 * RFC 9110 §13.1.2 asks. */
bool field_has_tag(const char *if_none_match, const char *tag);

/* Whether a Prefer (NULL: none) holds the preference return=minimal, its value quoted or not. */
bool field_prefers_minimal(const char *prefer);

/* The same of wait=0: to be answered from what is at hand. */
bool field_prefers_no_wait(const char *prefer);

#endif
