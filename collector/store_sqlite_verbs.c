/* The embedded store: its verbs, each a statement or two. Opening and schema are in store_sqlite.c. */
#include "base/lang.h"
#include "base/mem.h"
#include "collector/store_sqlite.h"
#include <string.h>
#include <sys/stat.h>

static struct store_sqlite *sqlite(struct store *store)
{
    return (struct store_sqlite *)store;
}

/* Prepares `which` and binds up to six integers; NULL after having written the error. */
static sqlite3_stmt *prepare(struct store *store, enum statement which, size_t count, const int64_t *values)
{
    sqlite3_stmt *st = sqlite_statement(sqlite(store), which);
    for (size_t i = 0; st != NULL && i < count; i++)
        sqlite3_bind_int64(st, (int)i + 1, values[i]);
    return st;
}

#define PREPARE(store, which, ...)                                                                                         \
    prepare(store, which, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})

static void bind_text(sqlite3_stmt *st, int place, const char *text)
{
    sqlite3_bind_text(st, place, text != NULL ? text : "", -1, SQLITE_STATIC);
}

static void bind_hash(sqlite3_stmt *st, int place, const uint8_t *hash)
{
    sqlite3_bind_blob(st, place, hash, SHA256_BYTES, SQLITE_STATIC);
}

static char *column_text(sqlite3_stmt *st, int column)
{
    return (char *)sqlite3_column_text(st, column);
}

/* --- transactions ---------------------------------------------------------------------------------------------------------- */

static enum store_result run_plain(struct store *store, enum statement which)
{
    sqlite3_stmt *st = sqlite_statement(sqlite(store), which);
    if (st == NULL)
        return STORE_FAILED;
    int code = sqlite3_step(st);
    enum store_result result = code == SQLITE_DONE ? STORE_OK : sqlite_failed(sqlite(store));
    sqlite3_reset(st);
    return result;
}

static enum store_result begin(struct store *store)
{
    return run_plain(store, SQL_BEGIN);
}

static enum store_result begin_reading(struct store *store)
{
    return run_plain(store, SQL_BEGIN_READING);
}

static enum store_result commit(struct store *store)
{
    return run_plain(store, SQL_COMMIT);
}

/* After some failures SQLite has rolled back by itself; the error of the verb that failed is kept. */
static void rollback(struct store *store)
{
    char kept[STORE_ERROR_SIZE];
    memcpy(kept, store->error, sizeof kept);
    if (sqlite3_get_autocommit(sqlite(store)->db) == 0)
        (void)run_plain(store, SQL_ROLLBACK);
    memcpy(store->error, kept, sizeof kept);
}

/* SQLite goes on committing into a file that has been removed or replaced, and whoever opens the store next finds nothing of it. */
static bool is_same_file(const struct store_sqlite *s)
{
    struct stat now;
    return s->inode == 0 || (stat(s->path, &now) == 0 && now.st_ino == s->inode && now.st_dev == s->device);
}

static enum store_result changed(struct store *store, bool *changed)
{
    if (!is_same_file(sqlite(store)))
        return sqlite_damaged(sqlite(store), T("the store's file was removed or replaced; put it back",
                                               "het bestand van de opslag is verwijderd of vervangen; zet het terug"));
    sqlite3_stmt *st = sqlite_statement(sqlite(store), SQL_CHANGED);
    if (st == NULL)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite(store), st);
    if (result == STORE_OK) {
        int64_t version = sqlite3_column_int64(st, 0);
        *changed = version != sqlite(store)->version;
        sqlite(store)->version = version;
    }
    sqlite3_reset(st);
    return result;
}

/* --- the log --------------------------------------------------------------------------------------------------------------- */

static enum store_result entry_append(struct store *store, int64_t index, const char *jws, size_t len)
{
    sqlite3_stmt *st = PREPARE(store, SQL_ENTRY_APPEND, index);
    if (st == NULL)
        return STORE_FAILED;
    sqlite3_bind_text(st, 2, jws, (int)len, SQLITE_STATIC);
    return sqlite_run(sqlite(store), st);
}

