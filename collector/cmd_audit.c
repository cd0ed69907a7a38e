/* audit: the log worked out anew and compared with what is stored. Reads one moment of the store, also beside a running daemon. */
#include "base/file.h"
#include "base/lang.h"
#include "collector/audit.h"
#include "collector/cmd.h"
#include "collector/log_key.h"
#include "collector/report.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FOLDER_SIZE 4096

struct run {
    struct store *store;
    struct catalogue *catalogue;
    struct parallel *parallel;
    struct audit *audit;
    const char *out; /* NULL: no tables */
};

static void tell(void *context, const char *what)
{
    (void)context;
    printf("%s\n", what);
}

static void show_progress(void *context, int64_t done, int64_t size)
{
    (void)context;
    if (!isatty(STDERR_FILENO) || size == 0)
        return;
    int width = 40, filled = (int)(done * width / size);
    fprintf(stderr, "\r[%.*s%*s] %lld/%lld", filled, "########################################", width - filled, "",
            (long long)done, (long long)size);
    if (done == size)
        fprintf(stderr, "\n");
}

static enum store_result read_entry(void *context, int64_t index, struct buf *out, const char **error)
{
    struct store *store = context;
    *error = store->error;
    return store->ops->entry_read(store, index, out);
}

/* The last checkpoint beside the key, which need not be at hand in full: its signature is checked with the store's verifier key. */
static int expect_checkpoint(struct run *run)
{
    char path[CONFIG_VALUE_SIZE + 16], error[STORE_ERROR_SIZE] = "";
    struct buf verifier;
    struct merkle_head head;
    buf_init(&verifier, NOTE_MAX);
    config_log_key(cmd_config(), path);
    int result = run->store->ops->log_key_read(run->store, &verifier) == STORE_OK
                     ? log_key_read_last(path, buf_text(&verifier), &head, error)
                     : -1;
    buf_free(&verifier);
    if (result < 0)
        audit_differs(run->audit, "%s",
                      error[0] != '\0' ? error
                                       : T("the store names no log key", "de opslag noemt geen sleutel van het logboek"));
    else
        audit_compare_head(run->audit, &head);
    return 0;
}

/* --- the tables ------------------------------------------------------------------------------------------------------------ */

static enum store_result read_worked_counts(void *context, int64_t round, int64_t action, int64_t *counts, size_t slots)
{
    const int64_t *worked = fold_counts(context, round, action);
    if (worked != NULL)
        memcpy(counts, worked, slots * sizeof *counts);
    return worked != NULL ? STORE_OK : STORE_NONE;
}

static int write_tables(const struct run *run, size_t round, bool exact)
{
    char folder[FOLDER_SIZE];
    struct report report = {.catalogue = run->catalogue,
                            .round = round,
                            .exact = exact,
                            .counts = read_worked_counts,
                            .context = (void *)audit_fold(run->audit)};
    if (snprintf(folder, sizeof folder, "%s/%s/%s", run->out, run->catalogue->panel->rounds[round].id,
                 exact ? "exact" : "release") >= (int)sizeof folder)
        return cli_fail(T("the name of folder %s is too long", "de naam van map %s is te lang"), run->out);
    return cmd_write_tables(&report, &csv_rfc4180, folder);
}

static int write_all_tables(const struct run *run)
{
    int result = CLI_DONE;
    for (size_t round = 0; run->out != NULL && round < run->catalogue->panel->round_count && result == CLI_DONE; round++) {
        result = write_tables(run, round, false);
        if (result == CLI_DONE)
            result = write_tables(run, round, true);
    }
    return result;
}

/* --- all of it ------------------------------------------------------------------------------------------------------------- */

static int conclude(const struct run *run)
{
    struct merkle_head head;
    audit_head(run->audit, &head);
    size_t findings = audit_findings(run->audit);
    if (findings > 0)
        return cli_fail(
            T("%zu things differ in a log of %llu entries", "%zu dingen wijken af in een logboek van %llu regels"),
            findings, (unsigned long long)head.size);
    cli_say(T("%llu entries, %zu members, %zu current responses: all as the log says",
              "%llu regels, %zu panelleden, %zu huidige reacties: alles zoals het logboek zegt"),
            (unsigned long long)head.size, fold_member_count(audit_fold(run->audit)),
            fold_current_count(audit_fold(run->audit)));
    return CLI_DONE;
}

static int audit_store(struct run *run)
{
    struct audit_listener listener = {.differs = tell, .progress = show_progress};
    struct audit_source source = {.read = read_entry, .context = run->store};
    const char *error = "";
    if (run->store->ops->begin_reading(run->store) != STORE_OK || (run->catalogue = catalogue_load(run->store)) == NULL ||
        run->store->ops->entry_count(run->store, &source.size) != STORE_OK)
        return cmd_store_failed(run->store);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    run->parallel = parallel_new(cores > 0 ? (unsigned)cores : 1);
    run->audit = run->parallel != NULL ? audit_new(run->catalogue, run->parallel, &listener) : NULL;
    if (run->audit == NULL)
        return cli_fail(T("out of memory", "te weinig geheugen"));
    if (expect_checkpoint(run) || audit_read(run->audit, &source, run->store, &error) ||
        audit_compare(run->audit, run->store, &error))
        return cli_fail("%s", error);
    int result = write_all_tables(run);
    return result == CLI_DONE ? conclude(run) : result;
}

int cmd_audit(const struct cli_verb *verb, int argc, char **argv)
{
    struct run run = {0};
    const struct cli_option options[] = {
        {"out", "DIR", &run.out, NULL, "write the recomputed tables of every round",
         "schrijf de herberekende tabellen van elke ronde"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (result >= 0)
        return result;
    run.store = cmd_open(STORE_EXISTING, &result);
    if (run.store == NULL)
        return result;
    result = audit_store(&run);
    audit_free(run.audit);
    parallel_free(run.parallel);
    catalogue_release(run.catalogue);
    run.store->ops->rollback(run.store);
    store_close(run.store);
    return result;
}
