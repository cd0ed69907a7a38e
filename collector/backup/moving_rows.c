/* Each row is written down with the length of each of its texts, so that no two different ones read the same, and is
 * forgotten once its hash is in the sum. */
#include "collector/backup/moving_rows.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/store/moving.h"
#include <string.h>

struct summing {
    struct store *store;
    struct moving_rows *rows; /* by kind */
    struct buf row; /* the one that is written down */
    int64_t round; /* that is walked, and release */
    int64_t *rounds; /* all of them */
    size_t round_count, round_capacity;
    char **names; /* files of a release */
    size_t name_count, name_capacity;
    uint8_t (*hashes)[SHA256_BYTES]; /* of documents */
    size_t hash_count, hash_capacity;
    struct error *error;
    bool is_told; /* *error says why a walk was stopped */
};

static int run_out_of_memory(struct summing *s)
{
    s->is_told = true;
    return error_no_memory(s->error);
}

/* A row. */

static void put_number_of(struct summing *s, int64_t number)
{
    buf_put(&s->row, &number, sizeof number);
}

static void put_bytes_of(struct summing *s, const void *bytes, size_t len)
{
    put_number_of(s, (int64_t)len);
    if (len > 0)
        buf_put(&s->row, bytes, len);
}

static void put_text_of(struct summing *s, const char *text)
{
    put_bytes_of(s, text, strlen(text));
}

static int end_row(struct summing *s, enum moving_kind kind)
{
    struct moving_rows *rows = &s->rows[kind];
    uint64_t hash[4];
    if (buf_check(&s->row) < 0)
        return run_out_of_memory(s);
    crypto_sha256(s->row.data, s->row.len, (uint8_t *)hash);
    for (size_t i = 0; i < 4; i++)
        rows->sum[i] += hash[i];
    rows->count++;
    buf_reset(&s->row);
    return 0;
}

/* Where the place among the others is part of what it says. */
static int end_row_in_order(struct summing *s, enum moving_kind kind)
{
    put_number_of(s, (int64_t)s->rows[kind].count);
    return end_row(s, kind);
}

/* The catalogue. */

static int sum_panel(void *context, const char *json, size_t len, int64_t when)
{
    put_bytes_of(context, json, len);
    put_number_of(context, when);
    return end_row_in_order(context, MOVING_PANELS);
}

static int sum_round(void *context, int64_t number, const char *id)
{
    struct summing *s = context;
    int64_t *rounds = list_grow(s->rounds, s->round_count, &s->round_capacity, sizeof *rounds);
    if (!rounds)
        return run_out_of_memory(s);
    s->rounds = rounds;
    rounds[s->round_count++] = number;
    put_number_of(s, number);
    put_text_of(s, id);
    return end_row(s, MOVING_ROUNDS);
}

static int sum_action(void *context, const struct store_action *action)
{
    const struct action *a = &action->action;
    const char *const texts[] = {a->id, a->title, a->track, a->lead, a->related};
    put_number_of(context, action->number);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_text_of(context, texts[i]);
    put_number_of(context, a->status);
    return end_row_in_order(context, MOVING_ACTIONS);
}

static int sum_token(void *context, const struct store_token *token)
{
    put_text_of(context, token->name);
    put_bytes_of(context, token->hash, sizeof token->hash);
    put_text_of(context, token->role);
    put_number_of(context, token->exact);
    put_number_of(context, token->publish);
    put_number_of(context, token->created_at);
    put_number_of(context, token->expires_at);
    put_number_of(context, token->revoked_at);
    return end_row(context, MOVING_TOKENS);
}

static int note_document(void *context, const uint8_t hash[static SHA256_BYTES])
{
    struct summing *s = context;
    uint8_t(*hashes)[SHA256_BYTES] = list_grow(s->hashes, s->hash_count, &s->hash_capacity, sizeof *hashes);
    if (!hashes)
        return run_out_of_memory(s);
    s->hashes = hashes;
    memcpy(hashes[s->hash_count++], hash, SHA256_BYTES);
    return 0;
}

/* Not by its hash alone: that is what it is to be, and this what it is. */
static enum store_result sum_document(struct summing *s, const uint8_t hash[static SHA256_BYTES])
{
    struct buf bytes;
    buf_init(&bytes, SIZE_MAX);
    enum store_result result = store_document_read(s->store, hash, &bytes);
    put_bytes_of(s, hash, SHA256_BYTES);
    put_bytes_of(s, bytes.data, bytes.len);
    buf_free(&bytes);
    if (result != STORE_OK)
        return STORE_FAILED;
    return end_row(s, MOVING_DOCUMENTS) == 0 ? STORE_OK : STORE_FAILED;
}

