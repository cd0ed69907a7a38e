/* The wish holds the event's claims, and as its document all files one after the other. What was made is stored as it
 * is, if nothing has come between that it would be untrue to. */
#include "collector/acts/release.h"
#include "base/clock.h"
#include "base/lang.h"
#include "collector/acts/kinds.h"
#include "collector/log/tree.h"
#include "crypto/base64url.h"
#include "panel/limits.h"
#include <string.h>

#define DAY INT64_C(86400)

int act_release_may_follow(const struct act_release_place *place, bool is_final, struct error *error)
{
    const struct store_release *last = place->last;
    int64_t days = place->panel->release_interval;
    char next[CLOCK_TEXT_SIZE];
    if (place->panel->min_respondents < LIMIT_LEAST || place->panel->round_to < LIMIT_LEAST)
        return error_set(
            error, ERROR_REFUSED,
            T("minRespondents and roundTo must be %d or more; this panel definition is of before that was "
              "asked: import it anew",
              "minRespondents en roundTo moeten %d of meer zijn; deze paneldefinitie is van voor die tijd, "
              "lees haar opnieuw in"),
            LIMIT_LEAST);
    if (last && last->is_final)
        return error_set(
            error, ERROR_REFUSED,
            T("release %lld was the final one of this round", "uitgave %lld was de laatste van deze ronde"),
            (long long)last->number);
    if (is_final && !place->is_closed)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("the round is not closed; --final is for what is told of it at the end",
                           "de ronde is niet gesloten; --final is voor wat er aan het eind over gezegd wordt"));
    if (is_final || !last || place->now - last->created_at >= days * DAY)
        return 0;
    clock_format(last->created_at + days * DAY, next);
    return error_set(error, ERROR_REFUSED,
                     T("release %lld is less than releaseInterval (%lld days) ago; the next may be made from %s on",
                       "uitgave %lld is nog geen releaseInterval (%lld dagen) geleden; de volgende kan vanaf %s"),
                     (long long)last->number, (long long)days, next);
}

/* The wish. */

static void put_hash_claim(struct buf *out, const char *name, const uint8_t hash[static SHA256_BYTES])
{
    buf_printf(out, "\"%s\":\"", name);
    base64url_put(out, hash, SHA256_BYTES);
    buf_put_char(out, '"');
}

static void put_file_claims(struct act_wish *wish, const struct release_file *file)
{
    uint8_t hash[SHA256_BYTES];
    crypto_sha256(buf_text(&file->text), file->text.len, hash);
    buf_put_text(&wish->claims, "{\"name\":");
    json_put_text(&wish->claims, file->name);
    buf_put_text(&wish->claims, ",\"bytes\":");
    buf_put_integer(&wish->claims, (int64_t)file->text.len);
    buf_put_char(&wish->claims, ',');
    put_hash_claim(&wish->claims, "sha256", hash);
    buf_put_char(&wish->claims, '}');
    buf_put(&wish->document, file->text.data, file->text.len);
}

static void put_number_claim(struct buf *out, const char *name, int64_t number)
{
    buf_printf(out, ",\"%s\":%lld", name, (long long)number);
}

int act_prepare_release(struct act_wish *wish, const struct act_release *release, struct error *error)
{
    act_wish_init(wish, EVENT_RELEASE_CREATED);
    struct buf *claims = &wish->claims;
    buf_put_text(claims, "{\"round\":");
    json_put_text(claims, release->round);
    put_number_claim(claims, "number", release->number);
    buf_printf(claims, ",\"final\":%s", release->is_final ? "true" : "false");
    put_number_claim(claims, "size", (int64_t)release->head.size);
    buf_put_char(claims, ',');
    put_hash_claim(claims, "root", release->head.root.bytes);
    put_number_claim(claims, "minRespondents", release->panel->min_respondents);
    put_number_claim(claims, "roundTo", release->panel->round_to);
    put_number_claim(claims, "minChanged", release->panel->min_changed);
    buf_put_text(claims, ",\"files\":[");
    for (size_t i = 0; i < RELEASE_FILES; i++) {
        buf_put_text(claims, i > 0 ? "," : "");
        put_file_claims(wish, &release->release->files[i]);
    }
    buf_put_text(claims, "]}");
    if (buf_check(claims) == 0 && buf_check(&wish->document) == 0)
        return 0;
    act_wish_wipe(wish);
    return error_set(error, ERROR_REFUSED,
                     T("the release's files are together over %zu MiB, or memory lacks",
                       "de bestanden van de uitgave zijn samen groter dan %zu MiB, of er is te weinig geheugen"),
                     ACT_DOCUMENT_MAX >> 20);
}

/* Carrying out. */

static int read_release_claims(struct act_work *work)
{
    struct event *event = &work->event;
    event->rule = RELEASE_RULE;
    return act_claim_text(work, "round", &event->round) < 0 || act_claim_integer(work, "number", &event->number) < 0 ||
                   json_bool(json_member(work->claims, "final"), &event->is_final) < 0 ||
                   act_claim_integer(work, "size", &event->size) < 0 || act_claim_hash(work, "root", event->root) < 0 ||
                   act_claim_integer(work, "minRespondents", &event->min_respondents) < 0 ||
                   act_claim_integer(work, "roundTo", &event->round_to) < 0 ||
                   act_claim_integer(work, "minChanged", &event->min_changed) < 0
               ? -1
               : 0;
}

