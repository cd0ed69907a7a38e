/* release create: a round's next release, made beside a running daemon from one moment of the store, then put into the
 * log. What a release may tell is the release room's; whether it may follow the last, the act's. */
#include "base/clock.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/progress.h"
#include "collector/acts/release.h"
#include "collector/cmd/act.h"
#include "collector/cmd/cmd.h"
#include "collector/log/tree.h"
#include "collector/release/history.h"
#include "collector/release/replay.h"
#include "crypto/note.h"
#include <stdio.h>

#define RELEASE_MEMORY ((size_t)128 * 1024 * 1024) /* bytes, about, for what members and responses make */

struct creation {
    struct store *store;
    struct catalogue *catalogue;
    struct history history;
    struct parallel *parallel;
    struct ballots *ballots;
    struct scratch scratch; /* where what is larger than RELEASE_MEMORY goes */
    struct buf log_key;
    struct progress progress;
    struct release_source source;
    struct release release;
    bool is_made; /* `release` is to be wiped */
};

static void begin_creation(struct creation *creation, struct store *store, bool is_final, const char *folder)
{
    *creation = (struct creation){.store = store, .source.is_final = is_final, .scratch = {.folder = folder}};
    buf_init(&creation->log_key, NOTE_MAX);
}

static void end_creation(struct creation *creation)
{
    if (creation->is_made)
        release_wipe(&creation->release);
    ballots_free(creation->ballots);
    parallel_free(creation->parallel);
    history_wipe(&creation->history);
    catalogue_release(creation->catalogue);
    buf_free(&creation->log_key);
}

static void show_reading(void *context, int64_t done, int64_t size)
{
    struct progress *progress = context;
    if (done == 0)
        progress_start(progress, T("reading", "lezen"), (size_t)size);
    progress_add(progress, (size_t)done - progress->done);
}

/* Before anything is read for nothing: whether a release may follow here. */
static int check_place(struct creation *creation, struct error *error)
{
    const struct panel *panel = creation->catalogue->panel;
    const struct round *round = &panel->rounds[creation->source.round];
    struct closings closings;
    const int64_t now = clock_now();
    closings_init(&closings);
    if (closings_load(&closings, creation->store, error) < 0)
        return -1;
    const struct act_release_place place = {.last = history_last(&creation->history),
                                            .panel = panel,
                                            .is_closed = closings_have(&closings, round->id) || now >= round->closes_at,
                                            .now = now};
    closings_wipe(&closings);
    return act_release_may_follow(&place, creation->source.is_final, error);
}

static int read_ground(struct creation *creation, struct error *error)
{
    struct release_source *source = &creation->source;
    struct invitation_counts counts;
    if (tree_head(creation->store, &source->head, error) < 0)
        return -1;
    if (store_invitation_count(creation->store, &counts) != STORE_OK ||
        store_log_key_read(creation->store, &creation->log_key) != STORE_OK)
        return store_fail(creation->store, error);
    source->catalogue = creation->catalogue;
    source->log_key = buf_text(&creation->log_key);
    source->invited = counts.unused + counts.used;
    source->enrolled = counts.used;
    source->number = (history_last(&creation->history) ? history_last(&creation->history)->number : 0) + 1;
    return history_read(&creation->history, creation->store, creation->catalogue, source->round, error);
}

static int replay_log(struct creation *creation, struct error *error)
{
    const struct catalogue *catalogue = creation->catalogue;
    const size_t round = creation->source.round;
    creation->parallel = parallel_new(parallel_cores());
    creation->ballots = ballots_new(&creation->scratch, RELEASE_MEMORY / 4 * 3,
                                    round_questionnaire(catalogue->panel, &catalogue->panel->rounds[round]),
                                    catalogue_layout(catalogue, round), catalogue->actions->count);
    if (!creation->parallel || !creation->ballots)
        return error_no_memory(error);
    const struct replay_source source = {.store = creation->store,
                                         .catalogue = catalogue,
                                         .round = round,
                                         .size = (int64_t)creation->source.head.size,
                                         .parallel = creation->parallel,
                                         .progress = show_reading,
                                         .context = &creation->progress,
                                         .scratch = &creation->scratch,
                                         .memory = RELEASE_MEMORY / 4};
    int result = replay_ballots(&source, creation->ballots, error);
    progress_end(&creation->progress);
    return result;
}

