/* Texts and documents lie in lists that each test fills. */
#include "tests/unit/collector/audit/replayed.h"
#include "base/mem.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct text replayed_texts[REPLAYED_MAX];
size_t replayed_count;
struct buf replayed_documents[8];
size_t replayed_document_count;
struct scratch replayed_scratch;
char replayed_told[16384], replayed_noted[16384];

static void hear(void *context, const char *what)
{
    (void)context;
    size_t len = strlen(replayed_told);
    snprintf(replayed_told + len, sizeof replayed_told - len, "%s\n", what);
}

static void hear_note(void *context, const char *what)
{
    (void)context;
    size_t len = strlen(replayed_noted);
    snprintf(replayed_noted + len, sizeof replayed_noted - len, "%s\n", what);
}

static enum store_result give_document(void *context, const uint8_t hash[static SHA256_BYTES], struct buf *out,
                                       struct error *error)
{
    (void)context, (void)error;
    for (size_t i = 0; i < replayed_document_count; i++) {
        uint8_t digest[SHA256_BYTES];
        crypto_sha256(buf_text(&replayed_documents[i]), replayed_documents[i].len, digest);
        if (memcmp(digest, hash, sizeof digest) != 0)
            continue;
        buf_put(out, buf_text(&replayed_documents[i]), replayed_documents[i].len);
        return STORE_OK;
    }
    return STORE_NONE;
}

void replayed_add_document(const void *bytes, size_t len)
{
    struct buf *document = &replayed_documents[replayed_document_count++];
    cr_assert_leq(replayed_document_count, sizeof replayed_documents / sizeof *replayed_documents);
    buf_init(document, KIT_TEXT_MAX);
    buf_put(document, bytes, len);
    cr_assert_eq(buf_check(document), 0);
}

void replayed_begin(struct outcome *outcome, const char *origin)
{
    *outcome = (struct outcome){.findings = {.tell = hear, .note = hear_note}};
    struct replay_setup setup = {
        .document = give_document, .origin = origin, .findings = &outcome->findings, .scratch = &replayed_scratch};
    replayed_scratch = (struct scratch){.folder = scratch_folder()};
    replayed_told[0] = replayed_noted[0] = '\0';
    merkle_edge_init(&outcome->edge);
    outcome->replay = replay_new(&setup);
    cr_assert_not_null(outcome->replay);
}

void replayed_take(struct outcome *outcome, struct entry *entry, size_t i)
{
    struct merkle_hash completed[MERKLE_LEVELS];
    struct error error = {0};
    entry_init(entry);
    entry->index = (int64_t)i;
    entry->kind = replayed_texts[i].kind;
    if (replayed_texts[i].kind != ENTRY_MISSING)
        buf_put(&entry->text, buf_text(&replayed_texts[i].bytes), replayed_texts[i].bytes.len);
    entry_take_apart(entry, replay_law(outcome->replay));
    merkle_edge_add(&outcome->edge, &entry->leaf, completed);
    cr_assert_eq(replay_settle(outcome->replay, entry, &error), 0, "%s", error.text);
    entry_check_signature(entry);
}

void replayed_count_entry(const struct outcome *outcome, struct entry *entry)
{
    struct error error = {0};
    cr_assert_eq(replay_count(outcome->replay, entry, &error), 0, "%s", error.text);
    entry_free(entry);
}

int replayed_pass(struct outcome *outcome, struct error *error)
{
    struct fold_current response;
    enum fold_step step;
    while ((step = replay_next(outcome->replay, &response)) != FOLD_END)
        if (step == FOLD_CURRENT)
            outcome->current = response;
    outcome->current.slots = NULL;
    return replay_check(outcome->replay, error);
}

void replayed_run(struct outcome *outcome, size_t behind)
{
    struct entry *entries = mem_calloc(replayed_count, sizeof *entries);
    cr_assert_not_null(entries);
    replayed_begin(outcome, NULL);
    for (size_t i = 0; i < replayed_count + behind; i++) {
        if (i < replayed_count)
            replayed_take(outcome, &entries[i], i);
        if (i >= behind)
            replayed_count_entry(outcome, &entries[i - behind]);
    }
    struct error error = {0};
    cr_assert(replay_end(outcome->replay, &error) == 0 && replayed_pass(outcome, &error) == 0, "%s", error.text);
    mem_free(entries);
}

void replayed_forget(void)
{
    for (size_t i = 0; i < replayed_count; i++)
        buf_free(&replayed_texts[i].bytes);
    for (size_t i = 0; i < replayed_document_count; i++)
        buf_free(&replayed_documents[i]);
    replayed_count = replayed_document_count = 0;
}
