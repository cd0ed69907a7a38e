/* The checkpoint file is made whole and synced when the key is first opened, and from then on overwritten in place,
 * padded with newlines to one sector: what a killed process has written is kept by the kernel, and after a power cut
 * the store itself, which is synced, is never behind it. So no sync is needed here, and a lone response pays none. */
#include "collector/log/signer.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define PATH_SIZE 4096
#define READ_TRIES 3
#define ORIGIN_MAX                                                                                                     \
    172 /* bytes: twice that, 166 of size, root, signature and what stands between them fit LOG_CHECKPOINT_MAX */

_Static_assert(2 * ORIGIN_MAX + 166 <= LOG_CHECKPOINT_MAX, "every checkpoint of ours fits its file");

struct signer {
    struct note_key public;
    struct secret_key *secret;
    int file; /* of the last checkpoint */
    struct merkle_head last;
    struct buf checkpoint;
};

int signer_path(const char *named, const char *dsn, char path[static SIGNER_PATH_SIZE])
{
    const char *store = store_path(dsn);
    int len = named[0] != '\0' ? snprintf(path, SIGNER_PATH_SIZE, "%s", named)
                               : snprintf(path, SIGNER_PATH_SIZE, "%s.log-key", store ? store : "burgerpanel");
    return len < SIGNER_PATH_SIZE ? 0 : -1;
}

int signer_create(const char *path)
{
    char text[SECRET_KEY_TEXT_SIZE];
    struct secret_key *key = secret_key_new();
    if (!key) {
        errno = ENOMEM;
        return -1;
    }
    secret_key_put_text(key, text);
    secret_key_free(key);
    int result = file_create(path, text, sizeof text - 1, 0600);
    mem_wipe(text, sizeof text);
    return result;
}

static struct secret_key *read_secret(const char *path, char error[static STORE_ERROR_SIZE])
{
    struct buf text;
    struct secret_key *key = NULL;
    buf_init(&text, SECRET_KEY_TEXT_SIZE);
    if (file_read(path, &text) && errno != EFBIG)
        snprintf(error, STORE_ERROR_SIZE,
                 T("the log's key %s can't be read: %s; put it back from a copy, or name it with --log-key",
                   "de sleutel van het logboek %s kan niet gelezen worden: %s; zet een kopie terug of noem haar met "
                   "--log-key"),
                 path, strerror(errno));
    else if ((key = secret_key_from_text(buf_text(&text), text.len)) == NULL)
        snprintf(error, STORE_ERROR_SIZE, T("%s is no key of a log", "%s is geen sleutel van een logboek"), path);
    buf_wipe(&text);
    return key;
}

static int make_public(const struct secret_key *secret, const char *origin, struct note_key *out)
{
    uint8_t public_key[KEY_BYTES];
    secret_key_public(secret, public_key);
    return note_key_make(out, origin, public_key);
}

int signer_verifier(const char *path, const char *origin, struct buf *out, char error[static STORE_ERROR_SIZE])
{
    struct note_key public;
    struct secret_key *secret = read_secret(path, error);
    if (!secret)
        return -1;
    int result = strlen(origin) <= ORIGIN_MAX ? make_public(secret, origin, &public) : -1;
    secret_key_free(secret);
    if (result) {
        snprintf(error, STORE_ERROR_SIZE,
                 T("'%s' can't be the origin of a log", "'%s' kan niet de oorsprong van een logboek zijn"), origin);
        return -1;
    }
    note_key_put(out, &public);
    return buf_check(out);
}

/* Opening. */

static int open_secret(struct signer *key, const char *path, const char *verifier, char error[static STORE_ERROR_SIZE])
{
    struct error why;
    struct note_key own;
    if (note_key_parse(verifier, strlen(verifier), &key->public, &why) < 0) {
        snprintf(error, STORE_ERROR_SIZE, "the store's verifier key can't be read: %.400s", why.text);
        return -1;
    }
    key->secret = read_secret(path, error);
    if (!key->secret)
        return -1;
    if (make_public(key->secret, key->public.name, &own) ||
        memcmp(own.public_key, key->public.public_key, KEY_BYTES) != 0) {
        snprintf(error, STORE_ERROR_SIZE,
                 T("%s is the key of another log than this store's; name the right one with --log-key",
                   "%s is de sleutel van een ander logboek dan dat van deze opslag; noem de juiste met --log-key"),
                 path);
        return -1;
    }
    return 0;
}

