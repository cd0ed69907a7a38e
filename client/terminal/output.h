/* What the verbs print: tables in columns, texts of several lines. Data goes to standard output, talk to
 * standard error. Knows no panel, no file and no connection. Main thread only. */
#ifndef CLIENT_TERMINAL_OUTPUT_H
#define CLIENT_TERMINAL_OUTPUT_H

#include "base/buf.h"

/* The number of characters (code points), which is taken for the width that a terminal gives a text. */
size_t output_width(const char *text);

/* Appends `text`, made clean (base/text.h), and spaces up to `width` characters. */
void output_put_cell(struct buf *out, const char *text, size_t width);

#define OUTPUT_TIME_SIZE 17 /* "2026-12-31 23:59" and a NUL */

/* Writes a moment, in seconds since 1970, as this computer's clock on the wall has it, to the minute. */
void output_local_time(int64_t seconds, char out[static OUTPUT_TIME_SIZE]);

/* Appends the lines of `text`, each broken between words so that it takes no more than `columns` (0: as they are). What
 * goes on in a further line is led by as many blanks as the line began with, and those that a number at its beginning
 * took. A word that is wider is left whole, for the terminal to break. */
void output_put_wrapped(struct buf *out, const char *text, size_t columns);

/* Every line of `text` on standard error, at a terminal broken to its width. */
void output_say_lines(const struct buf *text);

#endif
