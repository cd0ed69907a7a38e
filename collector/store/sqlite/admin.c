/* The embedded store: members, invitations, panel, rounds, actions, tokens. */
#include "base/lang.h"
#include "collector/store/keys.h"
#include "collector/store/sqlite/handle.h"
#include "collector/store/sqlite/verbs.h"
#include <string.h>

/* Members. */

/* What is numbered beyond what a key has room for would have responses that can't be kept. */
static enum store_result check_key_number(struct store *store, int64_t number, int64_t most)
{
    if (number >= 0 && number <= most)
        return STORE_OK;
    return sqlite_fail(sqlite_of(store), ERROR_REFUSED,
                       T("this is more than one store can hold; begin another",
                         "dit is meer dan één opslag kan bevatten; begin een nieuwe"));
}

static enum store_result member_add(struct store *store, const struct store_member *member)
{
    if (check_key_number(store, member->number, MASK(MEMBER_BITS)) != STORE_OK)
        return STORE_FAILED;
    sqlite3_stmt *st =
        SQLITE_PREPARE(store, SQL_MEMBER_ADD, member->number, member->index, member->enrolled_at, member->revoked_at);
    if (!st)
        return STORE_FAILED;
    sqlite3_bind_blob(st, 5, member->public_key, KEY_BYTES, SQLITE_STATIC);
    return sqlite_run(sqlite_of(store), st);
}

/* The member of a row. -1: the row is damaged, as the store's error says. */
static int read_member_row(struct store *store, sqlite3_stmt *st, struct store_member *out)
{
    struct store_member member = {.number = sqlite3_column_int64(st, 0),
                                  .index = sqlite3_column_int64(st, 1),
                                  .enrolled_at = sqlite3_column_int64(st, 2),
                                  .revoked_at = sqlite3_column_int64(st, 3)};
    if (sqlite3_column_type(st, 5) != SQLITE_NULL && sqlite3_column_bytes(st, 5) == SHA256_BYTES) {
        member.erased = true;
        memcpy(member.kid_hash, sqlite3_column_blob(st, 5), SHA256_BYTES);
        *out = member;
        return 0;
    }
    if (sqlite3_column_bytes(st, 4) != KEY_BYTES) {
        (void)sqlite_fail(
            sqlite_of(store), ERROR_DAMAGED,
            T("a member's key is not 32 bytes long", "de sleutel van een panellid is geen 32 bytes lang"));
        return -1;
    }
    memcpy(member.public_key, sqlite3_column_blob(st, 4), KEY_BYTES);
    *out = member;
    return 0;
}

static int member_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    struct store_member member;
    return read_member_row(store, st, &member) < 0 ? -1 : visit->each.on_member(visit->context, &member);
}

static enum store_result member_read(struct store *store, int64_t number, struct store_member *out)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_MEMBER_READ, number);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK && read_member_row(store, st, out) < 0)
        result = STORE_FAILED;
    sqlite3_reset(st);
    return result;
}

/* Which have changed is not kept, so all are told. */
static enum store_result member_changes(struct store *store, int64_t *since, store_member_fn *each, void *context)
{
    struct visit visit = {.each.on_member = each, .context = context};
    enum store_result result =
        sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_MEMBER_EACH), member_row, &visit);
    if (result == STORE_OK)
        *since = 0;
    return result;
}

static enum store_result member_revoke(struct store *store, int64_t number, int64_t when)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_MEMBER_REVOKE, number, when);
    return !st ? STORE_FAILED : sqlite_run(sqlite_of(store), st);
}

static enum store_result member_erase(struct store *store, int64_t number, const uint8_t kid_hash[static SHA256_BYTES])
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_MEMBER_ERASE, number);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_hash(st, 2, kid_hash);
    return sqlite_run(sqlite_of(store), st);
}

/* Invitations. */

static enum store_result invitation_add(struct store *store, int64_t number, const uint8_t hash[static SHA256_BYTES])
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_INVITATION_ADD, 0, number);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_hash(st, 1, hash);
    return sqlite_run(sqlite_of(store), st);
}

