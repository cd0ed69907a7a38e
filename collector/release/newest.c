/* Of a round without a release nothing is told. */
#include "collector/release/newest.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/release/released.h"
#include "panel/event.h"
#include <inttypes.h>
#include <string.h>

static const enum event_kind kinds[NEWEST_KINDS] = {EVENT_RELEASE_CREATED, EVENT_PANEL_IMPORTED, EVENT_ACTIONS_IMPORTED,
                                                    EVENT_LOG_UPGRADED};

static void destroy_newest(void *value)
{
    struct newest *newest = value;
    trends_free(newest->trends);
    catalogue_release(newest->catalogue);
    mem_free(newest->releases);
    mem_free(newest);
}

static int tell_no_table(const struct round *round, int64_t number, struct error *error)
{
    return error_set(error, ERROR_DAMAGED,
                     T("release %lld of round %s has no options.csv; run `audit`",
                       "uitgave %lld van ronde %s heeft geen options.csv; voer `audit` uit"),
                     (long long)number, round->id);
}

/* The options of a round's newest release, and its number. STORE_NONE: there is none. STORE_FAILED: *error. */
static enum store_result read_newest_options(struct store *store, const struct catalogue *catalogue, size_t round,
                                             struct buf *options, int64_t *number, struct error *error)
{
    struct store_release last;
    enum store_result found = store_release_last(store, catalogue->round_numbers[round], &last);
    if (found == STORE_FAILED)
        store_fail(store, error);
    if (found != STORE_OK)
        return found;
    found = released_file(store, &last, "options.csv", options, error);
    if (found == STORE_OK)
        *number = last.number;
    else if (found != STORE_FAILED)
        tell_no_table(&catalogue->panel->rounds[round], last.number, error);
    return found == STORE_OK ? STORE_OK : STORE_FAILED;
}

static int add_round(struct newest *newest, struct store *store, size_t round, struct error *error)
{
    struct buf options;
    buf_init(&options, SIZE_MAX);
    int result = 0;
    switch (read_newest_options(store, newest->catalogue, round, &options, &newest->releases[round], error)) {
    case STORE_OK:
        result = trends_add_release(newest->trends, round, buf_text(&options), options.len, error);
        break;
    case STORE_NONE:
        break;
    case STORE_ERASED: /* of entries alone */
    case STORE_FAILED:
        result = -1;
        break;
    }
    buf_free(&options);
    return result;
}

static int read_events(struct store *store, int64_t events[static NEWEST_KINDS])
{
    for (size_t i = 0; i < NEWEST_KINDS; i++) {
        events[i] = -1;
        if (store_event_last(store, event_name(kinds[i]), &events[i]) == STORE_FAILED)
            return -1;
    }
    return 0;
}

static int fill_newest(struct newest *newest, struct store *store, struct error *error)
{
    if (read_events(store, newest->events) < 0)
        return store_fail(store, error);
    newest->catalogue = catalogue_load(store, error);
    if (!newest->catalogue)
        return -1;
    const struct panel *panel = newest->catalogue->panel;
    newest->trends = trends_new(panel, newest->catalogue->actions);
    newest->releases = mem_calloc(panel->round_count + 1, sizeof *newest->releases);
    if (!newest->trends || !newest->releases)
        return error_no_memory(error);
    for (size_t r = 0; r < panel->round_count; r++)
        if (add_round(newest, store, r, error) < 0)
            return -1;
    trends_index(newest->trends);
    return 0;
}

struct newest *newest_read(struct store *store, struct error *error)
{
    struct newest *newest = mem_calloc(1, sizeof *newest);
    if (!newest) {
        error_no_memory(error);
        return NULL;
    }
    counted_init(&newest->counted, destroy_newest);
    if (fill_newest(newest, store, error) == 0)
        return newest;
    counted_release(newest);
    return NULL;
}

int newest_is_current(const struct newest *newest, struct store *store, bool *current)
{
    int64_t events[NEWEST_KINDS];
    if (read_events(store, events) < 0)
        return -1;
    *current = memcmp(events, newest->events, sizeof events) == 0;
    return 0;
}

/* What explains it. */

static void put_released_round(struct buf *out, const struct panel *panel, const struct round *round, int64_t number)
{
    char opens[CLOCK_TEXT_SIZE], closes[CLOCK_TEXT_SIZE];
    clock_format(round->opens_at, opens);
    clock_format(round->closes_at, closes);
    buf_put_text(out, "{\"id\":");
    json_put_text(out, round->id);
    buf_printf(out, ",\"opensAt\":\"%s\",\"closesAt\":\"%s\",\"titles\":", opens, closes);
    labels_put_json(out, &round->title);
    buf_put_text(out, ",\"questionnaire\":");
    json_put_text(out, round_questionnaire(panel, round)->id);
    buf_printf(out, ",\"release\":%" PRId64 "}", number);
}

static void put_released_rounds(struct buf *out, const struct newest *newest)
{
    const struct panel *panel = newest->catalogue->panel;
    const char *before = "";
    for (size_t r = 0; r < panel->round_count; r++) {
        if (newest->releases[r] == 0)
            continue;
        buf_put_text(out, before);
        put_released_round(out, panel, &panel->rounds[r], newest->releases[r]);
        before = ",";
    }
}

static bool is_released(const struct newest *newest, const char *questionnaire)
{
    const struct panel *panel = newest->catalogue->panel;
    for (size_t r = 0; r < panel->round_count; r++)
        if (newest->releases[r] > 0 && strcmp(round_questionnaire(panel, &panel->rounds[r])->id, questionnaire) == 0)
            return true;
    return false;
}

static void put_released_questionnaires(struct buf *out, const struct newest *newest, const struct json *definition)
{
    const char *before = "";
    const struct json *each = json_first(json_member(definition, "questionnaires"));
    for (; each; each = json_next(each)) {
        if (!is_released(newest, json_text(json_member(each, "id"))))
            continue;
        buf_put_text(out, before);
        json_put_value(out, each);
        before = ",";
    }
}

int newest_put_note(struct buf *out, const struct newest *newest)
{
    const struct buf *text = &newest->catalogue->definition;
    const struct panel *panel = newest->catalogue->panel;
    struct json *definition = json_parse(buf_text(text), text->len, NULL);
    if (!definition)
        return -1; /* it was read before, so memory lacks */
    buf_put_text(out, "{\"panel\":");
    json_put_text(out, panel->id);
    buf_put_text(out, ",\"rounds\":[");
    put_released_rounds(out, newest);
    buf_printf(out,
               "],\"disclosure\":{\"exact\":false,\"rule\":2,\"minRespondents\":%" PRId64 ",\"roundTo\":%" PRId64
               ",\"minChanged\":%" PRId64 "},\"questionnaires\":[",
               panel->min_respondents, panel->round_to, panel->min_changed);
    put_released_questionnaires(out, newest, definition);
    buf_put_text(out, "]}");
    json_free(definition);
    return buf_check(out);
}
