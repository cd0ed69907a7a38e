/* Step by step, each a walk of one verb; what a walk may not ask for on its own handle is gathered first. */
#include "collector/backup/moving.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/backup/moving_rows.h"
#include "collector/backup/moving_state.h"
#include <string.h>

/* Panel, rounds, actions, tokens. */

static int move_panel(void *context, const char *json, size_t len, int64_t when)
{
    struct moving *m = context;
    return moving_wrote(m, store_panel_write(m->to, json, len, when));
}

static int move_round(void *context, int64_t number, const char *id)
{
    struct moving *m = context;
    int64_t *rounds = list_grow(m->rounds, m->round_count, &m->round_capacity, sizeof *rounds);
    if (!rounds)
        return moving_no_memory(m);
    m->rounds = rounds;
    rounds[m->round_count++] = number;
    return moving_wrote(m, store_round_add(m->to, number, id));
}

struct listing_actions {
    struct moving *moving;
    int64_t position;
};

static int move_action(void *context, const struct store_action *action)
{
    struct listing_actions *list = context;
    return moving_wrote(list->moving, store_action_write(list->moving->to, action, list->position++));
}

static int move_token(void *context, const struct store_token *token)
{
    struct moving *m = context;
    return moving_wrote(m, store_token_add(m->to, token));
}

static int move_catalogue(struct moving *m)
{
    struct listing_actions list = {.moving = m};
    if (moving_walked(m, store_panel_each(m->from, move_panel, m)) < 0 ||
        moving_walked(m, store_round_each(m->from, move_round, m)) < 0 ||
        moving_walked(m, store_action_each(m->from, move_action, &list)) < 0)
        return -1;
    return moving_walked(m, store_token_each(m->from, move_token, m));
}

/* Documents. */

struct hashes {
    struct moving *moving;
    uint8_t (*list)[SHA256_BYTES];
    size_t count, capacity;
};

static int gather_hash(void *context, const uint8_t hash[static SHA256_BYTES])
{
    struct hashes *hashes = context;
    uint8_t(*list)[SHA256_BYTES] = list_grow(hashes->list, hashes->count, &hashes->capacity, sizeof *list);
    if (!list)
        return moving_no_memory(hashes->moving);
    hashes->list = list;
    memcpy(list[hashes->count++], hash, SHA256_BYTES);
    return 0;
}

static int check_document(struct moving *m, const uint8_t hash[static SHA256_BYTES], const struct buf *bytes)
{
    uint8_t found[SHA256_BYTES];
    crypto_sha256(bytes->data, bytes->len, found);
    return memcmp(found, hash, sizeof found) == 0
               ? 0
               : error_set(m->error, ERROR_DAMAGED, "%s",
                           T("a document is not what its hash says; run `audit` on the store that is copied",
                             "een document is niet wat zijn hash zegt; voer `audit` uit op de opslag die gekopieerd "
                             "wordt"));
}

static int move_document(struct moving *m, const uint8_t hash[static SHA256_BYTES])
{
    struct buf bytes;
    buf_init(&bytes, SIZE_MAX);
    int result = moving_walked(m, store_document_read(m->from, hash, &bytes));
    if (result == 0)
        result = check_document(m, hash, &bytes);
    if (result == 0)
        result = moving_wrote(m, store_document_add(m->to, hash, buf_text(&bytes), bytes.len));
    buf_free(&bytes);
    return result;
}

static int move_documents(struct moving *m)
{
    struct hashes hashes = {.moving = m};
    int result = moving_walked(m, store_document_each(m->from, gather_hash, &hashes));
    for (size_t i = 0; i < hashes.count && result == 0; i++)
        result = move_document(m, hashes.list[i]);
    mem_free(hashes.list);
    return result;
}

/* Members and invitations. */

static int move_member(void *context, const struct store_member *member)
{
    struct moving *m = context;
    if (moving_wrote(m, store_member_add(m->to, member)) < 0)
        return -1;
    return member->erased ? moving_wrote(m, store_member_erase(m->to, member->number, member->kid_hash)) : 0;
}

static int move_invitation(void *context, int64_t number, const uint8_t hash[static SHA256_BYTES],
                           const struct store_invitation *invitation)
{
    (void)invitation;
    struct moving *m = context;
    return moving_wrote(m, store_invitation_add(m->to, number, hash));
}

/* Invitations that are no longer unused, some thousands at once: a database far away is told of them beforehand. */
struct marks {
    struct moving *moving;
    uint8_t (*hashes)[SHA256_BYTES];
    struct store_invitation *invitations;
    size_t count;
};

