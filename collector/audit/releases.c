/* While entries pass it is kept which law each release and each of their rounds stands under; then the responses that
 * count come by place by place, and are counted into the blocks of their rounds. Knows no table and no file. */
#include "base/list.h"
#include "base/mem.h"
#include "collector/audit/releases_state.h"
#include <stdio.h>
#include <string.h>

/* Making. */

struct reround *releases_find_round(const struct releases *releases, const char *id)
{
    for (size_t i = 0; i < releases->round_count; i++)
        if (strcmp(releases->rounds[i].id, id) == 0)
            return &releases->rounds[i];
    return NULL;
}

/* The lowest size above `size`. */
static int64_t next_size(const struct releases *releases, int64_t size)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < releases->count; i++) {
        int64_t its = (int64_t)releases->list[i].listed->head.size;
        if (its > size && its < next)
            next = its;
    }
    return next;
}

struct releases *releases_new(const struct replay_setup *setup, const struct listing *listing)
{
    struct releases *releases = mem_calloc(1, sizeof *releases);
    if (!releases)
        return NULL;
    releases->setup = setup;
    releases->list = mem_calloc(listing->release_count, sizeof *releases->list);
    releases->rounds = mem_calloc(listing->release_count, sizeof *releases->rounds);
    if (!releases->list || !releases->rounds) {
        releases_free(releases);
        return NULL;
    }
    for (size_t i = 0; i < listing->release_count && setup->log_key; i++) {
        struct recounted *release = &releases->list[releases->count++];
        release->listed = &listing->releases[i];
        for (size_t t = 0; t < RELEASE_TABLES; t++)
            buf_init(&release->tables[t], SIZE_MAX);
        if (!releases_find_round(releases, release->listed->round))
            releases->rounds[releases->round_count++].id = release->listed->round;
    }
    releases->next = next_size(releases, -1);
    return releases;
}

void releases_free(struct releases *releases)
{
    if (!releases)
        return;
    for (size_t i = 0; releases->list && i < releases->count; i++) {
        law_release(releases->list[i].law);
        for (size_t t = 0; t < RELEASE_TABLES; t++)
            buf_free(&releases->list[i].tables[t]);
    }
    for (size_t i = 0; releases->rounds && i < releases->round_count; i++) {
        blocks_free(releases->rounds[i].blocks);
        law_release(releases->rounds[i].law);
        law_release(releases->rounds[i].last);
    }
    mem_free(releases->list);
    mem_free(releases->rounds);
    mem_free(releases->erased);
    mem_free(releases);
}

/* While entries pass. */

void releases_pass(struct releases *releases, const struct replay *replay, int64_t index)
{
    struct replay_totals totals;
    if (index != releases->next)
        return;
    replay_totals(replay, &totals);
    for (size_t i = 0; i < releases->count; i++) {
        struct recounted *release = &releases->list[i];
        if (release->listed->head.size != (uint64_t)index)
            continue;
        release->law = law_hold(replay_law(replay));
        release->invited = totals.invited;
    }
    releases->next = next_size(releases, index);
}

static const struct questionnaire *questionnaire_at(const struct law *law, size_t place)
{
    const struct panel *panel = law->catalogue->panel;
    return round_questionnaire(panel, &panel->rounds[place]);
}

bool releases_fit_questionnaire(const struct reround *round, const struct law *law, size_t place)
{
    int its = panel_find_round(round->law->catalogue->panel, round->id);
    return its >= 0 && questionnaire_equal(questionnaire_at(round->law, (size_t)its), questionnaire_at(law, place));
}

/* Whether this entry answers the same; each law is compared once. */
static bool is_of_questionnaire(struct reround *round, const struct entry *entry)
{
    if (entry->law == round->last)
        return true;
    if (!releases_fit_questionnaire(round, entry->law, entry->ballot.round))
        return false;
    law_release(round->last);
    round->last = law_hold(entry->law);
    return true;
}

void releases_begin_round(struct reround *round, struct law *law, size_t place)
{
    round->number = law->rounds[place];
    round->law = law_hold(law);
    round->last = law_hold(law);
}

