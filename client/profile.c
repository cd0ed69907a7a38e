/* See profile.h. */
#include "client/profile.h"
#include "base/file.h"
#include "base/mem.h"
#include "client/spool.h"
#include "crypto/base64url.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEMBER_MAX ((size_t)256 * 1024)
#define KEY_TEXT_SIZE (BASE64URL_LENGTH(KEY_BYTES) + 2) /* a newline and a NUL */

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

static int put_path(char out[static PATH_MAX], const char *home, const char *name)
{
    int len = snprintf(out, PATH_MAX, "%s/%s", home, name);
    if (len < 0 || len >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return 0;
}

/* --- the key */

static int take_seed(struct profile *profile, const uint8_t seed[static KEY_BYTES])
{
    uint8_t public_key[KEY_BYTES];
    profile->key = secret_key_from_seed(seed);
    if (!profile->key) {
        errno = ENOMEM;
        return -1;
    }
    secret_key_public(profile->key, public_key);
    key_thumbprint(public_key, profile->kid);
    return 0;
}

static enum profile_result load_key(struct profile *profile)
{
    char path[PATH_MAX];
    uint8_t seed[KEY_BYTES];
    struct buf text;
    enum profile_result result = PROFILE_DAMAGED;
    buf_init(&text, KEY_TEXT_SIZE);
    if (put_path(path, profile->home, "key") < 0 || file_read(path, &text) < 0)
        result = errno == ENOENT ? PROFILE_OPEN : errno == EFBIG ? PROFILE_DAMAGED : PROFILE_FAILED;
    else if (text.len == KEY_TEXT_SIZE - 1 && text.data[text.len - 1] == '\n' &&
             base64url_decode_exactly(text.data, text.len - 1, seed, sizeof seed) == 0)
        result = take_seed(profile, seed) == 0 ? PROFILE_OPEN : PROFILE_FAILED;
    mem_wipe(seed, sizeof seed);
    buf_wipe(&text);
    return result;
}

int profile_make_key(struct profile *profile)
{
    char path[PATH_MAX];
    uint8_t seed[KEY_BYTES];
    char text[KEY_TEXT_SIZE];
    if (profile->key)
        return 0;
    struct secret_key *key = secret_key_new();
    if (!key) {
        errno = ENOMEM;
        return -1;
    }
    secret_key_seed(key, seed);
    secret_key_free(key);
    base64url_encode(seed, sizeof seed, text);
    text[KEY_TEXT_SIZE - 2] = '\n';
    int result = -1;
    if (put_path(path, profile->home, "key") == 0 && file_create(path, text, KEY_TEXT_SIZE - 1, 0600) == 0)
        result = take_seed(profile, seed);
    mem_wipe(seed, sizeof seed);
    mem_wipe(text, sizeof text);
    return result;
}

/* --- the enrolment */

static char *copy(const char *text)
{
    return mem_copy_text(text, strlen(text));
}

static enum profile_result take_member(struct profile *profile, const struct json *member)
{
    const char *url = json_text(json_member(member, "url"));
    const char *panel = json_text(json_member(member, "panel"));
    const char *kid = json_text(json_member(member, "kid"));
    int64_t index;
    if (!url || !panel || !kid || strcmp(kid, profile->kid) != 0 ||
        json_integer(json_member(json_member(member, "answer"), "index"), &index) < 0)
        return PROFILE_DAMAGED;
    profile->url = copy(url);
    profile->panel = copy(panel);
    profile->index = index;
    if (profile->url && profile->panel)
        return PROFILE_OPEN;
    errno = ENOMEM;
    return PROFILE_FAILED;
}

static enum profile_result load_member(struct profile *profile)
{
    char path[PATH_MAX];
    struct buf text;
    enum profile_result result = PROFILE_DAMAGED;
    buf_init(&text, MEMBER_MAX);
    if (put_path(path, profile->home, "member.json") < 0 || file_read(path, &text) < 0) {
        result = errno == ENOENT ? PROFILE_OPEN : PROFILE_FAILED;
    } else {
        struct json_fault fault;
        struct json *member = json_parse(buf_text(&text), text.len, &fault);
        if (member)
            result = take_member(profile, member);
        else if (strcmp(fault.what, "out of memory") == 0) {
            errno = ENOMEM; /* nothing wrong with the file */
            result = PROFILE_FAILED;
        }
        json_free(member);
    }
    buf_free(&text);
    return result;
}

bool profile_is_enrolled(const struct profile *profile)
{
    return profile->url != NULL;
}

static void put_member(struct buf *out, const struct profile *profile, const char *jws, const struct buf *answer)
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
    buf_put_text(out, "}\n");
}

static void forget_enrolment(struct profile *profile)
{
    mem_free(profile->url);
    mem_free(profile->panel);
    profile->url = profile->panel = NULL;
}

int profile_set_enrolled(struct profile *profile, const char *url, const char *panel, const char *jws,
                         const struct buf *answer)
{
    char path[PATH_MAX];
    struct buf text;
    int result = -1;
    struct json *document = json_parse(buf_text(answer), answer->len, NULL);
    int bad = json_integer(json_member(document, "index"), &profile->index);
    json_free(document);
    if (bad) {
        errno = EILSEQ;
        return -1;
    }
    buf_init(&text, MEMBER_MAX);
    profile->url = copy(url);
    profile->panel = copy(panel);
    if (profile->url && profile->panel)
        put_member(&text, profile, jws, answer);
    else
        text.failed = true;
    if (buf_check(&text) < 0)
        errno = ENOMEM;
    else if (put_path(path, profile->home, "member.json") == 0)
        result = file_write(path, buf_text(&text), text.len, 0600);
    if (result < 0)
        forget_enrolment(profile);
    buf_free(&text);
    return result;
}

/* --- the folder */

static enum profile_result take_lock(struct profile *profile)
{
    char path[PATH_MAX];
    if (put_path(path, profile->home, "lock") < 0)
        return PROFILE_FAILED;
    profile->lock = file_lock(path);
    if (profile->lock >= 0)
        return PROFILE_OPEN;
    return errno == EWOULDBLOCK ? PROFILE_BUSY : PROFILE_FAILED;
}

static enum profile_result load(struct profile *profile)
{
    enum profile_result result = take_lock(profile);
    if (result == PROFILE_OPEN && spool_prepare(profile->home) < 0)
        result = PROFILE_FAILED;
    if (result == PROFILE_OPEN)
        result = load_key(profile);
    if (result == PROFILE_OPEN)
        result = load_member(profile);
    return result;
}

enum profile_result profile_open(struct profile *out, const char *home, bool make)
{
    struct profile profile = {.lock = -1};
    struct stat about;
    if (make && file_make_folder(home, 0700) < 0)
        return PROFILE_FAILED;
    if (stat(home, &about) < 0)
        return errno == ENOENT ? PROFILE_MISSING : PROFILE_FAILED;
    profile.home = copy(home);
    if (!profile.home) {
        errno = ENOMEM;
        return PROFILE_FAILED;
    }
    enum profile_result result = load(&profile);
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
    forget_enrolment(profile);
    mem_free(profile->home);
    if (profile->lock >= 0)
        close(profile->lock);
    *profile = (struct profile){.lock = -1};
}
