/* Reading: entries go from station to station in chunks. They are read; all cores take envelope and claims apart, by
 * the law in force so far; in order they are settled; all cores check the signatures; in order they are counted. There
 * is a chunk at every station, and in one turn all of them are worked on at once: what must be in order by the
 * caller's thread, which then helps the others with the rest, so that no core waits for what is done in order. */
#include "collector/audit/audit.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/audit/compare.h"
#include "collector/audit/releases.h"
#include "collector/audit/tree.h"
#include "panel/served.h"
#include <string.h>

#define CHUNK 2048
#define FEW 64

/* What is to be done with a chunk; when it is done it goes on to the next, and from the last to the first. */
enum station { TO_READ, TO_TAKE_APART, TO_SETTLE, TO_CHECK, TO_COUNT, STATIONS };

/* Entries that are worked on together. */
struct chunk {
    struct entry entries[CHUNK];
    size_t count;
    struct law *law; /* by which they are taken apart; held */
};

struct audit {
    struct parallel *parallel;
    struct audit_findings *findings;
    struct replay_setup setup;
    struct replay *replay;
    struct audit_tree *tree;
    struct releases *releases;
    const struct listing *listing;
    size_t listed; /* events of the listing that have been come by */
    struct chunk chunks[STATIONS];
    size_t turn; /* by which follows who is where */
    int64_t next; /* the index of the entry that is read next */
    bool is_read; /* there is none any more */
};

struct audit *audit_new(const struct replay_setup *setup, struct parallel *parallel)
{
    struct audit *audit = mem_calloc(1, sizeof *audit);
    if (!audit)
        return NULL;
    audit->setup = *setup;
    audit->parallel = parallel;
    audit->findings = setup->findings;
    for (size_t c = 0; c < STATIONS; c++)
        for (size_t i = 0; i < CHUNK; i++)
            entry_init(&audit->chunks[c].entries[i]);
    audit->replay = replay_new(setup);
    audit->tree = audit_tree_new(setup->findings);
    if (audit->replay && audit->tree)
        return audit;
    audit_free(audit);
    return NULL;
}

void audit_free(struct audit *audit)
{
    if (!audit)
        return;
    for (size_t c = 0; c < STATIONS; c++) {
        for (size_t i = 0; i < CHUNK; i++)
            entry_free(&audit->chunks[c].entries[i]);
        law_release(audit->chunks[c].law);
    }
    releases_free(audit->releases);
    replay_free(audit->replay);
    audit_tree_free(audit->tree);
    mem_free(audit);
}

/* What must be known beforehand. */

/* Documents that log-upgraded names; what can't be read is told when its turn comes, and *out is then without them. -1:
 * no memory. */
static int fetch_older(const struct audit *audit, const struct listing *listing, struct buf *panel,
                       struct enactment *out)
{
    struct buf actions;
    struct faults faults;
    struct error error = {0};
    faults_init(&faults);
    buf_init(&actions, SERVED_ACTIONS_MAX);
    if (audit->setup.document(audit->setup.context, listing->panel, panel, &error) == STORE_OK &&
        audit->setup.document(audit->setup.context, listing->actions, &actions, &error) == STORE_OK) {
        out->panel = panel_parse(buf_text(panel), panel->len, &faults);
        out->actions = actions_parse_json(buf_text(&actions), actions.len, &error);
        out->definition = panel;
        out->panel_hash = listing->panel;
        out->list_hash = listing->actions;
    }
    bool no_memory = faults.no_memory || error.kind == ERROR_MEMORY;
    buf_free(&actions);
    faults_free(&faults);
    return no_memory ? -1 : 0;
}

/* A copy of what is in force now; its documents have no hash that anybody looks at. */
static int copy_catalogue(const struct catalogue *now, struct enactment *out)
{
    static const uint8_t nothing[SHA256_BYTES];
    struct buf list;
    struct faults faults;
    faults_init(&faults);
    buf_init(&list, SERVED_ACTIONS_MAX);
    action_list_put_json(&list, now->actions);
    out->panel = panel_parse(buf_text(&now->definition), now->definition.len, &faults);
    out->actions = buf_check(&list) == 0 ? actions_parse_json(buf_text(&list), list.len, NULL) : NULL;
    out->definition = &now->definition;
    out->panel_hash = out->list_hash = nothing;
    buf_free(&list);
    faults_free(&faults);
    return out->panel && out->actions ? 0 : -1;
}

static void drop_enactment(struct enactment *enactment)
{
    panel_free(enactment->panel);
    action_list_free(enactment->actions);
    *enactment = (struct enactment){.panel = NULL};
}

