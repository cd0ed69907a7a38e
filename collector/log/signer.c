/* The key and its last checkpoint together. Knows no store: what is signed has been read and committed by others. */
#include "collector/log/signer.h"
#include "base/error.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/log/last_checkpoint.h"
#include "collector/log/log_key.h"
#include <string.h>

_Static_assert(
    2 * LOG_KEY_ORIGIN_MAX + 166 <= LOG_CHECKPOINT_MAX,
    "every checkpoint of ours fits its file: the origin twice, and 166 of size, root, signature and between");

#define HEARD_MAX 16

struct signer {
    struct note_key public;
    struct secret_key *secret;
    struct last_checkpoint last;
    struct merkle_head heard[HEARD_MAX]; /* not found in the log yet */
    size_t heard_count;
    struct merkle_head longest; /* that was heard, also beyond HEARD_MAX; size 0 for none */
    bool alone; /* no other collector signs with this key */
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
    signer->last.file = -1;
    if (open_secret(signer, key_path, verifier, error) == 0 &&
        last_checkpoint_open(&signer->last, key_path, &signer->public, error) == 0)
        return signer;
    signer_close(signer);
    return NULL;
}

void signer_note_alone(struct signer *signer)
{
    signer->alone = true;
}

void signer_close(struct signer *signer)
{
    if (!signer)
        return;
    last_checkpoint_close(&signer->last);
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

static int tell_missing(const struct signer *signer, uint64_t size, struct error *error)
{
    return error_set(error, ERROR_REFUSED,
                     signer->alone
                         ? T("the store holds a log of size %llu, but the last checkpoint beside the log's key is "
                             "missing; put it back",
                             "de opslag heeft een logboek van omvang %llu, maar het laatste controlepunt naast de "
                             "sleutel van het logboek ontbreekt; zet het terug")
                         : T("the store holds a log of size %llu, but the last checkpoint beside the log's key is "
                             "missing; put it back, or bring one from a collector that serves it: serve --join URL",
                             "de opslag heeft een logboek van omvang %llu, maar het laatste controlepunt naast de "
                             "sleutel van het logboek ontbreekt; zet het terug, of haal er een bij een verzamelaar die "
                             "het bedient: serve --join URL"),
                     (unsigned long long)size);
}

/* Whether a log of that size, of which `read` gives the tree, goes on from `head`. */
static int check_continued(const struct merkle_head *head, uint64_t size, merkle_read *read, void *context,
                           struct error *error)
{
    struct merkle_hash root;
    if (size < head->size)
        return error_set(
            error, ERROR_REFUSED,
            T("the store holds a log of size %llu, but one of size %llu was signed: this is an old copy; "
              "put back the newest",
              "de opslag heeft een logboek van omvang %llu, maar er is er een van %llu getekend: dit is een "
              "oude kopie; zet de nieuwste terug"),
            (unsigned long long)size, (unsigned long long)head->size);
    if (merkle_root_at(head->size, read, context, &root) < 0)
        return -1; /* the reader has told why */
    if (merkle_equal(&root, &head->root))
        return 0;
    return error_set(error, ERROR_REFUSED, "%s",
                     T("the store's log is not the one whose checkpoint was signed; put back the right store",
                       "het logboek van de opslag is niet dat waarvan een controlepunt getekend is; zet de juiste "
                       "opslag terug"));
}

int signer_check(struct signer *signer, uint64_t size, merkle_read *read, void *context, struct error *error)
{
    bool signed_before = signer->last.note.len > 0;
    if (!signed_before && size > 0) /* the empty tree is signed before anything is appended */
        return tell_missing(signer, size, error);
    if (signed_before && check_continued(&signer->last.head, size, read, context, error) < 0)
        return -1;
    if (signed_before && signer->longest.size > signer->last.head.size &&
        signer_sign(signer, &signer->longest, error) < 0)
        return -1;
    for (size_t i = 0; i < signer->heard_count; i++)
        if (check_continued(&signer->heard[i], size, read, context, error) < 0)
            return -1;
    if (signer->longest.size > 0 && check_continued(&signer->longest, size, read, context, error) < 0)
        return -1;
    signer->heard_count = 0;
    signer->longest.size = 0;
    return 0;
}

static bool are_same_heads(const struct merkle_head *one, const struct merkle_head *other)
{
    return one->size == other->size && merkle_equal(&one->root, &other->root);
}

static bool is_continued(const struct last_checkpoint *last, const struct merkle_head *head)
{
    if (last->note.len == 0 || head->size > last->head.size)
        return true;
    return are_same_heads(head, &last->head);
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

int signer_begin(struct signer *signer, const struct merkle_head *empty, struct error *error)
{
    if (signer->last.head.size > 0)
        return 0;
    return signer_sign(signer, empty, error) < 0 ? -1 : last_checkpoint_sync(&signer->last, error);
}

/* Of more than there is room for, those that came first are enough to tell that a log is not theirs. */
static void remember_head(struct signer *signer, const struct merkle_head *head)
{
    for (size_t i = 0; i < signer->heard_count; i++)
        if (are_same_heads(&signer->heard[i], head))
            return;
    if (signer->heard_count < HEARD_MAX)
        signer->heard[signer->heard_count++] = *head;
}

void signer_hear(struct signer *signer, const struct merkle_head *head)
{
    remember_head(signer, head);
    if (head->size > signer->longest.size)
        signer->longest = *head;
}
