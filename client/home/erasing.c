/* What is kept is written before anything is taken away, and that it is to be done is forgotten last. See erasing.h. */
#include "client/home/erasing.h"
#include "base/file.h"
#include "client/home/begun.h"
#include "client/home/path.h"
#include "client/home/pending.h"
#include "client/home/spool.h"
#include "crypto/jws.h"
#include <errno.h>
#include <string.h>

static int request_path(char out[static PATH_MAX], const char *home)
{
    return path_in_home(out, home, "erasing.jws");
}

int erasing_begin(const char *home, const struct buf *jws)
{
    char path[PATH_MAX];
    return request_path(path, home) < 0 ? -1 : file_create(path, jws->data, jws->len);
}

int erasing_replace(const char *home, const struct buf *jws)
{
    char path[PATH_MAX];
    return request_path(path, home) < 0 ? -1 : file_write(path, jws->data, jws->len);
}

int erasing_read(const char *home, struct buf *jws)
{
    char path[PATH_MAX];
    return request_path(path, home) < 0 ? -1 : file_read(path, jws);
}

int erasing_forget(const char *home)
{
    char path[PATH_MAX];
    return request_path(path, home) < 0 ? -1 : file_remove(path);
}

int erasing_parse(const struct slice *jws, struct own_data_request *out)
{
    struct jws parts;
    struct buf payload;
    int result = -1;
    buf_init(&payload, JWS_MAX);
    if (jws_parse(jws->text, jws->len, ERASURE_TYP, &parts, NULL) == 0 && jws_decode_payload(&parts, &payload) == 0)
        result = own_data_parse_erasure(buf_text(&payload), payload.len, out, NULL);
    buf_free(&payload);
    errno = EILSEQ;
    return result;
}

static bool asks_about(const struct own_data_request *request, const char *round, const char *action)
{
    if (!action || !request->action)
        return !action && !request->action;
    return strcmp(request->action, action) == 0 && (!round || strcmp(request->round, round) == 0);
}

bool erasing_asks_for(const char *home, const char *round, const char *action)
{
    struct buf jws;
    struct own_data_request request;
    bool result = false;
    buf_init(&jws, JWS_MAX);
    if (erasing_read(home, &jws) == 0) {
        struct slice text = slice_of(&jws);
        if (erasing_parse(&text, &request) == 0) {
            result = asks_about(&request, round, action);
            own_data_free(&request);
        }
    }
    buf_free(&jws);
    return result;
}

/* Taking away. */

struct removal {
    const char *home;
    enum spool_state state;
    const char *round, *action; /* NULL: of any */
};

static int remove_where_meant(void *context, const struct response_id *id)
{
    const struct removal *removal = context;
    bool meant =
        !removal->round || (strcmp(id->round, removal->round) == 0 && strcmp(id->action, removal->action) == 0);
    if (meant && removal->state == SPOOL_WAITING)
        spool_tidy(removal->home, id);
    return meant ? spool_remove(removal->home, id, removal->state) : 0;
}

static int remove_responses(const char *home, const char *round, const char *action)
{
    static const enum spool_state states[] = {SPOOL_WAITING, SPOOL_SENT, SPOOL_REFUSED};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        struct removal removal = {home, states[i], round, action};
        if (spool_each(home, states[i], remove_where_meant, &removal) != 0)
            return -1;
    }
    return begun_forget(home, round, action);
}

static int finish_response(const char *home, const struct own_data_request *request, const struct slice *jws,
                           const struct slice *answer)
{
    struct response_id id;
    int64_t last;
    if (spool_last_revision(home, request->round, request->action, &last) < 0)
        return -1;
    if (response_id_set(&id, request->round, request->action, last > 0 ? last : 1) < 0) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (spool_settle(home, &id, SPOOL_ERASED, jws, answer) < 0)
        return -1;
    return remove_responses(home, request->round, request->action);
}

static int keep_request(const char *home, const struct slice *jws, const struct slice *answer)
{
    char path[PATH_MAX];
    return path_in_home(path, home, "erased/everything.json") < 0 ? -1 : spool_write_record(path, jws, answer);
}

/* Also the enrolment, which holds the code; and the key, which is of no more use. */
static int finish_everything(struct profile *profile, const struct buf *jws, const struct buf *answer)
{
    struct slice jws_text = slice_of(jws), answer_text = slice_of(answer);
    if (keep_request(profile->home, &jws_text, &answer_text) < 0 || remove_responses(profile->home, NULL, NULL) < 0)
        return -1;
    pending_forget(profile->home);
    return profile_set_erased(profile, buf_text(jws), answer);
}

int erasing_finish(struct profile *profile, const struct buf *jws, const struct buf *answer)
{
    struct own_data_request request;
    struct slice jws_text = slice_of(jws), answer_text = slice_of(answer);
    if (erasing_parse(&jws_text, &request) < 0)
        return -1;
    int result = request.round ? finish_response(profile->home, &request, &jws_text, &answer_text)
                               : finish_everything(profile, jws, answer);
    int why = errno;
    own_data_free(&request);
    errno = why;
    return result < 0 ? -1 : erasing_forget(profile->home);
}