static int start_older(struct audit *audit, const struct listing *listing, const struct catalogue *now)
{
    struct enactment older = {.panel = NULL};
    struct buf panel;
    int64_t size = listing->count > 0 ? listing->list[0].index : INT64_MAX;
    buf_init(&panel, PANEL_JSON_MAX);
    int result = listing->is_upgraded ? fetch_older(audit, listing, &panel, &older) : 0;
    if (result == 0 && (!older.panel || !older.actions)) {
        drop_enactment(&older);
        result = copy_catalogue(now, &older);
    }
    if (result < 0)
        drop_enactment(&older);
    else
        result = replay_start_older(audit->replay, size, &older);
    buf_free(&panel);
    return result;
}

int audit_begin(struct audit *audit, const struct listing *listing, const struct catalogue *now, struct error *error)
{
    audit->listing = listing;
    for (size_t i = 0; i < listing->release_count; i++)
        if (audit_tree_expect(audit->tree, &listing->releases[i].head, listing->releases[i].index) < 0)
            return error_no_memory(error);
    audit->releases = releases_new(&audit->setup, listing);
    if (!audit->releases)
        return error_no_memory(error);
    if (listing->count > 0 && listing->list[0].index == 0)
        return 0;
    return start_older(audit, listing, now) < 0 ? error_no_memory(error) : 0;
}

int audit_compare_head(struct audit *audit, const struct merkle_head *head)
{
    return audit_tree_expect(audit->tree, head, -1);
}

static struct chunk *chunk_at(struct audit *audit, enum station station)
{
    return &audit->chunks[(audit->turn + STATIONS - station) % STATIONS];
}

/* On all cores: what takes longest first, so that they end together. */

static void work_on(void *context, size_t i)
{
    struct audit *audit = context;
    struct chunk *settled = chunk_at(audit, TO_CHECK), *fresh = chunk_at(audit, TO_TAKE_APART);
    if (i < settled->count)
        entry_check_signature(&settled->entries[i]);
    else
        entry_take_apart(&fresh->entries[i - settled->count], fresh->law);
}

/* In order. */

static void entry_differs(const struct audit *audit, int64_t index, const char *why)
{
    findings_add(audit->findings, T("entry %lld: %s", "regel %lld: %s"), (long long)index, why);
}

/* Events that are listed and that the log has passed by without. */
static void pass_listed(struct audit *audit, int64_t index)
{
    for (; audit->listed < audit->listing->count && audit->listing->list[audit->listed].index < index; audit->listed++)
        entry_differs(audit, audit->listing->list[audit->listed].index,
                      T("it is listed as an event, and is none that counts",
                        "ze staat op de lijst van gebeurtenissen, en is er geen die telt"));
}

static bool is_listed_as(const struct listed *listed, const struct entry *entry)
{
    return listed->index == entry->index && listed->kind == entry->event->kind &&
           (!listed->has_leaf || memcmp(&listed->leaf, &entry->leaf, sizeof entry->leaf) == 0);
}

static void compare_listed(struct audit *audit, const struct entry *entry)
{
    pass_listed(audit, entry->index);
    const struct listed *listed = audit->listed < audit->listing->count ? &audit->listing->list[audit->listed] : NULL;
    if (!listed || !is_listed_as(listed, entry)) {
        entry_differs(
            audit, entry->index,
            T("it is not listed as the event that it is", "ze staat niet als de gebeurtenis die ze is op de lijst"));
        return;
    }
    audit->listed++;
}

static int count_chunk(struct audit *audit, struct chunk *chunk, struct error *error)
{
    for (size_t i = 0; i < chunk->count; i++) {
        struct entry *entry = &chunk->entries[i];
        audit_tree_add(audit->tree, &entry->leaf);
        if (entry->event)
            compare_listed(audit, entry);
        if (replay_count(audit->replay, entry, error) < 0 || releases_count(audit->releases, entry, error) < 0)
            return -1;
    }
    return 0;
}

static int settle_chunk(struct audit *audit, struct chunk *chunk, struct error *error)
{
    for (size_t i = 0; i < chunk->count; i++) {
        releases_pass(audit->releases, audit->replay, chunk->entries[i].index);
        if (replay_settle(audit->replay, &chunk->entries[i], error) < 0)
            return -1;
    }
    return 0;
}

/* The entries of a chunk that has been counted, or will not be. */
static void clear_chunk(struct chunk *chunk)
{
    for (size_t i = 0; i < chunk->count; i++)
        entry_clear(&chunk->entries[i]);
    law_release(chunk->law);
    chunk->law = NULL;
    chunk->count = 0;
}

static enum entry_kind kind_as_read(enum store_result result)
{
    return result == STORE_NONE ? ENTRY_MISSING : result == STORE_ERASED ? ENTRY_ERASED : ENTRY_NOTHING;
}

/* Until a panel is in force nobody can say whether answers fit it, and they are looked at once more. */
static size_t chunk_size(const struct audit *audit)
{
    return replay_law(audit->replay) ? CHUNK : FEW;
}

