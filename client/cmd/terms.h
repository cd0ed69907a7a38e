/* What a person is told before anything is sent in their name, and whether they agree (PROTOCOL 2: `purpose`, `privacy`
 * and `retention` of the definition); and the question that any verb asks before it does what can't be undone. Knows no
 * home and no connection. Main thread only. */
#ifndef CLIENT_CMD_TERMS_H
#define CLIENT_CMD_TERMS_H

#include "panel/definition.h"

/* Shows on standard error what the definition says of purpose, privacy and retention; whether it says anything. */
bool terms_show(const struct panel *panel);

/* Asks `question`, which ends in a blank, once. 0: yes; -1: anything else, or nobody is there to answer. */
MUST_CHECK int terms_ask(const char *question);

#endif
