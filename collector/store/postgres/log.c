/* The store in PostgreSQL: the log, its tree and its key. */
#include "base/lang.h"
#include "collector/store/postgres/arrays.h"
#include "collector/store/postgres/head.h"
#include "collector/store/postgres/verbs.h"
#include <string.h>

static struct values numbers_of(int64_t first, int64_t second)
{
    struct values values = {0};
    values_number(&values, first);
    values_number(&values, second);
    return values;
}

static struct values number_of(int64_t number)
{
    struct values values = {0};
    values_number(&values, number);
    return values;
}

/* The log. */

/* The primary key keeps two from having one index; that none is left out is seen to here, by who has the lane. */
static enum store_result check_next(struct store_postgres *p, int64_t index)
{
    if (!p->has_lane)
        return STORE_OK;
    if (postgres_know_head(p) < 0)
        return STORE_FAILED;
    if (index != p->head.entries)
        return postgres_fail(p, ERROR_REFUSED,
                             T("an entry is to be appended elsewhere than at the end of the log",
                               "een regel zou elders dan aan het eind van het logboek komen"));
    p->head.entries++;
    return STORE_OK;
}

static enum store_result pg_entry_append(struct store *store, int64_t index, const char *jws, size_t len)
{
    struct values values = number_of(index);
    if (check_next(postgres_of(store), index) != STORE_OK)
        return STORE_FAILED;
    values_bytes(&values, jws, len);
    return postgres_hold(store, PG_ENTRY_APPEND, &values);
}

/* What was foreseen with the current response that was read last: its entry, where the same revision came again. */
static bool find_foreseen(const struct store_postgres *p, int64_t index, struct buf *out)
{
    const PGresult *rows = p->foreseen.current_rows;
    int row = p->foreseen.last_row;
    if (!rows || row < 0 || row_number(rows, row, 1) != index || row_len(rows, row, 5) == 0)
        return false;
    buf_put(out, row_text(rows, row, 5), row_len(rows, row, 5));
    return true;
}

static enum store_result pg_entry_read(struct store *store, int64_t index, struct buf *out)
{
    struct values values = number_of(index);
    size_t before = out->len;
    if (find_foreseen(postgres_of(store), index, out))
        return buf_check(out) == 0 ? STORE_OK
                                   : postgres_tell_unfit(postgres_of(store), out,
                                                         row_len(postgres_of(store)->foreseen.current_rows,
                                                                 postgres_of(store)->foreseen.last_row, 5));
    enum store_result result = postgres_read_bytes(store, postgres_ask(store, PG_ENTRY_READ, &values), out);
    return result == STORE_OK && out->len == before ? STORE_ERASED : result;
}

static enum store_result pg_entry_count(struct store *store, int64_t *count)
{
    return postgres_read_number(store, postgres_ask(store, PG_ENTRY_COUNT, NULL), count);
}

static enum store_result pg_entry_erase(struct store *store, int64_t index)
{
    struct values values = number_of(index);
    foreseen_forget(&postgres_of(store)->foreseen);
    return postgres_hold(store, PG_ENTRY_ERASE, &values);
}

#define FIRST_ROWS 64 /* of a walk that may be stopped after a few; each next look is for twice as many */

struct entry_walk {
    struct visit visit;
    int64_t next;
};

static int pg_entry_row(struct store *store, const PGresult *rows, int row, void *context)
{
    (void)store;
    struct entry_walk *walk = context;
    int64_t index = row_number(rows, row, 0);
    walk->next = index + 1;
    return walk->visit.each.on_entry(walk->visit.context, index, row_text(rows, row, 1), row_len(rows, row, 1));
}

static enum store_result pg_entry_range(struct store *store, int64_t first, int64_t count, store_entry_fn *each,
                                        void *context)
{
    struct entry_walk walk = {.visit = {.each.on_entry = each, .context = context}, .next = first};
    enum store_result result = STORE_OK;
    int64_t end, at, rows = FIRST_ROWS;
    if (__builtin_add_overflow(first, count, &end))
        end = INT64_MAX;
    do {
        at = walk.next;
        struct values values = numbers_of(at, end);
        values_number(&values, rows);
        rows = rows < WALK_ROWS ? 2 * rows : rows;
        result = postgres_walk(store, postgres_ask(store, PG_ENTRY_RANGE, &values), pg_entry_row, &walk);
    } while (result == STORE_OK && walk.next > at && walk.next < end);
    return result;
}

#define ENTRIES_AT_ONCE 256 /* that are asked for by their indexes: some 8 MB of the longest */

