/* What is seen of a text. What may reach a person's terminal of what somebody else wrote: control characters (U+0000 to
 * U+001F, U+007F to U+009F) move the cursor or worse, line and paragraph separators (U+2028, U+2029) break a line, and
 * bidirectional embeddings, overrides and isolates (U+202A to U+202E, U+2066 to U+2069) make a text read otherwise than
 * it is; the one rule for all that prints. And whether there is anything to see in it at all. Any thread. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buf.h"
#include <stdbool.h>
#include <stddef.h>

/* The length of what begins at `at`, of which `left` bytes (at least 1) may be read: a character's, or 1 where the
 * bytes are no UTF-8. *shown: whether it may be shown as it is. */
MUST_CHECK size_t text_step(const char *at, size_t left, bool *shown);

/* Whether nothing of `len` bytes of text is seen: it is empty, or of nothing but white space, control characters and
 * what Unicode has programs ignore (its White_Space, Cc and Default_Ignorable_Code_Point, zero width blanks and byte
 * order marks among them), marks round annotations (U+FFF9 to U+FFFB) and empty braille cells (U+2800). Bytes that are
 * no UTF-8 are seen. */
bool text_is_blank(const char *text, size_t len);

/* The columns that `len` bytes of text take: one a character (code point). */
size_t text_columns(const char *text, size_t len);

/* The length of as much of NUL-terminated UTF-8 as `max` bytes take, ended on a character. */
size_t text_fitting(const char *text, size_t max);

/* Appends `len` bytes of text; what must not be shown is put as '?', one for each character or stray byte. */
void text_put_clean(struct buf *out, const char *text, size_t len);

/* The same in place, for NUL-terminated text; it never grows. */
void text_clean(char *text);

/* Ends the text on a character where a fixed array of `size` bytes has cut one in two: for what vsnprintf gave. */
void text_end_on_character(char *text, size_t size);

#endif
