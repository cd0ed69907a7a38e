/* What is read here was written here, or it is damaged: nothing is guessed at. member.json is written last of an
 * enrolment, so that whoever has it has all the rest. See profile.h. */
#include "client/home/profile.h"
#include "base/file.h"
#include "base/mem.h"
#include "client/home/path.h"
#include "client/home/spool.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEMBER_MAX ((size_t)256 * 1024)

int profile_default_home(struct buf *out)
{
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    if (data && *data == '/')
        buf_printf(out, "%s/burgerpanel", data);
    else if (home && *home == '/')
        buf_printf(out, "%s/.local/share/burgerpanel", home);
    else
        return -1;
    return buf_check(out);
}

/* The key. */

static void own_key(struct profile *profile, struct secret_key *key)
{
    uint8_t public_key[KEY_BYTES];
    profile->key = key;
    secret_key_public(key, public_key);
    key_thumbprint(public_key, profile->kid);
}

static enum profile_result load_key(struct profile *profile)
{
    char path[PATH_MAX];
    struct buf text;
    enum profile_result result = PROFILE_OPEN;
    struct secret_key *key = NULL;
    buf_init(&text, SECRET_KEY_TEXT_SIZE);
    if (path_in_home(path, profile->home, "key") < 0 || file_read(path, &text) < 0)
        result = errno == ENOENT ? PROFILE_OPEN : errno == EFBIG ? PROFILE_DAMAGED : PROFILE_FAILED;
    else if (!(key = secret_key_from_text(buf_text(&text), text.len)))
        result = PROFILE_DAMAGED;
    else
        own_key(profile, key);
    buf_wipe(&text);
    return result;
}

/* Takes the key over on success. -1: errno. */
static int write_key(struct profile *profile, struct secret_key *key)
{
    char path[PATH_MAX];
    char text[SECRET_KEY_TEXT_SIZE];
    int result = -1;
    secret_key_put_text(key, text);
    if (path_in_home(path, profile->home, "key") == 0)
        result = file_create(path, text, sizeof text - 1);
    mem_wipe(text, sizeof text);
    if (result == 0)
        own_key(profile, key);
    return result;
}

int profile_make_key(struct profile *profile)
{
    if (profile->key)
        return 0;
    struct secret_key *key = secret_key_new();
    if (!key) {
        errno = ENOMEM;
        return -1;
    }
    int result = write_key(profile, key);
    if (result < 0)
        secret_key_free(key);
    return result;
}

int profile_set_recoverable_key(struct profile *profile, struct secret_key *key)
{
    char path[PATH_MAX], note[KID_SIZE + 1];
    uint8_t public_key[KEY_BYTES];
    secret_key_public(key, public_key);
    key_thumbprint(public_key, note);
    memcpy(note + KID_LENGTH, "\n", 2);
    if (path_in_home(path, profile->home, "recovery") < 0 || file_write(path, note, KID_LENGTH + 1) < 0 ||
        write_key(profile, key) < 0)
        return -1;
    profile->is_recoverable = true;
    return 0;
}

/* Whether the note is there and is of this key; what else is there says nothing. */
static enum profile_result load_recovery(struct profile *profile)
{
    char path[PATH_MAX];
    struct buf note;
    enum profile_result result = PROFILE_OPEN;
    buf_init(&note, KID_SIZE);
    if (path_in_home(path, profile->home, "recovery") < 0 || file_read(path, &note) < 0)
        result = errno == ENOENT || errno == EFBIG ? PROFILE_OPEN : PROFILE_FAILED;
    else
        profile->is_recoverable = profile->key && note.len == KID_SIZE && buf_text(&note)[KID_LENGTH] == '\n' &&
                                  memcmp(buf_text(&note), profile->kid, KID_LENGTH) == 0;
    buf_free(&note);
    return result;
}

static int remove_from_home(const struct profile *profile, const char *name)
{
    char path[PATH_MAX];
    return path_in_home(path, profile->home, "%s", name) < 0 ? -1 : file_remove(path);
}

/* Of who is no member any more; it enrols nobody anew. */
static int remove_key(struct profile *profile)
{
    if (remove_from_home(profile, "key") < 0)
        return -1;
    secret_key_free(profile->key);
    profile->key = NULL;
    profile->is_recoverable = false;
    return 0;
}

