/* What is in force in the store, and its releases, against what the log tells of both. */
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/audit/compare.h"
#include <string.h>

#define ROUNDS_MAX 4096 /* more than a store can number */

struct force {
    struct audit_findings *findings;
    const struct replay *replay;
    struct store *store;
    struct error *error;
};

static bool is_document(const struct buf *bytes, const uint8_t hash[static SHA256_BYTES])
{
    uint8_t found[SHA256_BYTES];
    crypto_sha256(buf_text(bytes), bytes->len, found);
    return memcmp(found, hash, sizeof found) == 0;
}

/* Definition and list. */

static int compare_panel(struct force *f, const struct law *law)
{
    struct buf stored;
    buf_init(&stored, PANEL_JSON_MAX);
    enum store_result result = store_panel_read(f->store, &stored);
    if (result != STORE_FAILED && (result == STORE_NONE || !is_document(&stored, law->panel)))
        findings_add(f->findings, "%s",
                     T("panel definition: the one in the store is not the one that the log put in force",
                       "paneldefinitie: die in de opslag is niet die welke het logboek van kracht maakte"));
    buf_free(&stored);
    return result == STORE_FAILED ? store_fail(f->store, f->error) : 0;
}

static int list_stored_action(void *context, const struct store_action *row)
{
    return action_list_add(context, &row->action);
}

static int compare_list(struct force *f, const struct law *law)
{
    struct buf json;
    struct action_list *stored = action_list_new();
    if (!stored)
        return error_no_memory(f->error);
    buf_init(&json, SIZE_MAX);
    enum store_result result = store_action_each(f->store, list_stored_action, stored);
    action_list_put_json(&json, stored);
    bool no_memory = buf_check(&json) < 0;
    if (result == STORE_OK && !no_memory && (law->has_list ? !is_document(&json, law->list) : stored->count > 0))
        findings_add(f->findings, "%s",
                     T("action list: the one in the store is not the one that the log put in force",
                       "actielijst: die in de opslag is niet die welke het logboek van kracht maakte"));
    buf_free(&json);
    action_list_free(stored);
    if (result == STORE_OK && !no_memory)
        return 0;
    if (no_memory || store_error(f->store)->kind == ERROR_NONE)
        return error_no_memory(f->error);
    return store_fail(f->store, f->error);
}

/* Releases. */

/* Those of a round, walked one after another once they are listed. */
struct stored_releases {
    int64_t round; /* the store's number */
    const char *round_id;
    struct store_release *list;
    size_t count, capacity;
};

static int gather_release(void *context, const struct store_release *release)
{
    struct stored_releases *found = context;
    struct store_release *list = list_grow(found->list, found->count, &found->capacity, sizeof *list);
    if (!list)
        return -1;
    found->list = list;
    list[found->count++] = *release;
    return 0;
}

/* The event that the store says made it. 0, and *out when *found; -1: *error. */
static int read_release_event(struct force *f, const struct store_release *release, struct event *out, bool *found)
{
    struct buf text, payload;
    struct jws jws;
    struct error why = {0};
    buf_init(&text, JWS_MAX);
    buf_init(&payload, JWS_MAX);
    enum store_result result = store_entry_read(f->store, release->index, &text);
    *found = result == STORE_OK && jws_parse(buf_text(&text), text.len, EVENT_TYP, &jws, NULL) == 0 &&
             jws_decode_payload(&jws, &payload) == 0 && event_parse(buf_text(&payload), payload.len, out, &why) == 0;
    bool no_memory = why.kind == ERROR_MEMORY || buf_check(&payload) < 0;
    buf_free(&payload);
    buf_free(&text);
    if (result == STORE_FAILED)
        return store_fail(f->store, f->error);
    return no_memory ? error_no_memory(f->error) : 0;
}

static bool same_release(const struct stored_releases *round, const struct store_release *stored,
                         const struct event *event)
{
    return event->kind == EVENT_RELEASE_CREATED && strcmp(event->round, round->round_id) == 0 &&
           event->number == stored->number && event->is_final == stored->is_final && event->size == stored->size &&
           event->iat == stored->created_at && memcmp(event->root, stored->root, SHA256_BYTES) == 0;
}