/* Appends column 0 of the first row to `out`. */
static enum store_result read_bytes(struct store *store, sqlite3_stmt *st, struct buf *out)
{
    if (st == NULL)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite(store), st);
    if (result == STORE_OK) {
        const void *bytes = sqlite3_column_blob(st, 0);
        buf_put(out, bytes, (size_t)sqlite3_column_bytes(st, 0));
        if (buf_check(out))
            result = sqlite_damaged(sqlite(store), "a row is larger than can be, or out of memory");
    }
    sqlite3_reset(st);
    return result;
}

static enum store_result entry_read(struct store *store, int64_t index, struct buf *out)
{
    return read_bytes(store, PREPARE(store, SQL_ENTRY_READ, index), out);
}

static enum store_result entry_count(struct store *store, int64_t *count)
{
    sqlite3_stmt *st = sqlite_statement(sqlite(store), SQL_ENTRY_COUNT);
    if (st == NULL)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite(store), st);
    if (result == STORE_OK)
        *count = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return result;
}

/* --- the tree -------------------------------------------------------------------------------------------------------------- */

/* Tiles of one level lie together. A level is below 8, an index below 2^55. */
static int64_t tile_place(unsigned level, uint64_t index)
{
    return (int64_t)((uint64_t)level << 56 | index);
}

static enum store_result tile_write(struct store *store, unsigned level, uint64_t index, const struct merkle_hash *hashes,
                                    unsigned width)
{
    sqlite3_stmt *st = PREPARE(store, SQL_TILE_WRITE, tile_place(level, index));
    if (st == NULL)
        return STORE_FAILED;
    sqlite3_bind_blob(st, 2, hashes, (int)(width * sizeof *hashes), SQLITE_STATIC);
    return sqlite_run(sqlite(store), st);
}

static enum store_result tile_read(struct store *store, unsigned level, uint64_t index,
                                   struct merkle_hash hashes[static 256], unsigned *width)
{
    sqlite3_stmt *st = PREPARE(store, SQL_TILE_READ, tile_place(level, index));
    if (st == NULL)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite(store), st);
    if (result == STORE_OK) {
        size_t len = (size_t)sqlite3_column_bytes(st, 0);
        *width = (unsigned)(len / sizeof *hashes);
        if (len % sizeof *hashes != 0 || *width == 0 || *width > 256)
            result = sqlite_damaged(sqlite(store), "a tile of the log is damaged");
        else
            memcpy(hashes, sqlite3_column_blob(st, 0), len);
    }
    sqlite3_reset(st);
    return result;
}

static enum store_result log_key_write(struct store *store, const char *verifier)
{
    sqlite3_stmt *st = sqlite_statement(sqlite(store), SQL_LOG_KEY_WRITE);
    if (st == NULL)
        return STORE_FAILED;
    bind_text(st, 1, verifier);
    return sqlite_run(sqlite(store), st);
}

static enum store_result log_key_read(struct store *store, struct buf *verifier)
{
    return read_bytes(store, sqlite_statement(sqlite(store), SQL_LOG_KEY_READ), verifier);
}

/* --- walking --------------------------------------------------------------------------------------------------------------- */

/* Calls `row` for each row of `st`; stops at its first non-zero answer. */
static enum store_result walk(struct store *store, sqlite3_stmt *st, int (*row)(struct store *, sqlite3_stmt *, void *),
                              void *context)
{
    if (st == NULL)
        return STORE_FAILED;
    enum store_result result = STORE_OK;
    while (result == STORE_OK && (result = sqlite_step(sqlite(store), st)) == STORE_OK) {
        store->error[0] = '\0';
        if (row(store, st, context)) {
            if (store->error[0] == '\0')
                (void)sqlite_damaged(sqlite(store), "reading was broken off");
            result = STORE_FAILED;
        }
    }
    sqlite3_reset(st);
    return result == STORE_NONE ? STORE_OK : result;
}

