/* Strict JSON reading over cJSON, as PROTOCOL 3 wants it, and the writing of strings and numbers. The only room that
 * knows cJSON. A document is immutable after parsing, so any number of threads may read it. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_MAX_DEPTH 16
#define JSON_INTEGER_MAX INT64_C(9007199254740991) /* 2^53 - 1 */

struct json; /* a value inside a document; lives as long as the document */

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_fault {
    size_t offset; /* in bytes, of the place where the document is wrong */
    const char *what; /* a static phrase in English, such as "member repeated" */
    const char *dutch; /* the same in Dutch, for a person */
    bool no_memory; /* nothing is wrong with the document: there was no memory to read it */
};

/* Parses a whole document of `len` bytes (RFC 8259): UTF-8 without BOM, no U+0000 nor its escape, no lone surrogate, no
 * repeated member at any depth (names compared after unescaping), nothing but white space after the value, no deeper
 * than JSON_MAX_DEPTH levels (a scalar document has depth 0, [] has 1), no number too large for a double. NULL on a
 * fault, `fault` (may be NULL) then says which. Free with json_free. */
MUST_CHECK struct json *json_parse(const char *text, size_t len, struct json_fault *fault);

/* Says a fault of json_parse as an error: ERROR_MEMORY, or ERROR_REFUSED with its phrase. Returns -1. */
int json_fault_error(const struct json_fault *fault, struct error *error);

/* Frees a document: the value that json_parse gave. NULL is fine. */
void json_free(struct json *document);

enum json_type json_type(const struct json *value);

/* The member of that name, or NULL; NULL also when `object` is NULL or not an object. */
const struct json *json_member(const struct json *object, const char *name);

/* Walks the members of an object or the elements of an array: first, then next until NULL. */
const struct json *json_first(const struct json *container);
const struct json *json_next(const struct json *value);

/* The number of members or elements; 0 for NULL and for a scalar. */
size_t json_count(const struct json *container);

/* The name of a member; NULL for what is not one. */
const char *json_name(const struct json *member);

/* The text of a string, NUL-terminated UTF-8 with no NUL inside; NULL for NULL and for any other type. */
const char *json_text(const struct json *value);

/* 0 and *out for a number written as an integer (no point, no exponent, -0 refused) within +-JSON_INTEGER_MAX; -1
 * else. */
MUST_CHECK int json_integer(const struct json *value, int64_t *out);

/* 0 and *out for true or false; -1 else. */
MUST_CHECK int json_bool(const struct json *value, bool *out);

/* Whether the two values are the same: objects whatever the order of their members, numbers by value and kind. */
bool json_equal(const struct json *a, const struct json *b);

/* Puts `len` bytes of UTF-8 as a JSON string with its quotes. */
void json_put_string(struct buf *out, const char *text, size_t len);

/* The same for NUL-terminated text. */
void json_put_text(struct buf *out, const char *text);

/* Puts `len` bytes of JSON for a person's terminal: what must not be shown (base/text.h), which can only stand inside
 * strings, as \uNNNN, so that it means the same to who parses it. Everything else, line ends too, as it is. */
void json_put_shown(struct buf *out, const char *json, size_t len);

/* Puts any parsed value, without white space, members in the order in which they were read. */
void json_put_value(struct buf *out, const struct json *value);

#endif
