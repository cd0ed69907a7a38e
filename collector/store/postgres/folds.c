/* The store in PostgreSQL: the folds over the log that every response touches, current responses and counters. */
#include "base/lang.h"
#include "base/mem.h"
#include "collector/store/postgres/head.h"
#include "collector/store/postgres/verbs.h"
#include <string.h>

/* STORE_FAILED: more rounds, members or actions than a key has room for. */
static enum store_result pack_place(struct store *store, int64_t round, int64_t member, int64_t action, int64_t *place)
{
    if (key_pack(round, member, action, place) == 0)
        return STORE_OK;
    return postgres_fail(postgres_of(store), ERROR_REFUSED,
                         T("a round's, member's or action's number is out of range",
                           "het nummer van een ronde, een panellid of een actie is te groot"));
}

/* The keys of all of some members' in a round. */
static enum store_result pg_pack_range(struct store *store, int64_t round, int64_t from, int64_t to, int64_t range[2])
{
    enum store_result result = pack_place(store, round, from, 0, &range[0]);
    return result == STORE_OK ? pack_place(store, round, to, MASK(ACTION_BITS), &range[1]) : result;
}

/* Current responses. */

/* Columns 0 to 3: revision, idx, replaced, slots. */
static int read_current_row(struct store_postgres *p, const PGresult *rows, int row, struct store_current *out)
{
    struct store_current current = {
        .revision = row_number(rows, row, 0), .index = row_number(rows, row, 1), .replaced = row_number(rows, row, 2)};
    if (slots_reserve(&p->slots, row_len(rows, row, 3)) < 0) {
        (void)postgres_fail(p, ERROR_MEMORY, T("out of memory", "te weinig geheugen"));
        return -1;
    }
    if (slots_unpack(&p->slots, (const uint8_t *)row_text(rows, row, 3), row_len(rows, row, 3)) < 0) {
        (void)postgres_fail(
            p, ERROR_DAMAGED,
            T("a current response's counters can't be read", "de tellers van een huidige reactie zijn onleesbaar"));
        return -1;
    }
    current.slots = p->slots.list;
    current.slot_count = p->slots.count;
    *out = current;
    return 0;
}

static enum store_result ask_current(struct store *store, int64_t place, struct store_current *out)
{
    struct values values = {0};
    values_number(&values, place);
    PGresult *rows = postgres_ask(store, PG_CURRENT_READ, &values);
    if (!rows)
        return STORE_FAILED;
    enum store_result result = PQntuples(rows) > 0 ? STORE_OK : STORE_NONE;
    if (result == STORE_OK && read_current_row(postgres_of(store), rows, 0, out) < 0)
        result = STORE_FAILED;
    PQclear(rows);
    return result;
}

static enum store_result pg_current_read(struct store *store, int64_t round, int64_t member, int64_t action,
                                         struct store_current *out)
{
    struct store_postgres *p = postgres_of(store);
    int64_t place = 0;
    if (pack_place(store, round, member, action, &place) != STORE_OK)
        return STORE_FAILED;
    const struct seen_current *seen = foreseen_current(&p->foreseen, place);
    p->foreseen.last_row = -1;
    switch (seen ? seen->sight : SIGHT_UNKNOWN) {
    case SIGHT_NONE:
        return STORE_NONE;
    case SIGHT_ROW:
        p->foreseen.last_row = seen->row;
        return read_current_row(p, p->foreseen.current_rows, seen->row, out) == 0 ? STORE_OK : STORE_FAILED;
    case SIGHT_UNKNOWN:
    case SIGHT_WRITTEN:
        break;
    }
    return ask_current(store, place, out);
}

