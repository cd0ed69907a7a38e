/* The store in PostgreSQL: panel, rounds, actions, tokens. */
#include "base/lang.h"
#include "collector/store/postgres/handle.h"
#include "collector/store/postgres/verbs.h"
#include <string.h>

/* What is numbered beyond what a key has room for would have responses that can't be kept. */
static enum store_result check_fits(struct store *store, int64_t number, int64_t most)
{
    if (number >= 0 && number <= most)
        return STORE_OK;
    return postgres_fail(postgres_of(store), ERROR_REFUSED,
                         T("this is more than one store can hold; begin another",
                           "dit is meer dan één opslag kan bevatten; begin een nieuwe"));
}

/* Panel and rounds. */

static enum store_result pg_panel_write(struct store *store, const char *json, size_t len, int64_t when)
{
    struct values values = {0};
    values_number(&values, when);
    values_bytes(&values, json, len);
    return postgres_run(store, PG_PANEL_WRITE, &values);
}

static enum store_result pg_panel_read(struct store *store, struct buf *json)
{
    return postgres_read_bytes(store, postgres_ask(store, PG_PANEL_READ, NULL), json);
}

static enum store_result pg_round_add(struct store *store, int64_t number, const char *id)
{
    struct values values = {0};
    if (check_fits(store, number, MASK(ROUND_BITS)) != STORE_OK)
        return STORE_FAILED;
    values_number(&values, number);
    values_text(&values, id);
    return postgres_run(store, PG_ROUND_ADD, &values);
}

static int pg_round_row(struct store *store, const PGresult *rows, int row, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_round(visit->context, row_number(rows, row, 0), row_text(rows, row, 1));
}

static enum store_result pg_round_each(struct store *store, store_round_fn *each, void *context)
{
    struct visit visit = {.each.on_round = each, .context = context};
    return postgres_walk(store, postgres_ask(store, PG_ROUND_EACH, NULL), pg_round_row, &visit);
}

/* Actions. */

static enum store_result pg_action_write(struct store *store, const struct store_action *row, int64_t position)
{
    struct values values = {0};
    if (check_fits(store, row->number, MASK(ACTION_BITS)) != STORE_OK)
        return STORE_FAILED;
    values_number(&values, row->number);
    values_number(&values, position);
    values_text(&values, row->action.id);
    values_text(&values, row->action.title);
    values_text(&values, row->action.track);
    values_text(&values, row->action.lead);
    values_text(&values, row->action.related);
    values_text(&values, action_status_name(row->action.status));
    return postgres_hold(store, PG_ACTION_WRITE, &values);
}

static int pg_action_row(struct store *store, const PGresult *rows, int row, void *context)
{
    const struct visit *visit = context;
    struct store_action out = {.number = row_number(rows, row, 0),
                               .action = {.id = row_text(rows, row, 1),
                                          .title = row_text(rows, row, 2),
                                          .track = row_text(rows, row, 3),
                                          .lead = row_text(rows, row, 4),
                                          .related = row_text(rows, row, 5)}};
    if (action_status_find(row_text(rows, row, 6), &out.action.status) < 0) {
        (void)postgres_fail(postgres_of(store), ERROR_DAMAGED, T("an action can't be read", "een actie is onleesbaar"));
        return -1;
    }
    return visit->each.on_action(visit->context, &out);
}

static enum store_result pg_action_each(struct store *store, store_action_fn *each, void *context)
{
    struct visit visit = {.each.on_action = each, .context = context};
    return postgres_walk(store, postgres_ask(store, PG_ACTION_EACH, NULL), pg_action_row, &visit);
}

/* Tokens. */

static enum store_result pg_token_add(struct store *store, const struct store_token *token)
{
    struct values values = {0};
    values_text(&values, token->name);
    values_bytes(&values, token->hash, SHA256_BYTES);
    values_text(&values, token->role);
    values_number(&values, token->exact);
    values_number(&values, token->created_at);
    values_number(&values, token->expires_at);
    values_number(&values, token->revoked_at);
    values_number(&values, token->publish);
    return postgres_run(store, PG_TOKEN_ADD, &values);
}

static int pg_token_row(struct store *store, const PGresult *rows, int row, void *context)
{
    const struct visit *visit = context;
    struct store_token token = {.name = row_text(rows, row, 0),
                                .role = row_text(rows, row, 2),
                                .exact = row_number(rows, row, 3) != 0,
                                .created_at = row_number(rows, row, 4),
                                .expires_at = row_number(rows, row, 5),
                                .revoked_at = row_number(rows, row, 6),
                                .publish = row_number(rows, row, 7) != 0};
    if (row_len(rows, row, 1) != SHA256_BYTES) {
        (void)postgres_fail(postgres_of(store), ERROR_DAMAGED, T("a token can't be read", "een token is onleesbaar"));
        return -1;
    }
    memcpy(token.hash, row_text(rows, row, 1), SHA256_BYTES);
    return visit->each.on_token(visit->context, &token);
}

static enum store_result pg_token_each(struct store *store, store_token_fn *each, void *context)
{
    struct visit visit = {.each.on_token = each, .context = context};
    return postgres_walk(store, postgres_ask(store, PG_TOKEN_EACH, NULL), pg_token_row, &visit);
}

static enum store_result pg_token_revoke(struct store *store, const char *name, int64_t when)
{
    struct values values = {0};
    values_text(&values, name);
    values_number(&values, when);
    return postgres_run(store, PG_TOKEN_REVOKE, &values);
}

void postgres_add_admin_verbs(struct store_ops *ops)
{
    ops->panel_write = pg_panel_write;
    ops->panel_read = pg_panel_read;
    ops->round_add = pg_round_add;
    ops->round_each = pg_round_each;
    ops->action_write = pg_action_write;
    ops->action_each = pg_action_each;
    ops->token_add = pg_token_add;
    ops->token_each = pg_token_each;
    ops->token_revoke = pg_token_revoke;
}
