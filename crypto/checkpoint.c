/* Checkpoints: signed once a batch by the writer, read by clients and auditors. */
#include "crypto/checkpoint.h"
#include "base/lang.h"
#include "crypto/line.h"
#include <inttypes.h>
#include <string.h>

#define TEXT_MAX ((size_t)512) /* origin, 20 digits, 44 characters of base64 and three newlines */

_Static_assert(TEXT_MAX > NOTE_NAME_SIZE + 20 + LINE_BASE64_LENGTH(SHA256_BYTES) + 3, "every checkpoint fits");

void checkpoint_sign(struct buf *out, const struct merkle_head *head, const struct note_key *key,
                     const struct secret_key *secret)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    buf_printf(&text, "%s\n%" PRIu64 "\n", key->name, head->size);
    line_put_base64(&text, head->root.bytes, SHA256_BYTES);
    buf_put_char(&text, '\n');
    if (buf_check(&text) < 0 || note_sign(out, text.data, text.len, key, secret) < 0)
        out->failed = true;
    buf_free(&text);
}

int checkpoint_parse(const char *text, size_t len, struct merkle_head *head, size_t *origin_len, struct error *error)
{
    struct line rest = {text, len}, origin, size, root, extension;
    struct merkle_head parsed;
    if (!line_next(&rest, &origin) || !line_next(&rest, &size) || !line_next(&rest, &root) || origin.len == 0)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("not the three lines of a checkpoint", "niet de drie regels van een controlepunt"));
    if (line_number(&size, &parsed.size) < 0)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("tree size is no decimal number", "de grootte van de boom is geen decimaal getal"));
    if (line_base64_exactly(&root, parsed.root.bytes, SHA256_BYTES) < 0)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("root is no SHA-256 in base64", "de wortel is geen SHA-256 in base64"));
    while (line_next(&rest, &extension))
        if (extension.len == 0)
            return error_set(error, ERROR_REFUSED, "%s", T("empty extension line", "een lege regel als uitbreiding"));
    if (rest.len != 0)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("last line without a newline", "de laatste regel heeft geen regeleinde"));
    *head = parsed;
    *origin_len = origin.len;
    return 0;
}

int checkpoint_open(const char *note, size_t len, const struct note_key *key, struct merkle_head *head,
                    struct error *error)
{
    size_t text_len, origin_len;
    struct merkle_head opened;
    if (note_open(note, len, key, &text_len, error) < 0 ||
        checkpoint_parse(note, text_len, &opened, &origin_len, error) < 0)
        return -1;
    struct line origin = {note, origin_len};
    if (!line_is(&origin, key->name))
        return error_set(error, ERROR_REFUSED, "%s",
                         T("the origin is not that of the key", "de herkomst is niet die van de sleutel"));
    *head = opened;
    return 0;
}