/* The next entries; none beyond the last. Returns how many of them are there; -1: *error. */
static int read_entries(struct audit *audit, struct chunk *chunk, const struct audit_source *source,
                        struct error *error)
{
    int found = 0;
    const size_t wanted = chunk_size(audit);
    while (chunk->count < wanted && audit->next < source->size) {
        struct entry *entry = &chunk->entries[chunk->count++];
        entry->index = audit->next++;
        enum store_result result = source->read(source->context, entry->index, &entry->text, &entry->erased_by, error);
        if (result == STORE_FAILED)
            return error_prefix(error, T("entry %lld", "regel %lld"), (long long)entry->index);
        entry->kind = kind_as_read(result);
        found += result != STORE_NONE;
    }
    return found;
}

static int read_chunk(struct audit *audit, struct chunk *chunk, const struct audit_source *source, struct error *error)
{
    const int64_t first = audit->next;
    int found = audit->is_read ? 0 : read_entries(audit, chunk, source, error);
    if (found != 0)
        return found < 0 ? -1 : 0;
    audit->is_read = true;
    /* The size comes from the last index, which anyone who gets at the store can set as high as they like. */
    if (chunk->count > 0)
        findings_add(audit->findings,
                     T("entries from %lld on: missing; what may follow is not looked at",
                       "regels vanaf %lld: ontbreken; wat er nog volgt is niet bekeken"),
                     (long long)first);
    clear_chunk(chunk);
    return 0;
}

static int work_in_order(struct audit *audit, const struct audit_source *source, struct error *error)
{
    struct chunk *counted = chunk_at(audit, TO_COUNT);
    if (count_chunk(audit, counted, error) < 0)
        return -1;
    clear_chunk(counted);
    if (settle_chunk(audit, chunk_at(audit, TO_SETTLE), error) < 0)
        return -1;
    return read_chunk(audit, chunk_at(audit, TO_READ), source, error);
}

/* Every chunk goes on to the next station. */
static int take_turn(struct audit *audit, const struct audit_source *source, struct error *error)
{
    struct chunk *fresh = chunk_at(audit, TO_TAKE_APART);
    fresh->law = law_hold(replay_law(audit->replay));
    parallel_begin(audit->parallel, chunk_at(audit, TO_CHECK)->count + fresh->count, work_on, audit);
    int result = work_in_order(audit, source, error);
    parallel_end(audit->parallel);
    audit->turn++;
    return result;
}

static bool is_done(const struct audit *audit)
{
    size_t left = 0;
    for (size_t c = 0; c < STATIONS; c++)
        left += audit->chunks[c].count;
    return audit->is_read && left == 0;
}

static void tell_progress(const struct audit_source *source, int64_t done)
{
    if (source->progress)
        source->progress(source->context, done, source->size);
}

int audit_read(struct audit *audit, const struct audit_source *source, struct store *store, struct error *error)
{
    audit_tree_compare_with(audit->tree, store);
    while (!is_done(audit)) {
        tell_progress(source, audit->next);
        if (take_turn(audit, source, error) < 0)
            return -1;
    }
    tell_progress(source, source->size);
    pass_listed(audit, INT64_MAX);
    if (replay_end(audit->replay, error) < 0)
        return -1;
    return audit_tree_end(audit->tree) < 0 ? error_no_memory(error) : 0;
}

/* What came out. */

const struct replay *audit_replay(const struct audit *audit)
{
    return audit->replay;
}

void audit_head(const struct audit *audit, struct merkle_head *out)
{
    audit_tree_head(audit->tree, out);
}

/* The responses, place by place. */

static int next_current(void *context, struct fold_current *out, struct error *error)
{
    struct audit *audit = context;
    for (;;) {
        enum fold_step step = replay_next(audit->replay, out);
        if (step == FOLD_END)
            return replay_check(audit->replay, error);
        if (step == FOLD_CURRENT)
            return releases_leave(audit->releases, error) < 0 ? -1 : 1;
        if (releases_take(audit->releases, out, error) < 0)
            return -1;
    }
}

static int pass_currents(const struct currents *currents, struct error *error)
{
    struct fold_current current;
    int found;
    while ((found = currents->next(currents->context, &current, error)) > 0)
        ;
    return found;
}

int audit_compare(struct audit *audit, struct store *store, struct error *error)
{
    const struct currents currents = {next_current, audit};
    int result = store ? compare_folds(audit->replay, &currents, store, audit->findings, error)
                       : pass_currents(&currents, error);
    if (result == 0)
        result = releases_end(audit->releases, audit->replay, error);
    if (result == 0 && store)
        result = compare_force(audit->replay, store, audit->findings, error);
    return result < 0 ? -1 : replay_check(audit->replay, error);
}