/* What a row function needs to call the visitor. */
struct visit {
    union {
        store_member_fn *member;
        store_action_fn *action;
        store_round_fn *round;
        store_token_fn *token;
        store_counted_fn *counted;
        store_current_fn *current;
    } each;
    void *context;
};

/* --- members --------------------------------------------------------------------------------------------------------------- */

static enum store_result member_add(struct store *store, const struct store_member *member)
{
    sqlite3_stmt *st =
        PREPARE(store, SQL_MEMBER_ADD, member->number, member->index, member->enrolled_at, member->revoked_at);
    if (st == NULL)
        return STORE_FAILED;
    sqlite3_bind_blob(st, 5, member->public_key, KEY_BYTES, SQLITE_STATIC);
    return sqlite_run(sqlite(store), st);
}

static int member_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    struct store_member member = {.number = sqlite3_column_int64(st, 0),
                                  .index = sqlite3_column_int64(st, 1),
                                  .enrolled_at = sqlite3_column_int64(st, 2),
                                  .revoked_at = sqlite3_column_int64(st, 3)};
    if (sqlite3_column_bytes(st, 4) != KEY_BYTES) {
        (void)sqlite_damaged(sqlite(store), "a member's key is not 32 bytes long");
        return -1;
    }
    memcpy(member.public_key, sqlite3_column_blob(st, 4), KEY_BYTES);
    return visit->each.member(visit->context, &member);
}

static enum store_result member_each(struct store *store, store_member_fn *each, void *context)
{
    struct visit visit = {.each.member = each, .context = context};
    return walk(store, sqlite_statement(sqlite(store), SQL_MEMBER_EACH), member_row, &visit);
}

static enum store_result member_revoke(struct store *store, int64_t number, int64_t when)
{
    sqlite3_stmt *st = PREPARE(store, SQL_MEMBER_REVOKE, number, when);
    return st == NULL ? STORE_FAILED : sqlite_run(sqlite(store), st);
}

/* --- invitations ----------------------------------------------------------------------------------------------------------- */

static enum store_result invitation_add(struct store *store, int64_t number, const uint8_t hash[static SHA256_BYTES])
{
    sqlite3_stmt *st = PREPARE(store, SQL_INVITATION_ADD, 0, number);
    if (st == NULL)
        return STORE_FAILED;
    bind_hash(st, 1, hash);
    return sqlite_run(sqlite(store), st);
}

static enum store_result invitation_find(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                         struct store_invitation *out)
{
    sqlite3_stmt *st = sqlite_statement(sqlite(store), SQL_INVITATION_FIND);
    if (st == NULL)
        return STORE_FAILED;
    bind_hash(st, 1, hash);
    enum store_result result = sqlite_step(sqlite(store), st);
    if (result == STORE_OK) {
        int state = sqlite3_column_int(st, 0);
        if (state < INVITATION_UNUSED || state > INVITATION_WITHDRAWN)
            result = sqlite_damaged(sqlite(store), "an invitation's state is none");
        else
            *out = (struct store_invitation){.state = (enum invitation_state)state, .member = sqlite3_column_int64(st, 1)};
    }
    sqlite3_reset(st);
    return result;
}

static enum store_result invitation_mark(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                         const struct store_invitation *now)
{
    sqlite3_stmt *st = PREPARE(store, SQL_INVITATION_MARK, 0, now->state, now->member);
    if (st == NULL)
        return STORE_FAILED;
    bind_hash(st, 1, hash);
    return sqlite_run(sqlite(store), st);
}

static enum store_result invitation_count(struct store *store, struct invitation_counts *out)
{
    sqlite3_stmt *st = sqlite_statement(sqlite(store), SQL_INVITATION_COUNT);
    if (st == NULL)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite(store), st);
    if (result == STORE_OK)
        *out = (struct invitation_counts){.unused = sqlite3_column_int64(st, 0),
                                          .used = sqlite3_column_int64(st, 1),
                                          .withdrawn = sqlite3_column_int64(st, 2),
                                          .last = sqlite3_column_int64(st, 3)};
    sqlite3_reset(st);
    return result;
}

