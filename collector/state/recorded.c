/* By the store's list of events: their indexes by kind, and the entries that these name. */
#include "collector/state/recorded.h"
#include "base/lang.h"
#include "crypto/jws.h"
#include <string.h>

static int tell_damaged(int64_t index, struct error *error)
{
    return error_set(error, ERROR_DAMAGED,
                     T("entry %lld is not the event that it is listed as; run `audit`",
                       "regel %lld is niet de gebeurtenis waarvoor die te boek staat; voer `audit` uit"),
                     (long long)index);
}

static int parse_entry(const struct buf *jws, int64_t index, struct event *out, struct error *error)
{
    struct jws parts;
    struct buf payload;
    struct error why = {.kind = ERROR_MEMORY}; /* what else keeps a payload from being decoded */
    buf_init(&payload, JWS_MAX);
    int result = -1;
    if (jws_parse(buf_text(jws), jws->len, EVENT_TYP, &parts, &why) == 0 && jws_decode_payload(&parts, &payload) == 0)
        result = event_parse(buf_text(&payload), payload.len, out, &why);
    buf_free(&payload);
    if (result == 0)
        return 0;
    return why.kind == ERROR_MEMORY ? error_no_memory(error) : tell_damaged(index, error);
}

int recorded_read(struct store *store, int64_t index, struct event *out, struct error *error)
{
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    int result = -1;
    switch (store_entry_read(store, index, &jws)) {
    case STORE_OK:
        result = parse_entry(&jws, index, out, error);
        break;
    case STORE_NONE:
    case STORE_ERASED: /* which no event ever is */
        tell_damaged(index, error);
        break;
    case STORE_FAILED:
        store_fail(store, error);
        break;
    }
    buf_free(&jws);
    return result;
}

/* The index of the newest event of a kind; -1 in *index where there is none. */
static int find_last(struct store *store, enum event_kind kind, int64_t *index, struct error *error)
{
    switch (store_event_last(store, event_name(kind), index)) {
    case STORE_OK:
        return 0;
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        *index = -1;
        return 0;
    case STORE_FAILED:
        break;
    }
    return store_fail(store, error);
}

/* The newest of all events, and of those that put an operator key in force. */
struct newest {
    int64_t event, key;
};

static int find_newest(struct store *store, struct newest *newest, struct error *error)
{
    *newest = (struct newest){-1, -1};
    for (int kind = 0; kind < EVENT_KINDS; kind++) {
        int64_t index;
        if (find_last(store, (enum event_kind)kind, &index, error) < 0)
            return -1;
        bool names_key = kind == EVENT_LOG_OPENED || kind == EVENT_LOG_UPGRADED || kind == EVENT_OPERATOR_CHANGED;
        if (index > newest->event)
            newest->event = index;
        if (names_key && index > newest->key)
            newest->key = index;
    }
    return 0;
}

int recorded_log_read(struct store *store, struct recorded_log *out, struct error *error)
{
    struct newest newest;
    struct event event = {.iat = 0};
    struct recorded_log read = {.begun = false};
    if (find_newest(store, &newest, error) < 0)
        return -1;
    if (newest.key >= 0) {
        if (recorded_read(store, newest.key, &event, error) < 0)
            return -1;
        read.begun = true;
        memcpy(read.operator_key, event.operator_key, KEY_BYTES);
        event_free(&event);
    }
    if (newest.event >= 0) {
        if (recorded_read(store, newest.event, &event, error) < 0)
            return -1;
        read.last_iat = event.iat;
        event_free(&event);
    }
    *out = read;
    return 0;
}
