/* GET /v1/rounds/{id}/releases and …/releases/{number}/{file} (PROTOCOL 8a): what has been released of a round, each
 * file as the log has its hash, for anyone. Beside the files stand the entry that tells of them and its proof. */
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/number.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/api/troubles.h"
#include "collector/release/released.h"
#include "collector/state/recorded.h"
#include "crypto/jws.h"
#include <string.h>

#define ENTRY "release.jws"
#define PROOF "release.tlog-proof"

static struct api_troubles troubles = API_TROUBLES("releases");

static void answer_release_unread(struct http_exchange *x, const struct error *why)
{
    api_trouble_met(&troubles, why);
    http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
}

/* The store's number of the round in the path; 0: the answer has been set. */
static int64_t find_round_number(struct http_exchange *x, struct service *service)
{
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    int round = panel_find_round(catalogue->panel, http_parameter(x));
    int64_t number = round >= 0 ? catalogue->round_numbers[round] : 0;
    catalogue_release(catalogue);
    if (number == 0)
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The panel has no round with this id.", NULL);
    return number;
}

/* The list. */

struct release_list {
    struct store_release *list;
    size_t count, capacity;
};

static int add_to_list(void *context, const struct store_release *release)
{
    struct release_list *releases = context;
    struct store_release *list = list_grow(releases->list, releases->count, &releases->capacity, sizeof *list);
    if (!list)
        return -1;
    releases->list = list;
    list[releases->count++] = *release;
    return 0;
}

static void put_listed_files(struct buf *out, const struct event *event)
{
    buf_put_text(out, ",\"files\":[");
    for (size_t i = 0; i < event->file_count; i++) {
        buf_put_text(out, i > 0 ? ",{\"name\":" : "{\"name\":");
        json_put_text(out, event->files[i].name);
        buf_put_text(out, ",\"bytes\":");
        buf_put_integer(out, event->files[i].bytes);
        buf_put_text(out, ",\"sha256\":\"");
        base64url_put(out, event->files[i].sha256, SHA256_BYTES);
        buf_put_text(out, "\"}");
    }
    buf_put_char(out, ']');
}

/* What its event says of it. */
static int put_listed_release(struct buf *out, struct store *store, const struct store_release *release,
                              struct error *error)
{
    char created[CLOCK_TEXT_SIZE];
    struct event event;
    if (recorded_read(store, release->index, &event, error) < 0)
        return -1;
    clock_format(release->created_at, created);
    buf_printf(out, "{\"number\":%lld,\"createdAt\":\"%s\",\"final\":%s,\"size\":%lld,\"index\":%lld",
               (long long)release->number, created, release->is_final ? "true" : "false", (long long)release->size,
               (long long)release->index);
    put_listed_files(out, &event);
    buf_put_char(out, '}');
    event_free(&event);
    return 0;
}

static int put_release_list(struct buf *out, struct store *store, int64_t round, struct error *error)
{
    struct release_list releases = {0};
    error_no_memory(error); /* unless the store says otherwise */
    int result = store_release_each(store, round, add_to_list, &releases) == STORE_OK ? 0 : store_fail(store, error);
    buf_put_char(out, '[');
    for (size_t i = 0; i < releases.count && result == 0; i++) {
        buf_put_text(out, i > 0 ? ",\n" : "");
        result = put_listed_release(out, store, &releases.list[i], error);
    }
    buf_put_char(out, ']');
    mem_free(releases.list);
    return result;
}

void api_releases_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    int64_t round = find_round_number(x, service);
    if (round == 0)
        return;
    struct error error;
    struct buf body;
    buf_init(&body, SIZE_MAX);
    error_set(&error, ERROR_IO, "%s", T("the store can't be read", "de opslag kan niet gelezen worden"));
    struct store *store = reader_take(service->reader);
    int result = store ? put_release_list(&body, store, round, &error) : -1;
    if (store)
        reader_give_back(service->reader);
    if (result == 0) {
        api_trouble_passed(&troubles);
        api_answer_cached(x, "application/json", &body);
        return;
    }
    buf_free(&body);
    answer_release_unread(x, &error);
}

/* Files. */

/* "3/options.csv": 0, the number, and where the name begins; -1: it is nothing of the kind. */
static int read_file_path(const char *path, int64_t *number, const char **name)
{
    const char *slash = strchr(path, '/');
    if (!slash || number_parse(path, (size_t)(slash - path), 1, JSON_INTEGER_MAX, number) < 0)
        return -1;
    *name = slash + 1;
    return 0;
}

static const char *media_type_of(const char *name)
{
    size_t len = strlen(name);
    if (strcmp(name, ENTRY) == 0)
        return "application/jose";
    if (len > strlen(".csv") && strcmp(name + len - strlen(".csv"), ".csv") == 0)
        return "text/csv; charset=utf-8; header=present";
    return strstr(name, "-metadata.json") ? "application/csvm+json" : "application/json";
}

