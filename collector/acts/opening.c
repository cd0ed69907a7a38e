/* What an older log is told to have been, at the moment that it comes under protocol 2. From here on everything is
 * judged by events; what was before is judged by version 1's rules. */
#include "collector/acts/opening.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/acts/hashes.h"

struct gathering {
    struct act_work *work;
    size_t revoked_capacity;
    struct hashes unused;
};

static int gather_revoked(void *context, const struct store_member *member)
{
    struct gathering *gathering = context;
    struct event_indexes *revoked = &gathering->work->event.revoked;
    if (member->revoked_at == 0)
        return 0;
    int64_t *list = list_grow(revoked->list, revoked->count, &gathering->revoked_capacity, sizeof *list);
    if (!list)
        return error_no_memory(&gathering->work->error);
    revoked->list = list;
    revoked->list[revoked->count++] = member->index;
    return 0;
}

static int gather_unused(void *context, int64_t number, const uint8_t hash[static SHA256_BYTES],
                         const struct store_invitation *invitation)
{
    (void)number;
    struct gathering *gathering = context;
    if (invitation->state != INVITATION_UNUSED)
        return 0;
    return hashes_add(&gathering->unused, hash) == 0 ? 0 : error_no_memory(&gathering->work->error);
}

static int gather_all(struct gathering *gathering)
{
    struct act_work *work = gathering->work;
    struct invitation_counts counts;
    if (store_member_each(work->store, gather_revoked, gathering) != STORE_OK ||
        store_invitation_each(work->store, gather_unused, gathering) != STORE_OK ||
        store_invitation_count(work->store, &counts) != STORE_OK)
        return store_fail(work->store, &work->error);
    work->event.unused = counts.unused;
    work->event.used = counts.used;
    work->event.withdrawn = counts.withdrawn;
    return 0;
}

static int keep_documents(struct gathering *gathering)
{
    struct act_work *work = gathering->work;
    struct buf panel, actions, codes;
    buf_init(&panel, PANEL_JSON_MAX);
    buf_init(&actions, ACT_DOCUMENT_MAX);
    buf_init(&codes, ACT_DOCUMENT_MAX);
    buf_put(&panel, work->catalogue->definition.data, work->catalogue->definition.len);
    action_list_put_json(&actions, work->catalogue->actions);
    hashes_put_document(&gathering->unused, &codes);
    int result = act_keep_document(work, &panel, work->event.panel);
    result = act_keep_document(work, &actions, work->event.actions) < 0 ? -1 : result;
    result = act_keep_document(work, &codes, work->event.codes) < 0 ? -1 : result;
    return result == 0 ? 0 : error_no_memory(&work->error);
}

int opening_upgrade(struct act_work *work)
{
    struct gathering gathering = {.work = work};
    work->event.kind = EVENT_LOG_UPGRADED;
    work->event.protocol = EVENT_PROTOCOL;
    work->event.size = work->index;
    int result = gather_all(&gathering) == 0 ? keep_documents(&gathering) : -1;
    hashes_wipe(&gathering.unused);
    if (result == 0 && !act_event_fits(work))
        return error_set(&work->error, ERROR_REFUSED,
                         T("this log has %zu revoked members, more than the event log-upgraded can name; restore those "
                           "who need not be revoked with the version before this one",
                           "dit logboek heeft %zu ingetrokken panelleden, meer dan de gebeurtenis log-upgraded kan "
                           "noemen; herstel wie niet ingetrokken hoeft te zijn met de vorige versie"),
                         work->event.revoked.count);
    return result;
}

void opening_wipe(struct act_work *work)
{
    mem_free(work->event.revoked.list);
    act_work_wipe(work);
}
