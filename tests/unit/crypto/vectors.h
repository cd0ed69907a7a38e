/* Reading of tests/vectors for the tests of this room. A vector that can't be read fails the test. */
#ifndef TESTS_UNIT_CRYPTO_VECTORS_H
#define TESTS_UNIT_CRYPTO_VECTORS_H

#include "base/buf.h"
#include "base/json.h"
#include <stddef.h>
#include <stdint.h>

/* For TestSuite's init: readies the crypto room. */
void vectors_start(void);

/* The file tests/vectors/`name`, as a document to be freed with json_free, or as bytes appended to `out`. */
struct json *vectors_load(const char *name);
void vectors_read(const char *name, struct buf *out);

/* The member's text, which must be there. */
const char *vectors_text(const struct json *object, const char *name);
int64_t vectors_integer(const struct json *object, const char *name);

/* The bytes that hexadecimal text stands for, at most `cap` of them. Returns their count. */
size_t vectors_hex(const char *text, uint8_t *out, size_t cap);

/* The same for standard base64. */
size_t vectors_base64(const char *text, uint8_t *out, size_t cap);

#endif
