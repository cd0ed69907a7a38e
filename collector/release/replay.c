/* Members are numbered as they are met: who they are is nobody's business here. Knows no table and no rule. */
#include "collector/release/replay.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/spill_table.h"
#include "crypto/base64url.h"
#include "crypto/jws.h"
#include "panel/enrolment.h"
#include "panel/event.h"
#include "panel/own_data.h"
#include "panel/response.h"
#include <string.h>

#define CHUNK 4096

enum entry_state { ENTRY_PASSED, ENTRY_BALLOT, ENTRY_ERASURE, ENTRY_ERASED, ENTRY_BAD };

struct replayed_entry {
    struct buf text;
    int64_t index;
    enum entry_state state;
    uint8_t thumbprint[SHA256_BYTES]; /* of a ballot's author */
    int64_t revision;
    struct ballot ballot;
    int64_t lowest; /* of the entries that an erasure names */
    bool no_memory; /* of ENTRY_BAD */
};

struct replay_chunk {
    const struct replay_source *source;
    struct replayed_entry entries[CHUNK];
    size_t count;
};

struct replay {
    const struct replay_source *source;
    struct ballots *out;
    struct spill_table *authors; /* thumbprints, numbered as they are met */
    struct replay_chunk chunks[2]; /* one is read while the other is taken apart */
};

/* Taking apart, on all cores. */

static void take_ballot(struct replayed_entry *entry, const struct buf *payload, const struct replay_source *source)
{
    const struct panel *panel = source->catalogue->panel;
    const struct round *round = &panel->rounds[source->round];
    struct response response;
    struct faults faults;
    struct error why = {0};
    entry->state = ENTRY_BAD;
    if (response_parse(buf_text(payload), payload->len, &response, &why) < 0) {
        entry->no_memory = why.kind == ERROR_MEMORY;
        return;
    }
    faults_init(&faults);
    /* When the round opened may have been moved since. */
    int64_t now = response.iat > round->opens_at ? response.iat : round->opens_at;
    response.iat = now;
    entry->revision = response.revision;
    if (strcmp(response.round, round->id) != 0)
        entry->state = ENTRY_PASSED;
    else if (response_check(&response, panel, source->catalogue->actions, now, &entry->ballot, &faults) == 0)
        entry->state = ENTRY_BALLOT;
    entry->no_memory = faults.no_memory;
    faults_free(&faults);
    response_free(&response);
}

static void take_erasing(struct replayed_entry *entry, const struct buf *payload)
{
    struct event event;
    struct error why = {0};
    if (event_parse(buf_text(payload), payload->len, &event, &why) < 0) {
        entry->state = ENTRY_BAD;
        entry->no_memory = why.kind == ERROR_MEMORY;
        return;
    }
    if (event.kind == EVENT_ENTRIES_ERASED && event.entries.count > 0) {
        entry->state = ENTRY_ERASURE;
        entry->lowest = event.entries.list[0];
    }
    event_free(&event);
}

/* What else may stand in a log, and says nothing of answers. */
static bool is_of_other_kind(const struct replayed_entry *entry)
{
    struct jws jws;
    return jws_parse(entry->text.data, entry->text.len, ENROLMENT_TYP, &jws, NULL) == 0 ||
           jws_parse(entry->text.data, entry->text.len, ERASURE_TYP, &jws, NULL) == 0;
}

static void take_answers(struct replayed_entry *entry, const struct jws *jws, bool is_response,
                         const struct replay_source *source)
{
    struct buf payload;
    buf_init(&payload, JWS_MAX);
    if (jws_decode_payload(jws, &payload) < 0) {
        entry->state = ENTRY_BAD;
        entry->no_memory = true;
    } else if (is_response) {
        take_ballot(entry, &payload, source);
    } else {
        take_erasing(entry, &payload);
    }
    buf_free(&payload);
}

static void take_entry_apart(void *context, size_t i)
{
    struct replay_chunk *chunk = context;
    struct replayed_entry *entry = &chunk->entries[i];
    struct jws jws;
    if (entry->state == ENTRY_ERASED)
        return;
    bool is_response = jws_parse(entry->text.data, entry->text.len, RESPONSE_TYP, &jws, NULL) == 0;
    if (!is_response && jws_parse(entry->text.data, entry->text.len, EVENT_TYP, &jws, NULL) < 0)
        entry->state = is_of_other_kind(entry) ? ENTRY_PASSED : ENTRY_BAD;
    else if (base64url_decode_exactly(jws.kid, strlen(jws.kid), entry->thumbprint, sizeof entry->thumbprint) < 0)
        entry->state = ENTRY_BAD;
    else
        take_answers(entry, &jws, is_response, chunk->source);
}

/* In order. */

/* The author's number, a new one where it is the first time; 0: it failed. */
static uint32_t number_author(struct spill_table *authors, const uint8_t thumbprint[static SPILL_DIGEST])
{
    uint32_t number = spill_table_find(authors, thumbprint);
    return number != 0 ? number : spill_table_add(authors, thumbprint);
}

