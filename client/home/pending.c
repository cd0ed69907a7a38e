/* One small file, read whole and written whole: its lines hold codes, so each buffer is wiped. See pending.h. */
#include "client/home/pending.h"
#include "base/file.h"
#include "base/lang.h"
#include "client/home/path.h"
#include "client/home/receipts.h"
#include "crypto/jws.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define NAME "enrolment.jws"
#define FILE_MAX ((JWS_MAX + 1) * (PENDING_KEPT + 1))

/* Room is made for all at once, so that no copy of a code is left behind by growing. */
static int load_lines(const char *home, struct buf *out)
{
    char path[PATH_MAX];
    if (!buf_reserve(out, FILE_MAX)) {
        errno = ENOMEM;
        return -1;
    }
    buf_put(out, "", 0);
    if (path_in_home(path, home, NAME) < 0)
        return -1;
    return file_read(path, out) < 0 && errno != ENOENT ? -1 : 0;
}

/* Where the newest PENDING_KEPT - 1 lines begin. */
static size_t skip_old(const struct buf *text)
{
    size_t lines = 0, at = text->len;
    while (at > 0) {
        if (text->data[at - 1] == '\n' && ++lines == PENDING_KEPT)
            break;
        at--;
    }
    return at;
}

int pending_add(const char *home, const struct buf *jws)
{
    char path[PATH_MAX];
    struct buf text;
    int result = -1;
    buf_init(&text, FILE_MAX);
    if (load_lines(home, &text) == 0) {
        size_t from = skip_old(&text);
        buf_put(&text, jws->data, jws->len);
        buf_put_char(&text, '\n');
        if (buf_check(&text) < 0)
            errno = ENOMEM;
        else if (path_in_home(path, home, NAME) == 0)
            result = file_write(path, text.data + from, text.len - from);
    }
    buf_wipe(&text);
    return result;
}

static int find_proven(const struct buf *text, const struct slice *answer, const struct note_key *log, struct buf *jws,
                       struct error *error)
{
    const char *at = buf_text(text);
    error_set(error, ERROR_REFUSED, "%s", T("no enrolment was sent", "er is geen aanmelding verstuurd"));
    for (const char *stop; (stop = strchr(at, '\n')) != NULL; at = stop + 1) {
        struct slice line = {at, (size_t)(stop - at)};
        if (receipts_check_answer(&line, answer, log, error) == 0) {
            buf_put(jws, line.text, line.len);
            errno = ENOMEM;
            return buf_check(jws);
        }
    }
    return 1;
}

int pending_find(const char *home, const struct slice *answer, const struct note_key *log, struct buf *jws,
                 struct error *error)
{
    struct buf text;
    buf_init(&text, FILE_MAX);
    int result = load_lines(home, &text);
    if (result == 0)
        result = find_proven(&text, answer, log, jws, error);
    buf_wipe(&text);
    return result;
}

void pending_forget(const char *home)
{
    char path[PATH_MAX];
    /* Should it come back after a power cut, nobody looks at it any more. */
    if (path_in_home(path, home, NAME) == 0)
        unlink(path);
}
