/* Which of a member's responses: a round, an action of it, and the how-manieth answer to that; there are no two with
 * the same three. Knows no folder. Any thread. */
#ifndef CLIENT_HOME_RESPONSE_ID_H
#define CLIENT_HOME_RESPONSE_ID_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stdint.h>

#define RESPONSE_ID_PART_SIZE 65 /* of a round's id, of an action's: 64 and a NUL */
#define RESPONSE_ID_TEXT_SIZE 160

struct response_id {
    char round[RESPONSE_ID_PART_SIZE];
    char action[RESPONSE_ID_PART_SIZE];
    int64_t revision;
};

/* 0 and *out; -1 when a text is empty or longer than 64, or holds '/' or '~', or the revision is outside 1 to
 * 2^53-1. */
MUST_CHECK int response_id_set(struct response_id *out, const char *round, const char *action, int64_t revision);

/* ROUND~ACTION~REVISION, good for a file's name. REVISION has sixteen digits, so that byte order is the order in which
 * the revisions of one action must go. */
void response_id_write(const struct response_id *id, char out[static RESPONSE_ID_TEXT_SIZE]);

/* And back; -1 when `text` is no such thing. */
MUST_CHECK int response_id_read(const char *text, struct response_id *out);

bool response_id_equal(const struct response_id *a, const struct response_id *b);

#endif
