/* What a person typed, as an answer of PROTOCOL 5; for who answers, so in that person's language. A text of which
 * nothing is seen (text_is_blank) is no answer. Pure. Any thread. */
#ifndef PANEL_ANSWER_H
#define PANEL_ANSWER_H

#include "base/buf.h"
#include "panel/definition.h"
#include "panel/faults.h"
#include <stdbool.h>

/* Whether a person wrote that there is no answer: a hyphen alone, which for a multi says none of its options. For
 * another question that needs an answer, and where an option has that value, it is an answer like any other. */
bool answer_is_none(const struct question *question, const char *typed);

/* Which of a scale's values or a choice's options (question_find_value, question_find_option) a person typed, read as
 * answer_put reads it; -1 when it is none. */
int answer_find_option(const struct question *question, const char *typed);

/* Puts one answer as JSON from what a person typed: a scale's integer, a choice's value, values joined by `separator`
 * for a multi ("" is none), a text as it is. -1 with a fault at `/answers/<id>` (in the language of lang.h) and nothing
 * put when it does not fit the question. */
MUST_CHECK int answer_put(struct buf *out, const struct question *question, const char *typed, char separator,
                          struct faults *faults);

#endif
