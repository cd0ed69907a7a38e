/* What a member has answered before: a response from the home's spool/ or sent/, opened again. One thread. */
#ifndef CLIENT_RESPONSE_PAST_H
#define CLIENT_RESPONSE_PAST_H

#include "base/buf.h"
#include "base/error.h"
#include "client/home/history.h"

struct past_response {
    struct response_id id;
    enum spool_state state;
    int64_t signed_at; /* seconds since 1970 */
    struct buf answers; /* a JSON object */
};

/* Reads the response that `line` names in the home. -1: ERROR_DAMAGED, ERROR_IO, ERROR_MEMORY. Free with past_free. */
MUST_CHECK int past_read(struct past_response *out, const char *home, const struct history_line *line,
                         struct error *error);
void past_free(struct past_response *past);

#endif
