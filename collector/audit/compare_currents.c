/* Current responses: the store's are walked round by round, and ours come in the same order, but for the actions of one
 * member, of which the store's are gathered first. So neither is ever looked up. */
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/audit/comparison.h"
#include <string.h>

/* A row of the store. */
struct row {
    int64_t action; /* ours */
    int64_t revision, index, replaced;
    size_t first, count; /* its slots in the pool */
    bool is_seen;
};

/* The store's rows of one member in the round at hand. */
struct gathered {
    struct comparison *c;
    int64_t round, member; /* ours; member 0: nobody's */
    struct row *rows;
    size_t count, capacity;
    uint16_t *pool;
    size_t pool_count, pool_capacity;
    uint32_t *row_of; /* by our number of an action, its row + 1 */
    struct fold_current ahead; /* the next of ours, where has_ahead */
    bool has_ahead, is_at_end;
};

/* All numbers are ours. */
static void current_differs(const struct comparison *c, int64_t round, int64_t member, int64_t action, int64_t index)
{
    char kid[KID_SIZE];
    comparison_name_member(c, member, kid);
    if (!replay_has_failed(c->replay))
        findings_add(
            c->findings,
            T("current response of member %s to action %s in round %s (entry %lld): not what the log says",
              "huidige reactie van panellid %s op actie %s in ronde %s (regel %lld): niet wat het logboek zegt"),
            kid, comparison_action_name(c, action), comparison_round_name(c, round), (long long)index);
}

/* Ours. */

/* Whether the next of ours is of this member in the round at hand, or of one before them. -1: it failed. */
static int peek_at_member(struct gathered *g, int64_t member)
{
    struct comparison *c = g->c;
    if (!g->has_ahead && !g->is_at_end) {
        int found = c->currents.next(c->currents.context, &g->ahead, c->error);
        if (found < 0) {
            c->is_told = true;
            return -1;
        }
        g->has_ahead = found > 0;
        g->is_at_end = found == 0;
    }
    return g->has_ahead && (g->ahead.round < g->round || (g->ahead.round == g->round && g->ahead.member <= member));
}

static bool same_current(const struct gathered *g, const struct row *row)
{
    const struct fold_current *ours = &g->ahead;
    return ours->revision == row->revision && ours->index == row->index && ours->replaced == row->replaced &&
           ours->slot_count == row->count &&
           memcmp(ours->slots, g->pool + row->first, row->count * sizeof *ours->slots) == 0;
}

/* The next of ours, against its row among those that are gathered. */
static void compare_ahead(struct gathered *g)
{
    const struct fold_current *ours = &g->ahead;
    bool is_here = ours->round == g->round && ours->member == g->member;
    uint32_t number = is_here ? g->row_of[ours->action] : 0;
    struct row *row = number != 0 ? &g->rows[number - 1] : NULL;
    if (row)
        row->is_seen = true;
    if (!row || !same_current(g, row))
        current_differs(g->c, ours->round, ours->member, ours->action, row ? row->index : ours->index);
    g->has_ahead = false;
}

/* Compares all of ours up to this member, whose rows are gathered, and forgets these. -1: it failed. */
static int settle_rows(struct gathered *g, int64_t member)
{
    int before;
    while ((before = peek_at_member(g, member)) > 0)
        compare_ahead(g);
    for (size_t i = 0; i < g->count; i++) {
        const struct row *row = &g->rows[i];
        if (!row->is_seen && row->index >= 0)
            current_differs(g->c, g->round, g->member, row->action, row->index);
        g->row_of[row->action] = 0;
    }
    g->count = g->pool_count = 0;
    g->member = 0;
    return before;
}

/* The store's. */

static int reserve_row(struct gathered *g, size_t slots)
{
    struct row *rows = list_grow(g->rows, g->count, &g->capacity, sizeof *rows);
    if (!rows)
        return -1;
    g->rows = rows;
    if (g->pool_count + slots <= g->pool_capacity)
        return 0;
    size_t room = 2 * (g->pool_count + slots);
    uint16_t *pool = mem_resize(g->pool, room, sizeof *pool);
    if (!pool)
        return -1;
    g->pool = pool;
    g->pool_capacity = room;
    return 0;
}

static int gather_row(struct gathered *g, int64_t action, const struct store_current *stored)
{
    if (reserve_row(g, stored->slot_count) < 0) {
        g->c->no_memory = true;
        return -1;
    }
    g->rows[g->count++] = (struct row){.action = action,
                                       .revision = stored->revision,
                                       .index = stored->index,
                                       .replaced = stored->replaced,
                                       .first = g->pool_count,
                                       .count = stored->slot_count};
    if (stored->slot_count > 0)
        memcpy(g->pool + g->pool_count, stored->slots, stored->slot_count * sizeof *stored->slots);
    g->pool_count += stored->slot_count;
    g->row_of[action] = (uint32_t)g->count;
    return 0;
}

static int take_current(void *context, int64_t member, int64_t action, const struct store_current *stored)
{
    struct gathered *g = context;
    int64_t ours = comparison_member(g->c, member), its_action = numbers_here(&g->c->actions, action);
    if (replay_has_failed(g->c->replay))
        return -1;
    if (g->round == 0 || ours == 0 || its_action == 0) {
        if (stored->index >= 0)
            current_differs(g->c, g->round, ours, its_action, stored->index);
        return 0;
    }
    if (g->member != 0 && g->member != ours && settle_rows(g, g->member) < 0)
        return -1;
    g->member = ours;
    return gather_row(g, its_action, stored);
}

/* A round of the store, which is ours of that number; 0: the log has none. */
static enum store_result compare_round(struct gathered *g, int64_t theirs, int64_t ours)
{
    g->round = ours;
    enum store_result result = store_current_each(g->c->store, theirs, take_current, g);
    if (result == STORE_OK && ours != 0 && settle_rows(g, g->member != 0 ? g->member : 0) < 0)
        result = STORE_FAILED;
    return result;
}

static int note_last_round(void *context, int64_t number, const char *id)
{
    (void)id;
    /* The walk over rounds is under way on the same handle, so their numbers are kept and walked after it. */
    int64_t *last = context;
    if (number > *last)
        *last = number;
    return 0;
}

static enum store_result compare_all_rounds(struct gathered *g)
{
    struct comparison *c = g->c;
    int64_t last = 0;
    enum store_result result = store_round_each(c->store, note_last_round, &last);
    for (int64_t ours = 1; ours <= (int64_t)c->rounds.count && result == STORE_OK; ours++)
        if (numbers_there(&c->rounds, ours) != 0)
            result = compare_round(g, numbers_there(&c->rounds, ours), ours);
    for (int64_t theirs = 1; theirs <= last && result == STORE_OK; theirs++)
        if (numbers_here(&c->rounds, theirs) == 0)
            result = compare_round(g, theirs, 0);
    g->round = INT64_MAX; /* what is left of ours */
    return result == STORE_OK && settle_rows(g, 0) < 0 ? STORE_FAILED : result;
}

enum store_result compare_currents(struct comparison *c)
{
    struct gathered g = {.c = c, .row_of = mem_calloc(c->actions.count + 1, sizeof *g.row_of)};
    if (!g.row_of)
        return comparison_no_memory(c);
    enum store_result result = compare_all_rounds(&g);
    mem_free(g.rows);
    mem_free(g.pool);
    mem_free(g.row_of);
    return result;
}
