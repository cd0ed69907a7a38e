/* Receipts: the last step of the walk of one response, and what a member keeps of it. */
#include "crypto/receipt.h"
#include "base/lang.h"
#include "crypto/line.h"
#include <string.h>

#define FIRST_LINE "c2sp.org/tlog-proof@v1"

void receipt_put(struct buf *out, const struct receipt *receipt, const char *newline)
{
    buf_put_text(out, FIRST_LINE);
    buf_put_text(out, newline);
    buf_put_text(out, "index ");
    buf_put_integer(out, (int64_t)receipt->index); /* a log is at most 2^63 entries long */
    buf_put_text(out, newline);
    for (size_t i = 0; i < receipt->count; i++) {
        line_put_base64(out, receipt->proof[i].bytes, SHA256_BYTES);
        buf_put_text(out, newline);
    }
    buf_put_text(out, newline);
    buf_put(out, receipt->checkpoint, receipt->checkpoint_len);
}

/* The hashes up to and with the empty line. */
static int read_proof(struct line *rest, struct receipt *out, struct error *error)
{
    struct line line;
    out->count = 0;
    while (line_next(rest, &line)) {
        if (line.len == 0)
            return 0;
        if (out->count == MERKLE_PROOF_MAX)
            return error_set(error, ERROR_REFUSED, "%s", T("proof too long", "het bewijs is te lang"));
        if (line_base64_exactly(&line, out->proof[out->count].bytes, SHA256_BYTES) < 0)
            return error_set(
                error, ERROR_REFUSED, "%s",
                T("proof line is no SHA-256 in base64", "een regel van het bewijs is geen SHA-256 in base64"));
        out->count++;
    }
    return error_set(error, ERROR_REFUSED, "%s", T("no checkpoint", "geen controlepunt"));
}

static int check_form(const struct receipt *receipt, struct error *error)
{
    struct merkle_head head;
    size_t text_len, origin_len;
    if (note_split(receipt->checkpoint, receipt->checkpoint_len, &text_len, error) < 0)
        return -1;
    return checkpoint_parse(receipt->checkpoint, text_len, &head, &origin_len, error);
}

int receipt_parse(const char *text, size_t len, struct receipt *out, struct error *error)
{
    struct line rest = {text, len}, line;
    struct receipt parsed;
    if (len > RECEIPT_MAX)
        return error_set(error, ERROR_REFUSED, "%s", T("receipt too long", "het ontvangstbewijs is te lang"));
    if (!line_next(&rest, &line) || !line_is(&line, FIRST_LINE))
        return error_set(error, ERROR_REFUSED, T("first line is not %s", "de eerste regel is niet %s"), FIRST_LINE);
    if (!line_next(&rest, &line) || !line_skip(&line, "index ") || line_number(&line, &parsed.index) < 0)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("second line is no index", "de tweede regel is geen regelnummer"));
    if (read_proof(&rest, &parsed, error) < 0)
        return -1;
    parsed.checkpoint = rest.text;
    parsed.checkpoint_len = rest.len;
    if (check_form(&parsed, error) < 0)
        return -1;
    *out = parsed;
    return 0;
}

int receipt_check(const char *text, size_t len, const struct merkle_hash *leaf, const struct note_key *key,
                  uint64_t *index, struct error *error)
{
    struct receipt receipt = {0};
    struct merkle_head head;
    if (receipt_parse(text, len, &receipt, error) < 0 ||
        checkpoint_open(receipt.checkpoint, receipt.checkpoint_len, key, &head, error) < 0)
        return -1;
    if (!merkle_inclusion_holds(receipt.index, head.size, leaf, receipt.proof, receipt.count, &head.root))
        return error_set(error, ERROR_REFUSED, "%s",
                         T("the proof does not lead from the entry to the checkpoint",
                           "het bewijs leidt niet van de regel naar het controlepunt"));
    if (index)
        *index = receipt.index;
    return 0;
}
