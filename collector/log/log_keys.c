/* From the settings and the store to open keys, for the daemon and for a verb that carries out an act by itself. */
#include "collector/log/log_keys.h"
#include "base/file.h"
#include "base/lang.h"
#include "collector/log/key_claim.h"
#include "collector/log/log_key.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static int tell_too_long(struct error *error)
{
    return error_set(error, ERROR_REFUSED, "%s",
                     T("the name of a key's file is too long", "de naam van het bestand van een sleutel is te lang"));
}

/* Whether the log names an operator key already. -1: the store can't be read. */
static int names_operator(struct store *store, struct error *error)
{
    static const enum event_kind beginnings[] = {EVENT_LOG_OPENED, EVENT_LOG_UPGRADED};
    for (size_t i = 0; i < 2; i++) {
        int64_t index;
        enum store_result found = store_event_last(store, event_name(beginnings[i]), &index);
        if (found == STORE_FAILED)
            return store_fail(store, error);
        if (found == STORE_OK)
            return 1;
    }
    return 0;
}

static bool is_one_file(const char *one, const char *other)
{
    struct stat a, b;
    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int log_keys_check_files(const struct log_key_names *names, struct error *error)
{
    char operator_path[KEY_FILE_PATH_SIZE], log_path[LOG_KEY_PATH_SIZE];
    if (operator_key_path(names->operator_key, names->dsn, operator_path) < 0 ||
        log_key_path(names->log_key, names->dsn, log_path) < 0)
        return tell_too_long(error);
    if (!is_one_file(operator_path, log_path))
        return 0;
    return error_set(error, ERROR_REFUSED,
                     T("%s is named for the log's key and for the operator's, and a change of the second would "
                       "overwrite the first; copy it, name the copy with --operator-key, and then give `operator "
                       "change`",
                       "%s is genoemd voor de sleutel van het logboek en die van de beheerder, en een wisseling van de "
                       "tweede zou de eerste overschrijven; kopieer het, noem de kopie met --operator-key, en geef dan "
                       "`operator change`"),
                     operator_path);
}

/* Each key is used for nothing else (PROTOCOL 3, 6a): a new log does not begin with one for both. */
static int check_keys_apart(const struct log_keys *keys, const char *verifier, const char *path, struct error *error)
{
    struct note_key log;
    uint8_t operator_half[KEY_BYTES];
    if (note_key_parse(verifier, strlen(verifier), &log, error) < 0)
        return -1;
    operator_public(keys->operator_key, operator_half);
    if (memcmp(log.public_key, operator_half, sizeof operator_half) != 0)
        return 0;
    return error_set(error, ERROR_REFUSED,
                     T("%s is the log's own key, and can't be the operator's as well; name another file with "
                       "--operator-key",
                       "%s is de sleutel van het logboek zelf, en kan niet ook die van de beheerder zijn; noem een "
                       "ander bestand met --operator-key"),
                     path);
}

static int open_operator(struct log_keys *keys, struct store *store, const char *verifier,
                         const struct log_key_names *names, struct error *error)
{
    char path[KEY_FILE_PATH_SIZE];
    int named = names_operator(store, error);
    if (named < 0)
        return -1;
    if (named && log_keys_check_files(names, error) < 0)
        return -1;
    if (operator_key_path(names->operator_key, names->dsn, path) < 0)
        return tell_too_long(error);
    if (!named && !file_exists(path) && operator_key_create(path) < 0 && errno != EEXIST)
        return error_from_errno(
            error, T("the operator key %s can't be made", "de beheerderssleutel %s kan niet gemaakt worden"), path);
    keys->operator_key = operator_open(path, error);
    if (!keys->operator_key)
        return -1;
    return named ? 0 : check_keys_apart(keys, verifier, path, error);
}

int log_keys_claim(const struct log_key_names *names, int *claim, struct error *error)
{
    char path[LOG_KEY_PATH_SIZE];
    int made = -1;
    if (log_key_path(names->log_key, names->dsn, path) < 0)
        return tell_too_long(error);
    if (!store_is_remote(names->dsn) && file_exists(path)) {
        struct secret_key *key = log_key_load(path, error);
        made = key ? key_claim(key, error) : -1;
        if (key && made < 0)
            error_prefix(error, "%s", path);
        secret_key_free(key);
        if (made < 0)
            return -1;
    }
    *claim = made;
    return 0;
}

static int open_signer(struct log_keys *keys, const char *verifier, const struct log_key_names *names,
                       struct error *error)
{
    char path[LOG_KEY_PATH_SIZE];
    if (log_key_path(names->log_key, names->dsn, path) < 0)
        return tell_too_long(error);
    keys->signer = signer_open(path, verifier, error);
    if (!keys->signer)
        return -1;
    if (!store_is_remote(names->dsn))
        signer_note_alone(keys->signer);
    return 0;
}

/* A key that was not there to be claimed may be there by now. */
static int expect_claim(const struct log_key_names *names, int claim, struct error *error)
{
    if (claim >= 0 || store_is_remote(names->dsn))
        return 0;
    return error_set(error, ERROR_BUSY, "%s",
                     T("the log's key was made a moment ago; try again",
                       "de sleutel van het logboek is zojuist gemaakt; probeer het opnieuw"));
}

enum store_result log_keys_open(struct log_keys *out, struct store *store, const struct log_key_names *names, int claim,
                                struct error *error)
{
    struct log_keys keys = {NULL, NULL};
    struct buf verifier;
    buf_init(&verifier, NOTE_MAX);
    enum store_result result = store_log_key_read(store, &verifier);
    if (result == STORE_FAILED)
        store_fail(store, error);
    if (result == STORE_OK &&
        (open_signer(&keys, buf_text(&verifier), names, error) < 0 || expect_claim(names, claim, error) < 0 ||
         open_operator(&keys, store, buf_text(&verifier), names, error) < 0))
        result = STORE_FAILED;
    buf_free(&verifier);
    if (result == STORE_OK)
        *out = keys;
    else
        log_keys_close(&keys);
    return result;
}

void log_keys_close(struct log_keys *keys)
{
    signer_close(keys->signer);
    operator_close(keys->operator_key);
    *keys = (struct log_keys){NULL, NULL};
}