/* --- current responses ----------------------------------------------------------------------------------------------------- */

/* Slots ascend, so each is kept as its distance from the one before, seven bits a byte, the last byte of each with bit 7 clear:
 * a byte a slot for most questionnaires. `out` has room for three bytes a slot. */
static size_t pack_slots(const uint16_t *slots, size_t count, uint8_t *out)
{
    size_t len = 0;
    unsigned before = 0;
    for (size_t i = 0; i < count; before = slots[i++]) {
        unsigned step = slots[i] - before;
        for (; step >= 0x80; step >>= 7)
            out[len++] = (uint8_t)(step | 0x80);
        out[len++] = (uint8_t)step;
    }
    return len;
}

/* Reads them back into s->slots. -1: no such packing, or out of memory. */
static int unpack_slots(struct store_sqlite *s, const uint8_t *bytes, size_t len, size_t *count)
{
    if (len > s->slot_cap) {
        uint16_t *more = mem_resize(s->slots, len, sizeof *more);
        if (more == NULL)
            return -1;
        s->slots = more;
        s->slot_cap = len;
    }
    unsigned slot = 0, step = 0, shift = 0;
    *count = 0;
    for (size_t i = 0; i < len; i++) {
        step |= (bytes[i] & 0x7fu) << shift;
        shift += 7;
        if (bytes[i] & 0x80) {
            if (shift > 14)
                return -1;
            continue;
        }
        slot += step;
        if (slot > UINT16_MAX || (step == 0 && *count > 0))
            return -1;
        s->slots[(*count)++] = (uint16_t)slot;
        step = shift = 0;
    }
    return shift == 0 ? 0 : -1;
}

/* Columns 0 to 3 of a row: revision, idx, replaced, slots. */
static int read_current(struct store_sqlite *s, sqlite3_stmt *st, struct store_current *out)
{
    const uint8_t *bytes = sqlite3_column_blob(st, 3);
    *out = (struct store_current){
        .revision = sqlite3_column_int64(st, 0),
        .index = sqlite3_column_int64(st, 1),
        .replaced = sqlite3_column_type(st, 2) == SQLITE_NULL ? -1 : sqlite3_column_int64(st, 2),
    };
    if (unpack_slots(s, bytes, (size_t)sqlite3_column_bytes(st, 3), &out->slot_count)) {
        (void)sqlite_damaged(s, "a current response's counters can't be read");
        return -1;
    }
    out->slots = s->slots;
    return 0;
}

static enum store_result current_read(struct store *store, int64_t round, int64_t member, int64_t action,
                                      struct store_current *out)
{
    sqlite3_stmt *st = PREPARE(store, SQL_CURRENT_READ, round, member, action);
    if (st == NULL)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite(store), st);
    if (result == STORE_OK && read_current(sqlite(store), st, out))
        result = STORE_FAILED;
    sqlite3_reset(st);
    return result;
}

static enum store_result current_write(struct store *store, int64_t round, int64_t member, int64_t action,
                                       const struct store_current *current)
{
    uint8_t small[256];
    uint8_t *packed = current->slot_count * 3 <= sizeof small ? small : mem_alloc(current->slot_count * 3);
    sqlite3_stmt *st = PREPARE(store, SQL_CURRENT_WRITE, round, member, action, current->revision, current->index);
    enum store_result result = STORE_FAILED;
    if (packed == NULL) {
        (void)sqlite_damaged(sqlite(store), "out of memory");
    } else if (st != NULL) {
        if (current->replaced >= 0)
            sqlite3_bind_int64(st, 6, current->replaced);
        else
            sqlite3_bind_null(st, 6);
        size_t len = pack_slots(current->slots, current->slot_count, packed);
        sqlite3_bind_blob(st, 7, packed, (int)len, SQLITE_STATIC);
        result = sqlite_run(sqlite(store), st);
    }
    if (packed != small)
        mem_free(packed);
    return result;
}