/* A file's claims, and that they are those of the bytes at *at in the document, which goes on behind them. */
static int read_file_claims(const struct act_work *work, const struct json *claims, struct event_file *out, size_t *at)
{
    uint8_t hash[SHA256_BYTES];
    const char *name = json_text(json_member(claims, "name")), *sha256 = json_text(json_member(claims, "sha256"));
    if (!name || strcmp(name, out->name) != 0 || !sha256 ||
        json_integer(json_member(claims, "bytes"), &out->bytes) < 0 || out->bytes < 0 ||
        (uint64_t)out->bytes > work->document_len - *at ||
        base64url_decode_exactly(sha256, strlen(sha256), out->sha256, SHA256_BYTES) < 0)
        return -1;
    crypto_sha256((const char *)work->document + *at, (size_t)out->bytes, hash);
    *at += (size_t)out->bytes;
    return memcmp(hash, out->sha256, SHA256_BYTES) == 0 ? 0 : -1;
}

static int read_all_files(struct act_work *work)
{
    const struct json *files = json_member(work->claims, "files");
    size_t at = 0;
    if (json_count(files) != RELEASE_FILES)
        return -1;
    for (const struct json *file = json_first(files); file; file = json_next(file)) {
        struct event_file *out = &work->event.files[work->event.file_count];
        out->name = release_file_name(work->event.file_count++);
        if (read_file_claims(work, file, out, &at) < 0)
            return -1;
    }
    return at == work->document_len ? 0 : -1;
}

static enum act_result refuse_overtaken(struct act_work *work)
{
    return act_refuse(work, "%s",
                      T("the log has moved on under the release that was made: ask it again",
                        "het logboek is verdergegaan onder de uitgave die gemaakt is: vraag die opnieuw"));
}

/* Whether an event of that kind has come after what the release was made of. */
static enum act_result check_none_since(struct act_work *work, enum event_kind kind)
{
    int64_t index;
    switch (store_event_last(work->store, event_name(kind), &index)) {
    case STORE_OK:
        return index < work->event.size ? ACT_DONE : refuse_overtaken(work);
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        return ACT_DONE;
    case STORE_FAILED:
        break;
    }
    return act_store_failed(work);
}

/* The release is of this log, and what it rests on is in force: nothing erased since, no other panel. */
static enum act_result check_ground(struct act_work *work)
{
    struct tree_reader reader = {work->store, &work->error};
    struct merkle_hash root;
    if (work->event.size < 0 || work->event.size > work->index)
        return refuse_overtaken(work);
    if (merkle_root_at((uint64_t)work->event.size, tree_read, &reader, &root) < 0)
        return ACT_FAILED;
    if (memcmp(root.bytes, work->event.root, SHA256_BYTES) != 0)
        return refuse_overtaken(work);
    enum act_result result = check_none_since(work, EVENT_ENTRIES_ERASED);
    return result == ACT_DONE ? check_none_since(work, EVENT_PANEL_IMPORTED) : result;
}

static enum act_result check_sequence(struct act_work *work, int64_t round)
{
    struct store_release last;
    enum store_result found = store_release_last(work->store, round, &last);
    if (found == STORE_FAILED)
        return act_store_failed(work);
    const struct act_release_place place = {.last = found == STORE_OK ? &last : NULL,
                                            .panel = work->catalogue->panel,
                                            .is_closed = closings_have(work->closings, work->event.round),
                                            .now = work->now};
    if (work->event.number != (place.last ? last.number : 0) + 1)
        return act_refuse(
            work, T("release %lld of this round was made meanwhile", "uitgave %lld van deze ronde is intussen gemaakt"),
            (long long)(place.last ? last.number : 0));
    return act_release_may_follow(&place, work->event.is_final, &work->error) < 0 ? ACT_REFUSED : ACT_DONE;
}

static enum act_result store_release_whole(struct act_work *work, int64_t round)
{
    const struct event *event = &work->event;
    struct store_release release = {.round = round,
                                    .number = event->number,
                                    .is_final = event->is_final,
                                    .size = event->size,
                                    .index = work->index,
                                    .created_at = work->now};
    memcpy(release.root, event->root, SHA256_BYTES);
    if (store_release_add(work->store, &release) != STORE_OK)
        return act_store_failed(work);
    const char *at = work->document;
    for (size_t i = 0; i < event->file_count; at += event->files[i++].bytes)
        if (store_release_file_add(work->store, round, event->number, event->files[i].name, at,
                                   (size_t)event->files[i].bytes) != STORE_OK)
            return act_store_failed(work);
    return ACT_DONE;
}

enum act_result act_create_release(struct act_work *work)
{
    if (read_release_claims(work) < 0 || read_all_files(work) < 0)
        return act_bad_claims(work);
    int round = panel_find_round(work->catalogue->panel, work->event.round);
    if (round < 0)
        return act_refuse(work, T("the panel has no round '%s'", "het panel heeft geen ronde '%s'"), work->event.round);
    int64_t number = work->catalogue->round_numbers[round];
    enum act_result result = check_sequence(work, number);
    if (result == ACT_DONE)
        result = check_ground(work);
    return result == ACT_DONE ? store_release_whole(work, number) : result;
}
