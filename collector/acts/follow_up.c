/* The document says what is published; the claims say of it what the event does. */
#include "collector/acts/follow_up.h"
#include "collector/acts/kinds.h"
#include "collector/state/follow_ups.h"
#include <string.h>

int act_prepare_follow_up(struct act_wish *wish, const struct follow_up *wanted, struct error *error)
{
    act_wish_init(wish, EVENT_FOLLOW_UP_PUBLISHED);
    buf_put_text(&wish->claims, "{\"action\":");
    json_put_text(&wish->claims, wanted->action);
    if (wanted->round) {
        buf_put_text(&wish->claims, ",\"round\":");
        json_put_text(&wish->claims, wanted->round);
    }
    if (wanted->replaces >= 0) {
        buf_put_text(&wish->claims, ",\"replaces\":");
        buf_put_integer(&wish->claims, wanted->replaces);
    }
    buf_put_char(&wish->claims, '}');
    follow_up_put_document(&wish->document, wanted);
    if (buf_check(&wish->claims) == 0 && buf_check(&wish->document) == 0)
        return 0;
    act_wish_wipe(wish);
    return error_no_memory(error);
}

/* Carrying out. */

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Fills the event with the wish's claims, whose texts last, and holds the document against them. ACT_DONE: *wanted is
 * the caller's to free. */
static enum act_result read_wish(struct act_work *work, struct follow_up *wanted)
{
    struct event *event = &work->event;
    event->replaces = -1;
    event->round = NULL;
    if (act_claim_text(work, "action", &event->action) < 0 ||
        (json_member(work->claims, "round") && act_claim_text(work, "round", &event->round) < 0) ||
        (json_member(work->claims, "replaces") && act_claim_integer(work, "replaces", &event->replaces) < 0))
        return act_bad_claims(work);
    if (!work->document)
        return act_bad_claims(work);
    if (follow_up_read_document(work->document, work->document_len, wanted, &work->error) < 0)
        return work->error.kind == ERROR_MEMORY ? ACT_FAILED : act_bad_claims(work);
    wanted->replaces = event->replaces;
    if (is_same_text(wanted->action, event->action) && is_same_text(wanted->round, event->round))
        return ACT_DONE;
    follow_up_free(wanted);
    return act_bad_claims(work);
}

/* Anew, since the list or the log may have changed since it was asked. */
static enum act_result check_wanted(struct act_work *work, const struct follow_up *wanted)
{
    struct faults faults;
    struct follow_ups *follow_ups = follow_ups_load(work->store, &work->error);
    if (!follow_ups)
        return ACT_FAILED;
    faults_init(&faults);
    enum act_result result = ACT_DONE;
    if (!follow_ups_allow(follow_ups, work->catalogue->panel, work->catalogue->actions, wanted, &faults))
        result = faults.no_memory ? act_no_memory(work)
                                  : act_refuse(work, "%s%s%s", faults.list[0].where, *faults.list[0].where ? ": " : "",
                                               faults.list[0].what);
    faults_free(&faults);
    counted_release(follow_ups);
    return result;
}

static enum act_result keep_document(struct act_work *work)
{
    struct buf document;
    buf_init(&document, FOLLOW_UP_MAX);
    buf_put(&document, work->document, work->document_len);
    work->event.bytes = (int64_t)document.len;
    return act_keep_document(work, &document, work->event.document) == 0 ? ACT_DONE : act_no_memory(work);
}

enum act_result act_publish_follow_up(struct act_work *work)
{
    struct follow_up wanted;
    enum act_result result = read_wish(work, &wanted);
    if (result != ACT_DONE)
        return result;
    result = check_wanted(work, &wanted);
    if (result == ACT_DONE)
        result = keep_document(work);
    follow_up_free(&wanted);
    return result;
}