/* The row of that index among rows that ascend by column 0; -1: there is none. */
static int find_row(const PGresult *rows, int64_t index)
{
    int low = 0, high = PQntuples(rows);
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (row_number(rows, middle, 0) < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < PQntuples(rows) && row_number(rows, low, 0) == index ? low : -1;
}

static enum store_result pg_hand_out(struct store *store, const PGresult *rows, const int64_t *indexes, size_t count,
                                     const struct visit *visit)
{
    for (size_t i = 0; i < count; i++) {
        int row = find_row(rows, indexes[i]);
        if (row < 0)
            return postgres_fail(postgres_of(store), ERROR_DAMAGED,
                                 T("an entry is missing from the log; run `audit`",
                                   "er ontbreekt een regel in het logboek; voer `audit` uit"));
        store->error = (struct error){.kind = ERROR_NONE};
        if (visit->each.on_entry(visit->context, indexes[i], row_text(rows, row, 1), row_len(rows, row, 1)) != 0)
            return STORE_FAILED;
    }
    return STORE_OK;
}

PGresult *postgres_ask_numbered(struct store *store, enum statement which, const int64_t *indexes, size_t count)
{
    struct values values = {0};
    struct buf array;
    PGresult *rows = NULL;
    buf_init(&array, ARRAY_MAX);
    array_begin(&array, TYPE_NUMBERS, count);
    for (size_t i = 0; i < count; i++)
        array_put_number(&array, indexes[i]);
    values_bytes(&values, array.data, array.len);
    if (buf_check(&array) < 0)
        error_no_memory(&store->error);
    else
        rows = postgres_ask(store, which, &values);
    buf_free(&array);
    return rows;
}

/* In the order asked, which need not be the log's. */
static enum store_result pg_entry_each(struct store *store, const int64_t *indexes, size_t count, store_entry_fn *each,
                                       void *context)
{
    const struct visit visit = {.each.on_entry = each, .context = context};
    enum store_result result = STORE_OK;
    for (size_t done = 0; done < count && result == STORE_OK; done += ENTRIES_AT_ONCE) {
        size_t some = count - done < ENTRIES_AT_ONCE ? count - done : ENTRIES_AT_ONCE;
        PGresult *rows = postgres_ask_numbered(store, PG_ENTRY_EACH, indexes + done, some);
        result = rows ? pg_hand_out(store, rows, indexes + done, some, &visit) : STORE_FAILED;
        PQclear(rows);
    }
    return result;
}

/* The tree. */

static enum store_result take_tile(struct store *store, const PGresult *rows, struct merkle_hash *hashes,
                                   unsigned *width)
{
    if (PQntuples(rows) == 0)
        return STORE_NONE;
    size_t len = row_len(rows, 0, 0);
    if (len % sizeof *hashes != 0 || len == 0 || len > TILE_WIDTH * sizeof *hashes)
        return postgres_fail(postgres_of(store), ERROR_DAMAGED,
                             T("a tile of the log is damaged", "een tegel van het logboek is beschadigd"));
    memcpy(hashes, row_text(rows, 0, 0), len);
    *width = (unsigned)(len / sizeof *hashes);
    return STORE_OK;
}

static enum store_result pg_tile_read(struct store *store, unsigned level, uint64_t index,
                                      struct merkle_hash hashes[static TILE_WIDTH], unsigned *width)
{
    struct last_tile *last = &postgres_of(store)->placed.tiles[level];
    struct values values = number_of(key_of_tile(level, index));
    PGresult *rows = postgres_ask(store, PG_TILE_READ, &values);
    unsigned found = 0;
    enum store_result result = rows ? take_tile(store, rows, hashes, &found) : STORE_FAILED;
    PQclear(rows);
    if (result != STORE_OK)
        return result;
    *width = found;
    if ((int64_t)index >= last->index)
        *last = (struct last_tile){(int64_t)index, found};
    return STORE_OK;
}

/* The width that the tile has now, 0 for none. One beyond the last has none yet. */
static int find_width(struct store *store, unsigned level, uint64_t index, unsigned *width)
{
    const struct last_tile *last = &postgres_of(store)->placed.tiles[level];
    struct merkle_hash hashes[TILE_WIDTH];
    *width = (int64_t)index == last->index ? last->width : 0;
    if (last->index >= 0 && (int64_t)index >= last->index)
        return 0;
    return pg_tile_read(store, level, index, hashes, width) == STORE_FAILED ? -1 : 0;
}

static enum store_result pg_tile_write(struct store *store, unsigned level, uint64_t index,
                                       const struct merkle_hash *hashes, unsigned width)
{
    unsigned before = 0;
    if (find_width(store, level, index, &before) < 0)
        return STORE_FAILED;
    struct values old = numbers_of(key_of_tile(level, index), before),
                  new = numbers_of(key_of_tile(level, index), width);
    values_bytes(&new, hashes, width * sizeof *hashes);
    if (before != 0 && before != width && postgres_hold(store, PG_TILE_REMOVE, &old) == STORE_FAILED)
        return STORE_FAILED;
    struct last_tile *last = &postgres_of(store)->placed.tiles[level];
    if ((int64_t)index >= last->index)
        *last = (struct last_tile){(int64_t)index, width};
    return postgres_hold(store, PG_TILE_ADD, &new);
}

static enum store_result pg_log_key_write(struct store *store, const char *verifier)
{
    struct values values = {0};
    values_text(&values, verifier);
    return postgres_run(store, PG_LOG_KEY_WRITE, &values);
}

static enum store_result pg_log_key_read(struct store *store, struct buf *verifier)
{
    return postgres_read_bytes(store, postgres_ask(store, PG_LOG_KEY_READ, NULL), verifier);
}

void postgres_add_log_verbs(struct store_ops *ops)
{
    ops->entry_append = pg_entry_append;
    ops->entry_read = pg_entry_read;
    ops->entry_count = pg_entry_count;
    ops->entry_range = pg_entry_range;
    ops->entry_each = pg_entry_each;
    ops->entry_erase = pg_entry_erase;
    ops->tile_write = pg_tile_write;
    ops->tile_read = pg_tile_read;
    ops->log_key_write = pg_log_key_write;
    ops->log_key_read = pg_log_key_read;
}
