/* Asks a person each question in turn, at the terminal or through a pipe. Talk goes to standard error. Main thread
 * only. */
#ifndef CLIENT_TERMINAL_PROMPT_H
#define CLIENT_TERMINAL_PROMPT_H

#include "client/response/answers.h"
#include "client/terminal/input.h"

struct prompt {
    struct input *input; /* open */
    const struct answers *earlier; /* what was answered before; NULL or empty for nothing */
    size_t room; /* bytes that all answers may have together as JSON (compose_room) */
};

enum prompt_result {
    PROMPT_DONE,
    PROMPT_ENDED, /* the input ended before the last question */
    PROMPT_FAILED, /* no memory */
};

/* Asks every question whose `when` holds, again until the answer fits, and sets what was given in `answers`. Enter
 * keeps what was answered before, else passes over what is not required; `-` takes an answer away, and answers a multi
 * with none of its options. A choice and a multi take values or the numbers shown; a text at a terminal has as many
 * lines as are typed. */
MUST_CHECK enum prompt_result prompt_all(const struct prompt *prompt, struct answers *answers);

#endif
