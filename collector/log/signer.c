/* The key and its last checkpoint together. Knows no store: what is signed has been read and committed by others. */
#include "collector/log/signer.h"
#include "base/error.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/log/last_checkpoint.h"
#include "collector/log/log_key.h"
#include <string.h>
#include <unistd.h>

_Static_assert(
    2 * LOG_KEY_ORIGIN_MAX + 166 <= LOG_CHECKPOINT_MAX,
    "every checkpoint of ours fits its file: the origin twice, and 166 of size, root, signature and between");

struct signer {
    struct note_key public;
    struct secret_key *secret;
    struct last_checkpoint last;
    int claim; /* on the key; -1: none */
};

static int open_secret(struct signer *signer, const char *path, const char *verifier, struct error *error)
{
    struct note_key own;
    if (note_key_parse(verifier, strlen(verifier), &signer->public, error) < 0)
        return error_prefix(error, T("the store's verifier key can't be read",
                                     "de controlesleutel van de opslag kan niet gelezen worden"));
    signer->secret = log_key_load(path, error);
    if (!signer->secret)
        return -1;
    if (log_key_public(signer->secret, signer->public.name, &own) == 0 &&
        memcmp(own.public_key, signer->public.public_key, KEY_BYTES) == 0)
        return 0;
    return error_set(error, ERROR_REFUSED,
                     T("%s is the key of another log than this store's; name the right one with --log-key",
                       "%s is de sleutel van een ander logboek dan dat van deze opslag; noem de juiste met --log-key"),
                     path);
}

struct signer *signer_open(const char *key_path, const char *verifier, struct error *error)
{
    struct signer *signer = mem_calloc(1, sizeof *signer);
    if (!signer) {
        error_no_memory(error);
        return NULL;
    }
    signer->last.file = signer->claim = -1;
    if (open_secret(signer, key_path, verifier, error) == 0 &&
        last_checkpoint_open(&signer->last, key_path, &signer->public, error) == 0)
        return signer;
    signer_close(signer);
    return NULL;
}

int signer_claim(struct signer *signer, struct error *error)
{
    if (signer->claim < 0)
        signer->claim = log_key_claim(&signer->public, error);
    return signer->claim >= 0 ? 0 : -1;
}

void signer_close(struct signer *signer)
{
    if (!signer)
        return;
    last_checkpoint_close(&signer->last);
    if (signer->claim >= 0)
        close(signer->claim);
    secret_key_free(signer->secret);
    mem_free(signer);
}

const char *signer_checkpoint(const struct signer *signer)
{
    return buf_text(&signer->last.note);
}

const struct note_key *signer_public(const struct signer *signer)
{
    return &signer->public;
}

/* Whether the log is as long as what was signed. */
static int check_signed_size(const struct signer *signer, uint64_t size, struct error *error)
{
    const struct last_checkpoint *last = &signer->last;
    if (last->note.len == 0 && size > 0) /* the empty tree is signed before anything is appended */
        return error_set(
            error, ERROR_REFUSED,
            T("the store holds a log of size %llu, but the last checkpoint beside the log's key is missing; put "
              "it back",
              "de opslag heeft een logboek van omvang %llu, maar het laatste controlepunt naast de sleutel van het "
              "logboek ontbreekt; zet het terug"),
            (unsigned long long)size);
    if (last->note.len > 0 && size < last->head.size)
        return error_set(
            error, ERROR_REFUSED,
            T("the store holds a log of size %llu, but one of size %llu was signed: this is an old copy; "
              "put back the newest",
              "de opslag heeft een logboek van omvang %llu, maar er is er een van %llu getekend: dit is een "
              "oude kopie; zet de nieuwste terug"),
            (unsigned long long)size, (unsigned long long)last->head.size);
    return 0;
}

int signer_check(const struct signer *signer, uint64_t size, merkle_read *read, void *context, struct error *error)
{
    struct merkle_hash root;
    const struct merkle_head *last = &signer->last.head;
    if (check_signed_size(signer, size, error) < 0)
        return -1;
    if (signer->last.note.len == 0)
        return 0;
    if (merkle_root_at(last->size, read, context, &root) < 0)
        return -1; /* the reader has told why */
    if (merkle_equal(&root, &last->root))
        return 0;
    return error_set(error, ERROR_REFUSED, "%s",
                     T("the store's log is not the one whose checkpoint was signed; put back the right store",
                       "het logboek van de opslag is niet dat waarvan een controlepunt getekend is; zet de juiste "
                       "opslag terug"));
}

static bool is_continued(const struct last_checkpoint *last, const struct merkle_head *head)
{
    if (last->note.len == 0 || head->size > last->head.size)
        return true;
    return head->size == last->head.size && merkle_equal(&head->root, &last->head.root);
}

int signer_sign(struct signer *signer, const struct merkle_head *head, struct error *error)
{
    struct buf note;
    if (!is_continued(&signer->last, head))
        return error_set(
            error, ERROR_REFUSED, "%s",
            T("a checkpoint over another log was signed before; nothing may contradict it",
              "er is eerder een controlepunt over een ander logboek getekend; niets mag dat tegenspreken"));
    buf_init(&note, LOG_CHECKPOINT_MAX);
    checkpoint_sign(&note, head, &signer->public, signer->secret);
    if (buf_check(&note) < 0) {
        buf_free(&note);
        return error_no_memory(error);
    }
    return last_checkpoint_write(&signer->last, head, &note, error);
}
