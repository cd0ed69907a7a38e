/* Manual pages in the language of man(7), which groff and mandoc both read: text in, macros out. Every byte that they
 * would take for a command is escaped, and all beyond ASCII is written by its number, so that a page shows the same
 * whatever encoding it is read in. Lines stay under 80 bytes. Knows no program. Any thread. */
#ifndef BASE_ROFF_H
#define BASE_ROFF_H

#include "base/buf.h"

/* The head of a page: its name and section, then what stands in its foot, the date ("" for none) and the source. No
 * word is hyphenated, since a reader's groff may know but one language. */
void roff_begin(struct buf *out, const char *name, int section, const char *date, const char *source);

/* The line of the first section, by which apropos finds the page; a full stop at the end of `what` is left out. */
void roff_name(struct buf *out, const char *name, const char *what);

/* The title of a section, and of a part of one. Capitals are for the caller. */
void roff_section(struct buf *out, const char *title);
void roff_part(struct buf *out, const char *title);

/* A text as struct cli_explained has it (base/cli.h): each line a paragraph, an example, or a term and its meaning. */
void roff_text(struct buf *out, const char *text);

/* A term in bold, with its value (NULL: none) in italics, and what it means. */
void roff_item(struct buf *out, const char *term, const char *value, const char *text);

#endif
