/* A question and its answers as a person reads them, in the language of lang.h; all that comes from the panel is made
 * clean (base/text.h). Asks nothing. Main thread only. */
#ifndef CLIENT_TERMINAL_QUESTIONS_H
#define CLIENT_TERMINAL_QUESTIONS_H

#include "base/buf.h"
#include "panel/definition.h"

/* Appends the question's label and, a line each, the ends of its scale or its numbered options. */
void question_put(struct buf *out, const struct question *question);

/* Appends its label alone. */
void question_put_label(struct buf *out, const struct question *question);

/* Appends an answer as it was typed (response/answers.h; a multi's values are joined by `separator`): the options by
 * their labels, the lines of a text each led by `indent` but the first. */
void question_put_answer(struct buf *out, const struct question *question, const char *typed, char separator,
                         const char *indent);

#endif
