/* While entries pass it is kept which law each release and each of their rounds stands under; then the responses that
 * count come by place by place, and are counted into the blocks of their rounds; of those the releases are made, one
 * after another. */
#include "collector/audit/releases.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/audit/blocks.h"
#include "collector/release/release.h"
#include <stdio.h>
#include <string.h>

/* A file, as the event names it. */
struct named_file {
    char name[RELEASE_NAME_SIZE];
    int64_t bytes;
    uint8_t sha256[SHA256_BYTES];
};

struct recounted {
    const struct listed_release *listed;
    struct law *law; /* in force at its size; held. NULL: nothing was */
    int64_t invited;
    bool is_named; /* its event has been come by, and said: */
    int64_t number;
    bool is_final;
    struct named_file files[EVENT_FILES_MAX];
    size_t file_count;
    struct buf tables[RELEASE_TABLES]; /* as made anew, or as kept where that can't be */
};

/* A round with releases. */
struct reround {
    const char *id;
    uint32_t number; /* the history's; 0: nobody has answered */
    struct law *law; /* by whose questionnaire it was answered first; held. NULL: before that it may change */
    struct law *last; /* under which one was looked at last; held */
    bool is_mixed; /* some were given to another questionnaire */
    struct blocks *blocks; /* NULL: nothing that counts has come by */
};

/* An event at `at` that says what is erased, `lowest` the first. */
struct erased {
    int64_t lowest, at;
};

struct releases {
    const struct replay_setup *setup;
    struct recounted *list; /* as listed */
    size_t count;
    struct reround *rounds;
    size_t round_count;
    struct erased *erased;
    size_t erased_count, erased_capacity;
    int64_t next; /* the lowest size that entries have not come to; INT64_MAX: none */
    struct reround *at; /* whose place responses are coming by; NULL: of none */
};

/* Making. */

static struct reround *find_reround(const struct releases *releases, const char *id)
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
        if (!find_reround(releases, release->listed->round))
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

/* Whether the answers are to the questionnaire that the round has under this law, the round at that place. A log that
 * is not honest may have changed it behind the first of them. */
static bool has_questionnaire(const struct reround *round, const struct law *law, size_t place)
{
    int its = panel_find_round(round->law->catalogue->panel, round->id);
    return its >= 0 && questionnaire_equal(questionnaire_at(round->law, (size_t)its), questionnaire_at(law, place));
}

/* Whether this entry answers the same; each law is compared once. */
static bool is_of_questionnaire(struct reround *round, const struct entry *entry)
{
    if (entry->law == round->last)
        return true;
    if (!has_questionnaire(round, entry->law, entry->ballot.round))
        return false;
    law_release(round->last);
    round->last = law_hold(entry->law);
    return true;
}

static void begin_round(struct reround *round, struct law *law, size_t place)
{
    round->number = law->rounds[place];
    round->law = law_hold(law);
    round->last = law_hold(law);
}

static void note_answer(struct releases *releases, const struct entry *entry)
{
    const struct panel *panel = entry->law->catalogue->panel;
    struct reround *round = find_reround(releases, panel->rounds[entry->ballot.round].id);
    if (!round)
        return;
    if (!round->law)
        begin_round(round, entry->law, entry->ballot.round);
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

/* Whether something that stood below `size` has been erased since. Then nobody can count any more what was current
 * there. */
static bool were_erased(const struct releases *releases, int64_t size)
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

/* -1: no memory. */
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
        blocks_new(sizes, count, questionnaire_at(round->law, place), catalogue_layout(round->law->catalogue, place));
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
    return blocks_take(releases->at->blocks, response) < 0 ? error_no_memory(error) : 0;
}

int releases_leave(struct releases *releases, struct error *error)
{
    return releases->at && blocks_leave(releases->at->blocks) < 0 ? error_no_memory(error) : 0;
}

/* At the end: what a release is made from. */

static bool file_fits(const struct named_file *file, const struct buf *text)
{
    uint8_t sha256[SHA256_BYTES];
    crypto_sha256(buf_text(text), text->len, sha256);
    return file->bytes >= 0 && text->len == (uint64_t)file->bytes && memcmp(sha256, file->sha256, sizeof sha256) == 0;
}

