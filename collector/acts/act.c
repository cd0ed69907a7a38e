/* What the halves of all acts share. */
#include "collector/acts/act.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "crypto/base64url.h"
#include "crypto/jws.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Wishes. */

void act_wish_init(struct act_wish *wish, enum event_kind kind)
{
    wish->kind = kind;
    buf_init(&wish->claims, ACT_CLAIMS_MAX);
    buf_init(&wish->document, ACT_DOCUMENT_MAX);
}

int act_wish_check(struct act_wish *wish)
{
    if (buf_check(&wish->claims) == 0 && buf_check(&wish->document) == 0)
        return 0;
    act_wish_wipe(wish);
    return -1;
}

void act_wish_wipe(struct act_wish *wish)
{
    buf_free(&wish->claims);
    buf_free(&wish->document);
}

/* What carry_out makes. */

enum act_result act_refuse(struct act_work *work, const char *format, ...)
{
    char text[ERROR_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    error_set(&work->error, ERROR_REFUSED, "%s", text);
    return ACT_REFUSED;
}

enum act_result act_store_failed(struct act_work *work)
{
    store_fail(work->store, &work->error);
    return ACT_FAILED;
}

enum act_result act_no_memory(struct act_work *work)
{
    error_no_memory(&work->error);
    return ACT_FAILED;
}

enum act_result act_bad_claims(struct act_work *work)
{
    return act_refuse(work, "%s",
                      T("what was asked can't be read: another version of the program has written it; ask it again",
                        "wat gevraagd is, is onleesbaar: een andere versie van het programma heeft het geschreven; "
                        "vraag het opnieuw"));
}

int act_keep_document(struct act_work *work, struct buf *bytes, uint8_t hash[static SHA256_BYTES])
{
    if (buf_check(bytes) < 0 || work->document_count == ACT_DOCUMENTS_MAX) {
        buf_free(bytes);
        return -1;
    }
    struct act_document *document = &work->documents[work->document_count++];
    document->bytes = *bytes;
    crypto_sha256(bytes->data, bytes->len, document->hash);
    memcpy(hash, document->hash, SHA256_BYTES);
    return 0;
}

bool act_event_fits(const struct act_work *work)
{
    struct event event = work->event;
    struct buf claims;
    buf_init(&claims, jws_payload_max(EVENT_TYP));
    event.aud = work->catalogue ? work->catalogue->panel->id : work->panel_id;
    event.iat = work->now;
    event_put_claims(&claims, &event);
    bool fits = buf_check(&claims) == 0;
    buf_free(&claims);
    return fits;
}

int act_note_member(struct act_work *work, const struct store_member *member)
{
    struct store_member *members =
        list_grow(work->members, work->member_count, &work->member_capacity, sizeof *members);
    if (!members)
        return -1;
    work->members = members;
    work->members[work->member_count++] = *member;
    return 0;
}

void act_work_wipe(struct act_work *work)
{
    for (size_t i = 0; i < sizeof work->own_lists / sizeof *work->own_lists; i++)
        mem_free(work->own_lists[i]);
    for (size_t i = 0; i < work->document_count; i++)
        buf_free(&work->documents[i].bytes);
    mem_free(work->members);
    mem_free(work->more);
    mem_free(work->own_panel_id);
    *work = (struct act_work){0};
}

/* Claims. */

int act_claim_integer(const struct act_work *work, const char *name, int64_t *out)
{
    const struct json *value = json_member(work->claims, name);
    return value ? json_integer(value, out) : -1;
}

int act_claim_text(const struct act_work *work, const char *name, const char **out)
{
    const char *text = json_text(json_member(work->claims, name));
    if (!text)
        return -1;
    *out = text;
    return 0;
}

int act_claim_hash(const struct act_work *work, const char *name, uint8_t out[static SHA256_BYTES])
{
    const char *text;
    return act_claim_text(work, name, &text) < 0 ? -1 : base64url_decode_exactly(text, strlen(text), out, SHA256_BYTES);
}
