/* What a store keeps for erasures' sake: all revisions of a response, so that all of them go; which requests were
 * carried out, so that none is a second time; whose key may not enrol again. The audit's alone. */
#include "base/lang.h"
#include "collector/audit/comparison.h"
#include "collector/store/moving.h"

/* Who asked and was erased since has no number of ours. */
static bool same_member(const struct comparison *c, int64_t theirs, int64_t ours)
{
    return ours != 0 ? comparison_member(c, theirs) == ours : comparison_is_erased(c, theirs);
}

static int compare_request(void *context, const struct store_erasure *stored)
{
    struct comparison *c = context;
    const struct spent_text *request = spent_find(replay_spent(c->replay), stored->leaf.bytes);
    if (request && request->is_request && request->index == stored->request &&
        same_member(c, stored->member, request->member))
        c->requests++;
    else if (!replay_has_failed(c->replay))
        findings_add(c->findings,
                     T("entry %lld: kept as a request to erase otherwise than the log has it",
                       "regel %lld: anders als verzoek om te wissen bewaard dan het logboek haar heeft"),
                     (long long)stored->request);
    return replay_has_failed(c->replay) ? -1 : 0;
}

enum store_result compare_erasures(struct comparison *c)
{
    enum store_result result = store_request_each(c->store, compare_request, c);
    int64_t requests = (int64_t)spent_requests(replay_spent(c->replay));
    size_t forgotten = replay_forgotten(c->replay);
    if (result == STORE_OK && c->requests != requests)
        findings_add(c->findings,
                     T("requests to erase: the store knows %lld again, the log has %lld",
                       "verzoeken om te wissen: de opslag herkent er %lld, het logboek heeft er %lld"),
                     (long long)c->requests, (long long)requests);
    if (result == STORE_OK && c->forgotten != forgotten)
        findings_add(c->findings,
                     T("members erased at their own request: the store knows %zu again, the log tells of %zu",
                       "panelleden die op eigen verzoek gewist zijn: de opslag herkent er %zu, het logboek vertelt van "
                       "%zu"),
                     c->forgotten, forgotten);
    return result;
}

static int add_stored_link(void *context, int64_t index, int64_t before)
{
    links_add(context, index, before);
    return 0;
}

/* Before protocol 2 there are none. */
enum store_result compare_links(struct comparison *c)
{
    struct links stored;
    const struct links *recomputed = fold_links(c->fold);
    links_init_like(&stored, recomputed);
    enum store_result result = store_revision_each(c->store, add_stored_link, &stored);
    if (result == STORE_OK && c->totals.has_operator && !links_same(&stored, recomputed))
        findings_add(
            c->findings,
            T("which revisions others replaced: not as the log says (the store has %lld, the log tells of %lld)",
              "welke herzieningen andere vervingen: niet zoals het logboek zegt (de opslag heeft er %lld, het "
              "logboek vertelt van %lld)"),
            (long long)stored.count, (long long)recomputed->count);
    return result;
}
