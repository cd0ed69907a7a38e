/* Asks a person each question in turn, at the terminal or through a pipe. Talk goes to standard error. Main thread
 * only. */
#ifndef CLIENT_TERMINAL_PROMPT_H
#define CLIENT_TERMINAL_PROMPT_H

#include "client/response/answers.h"

/* Asks every question whose `when` holds, again until the answer fits, and sets what was given; Enter passes over what
 * is not required. A choice and a multi take values or the numbers shown. 0; 1 when the input ended before the last
 * question; -1: no memory. */
MUST_CHECK int prompt_all(struct answers *answers);

#endif