static enum store_result sum_documents(struct summing *s)
{
    enum store_result result = store_document_each(s->store, note_document, s);
    for (size_t i = 0; i < s->hash_count && result == STORE_OK; i++)
        result = sum_document(s, s->hashes[i]);
    return result;
}

static int sum_event(void *context, int64_t index, const char *kind)
{
    put_number_of(context, index);
    put_text_of(context, kind);
    return end_row(context, MOVING_EVENTS);
}

/* People. */

static int sum_member(void *context, const struct store_member *member)
{
    put_number_of(context, member->number);
    put_number_of(context, member->index);
    put_number_of(context, member->erased);
    if (member->erased) {
        put_bytes_of(context, member->kid_hash, sizeof member->kid_hash);
    } else {
        put_number_of(context, member->enrolled_at);
        put_number_of(context, member->revoked_at);
        put_bytes_of(context, member->public_key, sizeof member->public_key);
    }
    return end_row(context, MOVING_MEMBERS);
}

static int sum_invitation(void *context, int64_t number, const uint8_t hash[static SHA256_BYTES],
                          const struct store_invitation *invitation)
{
    put_number_of(context, number);
    put_bytes_of(context, hash, SHA256_BYTES);
    put_number_of(context, invitation->state);
    put_number_of(context, invitation->member);
    return end_row(context, MOVING_INVITATIONS);
}

/* Folds, and what goes with them. */

static int sum_current(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    struct summing *s = context;
    put_number_of(s, s->round);
    put_number_of(s, member);
    put_number_of(s, action);
    put_number_of(s, current->revision);
    put_number_of(s, current->index);
    put_number_of(s, current->replaced);
    put_bytes_of(s, current->slots, current->slot_count * sizeof *current->slots);
    return end_row(s, MOVING_CURRENTS);
}

static int sum_counters(void *context, int64_t action, const int64_t *counts, size_t slots)
{
    struct summing *s = context;
    put_number_of(s, s->round);
    put_number_of(s, action);
    put_bytes_of(s, counts, slots * sizeof *counts);
    return end_row(s, MOVING_COUNTERS);
}

static int sum_revision(void *context, int64_t index, int64_t before)
{
    put_number_of(context, index);
    put_number_of(context, before);
    return end_row(context, MOVING_REVISIONS);
}

static int sum_request(void *context, const struct store_erasure *erasure)
{
    put_number_of(context, erasure->request);
    put_number_of(context, erasure->member);
    put_bytes_of(context, erasure->leaf.bytes, sizeof erasure->leaf.bytes);
    return end_row(context, MOVING_REQUESTS);
}

/* Releases. */

static int sum_release(void *context, const struct store_release *release)
{
    put_number_of(context, release->round);
    put_number_of(context, release->number);
    put_number_of(context, release->is_final);
    put_number_of(context, release->size);
    put_bytes_of(context, release->root, sizeof release->root);
    put_number_of(context, release->index);
    put_number_of(context, release->created_at);
    return end_row(context, MOVING_RELEASES);
}

static int note_release_file(void *context, const char *name, size_t len)
{
    (void)len;
    struct summing *s = context;
    char **names = list_grow(s->names, s->name_count, &s->name_capacity, sizeof *names);
    if (!names)
        return run_out_of_memory(s);
    s->names = names;
    if ((names[s->name_count] = mem_copy_text(name, strlen(name))) == NULL)
        return run_out_of_memory(s);
    s->name_count++;
    return 0;
}

static void forget_files(struct summing *s)
{
    while (s->name_count > 0)
        mem_free(s->names[--s->name_count]);
}

static enum store_result sum_file(struct summing *s, int64_t number, const char *name)
{
    struct buf bytes;
    buf_init(&bytes, SIZE_MAX);
    enum store_result result = store_release_file_read(s->store, s->round, number, name, &bytes);
    put_number_of(s, s->round);
    put_number_of(s, number);
    put_text_of(s, name);
    put_bytes_of(s, bytes.data, bytes.len);
    buf_free(&bytes);
    if (result != STORE_OK)
        return STORE_FAILED;
    return end_row(s, MOVING_FILES) == 0 ? STORE_OK : STORE_FAILED;
}

static enum store_result sum_files(struct summing *s, int64_t number)
{
    enum store_result result = store_release_file_each(s->store, s->round, number, note_release_file, s);
    for (size_t i = 0; i < s->name_count && result == STORE_OK; i++)
        result = sum_file(s, number, s->names[i]);
    forget_files(s);
    return result;
}