/* Reads the note from the padded file. -1: it can't be read or believed. */
static int read_last(struct signer *key, struct error *why)
{
    char sector[LOG_CHECKPOINT_MAX + 1];
    ssize_t len = pread(key->file, sector, LOG_CHECKPOINT_MAX, 0);
    if (len < 0)
        return error_set(why, ERROR_IO, "%s", strerror(errno));
    while (len > 1 && sector[len - 1] == '\n' && sector[len - 2] == '\n')
        len--;
    if (len == 0 || (len == 1 && sector[0] == '\n'))
        return 0;
    if (checkpoint_open(sector, (size_t)len, &key->public, &key->last, why) < 0)
        return -1;
    buf_put(&key->checkpoint, sector, (size_t)len);
    return buf_check(&key->checkpoint) == 0 ? 0 : error_no_memory(why);
}

static void checkpoint_path(const char *path, char name[static PATH_SIZE])
{
    snprintf(name, PATH_SIZE, "%s.checkpoint", path);
}

static void last_is_unreadable(const char *name, const char *why, char error[static STORE_ERROR_SIZE])
{
    snprintf(error, STORE_ERROR_SIZE,
             T("the last checkpoint %s can't be read: %s", "het laatste controlepunt %s kan niet gelezen worden: %s"),
             name, why);
}

/* Makes the file of a key that has signed nothing yet, so that later there is nothing to make room for. */
static int make_last(const char *name)
{
    char sector[LOG_CHECKPOINT_MAX];
    memset(sector, '\n', sizeof sector);
    return file_create(name, sector, sizeof sector, 0600) == 0 || errno == EEXIST ? 0 : -1;
}

/* Opens the file for signing. Held with a lock: two stores that grow under one key would be two histories. */
static int open_last(struct signer *key, const char *path, char error[static STORE_ERROR_SIZE])
{
    char name[PATH_SIZE];
    struct error why;
    checkpoint_path(path, name);
    key->file = open(name, O_RDWR | O_CLOEXEC);
    if (key->file < 0 && errno == ENOENT && make_last(name) == 0)
        key->file = open(name, O_RDWR | O_CLOEXEC);
    if (key->file < 0) {
        last_is_unreadable(name, strerror(errno), error);
        return -1;
    }
    if (flock(key->file, LOCK_EX | LOCK_NB) != 0) {
        snprintf(error, STORE_ERROR_SIZE,
                 T("another collector signs with %s; stop that one first",
                   "een andere verzamelaar tekent met %s; stop die eerst"),
                 path);
        return -1;
    }
    if (read_last(key, &why) == 0)
        return 0;
    last_is_unreadable(name, why.text, error);
    return -1;
}

struct signer *signer_open(const char *path, const char *verifier, char error[static STORE_ERROR_SIZE])
{
    struct signer *key = mem_calloc(1, sizeof *key);
    if (!key) {
        snprintf(error, STORE_ERROR_SIZE, "%s", T("out of memory", "te weinig geheugen"));
        return NULL;
    }
    key->file = -1;
    buf_init(&key->checkpoint, LOG_CHECKPOINT_MAX);
    if (open_secret(key, path, verifier, error) == 0 && open_last(key, path, error) == 0)
        return key;
    signer_close(key);
    return NULL;
}

void signer_close(struct signer *key)
{
    if (!key)
        return;
    if (key->file >= 0) {
        (void)fsync(key->file);
        close(key->file);
    }
    secret_key_free(key->secret);
    buf_free(&key->checkpoint);
    mem_free(key);
}

/* Who signs meanwhile may be seen halfway through a write; not three times. */
static int read_last_quietly(struct signer *key, struct error *why)
{
    int result = -1;
    for (int i = 0; i < READ_TRIES && result != 0; i++) {
        buf_reset(&key->checkpoint);
        result = read_last(key, why);
    }
    return result;
}