static enum store_result invitation_find(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                         struct store_invitation *out)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_INVITATION_FIND);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_hash(st, 1, hash);
    enum store_result result = sqlite_step(sqlite_of(store), st);
    int64_t member = result == STORE_OK ? sqlite3_column_int64(st, 1) : 0;
    if (result == STORE_OK && member < 0)
        result = sqlite_handout_find(store, -member, HANDOUT_OPEN);
    if (result == STORE_OK) {
        int state = sqlite3_column_int(st, 0);
        if (state < INVITATION_UNUSED || state > INVITATION_WITHDRAWN)
            result = sqlite_fail(sqlite_of(store), ERROR_DAMAGED,
                                 T("an invitation's state is none", "een uitnodiging is in geen bekende stand"));
        else
            *out = (struct store_invitation){.state = (enum invitation_state)state, .member = member > 0 ? member : 0};
    }
    sqlite3_reset(st);
    return result;
}

static enum store_result invitation_mark(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                         const struct store_invitation *now)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_INVITATION_MARK, 0, now->state, now->member);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_hash(st, 1, hash);
    return sqlite_run(sqlite_of(store), st);
}

static enum store_result count_all_invitations(struct store *store, struct invitation_counts *out)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_INVITATION_COUNT);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK)
        *out = (struct invitation_counts){.unused = sqlite3_column_int64(st, 0),
                                          .used = sqlite3_column_int64(st, 1),
                                          .withdrawn = sqlite3_column_int64(st, 2)};
    sqlite3_reset(st);
    return result;
}

static int invitation_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    int state = sqlite3_column_int(st, 2);
    if (sqlite3_column_bytes(st, 1) != SHA256_BYTES || state < INVITATION_UNUSED || state > INVITATION_WITHDRAWN) {
        (void)sqlite_fail(sqlite_of(store), ERROR_DAMAGED,
                          T("an invitation can't be read", "een uitnodiging is onleesbaar"));
        return -1;
    }
    struct store_invitation invitation = {.state = (enum invitation_state)state, .member = sqlite3_column_int64(st, 3)};
    return visit->each.on_invitation(visit->context, sqlite3_column_int64(st, 0), sqlite3_column_blob(st, 1),
                                     &invitation);
}

static enum store_result invitation_each(struct store *store, store_invitation_fn *each, void *context)
{
    struct visit visit = {.each.on_invitation = each, .context = context};
    return sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_INVITATION_EACH), invitation_row, &visit);
}

/* Panel, rounds, actions. */

static enum store_result panel_write(struct store *store, const char *json, size_t len, int64_t when)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_PANEL_WRITE, when);
    if (!st)
        return STORE_FAILED;
    sqlite3_bind_text(st, 2, json, (int)len, SQLITE_STATIC);
    return sqlite_run(sqlite_of(store), st);
}

static enum store_result panel_read(struct store *store, struct buf *json)
{
    return sqlite_read_bytes(store, sqlite_statement(sqlite_of(store), SQL_PANEL_READ), json);
}

static enum store_result round_add(struct store *store, int64_t number, const char *id)
{
    if (check_key_number(store, number, MASK(ROUND_BITS)) != STORE_OK)
        return STORE_FAILED;
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_ROUND_ADD, number);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_string(st, 2, id);
    return sqlite_run(sqlite_of(store), st);
}

static int round_row(struct store *store, sqlite3_stmt *st, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_round(visit->context, sqlite3_column_int64(st, 0), sqlite_text(st, 1));
}

static enum store_result round_each(struct store *store, store_round_fn *each, void *context)
{
    struct visit visit = {.each.on_round = each, .context = context};
    return sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_ROUND_EACH), round_row, &visit);
}

