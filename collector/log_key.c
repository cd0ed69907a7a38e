/* The checkpoint file is overwritten in place, padded with newlines to one sector: what a killed process has written is kept by the kernel, and
 * after a power cut the store itself, which is synced, is never behind it. So no sync is needed here, and a lone response pays none. */
#include "collector/log_key.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 4096

struct log_key {
    struct note_key public;
    struct secret_key *secret;
    int file; /* of the last checkpoint */
    struct merkle_head last;
    struct buf checkpoint;
};

int log_key_create(const char *path)
{
    char text[SECRET_KEY_TEXT_SIZE];
    struct secret_key *key = secret_key_new();
    if (key == NULL) {
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
        snprintf(
            error, STORE_ERROR_SIZE,
            T("the log's key %s can't be read: %s; put it back from a copy, or name it with --log-key",
              "de sleutel van het logboek %s kan niet gelezen worden: %s; zet een kopie terug of noem haar met --log-key"),
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

int log_key_verifier(const char *path, const char *origin, struct buf *out, char error[static STORE_ERROR_SIZE])
{
    struct note_key public;
    struct secret_key *secret = read_secret(path, error);
    if (secret == NULL)
        return -1;
    int result = make_public(secret, origin, &public);
    secret_key_free(secret);
    if (result) {
        snprintf(error, STORE_ERROR_SIZE,
                 T("'%s' can't be the origin of a log", "'%s' kan niet de oorsprong van een logboek zijn"), origin);
        return -1;
    }
    note_key_put(out, &public);
    return buf_check(out);
}

/* --- opening --------------------------------------------------------------------------------------------------------------- */

static int open_secret(struct log_key *key, const char *path, const char *verifier, char error[static STORE_ERROR_SIZE])
{
    const char *why;
    struct note_key own;
    if (note_key_parse(verifier, strlen(verifier), &key->public, &why)) {
        snprintf(error, STORE_ERROR_SIZE, "the store's verifier key can't be read: %s", why);
        return -1;
    }
    key->secret = read_secret(path, error);
    if (key->secret == NULL)
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
static int read_last(struct log_key *key, const char **why)
{
    char sector[LOG_CHECKPOINT_MAX + 1];
    ssize_t len = pread(key->file, sector, LOG_CHECKPOINT_MAX, 0);
    *why = strerror(errno);
    if (len < 0)
        return -1;
    while (len > 1 && sector[len - 1] == '\n' && sector[len - 2] == '\n')
        len--;
    if (len == 0)
        return 0;
    if (checkpoint_open(sector, (size_t)len, &key->public, &key->last, why))
        return -1;
    buf_put(&key->checkpoint, sector, (size_t)len);
    *why = "out of memory";
    return buf_check(&key->checkpoint);
}

static int open_last(struct log_key *key, const char *path, int flags, char error[static STORE_ERROR_SIZE])
{
    char name[PATH_SIZE];
    const char *why = "";
    snprintf(name, sizeof name, "%s.checkpoint", path);
    key->file = open(name, flags | O_CLOEXEC, 0600);
    if (key->file >= 0 && read_last(key, &why) == 0)
        return 0;
    snprintf(error, STORE_ERROR_SIZE,
             T("the last checkpoint %s can't be read: %s", "het laatste controlepunt %s kan niet gelezen worden: %s"), name,
             key->file < 0 ? strerror(errno) : why);
    return -1;
}

struct log_key *log_key_open(const char *path, const char *verifier, char error[static STORE_ERROR_SIZE])
{
    struct log_key *key = mem_calloc(1, sizeof *key);
    if (key == NULL) {
        snprintf(error, STORE_ERROR_SIZE, "%s", T("out of memory", "te weinig geheugen"));
        return NULL;
    }
    key->file = -1;
    buf_init(&key->checkpoint, LOG_CHECKPOINT_MAX);
    if (open_secret(key, path, verifier, error) == 0 && open_last(key, path, O_RDWR | O_CREAT, error) == 0)
        return key;
    log_key_close(key);
    return NULL;
}

void log_key_close(struct log_key *key)
{
    if (key == NULL)
        return;
    if (key->file >= 0) {
        (void)fsync(key->file);
        close(key->file);
    }
    secret_key_free(key->secret);
    buf_free(&key->checkpoint);
    mem_free(key);
}

int log_key_read_last(const char *path, const char *verifier, struct merkle_head *head, char error[static STORE_ERROR_SIZE])
{
    struct log_key key = {.file = -1};
    const char *why;
    buf_init(&key.checkpoint, LOG_CHECKPOINT_MAX);
    int result = note_key_parse(verifier, strlen(verifier), &key.public, &why);
    if (result)
        snprintf(error, STORE_ERROR_SIZE, "the store's verifier key can't be read: %s", why);
    else
        result = open_last(&key, path, O_RDONLY, error);
    *head = key.last;
    if (result == 0 && key.checkpoint.len == 0)
        merkle_empty(&head->root);
    if (key.file >= 0)
        close(key.file);
    buf_free(&key.checkpoint);
    return result;
}

/* --- using ----------------------------------------------------------------------------------------------------------------- */

const struct merkle_head *log_key_last(const struct log_key *key)
{
    return &key->last;
}

const char *log_key_checkpoint(const struct log_key *key)
{
    return buf_text(&key->checkpoint);
}

const struct note_key *log_key_public(const struct log_key *key)
{
    return &key->public;
}

int log_key_check(const struct log_key *key, uint64_t size, merkle_read *read, void *context,
                  char error[static STORE_ERROR_SIZE])
{
    struct merkle_hash root;
    if (key->checkpoint.len == 0)
        return 0;
    if (size < key->last.size) {
        snprintf(error, STORE_ERROR_SIZE,
                 T("the store holds %llu entries, but a checkpoint over %llu was signed: this is an old copy; put back the "
                   "newest",
                   "de opslag heeft %llu regels, maar er is een controlepunt over %llu getekend: dit is een oude kopie; "
                   "zet de nieuwste terug"),
                 (unsigned long long)size, (unsigned long long)key->last.size);
        return -1;
    }
    if (merkle_root_at(key->last.size, read, context, &root) || !merkle_equal(&root, &key->last.root)) {
        snprintf(
            error, STORE_ERROR_SIZE, "%s",
            T("the store's log is not the one whose checkpoint was signed; put back the right store",
              "het logboek van de opslag is niet dat waarvan een controlepunt getekend is; zet de juiste opslag terug"));
        return -1;
    }
    return 0;
}

static int write_last(struct log_key *key)
{
    char sector[LOG_CHECKPOINT_MAX];
    memset(sector, '\n', sizeof sector);
    memcpy(sector, key->checkpoint.data, key->checkpoint.len);
    ssize_t written = pwrite(key->file, sector, sizeof sector, 0);
    if (written >= 0 && written != (ssize_t)sizeof sector)
        errno = ENOSPC;
    return written == (ssize_t)sizeof sector ? 0 : -1;
}

int log_key_sign(struct log_key *key, const struct merkle_head *head)
{
    if (head->size < key->last.size) {
        errno = EINVAL;
        return -1;
    }
    buf_reset(&key->checkpoint);
    checkpoint_sign(&key->checkpoint, head, &key->public, key->secret);
    if (buf_check(&key->checkpoint)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    key->last = *head;
    return write_last(key);
}
