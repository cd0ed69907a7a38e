/* The store in PostgreSQL: members and invitations. */
#include "base/lang.h"
#include "collector/store/postgres/handle.h"
#include "collector/store/postgres/verbs.h"
#include <string.h>

/* Members. */

/* Each change has a number, by which others find what is new to them. */
static enum store_result count_change(struct store *store, enum store_result result)
{
    if (result == STORE_OK)
        postgres_of(store)->member_changes++;
    return result;
}

static enum store_result pg_member_add(struct store *store, const struct store_member *member)
{
    struct values values = {0};
    if (member->number < 0 || member->number > MASK(MEMBER_BITS))
        return postgres_fail(postgres_of(store), ERROR_REFUSED,
                             T("this is more than one store can hold; begin another",
                               "dit is meer dan één opslag kan bevatten; begin een nieuwe"));
    values_number(&values, member->number);
    values_number(&values, member->index);
    values_number(&values, member->enrolled_at);
    values_number(&values, member->revoked_at);
    values_bytes(&values, member->public_key, KEY_BYTES);
    return count_change(store, postgres_hold(store, PG_MEMBER_ADD, &values));
}

/* The member of a row. -1: the row is damaged, as the store's error says. */
static int pg_read_member_row(struct store *store, const PGresult *rows, int row, struct store_member *out)
{
    struct store_member member = {.number = row_number(rows, row, 0),
                                  .index = row_number(rows, row, 1),
                                  .enrolled_at = row_number(rows, row, 2),
                                  .revoked_at = row_number(rows, row, 3),
                                  .erased = row_len(rows, row, 5) == SHA256_BYTES};
    if (!member.erased && row_len(rows, row, 4) != KEY_BYTES) {
        (void)postgres_fail(
            postgres_of(store), ERROR_DAMAGED,
            T("a member's key is not 32 bytes long", "de sleutel van een panellid is geen 32 bytes lang"));
        return -1;
    }
    if (member.erased)
        memcpy(member.kid_hash, row_text(rows, row, 5), SHA256_BYTES);
    else
        memcpy(member.public_key, row_text(rows, row, 4), KEY_BYTES);
    *out = member;
    return 0;
}

static enum store_result pg_member_read(struct store *store, int64_t number, struct store_member *out)
{
    struct values values = {0};
    values_number(&values, number);
    PGresult *rows = postgres_ask(store, PG_MEMBER_READ, &values);
    if (!rows)
        return STORE_FAILED;
    enum store_result result = PQntuples(rows) > 0 ? STORE_OK : STORE_NONE;
    if (result == STORE_OK && pg_read_member_row(store, rows, 0, out) < 0)
        result = STORE_FAILED;
    PQclear(rows);
    return result;
}

struct member_walk {
    struct visit visit;
    int64_t last; /* by what the walk goes by: the number or the change */
    int64_t changes; /* the highest that was seen */
    bool by_change;
};

static int pg_member_row(struct store *store, const PGresult *rows, int row, void *context)
{
    struct member_walk *walk = context;
    struct store_member member;
    int64_t change = row_number(rows, row, 6);
    walk->last = row_number(rows, row, walk->by_change ? 6 : 0);
    walk->changes = change > walk->changes ? change : walk->changes;
    return pg_read_member_row(store, rows, row, &member) < 0 ? -1
                                                             : walk->visit.each.on_member(walk->visit.context, &member);
}

/* All of them by number, which is how a roster is to be filled; what has changed since by change. */
static enum store_result pg_member_changes(struct store *store, int64_t *since, store_member_fn *each, void *context)
{
    bool all = *since < 0;
    struct member_walk walk = {.visit = {.each.on_member = each, .context = context},
                               .last = all ? INT64_MIN : *since,
                               .changes = all ? 0 : *since,
                               .by_change = !all};
    enum statement which = all ? PG_MEMBER_EACH : PG_MEMBER_CHANGES;
    enum store_result result = postgres_walk_by_key(store, which, WALK_ROWS, pg_member_row, &walk, &walk.last);
    if (result == STORE_OK)
        *since = walk.changes;
    return result;
}

static enum store_result pg_member_revoke(struct store *store, int64_t number, int64_t when)
{
    struct values values = {0};
    values_number(&values, number);
    values_number(&values, when);
    return count_change(store, postgres_run(store, PG_MEMBER_REVOKE, &values));
}

static enum store_result pg_member_erase(struct store *store, int64_t number,
                                         const uint8_t kid_hash[static SHA256_BYTES])
{
    struct values values = {0};
    values_number(&values, number);
    values_bytes(&values, kid_hash, SHA256_BYTES);
    return count_change(store, postgres_run(store, PG_MEMBER_ERASE, &values));
}

/* Invitations. */