enum store_result signer_read_last(const char *path, const char *verifier, struct merkle_head *head,
                                   char error[static STORE_ERROR_SIZE])
{
    struct signer key = {.file = -1};
    char name[PATH_SIZE];
    struct error why;
    enum store_result result = STORE_FAILED;
    checkpoint_path(path, name);
    buf_init(&key.checkpoint, LOG_CHECKPOINT_MAX);
    if (note_key_parse(verifier, strlen(verifier), &key.public, &why) < 0)
        snprintf(error, STORE_ERROR_SIZE, "the store's verifier key can't be read: %.400s", why.text);
    else if ((key.file = open(name, O_RDONLY | O_CLOEXEC)) < 0 && errno == ENOENT)
        result = STORE_NONE;
    else if (key.file < 0)
        last_is_unreadable(name, strerror(errno), error);
    else if (read_last_quietly(&key, &why))
        last_is_unreadable(name, why.text, error);
    else
        result = key.checkpoint.len > 0 ? STORE_OK : STORE_NONE;
    if (result == STORE_OK)
        *head = key.last;
    if (key.file >= 0)
        close(key.file);
    buf_free(&key.checkpoint);
    return result;
}

const struct merkle_head *signer_last(const struct signer *key)
{
    return &key->last;
}

const char *signer_checkpoint(const struct signer *key)
{
    return buf_text(&key->checkpoint);
}

const struct note_key *signer_public(const struct signer *key)
{
    return &key->public;
}

int signer_check(const struct signer *key, uint64_t size, merkle_read *read, void *context,
                 char error[static STORE_ERROR_SIZE])
{
    struct merkle_hash root;
    if (key->checkpoint.len == 0 && size > 0) { /* the empty tree is signed before anything is appended */
        snprintf(
            error, STORE_ERROR_SIZE,
            T("the store holds %llu entries, but the last checkpoint beside the log's key is missing; put it back",
              "de opslag heeft %llu regels, maar het laatste controlepunt naast de sleutel van het logboek ontbreekt; "
              "zet het terug"),
            (unsigned long long)size);
        return -1;
    }
    if (key->checkpoint.len == 0)
        return 0;
    if (size < key->last.size) {
        snprintf(
            error, STORE_ERROR_SIZE,
            T("the store holds %llu entries, but a checkpoint over %llu was signed: this is an old copy; put back the "
              "newest",
              "de opslag heeft %llu regels, maar er is een controlepunt over %llu getekend: dit is een oude kopie; "
              "zet de nieuwste terug"),
            (unsigned long long)size, (unsigned long long)key->last.size);
        return -1;
    }
    if (merkle_root_at(key->last.size, read, context, &root))
        return -1; /* the reader has told why */
    if (!merkle_equal(&root, &key->last.root)) {
        snprintf(error, STORE_ERROR_SIZE, "%s",
                 T("the store's log is not the one whose checkpoint was signed; put back the right store",
                   "het logboek van de opslag is niet dat waarvan een controlepunt getekend is; zet de juiste opslag "
                   "terug"));
        return -1;
    }
    return 0;
}

static int write_last(struct signer *key)
{
    char sector[LOG_CHECKPOINT_MAX];
    memset(sector, '\n', sizeof sector);
    memcpy(sector, key->checkpoint.data, key->checkpoint.len);
    ssize_t written = pwrite(key->file, sector, sizeof sector, 0);
    if (written >= 0 && written != (ssize_t)sizeof sector)
        errno = ENOSPC;
    return written == (ssize_t)sizeof sector ? 0 : -1;
}

int signer_sign(struct signer *key, const struct merkle_head *head)
{
    struct buf signed_note;
    bool is_known = key->checkpoint.len > 0;
    if (is_known && (head->size < key->last.size ||
                     (head->size == key->last.size && !merkle_equal(&head->root, &key->last.root)))) {
        errno = EINVAL;
        return -1;
    }
    buf_init(&signed_note, LOG_CHECKPOINT_MAX);
    checkpoint_sign(&signed_note, head, &key->public, key->secret);
    if (buf_check(&signed_note)) {
        buf_free(&signed_note);
        errno = ENOMEM;
        return -1;
    }
    buf_free(&key->checkpoint);
    key->checkpoint = signed_note;
    key->last = *head;
    return write_last(key);
}