/* `hold`: whether there is one already is known. */
static enum store_result pg_write_current(struct store *store, enum statement which, bool hold, int64_t place,
                                          const struct store_current *current)
{
    struct values values = {0};
    uint8_t small[256];
    size_t most = current->slot_count * SLOT_BYTES;
    uint8_t *packed = most <= sizeof small ? small : mem_alloc(most);
    if (!packed)
        return postgres_fail(postgres_of(store), ERROR_MEMORY, T("out of memory", "te weinig geheugen"));
    values_number(&values, place);
    values_number(&values, current->revision);
    values_number(&values, current->index);
    values_number(&values, current->replaced);
    values_bytes(&values, packed, slots_pack(current->slots, current->slot_count, packed));
    enum store_result result = hold ? postgres_hold(store, which, &values) : postgres_run(store, which, &values);
    if (packed != small)
        mem_free(packed);
    return result;
}

static enum store_result pg_current_add(struct store *store, int64_t round, int64_t member, int64_t action,
                                        const struct store_current *current)
{
    int64_t place = 0;
    if (pack_place(store, round, member, action, &place) != STORE_OK)
        return STORE_FAILED;
    struct seen_current *seen = foreseen_current(&postgres_of(store)->foreseen, place);
    if (!seen)
        return pg_write_current(store, PG_CURRENT_ADD, false, place, current);
    if (seen->sight != SIGHT_NONE)
        return STORE_NONE;
    seen->sight = SIGHT_WRITTEN;
    return pg_write_current(store, PG_CURRENT_ADD, true, place, current);
}

static enum store_result pg_current_write(struct store *store, int64_t round, int64_t member, int64_t action,
                                          const struct store_current *current)
{
    int64_t place = 0;
    if (pack_place(store, round, member, action, &place) != STORE_OK)
        return STORE_FAILED;
    struct seen_current *seen = foreseen_current(&postgres_of(store)->foreseen, place);
    if (seen)
        seen->sight = SIGHT_WRITTEN;
    return pg_write_current(store, PG_CURRENT_WRITE, true, place, current);
}

struct current_walk {
    struct visit visit;
    int64_t next;
};

static int pg_current_row(struct store *store, const PGresult *rows, int row, void *context)
{
    struct current_walk *walk = context;
    struct store_current current;
    int64_t place = row_number(rows, row, 4);
    walk->next = place + 1;
    if (read_current_row(postgres_of(store), rows, row, &current) < 0)
        return -1;
    return walk->visit.each.on_current(walk->visit.context, place >> ACTION_BITS & MASK(MEMBER_BITS),
                                       place & MASK(ACTION_BITS), &current);
}

static enum store_result walk_currents(struct store *store, const int64_t range[2], store_current_fn *each,
                                       void *context)
{
    struct current_walk walk = {.visit = {.each.on_current = each, .context = context}, .next = range[0]};
    enum store_result result;
    int64_t at;
    do {
        struct values values = {0};
        at = walk.next;
        values_number(&values, at);
        values_number(&values, range[1]);
        values_number(&values, WALK_ROWS);
        result = postgres_walk(store, postgres_ask(store, PG_CURRENT_EACH, &values), pg_current_row, &walk);
    } while (result == STORE_OK && walk.next > at);
    return result;
}

static enum store_result pg_current_each(struct store *store, int64_t round, store_current_fn *each, void *context)
{
    int64_t range[2] = {0, 0};
    if (pg_pack_range(store, round, 0, MASK(MEMBER_BITS), range) != STORE_OK)
        return STORE_FAILED;
    return walk_currents(store, range, each, context);
}

static enum store_result pg_current_each_of(struct store *store, int64_t round, int64_t member, store_current_fn *each,
                                            void *context)
{
    int64_t range[2] = {0, 0};
    if (pg_pack_range(store, round, member, member, range) != STORE_OK)
        return STORE_FAILED;
    return walk_currents(store, range, each, context);
}