static const struct named_file *find_named(const struct recounted *release, const char *name)
{
    for (size_t f = 0; f < release->file_count; f++)
        if (strcmp(release->files[f].name, name) == 0)
            return &release->files[f];
    return NULL;
}

/* How many had enrolled in the first `size` entries. */
static int64_t count_enrolled(const struct replay *replay, int64_t size)
{
    struct holes *holes = replay_holes(replay);
    struct fold *fold = replay_fold(replay);
    int64_t enrolled = 0;
    for (size_t i = 0; i < holes_count(holes); i++) {
        const struct hole *hole = holes_at(holes, i);
        if (!hole || hole->index >= size)
            break;
        enrolled += hole->is_enrolment;
    }
    for (int64_t number = 1;; number++, enrolled++) {
        const struct fold_member *member = fold_member(fold, number);
        if (!member || member->index >= size)
            return enrolled;
    }
}

/* The releases of the same round before this one. */
static int lead_earlier(const struct releases *releases, const struct recounted *release, struct earlier *earlier,
                        struct error *error)
{
    for (const struct recounted *before = releases->list; before < release; before++) {
        if (!before->is_named || strcmp(before->listed->round, release->listed->round) != 0)
            continue;
        const struct version version = {before->number, (int64_t)before->listed->head.size};
        if (earlier_add(earlier, version, before->tables, error) < 0)
            return -1;
    }
    return 0;
}

/* Telling. */

static void tell_of_release(const struct releases *releases, const struct recounted *release, const char *what)
{
    findings_add(releases->setup->findings,
                 T("entry %lld: release %lld of round %s: %s", "regel %lld: uitgave %lld van ronde %s: %s"),
                 (long long)release->listed->index, (long long)release->number, release->listed->round, what);
}

static void tell_of_file(const struct releases *releases, const struct recounted *release, const char *name)
{
    findings_add(releases->setup->findings,
                 T("entry %lld: release %lld of round %s: %s is not what follows from the log",
                   "regel %lld: uitgave %lld van ronde %s: %s is niet wat uit het logboek volgt"),
                 (long long)release->listed->index, (long long)release->number, release->listed->round, name);
}

static void compare_files(const struct releases *releases, const struct recounted *release, const struct release *made)
{
    for (size_t f = 0; f < RELEASE_FILES; f++) {
        const struct named_file *named = find_named(release, made->files[f].name);
        if (!named || !file_fits(named, &made->files[f].text))
            tell_of_file(releases, release, made->files[f].name);
    }
    for (size_t f = 0; f < release->file_count; f++)
        if (!release_find_file(made, release->files[f].name))
            tell_of_file(releases, release, release->files[f].name);
}

/* Releasing. */

static void keep_tables(struct recounted *release, struct release *made)
{
    static const char *const names[RELEASE_TABLES] = {"summary.csv", "questions.csv", "options.csv"};
    for (size_t t = 0; t < RELEASE_TABLES; t++)
        for (size_t f = 0; f < RELEASE_FILES; f++)
            if (strcmp(made->files[f].name, names[t]) == 0) {
                release->tables[t] = made->files[f].text;
                buf_init(&made->files[f].text, SIZE_MAX);
            }
}

static int make_with(struct releases *releases, struct recounted *release, struct release_source *source,
                     struct error *error)
{
    struct release made;
    if (lead_earlier(releases, release, source->earlier, error) < 0 || release_make(source, &made, error) < 0)
        return -1;
    compare_files(releases, release, &made);
    keep_tables(release, &made);
    release_wipe(&made);
    return 0;
}

/* How a release asks the blocks of its round: by places in the list of actions that was in force. */
struct asking {
    const struct releases *releases;
    const struct recounted *release;
    const struct reround *round;
    size_t slots;
};

static void ask_block_counts(void *context, size_t action, int64_t size, int64_t *counts)
{
    const struct asking *asking = context;
    memset(counts, 0, asking->slots * sizeof *counts);
    if (asking->round->blocks)
        blocks_count(asking->round->blocks, asking->release->law->actions[action], size, counts);
}

