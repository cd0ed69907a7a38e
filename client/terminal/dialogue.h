/* Asks a person a whole questionnaire: each question in turn, back where that is wanted, and at a terminal all answers
 * at the end, to be agreed to or mended one by one. Nothing that was shown is ever drawn over. Signs and sends nothing.
 * Main thread only. */
#ifndef CLIENT_TERMINAL_DIALOGUE_H
#define CLIENT_TERMINAL_DIALOGUE_H

#include "client/response/answers.h"
#include "client/terminal/input.h"

struct dialogue {
    struct input *input; /* open */
    const struct answers *earlier; /* what was answered before; empty for nothing */
    size_t room; /* bytes that all answers may have together as JSON (compose_room) */
    const struct answers
        *begun; /* given before in a dialogue that was cut off, each fits: not asked again; NULL: none */
    void (*answered)(void *context,
                     const struct answers *answers); /* called with all so far, after each; may be NULL */
    void *context;
};

enum dialogue_result {
    DIALOGUE_AGREED, /* through a pipe: nobody is there to ask, and the last question was answered */
    DIALOGUE_LEFT, /* who was asked did not agree */
    DIALOGUE_ENDED, /* the input ended before that */
    DIALOGUE_FAILED, /* no memory */
};

/* Asks every question whose `when` holds and sets what was given in `answers`, which are empty before. An answer that
 * is not asked for any more, by what was mended, is left out, and at hand where it is asked for again. */
MUST_CHECK enum dialogue_result dialogue_run(const struct dialogue *dialogue, struct answers *answers);

#endif
