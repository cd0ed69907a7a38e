/* What a batch will read, asked in one go with the lane and the head: one round trip, however many responses. The head
 * is as the transaction found it, and so asked for once. */
#include "base/buf.h"
#include "base/lang.h"
#include "collector/store/postgres/arrays.h"
#include "collector/store/postgres/head.h"
#include "collector/store/postgres/verbs.h"
#include <string.h>

struct arrays {
    struct buf places, revisions, counts, hashes;
};

static void init_arrays(struct arrays *arrays)
{
    buf_init(&arrays->places, ARRAY_MAX);
    buf_init(&arrays->revisions, ARRAY_MAX);
    buf_init(&arrays->counts, ARRAY_MAX);
    buf_init(&arrays->hashes, ARRAY_MAX);
}

static void free_arrays(struct arrays *arrays)
{
    buf_free(&arrays->places);
    buf_free(&arrays->revisions);
    buf_free(&arrays->counts);
    buf_free(&arrays->hashes);
}

static size_t count_that_fit(const struct store_key *keys, size_t count)
{
    size_t fit = 0;
    int64_t place;
    for (size_t i = 0; i < count; i++)
        fit += key_pack(keys[i].round, keys[i].member, keys[i].action, &place) == 0;
    return fit;
}

static void put_currents(struct arrays *arrays, const struct store_wanted *wanted)
{
    size_t fit = count_that_fit(wanted->currents, wanted->current_count);
    array_begin(&arrays->places, TYPE_NUMBERS, fit);
    array_begin(&arrays->revisions, TYPE_NUMBERS, fit);
    for (size_t i = 0; i < wanted->current_count; i++) {
        const struct store_key *key = &wanted->currents[i];
        int64_t place;
        if (key_pack(key->round, key->member, key->action, &place) < 0)
            continue;
        array_put_number(&arrays->places, place);
        array_put_number(&arrays->revisions, key->revision);
    }
}

static void put_counts(struct arrays *arrays, const struct store_wanted *wanted)
{
    size_t fit = 0;
    int64_t place;
    for (size_t i = 0; i < wanted->counts_count; i++)
        fit += key_pack(0, wanted->counts[i].round, wanted->counts[i].action, &place) == 0;
    array_begin(&arrays->counts, TYPE_NUMBERS, fit);
    for (size_t i = 0; i < wanted->counts_count; i++)
        if (key_pack(0, wanted->counts[i].round, wanted->counts[i].action, &place) == 0)
            array_put_number(&arrays->counts, place);
}

static void put_hashes(struct arrays *arrays, const struct foreseen *foreseen)
{
    array_begin(&arrays->hashes, TYPE_BYTE_STRINGS, foreseen->invitation_count);
    for (size_t i = 0; i < foreseen->invitation_count; i++)
        array_put_bytes(&arrays->hashes, foreseen->invitations[i].hash, SHA256_BYTES);
}

static int compose_arrays(struct arrays *arrays, const struct store_wanted *wanted, const struct foreseen *foreseen)
{
    put_currents(arrays, wanted);
    put_counts(arrays, wanted);
    put_hashes(arrays, foreseen);
    return buf_check(&arrays->places) < 0 || buf_check(&arrays->revisions) < 0 || buf_check(&arrays->counts) < 0 ||
                   buf_check(&arrays->hashes) < 0
               ? -1
               : 0;
}

static int send_questions(struct store_postgres *p, const struct arrays *arrays)
{
    struct values currents = {0}, counts = {0}, hashes = {0};
    values_bytes(&currents, arrays->places.data, arrays->places.len);
    values_bytes(&currents, arrays->revisions.data, arrays->revisions.len);
    values_bytes(&counts, arrays->counts.data, arrays->counts.len);
    values_bytes(&hashes, arrays->hashes.data, arrays->hashes.len);
    return (!p->head_is_known && postgres_send(p, PG_HEAD, NULL) < 0) ||
                   postgres_send(p, PG_CURRENT_FORESEE, &currents) < 0 ||
                   postgres_send(p, PG_COUNTS_FORESEE, &counts) < 0 ||
                   postgres_send(p, PG_INVITATION_FORESEE, &hashes) < 0
               ? -1
               : 0;
}

/* Where the counters lie is noted; their numbers are read by who asks for them. */
static int pg_take_counts(struct store_postgres *p)
{
    const PGresult *rows = p->foreseen.counts_rows;
    for (int row = 0; row < PQntuples(rows); row++)
        if (placed_note(&p->placed, row_number(rows, row, 2), row_number(rows, row, 1)) < 0)
            return error_no_memory(&p->store.error);
    return 0;
}

static int pg_take_answers(struct store_postgres *p, PGresult *const rows[4])
{
    struct foreseen *foreseen = &p->foreseen;
    foreseen->current_rows = rows[1];
    foreseen->counts_rows = rows[2];
    foreseen->invitation_rows = rows[3];
    int known = rows[0] ? postgres_take_head(p, rows[0]) : 0;
    PQclear(rows[0]);
    if (known < 0)
        return -1;
    for (int row = 0; row < PQntuples(rows[1]); row++) {
        struct seen_current *seen = foreseen_current(foreseen, row_number(rows[1], row, 4));
        if (seen)
            *seen = (struct seen_current){.place = seen->place, .sight = SIGHT_ROW, .row = row};
    }
    for (int row = 0; row < PQntuples(rows[3]); row++) {
        struct seen_invitation *seen = foreseen_invitation(foreseen, (const uint8_t *)row_text(rows[3], row, 2));
        if (seen) {
            seen->sight = SIGHT_ROW;
            seen->row = row;
        }
    }
    return pg_take_counts(p);
}

static enum store_result pg_foresee(struct store *store, const struct store_wanted *wanted)
{
    struct store_postgres *p = postgres_of(store);
    struct arrays arrays;
    PGresult *rows[4] = {NULL};
    size_t skipped = p->head_is_known ? 1 : 0;
    enum store_result result = STORE_FAILED;
    if (p->within != WITHIN_WRITING)
        return STORE_OK; /* a hint */
    init_arrays(&arrays);
    if (foreseen_want(&p->foreseen, wanted) < 0 || compose_arrays(&arrays, wanted, &p->foreseen) < 0)
        error_no_memory(&store->error);
    else if (send_questions(p, &arrays) == 0 && postgres_collect(p, rows + skipped, 4 - skipped) == 0 &&
             pg_take_answers(p, rows) == 0)
        result = STORE_OK;
    free_arrays(&arrays);
    return result;
}

void postgres_add_batch_verbs(struct store_ops *ops)
{
    ops->foresee = pg_foresee;
}