static int compare_release_file(struct force *f, const struct stored_releases *round,
                                const struct store_release *release, const struct event_file *named)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    enum store_result result = store_release_file_read(f->store, round->round, release->number, named->name, &text);
    if (result != STORE_FAILED && (result == STORE_NONE || !is_document(&text, named->sha256)))
        findings_add(f->findings,
                     T("release %lld of round %s: %s in the store is not the one that entry %lld names",
                       "uitgave %lld van ronde %s: %s in de opslag is niet wat regel %lld noemt"),
                     (long long)release->number, round->round_id, named->name, (long long)release->index);
    buf_free(&text);
    return result == STORE_FAILED ? store_fail(f->store, f->error) : 0;
}

static int compare_release(struct force *f, const struct stored_releases *round, const struct store_release *release)
{
    struct event event;
    bool found;
    if (read_release_event(f, release, &event, &found) < 0)
        return -1;
    int result = 0;
    if (!found || !same_release(round, release, &event))
        findings_add(f->findings,
                     T("release %lld of round %s: not the one that entry %lld tells of",
                       "uitgave %lld van ronde %s: niet die waarvan regel %lld vertelt"),
                     (long long)release->number, round->round_id, (long long)release->index);
    else
        for (size_t i = 0; i < event.file_count && result == 0; i++)
            result = compare_release_file(f, round, release, &event.files[i]);
    if (found)
        event_free(&event);
    return result;
}

static int compare_round_releases(struct force *f, int64_t number, const char *id)
{
    struct stored_releases round = {.round = number, .round_id = id};
    int64_t last = replay_last_release(f->replay, history_find_round(replay_history(f->replay), id));
    int result = 0;
    if (store_release_each(f->store, number, gather_release, &round) != STORE_OK)
        result = store_error(f->store)->kind == ERROR_NONE ? error_no_memory(f->error) : store_fail(f->store, f->error);
    for (size_t i = 0; i < round.count && result == 0; i++)
        result = compare_release(f, &round, &round.list[i]);
    if (result == 0 && (uint64_t)last != round.count)
        findings_add(f->findings,
                     T("releases of round %s: the store has %zu, the log tells of %lld",
                       "uitgaven van ronde %s: de opslag heeft er %zu, het logboek vertelt van %lld"),
                     id, round.count, (long long)last);
    mem_free(round.list);
    return result;
}

/* Rounds by their numbers in the store, walked once they are listed. */
struct stored_rounds {
    char *ids[ROUNDS_MAX];
    int64_t numbers[ROUNDS_MAX];
    size_t count;
};

static int list_stored_round(void *context, int64_t number, const char *id)
{
    struct stored_rounds *rounds = context;
    if (rounds->count == ROUNDS_MAX || (rounds->ids[rounds->count] = mem_copy_text(id, strlen(id))) == NULL)
        return -1;
    rounds->numbers[rounds->count++] = number;
    return 0;
}

static int compare_releases(struct force *f)
{
    struct stored_rounds *rounds = mem_calloc(1, sizeof *rounds);
    if (!rounds)
        return error_no_memory(f->error);
    int result = 0;
    if (store_round_each(f->store, list_stored_round, rounds) != STORE_OK)
        result = store_error(f->store)->kind == ERROR_NONE ? error_no_memory(f->error) : store_fail(f->store, f->error);
    for (size_t i = 0; i < rounds->count; i++) {
        if (result == 0)
            result = compare_round_releases(f, rounds->numbers[i], rounds->ids[i]);
        mem_free(rounds->ids[i]);
    }
    mem_free(rounds);
    return result;
}

int compare_force(const struct replay *replay, struct store *store, struct audit_findings *findings,
                  struct error *error)
{
    struct force f = {.findings = findings, .replay = replay, .store = store, .error = error};
    struct replay_totals totals;
    const struct law *law = replay_law(replay);
    replay_totals(replay, &totals);
    if (totals.has_operator && law && !law->is_older && (compare_panel(&f, law) < 0 || compare_list(&f, law) < 0))
        return -1;
    return compare_releases(&f);
}
