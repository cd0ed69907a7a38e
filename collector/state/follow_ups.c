/* Events name documents by their hashes; a document says what was published. Knows neither who reads nor who
 * publishes. */
#include "collector/state/follow_ups.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/state/recorded.h"
#include <string.h>

#define ALL INT64_MAX

static void destroy_follow_ups(void *value)
{
    struct follow_ups *follow_ups = value;
    for (size_t i = 0; i < follow_ups->count; i++)
        follow_up_free(&follow_ups->list[i].said);
    mem_free(follow_ups->list);
    mem_free(follow_ups);
}

/* Reading. */

struct gathered {
    int64_t *indexes;
    size_t count, capacity;
};

/* A walk may not be left for another verb, so it gathers alone. */
static int gather_index(void *context, int64_t index, const char *kind)
{
    struct gathered *gathered = context;
    if (strcmp(kind, event_name(EVENT_FOLLOW_UP_PUBLISHED)) != 0)
        return 0;
    int64_t *indexes = list_grow(gathered->indexes, gathered->count, &gathered->capacity, sizeof *indexes);
    if (!indexes)
        return -1;
    gathered->indexes = indexes;
    gathered->indexes[gathered->count++] = index;
    return 0;
}

static int tell_no_document(int64_t index, struct error *error)
{
    return error_set(error, ERROR_DAMAGED,
                     T("the document of entry %lld is missing or damaged; run `audit`",
                       "het document van regel %lld ontbreekt of is beschadigd; voer `audit` uit"),
                     (long long)index);
}

static int read_said(struct store *store, const struct event *event, int64_t index, struct follow_up *out,
                     struct error *error)
{
    struct buf document;
    buf_init(&document, FOLLOW_UP_MAX);
    enum store_result found = store_document_read(store, event->document, &document);
    int result = -1;
    if (found == STORE_FAILED)
        store_fail(store, error);
    else if (found == STORE_OK)
        result = follow_up_read_document(buf_text(&document), document.len, out, error);
    if (result < 0 && found != STORE_FAILED && (found != STORE_OK || error->kind != ERROR_MEMORY))
        tell_no_document(index, error);
    buf_free(&document);
    return result;
}

static int read_published(struct store *store, int64_t index, struct published *out, struct error *error)
{
    struct event event;
    if (recorded_read(store, index, &event, error) < 0)
        return -1;
    *out = (struct published){.index = index, .published_at = event.iat};
    int result = read_said(store, &event, index, &out->said, error);
    if (result == 0)
        out->said.replaces = event.replaces;
    event_free(&event);
    return result;
}

static int read_gathered(struct follow_ups *follow_ups, struct store *store, const struct gathered *gathered,
                         struct error *error)
{
    for (size_t i = 0; i < gathered->count; i++) {
        struct published *list = list_grow(follow_ups->list, follow_ups->count, &follow_ups->capacity, sizeof *list);
        if (!list)
            return error_no_memory(error);
        follow_ups->list = list;
        if (read_published(store, gathered->indexes[i], &list[follow_ups->count], error) < 0)
            return -1;
        follow_ups->count++;
    }
    return 0;
}

struct follow_ups *follow_ups_load(struct store *store, struct error *error)
{
    struct gathered gathered = {0};
    struct follow_ups *follow_ups = mem_calloc(1, sizeof *follow_ups);
    error_no_memory(error); /* the visitor's only failure */
    if (follow_ups)
        counted_init(&follow_ups->counted, destroy_follow_ups);
    if (follow_ups && (store_event_each(store, 0, ALL, gather_index, &gathered) != STORE_OK
                           ? store_fail(store, error)
                           : read_gathered(follow_ups, store, &gathered, error)) < 0) {
        counted_release(follow_ups);
        follow_ups = NULL;
    }
    mem_free(gathered.indexes);
    return follow_ups;
}

int follow_ups_are_current(const struct follow_ups *follow_ups, struct store *store, bool *current)
{
    int64_t last = -1;
    if (store_event_last(store, event_name(EVENT_FOLLOW_UP_PUBLISHED), &last) == STORE_FAILED)
        return -1;
    *current = last == (follow_ups->count > 0 ? follow_ups->list[follow_ups->count - 1].index : -1);
    return 0;
}

