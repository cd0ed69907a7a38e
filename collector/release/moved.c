/* Both releases are found, their tables read and held against each other. Knows no rule and no figure. */
#include "collector/release/moved.h"
#include "base/lang.h"
#include <stdio.h>

#define NAME_SIZE 64

static int read_tables(const struct moved_source *source, const struct store_release *release,
                       struct buf out[static CHANGES_TABLES], struct error *error)
{
    char name[NAME_SIZE];
    for (int table = 0; table < CHANGES_TABLES; table++) {
        snprintf(name, sizeof name, "%s.csv", table_name((enum table)table));
        enum store_result result = released_file(source->store, release, name, &out[table], error);
        if (result == STORE_FAILED)
            return -1;
        if (result != STORE_OK)
            return error_set(error, ERROR_DAMAGED, T("release %lld has no %s", "uitgave %lld heeft geen %s"),
                             (long long)release->number, name);
    }
    return 0;
}

/* `releases` are the earlier and the later one. */
static int put_changes_between(const struct moved_source *source, const struct store_release releases[static 2],
                               struct buf *out, struct error *error)
{
    const struct panel *panel = source->catalogue->panel;
    struct buf texts[2][CHANGES_TABLES];
    uint64_t rows;
    for (int i = 0; i < 2 * CHANGES_TABLES; i++)
        buf_init(&texts[i / CHANGES_TABLES][i % CHANGES_TABLES], SIZE_MAX);
    const struct changes_source changes = {.questionnaire = round_questionnaire(panel, &panel->rounds[source->round]),
                                           .from = texts[0],
                                           .to = texts[1],
                                           .actions = source->actions};
    int result = read_tables(source, &releases[0], texts[0], error);
    if (result == 0)
        result = read_tables(source, &releases[1], texts[1], error);
    if (result == 0)
        result = changes_put(&changes, source->format, out, &rows, error);
    for (int i = 0; i < 2 * CHANGES_TABLES; i++)
        buf_free(&texts[i / CHANGES_TABLES][i % CHANGES_TABLES]);
    return result;
}

enum store_result moved_put(const struct moved_source *source, struct buf *out, struct error *error)
{
    struct store_release releases[2];
    int64_t round = source->catalogue->round_numbers[source->round];
    enum store_result result = released_find(source->store, round, source->since, &releases[0]);
    if (result == STORE_OK)
        result = released_find(source->store, round, source->until, &releases[1]);
    if (result == STORE_FAILED)
        store_fail(source->store, error);
    if (result != STORE_OK)
        return result;
    if (releases[1].number < releases[0].number)
        return STORE_NONE;
    return put_changes_between(source, releases, out, error) < 0 ? STORE_FAILED : STORE_OK;
}
