/* What the verbs have in common in talking to a person: text from elsewhere made harmless, refusals put in words,
 * tables, lines typed in. Knows no file. Main thread only. */
#ifndef CLIENT_TERMINAL_MESSAGES_H
#define CLIENT_TERMINAL_MESSAGES_H

#include "base/buf.h"
#include "client/net/http.h"
#include "panel/faults.h"

/* "nl" or "en", as labels_text wants it. */
const char *messages_language(void);

/* Puts text that came from elsewhere so that a terminal only shows it: control characters become '?'. */
void messages_put_clean(struct buf *out, const char *text);

/* Puts in one phrase why a request failed: what the collector said by the name of its problem, or what came in
 * between. */
void messages_put_reason(struct buf *out, const struct http_answer *answer);

/* The same for a problem by name alone. */
void messages_put_problem(struct buf *out, enum problem problem, unsigned status);

/* Says, a line each led by two spaces, the `errors` of a problem answer (its body as JSON); nothing when there are
 * none. */
void messages_errors(const char *body, size_t len);

/* How far our clock is from that of the collector: a hint for the person when more than the protocol allows, else "".
 * Points to static storage. */
const char *messages_clock_hint(const struct http_answer *answer);

/* Every fault on standard error, a line each: `prefix`, where, what; then how many more there are. */
void messages_faults(const char *prefix, const struct faults *faults);

/* Puts `text` and spaces up to `width` code points. */
void messages_put_cell(struct buf *out, const char *text, size_t width);

/* The number of code points. */
size_t messages_width(const char *text);

/* Reads a line from standard input into `line` (emptied first), without its newline. 0; 1 at the end of input; -1 when
 * it is longer than `line` may hold (the rest of it is passed over) or memory lacks. */
MUST_CHECK int messages_read_line(struct buf *line);

/* Writes what `out` holds to standard output, all or nothing of it: -1, having said so, when `out` failed. */
MUST_CHECK int messages_print(const struct buf *out);

/* Every line of `text` on standard error. */
void messages_lines(const struct buf *text);

/* "out of memory" on standard error; returns CLI_FAILED. */
int messages_no_memory(void);

#endif