/* Publishing. */

static const struct published *find_published(const struct follow_ups *follow_ups, int64_t index)
{
    for (size_t i = 0; i < follow_ups->count; i++)
        if (follow_ups->list[i].index == index)
            return &follow_ups->list[i];
    return NULL;
}

static bool is_replaced(const struct follow_ups *follow_ups, int64_t index)
{
    for (size_t i = 0; i < follow_ups->count; i++)
        if (follow_ups->list[i].said.replaces == index)
            return true;
    return false;
}

static void check_replaced(const struct follow_ups *follow_ups, const struct follow_up *wanted, struct faults *faults)
{
    const struct published *earlier = find_published(follow_ups, wanted->replaces);
    if (!earlier || strcmp(earlier->said.action, wanted->action) != 0)
        faults_add(faults, "/replaces",
                   FAULTS_SAY(faults, "must be the index of a follow-up about the same action",
                              "moet de index van een terugkoppeling over dezelfde actie zijn"));
    else if (is_replaced(follow_ups, wanted->replaces))
        faults_add(faults, "/replaces",
                   FAULTS_SAY(faults, "names a follow-up that another stands in for already; name that one",
                              "noemt een terugkoppeling waarvoor al een andere in de plaats kwam; noem die"));
}

static void check_published_round(const struct panel *panel, const struct follow_up *wanted, struct faults *faults)
{
    int round = panel_find_round(panel, wanted->round);
    if (round < 0)
        faults_add(faults, "/round",
                   FAULTS_SAY(faults, "the panel has no such round", "het panel heeft die ronde niet"));
    else if (!round_has_action(&panel->rounds[round], wanted->action))
        faults_add(faults, "/round",
                   FAULTS_SAY(faults, "this action was not asked about in that round",
                              "in die ronde is niet naar deze actie gevraagd"));
}

static void check_said_before(const struct follow_ups *follow_ups, const struct follow_up *wanted,
                              struct faults *faults)
{
    for (size_t i = 0; i < follow_ups->count; i++) {
        const struct published *earlier = &follow_ups->list[i];
        if (!follow_up_is_same(&earlier->said, wanted) || is_replaced(follow_ups, earlier->index))
            continue;
        faults_add(faults, "",
                   FAULTS_SAY(faults, "entry %lld says the very same of this action; it is published already",
                              "regel %lld zegt precies hetzelfde over deze actie; het is al gepubliceerd"),
                   (long long)earlier->index);
        return;
    }
}

bool follow_ups_allow(const struct follow_ups *follow_ups, const struct panel *panel, const struct action_list *actions,
                      const struct follow_up *wanted, struct faults *faults)
{
    if (action_list_find(actions, wanted->action) < 0)
        faults_add(faults, "",
                   FAULTS_SAY(faults, "the action list has no action %s", "de actielijst heeft geen actie %s"),
                   wanted->action);
    if (wanted->round)
        check_published_round(panel, wanted, faults);
    if (wanted->replaces >= 0)
        check_replaced(follow_ups, wanted, faults);
    check_said_before(follow_ups, wanted, faults);
    return !faults_any(faults);
}

/* Telling. */

void follow_ups_put_json(struct buf *out, const struct published *published)
{
    const struct follow_up *said = &published->said;
    char at[CLOCK_TEXT_SIZE];
    clock_format(published->published_at, at);
    buf_printf(out, "{\"index\":%lld,\"action\":", (long long)published->index);
    json_put_text(out, said->action);
    buf_put_text(out, ",\"round\":");
    if (said->round)
        json_put_text(out, said->round);
    else
        buf_put_text(out, "null");
    buf_printf(out, ",\"status\":\"%s\",\"text\":", follow_up_status_name(said->status));
    labels_put_json(out, &said->text);
    buf_printf(out, ",\"publishedAt\":\"%s\",\"replaces\":", at);
    if (said->replaces >= 0)
        buf_put_integer(out, said->replaces);
    else
        buf_put_text(out, "null");
    buf_put_char(out, '}');
}