/* What is asked for. */
struct file_wanted {
    int64_t round, number;
    const char *name;
    int64_t index; /* of the release's event; -1: there is no such release */
};

/* What the release's event says of its file of that name. STORE_NONE: it names none. */
static enum store_result find_named_file(struct store *store, const struct file_wanted *wanted,
                                         struct api_immutable *out, struct error *error)
{
    struct event event;
    enum store_result result = STORE_NONE;
    if (recorded_read(store, wanted->index, &event, error) < 0)
        return STORE_FAILED;
    for (size_t i = 0; i < event.file_count; i++)
        if (strcmp(event.files[i].name, wanted->name) == 0) {
            *out = (struct api_immutable){.content_type = media_type_of(wanted->name),
                                          .len = (size_t)event.files[i].bytes};
            memcpy(out->sha256, event.files[i].sha256, SHA256_BYTES);
            result = STORE_OK;
        }
    event_free(&event);
    return result;
}

static enum store_result answer_named_file(struct http_exchange *x, struct store *store,
                                           const struct file_wanted *wanted, const struct store_release *release,
                                           struct error *error)
{
    struct api_immutable file;
    struct buf bytes;
    enum store_result result = find_named_file(store, wanted, &file, error);
    if (result != STORE_OK || api_answer_unread(x, &file))
        return result;
    buf_init(&bytes, SIZE_MAX);
    result = released_file_of(store, release, wanted->name, file.sha256, &bytes, error);
    if (result == STORE_OK)
        api_answer_read(x, &file, &bytes);
    else
        buf_free(&bytes);
    return result;
}

static enum store_result answer_entry(struct http_exchange *x, struct store *store, int64_t index, struct error *error)
{
    struct buf entry;
    buf_init(&entry, JWS_MAX);
    enum store_result result = store_entry_read(store, index, &entry);
    if (result == STORE_OK) {
        api_answer_tagged(x, media_type_of(ENTRY), &entry, API_IMMUTABLE);
        return STORE_OK;
    }
    buf_free(&entry);
    if (result == STORE_FAILED)
        store_fail(store, error);
    return result;
}

/* The proof is against the newest checkpoint, so that it is another one each time: any of them will do. */
static void answer_proof(struct http_exchange *x, struct service *service, int64_t index)
{
    struct buf body;
    buf_init(&body, SIZE_MAX);
    if (api_put_any_receipt(&body, service, (uint64_t)index, RECEIPT_TEXT) == 0) {
        api_answer_cached(x, "text/plain; charset=utf-8", &body);
        return;
    }
    buf_free(&body);
    http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
}

/* Finds the release, and answers with its file or entry; the proof is left to the caller, who has no handle then. */
static enum store_result answer_wanted(struct http_exchange *x, struct store *store, struct file_wanted *wanted,
                                       struct error *error)
{
    struct store_release release;
    enum store_result result = released_find(store, wanted->round, wanted->number, &release);
    if (result == STORE_FAILED)
        store_fail(store, error);
    if (result != STORE_OK)
        return result;
    wanted->index = release.index;
    if (strcmp(wanted->name, PROOF) == 0)
        return STORE_OK;
    if (strcmp(wanted->name, ENTRY) == 0)
        return answer_entry(x, store, release.index, error);
    return answer_named_file(x, store, wanted, &release, error);
}

static void get_wanted_file(struct http_exchange *x, struct service *service, struct file_wanted *wanted)
{
    struct error error;
    enum store_result result = STORE_FAILED;
    error_set(&error, ERROR_IO, "%s", T("the store can't be read", "de opslag kan niet gelezen worden"));
    struct store *store = reader_take(service->reader);
    if (store) {
        result = answer_wanted(x, store, wanted, &error);
        reader_give_back(service->reader);
    }
    if (result != STORE_FAILED)
        api_trouble_passed(&troubles);
    if (result == STORE_FAILED)
        answer_release_unread(x, &error);
    else if (wanted->index < 0)
        http_answer_problem(x, PROBLEM_NO_RELEASE, problem_detail(PROBLEM_NO_RELEASE), NULL);
    else if (result != STORE_OK)
        api_answer_nothing(x);
    else if (strcmp(wanted->name, PROOF) == 0)
        answer_proof(x, service, wanted->index);
}

void api_release_file_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct file_wanted wanted = {.index = -1};
    if (read_file_path(http_tail(x), &wanted.number, &wanted.name) < 0)
        api_answer_nothing(x);
    else if ((wanted.round = find_round_number(x, service)) != 0)
        get_wanted_file(x, service, &wanted);
}