static enum store_result pg_current_forget(struct store *store, int64_t round, int64_t member)
{
    int64_t range[2] = {0, 0};
    struct values values = {0};
    if (pg_pack_range(store, round, member, member, range) != STORE_OK)
        return STORE_FAILED;
    foreseen_forget(&postgres_of(store)->foreseen);
    values_number(&values, range[0]);
    values_number(&values, range[1]);
    return postgres_run(store, PG_CURRENT_FORGET, &values) == STORE_FAILED ? STORE_FAILED : STORE_OK;
}

static enum store_result pg_current_erase(struct store *store, int64_t round, int64_t member, int64_t action)
{
    struct values values = {0};
    int64_t place = 0;
    if (pack_place(store, round, member, action, &place) != STORE_OK)
        return STORE_FAILED;
    struct seen_current *seen = foreseen_current(&postgres_of(store)->foreseen, place);
    if (seen)
        seen->sight = SIGHT_WRITTEN;
    values_number(&values, place);
    return postgres_hold(store, PG_CURRENT_ERASE, &values);
}

/* Counters: an array of little-endian 64-bit numbers, as in the embedded store. */

static enum store_result pg_take_told_counts(struct store *store, const PGresult *rows, int row, int64_t *counts,
                                             size_t slots)
{
    if (row_len(rows, row, 0) != slots * sizeof *counts)
        return postgres_fail(postgres_of(store), ERROR_DAMAGED,
                             T("the counters of an action are not those of its questionnaire",
                               "de tellers van een actie zijn niet die van haar vragenlijst"));
    memcpy(counts, row_text(rows, row, 0), slots * sizeof *counts);
    return STORE_OK;
}

static enum store_result ask_counts(struct store *store, int64_t place, int64_t *counts, size_t slots)
{
    struct values values = {0};
    values_number(&values, place);
    PGresult *rows = postgres_ask(store, PG_COUNTS_READ, &values);
    if (!rows)
        return STORE_FAILED;
    enum store_result result = PQntuples(rows) > 0 ? pg_take_told_counts(store, rows, 0, counts, slots) : STORE_NONE;
    if (result == STORE_OK && placed_note(&postgres_of(store)->placed, place, row_number(rows, 0, 1)) < 0)
        result = postgres_fail(postgres_of(store), ERROR_MEMORY, T("out of memory", "te weinig geheugen"));
    PQclear(rows);
    return result;
}

/* The row of a place among the counters that were foreseen, which ascend by it; -1: none. */
static int pg_find_counts(const struct foreseen *foreseen, int64_t place)
{
    int first = 0, last = foreseen->counts_rows ? PQntuples(foreseen->counts_rows) - 1 : -1;
    while (first <= last) {
        int middle = first + (last - first) / 2;
        int64_t found = row_number(foreseen->counts_rows, middle, 2);
        if (found == place)
            return middle;
        if (found < place)
            first = middle + 1;
        else
            last = middle - 1;
    }
    return -1;
}

static enum store_result pg_counts_read(struct store *store, int64_t round, int64_t action, int64_t *counts,
                                        size_t slots)
{
    int64_t place = 0;
    if (pack_place(store, 0, round, action, &place) != STORE_OK)
        return STORE_FAILED;
    const struct foreseen *foreseen = &postgres_of(store)->foreseen;
    int row = pg_find_counts(foreseen, place);
    return row >= 0 ? pg_take_told_counts(store, foreseen->counts_rows, row, counts, slots)
                    : ask_counts(store, place, counts, slots);
}

static void forget_foreseen_counts(struct foreseen *foreseen)
{
    PQclear(foreseen->counts_rows);
    foreseen->counts_rows = NULL;
}

/* Where they lie now: -1 for nowhere, -2 after a failure. */
static int64_t find_size(struct store *store, int64_t place)
{
    int64_t size = placed_size(&postgres_of(store)->placed, place);
    struct values values = {0};
    if (size >= 0)
        return size;
    values_number(&values, place);
    PGresult *rows = postgres_ask(store, PG_COUNTS_READ, &values);
    if (!rows)
        return -2;
    size = PQntuples(rows) > 0 ? row_number(rows, 0, 1) : -1;
    PQclear(rows);
    return size;
}

