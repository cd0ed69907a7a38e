/* What the replay's files share: how a fault is told, and how a document is had. */
#include "collector/audit/replay_state.h"
#include "base/lang.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *replay_fault(struct entry *entry, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char text[ERROR_TEXT_SIZE];
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        text[0] = '\0';
    va_end(arguments);
    error_set(&entry->why, ERROR_REFUSED, "%s", text);
    return entry->why.text;
}

const char *replay_out_of_memory(struct replay *replay)
{
    error_no_memory(&replay->stop);
    return "";
}

const char *replay_fetch(struct replay *replay, struct entry *entry, const uint8_t hash[static SHA256_BYTES],
                         int64_t bytes, struct buf *out)
{
    uint8_t found[SHA256_BYTES];
    switch (replay->setup.document(replay->setup.context, hash, out, &replay->stop)) {
    case STORE_FAILED:
        return "";
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        return T("a document that it names is missing", "een document dat ze noemt ontbreekt");
    case STORE_OK:
        break;
    }
    if (buf_check(out) < 0)
        return replay_out_of_memory(replay);
    crypto_sha256(buf_text(out), out->len, found);
    if (memcmp(found, hash, sizeof found) != 0)
        return T("a document that it names is another", "een document dat ze noemt is een ander");
    if (bytes >= 0 && out->len != (uint64_t)bytes)
        return replay_fault(entry, T("its document has %zu bytes", "haar document heeft %zu bytes"), out->len);
    return NULL;
}