static enum store_result action_write(struct store *store, const struct store_action *row, int64_t position)
{
    if (check_key_number(store, row->number, MASK(ACTION_BITS)) != STORE_OK)
        return STORE_FAILED;
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_ACTION_WRITE, row->number, position);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_string(st, 3, row->action.id);
    sqlite_bind_string(st, 4, row->action.title);
    sqlite_bind_string(st, 5, row->action.track);
    sqlite_bind_string(st, 6, row->action.lead);
    sqlite_bind_string(st, 7, row->action.related);
    sqlite_bind_string(st, 8, action_status_name(row->action.status));
    return sqlite_run(sqlite_of(store), st);
}

static int action_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    struct store_action row = {.number = sqlite3_column_int64(st, 0),
                               .action = {.id = sqlite_text(st, 1),
                                          .title = sqlite_text(st, 2),
                                          .track = sqlite_text(st, 3),
                                          .lead = sqlite_text(st, 4),
                                          .related = sqlite_text(st, 5)}};
    const char *status = sqlite_text(st, 6);
    if (!row.action.id || !row.action.title || !status || action_status_find(status, &row.action.status) < 0) {
        (void)sqlite_fail(sqlite_of(store), ERROR_DAMAGED, T("an action can't be read", "een actie is onleesbaar"));
        return -1;
    }
    return visit->each.on_action(visit->context, &row);
}

static enum store_result action_each(struct store *store, store_action_fn *each, void *context)
{
    struct visit visit = {.each.on_action = each, .context = context};
    return sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_ACTION_EACH), action_row, &visit);
}

/* Tokens. */

static enum store_result token_add(struct store *store, const struct store_token *token)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_TOKEN_ADD, 0, 0, 0, token->exact, token->created_at, token->expires_at,
                                      token->revoked_at, token->publish);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_string(st, 1, token->name);
    sqlite_bind_hash(st, 2, token->hash);
    sqlite_bind_string(st, 3, token->role);
    return sqlite_run(sqlite_of(store), st);
}

static int token_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    struct store_token token = {.name = sqlite_text(st, 0),
                                .role = sqlite_text(st, 2),
                                .exact = sqlite3_column_int(st, 3) != 0,
                                .created_at = sqlite3_column_int64(st, 4),
                                .expires_at = sqlite3_column_int64(st, 5),
                                .revoked_at = sqlite3_column_int64(st, 6),
                                .publish = sqlite3_column_int(st, 7) != 0};
    if (!token.name || !token.role || sqlite3_column_bytes(st, 1) != SHA256_BYTES) {
        (void)sqlite_fail(sqlite_of(store), ERROR_DAMAGED, T("a token can't be read", "een token is onleesbaar"));
        return -1;
    }
    memcpy(token.hash, sqlite3_column_blob(st, 1), SHA256_BYTES);
    return visit->each.on_token(visit->context, &token);
}

static enum store_result token_each(struct store *store, store_token_fn *each, void *context)
{
    struct visit visit = {.each.on_token = each, .context = context};
    return sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_TOKEN_EACH), token_row, &visit);
}

static enum store_result token_revoke(struct store *store, const char *name, int64_t when)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_TOKEN_REVOKE, 0, when);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_string(st, 1, name);
    return sqlite_run(sqlite_of(store), st);
}

void sqlite_add_admin_verbs(struct store_ops *ops)
{
    ops->member_add = member_add;
    ops->member_changes = member_changes;
    ops->member_read = member_read;
    ops->member_revoke = member_revoke;
    ops->member_erase = member_erase;
    ops->invitation_add = invitation_add;
    ops->invitation_find = invitation_find;
    ops->invitation_mark = invitation_mark;
    ops->invitation_count = count_all_invitations;
    ops->invitation_each = invitation_each;
    ops->panel_write = panel_write;
    ops->panel_read = panel_read;
    ops->round_add = round_add;
    ops->round_each = round_each;
    ops->action_write = action_write;
    ops->action_each = action_each;
    ops->token_add = token_add;
    ops->token_each = token_each;
    ops->token_revoke = token_revoke;
}