static enum store_result sum_releases(struct summing *s)
{
    struct store_release last = {.number = 0};
    enum store_result result = store_release_each(s->store, s->round, sum_release, s);
    if (result != STORE_OK || store_release_last(s->store, s->round, &last) == STORE_FAILED)
        return STORE_FAILED;
    for (int64_t number = 1; number <= last.number && result == STORE_OK; number++)
        result = sum_files(s, number);
    return result;
}

/* What waits, and who has read. */

static int sum_wish(void *context, const struct store_wish *wish)
{
    put_text_of(context, wish->kind);
    put_bytes_of(context, wish->claims, wish->claims_len);
    put_number_of(context, wish->document != NULL);
    put_bytes_of(context, wish->document, wish->document_len);
    put_number_of(context, wish->asked_at);
    return end_row_in_order(context, MOVING_WISHES);
}

static int sum_read(void *context, const struct store_access *access)
{
    put_number_of(context, access->at);
    put_text_of(context, access->token);
    put_text_of(context, access->what);
    put_number_of(context, access->rows);
    return end_row_in_order(context, MOVING_READS);
}

/* All of it. */

static enum store_result sum_round_rows(struct summing *s, int64_t round)
{
    s->round = round;
    if (store_current_each(s->store, round, sum_current, s) != STORE_OK ||
        store_counts_each_in(s->store, round, sum_counters, s) != STORE_OK)
        return STORE_FAILED;
    return sum_releases(s);
}

static enum store_result sum_catalogue(struct summing *s)
{
    struct store *store = s->store;
    bool walked = store_panel_each(store, sum_panel, s) == STORE_OK &&
                  store_round_each(store, sum_round, s) == STORE_OK &&
                  store_action_each(store, sum_action, s) == STORE_OK &&
                  store_token_each(store, sum_token, s) == STORE_OK && sum_documents(s) == STORE_OK;
    return walked ? STORE_OK : STORE_FAILED;
}

static enum store_result sum_people(struct summing *s)
{
    struct store *store = s->store;
    bool walked = store_event_each(store, 0, INT64_MAX, sum_event, s) == STORE_OK &&
                  store_member_each(store, sum_member, s) == STORE_OK &&
                  store_invitation_each(store, sum_invitation, s) == STORE_OK &&
                  store_revision_each(store, sum_revision, s) == STORE_OK &&
                  store_request_each(store, sum_request, s) == STORE_OK &&
                  store_wish_each(store, sum_wish, s) == STORE_OK && store_access_each(store, sum_read, s) == STORE_OK;
    return walked ? STORE_OK : STORE_FAILED;
}

int moving_rows_read(struct store *store, struct moving_rows out[static MOVING_KINDS], struct error *error)
{
    struct summing s = {.store = store, .rows = out, .error = error};
    memset(out, 0, MOVING_KINDS * sizeof *out);
    buf_init(&s.row, SIZE_MAX);
    enum store_result result = sum_catalogue(&s);
    if (result == STORE_OK)
        result = sum_people(&s);
    for (size_t i = 0; i < s.round_count && result == STORE_OK; i++)
        result = sum_round_rows(&s, s.rounds[i]);
    buf_free(&s.row);
    mem_free(s.rounds);
    mem_free(s.names);
    mem_free(s.hashes);
    if (result == STORE_OK)
        return 0;
    return s.is_told ? -1 : store_fail(store, error);
}

const char *moving_rows_name(enum moving_kind kind)
{
    switch (kind) {
    case MOVING_PANELS:
    case MOVING_ROUNDS:
        return T("the panel's definitions", "de paneldefinities");
    case MOVING_ACTIONS:
        return T("the actions", "de acties");
    case MOVING_TOKENS:
        return T("the access tokens", "de toegangstokens");
    case MOVING_DOCUMENTS:
        return T("the documents", "de documenten");
    case MOVING_EVENTS:
        return T("the events", "de gebeurtenissen");
    case MOVING_MEMBERS:
        return T("the members", "de panelleden");
    case MOVING_INVITATIONS:
        return T("the invitations", "de uitnodigingen");
    case MOVING_CURRENTS:
    case MOVING_REVISIONS:
        return T("the responses", "de reacties");
    case MOVING_COUNTERS:
        return T("the counters", "de tellers");
    case MOVING_REQUESTS:
        return T("the requests to erase", "de wisverzoeken");
    case MOVING_RELEASES:
    case MOVING_FILES:
        return T("the releases", "de uitgaven");
    case MOVING_WISHES:
        return T("what administrators have asked for", "wat beheerders gevraagd hebben");
    case MOVING_READS:
    case MOVING_KINDS:
        break;
    }
    return T("the notes of who read what", "de aantekeningen van wie wat las");
}
