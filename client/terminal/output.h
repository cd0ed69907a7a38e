/* What the verbs print: tables in columns, texts of several lines. Data goes to standard output, talk to
 * standard error. Knows no panel, no file and no connection. Main thread only. */
#ifndef CLIENT_TERMINAL_OUTPUT_H
#define CLIENT_TERMINAL_OUTPUT_H

#include "base/buf.h"

/* The number of characters (code points), which is taken for the width that a terminal gives a text. */
size_t output_width(const char *text);

/* Appends `text`, made clean (base/text.h), and spaces up to `width` characters. */
void output_put_cell(struct buf *out, const char *text, size_t width);

/* Every line of `text` on standard error. */
void output_say_lines(const struct buf *text);

#endif