static int note_ballot(struct replay *replay, const struct replayed_entry *entry, struct error *error)
{
    uint32_t author = number_author(replay->authors, entry->thumbprint);
    if (author == 0)
        return scratch_check(replay->source->scratch, error);
    return ballots_add(replay->out, &entry->ballot, author, entry->revision, entry->index, error);
}

static int refuse_entry(const struct replayed_entry *entry, struct error *error)
{
    if (entry->no_memory)
        return error_no_memory(error);
    return error_set(error, ERROR_DAMAGED,
                     T("entry %lld is not what was accepted; `audit` says more",
                       "regel %lld is niet wat is aangenomen; `audit` zegt er meer over"),
                     (long long)entry->index);
}

static int note_entry(struct replay *replay, const struct replayed_entry *entry, struct error *error)
{
    switch (entry->state) {
    case ENTRY_PASSED:
    case ENTRY_ERASED:
        return 0;
    case ENTRY_BALLOT:
        return note_ballot(replay, entry, error);
    case ENTRY_ERASURE:
        return ballots_note_erasure(replay->out, entry->lowest, entry->index) < 0 ? error_no_memory(error) : 0;
    case ENTRY_BAD:
        return refuse_entry(entry, error);
    }
    return -1;
}

static int note_chunk(struct replay *replay, const struct replay_chunk *chunk, struct error *error)
{
    int result = 0;
    for (size_t i = 0; i < chunk->count && result == 0; i++)
        result = note_entry(replay, &chunk->entries[i], error);
    return result;
}

/* Reading. */

static int take_stored_entry(void *context, int64_t index, const char *jws, size_t len)
{
    struct replay_chunk *chunk = context;
    struct replayed_entry *entry = &chunk->entries[chunk->count++];
    entry->index = index;
    entry->state = len > 0 ? ENTRY_PASSED : ENTRY_ERASED;
    buf_reset(&entry->text);
    buf_put(&entry->text, jws, len);
    return buf_check(&entry->text);
}

static void clear_replay_chunk(struct replay_chunk *chunk)
{
    for (size_t i = 0; i < chunk->count; i++) {
        if (chunk->entries[i].state == ENTRY_BALLOT)
            ballot_free(&chunk->entries[i].ballot);
        chunk->entries[i].state = ENTRY_PASSED;
    }
    chunk->count = 0;
}

/* The entries from `first` on, as many as a chunk holds; none behind the last. */
static int read_replay_chunk(struct replay_chunk *chunk, int64_t first, struct error *error)
{
    const struct replay_source *source = chunk->source;
    int64_t wanted = source->size - first < CHUNK ? source->size - first : CHUNK;
    chunk->count = 0;
    if (wanted <= 0)
        return 0;
    error_no_memory(error); /* unless the store says otherwise */
    if (store_entry_range(source->store, first, wanted, take_stored_entry, chunk) == STORE_FAILED)
        return store_fail(source->store, error);
    if ((int64_t)chunk->count == wanted)
        return 0;
    return error_set(error, ERROR_DAMAGED, T("entries from %lld on are missing", "regels vanaf %lld ontbreken"),
                     (long long)first);
}

static int replay_all(struct replay *replay, struct error *error)
{
    const struct replay_source *source = replay->source;
    struct replay_chunk *now = &replay->chunks[0], *next = &replay->chunks[1];
    int64_t done = 0;
    int result = read_replay_chunk(now, 0, error);
    while (result == 0 && now->count > 0) {
        if (source->progress)
            source->progress(source->context, done, source->size);
        parallel_begin(source->parallel, now->count, take_entry_apart, now);
        result = read_replay_chunk(next, done + (int64_t)now->count, error);
        parallel_end(source->parallel);
        done += (int64_t)now->count;
        if (result == 0)
            result = note_chunk(replay, now, error);
        clear_replay_chunk(now);
        struct replay_chunk *noted = now;
        now = next;
        next = noted;
    }
    if (result == 0 && source->progress)
        source->progress(source->context, source->size, source->size);
    return result;
}

static void free_replay(struct replay *replay)
{
    for (size_t c = 0; c < 2; c++) {
        clear_replay_chunk(&replay->chunks[c]);
        for (size_t i = 0; i < CHUNK; i++)
            buf_free(&replay->chunks[c].entries[i].text);
    }
    spill_table_free(replay->authors);
    mem_free(replay);
}

int replay_ballots(const struct replay_source *source, struct ballots *out, struct error *error)
{
    struct replay *replay = mem_calloc(1, sizeof *replay);
    if (!replay)
        return error_no_memory(error);
    replay->source = source;
    replay->out = out;
    for (size_t c = 0; c < 2; c++) {
        replay->chunks[c].source = source;
        for (size_t i = 0; i < CHUNK; i++)
            buf_init(&replay->chunks[c].entries[i].text, JWS_MAX);
    }
    replay->authors = spill_table_new(source->scratch, SHA256_BYTES, source->memory);
    int result = replay->authors ? replay_all(replay, error) : error_no_memory(error);
    free_replay(replay);
    return result == 0 ? ballots_turn(out, error) : -1;
}
