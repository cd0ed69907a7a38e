/* Asks a person one question, at the terminal or through a pipe, until the answer fits. Talk goes to standard error.
 * Main thread only. */
#ifndef CLIENT_TERMINAL_PROMPT_H
#define CLIENT_TERMINAL_PROMPT_H

#include "client/response/answers.h"
#include "client/terminal/input.h"

struct prompt {
    struct input *input; /* open */
    const struct answers *kept; /* what Enter keeps, by question: answered before, or in this dialogue */
    size_t room; /* bytes that all answers may have together as JSON (compose_room) */
    bool can_go_back; /* there is somewhere to go back to, which is then said at a terminal */
};

enum prompt_result {
    PROMPT_DONE,
    PROMPT_BACK, /* the question before is wanted; the answer is unset */
    PROMPT_ENDED, /* the input ended; likewise */
    PROMPT_FAILED, /* no memory */
};

/* Asks the question, again until the answer fits, and sets what was given in `answers`, which holds the answers to the
 * questions that it depends on. Enter, or a line that shows nothing, keeps what was answered before, else passes over
 * what is not required; `-` takes an answer away, and answers a multi with none of its options. A choice and a multi
 * take values or the numbers shown; a text at a terminal has as many lines as are typed. At a terminal `<` alone asks
 * for the question before. */
MUST_CHECK enum prompt_result prompt_question(const struct prompt *prompt, struct answers *answers, size_t question);

#endif
