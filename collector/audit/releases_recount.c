/* Behind the last response: each release made anew of its round's blocks, one after another, and its files held against
 * those that its event names. */
#include "base/lang.h"
#include "base/mem.h"
#include "collector/audit/releases_state.h"
#include <string.h>

/* What a release is made from. */

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

/* The next release of the same round before this one, from *at on; NULL: there is none any more. */
static struct recounted *next_before(const struct releases *releases, const struct recounted *release, size_t *at)
{
    while (&releases->list[*at] < release) {
        struct recounted *before = &releases->list[(*at)++];
        if (before->is_named && strcmp(before->listed->round, release->listed->round) == 0)
            return before;
    }
    return NULL;
}

static int lead_earlier(const struct releases *releases, const struct recounted *release, struct earlier *earlier,
                        struct error *error)
{
    const struct recounted *before;
    for (size_t at = 0; (before = next_before(releases, release, &at)) != NULL;) {
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

/* Of all but the last release of a round only the summary is asked for again. */
static void drop_tables_before(struct releases *releases, const struct recounted *release)
{
    struct recounted *before;
    for (size_t at = 0; (before = next_before(releases, release, &at)) != NULL;)
        for (size_t t = 0; t < RELEASE_TABLES; t++)
            if (t != TABLE_SUMMARY)
                buf_free(&before->tables[t]);
}

static int make_with(struct releases *releases, struct recounted *release, struct release_source *source,
                     struct error *error)
{
    struct release made;
    if (lead_earlier(releases, release, source->earlier, error) < 0 || release_make(source, &made, error) < 0)
        return -1;
    int result = scratch_check(releases->setup->scratch, error);
    if (result == 0) {
        compare_files(releases, release, &made);
        keep_tables(release, &made);
    }
    release_wipe(&made);
    return result;
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
                                                 earlier, releases_were_erased(asking->releases, earlier));
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

/* One table as it is kept, where the event names it and it is that. What is another is dropped, and told of. */
static int fetch_table(struct releases *releases, struct recounted *release, const char *name, struct buf *out,
                       struct error *error)
{
    const struct replay_setup *setup = releases->setup;
    const struct named_file *named = find_named(release, name);
    struct error why = {.kind = ERROR_NONE};
    enum store_result result = STORE_NONE;
    if (named && named->bytes >= 0) {
        buf_init(out, (size_t)named->bytes);
        result = setup->release_file(setup->context, release->listed->round, release->number, name, out, &why);
    }
    if (result == STORE_FAILED && why.kind != ERROR_DAMAGED) {
        *error = why;
        return -1;
    }
    if (result == STORE_OK && file_fits(named, out))
        return 0;
    buf_free(out);
    tell_of_file(releases, release, name);
    return 0;
}

/* The tables, for the releases behind it. */
static int fetch_kept(struct releases *releases, struct recounted *release, struct error *error)
{
    static const char *const names[RELEASE_TABLES] = {"summary.csv", "questions.csv", "options.csv"};
    for (size_t t = 0; t < RELEASE_TABLES; t++)
        if (fetch_table(releases, release, names[t], &release->tables[t], error) < 0)
            return -1;
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
    struct reround *round = releases_find_round(releases, release->listed->round);
    int place = release->law ? panel_find_round(release->law->catalogue->panel, release->listed->round) : -1;
    if (place < 0) {
        tell_of_release(releases, release, T("there was no such round at its size", "die ronde was er toen niet"));
        return 0;
    }
    if (!round->law)
        releases_begin_round(round, release->law, (size_t)place);
    if (round->is_mixed || !releases_fit_questionnaire(round, release->law, (size_t)place)) {
        tell_of_release(releases, release,
                        T("the round's questionnaire changed after its first answer",
                          "de vragenlijst van de ronde veranderde na haar eerste antwoord"));
        return 0;
    }
    if (releases_were_erased(releases, (int64_t)release->listed->head.size))
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
        if (releases->list[i].is_named) {
            if (recount_release(releases, &releases->list[i], replay, error) < 0)
                return -1;
            drop_tables_before(releases, &releases->list[i]);
        }
    return 0;
}
