/* What is in force in the store, and its releases, against what the log tells of both. */
#include "base/lang.h"
#include "base/mem.h"
#include "collector/audit/compare.h"
#include <string.h>

struct force {
    struct audit_findings *findings;
    const struct replay *replay;
    struct store *store;
    struct error *error;
    int64_t round; /* the store's, whose releases are being compared */
    const char *round_id;
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

static int gather_action(void *context, const struct store_action *row)
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
    enum store_result result = store_action_each(f->store, gather_action, stored);
    action_list_put_json(&json, stored);
    if (result == STORE_OK && (law->has_list ? !is_document(&json, law->list) : stored->count > 0))
        findings_add(f->findings, "%s",
                     T("action list: the one in the store is not the one that the log put in force",
                       "actielijst: die in de opslag is niet die welke het logboek van kracht maakte"));
    buf_free(&json);
    action_list_free(stored);
    if (result == STORE_OK)
        return 0;
    if (store_error(f->store)->kind == ERROR_NONE)
        return error_no_memory(f->error);
    return store_fail(f->store, f->error);
}

int compare_force(const struct replay *replay, struct store *store, struct audit_findings *findings,
                  struct error *error)
{
    struct force f = {.findings = findings, .replay = replay, .store = store, .error = error};
    struct replay_totals totals;
    const struct law *law = replay_law(replay);
    replay_totals(replay, &totals);
    if (!totals.has_operator || !law || law->is_older)
        return 0;
    return compare_panel(&f, law) < 0 ? -1 : compare_list(&f, law);
}