/* Under the size that the log has now; those under an older one go. */
static enum store_result pg_counts_write(struct store *store, int64_t round, int64_t action, const int64_t *counts,
                                         size_t slots)
{
    _Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "counters are stored as they lie in memory");
    struct store_postgres *p = postgres_of(store);
    struct values old = {0}, new = {0};
    int64_t place = 0;
    if (pack_place(store, 0, round, action, &place) != STORE_OK || postgres_know_head(p) < 0)
        return STORE_FAILED;
    int64_t before = find_size(store, place), size = p->head.entries;
    p->head_is_known = p->head_is_known && p->within != WITHIN_NOTHING;
    if (before == -2)
        return STORE_FAILED;
    forget_foreseen_counts(&p->foreseen);
    values_number(&old, place);
    values_number(&old, before);
    values_number(&new, place);
    values_number(&new, size);
    values_bytes(&new, counts, slots * sizeof *counts);
    if (before >= 0 && before != size && postgres_hold(store, PG_COUNTS_REMOVE, &old) == STORE_FAILED)
        return STORE_FAILED;
    if (placed_note(&p->placed, place, size) < 0)
        return postgres_fail(p, ERROR_MEMORY, T("out of memory", "te weinig geheugen"));
    return postgres_hold(store, PG_COUNTS_ADD, &new);
}

static int pg_counted_row(struct store *store, const PGresult *rows, int row, void *context)
{
    (void)store;
    const struct visit *visit = context;
    int64_t place = row_number(rows, row, 0);
    return visit->each.on_counted(visit->context, place >> ACTION_BITS, place & MASK(ACTION_BITS));
}

static enum store_result pg_counts_each(struct store *store, store_counted_fn *each, void *context)
{
    struct visit visit = {.each.on_counted = each, .context = context};
    return postgres_walk(store, postgres_ask(store, PG_COUNTS_EACH, NULL), pg_counted_row, &visit);
}

static int pg_counts_row(struct store *store, const PGresult *rows, int row, void *context)
{
    const struct visit *visit = context;
    size_t slots = row_len(rows, row, 1) / sizeof(int64_t);
    int64_t *counts = mem_calloc(slots + 1, sizeof *counts); /* a row need not lie where integers may */
    if (!counts) {
        (void)postgres_fail(postgres_of(store), ERROR_MEMORY, T("out of memory", "te weinig geheugen"));
        return -1;
    }
    memcpy(counts, row_text(rows, row, 1), slots * sizeof *counts);
    int result = visit->each.on_counts(visit->context, row_number(rows, row, 0) & MASK(ACTION_BITS), counts, slots);
    mem_free(counts);
    return result;
}

static enum store_result pg_counts_each_in(struct store *store, int64_t round, store_counts_fn *each, void *context)
{
    struct visit visit = {.each.on_counts = each, .context = context};
    int64_t range[2] = {0, 0};
    struct values values = {0};
    if (pg_pack_range(store, 0, round, round, range) != STORE_OK)
        return STORE_FAILED;
    values_number(&values, range[0]);
    values_number(&values, range[1]);
    return postgres_walk(store, postgres_ask(store, PG_COUNTS_EACH_IN, &values), pg_counts_row, &visit);
}

void postgres_add_fold_verbs(struct store_ops *ops)
{
    ops->current_read = pg_current_read;
    ops->current_add = pg_current_add;
    ops->current_write = pg_current_write;
    ops->current_each = pg_current_each;
    ops->current_each_of = pg_current_each_of;
    ops->current_forget = pg_current_forget;
    ops->current_erase = pg_current_erase;
    ops->counts_read = pg_counts_read;
    ops->counts_write = pg_counts_write;
    ops->counts_each = pg_counts_each;
    ops->counts_each_in = pg_counts_each_in;
}