static void note_answer(struct releases *releases, const struct entry *entry)
{
    const struct panel *panel = entry->law->catalogue->panel;
    struct reround *round = releases_find_round(releases, panel->rounds[entry->ballot.round].id);
    if (!round)
        return;
    if (!round->law)
        releases_begin_round(round, entry->law, entry->ballot.round);
    round->is_mixed |= !is_of_questionnaire(round, entry);
}

static int note_erased(struct releases *releases, const struct entry *entry, struct error *error)
{
    struct erased *list = list_grow(releases->erased, releases->erased_count, &releases->erased_capacity, sizeof *list);
    if (!list)
        return error_no_memory(error);
    releases->erased = list;
    list[releases->erased_count++] = (struct erased){entry->event->entries.list[0], entry->index};
    return 0;
}

bool releases_were_erased(const struct releases *releases, int64_t size)
{
    for (size_t i = 0; i < releases->erased_count; i++)
        if (releases->erased[i].lowest < size && size <= releases->erased[i].at)
            return true;
    return false;
}

static void note_named(struct releases *releases, const struct entry *entry)
{
    const struct event *event = entry->event;
    for (size_t i = 0; i < releases->count; i++) {
        struct recounted *release = &releases->list[i];
        if (release->listed->index != entry->index)
            continue;
        release->is_named = true;
        release->number = event->number;
        release->is_final = event->is_final;
        release->file_count = event->file_count;
        for (size_t f = 0; f < event->file_count; f++) {
            snprintf(release->files[f].name, sizeof release->files[f].name, "%s", event->files[f].name);
            release->files[f].bytes = event->files[f].bytes;
            memcpy(release->files[f].sha256, event->files[f].sha256, SHA256_BYTES);
        }
    }
}

int releases_count(struct releases *releases, const struct entry *entry, struct error *error)
{
    if (releases->count == 0)
        return 0;
    if (entry->counts)
        note_answer(releases, entry);
    else if (entry->event && !entry->fault && entry->event->kind == EVENT_ENTRIES_ERASED)
        return note_erased(releases, entry, error);
    else if (entry->event && !entry->fault && entry->event->kind == EVENT_RELEASE_CREATED)
        note_named(releases, entry);
    return 0;
}

/* While responses come by place by place. */

/* The rounds with releases share an eighth of the memory. -1: no memory. */
static int make_blocks(const struct releases *releases, struct reround *round)
{
    size_t count = 0, place = (size_t)panel_find_round(round->law->catalogue->panel, round->id);
    int64_t *sizes = mem_calloc(releases->count, sizeof *sizes);
    if (!sizes)
        return -1;
    for (size_t i = 0; i < releases->count; i++)
        if (strcmp(releases->list[i].listed->round, round->id) == 0)
            sizes[count++] = (int64_t)releases->list[i].listed->head.size;
    round->blocks =
        blocks_new(releases->setup->scratch, releases->setup->memory / 8 / releases->round_count, sizes, count,
                   questionnaire_at(round->law, place), catalogue_layout(round->law->catalogue, place));
    mem_free(sizes);
    return round->blocks ? 0 : -1;
}

int releases_take(struct releases *releases, const struct fold_current *response, struct error *error)
{
    releases->at = NULL;
    for (size_t i = 0; i < releases->round_count && !releases->at; i++)
        if (releases->rounds[i].number == response->round && !releases->rounds[i].is_mixed)
            releases->at = &releases->rounds[i];
    if (!releases->at)
        return 0;
    if (!releases->at->blocks && make_blocks(releases, releases->at) < 0)
        return error_no_memory(error);
    return blocks_take(releases->at->blocks, response) < 0 ? scratch_check(releases->setup->scratch, error) : 0;
}

int releases_leave(struct releases *releases, struct error *error)
{
    if (!releases->at)
        return 0;
    return blocks_leave(releases->at->blocks) < 0 ? scratch_check(releases->setup->scratch, error) : 0;
}
