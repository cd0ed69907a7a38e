/* While entries pass, the ballots of each round that has releases are kept, in the order of the replay's numbers of
 * actions; for each release they are put in the order of the list that was in force. */
#include "collector/audit/releases.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
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
    struct law *law; /* whose questionnaire the ballots have; held */
    struct law *last; /* under which one was looked at last; held */
    bool is_mixed; /* some were given to another questionnaire, and are not here */
    struct ballots *ballots; /* NULL until the first response: before it the questionnaire may change */
    size_t *order; /* for each number of an action - 1, its place in the ballots */
    size_t order_count;
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
    struct erased *erased; /* for the ballots that begin behind it */
    size_t erased_count, erased_capacity;
    int64_t next; /* the lowest size that entries have not come to; INT64_MAX: none */
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
        ballots_free(releases->rounds[i].ballots);
        law_release(releases->rounds[i].law);
        law_release(releases->rounds[i].last);
        mem_free(releases->rounds[i].order);
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

/* Makes the order longer, up to that number of an action; -1: no memory. */
static int widen_order(struct reround *round, size_t number)
{
    size_t count = 2 * number;
    size_t *order = mem_calloc(count, sizeof *order), *from = mem_calloc(count, sizeof *from);
    int result = order && from ? 0 : -1;
    for (size_t i = 0; i < count && result == 0; i++) {
        order[i] = i;
        from[i] = i < round->order_count ? i : SIZE_MAX;
    }
    if (result == 0)
        result = ballots_arrange(round->ballots, from, count);
    mem_free(from);
    if (result < 0) {
        mem_free(order);
        return -1;
    }
    mem_free(round->order);
    round->order = order;
    round->order_count = count;
    return 0;
}

static const struct questionnaire *questionnaire_at(const struct law *law, size_t place)
{
    const struct panel *panel = law->catalogue->panel;
    return round_questionnaire(panel, &panel->rounds[place]);
}

static int begin_ballots(const struct releases *releases, struct reround *round, struct law *law, size_t place)
{
    round->ballots = ballots_new(questionnaire_at(law, place), catalogue_layout(law->catalogue, place), 0);
    if (!round->ballots)
        return -1;
    round->law = law_hold(law);
    round->last = law_hold(law);
    for (size_t i = 0; i < releases->erased_count; i++)
        if (ballots_note_erasure(round->ballots, releases->erased[i].lowest, releases->erased[i].at) < 0)
            return -1;
    return 0;
}

/* Whether the ballots are by the questionnaire that the round has under this law, the round at that place. A log that
 * is not honest may have changed it behind the first of them. */
static bool has_questionnaire(const struct reround *round, const struct law *law, size_t place)
{
    int its = panel_find_round(round->law->catalogue->panel, round->id);
    return its >= 0 && questionnaire_equal(questionnaire_at(round->law, (size_t)its), questionnaire_at(law, place));
}

/* Whether a ballot of this entry may be added; each law is compared once. */
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

static int count_ballot(struct releases *releases, const struct entry *entry, struct error *error)
{
    const struct panel *panel = entry->law->catalogue->panel;
    struct reround *round = find_reround(releases, panel->rounds[entry->ballot.round].id);
    if (!round)
        return 0;
    struct ballot ballot = entry->ballot;
    ballot.action = entry->law->actions[entry->ballot.action] - 1;
    if (!round->ballots && begin_ballots(releases, round, entry->law, entry->ballot.round) < 0)
        return error_no_memory(error);
    if (!is_of_questionnaire(round, entry)) {
        round->is_mixed = true;
        return 0;
    }
    if (ballot.action >= round->order_count && widen_order(round, ballot.action + 1) < 0)
        return error_no_memory(error);
    return ballots_add(round->ballots, &ballot, (uint32_t)entry->member, entry->revision, entry->index, error);
}

