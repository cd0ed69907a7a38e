/* The document is the manifest; from it follows all that the event says but the version. */
#include "collector/acts/page.h"
#include "base/lang.h"
#include "collector/acts/kinds.h"
#include "collector/state/recorded.h"
#include "panel/page.h"
#include <string.h>

int act_page_is_newest(struct store *store, const uint8_t manifest[static SHA256_BYTES], struct error *error)
{
    struct event event;
    int64_t index;
    switch (store_event_last(store, event_name(EVENT_PAGE_RELEASED), &index)) {
    case STORE_OK:
        break;
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        return 0;
    case STORE_FAILED:
        return store_fail(store, error);
    }
    if (recorded_read(store, index, &event, error) < 0)
        return -1;
    int same = memcmp(event.manifest, manifest, SHA256_BYTES) == 0;
    event_free(&event);
    return same;
}

int act_prepare_page(struct act_wish *wish, const struct buf *manifest)
{
    act_wish_init(wish, EVENT_PAGE_RELEASED);
    buf_put_text(&wish->claims, "{\"version\":\"" BURGERPANEL_VERSION "\"}");
    buf_put(&wish->document, buf_text(manifest), manifest->len);
    return act_wish_check(wish);
}

/* Carrying out. */

static enum act_result check_manifest(struct act_work *work)
{
    struct page_manifest read;
    if (!work->document)
        return act_bad_claims(work);
    if (page_manifest_read(&read, work->document, work->document_len, &work->error) < 0)
        return work->error.kind == ERROR_MEMORY ? ACT_FAILED : act_bad_claims(work);
    page_manifest_free(&read);
    return ACT_DONE;
}

static enum act_result keep_manifest(struct act_work *work)
{
    struct buf document;
    buf_init(&document, PAGE_MANIFEST_MAX);
    buf_put(&document, work->document, work->document_len);
    work->event.bytes = (int64_t)document.len;
    return act_keep_document(work, &document, work->event.manifest) == 0 ? ACT_DONE : act_no_memory(work);
}

enum act_result act_release_page(struct act_work *work)
{
    uint8_t hash[SHA256_BYTES];
    if (act_claim_text(work, "version", &work->event.version) < 0)
        return act_bad_claims(work);
    enum act_result checked = check_manifest(work);
    if (checked != ACT_DONE)
        return checked;
    crypto_sha256(work->document, work->document_len, hash);
    int named = act_page_is_newest(work->store, hash, &work->error);
    if (named < 0)
        return ACT_FAILED;
    return named > 0
               ? act_refuse(work, "%s", T("the log names these pages already", "het logboek noemt deze pagina's al"))
               : keep_manifest(work);
}
