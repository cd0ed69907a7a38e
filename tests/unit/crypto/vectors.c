#include "tests/unit/crypto/vectors.h"
#include "base/file.h"
#include "crypto/crypto.h"
#include "crypto/line.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define VECTOR_MAX ((size_t)4 << 20)

void vectors_start(void)
{
    cr_assert_eq(crypto_start(), 0);
}

void vectors_read(const char *name, struct buf *out)
{
    char path[256];
    snprintf(path, sizeof path, "tests/vectors/%s", name);
    cr_assert_eq(file_read(path, out), 0, "can't read %s", path);
}

struct json *vectors_load(const char *name)
{
    struct buf text;
    struct json_fault fault;
    buf_init(&text, VECTOR_MAX);
    vectors_read(name, &text);
    struct json *document = json_parse(text.data, text.len, &fault);
    cr_assert_not_null(document, "%s: %s", name, !document ? fault.what : "");
    buf_free(&text);
    return document;
}

const char *vectors_text(const struct json *object, const char *name)
{
    const char *text = json_text(json_member(object, name));
    cr_assert_not_null(text, "no text %s", name);
    return text;
}

int64_t vectors_integer(const struct json *object, const char *name)
{
    int64_t value = -1;
    cr_assert_eq(json_integer(json_member(object, name), &value), 0, "no integer %s", name);
    return value;
}

static unsigned nibble(char c)
{
    const char *digits = "0123456789abcdef";
    const char *place = c == '\0' ? NULL : strchr(digits, c);
    cr_assert_not_null(place, "no hexadecimal digit");
    return (unsigned)(place - digits);
}

size_t vectors_hex(const char *text, uint8_t *out, size_t cap)
{
    size_t count = strlen(text) / 2;
    cr_assert_eq(strlen(text) % 2, 0);
    cr_assert_leq(count, cap);
    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)(nibble(text[2 * i]) << 4 | nibble(text[2 * i + 1]));
    return count;
}

size_t vectors_base64(const char *text, uint8_t *out, size_t cap)
{
    struct line line = {text, strlen(text)};
    size_t count = 0;
    cr_assert_eq(line_base64(&line, out, cap, &count), 0, "%s", text);
    return count;
}