static int write_marks(struct marks *marks)
{
    struct moving *m = marks->moving;
    const struct store_wanted wanted = {.invitations = (const uint8_t(*)[SHA256_BYTES])marks->hashes,
                                        .invitation_count = marks->count};
    if (marks->count == 0)
        return 0;
    if (moving_turn(m) < 0)
        return -1;
    if (store_foresees(m->to) && store_foresee(m->to, &wanted) != STORE_OK)
        return moving_wrote(m, STORE_FAILED);
    for (size_t i = 0; i < marks->count; i++)
        if (moving_wrote(m, store_invitation_mark(m->to, marks->hashes[i], &marks->invitations[i])) < 0)
            return -1;
    marks->count = 0;
    return 0;
}

static int mark_invitation(void *context, int64_t number, const uint8_t hash[static SHA256_BYTES],
                           const struct store_invitation *invitation)
{
    (void)number;
    struct marks *marks = context;
    if (invitation->state == INVITATION_UNUSED)
        return 0;
    memcpy(marks->hashes[marks->count], hash, SHA256_BYTES);
    marks->invitations[marks->count++] = *invitation;
    return marks->count < MOVING_ROWS - 1 ? 0 : write_marks(marks);
}

static int move_marks(struct moving *m)
{
    struct marks marks = {.moving = m,
                          .hashes = mem_calloc(MOVING_ROWS, sizeof *marks.hashes),
                          .invitations = mem_calloc(MOVING_ROWS, sizeof *marks.invitations)};
    int result = marks.hashes && marks.invitations
                     ? moving_walked(m, store_invitation_each(m->from, mark_invitation, &marks))
                     : moving_no_memory(m);
    if (result == 0)
        result = write_marks(&marks);
    mem_free(marks.hashes);
    mem_free(marks.invitations);
    return result;
}

static int move_people(struct moving *m)
{
    if (moving_walked(m, store_member_each(m->from, move_member, m)) < 0 ||
        moving_walked(m, store_invitation_each(m->from, move_invitation, m)) < 0)
        return -1;
    return move_marks(m);
}

/* Folds, and what goes with them. */

struct round_rows {
    struct moving *moving;
    int64_t round;
};

static int move_current(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    const struct round_rows *rows = context;
    return moving_wrote(rows->moving, store_current_write(rows->moving->to, rows->round, member, action, current));
}

static int move_counts(void *context, int64_t action, const int64_t *counts, size_t slots)
{
    const struct round_rows *rows = context;
    return moving_wrote(rows->moving, store_counts_write(rows->moving->to, rows->round, action, counts, slots));
}

static int move_folds(struct moving *m)
{
    for (size_t i = 0; i < m->round_count; i++) {
        struct round_rows rows = {m, m->rounds[i]};
        if (moving_walked(m, store_current_each(m->from, rows.round, move_current, &rows)) < 0 ||
            moving_walked(m, store_counts_each_in(m->from, rows.round, move_counts, &rows)) < 0)
            return -1;
    }
    return 0;
}

static int move_revision(void *context, int64_t index, int64_t before)
{
    struct moving *m = context;
    return moving_wrote(m, store_revision_add(m->to, index, before));
}

static int move_request(void *context, const struct store_erasure *erasure)
{
    struct moving *m = context;
    return moving_wrote(m, store_erasure_add(m->to, erasure));
}

static int move_requests(struct moving *m)
{
    if (moving_walked(m, store_revision_each(m->from, move_revision, m)) < 0)
        return -1;
    return moving_walked(m, store_request_each(m->from, move_request, m));
}

/* Releases. */

struct files {
    struct moving *moving;
    int64_t round, number;
    char **names;
    size_t count, capacity;
};

static int gather_file(void *context, const char *name, size_t len)
{
    (void)len;
    struct files *files = context;
    char **names = list_grow(files->names, files->count, &files->capacity, sizeof *names);
    if (!names)
        return moving_no_memory(files->moving);
    files->names = names;
    if ((names[files->count] = mem_copy_text(name, strlen(name))) == NULL)
        return moving_no_memory(files->moving);
    files->count++;
    return 0;
}

static int move_file(const struct files *files, const char *name)
{
    struct moving *m = files->moving;
    struct buf bytes;
    buf_init(&bytes, SIZE_MAX);
    int result = moving_walked(m, store_release_file_read(m->from, files->round, files->number, name, &bytes));
    if (result == 0)
        result = moving_wrote(
            m, store_release_file_add(m->to, files->round, files->number, name, buf_text(&bytes), bytes.len));
    buf_free(&bytes);
    return result;
}

