/* log events: what administrators did, as the log has it (PROTOCOL 6a). What an event claims is shown as it stands
 * there, whatever its kind; who signed it is the audit's to ask. */
#include "base/json.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/cmd/cmd.h"
#include "collector/state/recorded.h"
#include "crypto/jws.h"
#include <string.h>

struct events_listing {
    struct store *store;
    bool as_json;
    int64_t *indexes;
    size_t count, capacity;
    struct buf out, claims;
    struct csv_writer writer;
};

static int note_listed(void *context, int64_t index, const char *kind)
{
    (void)kind;
    struct events_listing *listing = context;
    int64_t *indexes = list_grow(listing->indexes, listing->count, &listing->capacity, sizeof *indexes);
    if (!indexes)
        return -1;
    listing->indexes = indexes;
    indexes[listing->count++] = index;
    return 0;
}

/* A text without its quotes, any other value as JSON. */
static void put_claim_value(struct buf *out, const struct json *value)
{
    const char *text = json_text(value);
    if (text)
        buf_put_text(out, text);
    else
        json_put_value(out, value);
}

/* What is said beside panel, time and kind: `name=value`, parted by blanks. */
static void put_further_claims(struct buf *out, const struct json *claims)
{
    for (const struct json *claim = json_first(claims); claim; claim = json_next(claim)) {
        const char *name = json_name(claim);
        if (strcmp(name, "aud") == 0 || strcmp(name, "iat") == 0 || strcmp(name, "event") == 0)
            continue;
        buf_put_text(out, out->len > 0 ? " " : "");
        buf_put_text(out, name);
        buf_put_char(out, '=');
        put_claim_value(out, claim);
    }
}

static void put_event_row(struct events_listing *listing, int64_t index, const struct event *event)
{
    buf_reset(&listing->claims);
    put_further_claims(&listing->claims, event->read_from);
    csv_put_integer(&listing->writer, index);
    cmd_put_time(&listing->writer, event->iat);
    csv_put_text(&listing->writer, event_name(event->kind));
    csv_put_text(&listing->writer, buf_text(&listing->claims));
    csv_end_row(&listing->writer);
}

/* The claims with the index before them. */
static void put_event_object(struct events_listing *listing, int64_t index, const struct event *event)
{
    struct buf *out = &listing->out;
    buf_put_text(out, out->len > 1 ? ",\n{\"index\":" : "\n{\"index\":");
    buf_put_integer(out, index);
    for (const struct json *claim = json_first(event->read_from); claim; claim = json_next(claim)) {
        buf_put_char(out, ',');
        json_put_text(out, json_name(claim));
        buf_put_char(out, ':');
        json_put_value(out, claim);
    }
    buf_put_char(out, '}');
}

/* Returns the exit code. */
static int put_listed_event(struct events_listing *listing, int64_t index)
{
    struct event event;
    struct error error = {0};
    if (recorded_read(listing->store, index, &event, &error) < 0)
        return cli_fail("%s", error.text);
    if (listing->as_json)
        put_event_object(listing, index, &event);
    else
        put_event_row(listing, index, &event);
    event_free(&event);
    return CLI_DONE;
}

static void begin_listing(struct events_listing *listing)
{
    if (listing->as_json) {
        buf_put_char(&listing->out, '[');
        return;
    }
    buf_put_text(&listing->out, "index,at,event,claims\r\n");
    csv_begin(&listing->writer, &listing->out, &csv_rfc4180);
}

static int list_events(struct events_listing *listing)
{
    int result = CLI_DONE;
    if (store_begin_reading(listing->store) != STORE_OK ||
        store_event_each(listing->store, 0, INT64_MAX, note_listed, listing) != STORE_OK)
        return cmd_store_failed(listing->store);
    begin_listing(listing);
    for (size_t i = 0; i < listing->count && result == CLI_DONE; i++)
        result = put_listed_event(listing, listing->indexes[i]);
    if (listing->as_json)
        buf_put_text(&listing->out, listing->count > 0 ? "\n]\n" : "]\n");
    return result == CLI_DONE ? cmd_print(&listing->out, listing->as_json ? CLI_JSON : CLI_TEXT) : result;
}

int cmd_log_events(const struct cli_verb *verb, int argc, char **argv)
{
    struct events_listing listing = {.store = NULL};
    const struct cli_option options[] = {
        {"json", NULL, NULL, &listing.as_json, "as a list of what the events claim",
         "als lijst van wat de gebeurtenissen zeggen"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (result != CLI_RUN || (listing.store = cmd_open(STORE_READING, NULL, &result)) == NULL)
        return result;
    buf_init(&listing.out, SIZE_MAX);
    buf_init(&listing.claims, JWS_MAX);
    result = list_events(&listing);
    buf_free(&listing.claims);
    buf_free(&listing.out);
    mem_free(listing.indexes);
    store_close(listing.store);
    return result;
}
