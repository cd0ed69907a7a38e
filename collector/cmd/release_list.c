/* release list: the releases that there are, of all rounds. */
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "collector/cmd/cmd.h"
#include "collector/release/history.h"

/* Puts one release. */
typedef void put_release_fn(struct buf *out, const char *round, const struct store_release *release);

static void put_csv_release(struct buf *out, const char *round, const struct store_release *release)
{
    struct csv_writer writer = {.out = out, .format = &csv_rfc4180};
    csv_put_text(&writer, round);
    csv_put_integer(&writer, release->number);
    csv_put_text(&writer, release->is_final ? "yes" : "no");
    csv_put_integer(&writer, release->size);
    csv_put_integer(&writer, release->index);
    cmd_put_time(&writer, release->created_at);
    csv_end_row(&writer);
}

static void put_json_release(struct buf *out, const char *round, const struct store_release *release)
{
    char when[CLOCK_TEXT_SIZE];
    clock_format(release->created_at, when);
    buf_put_text(out, out->len > 1 ? ",\n" : "\n");
    buf_put_text(out, "{\"round\":");
    json_put_text(out, round);
    buf_printf(out, ",\"number\":%lld,\"final\":%s,\"size\":%lld,\"index\":%lld,\"createdAt\":\"%s\"}",
               (long long)release->number, release->is_final ? "true" : "false", (long long)release->size,
               (long long)release->index, when);
}

/* In the order of the panel's rounds. */
static int put_releases(struct store *store, const struct catalogue *catalogue, put_release_fn *put, struct buf *out,
                        struct error *error)
{
    int result = 0;
    for (size_t r = 0; r < catalogue->panel->round_count && result == 0; r++) {
        struct history history;
        result = history_list(&history, store, catalogue->round_numbers[r], error);
        for (size_t i = 0; i < history.count && result == 0; i++)
            put(out, catalogue->panel->rounds[r].id, &history.list[i]);
        history_wipe(&history);
    }
    return result;
}

static int list_releases(struct store *store, bool json)
{
    struct buf text;
    struct error error = {0};
    struct catalogue *catalogue = catalogue_load(store, &error);
    if (!catalogue)
        return cli_fail("%s", error.text);
    buf_init(&text, SIZE_MAX);
    buf_put_text(&text, json ? "[" : "round,number,final,size,index,created\r\n");
    int result = put_releases(store, catalogue, json ? put_json_release : put_csv_release, &text, &error);
    if (json)
        buf_put_text(&text, "\n]\n");
    catalogue_release(catalogue);
    if (result == 0)
        return cmd_print(&text, json ? CLI_JSON : CLI_TEXT);
    buf_free(&text);
    return cli_fail("%s", error.text);
}

int cmd_release_list(const struct cli_verb *verb, int argc, char **argv)
{
    bool json = false;
    const struct cli_option options[] = {
        {"json", NULL, NULL, &json, "as JSON", "als JSON"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (result != CLI_RUN)
        return result;
    struct store *store = cmd_open(STORE_READING, NULL, &result);
    if (!store)
        return result;
    result = store_begin_reading(store) == STORE_OK ? list_releases(store, json) : cmd_store_failed(store);
    store_rollback(store);
    store_close(store);
    return result;
}
