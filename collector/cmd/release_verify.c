/* release verify: whether a folder holds a release as the log has it, by the log's verifier key alone: for anyone, on
 * any machine, without a store. */
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/lang.h"
#include "collector/cmd/cmd.h"
#include "crypto/jws.h"
#include "crypto/merkle.h"
#include "crypto/receipt.h"
#include "panel/event.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ENTRY "release.jws"
#define PROOF "release.tlog-proof"
#define PATH_SIZE 4096
#define FILE_MAX ((size_t)1 << 30) /* bytes of one of its files */

struct verification {
    const char *folder;
    struct note_key key;
    struct event event; /* what the log says of the release */
    size_t differing;
};

static int fail_on_file(const struct verification *verification, const char *name, const char *why)
{
    return cli_fail("%s/%s: %s", verification->folder, name, why);
}

static int read_release_file(const struct verification *verification, const char *name, struct buf *out)
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/%s", verification->folder, name) >= (int)sizeof path)
        return fail_on_file(verification, name, T("the name is too long", "de naam is te lang"));
    if (!cmd_is_plain(path))
        return fail_on_file(verification, name, T("is no file", "is geen bestand"));
    return file_read(path, out) == 0 ? CLI_DONE : fail_on_file(verification, name, error_of_errno(errno));
}

/* What the log holds: a compact JWS and no line end, or one that an editor has put there. */
static size_t entry_length(const struct buf *jws)
{
    return jws->len > 0 && jws->data[jws->len - 1] == '\n' ? jws->len - 1 : jws->len;
}

static int open_event(struct verification *verification, const struct buf *jws)
{
    struct jws parsed;
    struct buf payload;
    struct error error = {0};
    buf_init(&payload, JWS_MAX);
    int result = jws_parse(buf_text(jws), entry_length(jws), EVENT_TYP, &parsed, &error);
    if (result == 0 && jws_decode_payload(&parsed, &payload) < 0)
        result = error_no_memory(&error);
    if (result == 0)
        result = event_parse(buf_text(&payload), payload.len, &verification->event, &error);
    buf_free(&payload);
    if (result < 0)
        return fail_on_file(verification, ENTRY, error.text);
    if (verification->event.kind == EVENT_RELEASE_CREATED)
        return CLI_DONE;
    event_free(&verification->event);
    return fail_on_file(verification, ENTRY, T("tells of no release", "gaat niet over een uitgave"));
}

static int check_proof(const struct verification *verification, const struct buf *jws, const struct buf *proof)
{
    struct merkle_hash leaf;
    struct error error = {0};
    merkle_leaf(buf_text(jws), entry_length(jws), &leaf);
    if (receipt_check(buf_text(proof), proof->len, &leaf, &verification->key, NULL, &error) == 0)
        return CLI_DONE;
    return fail_on_file(verification, PROOF, error.text);
}

/* Reads the event, once the log of the key is seen to hold it. CLI_DONE: it is to be freed. */
static int read_logged_event(struct verification *verification)
{
    struct buf jws, proof;
    buf_init(&jws, JWS_MAX + 1);
    buf_init(&proof, RECEIPT_MAX);
    int result = read_release_file(verification, ENTRY, &jws);
    if (result == CLI_DONE)
        result = read_release_file(verification, PROOF, &proof);
    if (result == CLI_DONE)
        result = check_proof(verification, &jws, &proof);
    if (result == CLI_DONE)
        result = open_event(verification, &jws);
    buf_free(&jws);
    buf_free(&proof);
    return result;
}

/* Files. */

static void check_one_file(struct verification *verification, const struct event_file *file)
{
    uint8_t hash[SHA256_BYTES];
    struct buf text;
    buf_init(&text, FILE_MAX);
    if (read_release_file(verification, file->name, &text) != CLI_DONE) {
        verification->differing++;
    } else {
        crypto_sha256(buf_text(&text), text.len, hash);
        if ((int64_t)text.len != file->bytes || memcmp(hash, file->sha256, sizeof hash) != 0) {
            verification->differing++;
            (void)fail_on_file(verification, file->name,
                               T("is not the file that was released", "is niet het bestand dat is uitgegeven"));
        }
    }
    buf_free(&text);
}

static bool event_names(const struct event *event, const char *name)
{
    for (size_t i = 0; i < event->file_count; i++)
        if (strcmp(event->files[i].name, name) == 0)
            return true;
    return false;
}

/* What begins with a dot is the system's. */
static int check_name(void *context, const char *name)
{
    struct verification *verification = context;
    if (name[0] == '.' || strcmp(name, ENTRY) == 0 || strcmp(name, PROOF) == 0 ||
        event_names(&verification->event, name))
        return 0;
    verification->differing++;
    (void)fail_on_file(verification, name, T("is no file of this release", "is geen bestand van deze uitgave"));
    return 0;
}

static int check_all_files(struct verification *verification)
{
    const struct event *event = &verification->event;
    char when[CLOCK_TEXT_SIZE];
    for (size_t i = 0; i < event->file_count; i++)
        check_one_file(verification, &event->files[i]);
    if (file_each(verification->folder, NULL, check_name, verification) < 0)
        return cli_fail(T("folder %s can't be read: %s", "map %s kan niet gelezen worden: %s"), verification->folder,
                        error_of_errno(errno));
    if (verification->differing > 0)
        return CLI_FAILED;
    clock_format(event->iat, when);
    cli_say(T("release %lld of round %s of panel %s, of %s%s: %zu files, each as the log %s has it",
              "uitgave %lld van ronde %s van panel %s, van %s%s: %zu bestanden, elk zoals het logboek %s het heeft"),
            (long long)event->number, event->round, event->aud, when,
            event->is_final ? T(", the final one", ", de laatste") : "", event->file_count, verification->key.name);
    return CLI_DONE;
}

int cmd_release_verify(const struct cli_verb *verb, int argc, char **argv)
{
    const char *key = NULL;
    const struct cli_option options[] = {
        {"key", "VKEY", &key, NULL, "the log's verifier key (needed)",
         "de verificatiesleutel van het logboek (verplicht)"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    struct verification verification = {0};
    struct error error;
    int first, result = cli_parse(verb, options, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    if (!key)
        return cli_misuse(T("--key is needed: what `GET /log/key` gives, from someone you trust",
                            "--key is verplicht: wat `GET /log/key` geeft, van iemand die u vertrouwt"));
    if (note_key_parse(key, strlen(key), &verification.key, &error) < 0)
        return cli_misuse("--key: %s", error.text);
    verification.folder = argv[first];
    result = read_logged_event(&verification);
    if (result != CLI_DONE)
        return result;
    result = check_all_files(&verification);
    event_free(&verification.event);
    return result;
}
