/* Of a round without a release nothing is told. */
#include "collector/release/newest.h"
#include "base/lang.h"

static int tell_no_table(const struct round *round, int64_t number, struct error *error)
{
    return error_set(error, ERROR_DAMAGED,
                     T("release %lld of round %s has no options.csv; run `audit`",
                       "uitgave %lld van ronde %s heeft geen options.csv; voer `audit` uit"),
                     (long long)number, round->id);
}

static int add_round(struct trends *trends, struct store *store, const struct catalogue *catalogue, size_t round,
                     struct error *error)
{
    struct store_release last;
    struct buf options;
    int result = -1;
    enum store_result found = store_release_last(store, catalogue->round_numbers[round], &last);
    if (found == STORE_NONE)
        return 0;
    buf_init(&options, SIZE_MAX);
    if (found == STORE_OK)
        found = store_release_file_read(store, last.round, last.number, "options.csv", &options);
    if (found == STORE_FAILED)
        store_fail(store, error);
    else if (buf_check(&options) < 0)
        error_no_memory(error);
    else if (found != STORE_OK)
        tell_no_table(&catalogue->panel->rounds[round], last.number, error);
    else
        result = trends_add_release(trends, round, buf_text(&options), options.len, error);
    buf_free(&options);
    return result;
}

struct trends *newest_trends(struct store *store, const struct catalogue *catalogue, struct error *error)
{
    struct trends *trends = trends_new(catalogue->panel, catalogue->actions);
    int result = trends ? 0 : error_no_memory(error);
    for (size_t r = 0; r < catalogue->panel->round_count && result == 0; r++)
        result = add_round(trends, store, catalogue, r, error);
    if (result == 0)
        return trends;
    trends_free(trends);
    return NULL;
}