/* What was left where the power went while everything was erased here: the key, and the request for it. */
static int finish_erasure(struct profile *profile)
{
    if (remove_from_home(profile, "erasing.jws") < 0 && errno != ENOENT)
        return -1;
    return remove_key(profile);
}

/* The enrolment. */

static char *copy_text(const char *text)
{
    return mem_copy_text(text, strlen(text));
}

static enum profile_result read_enrolment(struct profile *profile, const struct json *member)
{
    const char *url = json_text(json_member(member, "url"));
    const char *panel = json_text(json_member(member, "panel"));
    const char *kid = json_text(json_member(member, "kid"));
    int64_t index;
    bool erased = false;
    if (json_bool(json_member(member, "erased"), &erased) < 0)
        erased = false;
    if (!url || !panel || !kid || (!erased && strcmp(kid, profile->kid) != 0) ||
        json_integer(json_member(json_member(member, "answer"), "index"), &index) < 0)
        return PROFILE_DAMAGED;
    profile->url = copy_text(url);
    profile->panel = copy_text(panel);
    profile->index = index;
    profile->erased = erased;
    if (erased && !profile->key && strlen(kid) == KID_LENGTH)
        memcpy(profile->kid, kid, KID_SIZE);
    if (!profile->url || !profile->panel) {
        errno = ENOMEM;
        return PROFILE_FAILED;
    }
    bool broken_off = erased && profile->key && strcmp(kid, profile->kid) == 0; /* before the key went too */
    return broken_off && finish_erasure(profile) < 0 ? PROFILE_FAILED : PROFILE_OPEN;
}

/* member.json as a document; NULL with errno, EILSEQ when it is none. */
static struct json *read_member(const struct profile *profile)
{
    char path[PATH_MAX];
    struct buf text;
    struct json *member = NULL;
    buf_init(&text, MEMBER_MAX);
    if (path_in_home(path, profile->home, "member.json") == 0 && file_read(path, &text) == 0) {
        struct json_fault fault;
        member = json_parse(buf_text(&text), text.len, &fault);
        if (!member)
            errno = fault.no_memory ? ENOMEM : EILSEQ;
    }
    buf_free(&text);
    return member;
}

static enum profile_result load_member(struct profile *profile)
{
    struct json *member = read_member(profile);
    if (!member)
        return errno == ENOENT ? PROFILE_OPEN : errno == EILSEQ ? PROFILE_DAMAGED : PROFILE_FAILED;
    enum profile_result result = read_enrolment(profile, member);
    json_free(member);
    return result;
}

static enum profile_result load_pin(struct profile *profile)
{
    if (pin_read(profile->home, &profile->pin) == 0)
        return PROFILE_OPEN;
    return errno == EILSEQ || errno == EFBIG ? PROFILE_DAMAGED : PROFILE_FAILED;
}

bool profile_is_enrolled(const struct profile *profile)
{
    return profile->url != NULL && !profile->erased;
}

static void put_enrolment(struct buf *out, const struct profile *profile, const char *jws, const struct buf *answer)
{
    buf_put_text(out, "{\"url\":");
    json_put_text(out, profile->url);
    buf_put_text(out, ",\"panel\":");
    json_put_text(out, profile->panel);
    buf_put_text(out, ",\"kid\":");
    json_put_text(out, profile->kid);
    buf_put_text(out, ",\"jws\":");
    json_put_text(out, jws);
    buf_put_text(out, ",\"answer\":");
    buf_put(out, answer->data, answer->len);
    buf_put_text(out, profile->erased ? ",\"erased\":true}\n" : "}\n");
}

static void forget_enrolment(struct profile *profile)
{
    mem_free(profile->url);
    mem_free(profile->panel);
    profile->url = profile->panel = NULL;
}

/* member.json as it would be with `next` in place of the profile. */
static int write_enrolment(const struct profile *next, const char *jws, const struct buf *answer)
{
    char path[PATH_MAX];
    struct buf text;
    int result = -1;
    buf_init(&text, MEMBER_MAX);
    put_enrolment(&text, next, jws, answer);
    if (buf_check(&text) < 0)
        errno = ENOMEM;
    else if (path_in_home(path, next->home, "member.json") == 0)
        result = file_write(path, buf_text(&text), text.len);
    buf_wipe(&text); /* the enrolment holds the code */
    return result;
}