static int current_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    struct store_current current;
    if (read_current(sqlite(store), st, &current))
        return -1;
    return visit->each.current(visit->context, sqlite3_column_int64(st, 4), sqlite3_column_int64(st, 5), &current);
}

static enum store_result current_each(struct store *store, int64_t round, store_current_fn *each, void *context)
{
    struct visit visit = {.each.current = each, .context = context};
    return walk(store, PREPARE(store, SQL_CURRENT_EACH, round), current_row, &visit);
}

/* --- counters: an array of little-endian 64-bit numbers -------------------------------------------------------------------- */

static enum store_result counts_read(struct store *store, int64_t round, int64_t action, int64_t *counts, size_t slots)
{
    sqlite3_stmt *st = PREPARE(store, SQL_COUNTS_READ, round, action);
    if (st == NULL)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite(store), st);
    if (result == STORE_OK) {
        if ((size_t)sqlite3_column_bytes(st, 0) != slots * sizeof *counts)
            result = sqlite_damaged(sqlite(store), "the counters of an action are not those of its questionnaire");
        else
            memcpy(counts, sqlite3_column_blob(st, 0), slots * sizeof *counts);
    }
    sqlite3_reset(st);
    return result;
}

static enum store_result counts_write(struct store *store, int64_t round, int64_t action, const int64_t *counts,
                                      size_t slots)
{
    _Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "counters are stored as they lie in memory");
    sqlite3_stmt *st = PREPARE(store, SQL_COUNTS_WRITE, round, action);
    if (st == NULL)
        return STORE_FAILED;
    sqlite3_bind_blob(st, 3, counts, (int)(slots * sizeof *counts), SQLITE_STATIC);
    return sqlite_run(sqlite(store), st);
}

static int counted_row(struct store *store, sqlite3_stmt *st, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.counted(visit->context, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1));
}

static enum store_result counts_each(struct store *store, store_counted_fn *each, void *context)
{
    struct visit visit = {.each.counted = each, .context = context};
    return walk(store, sqlite_statement(sqlite(store), SQL_COUNTS_EACH), counted_row, &visit);
}

/* --- panel, rounds, actions ------------------------------------------------------------------------------------------------ */

static enum store_result panel_write(struct store *store, const char *json, size_t len, int64_t when)
{
    sqlite3_stmt *st = PREPARE(store, SQL_PANEL_WRITE, when);
    if (st == NULL)
        return STORE_FAILED;
    sqlite3_bind_text(st, 2, json, (int)len, SQLITE_STATIC);
    return sqlite_run(sqlite(store), st);
}

static enum store_result panel_read(struct store *store, struct buf *json)
{
    return read_bytes(store, sqlite_statement(sqlite(store), SQL_PANEL_READ), json);
}

static enum store_result round_add(struct store *store, int64_t number, const char *id)
{
    sqlite3_stmt *st = PREPARE(store, SQL_ROUND_ADD, number);
    if (st == NULL)
        return STORE_FAILED;
    bind_text(st, 2, id);
    return sqlite_run(sqlite(store), st);
}

static int round_row(struct store *store, sqlite3_stmt *st, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.round(visit->context, sqlite3_column_int64(st, 0), column_text(st, 1));
}

static enum store_result round_each(struct store *store, store_round_fn *each, void *context)
{
    struct visit visit = {.each.round = each, .context = context};
    return walk(store, sqlite_statement(sqlite(store), SQL_ROUND_EACH), round_row, &visit);
}

static enum store_result action_write(struct store *store, const struct store_action *row, int64_t position)
{
    sqlite3_stmt *st = PREPARE(store, SQL_ACTION_WRITE, row->number, position);
    if (st == NULL)
        return STORE_FAILED;
    bind_text(st, 3, row->action.id);
    bind_text(st, 4, row->action.title);
    bind_text(st, 5, row->action.track);
    bind_text(st, 6, row->action.lead);
    bind_text(st, 7, row->action.related);
    bind_text(st, 8, action_status_name(row->action.status));
    return sqlite_run(sqlite(store), st);
}