static int make_release_files(struct creation *creation, struct error *error)
{
    creation->source.ballots = ballots_counts(creation->ballots);
    creation->source.earlier = creation->history.earlier;
    if (release_make(&creation->source, &creation->release, error) < 0)
        return -1;
    creation->is_made = true;
    return ballots_check(creation->ballots, error);
}

/* Within one moment of the store. Returns the exit code. */
static int make_release(struct creation *creation, const char *name)
{
    struct error error = {0};
    creation->catalogue = catalogue_load(creation->store, &error);
    if (!creation->catalogue)
        return cli_fail("%s", error.text);
    int round = panel_find_round(creation->catalogue->panel, name);
    if (round < 0)
        return cmd_no_round(name);
    creation->source.round = (size_t)round;
    if (history_list(&creation->history, creation->store, creation->catalogue->round_numbers[round], &error) < 0 ||
        check_place(creation, &error) < 0 || read_ground(creation, &error) < 0 || replay_log(creation, &error) < 0 ||
        make_release_files(creation, &error) < 0)
        return cli_fail("%s", error.text);
    return CLI_DONE;
}

static void put_summary(const struct creation *creation, char *out, size_t size)
{
    const size_t *blocks = creation->release.blocks;
    size_t told = blocks[BLOCK_NEW] + blocks[BLOCK_RENEWED] + blocks[BLOCK_STANDS];
    snprintf(out, size,
             T("release %lld of %s: %zu of %zu actions told, %zu for the first time, %zu anew, %zu as before",
               "uitgave %lld van %s: %zu van %zu acties, %zu voor het eerst, %zu opnieuw, %zu als tevoren"),
             (long long)creation->source.number, creation->catalogue->panel->rounds[creation->source.round].id, told,
             told + blocks[BLOCK_SUPPRESSED], blocks[BLOCK_NEW], blocks[BLOCK_RENEWED], blocks[BLOCK_STANDS]);
}

/* What was made is put into the log by who serves. */
static int ask_release(const struct creation *creation, const struct config *config)
{
    const struct act_release asked = {.panel = creation->catalogue->panel,
                                      .round = creation->catalogue->panel->rounds[creation->source.round].id,
                                      .number = creation->source.number,
                                      .is_final = creation->source.is_final,
                                      .head = creation->source.head,
                                      .release = &creation->release};
    struct act_wish wish;
    struct error error;
    char done[256];
    if (act_prepare_release(&wish, &asked, &error) < 0)
        return cli_fail("%s", error.text);
    put_summary(creation, done, sizeof done);
    return cmd_act(config, creation->store, &wish, done);
}

int cmd_release_create(const struct cli_verb *verb, int argc, char **argv)
{
    bool is_final = false;
    const char *folder = scratch_folder();
    const struct cli_option options[] = {
        {"final", NULL, NULL, &is_final, "the last of the round, which is closed",
         "de laatste van de ronde, die gesloten is"},
        {"temp", "DIR", &folder, NULL, "where what does not fit in memory goes (or TMPDIR; /var/tmp)",
         "waar komt wat niet in het geheugen past (of TMPDIR; /var/tmp)"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    struct creation creation;
    struct config config;
    int first, result = cli_parse(verb, options, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    struct store *store = cmd_open(STORE_EXISTING, &config, &result);
    if (!store)
        return result;
    begin_creation(&creation, store, is_final, folder);
    result = store_begin_reading(store) == STORE_OK ? make_release(&creation, argv[first]) : cmd_store_failed(store);
    store_rollback(store);
    if (result == CLI_DONE)
        result = ask_release(&creation, &config);
    end_creation(&creation);
    store_close(store);
    return result;
}
