/* The signed text out of the spool, and the answers out of that. The signature is our own, and not looked at. */
#include "client/response/past.h"
#include "base/lang.h"
#include "client/response/compose.h"
#include "crypto/jws.h"
#include <errno.h>

static int set_error(struct error *error, const struct response_id *id)
{
    if (errno != EILSEQ)
        return error_from_errno(error, T("can't read your response to %s", "kan uw reactie op %s niet lezen"),
                                id->action);
    return error_set(
        error, ERROR_DAMAGED,
        T("your response to %s, revision %lld, is damaged", "uw reactie op %s, herziening %lld, is beschadigd"),
        id->action, (long long)id->revision);
}

int past_read(struct past_response *out, const char *home, const struct history_line *line, struct error *error)
{
    struct past_response past = {.id = line->id, .state = line->state};
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    buf_init(&past.answers, JWS_MAX);
    int result = spool_read(home, &line->id, &jws);
    if (result == 0 && compose_read_answers(&jws, &past.answers, &past.signed_at) < 0) {
        errno = buf_check(&past.answers) < 0 ? ENOMEM : EILSEQ;
        result = -1;
    }
    buf_free(&jws);
    if (result == 0) {
        *out = past;
        return 0;
    }
    set_error(error, &line->id);
    buf_free(&past.answers);
    return -1;
}

void past_free(struct past_response *past)
{
    buf_free(&past->answers);
}