static int64_t ask_block_fresh(void *context, size_t action, int64_t size, int64_t earlier)
{
    const struct asking *asking = context;
    return !asking->round->blocks ? 0
                                  : blocks_fresh(asking->round->blocks, asking->release->law->actions[action], size,
                                                 earlier, were_erased(asking->releases, earlier));
}

static int make_anew(struct releases *releases, struct recounted *release, struct reround *round, size_t place,
                     const struct replay *replay, struct error *error)
{
    const struct catalogue *catalogue = release->law->catalogue;
    struct earlier *earlier =
        earlier_new(round_questionnaire(catalogue->panel, &catalogue->panel->rounds[place]), catalogue->actions);
    if (!earlier)
        return error_no_memory(error);
    struct asking asking = {releases, release, round, catalogue_layout(catalogue, place)->slots};
    struct release_source source = {.catalogue = catalogue,
                                    .round = place,
                                    .number = release->number,
                                    .is_final = release->is_final,
                                    .head = release->listed->head,
                                    .log_key = releases->setup->log_key,
                                    .invited = release->invited,
                                    .enrolled = count_enrolled(replay, (int64_t)release->listed->head.size),
                                    .ballots = {ask_block_counts, ask_block_fresh, &asking},
                                    .earlier = earlier};
    int result = make_with(releases, release, &source, error);
    earlier_free(earlier);
    return result;
}

/* The tables as they are kept, for the releases behind it; of a file that is not what the event names, nothing. */
static int fetch_kept(struct releases *releases, struct recounted *release, struct error *error)
{
    static const char *const names[RELEASE_TABLES] = {"summary.csv", "questions.csv", "options.csv"};
    const struct replay_setup *setup = releases->setup;
    for (size_t t = 0; t < RELEASE_TABLES; t++) {
        enum store_result result = setup->release_file(setup->context, release->listed->round, release->number,
                                                       names[t], &release->tables[t], error);
        const struct named_file *named = find_named(release, names[t]);
        if (result == STORE_FAILED)
            return -1;
        if (result == STORE_NONE || !named || !file_fits(named, &release->tables[t]))
            tell_of_file(releases, release, names[t]);
    }
    return 0;
}

/* It rested on what has been erased since. */
static int pass_over(struct releases *releases, struct recounted *release, struct error *error)
{
    findings_note(releases->setup->findings,
                  T("entry %lld: release %lld of round %s is not checkable any more: what it rested on has been "
                    "erased since",
                    "regel %lld: uitgave %lld van ronde %s is niet meer na te rekenen: waar ze op rustte is sindsdien "
                    "gewist"),
                  (long long)release->listed->index, (long long)release->number, release->listed->round);
    return fetch_kept(releases, release, error);
}

static int recount_release(struct releases *releases, struct recounted *release, const struct replay *replay,
                           struct error *error)
{
    struct reround *round = find_reround(releases, release->listed->round);
    int place = release->law ? panel_find_round(release->law->catalogue->panel, release->listed->round) : -1;
    if (place < 0) {
        tell_of_release(releases, release, T("there was no such round at its size", "die ronde was er toen niet"));
        return 0;
    }
    if (!round->law)
        begin_round(round, release->law, (size_t)place);
    if (round->is_mixed || !has_questionnaire(round, release->law, (size_t)place)) {
        tell_of_release(releases, release,
                        T("the round's questionnaire changed after its first answer",
                          "de vragenlijst van de ronde veranderde na haar eerste antwoord"));
        return 0;
    }
    if (were_erased(releases, (int64_t)release->listed->head.size))
        return pass_over(releases, release, error);
    if (make_anew(releases, release, round, (size_t)place, replay, error) == 0)
        return 0;
    if (error->kind != ERROR_DAMAGED)
        return -1;
    tell_of_release(releases, release, error->text); /* of a kept table before it, which is no such table */
    return 0;
}

int releases_end(struct releases *releases, const struct replay *replay, struct error *error)
{
    for (size_t i = 0; i < releases->count; i++)
        if (releases->list[i].is_named && recount_release(releases, &releases->list[i], replay, error) < 0)
            return -1;
    return 0;
}