static int note_erased_ballots(struct releases *releases, const struct entry *entry, struct error *error)
{
    const struct erased erased = {entry->event->entries.list[0], entry->index};
    struct erased *list = list_grow(releases->erased, releases->erased_count, &releases->erased_capacity, sizeof *list);
    if (!list)
        return error_no_memory(error);
    releases->erased = list;
    list[releases->erased_count++] = erased;
    for (size_t i = 0; i < releases->round_count; i++) {
        struct reround *round = &releases->rounds[i];
        if (round->ballots && ballots_note_erasure(round->ballots, erased.lowest, erased.at) < 0)
            return error_no_memory(error);
    }
    return 0;
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
        return count_ballot(releases, entry, error);
    if (entry->event && !entry->fault && entry->event->kind == EVENT_ENTRIES_ERASED)
        return note_erased_ballots(releases, entry, error);
    if (entry->event && !entry->fault && entry->event->kind == EVENT_RELEASE_CREATED)
        note_named(releases, entry);
    return 0;
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

/* Puts the actions of the ballots in the order of the list that was in force, others behind them. */
static int arrange_for(struct reround *round, const struct law *law)
{
    size_t listed = law->catalogue->actions->count;
    size_t count = round->order_count > listed ? round->order_count : listed;
    for (size_t i = 0; i < listed; i++)
        if (law->actions[i] > count)
            count = law->actions[i];
    size_t *from = mem_calloc(count + 1, sizeof *from), *order = mem_calloc(count + 1, sizeof *order);
    if (!from || !order)
        goto no_memory;
    for (size_t i = 0; i < count; i++)
        order[i] = SIZE_MAX;
    size_t next = 0;
    for (; next < listed; next++)
        order[law->actions[next] - 1] = next;
    for (size_t i = 0; i < count; i++)
        if (order[i] == SIZE_MAX)
            order[i] = next++;
    for (size_t i = 0; i < count; i++)
        from[order[i]] = i < round->order_count ? round->order[i] : SIZE_MAX;
    if (ballots_arrange(round->ballots, from, count) < 0)
        goto no_memory;
    mem_free(from);
    mem_free(round->order);
    round->order = order;
    round->order_count = count;
    return 0;
no_memory:
    mem_free(from);
    mem_free(order);
    return -1;
}

/* How many had enrolled in the first `size` entries. */
static int64_t count_enrolled(const struct replay *replay, int64_t size)
{
    const struct holes *holes = replay_holes(replay);
    const struct fold *fold = replay_fold(replay);
    int64_t enrolled = 0;
    for (size_t i = 0; i < holes->count && holes->list[i].index < size; i++)
        enrolled += holes->list[i].is_enrolment;
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

static int make_anew(struct releases *releases, struct recounted *release, struct reround *round, size_t place,
                     const struct replay *replay, struct error *error)
{
    const struct catalogue *catalogue = release->law->catalogue;
    struct earlier *earlier =
        earlier_new(round_questionnaire(catalogue->panel, &catalogue->panel->rounds[place]), catalogue->actions);
    if (!earlier)
        return error_no_memory(error);
    struct release_source source = {.catalogue = catalogue,
                                    .round = place,
                                    .number = release->number,
                                    .is_final = release->is_final,
                                    .head = release->listed->head,
                                    .log_key = releases->setup->log_key,
                                    .invited = release->invited,
                                    .enrolled = count_enrolled(replay, (int64_t)release->listed->head.size),
                                    .ballots = round->ballots,
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
    if (!round->ballots && begin_ballots(releases, round, release->law, (size_t)place) < 0)
        return error_no_memory(error);
    if (round->is_mixed || !has_questionnaire(round, release->law, (size_t)place)) {
        tell_of_release(releases, release,
                        T("the round's questionnaire changed after its first answer",
                          "de vragenlijst van de ronde veranderde na haar eerste antwoord"));
        return 0;
    }
    if (ballots_were_erased(round->ballots, (int64_t)release->listed->head.size))
        return pass_over(releases, release, error);
    if (arrange_for(round, release->law) < 0)
        return error_no_memory(error);
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