static struct values hash_of(const uint8_t *hash)
{
    struct values values = {0};
    values_bytes(&values, hash, SHA256_BYTES);
    return values;
}

static enum store_result pg_invitation_add(struct store *store, int64_t number, const uint8_t hash[static SHA256_BYTES])
{
    struct values values = hash_of(hash);
    values_number(&values, number);
    return postgres_hold(store, PG_INVITATION_ADD, &values);
}

/* Columns 0 and 1: state, member. */
static enum store_result read_invitation(struct store *store, const PGresult *rows, int row,
                                         struct store_invitation *out)
{
    int64_t state = row_number(rows, row, 0);
    if (state < INVITATION_UNUSED || state > INVITATION_WITHDRAWN)
        return postgres_fail(postgres_of(store), ERROR_DAMAGED,
                             T("an invitation's state is none", "een uitnodiging is in geen bekende stand"));
    *out = (struct store_invitation){.state = (enum invitation_state)state, .member = row_number(rows, row, 1)};
    return STORE_OK;
}

static enum store_result pg_invitation_find(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                            struct store_invitation *out)
{
    const struct foreseen *foreseen = &postgres_of(store)->foreseen;
    const struct seen_invitation *seen = foreseen_invitation(foreseen, hash);
    struct values values = hash_of(hash);
    switch (seen ? seen->sight : SIGHT_UNKNOWN) {
    case SIGHT_NONE:
        return STORE_NONE;
    case SIGHT_ROW:
        return read_invitation(store, foreseen->invitation_rows, seen->row, out);
    case SIGHT_UNKNOWN:
    case SIGHT_WRITTEN:
        break;
    }
    PGresult *rows = postgres_ask(store, PG_INVITATION_FIND, &values);
    if (!rows)
        return STORE_FAILED;
    enum store_result result = PQntuples(rows) > 0 ? read_invitation(store, rows, 0, out) : STORE_NONE;
    PQclear(rows);
    return result;
}

/* One that was foreseen and is not there is known not to be. */
static enum store_result pg_invitation_mark(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                            const struct store_invitation *now)
{
    struct seen_invitation *seen = foreseen_invitation(&postgres_of(store)->foreseen, hash);
    struct values values = hash_of(hash);
    values_number(&values, now->state);
    values_number(&values, now->member);
    if (!seen)
        return postgres_run(store, PG_INVITATION_MARK, &values);
    if (seen->sight == SIGHT_NONE)
        return STORE_NONE;
    seen->sight = SIGHT_WRITTEN;
    return postgres_hold(store, PG_INVITATION_MARK, &values);
}

static enum store_result pg_invitation_count(struct store *store, struct invitation_counts *out)
{
    PGresult *rows = postgres_ask(store, PG_INVITATION_COUNT, NULL);
    if (!rows)
        return STORE_FAILED;
    *out = (struct invitation_counts){
        .unused = row_number(rows, 0, 0), .used = row_number(rows, 0, 1), .withdrawn = row_number(rows, 0, 2)};
    PQclear(rows);
    return STORE_OK;
}

static int pg_invitation_row(struct store *store, const PGresult *rows, int row, void *context)
{
    struct keyed_walk *walk = context;
    int64_t number = row_number(rows, row, 0), state = row_number(rows, row, 2);
    walk->last = number;
    if (row_len(rows, row, 1) != SHA256_BYTES || state < INVITATION_UNUSED || state > INVITATION_WITHDRAWN) {
        (void)postgres_fail(postgres_of(store), ERROR_DAMAGED,
                            T("an invitation can't be read", "een uitnodiging is onleesbaar"));
        return -1;
    }
    struct store_invitation invitation = {.state = (enum invitation_state)state, .member = row_number(rows, row, 3)};
    return walk->visit.each.on_invitation(walk->visit.context, number, (const uint8_t *)row_text(rows, row, 1),
                                          &invitation);
}

static enum store_result pg_invitation_each(struct store *store, store_invitation_fn *each, void *context)
{
    struct keyed_walk walk = {.visit = {.each.on_invitation = each, .context = context}, .last = INT64_MIN};
    return postgres_walk_by_key(store, PG_INVITATION_EACH, WALK_ROWS, pg_invitation_row, &walk, &walk.last);
}

void postgres_add_member_verbs(struct store_ops *ops)
{
    ops->member_add = pg_member_add;
    ops->member_changes = pg_member_changes;
    ops->member_read = pg_member_read;
    ops->member_revoke = pg_member_revoke;
    ops->member_erase = pg_member_erase;
    ops->invitation_add = pg_invitation_add;
    ops->invitation_find = pg_invitation_find;
    ops->invitation_mark = pg_invitation_mark;
    ops->invitation_count = pg_invitation_count;
    ops->invitation_each = pg_invitation_each;
}