static int move_files(struct moving *m, int64_t round, int64_t number)
{
    struct files files = {.moving = m, .round = round, .number = number};
    int result = moving_walked(m, store_release_file_each(m->from, round, number, gather_file, &files));
    for (size_t i = 0; i < files.count; i++) {
        if (result == 0)
            result = move_file(&files, files.names[i]);
        mem_free(files.names[i]);
    }
    mem_free(files.names);
    return result;
}

static int move_release(void *context, const struct store_release *release)
{
    struct moving *m = context;
    return moving_wrote(m, store_release_add(m->to, release));
}

static int move_releases(struct moving *m)
{
    for (size_t i = 0; i < m->round_count; i++) {
        struct store_release last = {.number = 0};
        if (moving_walked(m, store_release_each(m->from, m->rounds[i], move_release, m)) < 0)
            return -1;
        if (store_release_last(m->from, m->rounds[i], &last) == STORE_FAILED)
            return moving_walked(m, STORE_FAILED);
        for (int64_t number = 1; number <= last.number; number++)
            if (move_files(m, m->rounds[i], number) < 0)
                return -1;
    }
    return 0;
}

/* What waits, and who has read. */

static int move_wish(void *context, const struct store_wish *wish)
{
    struct moving *m = context;
    int64_t id;
    return moving_wrote(m, store_wish_add(m->to, wish, &id));
}

static int move_access(void *context, const struct store_access *access)
{
    struct moving *m = context;
    return moving_wrote(m, store_access_add(m->to, access));
}

static int move_rest(struct moving *m)
{
    if (moving_walked(m, store_wish_each(m->from, move_wish, m)) < 0)
        return -1;
    return moving_walked(m, store_access_each(m->from, move_access, m));
}

/* All of it. */

/* Nothing but the schema. */
static int check_empty(struct moving *m)
{
    struct moving_rows rows[MOVING_KINDS];
    struct buf verifier;
    int64_t left = 0;
    buf_init(&verifier, SIZE_MAX);
    enum store_result key = store_log_key_read(m->to, &verifier);
    buf_free(&verifier);
    if (key == STORE_FAILED || store_entry_count(m->to, &left) != STORE_OK)
        return store_fail(m->to, m->error);
    if (moving_rows_read(m->to, rows, m->error) < 0)
        return -1;
    for (size_t i = 0; i < MOVING_KINDS; i++)
        left += (int64_t)rows[i].count;
    if (key == STORE_NONE && left == 0)
        return 0;
    return error_set(m->error, ERROR_REFUSED, "%s",
                     T("the store to copy into is not empty; name one that is not there yet",
                       "de opslag waarin gekopieerd wordt is niet leeg; noem een die er nog niet is"));
}

static int copy_every_row(struct moving *m)
{
    static int (*const steps[])(struct moving *) = {move_catalogue, move_documents, moving_copy_log, move_people,
                                                    move_folds,     move_requests,  move_releases,   move_rest};
    if (store_begin(m->to) != STORE_OK)
        return store_fail(m->to, m->error);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i](m) < 0) {
            store_rollback(m->to);
            return -1;
        }
    return store_commit(m->to) == STORE_OK ? 0 : store_fail(m->to, m->error);
}

static int fill_copy(struct moving *m)
{
    if (check_empty(m) < 0)
        return -1;
    if (store_begin_reading(m->from) != STORE_OK || store_entry_count(m->from, &m->size) != STORE_OK)
        return store_fail(m->from, m->error);
    if (store_mark_filling(m->to, true) != STORE_OK)
        return store_fail(m->to, m->error);
    if (copy_every_row(m) < 0 || moving_check(m) < 0)
        return m->error->kind == ERROR_NONE ? -1
                                            : error_prefix(m->error, "%s",
                                                           T("the copy is not whole, and has to be thrown away",
                                                             "de kopie is niet heel, en moet weggegooid worden"));
    return store_mark_filling(m->to, false) == STORE_OK ? 0 : store_fail(m->to, m->error);
}

int moving_run(struct store *from, struct store *to, store_copy_fn *each, void *context, struct moved *out,
               struct error *error)
{
    struct moving m = {.from = from, .to = to, .each = each, .context = context, .error = error};
    merkle_edge_init(&m.edge);
    error->kind = ERROR_NONE;
    int result = fill_copy(&m);
    store_rollback(from);
    mem_free(m.rounds);
    if (result == 0)
        *out = m.moved;
    return result;
}
