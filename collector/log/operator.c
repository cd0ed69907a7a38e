/* The key in force and, while one follows on another, the next beside it: PATH and PATH.next. The next is written
 * before the log names it, and moved over the first once the log does; so whatever is interrupted, the key that the log
 * has in force lies in one of the two. */
#include "collector/log/operator.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NEXT ".next"

struct operator_key {
    struct secret_key *secret;
    uint8_t public_key[KEY_BYTES];
    bool is_next; /* it still lies in the file of the next one */
    char path[KEY_FILE_PATH_SIZE];
};

/* In the language of the moment. */
static struct key_file_words words_of_operator(void)
{
    return (struct key_file_words){.name = T("the operator key", "de beheerderssleutel"),
                                   .none = T("operator key", "beheerderssleutel"),
                                   .flag = "--operator-key"};
}

int operator_key_path(const char *named, const char *dsn, char path[static KEY_FILE_PATH_SIZE])
{
    if (key_file_path(named, dsn, ".operator-key", path) < 0)
        return -1;
    return strlen(path) + strlen(NEXT) < KEY_FILE_PATH_SIZE ? 0 : -1;
}

int operator_key_create(const char *path)
{
    return key_file_create(path);
}

static void put_next_path(const char *path, char next[static KEY_FILE_PATH_SIZE])
{
    snprintf(next, KEY_FILE_PATH_SIZE, "%.*s" NEXT, (int)(KEY_FILE_PATH_SIZE - sizeof NEXT), path);
}

struct operator_key *operator_open(const char *path, struct error *error)
{
    struct key_file_words words = words_of_operator();
    struct operator_key *key = mem_calloc(1, sizeof *key);
    if (!key) {
        error_no_memory(error);
        return NULL;
    }
    snprintf(key->path, sizeof key->path, "%s", path);
    key->secret = key_file_read(path, &words, error);
    if (!key->secret) {
        operator_close(key);
        return NULL;
    }
    secret_key_public(key->secret, key->public_key);
    return key;
}

void operator_close(struct operator_key *key)
{
    if (!key)
        return;
    secret_key_free(key->secret);
    mem_free(key);
}

void operator_public(const struct operator_key *key, uint8_t public_key[static KEY_BYTES])
{
    memcpy(public_key, key->public_key, KEY_BYTES);
}

/* The key in a file, where it has that public half; NULL: *error says why not. */
static struct secret_key *read_expected(const char *path, const uint8_t public_key[static KEY_BYTES],
                                        struct error *error)
{
    struct key_file_words words = words_of_operator();
    uint8_t found[KEY_BYTES];
    struct secret_key *secret = key_file_read(path, &words, error);
    if (!secret)
        return NULL;
    secret_key_public(secret, found);
    if (memcmp(found, public_key, KEY_BYTES) == 0)
        return secret;
    secret_key_free(secret);
    error_set(
        error, ERROR_REFUSED,
        T("%s holds another key than the one that is to follow", "%s bevat een andere sleutel dan die moet volgen"),
        path);
    return NULL;
}

static void take_secret(struct operator_key *key, struct secret_key *secret, bool is_next)
{
    secret_key_free(key->secret);
    key->secret = secret;
    key->is_next = is_next;
    secret_key_public(secret, key->public_key);
}

int operator_follow(struct operator_key *key, const uint8_t public_key[static KEY_BYTES], struct error *error)
{
    char next[KEY_FILE_PATH_SIZE];
    put_next_path(key->path, next);
    struct secret_key *secret = read_expected(next, public_key, error);
    if (!secret)
        return -1;
    take_secret(key, secret, true);
    return 0;
}

/* Looks in both files for the key. */
static int find_in_files(struct operator_key *key, const uint8_t in_force[static KEY_BYTES])
{
    struct error ignored = {0};
    struct secret_key *secret = read_expected(key->path, in_force, &ignored);
    if (!secret)
        return operator_follow(key, in_force, &ignored);
    take_secret(key, secret, false);
    return 0;
}

/* Puts the next in the place of the one before. */
static int move_next(struct operator_key *key, struct error *error)
{
    char next[KEY_FILE_PATH_SIZE];
    put_next_path(key->path, next);
    if (rename(next, key->path) < 0)
        return error_from_errno(error, T("%s can't be moved to %s", "%s kan niet naar %s verplaatst worden"), next,
                                key->path);
    key->is_next = false;
    return 0;
}

int operator_expect(struct operator_key *key, const uint8_t in_force[static KEY_BYTES], struct error *error)
{
    bool is_it = memcmp(key->public_key, in_force, KEY_BYTES) == 0;
    if (!is_it && find_in_files(key, in_force) < 0)
        return error_set(
            error, ERROR_REFUSED,
            T("%s is not the operator key that the log has in force; put that one back from a copy, or "
              "name it with --operator-key",
              "%s is niet de beheerderssleutel die volgens het logboek geldt; zet die terug van een kopie, "
              "of noem haar met --operator-key"),
            key->path);
    return 0;
}

int operator_settle(struct operator_key *key, struct error *error)
{
    return key->is_next ? move_next(key, error) : 0;
}

int operator_next_create(const char *path, uint8_t public_key[static KEY_BYTES], struct error *error)
{
    char next[KEY_FILE_PATH_SIZE];
    struct key_file_words words = words_of_operator();
    put_next_path(path, next);
    if (key_file_create(next) < 0 && errno != EEXIST)
        return error_from_errno(error,
                                T("the operator key %s can't be made", "de beheerderssleutel %s kan niet gemaakt "
                                                                       "worden"),
                                next);
    struct secret_key *secret = key_file_read(next, &words, error);
    if (!secret)
        return -1;
    secret_key_public(secret, public_key);
    secret_key_free(secret);
    return 0;
}

int operator_next_check(const struct operator_key *key, const uint8_t public_key[static KEY_BYTES], struct error *error)
{
    char next[KEY_FILE_PATH_SIZE];
    put_next_path(key->path, next);
    if (!file_exists(next))
        return error_set(
            error, ERROR_REFUSED,
            T("%s, the key that is to follow, is not there; give each collector of the store a copy of it, "
              "and then this verb once more",
              "%s, de sleutel die moet volgen, is er niet; geef elke verzamelaar van de opslag een kopie, "
              "en dan deze opdracht nog eens"),
            next);
    struct secret_key *secret = read_expected(next, public_key, error);
    secret_key_free(secret);
    return secret ? 0 : -1;
}

int operator_sign(const struct operator_key *key, const struct event *event, struct buf *out)
{
    struct buf claims;
    buf_init(&claims, jws_payload_max(EVENT_TYP));
    event_put_claims(&claims, event);
    int result = buf_check(&claims);
    if (result == 0)
        jws_sign(out, key->secret, EVENT_TYP, buf_text(&claims), claims.len);
    buf_free(&claims);
    return result < 0 ? -1 : buf_check(out);
}