static int action_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    struct store_action row = {.number = sqlite3_column_int64(st, 0),
                               .action = {.id = column_text(st, 1),
                                          .title = column_text(st, 2),
                                          .track = column_text(st, 3),
                                          .lead = column_text(st, 4),
                                          .related = column_text(st, 5)}};
    const char *status = column_text(st, 6);
    if (row.action.id == NULL || row.action.title == NULL || status == NULL ||
        action_status_find(status, &row.action.status)) {
        (void)sqlite_damaged(sqlite(store), "an action can't be read");
        return -1;
    }
    return visit->each.action(visit->context, &row);
}

static enum store_result action_each(struct store *store, store_action_fn *each, void *context)
{
    struct visit visit = {.each.action = each, .context = context};
    return walk(store, sqlite_statement(sqlite(store), SQL_ACTION_EACH), action_row, &visit);
}

/* --- tokens ---------------------------------------------------------------------------------------------------------------- */

static enum store_result token_add(struct store *store, const struct store_token *token)
{
    sqlite3_stmt *st =
        PREPARE(store, SQL_TOKEN_ADD, 0, 0, 0, token->exact, token->created_at, token->expires_at, token->revoked_at);
    if (st == NULL)
        return STORE_FAILED;
    bind_text(st, 1, token->name);
    bind_hash(st, 2, token->hash);
    bind_text(st, 3, token->role);
    return sqlite_run(sqlite(store), st);
}

static int token_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    struct store_token token = {.name = column_text(st, 0),
                                .role = column_text(st, 2),
                                .exact = sqlite3_column_int(st, 3) != 0,
                                .created_at = sqlite3_column_int64(st, 4),
                                .expires_at = sqlite3_column_int64(st, 5),
                                .revoked_at = sqlite3_column_int64(st, 6)};
    if (token.name == NULL || token.role == NULL || sqlite3_column_bytes(st, 1) != SHA256_BYTES) {
        (void)sqlite_damaged(sqlite(store), "a token can't be read");
        return -1;
    }
    memcpy(token.hash, sqlite3_column_blob(st, 1), SHA256_BYTES);
    return visit->each.token(visit->context, &token);
}

static enum store_result token_each(struct store *store, store_token_fn *each, void *context)
{
    struct visit visit = {.each.token = each, .context = context};
    return walk(store, sqlite_statement(sqlite(store), SQL_TOKEN_EACH), token_row, &visit);
}

static enum store_result token_revoke(struct store *store, const char *name, int64_t when)
{
    sqlite3_stmt *st = PREPARE(store, SQL_TOKEN_REVOKE, 0, when);
    if (st == NULL)
        return STORE_FAILED;
    bind_text(st, 1, name);
    return sqlite_run(sqlite(store), st);
}

const struct store_ops sqlite_ops = {
    .close = sqlite_close,
    .begin = begin,
    .begin_reading = begin_reading,
    .commit = commit,
    .rollback = rollback,
    .changed = changed,
    .entry_append = entry_append,
    .entry_read = entry_read,
    .entry_count = entry_count,
    .tile_write = tile_write,
    .tile_read = tile_read,
    .log_key_write = log_key_write,
    .log_key_read = log_key_read,
    .member_add = member_add,
    .member_each = member_each,
    .member_revoke = member_revoke,
    .invitation_add = invitation_add,
    .invitation_find = invitation_find,
    .invitation_mark = invitation_mark,
    .invitation_count = invitation_count,
    .current_read = current_read,
    .current_write = current_write,
    .current_each = current_each,
    .counts_read = counts_read,
    .counts_write = counts_write,
    .counts_each = counts_each,
    .panel_write = panel_write,
    .panel_read = panel_read,
    .round_add = round_add,
    .round_each = round_each,
    .action_write = action_write,
    .action_each = action_each,
    .token_add = token_add,
    .token_each = token_each,
    .token_revoke = token_revoke,
};
