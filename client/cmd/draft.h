/* What a response is made from, gathered before anything is signed: about which action, what was answered before, and
 * the words of the command line or what is asked for. Says what is wrong; signs and sends nothing. Main thread only. */
#ifndef CLIENT_CMD_DRAFT_H
#define CLIENT_CMD_DRAFT_H

#include "client/home/profile.h"
#include "client/home/response_id.h"
#include "client/response/catalogue.h"
#include "client/terminal/input.h"

struct draft {
    const struct profile *profile;
    const struct catalogue *catalogue;
    struct response_id id; /* set by draft_begin */
    struct buf answers; /* the caller's, to take COMPOSE_ANSWERS_MAX: JSON, put by draft_compose */
    struct input *input; /* for asking; opened then, and closed by the caller */
    const char *home_option, *round_option; /* as given on the command line; NULL: not given */
    bool anew; /* without what was answered before */
    const struct buf *given; /* JSON: answers to the same questions as they were before, offered again; NULL: none */
};

/* QUESTION=VALUE, as on the command line; none: the questions are asked. */
struct answer_words {
    char **list;
    size_t count;
};

/* Numbers the response to an action of the round as the next one, and says what the action is. -1, having said why. */
MUST_CHECK int draft_begin(struct draft *draft, const struct round *round, const char *action);

/* Puts the answers: those of the words or asked for, and of what was answered before all that is not answered anew and
 * still asked; checked as the collector will check them. -1, having said why. */
MUST_CHECK int draft_compose(struct draft *draft, const struct round *round, const struct answer_words *words);

#endif