static int read_index(const struct buf *answer, int64_t *out)
{
    struct json *document = json_parse(buf_text(answer), answer->len, NULL);
    int result = json_integer(json_member(document, "index"), out);
    json_free(document);
    errno = EILSEQ;
    return result;
}

int profile_set_enrolled(struct profile *profile, const char *url, const char *panel, const char *jws,
                         const struct buf *answer)
{
    struct profile next = *profile;
    next.erased = false;
    if (read_index(answer, &next.index) < 0)
        return -1;
    next.url = copy_text(url);
    next.panel = copy_text(panel);
    int result = -1;
    if (!next.url || !next.panel)
        errno = ENOMEM;
    else
        result = write_enrolment(&next, jws, answer);
    if (result == 0) {
        struct profile before = *profile;
        *profile = next;
        next = before;
    }
    forget_enrolment(&next);
    return result;
}

int profile_set_erased(struct profile *profile, const char *jws, const struct buf *answer)
{
    struct profile next = *profile;
    next.erased = true;
    if (read_index(answer, &next.index) < 0 || write_enrolment(&next, jws, answer) < 0)
        return -1;
    *profile = next;
    return remove_key(profile);
}

int profile_set_url(struct profile *profile, const char *url)
{
    struct buf jws, answer;
    int result = -1;
    buf_init(&jws, MEMBER_MAX);
    buf_init(&answer, MEMBER_MAX);
    if (profile_read_enrolment(profile, &jws, &answer) == 0)
        result = profile_set_enrolled(profile, url, profile->panel, buf_text(&jws), &answer);
    buf_wipe(&jws);
    buf_free(&answer);
    return result;
}

int profile_read_enrolment(const struct profile *profile, struct buf *jws, struct buf *answer)
{
    struct json *member = read_member(profile);
    if (!member)
        return -1;
    const char *text = json_text(json_member(member, "jws"));
    const struct json *its_answer = json_member(member, "answer");
    int result = text && its_answer ? 0 : -1;
    if (result == 0) {
        buf_put_text(jws, text);
        json_put_value(answer, its_answer);
    }
    json_free(member);
    errno = result < 0 ? EILSEQ : ENOMEM;
    return result < 0 || buf_check(jws) < 0 || buf_check(answer) < 0 ? -1 : 0;
}

int profile_set_pin(struct profile *profile, struct pin *pin)
{
    if (pin_write(pin, profile->home) < 0)
        return -1;
    pin_free(profile->pin);
    profile->pin = pin;
    return 0;
}

/* The folder. */

static enum profile_result lock_folder(struct profile *profile)
{
    char path[PATH_MAX];
    if (path_in_home(path, profile->home, "lock") < 0)
        return PROFILE_FAILED;
    profile->lock = file_lock(path);
    if (profile->lock >= 0)
        return PROFILE_OPEN;
    return errno == EWOULDBLOCK ? PROFILE_BUSY : PROFILE_FAILED;
}

static enum profile_result load_all(struct profile *profile)
{
    enum profile_result result = lock_folder(profile);
    if (result == PROFILE_OPEN && spool_prepare(profile->home) < 0)
        result = PROFILE_FAILED;
    if (result == PROFILE_OPEN)
        result = load_key(profile);
    if (result == PROFILE_OPEN)
        result = load_recovery(profile);
    if (result == PROFILE_OPEN)
        result = load_member(profile);
    if (result == PROFILE_OPEN)
        result = load_pin(profile);
    return result;
}

enum profile_result profile_open(struct profile *out, const char *home, bool make)
{
    struct profile profile = {.lock = -1};
    struct stat about;
    if (make && file_make_folder(home) < 0)
        return PROFILE_FAILED;
    if (stat(home, &about) < 0)
        return errno == ENOENT ? PROFILE_MISSING : PROFILE_FAILED;
    profile.home = copy_text(home);
    if (!profile.home) {
        errno = ENOMEM;
        return PROFILE_FAILED;
    }
    enum profile_result result = load_all(&profile);
    if (result == PROFILE_OPEN) {
        *out = profile;
        return PROFILE_OPEN;
    }
    int why = errno;
    profile_close(&profile);
    errno = why;
    return result;
}

void profile_close(struct profile *profile)
{
    if (!profile->home)
        return;
    secret_key_free(profile->key);
    pin_free(profile->pin);
    forget_enrolment(profile);
    mem_free(profile->home);
    if (profile->lock >= 0)
        close(profile->lock);
    *profile = (struct profile){.lock = -1};
}
